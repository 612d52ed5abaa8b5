//! Teams as SCIM's Groups; members are memberships without an end.

use super::{
    GROUP,
    error::{bad_filter, bad_value},
    filter::Clause,
    list::{self, Page},
    patch,
    resource::{get, text, value_of},
};
use kernel::{Error, RecordId, Result};
use records::{Get, IfMatch, Tx};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// Somebody in a team today.
pub(super) struct Membership {
    id: RecordId,
    pub(super) user: String,
    pub(super) team: String,
}

/// Memberships of today whose `user` or `team` is one of these.
pub(super) fn memberships(tx: &mut Tx, field: &str, ids: &[&str]) -> Result<Vec<Membership>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let today = today(tx);
    let mut out = Vec::new();
    list::all(tx, "team_membership", &json!({ "field": field, "op": "in", "value": ids }), |record| {
        let text = |name: &str| record.get(name).and_then(Json::as_str);
        // dates in ISO 8601 compare as text
        let is_now = text("since").is_none_or(|since| since <= today.as_str()) && text("until").is_none_or(|until| until >= today.as_str());
        if let (true, Some(Ok(id)), Some(user), Some(team)) = (is_now, text("id").map(str::parse), text("user"), text("team")) {
            out.push(Membership { id, user: user.to_owned(), team: team.to_owned() });
        }
    })?;
    Ok(out)
}

fn today(tx: &Tx) -> String {
    jiff::Timestamp::from_millisecond(tx.now_ms()).map(|now| now.to_zoned(tx.settings().zone()).date().to_string()).unwrap_or_default()
}

/// What a team is called.
pub(super) fn name(tx: &Tx, team: &str) -> Option<String> {
    let id: RecordId = team.parse().ok()?;
    tx.policy().teams.get(&id).map(|team| team.name.clone())
}

pub(super) fn list(tx: &mut Tx, base: &str, clauses: &[Clause], page: Page, with_members: bool) -> Result<Json> {
    let mut conditions = Vec::new();
    let mut called = Vec::new();
    for clause in clauses {
        let value = clause.value.as_str().ok_or_else(|| bad_filter("Groups are filtered by text."))?;
        match clause.attribute.to_ascii_lowercase().as_str() {
            // folded here, as names of teams are the same in any case
            "displayname" => {
                conditions.push(json!({ "field": "name", "op": "starts_with", "value": value }));
                called.push(kernel::fold(value));
            }
            "externalid" => conditions.push(json!({ "field": "external_id", "op": "eq", "value": value })),
            "id" if value.parse::<RecordId>().is_err() => return Ok(page.answer(0, Vec::new())),
            "id" => conditions.push(json!({ "field": "id", "op": "eq", "value": value })),
            _ => return Err(bad_filter(format!("Groups are not filtered by {}: by displayName, externalId, id.", clause.attribute))),
        }
    }
    let fits = |record: &Map<String, Json>| {
        let name = kernel::fold(record.get("name").and_then(Json::as_str).unwrap_or_default());
        called.iter().all(|wanted| *wanted == name)
    };
    let filter = json!({ "and": if conditions.is_empty() { vec![json!({ "field": "name", "op": "is_empty", "value": false })] } else { conditions } });
    let (total, records) = page.of(tx, "team", &filter, fits)?;
    let ids: Vec<&str> = if with_members { records.iter().filter_map(|record| record["id"].as_str()).collect() } else { Vec::new() };
    let memberships = memberships(tx, "team", &ids)?;
    let resources = records.iter().map(|record| resource(tx, base, record, &memberships)).collect();
    Ok(page.answer(total, resources))
}

pub(super) fn read(tx: &mut Tx, base: &str, id: RecordId) -> Result<Map<String, Json>> {
    let one = tx.get("team", id, &Get::default())?;
    let record: Map<String, Json> = serde_json::from_slice(&one.json).map_err(|e| Error::internal(format!("a team is no JSON: {e}")))?;
    if record.get("archived_at").is_some_and(|at| !at.is_null()) {
        return Err(Error::not_found("team"));
    }
    let memberships = memberships(tx, "team", &[&id.to_string()])?;
    match resource(tx, base, &record, &memberships) {
        Json::Object(resource) => Ok(resource),
        _ => Err(Error::internal("a team is no object")),
    }
}

