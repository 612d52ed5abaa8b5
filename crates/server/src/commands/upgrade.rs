//! `rapport upgrade --rehearse`: what this program would make of the data, tried on a copy.

use super::Call;
use crate::{
    app::App,
    cli::{io::Io, run::Failure},
    data::file_error,
    transfer::{Form, pack, rehearse as try_on_copy},
};
use serde_json::json;
use std::time::Instant;

pub(super) fn rehearse(app: &App, call: &Call, io: &mut dyn Io) -> Result<(), Failure> {
    for name in app.workspaces.names()? {
        let open = app.workspaces.get_blocking(&name)?;
        let folder = tempfile::Builder::new().prefix("rehearse-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
        let began = Instant::now();
        let packed = folder.path().join("packed");
        pack(&app.workspaces, &open, Form::Export, folder.path(), &packed, io)?;
        let rows = try_on_copy(&app.workspaces, &name, &packed, io)?;
        let seconds = began.elapsed().as_secs_f64();
        if call.global.json {
            io.say(json!({ "workspace": name, "rows": rows, "seconds": seconds, "version": App::version() }).to_string())?;
        } else {
            io.say(format!("{name}: Rapport {} opens a copy of it; {rows} rows are the same before and after ({seconds:.1} s). The data was not changed.", App::version()))?;
        }
    }
    Ok(())
}
