//! `POST /leads/{id}/conversion` (MODEL 5): matches or creates account, contact and opportunity; fills blanks,
//! overwrites nothing; the lead stays, read only.

use kernel::{Code, Error, RecordId, Result};
use metadata::Value;
use records::{Get, IfMatch, Tx, VerbAnswer};
use serde_json::{Map, Value as Json, json};

pub(crate) fn input() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "account": {"type": ["string", "null"], "description": "Id of an existing account; made from the lead's company if left out; null for a person without one."},
            "contact": {"type": "string", "description": "Id of an existing contact; matched by e-mail or made if left out."},
            "opportunity": {"type": ["object", "null"], "description": "Fields of the deal to make (name, amount, close_date, ...); none if left out."}
        }
    })
}
pub(crate) fn no_input() -> Json {
    json!({"type": "object", "additionalProperties": false, "properties": {}})
}

/// Lead field -> contact field.
const CONTACT: [(&str, &str); 16] = [
    ("salutation", "salutation"),
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("email", "email"),
    ("phone", "phone"),
    ("mobile", "mobile"),
    ("title", "title"),
    ("street", "street"),
    ("city", "city"),
    ("region", "region"),
    ("postal_code", "postal_code"),
    ("country", "country"),
    ("language", "language"),
    ("source", "source"),
    ("description", "description"),
    ("owner", "owner"),
];
const ACCOUNT: [(&str, &str); 11] = [
    ("company", "name"),
    ("website", "website"),
    ("industry", "industry"),
    ("employees", "employees"),
    ("street", "street"),
    ("city", "city"),
    ("region", "region"),
    ("postal_code", "postal_code"),
    ("country", "country"),
    ("source", "source"),
    ("owner", "owner"),
];

fn given_id(body: &Map<String, Json>, name: &str) -> Result<Option<RecordId>> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(text) => text.as_str().and_then(|t| t.parse().ok()).map(Some).ok_or_else(|| Error::field(name, "bad_id", "This is not an id.")),
    }
}

pub(crate) fn convert(tx: &mut Tx, id: RecordId, body: &Map<String, Json>) -> Result<VerbAnswer> {
    let lead = tx.changeable("lead", id)?;
    if let Some(odd) = body.keys().find(|k| !matches!(k.as_str(), "account" | "contact" | "opportunity")) {
        return Err(Error::field(odd, "unknown_field", format!("A conversion has no \"{odd}\".")));
    }
    if lead.text("status") == "converted" {
        return Err(Error::new(Code::Conflict, "already_converted", "This lead has been converted already."));
    }
    let seen = as_seen(tx, id)?;
    let set = tx.open_change_set("conversion")?;
    let (account, contact, opportunity) = tx.in_change_set(set, |tx| {
        let wants_account = body.get("account") != Some(&Json::Null) && (body.contains_key("account") || known(&seen, "company").is_some());
        let account = match (given_id(body, "account")?, wants_account) {
            (Some(account), _) => Some(fill(tx, "account", account, &seen, &ACCOUNT)?),
            (None, true) => Some(match find(tx, "account", "name", text(&seen, "company"))? {
                Some(account) => fill(tx, "account", account, &seen, &ACCOUNT)?,
                None => make(tx, "account", &seen, &ACCOUNT, &[])?,
            }),
            (None, false) => None,
        };
        let link: Vec<(&str, Json)> = account.map(|a| ("account", json!(a.to_string()))).into_iter().collect();
        let contact = match given_id(body, "contact")? {
            Some(contact) => fill(tx, "contact", contact, &seen, &CONTACT)?,
            None => match find(tx, "contact", "email", text(&seen, "email"))? {
                Some(contact) => fill(tx, "contact", contact, &seen, &CONTACT)?,
                None => make(tx, "contact", &seen, &CONTACT, &link)?,
            },
        };
        let opportunity = match body.get("opportunity") {
            None | Some(Json::Null) => None,
            Some(Json::Object(fields)) => {
                let mut fields = fields.clone();
                fields.entry("name").or_insert_with(|| json!(if text(&seen, "company").is_empty() { text(&seen, "full_name") } else { text(&seen, "company") }));
                if let Some(account) = account {
                    fields.insert("account".into(), json!(account.to_string()));
                }
                fields.insert("contact".into(), json!(contact.to_string()));
                for name in ["source", "campaign", "referred_by"] {
                    if let Some(value) = known(&seen, name) {
                        fields.entry(name).or_insert_with(|| value.clone());
                    }
                }
                Some(tx.create("opportunity", &fields)?.id)
            }
            Some(_) => return Err(Error::field("opportunity", "wrong_type", "An object with the deal's fields is expected.")),
        };
        carry_over(tx, id, account, contact)?;
        tx.with_verb("conversion", |tx| {
            tx.save_fields("lead", id, |record, now| {
                record.set("status", Value::Text("converted".into()));
                record.set("converted_at", Value::DateTime(now));
                record.set("converted_account", account.map_or(Value::Null, Value::Ref));
                record.set("converted_contact", Value::Ref(contact));
                record.set("converted_opportunity", opportunity.map_or(Value::Null, Value::Ref));
            })
        })?;
        Ok((account, contact, opportunity))
    })?;
    tx.finish_change_set(set, "done", &json!({"converted": 1}))?;
    let payload = json!({"account": account.map(|a| a.to_string()), "contact": contact.to_string(), "opportunity": opportunity.map(|o| o.to_string())});
    tx.emit("lead.converted", Some(&lead), &payload)?;
    let one = tx.get("lead", id, &Get::default())?;
    Ok(VerbAnswer { status: 201, json: one.json })
}

