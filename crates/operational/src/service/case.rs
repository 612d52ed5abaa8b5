//! A case: its times follow its status.

use crate::tree;
use customer::state;
use kernel::Result;
use metadata::Value;
use records::{Draft, Tx, Written};

pub(crate) fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let now = Value::DateTime(tx.now_ms());
    if draft.after.get("opened_at").is_null() {
        draft.set("opened_at", now.clone());
    }
    if draft.changed("status") {
        let status = draft.after.text("status").to_owned();
        let was_over = draft.before.is_some_and(|b| matches!(b.text("status"), "resolved" | "closed"));
        let is_over = matches!(status.as_str(), "resolved" | "closed");
        if is_over && draft.after.get("resolved_at").is_null() {
            draft.set("resolved_at", now.clone());
        }
        if status == "closed" && draft.after.get("closed_at").is_null() {
            draft.set("closed_at", now);
        }
        if was_over && !is_over {
            draft.set("resolved_at", Value::Null);
            draft.set("closed_at", Value::Null);
            let count = draft.get("reopened_count").as_int().unwrap_or(0) + 1;
            draft.set("reopened_count", Value::Int(count));
        }
    }
    tree::below_parent(tx, draft)
}
pub(crate) fn after(tx: &mut Tx, written: &Written) -> Result<()> {
    if written.changed("status") {
        let at = if written.before.is_none() { written.after.get("opened_at").as_int() } else { None }.unwrap_or_else(|| tx.now_ms());
        state::changed(tx, written, "status", at, None)?;
    }
    Ok(())
}
