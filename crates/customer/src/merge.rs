//! When two accounts, contacts or leads become one: the addresses that did not become the primary ones are kept as further
//! ones, and what both had is there once.

use kernel::{RecordId, Result};
use records::{IfMatch, Joined, Record, Tx};
use serde_json::{Map, Value as Json, json};

/// Column of the record, and the kind of its further ones.
const ADDRESSES: [(&str, &str); 4] = [("email", "email"), ("phone", "phone"), ("mobile", "mobile"), ("website", "url")];

pub(crate) fn merged(tx: &mut Tx, joined: &Joined) -> Result<()> {
    let object = joined.winner.object.name.to_string();
    favourites(tx, &object, joined)?;
    if !matches!(object.as_str(), "account" | "contact") {
        return Ok(());
    }
    related(tx, &object, joined)?;
    once(tx, &object, joined, "party_role", "role")?;
    addresses(tx, &object, joined)
}

fn rows(tx: &mut Tx, name: &str, filter: &Json) -> Result<Vec<Record>> {
    let Some(object) = tx.registry().object(name).cloned() else { return Ok(vec![]) };
    let ids = tx.ids(name, filter, 5_000)?;
    tx.load_many(&object, &ids)
}
fn of(field: &str, id: RecordId) -> Json {
    json!({"field": field, "op": "eq", "value": id.to_string()})
}

/// Every address of both that is not a primary one afterwards: also one of the winner's that gave way.
fn addresses(tx: &mut Tx, object: &str, joined: &Joined) -> Result<()> {
    let plain = |kind: &str, text: &str| match kind {
        "phone" | "mobile" => text.chars().filter(char::is_ascii_digit).collect(),
        _ => text.trim().to_lowercase(),
    };
    let mut known: Vec<String> = ADDRESSES.iter().map(|(column, kind)| plain(kind, joined.after.text(column))).collect();
    for id in [joined.winner.id(), joined.loser.id()] {
        known.extend(rows(tx, "contact_point", &of(object, id))?.iter().map(|point| plain(point.text("kind"), point.text("value"))));
    }
    for side in [joined.winner, joined.loser] {
        for (column, kind) in ADDRESSES {
            let text = side.text(column).trim();
            let folded = plain(kind, text);
            if folded.is_empty() || known.contains(&folded) {
                continue;
            }
            let mut point = Map::new();
            for (field, value) in [(object, json!(joined.winner.id().to_string())), ("kind", json!(kind)), ("value", json!(text)), ("source", json!("merge"))] {
                point.insert(field.into(), value);
            }
            tx.create("contact_point", &point)?;
            known.push(folded);
        }
    }
    Ok(())
}

/// A role that both have is there once.
fn once(tx: &mut Tx, object: &str, joined: &Joined, name: &str, what: &str) -> Result<()> {
    let mine: Vec<String> = rows(tx, name, &of(object, joined.winner.id()))?.iter().map(|r| r.text(what).to_owned()).collect();
    for row in rows(tx, name, &of(object, joined.loser.id()))? {
        if mine.contains(&row.text(what).to_owned()) {
            tx.archive(name, row.id(), IfMatch::Any)?;
        }
    }
    Ok(())
}

/// Who had marked both keeps the mark of the one that stays.
fn favourites(tx: &mut Tx, object: &str, joined: &Joined) -> Result<()> {
    let on = |id: RecordId| json!({"field": "target", "op": "eq", "value": {"object": object, "id": id.to_string()}});
    let owners: Vec<_> = rows(tx, "favourite", &on(joined.winner.id()))?.iter().map(|r| r.reference("owner")).collect();
    for row in rows(tx, "favourite", &on(joined.loser.id()))? {
        if owners.contains(&row.reference("owner")) {
            tx.archive("favourite", row.id(), IfMatch::Any)?;
        }
    }
    Ok(())
}

/// Nobody is related to themselves.
fn related(tx: &mut Tx, object: &str, joined: &Joined) -> Result<()> {
    let ids = [joined.winner.id(), joined.loser.id()];
    let Some(relationship) = tx.registry().object("relationship").cloned() else { return Ok(()) };
    let ends: Vec<String> =
        relationship.live_fields().filter(|f| matches!(f.kind(), metadata::FieldType::Reference { to, .. } if to.allows(object)) && !f.def.base).map(|f| f.name().to_owned()).collect();
    let any: Vec<Json> = ends.iter().map(|end| json!({"field": end, "op": "eq", "value": {"object": object, "id": joined.loser.id().to_string()}})).collect();
    for row in rows(tx, "relationship", &json!({"or": any}))? {
        let inner = ends.iter().filter(|end| matches!(row.get(end), metadata::Value::AnyRef(any) if ids.contains(&any.id)) || row.reference(end).is_some_and(|id| ids.contains(&id))).count();
        if inner > 1 {
            tx.archive("relationship", row.id(), IfMatch::Any)?;
        }
    }
    Ok(())
}