/// The lead as the asker sees it. What they may not read is not carried to where they may, and a reference to what is
/// hidden from them behaves as if empty.
fn as_seen(tx: &mut Tx, id: RecordId) -> Result<Map<String, Json>> {
    let one = tx.get("lead", id, &Get::default())?;
    serde_json::from_slice(&one.json).map_err(|e| Error::internal(format!("a record is not JSON: {e}")))
}
fn known<'a>(lead: &'a Map<String, Json>, field: &str) -> Option<&'a Json> {
    lead.get(field).filter(|value| !value.is_null())
}
fn text<'a>(lead: &'a Map<String, Json>, field: &str) -> &'a str {
    known(lead, field).and_then(Json::as_str).unwrap_or("")
}
/// One that the asker may find by this value.
fn find(tx: &mut Tx, object: &str, field: &str, value: &str) -> Result<Option<RecordId>> {
    if value.is_empty() {
        return Ok(None);
    }
    match tx.ids(object, &json!({"field": field, "op": "eq", "value": value}), 1) {
        // They may not look for it by that field.
        Err(e) if e.code == Code::Invalid => Ok(None),
        found => Ok(found?.pop()),
    }
}
fn make(tx: &mut Tx, object: &str, lead: &Map<String, Json>, map: &[(&str, &str)], more: &[(&str, Json)]) -> Result<RecordId> {
    let mut fields = Map::new();
    for (from, to) in map {
        if let Some(value) = known(lead, from) {
            fields.insert((*to).into(), value.clone());
        }
    }
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Ok(tx.create(object, &fields)?.id)
}
/// Fills what is empty, overwrites nothing.
fn fill(tx: &mut Tx, object: &str, id: RecordId, lead: &Map<String, Json>, map: &[(&str, &str)]) -> Result<RecordId> {
    let record = tx.readable(object, id).map_err(|_| Error::field(object, "unknown_reference", format!("This {object} is not here, or you may not see it.")))?;
    let mut fields = Map::new();
    for (from, to) in map {
        if let Some(value) = known(lead, from)
            && *to != "owner"
            && record.get(to).is_null()
        {
            fields.insert((*to).into(), value.clone());
        }
    }
    if !fields.is_empty() && tx.may(object, id, tx.update_action())? {
        tx.update(object, id, &fields, IfMatch::Any)?;
    }
    Ok(id)
}
/// Activities, notes, files and comments about the lead follow the customer; they stay about the lead too.
fn carry_over(tx: &mut Tx, lead: RecordId, account: Option<RecordId>, contact: RecordId) -> Result<()> {
    let filter = json!({"field": "about", "op": "eq", "value": {"object": "lead", "id": lead.to_string()}});
    let mut change = Map::new();
    change.insert("contact".into(), json!(contact.to_string()));
    if let Some(account) = account {
        change.insert("account".into(), json!(account.to_string()));
    }
    tx.as_system("jobs", |tx| {
        for object in ["interaction", "task", "meeting"] {
            for id in tx.ids(object, &filter, 5_000)? {
                tx.change_fact(object, id, &change)?;
            }
        }
        Ok(())
    })
}

/// Archives what the conversion made and nobody has touched; the lead is open again.
pub(crate) fn take_back(tx: &mut Tx, id: RecordId, _body: &Map<String, Json>) -> Result<VerbAnswer> {
    let lead = tx.changeable("lead", id)?;
    if lead.text("status") != "converted" {
        return Err(Error::new(Code::Conflict, "not_converted", "This lead has not been converted."));
    }
    let set = tx.change_set_of("lead", id, "conversion")?.ok_or_else(|| Error::new(Code::Conflict, "too_old", "What this conversion made is not known any more."))?;
    let undone = tx.with_verb("conversion", |tx| tx.undo(set, records::UndoMode::Safe))?;
    let undoing = undone.get("id").and_then(Json::as_str).and_then(|s| s.parse().ok()).ok_or_else(|| Error::internal("an undo has an id"))?;
    let report = tx.change_set(undoing)?;
    Ok(VerbAnswer { status: 200, json: report.to_string().into_bytes() })
}
