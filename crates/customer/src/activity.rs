//! Rules of what people do with customers.

use kernel::{RecordId, Result};
use metadata::Value;
use records::{Draft, Tx};

/// Account and contact are written on the row itself, so that a right needs no chain of joins.
fn place(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.after.get("account").is_null() && draft.after.get("contact").is_null() && (draft.is_new() || draft.changed("about")) {
        let about = draft.after.clone();
        if let Some(target) = tx.follow(&about, "about")? {
            let (account, contact) = match &*target.object.name {
                "account" => (Some(target.id()), None),
                "contact" => (target.reference("account"), Some(target.id())),
                _ => (target.reference("account"), target.reference("contact")),
            };
            set(draft, "account", account);
            set(draft, "contact", contact);
        }
    }
    if draft.after.get("account").is_null() && draft.changed("contact") {
        let row = draft.after.clone();
        let account = tx.follow(&row, "contact")?.and_then(|c| c.reference("account"));
        set(draft, "account", account);
    }
    Ok(())
}
fn set(draft: &mut Draft, field: &str, id: Option<RecordId>) {
    if let Some(id) = id {
        draft.set(field, Value::Ref(id));
    }
}

pub fn interaction(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.after.get("at").is_null() {
        draft.set("at", Value::DateTime(tx.now_ms()));
    }
    if draft.is_new() && draft.after.get("staff").is_null() && !tx.is_system() {
        draft.set("staff", Value::Ref(tx.me()));
    }
    if draft.after.get("duration_s").is_null()
        && let (Some(from), Some(to)) = (draft.get("at").as_int(), draft.get("ended_at").as_int())
        && to >= from
    {
        draft.set("duration_s", Value::Int((to - from) / 1_000));
    }
    place(tx, draft)
}
pub fn task(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("status") {
        let done = draft.after.text("status") == "done";
        match (done, draft.after.get("done_at").is_null()) {
            (true, true) => draft.set("done_at", Value::DateTime(tx.now_ms())),
            (false, false) => draft.set("done_at", Value::Null),
            _ => {}
        }
    }
    if draft.changed("due_time")
        && let Some(time) = draft.get("due_time").as_text()
        && time.parse::<jiff::civil::Time>().is_err()
    {
        draft.refuse("due_time", "bad_time", "A time is written like 09:30.");
    }
    place(tx, draft)
}
pub fn meeting(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if let (Some(from), Some(to)) = (draft.get("starts_at").as_int(), draft.get("ends_at").as_int())
        && to < from
    {
        draft.refuse("ends_at", "before_start", "A meeting ends after it starts.");
    }
    place(tx, draft)
}
