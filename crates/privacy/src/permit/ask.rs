//! `POST /contacts/{id}/permits` (also accounts): asks for one use, and keeps the decision. Another program that calls or
//! writes asks here first and holds what it was answered.

use super::{
    answer::{asked, shown},
    decide::{CHANNELS, decide},
    facts::{Purpose, of_many, purposes},
};
use kernel::{Error, RecordId, Result};
use metadata::Value;
use records::{Tx, VerbAnswer};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// How long a granted permit may be used, in milliseconds: a day. Then something may have changed.
const HOLDS_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn input() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["purpose", "channel"],
        "properties": {
            "purpose": {"type": "string", "description": "Code or id of the purpose."},
            "channel": {"type": "string", "enum": CHANNELS},
            "exit": {"type": "string", "enum": ["mail", "message", "call", "invitation"], "description": "How it leaves; by the channel unless given."}
        }
    })
}

pub(crate) fn record(object: &'static str) -> fn(&mut Tx, RecordId, &Map<String, Json>) -> Result<VerbAnswer> {
    if object == "account" { |tx, id, body| ask(tx, "account", id, body) } else { |tx, id, body| ask(tx, "contact", id, body) }
}
fn ask(tx: &mut Tx, object: &str, id: RecordId, body: &Map<String, Json>) -> Result<VerbAnswer> {
    tx.readable(object, id)?;
    if let Some(odd) = body.keys().find(|k| !matches!(k.as_str(), "purpose" | "channel" | "exit")) {
        return Err(Error::field(odd, "unknown_field", format!("A permit has no \"{odd}\".")));
    }
    let word = |name: &str| body.get(name).and_then(Json::as_str);
    let channel = word("channel").filter(|c| CHANNELS.contains(c)).ok_or_else(|| Error::field("channel", "unknown_option", format!("Not one of the options: {}.", CHANNELS.join(", "))))?;
    let exit = match (word("exit"), channel) {
        (Some(exit @ ("mail" | "message" | "call" | "invitation")), _) => exit,
        (Some(_), _) => return Err(Error::field("exit", "unknown_option", "Not one of the options: mail, message, call, invitation.")),
        (None, "phone") => "call",
        (None, "email" | "post") => "mail",
        (None, _) => "message",
    };
    let (me, now, permit) = (tx.me(), tx.now_ms(), tx.new_id());
    let asked_for = word("purpose").unwrap_or_default().to_owned();
    let decision = tx.as_system("jobs", |tx| {
        let purposes = purposes(tx)?;
        let purpose = of_word(&purposes, &asked_for)?;
        let facts = of_many(tx, object, &[id], &purposes)?.remove(&id).unwrap_or_default();
        let decision = decide(&asked(purpose, Some(channel), now), &facts);
        let at = |ms: i64| Value::DateTime(ms).to_json();
        let until = decision.until.map_or(now + HOLDS_MS, |u| u.min(now + HOLDS_MS));
        let row = json!({
            "id": permit, "at": at(now), "actor": me, "exit": exit, "class": class_word(purpose), object: id, "purpose": purpose.id,
            "decision": if decision.granted { "granted" } else { "refused" }, "reason_code": decision.code, "consent": decision.consent,
            "expires_at": decision.granted.then(|| at(until)),
        });
        tx.write_fact("permit", row.as_object().unwrap_or(&Map::new()))?;
        let mut out = shown(&decision);
        out.insert("id".into(), json!(permit));
        out.insert("expires_at".into(), if decision.granted { at(until) } else { Json::Null });
        Ok(out)
    })?;
    Ok(VerbAnswer { status: 201, json: Json::Object(decision).to_string().into_bytes() })
}
fn class_word(purpose: &Purpose) -> String {
    format!("{:?}", purpose.class).to_lowercase()
}
fn of_word<'a>(purposes: &'a [Purpose], word: &str) -> Result<&'a Purpose> {
    let found = purposes.iter().find(|p| p.code == word || p.id.to_string() == word);
    found.ok_or_else(|| Error::field("purpose", "unknown_option", "There is no purpose of that code. GET /records/purpose lists them."))
}

/// Which of these people may be used for a purpose. Objects that are not people stay as they are.
pub(crate) fn allowed(tx: &mut Tx, purpose: &str, channel: Option<&str>, object: &str, ids: &[RecordId]) -> Result<HashSet<RecordId>> {
    if let Some(odd) = channel.filter(|c| !CHANNELS.contains(c)) {
        return Err(Error::field("channel", "unknown_option", format!("\"{odd}\" is not one of the options: {}.", CHANNELS.join(", "))));
    }
    tx.as_system("jobs", |tx| {
        let purposes = purposes(tx)?;
        let purpose = of_word(&purposes, purpose)?;
        if !matches!(object, "contact" | "account" | "lead") {
            return Err(Error::field("purpose", "not_people", "A purpose is kept to for contacts, accounts and leads. Export those, or leave the purpose out."));
        }
        let facts = of_many(tx, object, ids, &purposes)?;
        let asked = asked(purpose, channel, tx.now_ms());
        Ok(facts.into_iter().filter(|(_, facts)| decide(&asked, facts).granted).map(|(id, _)| id).collect())
    })
}
