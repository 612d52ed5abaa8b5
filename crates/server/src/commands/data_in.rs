use super::Call;
use crate::{
    app::App,
    cli::{args::Import, io::Io, run::Failure},
};

pub(super) fn import(_app: &App, _call: &Call, _import: &Import, _io: &mut dyn Io) -> Result<(), Failure> {
    Err(Failure::Usage("import engine not joined yet".into()))
}

/// Takes a mass change back.
pub(super) fn undo(app: &App, call: &Call, change_set: &str, force: bool, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let id = change_set.parse().map_err(|()| Failure::Usage(format!("{change_set} is no change set's id")))?;
    let mode = if force { records::UndoMode::Force } else { records::UndoMode::Safe };
    let ctx = call.ctx(&open)?;
    let done = open.workspace.write_blocking(&ctx, move |tx| {
        let started = tx.undo(id, mode)?;
        let set = started["id"].as_str().and_then(|id| id.parse().ok());
        set.map_or(Ok(started), |set| tx.change_set(set))
    })?;
    io.say(done.to_string())?;
    Ok(())
}
