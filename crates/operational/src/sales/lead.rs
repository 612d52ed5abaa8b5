//! Leads: a name for lists, times that follow from the status, and conversion.

mod convert;

use customer::{names, state};
use kernel::Result;
use metadata::Value;
use records::{Draft, Rules, Tx, Verb, Written};

pub(crate) fn rules() -> Vec<Rules> {
    vec![Rules { object: "lead", before: Some(before), after: Some(after) }]
}
pub(crate) fn verbs() -> Vec<Verb> {
    vec![
        Verb {
            name: "conversion",
            object: "lead",
            method: "POST",
            summary: "Makes a contact, and if asked an account and a deal, of a lead; fills blanks of existing ones, overwrites nothing.",
            input: convert::input,
            run: convert::convert,
        },
        Verb {
            name: "conversion",
            object: "lead",
            method: "DELETE",
            summary: "Takes a conversion back: archives what it made and nobody touched, lists the rest.",
            input: convert::no_input,
            run: convert::take_back,
        },
    ]
}
fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if let Some(name) = names::full_name(draft) {
        draft.set("full_name", Value::Text(name));
    }
    let converting = tx.verb_running() == Some("conversion");
    if draft.before.is_some_and(|b| b.text("status") == "converted") && !converting && !tx.is_system() {
        draft.refuse("status", "converted", "This lead has been converted and is read only. Take the conversion back, or change the contact.");
        return Ok(());
    }
    if draft.changed("status") {
        match draft.after.text("status") {
            "converted" if !converting && !tx.brings_past() => draft.refuse("status", "use_conversion", "A lead is converted with POST /leads/ID/conversion."),
            "disqualified" if draft.get("disqualify_reason").is_null() && !tx.brings_past() => draft.refuse("disqualify_reason", "required", "Say why this lead is out."),
            "working" if draft.get("first_response_at").is_null() => draft.set("first_response_at", Value::DateTime(tx.now_ms())),
            _ => {}
        }
    }
    Ok(())
}
fn after(tx: &mut Tx, written: &Written) -> Result<()> {
    if written.changed("status") {
        let at = if written.before.is_none() { written.after.get("created_at").as_int() } else { None }.unwrap_or_else(|| tx.now_ms());
        state::changed(tx, written, "status", at, None)?;
    }
    Ok(())
}
