//! The rights of a workspace at one epoch, read from its user, team and role records.

use crate::{
    LogEntry, OrDb,
    catalogue::{Draft, Rules, Written},
    tx::Tx,
    workspace::Definitions,
};
use access::{Policy, Role, SharingRule, Team, User, built_in_roles};
use jiff::Timestamp;
use kernel::{Error, RecordId, Result};
use metadata::Level;
use serde_json::{Map, Value as Json};
use std::{collections::HashMap, sync::Arc};
use store::{Db, Sql, Val};

fn text(val: Option<&Val>) -> Option<String> {
    match val {
        Some(Val::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
fn id(val: Option<&Val>) -> Option<RecordId> {
    text(val)?.parse().ok()
}

/// Rights as they are on the day of `now_ms` in the workspace's time zone.
pub(crate) fn load(db: &mut dyn Db, epoch: i64, now_ms: i64, definitions: &Definitions) -> Result<Policy> {
    let zone = definitions.settings.zone();
    let today = zone.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH)).date();
    let midnight = today.tomorrow().ok().and_then(|day| day.to_zoned(zone.clone()).ok());
    let until_ms = midnight.map_or(i64::MAX, |z| z.timestamp().as_millisecond());
    let today = today.to_string();
    let mut policy = Policy { epoch, until_ms, ..Policy::default() };
    for role in built_in_roles().map_err(Error::internal)? {
        policy.roles.insert(role.name.clone(), Arc::new(role));
    }
    let q = Sql::new(format!("SELECT \"name\", \"definition\" FROM {} WHERE \"archived_at\" IS NULL AND \"definition\" IS NOT NULL", db.table("role")));
    for row in db.rows(&q).or_db()? {
        let (Some(name), Some(definition)) = (text(row.first()), text(row.get(1))) else { continue };
        match Role::from_toml(&definition) {
            Ok(role) => drop(policy.roles.insert(name, Arc::new(role))),
            Err(error) => tracing::error!(role = name.as_str(), error = error.as_str(), "a stored role cannot be read; it grants nothing"),
        }
    }
    let q = Sql::new(format!("SELECT \"id\", \"name\", \"parent\" FROM {} WHERE \"archived_at\" IS NULL", db.table("team")));
    for row in db.rows(&q).or_db()? {
        if let Some(team) = id(row.first()) {
            policy.teams.insert(team, Team { id: team, name: text(row.get(1)).unwrap_or_default(), parent: id(row.get(2)) });
        }
    }
    let mut teams: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    // From the first day to the last one, both included; dates in ISO 8601 compare as text.
    let mut q = Sql::new(format!("SELECT \"user\", \"team\" FROM {} WHERE \"archived_at\" IS NULL AND (\"since\" IS NULL OR \"since\" <= ", db.table("team_membership")));
    q.arg(today.as_str()).push(") AND (\"until\" IS NULL OR \"until\" >= ").arg(today.as_str()).push(") ORDER BY \"id\"");
    for row in db.rows(&q).or_db()? {
        if let (Some(user), Some(team)) = (id(row.first()), id(row.get(1)))
            && policy.teams.contains_key(&team)
        {
            teams.entry(user).or_default().push(team);
        }
    }
    let q = Sql::new(format!("SELECT \"id\", \"name\", \"email\", \"active\", \"roles\", \"manager\" FROM {} WHERE \"archived_at\" IS NULL", db.table("user")));
    for row in db.rows(&q).or_db()? {
        let Some(user) = id(row.first()) else { continue };
        let roles = text(row.get(4)).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let user = User {
            id: user,
            name: text(row.get(1)).unwrap_or_default(),
            email: text(row.get(2)),
            active: row.get(3) != Some(&Val::Int(0)),
            roles,
            teams: teams.remove(&user).unwrap_or_default(),
            manager: id(row.get(5)),
        };
        policy.users.insert(user.id, Arc::new(user));
    }
    let q = Sql::new(format!(
        "SELECT \"name\", \"object\", \"filter\", \"level\", \"grantee_team\", \"grantee_role\", \"user\" FROM {} WHERE \"archived_at\" IS NULL AND (\"active\" IS NULL OR \"active\" = 1) ORDER BY \"id\"",
        db.table("sharing_rule")
    ));
    for row in db.rows(&q).or_db()? {
        let (Some(object), Some(Ok(filter))) = (text(row.get(1)), text(row.get(2)).map(|json| serde_json::from_str(&json))) else { continue };
        let level = if text(row.get(3)).as_deref() == Some("update") { Level::Update } else { Level::Read };
        policy.rules.push(SharingRule { name: text(row.first()).unwrap_or_default(), object, filter, level, team: id(row.get(4)), role: text(row.get(5)), user: id(row.get(6)) });
    }
    let q = Sql::with(format!("SELECT min(\"until\") FROM {} WHERE \"until\" > $1", db.table("share")), [now_ms]);
    if let Some([Val::Int(ends)]) = db.one(&q).or_db()?.as_deref() {
        policy.until_ms = policy.until_ms.min(*ends);
    }
    if definitions.registry.object("restriction").is_some() {
        restricted(db, now_ms, &mut policy)?;
    }
    Ok(policy)
}
/// People whose data may not be used at this moment; the snapshot ends when the next restriction begins or ends.
fn restricted(db: &mut dyn Db, now_ms: i64, policy: &mut Policy) -> Result<()> {
    let mut q = Sql::new(format!(
        "SELECT \"contact\", \"account\", \"since\", \"until\" FROM {} WHERE \"archived_at\" IS NULL AND \"kind\" = 'art18' AND (\"until\" IS NULL OR \"until\" > ",
        db.table("restriction")
    ));
    q.arg(now_ms).push(")");
    for row in db.rows(&q).or_db()? {
        let instant = |i: usize| row.get(i).and_then(Val::as_int);
        let (since, until) = (instant(2).unwrap_or(0), instant(3));
        if since > now_ms {
            policy.until_ms = policy.until_ms.min(since);
            continue;
        }
        policy.until_ms = policy.until_ms.min(until.unwrap_or(i64::MAX));
        policy.restricted.contacts.extend(id(row.first()));
        policy.restricted.accounts.extend(id(row.get(1)));
    }
    Ok(())
}

pub(crate) fn rules() -> Vec<Rules> {
    let rule = |object, before| Rules { object, before, after: Some(rights_changed) };
    vec![
        rule("user", Some(check_user as fn(&mut Tx, &mut Draft) -> Result<()>)),
        rule("team", Some(check_team)),
        rule("team_membership", Some(check_membership)),
        Rules { object: "role", before: Some(check_role), after: Some(role_changed) },
        rule("sharing_rule", Some(check_rule)),
        rule("share", Some(check_share)),
    ]
}
/// What the rules of rights say to a change that comes by another way than an edit: a restoration, an undo.
pub(crate) fn objections(tx: &mut Tx, before: &crate::Record, after: crate::Record) -> Result<Vec<kernel::FieldError>> {
    let object = before.object.clone();
    let mut draft = Draft { object: &object, id: before.id(), before: Some(before), after, errors: vec![] };
    for rule in rules().iter().filter(|r| *r.object == *object.name) {
        if let Some(check) = rule.before {
            check(tx, &mut draft)?;
        }
    }
    Ok(draft.errors)
}
fn rights_changed(tx: &mut Tx, written: &Written) -> Result<()> {
    tx.bump_rights();
    let object = written.after.object.clone();
    let of_engine = ["id", "version", "created_at", "created_by", "updated_at", "updated_by"];
    let changed: Vec<_> = object.live_fields().filter(|f| written.changed(f.name()) && !of_engine.contains(&f.name())).collect();
    let (mut names, mut old, mut new) = (vec![], Map::new(), Map::new());
    for field in changed {
        names.push(field.name().to_owned());
        // what a role may do stands in its text; other texts are names
        let is_text = matches!(field.kind().name(), "text" | "long_text");
        if !field.is_personal() && (!is_text || matches!(&*object.name, "role" | "sharing_rule")) {
            let value = |record: Option<&crate::Record>| record.map_or(Json::Null, |r| r.get(field.name()).to_json());
            old.insert(field.name().to_owned(), value(written.before));
            new.insert(field.name().to_owned(), value(Some(written.after)));
        }
    }
    let entry = LogEntry::new("grant").object(&*object.name).record(written.after.id()).detail("changed", names).detail("new", new);
    tx.log(if written.before.is_some() { entry.detail("old", old) } else { entry })
}
/// Roles are options of a person's field, too.
fn role_changed(tx: &mut Tx, written: &Written) -> Result<()> {
    rights_changed(tx, written)?;
    tx.bump_registry()
}
fn system(tx: &Tx) -> bool {
    tx.is_system()
}
/// Nobody grants themselves a right (MODEL 4); only who manages roles grants them at all.
fn check_user(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("roles") && !system(tx) {
        if !tx.rights().capability("manage_roles") && !tx.rights().capability("manage_users") {
            draft.refuse("roles", "not_allowed", "Your role may not grant roles.");
        } else if draft.id == tx.me() {
            draft.refuse("roles", "own_rights", "Nobody grants themselves a right. Ask a colleague who manages roles.");
        }
    }
    if draft.changed("email")
        && let Some(email) = draft.get("email").as_text()
    {
        let email = email.to_lowercase();
        let taken = tx.policy().users.values().any(|u| u.id != draft.id && u.email.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(&email)));
        // of the rows that come together none is in the table yet
        let beside = *tx.logins.entry(email.clone()).or_insert(draft.id) != draft.id;
        if taken || beside {
            draft.refuse("email", "value_taken", "Another login has this e-mail address.");
        }
        draft.set("email", metadata::Value::Text(email));
    }
    if draft.changed("manager") {
        let mut at = draft.after.reference("manager");
        for _ in 0..100 {
            match at {
                Some(manager) if manager == draft.id => {
                    draft.refuse("manager", "cycle", "A manager cannot report to the person they manage.");
                    return Ok(());
                }
                Some(manager) => at = tx.policy().users.get(&manager).and_then(|u| u.manager),
                None => break,
            }
        }
    }
    Ok(())
}
fn check_team(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("parent")
        && let Some(parent) = draft.after.reference("parent")
        && (parent == draft.id || tx.policy().below(&[draft.id]).contains(&parent))
    {
        draft.refuse("parent", "cycle", "A team cannot stand below itself.");
    }
    Ok(())
}
fn check_membership(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.after.reference("user") == Some(tx.me()) && !system(tx) {
        draft.refuse("user", "own_rights", "Nobody grants themselves a right. Ask a colleague who manages people.");
    }
    Ok(())
}
fn check_role(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if !system(tx) {
        let mine = tx.policy().users.get(&tx.me()).map(|u| u.roles.clone()).unwrap_or_default();
        let names = [Some(draft.after.text("name")), draft.before.map(|b| b.text("name"))];
        if !tx.rights().capability("manage_roles") {
            draft.refuse("definition", "not_allowed", "Your role may not change roles.");
        } else if names.iter().flatten().any(|name| mine.iter().any(|m| m == name)) {
            draft.refuse("definition", "own_rights", "Nobody grants themselves a right. A role of your own is changed by somebody else, or on the command line.");
        }
    }
    if let Some(definition) = draft.get("definition").as_text()
        && let Err(error) = Role::from_toml(definition)
    {
        draft.refuse("definition", "bad_role", error);
    }
    Ok(())
}
fn check_rule(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.after.reference("user") == Some(tx.me()) && !system(tx) {
        draft.refuse("user", "own_rights", "Nobody grants themselves a right.");
    }
    let Some(object) = tx.registry().object(draft.after.text("object")).cloned() else {
        draft.refuse("object", "unknown_object", "There is no such object.");
        return Ok(());
    };
    match serde_json::from_str(draft.after.text("filter")) {
        Err(error) => draft.refuse("filter", "bad_condition", format!("This is not JSON: {error}.")),
        Ok(json) => {
            if let Err(error) = metadata::bind(&tx.bind_ctx(), &object, &json) {
                draft.refuse("filter", "bad_condition", error.detail);
            }
        }
    }
    Ok(())
}
/// Who shares must hold the right they give, and cannot give it to themselves. What came by a share is not passed on: it
/// would outlive its end, and come back through a colleague or the own team.
fn check_share(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if system(tx) {
        return Ok(());
    }
    if draft.after.reference("user") == Some(tx.me()) {
        draft.refuse("user", "own_rights", "Nobody grants themselves a right.");
    }
    if let metadata::Value::AnyRef(target) = draft.get("record").clone() {
        let action = if draft.after.text("level") == "update" { access::Action::Update } else { access::Action::Read };
        if !tx.may_pass_on(&target.object, target.id, action)? {
            draft.refuse("record", "not_allowed", "You can share only what you may do yourself, and not what was only shared with you.");
        }
    }
    Ok(())
}
