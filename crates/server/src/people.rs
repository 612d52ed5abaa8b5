//! People as records: found by e-mail, added with their teams.

use crate::{app::unknown, workspaces::Open};
use access::{Policy, User};
use kernel::{Actor, Ctx, Error, RecordId, Result, Through};
use records::Tx;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Somebody to be added.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewPerson {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<String>,
    /// By name; made where there is none of it.
    pub(crate) teams: Vec<String>,
    /// By e-mail.
    pub(crate) manager: Option<String>,
}

/// The system actor of the command line.
pub(crate) fn cli(open: &Open) -> Ctx {
    Ctx::new(Actor::System("cli"), Through::CommandLine, open.workspace.now_ms())
}

/// The user with an e-mail, active or not.
///
/// # Errors
/// 404.
pub(crate) fn by_email(open: &Open, email: &str) -> Result<Arc<User>> {
    let wanted = email.trim().to_owned();
    open.workspace.read_blocking(&cli(open), move |tx| tx.policy().user_by_email(&wanted).cloned().ok_or_else(|| unknown("user", &wanted)))
}

/// The context in which a command acts.
///
/// # Errors
/// 404 for an e-mail that is nobody's; 403 for somebody who is switched off.
pub(crate) fn actor(open: &Open, email: Option<&str>) -> Result<Ctx> {
    let Some(email) = email else { return Ok(cli(open)) };
    let user = by_email(open, email)?;
    if !user.active {
        return Err(Error::forbidden(format!("{email} is switched off.")));
    }
    Ok(Ctx { actor: Actor::User(user.id), ..cli(open) })
}

/// The user of that e-mail, added if there is none.
pub(crate) fn find_or_add(open: &Open, person: &NewPerson) -> Result<RecordId> {
    let person = person.clone();
    open.workspace.write_blocking(&cli(open), move |tx| match tx.policy().user_by_email(&person.email).map(|u| u.id) {
        Some(id) => Ok(id),
        None => add(tx, &person),
    })
}

/// Adds a person with their teams, by the rights of whoever acts.
///
/// # Errors
/// 422 for an e-mail that is taken, a role that is none; 404 for a manager who is nobody.
pub(crate) fn add(tx: &mut Tx, person: &NewPerson) -> Result<RecordId> {
    let known = tx.policy().roles.clone();
    if let Some(odd) = person.roles.iter().find(|name| !known.contains_key(*name) || name.starts_with("system_")) {
        let mut names: Vec<&str> = known.keys().map(String::as_str).filter(|name| !name.starts_with("system_")).collect();
        names.sort_unstable();
        return Err(Error::field("roles", "unknown_role", format!("There is no role {odd}. There are: {}.", names.join(", "))));
    }
    let mut input = Map::new();
    input.insert("name".into(), person.name.as_str().into());
    input.insert("email".into(), person.email.trim().into());
    input.insert("roles".into(), json!(person.roles));
    if let Some(manager) = &person.manager {
        let manager = tx.policy().user_by_email(manager).map(|u| u.id).ok_or_else(|| unknown("user", manager))?;
        input.insert("manager".into(), manager.to_string().into());
    }
    let id = tx.create("user", &input)?.id;
    for name in &person.teams {
        let team = team(tx, name)?;
        let membership = json!({ "user": id, "team": team });
        if let Json::Object(input) = membership {
            tx.create("team_membership", &input)?;
        }
    }
    Ok(id)
}

/// The team of that name, made if there is none.
pub(crate) fn team(tx: &mut Tx, name: &str) -> Result<RecordId> {
    if let Some(id) = team_of(tx.policy(), name) {
        return Ok(id);
    }
    let mut input = Map::new();
    input.insert("name".into(), name.trim().into());
    Ok(tx.create("team", &input)?.id)
}

pub(crate) fn team_of(policy: &Policy, name: &str) -> Option<RecordId> {
    let folded = kernel::fold(name.trim());
    let mut found: Vec<RecordId> = policy.teams.values().filter(|team| kernel::fold(team.name.trim()) == folded).map(|team| team.id).collect();
    found.sort_unstable();
    found.first().copied()
}
