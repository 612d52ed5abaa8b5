//! What each command does. Commands are synchronous and work the same in a server and alone.

mod api_call;
pub(crate) mod backup;
mod data_in;
mod data_out;
mod demo;
mod explain;
mod log;
mod token;
mod upgrade;
mod user;
mod verify;
mod workspace;

pub(crate) use backup::packed;
pub(crate) use explain::{explain, openapi};

use crate::{
    app::App,
    cli::{
        args::{Command, Global},
        io::Io,
        run::Failure,
    },
    inside::Inside,
    people,
    workspaces::Open,
};
use kernel::{Ctx, Result};
use std::sync::Arc;

/// A command with everything around it.
pub(crate) struct Call<'a> {
    pub(crate) global: &'a Global,
    pub(crate) workspace: String,
    pub(crate) command: &'a Command,
}

impl Call<'_> {
    fn open(&self, app: &App) -> Result<Arc<Open>> {
        app.workspace(&self.workspace)
    }
    /// Requests in whose name the command acts.
    fn inside<'a>(&self, app: &'a Arc<App>) -> Result<Inside<'a>> {
        let open = self.open(app)?;
        let ctx = self.ctx(&open)?;
        Ok(Inside { app, open, ctx })
    }
    /// In whose name the command acts.
    fn ctx(&self, open: &Open) -> Result<Ctx> {
        people::actor(open, self.global.actor.as_deref())
    }
}

pub(crate) fn run(app: &Arc<App>, call: &Call, io: &mut dyn Io) -> Result<(), Failure> {
    match call.command {
        Command::User(user) => user::run(app, call, user, io),
        Command::Token(token) => token::run(app, call, token, io),
        Command::Import(import) => data_in::import(app, call, import, io),
        Command::Undo { change_set, force } => data_in::undo(app, call, change_set, *force, io),
        Command::Export(export) => data_out::export(app, call, export, io),
        Command::Api { method, path, body } => api_call::run(app, call, method, path, body.as_deref(), io),
        Command::Backup { file, key_file, now, list, prove } => {
            backup::backup(app, call, &backup::Wanted { file: file.as_deref(), key_file: key_file.as_deref(), now: *now, list: *list, prove: *prove }, io)
        }
        Command::Restore { file, key_file } => backup::restore(app, call, file, key_file.as_deref(), io),
        Command::Verify => verify::run(app, call, io),
        Command::Log(log) => log::run(app, call, log, io),
        Command::Demo { contacts, seed } => demo::run(app, call, *contacts, *seed, io),
        Command::Workspace(workspace) => workspace::run(app, call, workspace, io),
        Command::Upgrade { .. } => upgrade::rehearse(app, call, io),
        Command::Serve { .. } | Command::Config(_) | Command::Openapi | Command::Analyze(_) => Err(Failure::Usage("this command is not for a running server".into())),
    }
}
