use super::Call;
use crate::{
    app::App,
    cli::{args::User, io::Io, run::Failure},
    people::{self, NewPerson},
    workspaces::Open,
};
use kernel::{Result, Secret};
use records::IfMatch;
use serde_json::{Map, json};

pub(super) fn run(app: &App, call: &Call, command: &User, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    match command {
        User::Add { email, name, roles, teams, manager, password_stdin } => {
            let person = NewPerson { name: name.clone(), email: email.clone(), roles: roles.clone(), teams: teams.clone(), manager: manager.clone() };
            add(app, call, &open, &person, *password_stdin, io)
        }
        User::List => Ok(list(call, &open, io)?),
        User::Disable { email } => Ok(disable(call, &open, email, io)?),
        User::Reset { email } => Ok(reset(app, call, &open, email, io)?),
    }
}

fn add(app: &App, call: &Call, open: &Open, person: &NewPerson, with_password: bool, io: &mut dyn Io) -> Result<(), Failure> {
    let password = if with_password { Some(io.line()?) } else { None };
    if let Some(refusal) = password.as_ref().and_then(|p| open.auth.refusal(p.expose(), &person.email)) {
        return Err(refusal.into());
    }
    let wanted = person.clone();
    let id = open.workspace.write_blocking(&call.ctx(open)?, move |tx| people::add(tx, &wanted))?;
    let link = match &password {
        Some(password) => {
            open.auth.set_password_blocking(id, password, false)?;
            None
        }
        None => Some(link(app, &open.auth.invite_blocking(id, false)?)),
    };
    if call.global.json {
        io.say(json!({ "id": id, "email": person.email, "invitation": link }).to_string())?;
    } else {
        io.say(id.to_string())?;
        if let Some(link) = link {
            io.say(link)?;
        }
    }
    Ok(())
}

fn link(app: &App, invitation: &Secret<String>) -> String {
    format!("{}/invitation?token={}", app.url(), invitation.expose())
}

fn list(call: &Call, open: &Open, io: &mut dyn Io) -> Result<()> {
    let lines = open.workspace.read_blocking(&call.ctx(open)?, |tx| {
        let policy = tx.policy();
        let mut users: Vec<_> = policy.users.values().filter(|u| u.email.is_some()).cloned().collect();
        users.sort_by(|a, b| a.email.cmp(&b.email));
        let teams = |user: &access::User| user.teams.iter().filter_map(|id| policy.teams.get(id)).map(|t| t.name.clone()).collect::<Vec<_>>();
        Ok(users.iter().map(|u| (json!({ "id": u.id, "email": u.email, "name": u.name, "roles": u.roles, "teams": teams(u), "active": u.active }), teams(u), u.clone())).collect::<Vec<_>>())
    })?;
    for (line, teams, user) in lines {
        if call.global.json {
            io.say(line.to_string())?;
        } else {
            let state = if user.active { "" } else { "  (switched off)" };
            io.say(format!("{}  {:<32} {:<24} {:<20} {}{state}", user.id, user.email.as_deref().unwrap_or_default(), user.name, user.roles.join(","), teams.join(", ")))?;
        }
    }
    Ok(())
}

fn disable(call: &Call, open: &Open, email: &str, io: &mut dyn Io) -> Result<()> {
    let user = people::by_email(open, email)?;
    let id = user.id;
    let mut input = Map::new();
    input.insert("active".into(), false.into());
    open.workspace.write_blocking(&call.ctx(open)?, move |tx| tx.update("user", id, &input, IfMatch::Any).map(drop))?;
    open.auth.end_all_blocking(id)?;
    io.note(&format!("{email} is switched off: sessions and tokens have ended, records stay."))
}

fn reset(app: &App, call: &Call, open: &Open, email: &str, io: &mut dyn Io) -> Result<()> {
    let user = people::by_email(open, email)?;
    let ctx = call.ctx(open)?;
    // whoever may manage people may let them in again
    open.workspace.read_blocking(&ctx, |tx| if tx.rights().capability("manage_users") { Ok(()) } else { Err(kernel::Error::forbidden("Only who manages users may reset a sign-in.")) })?;
    open.auth.end_all_blocking(user.id)?;
    let invitation = open.auth.invite_blocking(user.id, true)?;
    io.say(link(app, &invitation))
}
