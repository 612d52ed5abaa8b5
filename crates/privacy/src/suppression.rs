//! `POST /suppressions`: an address that must not be used any more. Only its keyed hash is kept, so that it outlives the
//! person's data, and an import brings nobody back onto a list.

use crate::permit::{decide::CHANNELS, facts};
use kernel::{Error, FieldError, RecordId, Result};
use metadata::{Value, field_type::parse_date_time};
use records::Tx;
use serde_json::{Map, Value as Json, json};

const KINDS: [&str; 5] = ["email", "phone", "domain", "address", "handle"];
const REASONS: [&str; 7] = ["objection", "complaint", "hard_bounce", "erasure", "do_not_call", "legal", "other"];

/// # Errors
/// 403 without the capability `restrict`; 422 with all fields that are wrong.
pub(crate) fn add(tx: &mut Tx, body: &Map<String, Json>) -> Result<Json> {
    if !tx.rights().capability("restrict") {
        return Err(Error::forbidden("Your role may not suppress addresses. Ask the privacy officer."));
    }
    let word = |name: &str| body.get(name).and_then(Json::as_str);
    let mut wrong = Vec::new();
    let mut one_of = |name: &str, options: &[&'static str], needed: bool| match word(name).and_then(|w| options.iter().find(|o| **o == w).copied()) {
        None if needed || word(name).is_some() => {
            wrong.push(FieldError::new(name, "unknown_option", format!("Not one of the options: {}.", options.join(", "))));
            None
        }
        found => found,
    };
    let (kind, channel, reason) = (one_of("kind", &KINDS, true), one_of("channel", &CHANNELS, false), one_of("reason", &REASONS, true));
    let odd = body.keys().filter(|k| !matches!(k.as_str(), "kind" | "address" | "channel" | "reason" | "purpose" | "until"));
    wrong.extend(odd.map(|k| FieldError::new(k, "unknown_field", format!("A suppression has no \"{k}\"."))));
    let address = kind.and_then(|kind| facts::normal(kind, word("address").unwrap_or_default()));
    if address.is_none() && kind.is_some() {
        wrong.push(FieldError::new("address", "required", "The address, number, domain or handle is needed."));
    }
    let until = word("until").map(parse_date_time);
    if until == Some(None) {
        wrong.push(FieldError::new("until", "bad_date_time", "This is not a date with time. Write it like 2026-11-21T09:30:00Z."));
    }
    let purpose = match word("purpose") {
        None => None,
        Some(asked) => {
            let found = tx.as_system("jobs", facts::purposes)?.into_iter().find(|p| p.code == asked || p.id.to_string() == asked);
            if found.is_none() {
                wrong.push(FieldError::new("purpose", "unknown_option", "There is no purpose of that code."));
            }
            found.map(|p| p.id)
        }
    };
    let (Some(kind), Some(address), Some(reason), true) = (kind, address, reason, wrong.is_empty()) else { return Err(Error::invalid(wrong)) };
    let id = keep(tx, &Suppress { kind, address: &address, channel, purpose, reason, until: until.flatten() })?;
    Ok(json!({"id": id}))
}

pub(crate) struct Suppress<'a> {
    pub(crate) kind: &'static str,
    /// In its normal form.
    pub(crate) address: &'a str,
    pub(crate) channel: Option<&'static str>,
    pub(crate) purpose: Option<RecordId>,
    pub(crate) reason: &'static str,
    pub(crate) until: Option<i64>,
}
pub(crate) fn keep(tx: &mut Tx, s: &Suppress) -> Result<RecordId> {
    let (id, hash, now) = (tx.new_id(), facts::hash(tx, s.kind, s.address), tx.now_ms());
    let at = |ms: i64| Value::DateTime(ms).to_json();
    let row = json!({
        "id": id, "kind": s.kind, "keyed_hash": hash, "channel": s.channel, "purpose": s.purpose, "reason": s.reason, "since": at(now), "until": s.until.map(at),
    });
    tx.as_system("jobs", |tx| tx.write_fact("suppression", row.as_object().unwrap_or(&Map::new())))?;
    Ok(id)
}
