//! From what a provider says to a user of ours, with the roles and teams that it gives.

use super::{claims::Said, identity};
use crate::{
    config::Oidc,
    people::{self, NewPerson},
};
use access::User;
use kernel::{Code, Error, RecordId, Result};
use metadata::Archived;
use records::{Find, IfMatch, LogEntry, Tx};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeSet, sync::Arc};

/// Whose sign-in this is. Runs as the actor of single sign-on.
///
/// # Errors
/// 401 for whoever is not to be let in, with the reason for the log.
pub(super) fn settle(tx: &mut Tx, settings: &Oidc, said: &Said, now_ms: i64) -> Result<RecordId> {
    let issuer = settings.issuer.as_str();
    identity::lock(tx.db(), issuer, &said.subject)?;
    if let Some(known) = identity::find(tx.db(), issuer, &said.subject)? {
        let user = tx.policy().users.get(&known).cloned().filter(|u| u.active).ok_or_else(|| refused("the person is switched off or gone"))?;
        identity::seen(tx.db(), issuer, &said.subject, now_ms)?;
        follow(tx, settings, said, &user)?;
        return Ok(known);
    }
    let email = said.email.as_deref().filter(|_| said.email_counts).ok_or_else(|| refused("the provider vouches for no e-mail of a domain that may come in"))?;
    let id = match tx.policy().user_by_email(email).cloned() {
        Some(user) if !user.active => return Err(refused("the person is switched off")),
        // an address that was given to somebody else later does not make them the one who had it first
        Some(user) if identity::has(tx.db(), issuer, user.id)? => return Err(refused("somebody else of this provider is that user already; `rapport user reset` forgets them")),
        Some(user) => {
            follow(tx, settings, said, &user)?;
            user.id
        }
        None if !settings.create => return Err(refused("there is no such user, and create is off")),
        None if was_here(tx, email)? => return Err(refused("the user was archived")),
        None => add(tx, settings, said, email)?,
    };
    identity::remember(tx.db(), issuer, &said.subject, id, now_ms)?;
    tx.log(LogEntry::new("sign_in_means").by(id).record(id).detail("what", "provider_linked").detail("provider", settings.id.as_str()))?;
    Ok(id)
}

fn add(tx: &mut Tx, settings: &Oidc, said: &Said, email: &str) -> Result<RecordId> {
    let given = Given::of(settings, said);
    let roles: BTreeSet<&str> = settings.roles.iter().map(String::as_str).chain(given.roles.iter().copied()).collect();
    let name = said.name.clone().unwrap_or_else(|| email.split('@').next().unwrap_or(email).to_owned());
    let owned = |all: BTreeSet<&str>| all.into_iter().map(str::to_owned).collect();
    people::add(tx, &NewPerson { name, email: email.to_owned(), roles: owned(roles), teams: owned(given.teams), manager: None })
}

/// What somebody's values of the role claim give them.
struct Given<'a> {
    roles: BTreeSet<&'a str>,
    teams: BTreeSet<&'a str>,
}
impl Given<'_> {
    fn of<'a>(settings: &'a Oidc, said: &Said) -> Given<'a> {
        let granted = settings.role_map.iter().filter(|(value, _)| said.values.contains(value)).map(|(_, granted)| granted);
        let (mut roles, mut teams) = (BTreeSet::new(), BTreeSet::new());
        for granted in granted {
            roles.extend(granted.roles.iter().map(String::as_str));
            teams.extend(granted.teams.iter().map(String::as_str));
        }
        Given { roles, teams }
    }
}

/// Gives and takes the roles and teams that the map names; what it does not name is left as people have set it.
fn follow(tx: &mut Tx, settings: &Oidc, said: &Said, user: &Arc<User>) -> Result<()> {
    if settings.role_map.is_empty() {
        return Ok(());
    }
    let given = Given::of(settings, said);
    let named = |role: &String| settings.role_map.values().any(|granted| granted.roles.contains(role));
    let mut roles: Vec<&str> = user.roles.iter().filter(|role| !named(role) || given.roles.contains(role.as_str())).map(String::as_str).collect();
    roles.extend(given.roles.iter().copied().filter(|role| !user.roles.iter().any(|had| had == role)));
    if roles != user.roles {
        let mut input = Map::new();
        input.insert("roles".into(), json!(roles));
        tx.update("user", user.id, &input, IfMatch::Any)?;
    }
    let mut wanted = BTreeSet::new();
    for name in &given.teams {
        wanted.insert(people::team(tx, name)?);
    }
    let all = settings.role_map.values().flat_map(|granted| &granted.teams);
    let managed: BTreeSet<RecordId> = all.filter_map(|name| people::team_of(tx.policy(), name)).collect();
    for team in wanted.iter().filter(|team| !user.teams.contains(team)) {
        if let Json::Object(input) = json!({ "user": user.id, "team": team }) {
            tx.create("team_membership", &input)?;
        }
    }
    if user.teams.iter().any(|team| managed.contains(team) && !wanted.contains(team)) {
        let find = Find { object: "team_membership".into(), filter: Some(json!({ "field": "user", "op": "eq", "value": user.id })), limit: Some(500), ..Find::default() };
        for row in rows(tx, &find)? {
            let (membership, team) = (id_of(&row["id"]), id_of(&row["team"]));
            if let (Some(membership), Some(team)) = (membership, team)
                && managed.contains(&team)
                && !wanted.contains(&team)
            {
                tx.archive("team_membership", membership, IfMatch::Any)?;
            }
        }
    }
    Ok(())
}

/// Somebody with that e-mail was archived: who may come back is for people to say.
fn was_here(tx: &mut Tx, email: &str) -> Result<bool> {
    let filter = Some(json!({ "field": "email", "op": "eq", "value": email.to_lowercase() }));
    Ok(!rows(tx, &Find { object: "user".into(), filter, archived: Archived::Only, limit: Some(1), ..Find::default() })?.is_empty())
}

fn rows(tx: &mut Tx, find: &Find) -> Result<Vec<Json>> {
    let found: Json = serde_json::from_slice(&tx.find(find)?).map_err(|e| Error::internal(e.to_string()))?;
    Ok(found["items"].as_array().cloned().unwrap_or_default())
}
fn id_of(value: &Json) -> Option<RecordId> {
    value.as_str().or_else(|| value["id"].as_str())?.parse().ok()
}

fn refused(why: &str) -> Error {
    Error::new(Code::Unauthenticated, "not_let_in", why)
}
