use super::{Call, backup};
use crate::{
    app::App,
    auth::random_password,
    cli::{args::Workspace, io::Io, run::Failure},
    config::MAIN,
    people::{self, NewPerson},
    transfer::{Form, Onto, load},
};
use kernel::{Code, Error};
use serde_json::json;

pub(super) fn run(app: &App, call: &Call, command: &Workspace, io: &mut dyn Io) -> Result<(), Failure> {
    if call.global.actor.is_some() {
        return Err(Failure::Usage("workspaces are not made or removed with a user's rights: leave --as out".into()));
    }
    match command {
        Workspace::Create { name } => create(app, call, name, io),
        Workspace::List => {
            for name in app.workspaces.names()? {
                io.say(if call.global.json { json!({ "name": name }).to_string() } else { name })?;
            }
            Ok(())
        }
        Workspace::Export { name, file } => {
            let open = app.workspaces.get_blocking(name)?;
            backup::hand_over(app, &open, &call.ctx(&open)?, Form::Export, None, &Workspace::file(name, file.as_ref()), io)
        }
        Workspace::Import { name, file } => {
            let archive = io.input(&Workspace::file(name, file.as_ref()))?;
            load(&app.workspaces, name, &archive, Onto::New, None, &app.data.tmp(), io)?;
            app.workspaces.get_blocking(name)?;
            io.note(&format!("{name} is there."))?;
            Ok(())
        }
        Workspace::Delete { name } => {
            if name == MAIN && app.workspaces.names()?.len() > 1 {
                return Err(Error::new(Code::Conflict, "main_workspace", "The main workspace is what people reach who name none. Delete the others first.").into());
            }
            app.workspaces.delete(name)?;
            io.note(&format!("{name} is gone, with its files and its key. Backups of it stay where they are: remove them too if nobody should be able to bring it back."))?;
            Ok(())
        }
    }
}

fn create(app: &App, call: &Call, name: &str, io: &mut dyn Io) -> Result<(), Failure> {
    let open = app.workspaces.create(name)?;
    let (email, password) = ("admin@localhost", random_password());
    let admin = NewPerson { name: "Administrator".into(), email: email.into(), roles: vec!["admin".into()], ..NewPerson::default() };
    let id = people::find_or_add(&open, &admin)?;
    open.auth.set_password_blocking(id, &password, true)?;
    let url = app.url();
    if call.global.json {
        io.say(json!({ "workspace": name, "url": url, "email": email, "password": password.expose() }).to_string())?;
    } else {
        io.say(format!("Sign in: {url} as {email}, password {}, workspace {name}", password.expose()))?;
    }
    Ok(())
}
