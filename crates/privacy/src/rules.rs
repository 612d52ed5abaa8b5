//! Rules of consents, notices and restrictions.

use kernel::Result;
use metadata::Value;
use records::{Draft, Tx, Written};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Clocks of other machines may be ahead a little, in milliseconds.
const AHEAD: i64 = 5 * 60 * 1000;

/// A consent says when and by whom it was recorded. An objection or withdrawal that names no purpose is one to marketing.
pub(crate) fn consent(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() {
        return Ok(());
    }
    let now = tx.now_ms();
    if draft.get("at").is_null() {
        draft.set("at", Value::DateTime(now));
    }
    if draft.get("at").as_int().is_some_and(|at| at > now + AHEAD) {
        draft.refuse("at", "in_future", "A consent cannot have been given in the future.");
    }
    if let (Some(at), Some(ends)) = (draft.get("at").as_int(), draft.get("expires_at").as_int())
        && ends <= at
    {
        draft.refuse("expires_at", "before_start", "A consent ends after it was given.");
    }
    if draft.get("recorded_by").is_null() {
        draft.set("recorded_by", Value::Ref(tx.me()));
    }
    if draft.get("purpose").is_null() && matches!(draft.after.text("state"), "objected" | "withdrawn" | "refused") {
        let marketing = tx.as_system("jobs", |tx| tx.ids("purpose", &json!({"field": "class", "op": "eq", "value": "marketing"}), 1))?;
        if let Some(id) = marketing.first() {
            draft.set("purpose", Value::Ref(*id));
        }
    }
    Ok(())
}
/// The hash shows whether the words that somebody was shown are still the same.
pub(crate) fn notice(_tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("body") {
        let hash: String = Sha256::digest(draft.after.text("body")).iter().map(|b| format!("{b:02x}")).collect();
        draft.set("hash", Value::Text(hash));
    }
    Ok(())
}
pub(crate) fn restriction(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.get("since").is_null() {
        draft.set("since", Value::DateTime(tx.now_ms()));
    }
    if let (Some(since), Some(until)) = (draft.get("since").as_int(), draft.get("until").as_int())
        && until <= since
    {
        draft.refuse("until", "before_start", "A restriction ends after it began.");
    }
    Ok(())
}
/// From the next question on the person is kept from every exit; open streams ask again.
pub(crate) fn restriction_written(tx: &mut Tx, _written: &Written) -> Result<()> {
    tx.bump_rights();
    Ok(())
}
