//! Rules of saved views.

use kernel::Result;
use metadata::{Object, Value, bind_path};
use records::{Draft, Tx};
use std::sync::Arc;

/// A view names an object and fields of it. It is checked when it is written and not again: a field that is archived
/// later is left out by the list that opens it.
pub fn view(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let Some(object) = tx.registry().object(draft.after.text("object")).cloned() else {
        draft.refuse("object", "unknown_object", "There is no such object.");
        return Ok(());
    };
    if draft.changed("filter")
        && let Some(text) = draft.get("filter").as_text().map(str::to_owned)
    {
        match serde_json::from_str(&text) {
            Err(error) => draft.refuse("filter", "bad_condition", format!("This is not JSON: {error}.")),
            Ok(json) => {
                if let Err(error) = tx.check_condition(&object, &json) {
                    draft.refuse("filter", "bad_condition", error.detail);
                }
            }
        }
    }
    for (field, mark) in [("sort", "-"), ("columns", ""), ("group_by", "")] {
        if draft.changed(field) {
            named(tx, draft, &object, field, mark);
        }
    }
    if *draft.after.get("standard") == Value::Bool(true)
        && draft.after.text("shared") != "private"
        && (draft.changed("standard") || draft.changed("shared"))
        && !tx.is_system()
        && !tx.rights().capability("configure")
    {
        draft.refuse("standard", "not_allowed", "What opens first for others is set by an administrator. Keep the view private, or leave this off.");
    }
    Ok(())
}

/// Refuses a list of fields in which one is unknown. A width follows a colon.
fn named(tx: &Tx, draft: &mut Draft, object: &Arc<Object>, field: &str, mark: &str) {
    let text = draft.get(field).as_text().unwrap_or_default().to_owned();
    let mut paths = text.split(',').map(|part| part.trim_start_matches(mark)).filter_map(|part| part.split(':').next()).filter(|path| !path.is_empty());
    if let Some(odd) = paths.find(|path| bind_path(tx.registry(), object, path).is_err()) {
        draft.refuse(field, "unknown_field", format!("{} has no field \"{odd}\".", object.name));
    }
}
