//! `rapport backup` and `restore`.

use super::Call;
use crate::{
    app::App,
    cli::{io::Io, run::Failure},
    data::file_error,
    transfer::{Form, Onto, load, pack},
};
use std::path::Path;

pub(super) fn backup(app: &App, call: &Call, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let ctx = call.ctx(&open)?;
    open.workspace.read_blocking(&ctx, |tx| access::Permit::ask(tx.rights(), tx.ctx(), access::Exit::Backup, None, "backup", tx.new_id()).map(drop))?;
    write(app, &open, Form::Backup, file, io)
}

/// Packs a workspace and hands the file over.
pub(super) fn write(app: &App, open: &crate::workspaces::Open, form: Form, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("pack-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let packed = folder.path().join("packed");
    pack(&app.workspaces, open, form, folder.path(), &packed, io)?;
    io.deliver(&packed, Some(file), false)?;
    io.note(&format!("{} is whole. It holds the workspace's key: keep it as safe as the data.", file.display()))?;
    Ok(())
}

pub(super) fn restore(app: &App, call: &Call, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let archive = io.input(file)?;
    let exists = app.workspaces.names()?.contains(&call.workspace);
    if exists {
        let open = call.open(app)?;
        let ctx = call.ctx(&open)?;
        open.workspace.read_blocking(&ctx, |tx| if tx.rights().capability("configure") { Ok(()) } else { Err(kernel::Error::forbidden("Only who configures the system may restore.")) })?;
    }
    load(&app.workspaces, &call.workspace, &archive, if exists { Onto::Existing } else { Onto::New }, &app.data.tmp(), io)?;
    app.workspaces.get_blocking(&call.workspace)?;
    io.note(&format!("{} is as the backup has it. Everybody signs in anew; look through the tokens: one that was revoked since is back.", call.workspace))?;
    Ok(())
}
