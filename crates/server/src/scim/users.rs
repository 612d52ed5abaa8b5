//! People as SCIM's Users. `userName` is the e-mail address that somebody signs in with.

use super::{
    ENTERPRISE, USER,
    error::{bad_filter, bad_value},
    filter::Clause,
    groups::{self, Membership},
    list::Page,
    patch,
    resource::{get, text, truth, value_of},
};
use kernel::{Error, RecordId, Result};
use records::{Get, IfMatch, Tx};
use serde_json::{Map, Value as Json, json};

/// Colleagues: neither portal customers nor parts of Rapport.
fn staff() -> Json {
    json!({ "field": "kind", "op": "eq", "value": "staff" })
}

pub(super) fn list(tx: &mut Tx, base: &str, clauses: &[Clause], page: Page) -> Result<Json> {
    let mut conditions = vec![staff(), json!({ "field": "email", "op": "is_empty", "value": false })];
    for clause in clauses {
        match condition(clause)? {
            Some(condition) => conditions.push(condition),
            None => return Ok(page.answer(0, Vec::new())),
        }
    }
    let (total, records) = page.of(tx, "user", &json!({ "and": conditions }), |_| true)?;
    let ids: Vec<&str> = records.iter().filter_map(|record| record["id"].as_str()).collect();
    let memberships = groups::memberships(tx, "user", &ids)?;
    let resources = records.iter().map(|record| resource(tx, base, record, &memberships)).collect();
    Ok(page.answer(total, resources))
}

/// A clause as our condition; `None` where nobody can fit it.
fn condition(clause: &Clause) -> Result<Option<Json>> {
    let wrong = || bad_filter(format!("{} is compared with a value of another kind.", clause.attribute));
    let attribute = clause.attribute.to_ascii_lowercase();
    let field = match attribute.as_str() {
        "active" => return truth(&clause.value).map(|truth| Some(json!({ "field": "active", "op": "eq", "value": truth }))).ok_or_else(wrong),
        "username" | "emails" | "emails.value" => "email",
        _ if attribute.starts_with("emails[") && attribute.ends_with("].value") => "email",
        "externalid" => "external_id",
        "id" => "id",
        "displayname" | "name.formatted" => "name",
        "employeenumber" => "number",
        _ => return Err(bad_filter(format!("People are not filtered by {}: by userName, externalId, id, displayName, emails, active.", clause.attribute))),
    };
    let value = clause.value.as_str().ok_or_else(wrong)?;
    Ok(match field {
        "id" if value.parse::<RecordId>().is_err() => None,
        // addresses are kept in lower case
        "email" => Some(json!({ "field": "email", "op": "eq", "value": value.trim().to_lowercase() })),
        _ => Some(json!({ "field": field, "op": "eq", "value": value })),
    })
}

pub(super) fn read(tx: &mut Tx, base: &str, id: RecordId) -> Result<Map<String, Json>> {
    let record = record(tx, id)?;
    let memberships = groups::memberships(tx, "user", &[&id.to_string()])?;
    match resource(tx, base, &record, &memberships) {
        Json::Object(resource) => Ok(resource),
        _ => Err(Error::internal("a person is no object")),
    }
}

fn record(tx: &mut Tx, id: RecordId) -> Result<Map<String, Json>> {
    let one = tx.get("user", id, &Get::default())?;
    let record: Map<String, Json> = serde_json::from_slice(&one.json).map_err(|e| Error::internal(format!("a person is no JSON: {e}")))?;
    let is_ours = record.get("kind") == Some(&json!("staff")) && record.get("archived_at").is_none_or(Json::is_null);
    if is_ours { Ok(record) } else { Err(Error::not_found("person")) }
}

pub(super) fn create(tx: &mut Tx, body: &Map<String, Json>) -> Result<RecordId> {
    let mut input = fields(tx, None, body)?;
    input.retain(|_, value| !value.is_null());
    if let (false, Some(email)) = (input.contains_key("name"), input.get("email").cloned()) {
        input.insert("name".into(), email);
    }
    Ok(tx.create("user", &input)?.id)
}

/// PUT: what is not sent is emptied, but for roles and `active`, which would lock people out by omission.
pub(super) fn replace(tx: &mut Tx, id: RecordId, body: &Map<String, Json>) -> Result<()> {
    let input = fields(tx, None, body)?;
    change(tx, id, input)
}

pub(super) fn patch(tx: &mut Tx, base: &str, id: RecordId, body: &Map<String, Json>) -> Result<()> {
    let before = read(tx, base, id)?;
    let mut after = before.clone();
    patch::apply(&mut after, body)?;
    let input = fields(tx, Some(&before), &after)?;
    change(tx, id, input)
}

/// Switched off: sessions and tokens end, every record stays, and so does the name in its history.
pub(super) fn switch_off(tx: &mut Tx, id: RecordId) -> Result<()> {
    let input = Map::from_iter([("active".to_owned(), json!(false))]);
    change(tx, id, input)
}

/// Writes what differs: what says nothing new leaves no trace in the history.
fn change(tx: &mut Tx, id: RecordId, mut input: Map<String, Json>) -> Result<()> {
    let record = record(tx, id)?;
    input.retain(|name, value| record.get(name.as_str()).unwrap_or(&Json::Null) != value);
    if input.is_empty() {
        return Ok(());
    }
    tx.update("user", id, &input, IfMatch::Any).map(drop)
}

