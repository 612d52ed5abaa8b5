use super::Call;
use crate::{
    app::App,
    cli::{args::Export, io::Io, run::Failure},
};

pub(super) fn export(_app: &App, _call: &Call, _export: &Export, _io: &mut dyn Io) -> Result<(), Failure> {
    Err(Failure::Usage("export not joined yet".into()))
}
