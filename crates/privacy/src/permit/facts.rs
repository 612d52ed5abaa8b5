//! Reads what is on record about people, for many at once, whatever the asker may read: a decision must not change with
//! who asks for it.

use super::decide::{Class, Facts, Restricted, Said, Suppressed};
use kernel::{RecordId, Result};
use metadata::Value;
use records::{Record, Tx};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// A purpose, as decisions need it.
#[derive(Clone, Debug)]
pub(crate) struct Purpose {
    pub(crate) id: RecordId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) class: Class,
    pub(crate) basis: Option<String>,
}
pub(crate) fn purposes(tx: &mut Tx) -> Result<Vec<Purpose>> {
    let mut out: Vec<Purpose> = all(tx, "purpose", &json!({"field": "code", "op": "is_empty", "value": false}))?
        .iter()
        .filter_map(|p| {
            let basis = Some(p.text("default_basis").to_owned()).filter(|b| !b.is_empty());
            Some(Purpose { id: p.id(), code: p.text("code").to_owned(), name: p.text("name").to_owned(), class: Class::parse(p.text("class"))?, basis })
        })
        .collect();
    out.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(out)
}

/// An address that is on record: its kind of suppression, its normal form, the channels that it serves.
pub(crate) struct Address {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) serves: &'static [&'static str],
}

/// # Errors
/// 422 for text that is no such address.
pub(crate) fn normal(kind: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let out = match kind {
        "email" => text.to_lowercase(),
        "domain" => text.trim_start_matches('@').to_lowercase(),
        "phone" => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits.trim_start_matches('0').to_owned()
        }
        "address" => kernel::fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "),
        _ => kernel::fold(text),
    };
    (!out.is_empty()).then_some(out)
}
pub(crate) fn addresses(party: &Record, points: &[Record]) -> Vec<Address> {
    let mut out = Vec::new();
    let mut add = |kind: &'static str, text: &str, serves: &'static [&'static str]| {
        out.extend(normal(kind, text).map(|text| Address { kind, text, serves }));
    };
    add("email", party.text("email"), &["email"]);
    add("phone", party.text("phone"), &["phone"]);
    add("phone", party.text("mobile"), &["phone", "sms", "messaging"]);
    let place = ["street", "postal_code", "city", "country"].map(|f| party.text(f));
    if !place[0].is_empty() || !place[2].is_empty() {
        add("address", &place.join(" "), &["post"]);
    }
    for point in points.iter().filter(|p| !matches!(p.text("status"), "dead" | "wrong_person" | "hard_bounce")) {
        let value = point.text("value");
        match point.text("kind") {
            "email" => add("email", value, &["email"]),
            "phone" => add("phone", value, &["phone"]),
            "mobile" => add("phone", value, &["phone", "sms", "messaging"]),
            "address" => add("address", value, &["post"]),
            "handle" => add("handle", value, &["social", "messaging"]),
            "push" => add("handle", value, &["push"]),
            _ => {}
        }
    }
    out
}

/// Live rows that match, whole.
pub(crate) fn all(tx: &mut Tx, object: &str, filter: &Json) -> Result<Vec<Record>> {
    let Some(def) = tx.registry().object(object).cloned() else { return Ok(vec![]) };
    let mut out = Vec::new();
    for chunk in tx.ids(object, filter, 200_000)?.chunks(500) {
        out.extend(tx.load_many(&def, chunk)?);
    }
    Ok(out)
}

