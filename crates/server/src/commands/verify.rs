//! `rapport verify`: looks for damage.

use super::Call;
use crate::{
    app::App,
    cli::{
        io::{Io, Progress},
        run::Failure,
    },
};
use records::OrDb as _;
use serde_json::json;

pub(super) fn run(app: &App, call: &Call, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    io.progress(&Progress { what: "reading".into(), done: 0, total: 2 })?;
    let mut damage = if app.workspaces.is_postgres() { Vec::new() } else { store::verify_sqlite(&app.workspaces.database(open.name())).or_db()? };
    io.progress(&Progress { what: "files".into(), done: 1, total: 2 })?;
    let checked = crate::check::files(&open)?;
    damage.extend(checked.damage);
    io.progress(&Progress { what: "done".into(), done: 2, total: 2 })?;
    if call.global.json {
        io.say(json!({ "workspace": open.name(), "files": checked.files, "damage": damage }).to_string())?;
    } else if damage.is_empty() {
        io.say(format!("{}: no damage found; {} stored files are whole.", open.name(), checked.files))?;
    } else {
        for line in &damage {
            io.say(line)?;
        }
    }
    if damage.is_empty() { Ok(()) } else { Err(Failure::Failed(kernel::Error::internal(format!("{} things are damaged. Restore a backup: rapport restore FILE", damage.len())))) }
}
