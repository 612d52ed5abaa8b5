//! `rapport backup` and `restore`.

use super::Call;
use crate::{
    app::App,
    cli::{io::Io, run::Failure},
    data::file_error,
    heads,
    transfer::{Form, Onto, load, pack},
    workspaces::Open,
};
use access::{Exit, Permit};
use kernel::Ctx;
use records::{Disclosed, LogEntry};
use std::path::Path;

pub(super) fn backup(app: &App, call: &Call, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let ctx = call.ctx(&open)?;
    hand_over(app, &open, &ctx, Form::Backup, file, io)
}

/// Packs a workspace and hands the file over, under a permit; that it left is written down.
pub(super) fn hand_over(app: &App, open: &Open, ctx: &Ctx, form: Form, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let permit = open.workspace.read_blocking(ctx, |tx| Permit::ask(tx.rights(), tx.ctx(), Exit::Backup, None, "backup", tx.new_id()))?;
    let folder = tempfile::Builder::new().prefix("pack-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let packed = folder.path().join("packed");
    pack(&app.workspaces, open, form, folder.path(), &packed, io)?;
    let hash = crate::check::hash(&packed).map_err(|e| file_error(&packed, &e))?;
    open.workspace.write_blocking(ctx, move |tx| {
        // a backup holds everything: whom it is about needs no list
        let fields = ["everything".to_owned()].into();
        tx.disclose(&Disclosed { hash: Some(hash), fields, ..Disclosed::under(&permit, "whoever holds the file") })
    })?;
    io.deliver(&packed, Some(file), false)?;
    io.note(&format!("{} is whole. It holds the workspace's key: keep it as safe as the data.", file.display()))?;
    Ok(())
}

pub(super) fn restore(app: &App, call: &Call, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let archive = io.input(file)?;
    let exists = app.workspaces.names()?.contains(&call.workspace);
    let mut replaced = None;
    if exists {
        let open = call.open(app)?;
        let ctx = call.ctx(&open)?;
        open.workspace.read_blocking(&ctx, |tx| if tx.rights().capability("configure") { Ok(()) } else { Err(kernel::Error::forbidden("Only who configures the system may restore.")) })?;
        heads::keep(&open, &heads::folder(app))?;
        replaced = Some(open.workspace.signed_head()?.0);
    }
    let hash = crate::check::hash(&archive).map_err(|e| file_error(&archive, &e))?;
    load(&app.workspaces, &call.workspace, &archive, if exists { Onto::Existing } else { Onto::New }, &app.data.tmp(), io)?;
    let open = app.workspaces.get_blocking(&call.workspace)?;
    let ctx = call.ctx(&open).unwrap_or_else(|_| crate::people::cli(&open));
    // entries since the backup are gone with it: how many there were, the log says from now on
    open.workspace.write_blocking(&ctx, move |tx| tx.log(LogEntry::new("restore").detail("hash", hash).detail("entries_before", replaced)))?;
    if let Some(aside) = heads::set_aside(&open, &heads::folder(app))? {
        io.note(&format!("Heads of the log as it was before are in {}.", aside.display()))?;
    }
    io.note(&format!("{} is as the backup has it. Everybody signs in anew; look through the tokens: one that was revoked since is back.", call.workspace))?;
    Ok(())
}