/// What is on record about each of these contacts or accounts.
pub(crate) fn of_many(tx: &mut Tx, object: &str, ids: &[RecordId], purposes: &[Purpose]) -> Result<HashMap<RecordId, Facts>> {
    let Some(def) = tx.registry().object(object).cloned() else { return Ok(HashMap::new()) };
    let mut out = HashMap::new();
    for chunk in ids.chunks(500) {
        let texts: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let ours = json!({"field": object, "op": "in", "value": texts});
        let parties = tx.load_many(&def, chunk)?;
        let by = |rows: Vec<Record>| {
            let mut map: HashMap<RecordId, Vec<Record>> = HashMap::new();
            for row in rows {
                map.entry(row.reference(object).unwrap_or(RecordId::fixed(0))).or_default().push(row);
            }
            map
        };
        // Leads have no consents, points or restrictions of their own.
        let known = matches!(object, "contact" | "account");
        let mut of = |name: &str| if known { all(tx, name, &ours) } else { Ok(vec![]) };
        let (mut consents, mut restrictions, mut points) = (by(of("consent")?), by(of("restriction")?), by(of("contact_point")?));
        let mut people: Vec<(RecordId, Facts, Vec<Address>)> = Vec::new();
        for party in parties {
            let id = party.id();
            let mut facts = Facts { deceased: party.text("status") == "deceased", ..Facts::default() };
            facts.said = consents.remove(&id).unwrap_or_default().iter().filter_map(|row| said(row, purposes)).collect();
            facts.restrictions = restrictions.remove(&id).unwrap_or_default().iter().map(restricted).collect();
            let addresses = addresses(&party, &points.remove(&id).unwrap_or_default());
            facts.addresses = addresses.iter().flat_map(|a| a.serves).copied().collect();
            people.push((id, facts, addresses));
        }
        suppressions(tx, &mut people)?;
        out.extend(people.into_iter().map(|(id, facts, _)| (id, facts)));
    }
    Ok(out)
}
fn said(row: &Record, purposes: &[Purpose]) -> Option<Said> {
    let purpose = row.reference("purpose")?;
    let word = |name: &str| row.text(name).to_owned();
    Some(Said {
        id: row.id(),
        purpose,
        class: purposes.iter().find(|p| p.id == purpose).map(|p| p.class),
        channel: Some(word("channel")).filter(|c| !c.is_empty()),
        state: word("state"),
        basis: word("basis"),
        at: row.get("at").as_int().unwrap_or(0),
        expires_at: row.get("expires_at").as_int(),
        source: word("source"),
    })
}
fn restricted(row: &Record) -> Restricted {
    Restricted { kind: row.text("kind").to_owned(), since: row.get("since").as_int().unwrap_or(0), until: row.get("until").as_int() }
}
fn suppressions(tx: &mut Tx, people: &mut [(RecordId, Facts, Vec<Address>)]) -> Result<()> {
    let mut hashes: HashMap<String, Vec<(usize, &'static [&'static str])>> = HashMap::new();
    for (i, (_, _, addresses)) in people.iter().enumerate() {
        for address in addresses {
            hashes.entry(hash(tx, address.kind, &address.text)).or_default().push((i, address.serves));
            if let Some((_, domain)) = address.text.rsplit_once('@').filter(|_| address.kind == "email") {
                hashes.entry(hash(tx, "domain", domain)).or_default().push((i, address.serves));
            }
        }
    }
    let keys: Vec<&String> = hashes.keys().collect();
    for chunk in keys.chunks(500) {
        for row in all(tx, "suppression", &json!({"field": "keyed_hash", "op": "in", "value": chunk}))? {
            for (i, serves) in hashes.get(row.text("keyed_hash")).into_iter().flatten() {
                if let Some((_, facts, _)) = people.get_mut(*i) {
                    facts.suppressions.push(Suppressed {
                        reason: row.text("reason").to_owned(),
                        channel: Some(row.text("channel").to_owned()).filter(|c| !c.is_empty()),
                        purpose: row.reference("purpose"),
                        since: row.get("since").as_int().unwrap_or(0),
                        until: row.get("until").as_int(),
                        serves,
                    });
                }
            }
        }
    }
    Ok(())
}
pub(crate) fn hash(tx: &Tx, kind: &str, normal: &str) -> String {
    tx.keyed_hash(&format!("suppression {kind}"), normal)
}
pub(crate) fn instant(ms: Option<i64>) -> Json {
    ms.map_or(Json::Null, |ms| Value::DateTime(ms).to_json())
}
