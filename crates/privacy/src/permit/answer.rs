//! `GET /records/{contact|account|lead}/{id}/permissions`: may one call, may one write, may one send marketing, and why.

use super::{
    decide::{Asked, CHANNELS, Class, Decision, Facts, decide},
    facts::{Purpose, instant, of_many, purposes},
};
use kernel::{Error, RecordId, Result};
use records::Tx;
use serde_json::{Map, Value as Json, json};

/// Restrictions and suppressions first: they say more than that nobody has agreed.
const TELLING: [&str; 12] = ["restricted", "deceased", "minor", "dispute", "suppressed", "objected", "withdrawn", "refused", "expired", "not_confirmed", "no_address", "no_consent"];

pub(crate) fn permissions(tx: &mut Tx, object: &str, id: RecordId) -> Result<Json> {
    if !matches!(object, "contact" | "account" | "lead") {
        return Err(Error::not_found("person behind this record"));
    }
    tx.readable(object, id)?;
    tx.as_system("jobs", |tx| {
        let purposes = purposes(tx)?;
        let facts = of_many(tx, object, &[id], &purposes)?.remove(&id).unwrap_or_default();
        let now = tx.now_ms();
        let class = |class: Class, channel: &str| best(class, channel, &purposes, &facts, now);
        let mut items = Vec::new();
        for purpose in &purposes {
            for channel in CHANNELS {
                let decision = decide(&asked(purpose, Some(channel), now), &facts);
                let mut item = shown(&decision);
                item.insert("purpose".into(), json!({"id": purpose.id, "code": purpose.code, "name": purpose.name}));
                item.insert("channel".into(), json!(channel));
                items.push(item);
            }
        }
        let restrictions: Vec<Json> = facts
            .restrictions
            .iter()
            .filter(|r| r.since <= now && r.until.is_none_or(|u| u > now))
            .map(|r| json!({"kind": r.kind, "since": instant(Some(r.since)), "until": instant(r.until)}))
            .collect();
        Ok(json!({
            "object": object,
            "id": id,
            "call": shown(&class(Class::Service, "phone")),
            "write": shown(&class(Class::Service, "email")),
            "marketing": {
                "email": shown(&class(Class::Marketing, "email")),
                "phone": shown(&class(Class::Marketing, "phone")),
                "sms": shown(&class(Class::Marketing, "sms")),
                "post": shown(&class(Class::Marketing, "post")),
            },
            "restrictions": restrictions,
            "items": items,
        }))
    })
}
pub(super) fn asked<'a>(purpose: &'a Purpose, channel: Option<&'a str>, now: i64) -> Asked<'a> {
    Asked { class: purpose.class, purpose: Some(purpose.id), default_basis: purpose.basis.as_deref(), channel, now }
}
/// Whether any purpose of a class is allowed; otherwise the refusal that tells most.
fn best(class: Class, channel: &str, purposes: &[Purpose], facts: &Facts, now: i64) -> Decision {
    let mut all: Vec<Decision> = purposes.iter().filter(|p| p.class == class).map(|p| decide(&asked(p, Some(channel), now), facts)).collect();
    if all.is_empty() {
        let default_basis = (class == Class::Marketing).then_some("consent");
        all.push(decide(&Asked { class, purpose: None, default_basis, channel: Some(channel), now }, facts));
    }
    let telling = |d: &Decision| TELLING.iter().position(|code| *code == d.code).unwrap_or(TELLING.len());
    all.sort_by_key(|d| (!d.granted, telling(d)));
    all.swap_remove(0)
}
pub(super) fn shown(decision: &Decision) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("decision".into(), json!(if decision.granted { "granted" } else { "refused" }));
    out.insert("reason_code".into(), json!(decision.code));
    out.insert("reason".into(), json!(decision.words));
    out.insert("basis".into(), json!(decision.basis));
    out.insert("consent".into(), json!(decision.consent));
    out.insert("expires_at".into(), instant(decision.until));
    out
}