pub(super) fn create(tx: &mut Tx, body: &Map<String, Json>) -> Result<RecordId> {
    let mut input = fields(body)?;
    input.retain(|_, value| !value.is_null());
    let id = tx.create("team", &input)?.id;
    set_members(tx, id, &members(body)?)?;
    Ok(id)
}

pub(super) fn replace(tx: &mut Tx, base: &str, id: RecordId, body: &Map<String, Json>) -> Result<()> {
    let before = read(tx, base, id)?;
    change(tx, id, &before, body)
}

pub(super) fn patch(tx: &mut Tx, base: &str, id: RecordId, body: &Map<String, Json>) -> Result<()> {
    let before = read(tx, base, id)?;
    let mut after = before.clone();
    patch::apply(&mut after, body)?;
    change(tx, id, &before, &after)
}

fn change(tx: &mut Tx, id: RecordId, before: &Map<String, Json>, after: &Map<String, Json>) -> Result<()> {
    let (had, mut input) = (fields(before)?, fields(after)?);
    input.retain(|name, value| had.get(name.as_str()) != Some(value));
    if !input.is_empty() {
        tx.update("team", id, &input, IfMatch::Any)?;
    }
    set_members(tx, id, &members(after)?)
}

/// Members leave, the team is archived; what it holds keeps naming it.
pub(super) fn archive(tx: &mut Tx, id: RecordId) -> Result<()> {
    set_members(tx, id, &BTreeSet::new())?;
    tx.archive("team", id, IfMatch::Any)
}

fn fields(resource: &Map<String, Json>) -> Result<Map<String, Json>> {
    let name = text(resource, "displayName").ok_or_else(|| bad_value("displayName is needed."))?;
    let external = text(resource, "externalId").map_or(Json::Null, Into::into);
    Ok(Map::from_iter([("name".to_owned(), name.into()), ("external_id".to_owned(), external)]))
}

fn members(resource: &Map<String, Json>) -> Result<BTreeSet<String>> {
    let list = get(resource, "members").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|member| value_of(member).and_then(|id| id.parse::<RecordId>().ok()).map(|id| id.to_string()).ok_or_else(|| bad_value("A member's value is the id of a person."))).collect()
}

fn set_members(tx: &mut Tx, team: RecordId, wanted: &BTreeSet<String>) -> Result<()> {
    let now = memberships(tx, "team", &[&team.to_string()])?;
    for membership in now.iter().filter(|m| !wanted.contains(&m.user)) {
        tx.archive("team_membership", membership.id, IfMatch::Any)?;
    }
    for user in wanted.iter().filter(|user| !now.iter().any(|m| m.user == **user)) {
        let input = Map::from_iter([("user".to_owned(), user.as_str().into()), ("team".to_owned(), team.to_string().into())]);
        tx.create("team_membership", &input)?;
    }
    Ok(())
}

fn resource(tx: &Tx, base: &str, record: &Map<String, Json>, memberships: &[Membership]) -> Json {
    let field = |name: &str| record.get(name).cloned().unwrap_or_default();
    let id = field("id");
    let id_text = id.as_str().unwrap_or_default();
    let display = |user: &str| user.parse().ok().and_then(|id: RecordId| tx.policy().users.get(&id).map(|user| user.name.clone()));
    let members: Vec<Json> =
        memberships.iter().filter(|m| m.team == id_text).map(|m| json!({ "value": m.user, "type": "User", "display": display(&m.user), "$ref": format!("{base}/Users/{}", m.user) })).collect();
    let mut out = json!({
        "schemas": [GROUP], "id": id, "externalId": field("external_id"), "displayName": field("name"), "members": members,
        "meta": { "resourceType": "Group", "created": field("created_at"), "lastModified": field("updated_at"), "location": format!("{base}/Groups/{id_text}") },
    });
    super::http::without_nulls(&mut out);
    out
}
