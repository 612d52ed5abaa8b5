//! Rules of favourites.

use kernel::Result;
use metadata::Value;
use records::{Draft, OrDb, Tx};
use serde_json::json;

/// More than these nobody keeps at hand.
const MOST: usize = 200;

/// Nobody marks the same thing twice; a new mark goes to the end.
pub(crate) fn favourite(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if !(draft.is_new() || draft.changed("target") || draft.changed("owner")) {
        return Ok(());
    }
    let (Value::AnyRef(target), Some(owner)) = (draft.get("target").clone(), draft.after.reference("owner")) else { return Ok(()) };
    if &*target.object == "favourite" {
        draft.refuse("target", "not_a_place", "A favourite is a record or a view, not another favourite.");
        return Ok(());
    }
    // Two screens at once: the second waits, and finds what the first has written.
    tx.db().lock(&format!("favourite {owner}")).or_db()?;
    let of_owner = json!({"field": "owner", "op": "eq", "value": owner.to_string()});
    let same = json!({"and": [of_owner, {"field": "target", "op": "eq", "value": {"object": target.object.to_string(), "id": target.id.to_string()}}]});
    if tx.ids("favourite", &same, 2)?.iter().any(|other| *other != draft.id) {
        draft.refuse("target", "value_taken", "This is one of the favourites already.");
        return Ok(());
    }
    let all = tx.ids("favourite", &of_owner, 1_000)?;
    if draft.is_new() && all.len() >= MOST {
        draft.refuse("target", "too_many", format!("There are {MOST} favourites already. Take one away first."));
    }
    if draft.get("position").is_null() {
        let object = draft.object.clone();
        let last = tx.load_many(&object, &all)?.iter().filter_map(|other| other.get("position").as_int()).max();
        draft.set("position", Value::Int(last.unwrap_or(0).saturating_add(1)));
    }
    Ok(())
}