fn resource(tx: &Tx, base: &str, record: &Map<String, Json>, memberships: &[Membership]) -> Json {
    let field = |name: &str| record.get(name).cloned().unwrap_or_default();
    let (id, name, email) = (field("id"), field("name"), field("email"));
    let id_text = id.as_str().unwrap_or_default();
    let (given, family) = name.as_str().map_or(("", ""), |name| name.trim().rsplit_once(' ').unwrap_or(("", name)));
    let in_groups: Vec<Json> =
        memberships.iter().filter(|m| m.user == id_text).map(|m| json!({ "value": m.team, "display": groups::name(tx, &m.team), "$ref": format!("{base}/Groups/{}", m.team) })).collect();
    let roles: Vec<Json> = field("roles").as_array().into_iter().flatten().map(|role| json!({ "value": role })).collect();
    let emails = email.as_str().map(|email| json!({ "value": email, "type": "work", "primary": true }));
    let manager = field("manager").as_str().map(|manager| json!({ "value": manager, "$ref": format!("{base}/Users/{manager}") }));
    let mut out = json!({
        "schemas": [USER, ENTERPRISE], "id": id, "externalId": field("external_id"), "userName": email, "displayName": name,
        "name": { "formatted": name, "givenName": given, "familyName": family },
        "active": field("active").as_bool().unwrap_or(true), "title": field("position"), "emails": emails.into_iter().collect::<Vec<_>>(), "roles": roles, "groups": in_groups,
        ENTERPRISE: { "employeeNumber": field("number"), "costCenter": field("cost_centre"), "manager": manager },
        "meta": { "resourceType": "User", "created": field("created_at"), "lastModified": field("updated_at"), "location": format!("{base}/Users/{id_text}") },
    });
    super::http::without_nulls(&mut out);
    out
}

/// Our fields of a resource. `before`: what a PATCH began with, to see which form of the name it changed.
fn fields(tx: &Tx, before: Option<&Map<String, Json>>, after: &Map<String, Json>) -> Result<Map<String, Json>> {
    let mut out = Map::new();
    let email = text(after, "userName").ok_or_else(|| bad_value("userName is needed: the e-mail address that this person signs in with."))?.to_lowercase();
    if !email.contains('@') {
        return Err(bad_value("userName must be the e-mail address that this person signs in with."));
    }
    if let Some(name) = name(before, after) {
        out.insert("name".into(), name.into());
    }
    out.insert("email".into(), email.into());
    match get(after, "active") {
        Some(active) => drop(out.insert("active".into(), truth(active).ok_or_else(|| bad_value("active is true or false."))?.into())),
        None if before.is_some() => return Err(bad_value("active cannot be removed: set it to false.")),
        None => {}
    }
    out.insert("external_id".into(), optional(text(after, "externalId")));
    out.insert("position".into(), optional(text(after, "title")));
    let more = get(after, ENTERPRISE).and_then(Json::as_object);
    let member = |name: &str| more.and_then(|more| text(more, name));
    out.insert("number".into(), optional(member("employeeNumber")));
    out.insert("cost_centre".into(), optional(member("costCenter")));
    out.insert("manager".into(), optional(more.and_then(|more| get(more, "manager")).and_then(value_of)));
    let roles = get(after, "roles");
    if roles.is_some() || before.is_some_and(|before| get(before, "roles").is_some()) {
        out.insert("roles".into(), roles_of(tx, roles)?);
    }
    Ok(out)
}

fn optional(text: Option<&str>) -> Json {
    text.map_or(Json::Null, Into::into)
}

fn roles_of(tx: &Tx, roles: Option<&Json>) -> Result<Json> {
    let mut names = Vec::new();
    for role in roles.and_then(Json::as_array).into_iter().flatten() {
        let name = value_of(role).unwrap_or_default();
        if name.starts_with("system_") || !tx.policy().roles.contains_key(name) {
            return Err(bad_value("A value of roles is not the name of a role of Rapport."));
        }
        names.push(name);
    }
    Ok(json!(names))
}

/// The one name that we keep, from whichever form was sent or changed.
fn name(before: Option<&Map<String, Json>>, after: &Map<String, Json>) -> Option<String> {
    let forms = |resource: &Map<String, Json>| {
        let parts = get(resource, "name").and_then(Json::as_object).cloned().unwrap_or_default();
        let joined = [text(&parts, "givenName"), text(&parts, "familyName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        [text(resource, "displayName").map(str::to_owned), text(&parts, "formatted").map(str::to_owned), (!joined.is_empty()).then_some(joined)]
    };
    let now = forms(after);
    let then = before.map(forms).unwrap_or_default();
    let changed = now.iter().zip(&then).find_map(|(now, then)| now.clone().filter(|_| now != then));
    changed.or_else(|| now.into_iter().flatten().next())
}

#[cfg(test)]
mod tests {
    use super::name;
    use serde_json::{Map, Value as Json, json};

    fn map(json: Json) -> Map<String, Json> {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn the_form_of_the_name_that_changed_counts() {
        let before = map(json!({ "displayName": "Ada King", "name": { "formatted": "Ada King", "givenName": "Ada", "familyName": "King" } }));
        let mut after = before.clone();
        assert_eq!(name(Some(&before), &after).as_deref(), Some("Ada King"));
        after["name"]["familyName"] = "Lovelace".into();
        assert_eq!(name(Some(&before), &after).as_deref(), Some("Ada Lovelace"));
        after["displayName"] = "A. L.".into();
        assert_eq!(name(Some(&before), &after).as_deref(), Some("A. L."));
        assert_eq!(name(None, &map(json!({ "name": { "givenName": "Ada" } }))).as_deref(), Some("Ada"));
        assert_eq!(name(None, &Map::new()), None);
    }
}
