//! Rules of accounts and contacts.

use crate::{names, state};
use kernel::{RecordId, Result};
use metadata::Value;
use records::{Draft, Tx, Written};

/// The ultimate parent is kept on the row, so that reports need no recursion.
pub fn account(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("parent") {
        let top = tx.top_above(draft, "parent")?;
        draft.set("ultimate_parent", top.map_or(Value::Null, Value::Ref));
    }
    Ok(())
}
pub fn account_written(tx: &mut Tx, written: &Written) -> Result<()> {
    // Accounts below follow to the new top.
    if written.before.is_some() && written.changed("ultimate_parent") {
        let top = written.after.reference("ultimate_parent").unwrap_or_else(|| written.after.id());
        let filter = serde_json::json!({"field": "parent", "op": "eq", "value": written.after.id().to_string()});
        let mut change = serde_json::Map::new();
        change.insert("ultimate_parent".into(), serde_json::json!(top.to_string()));
        tx.as_system("jobs", |tx| {
            for child in tx.ids("account", &filter, 5_000)? {
                tx.change_fact("account", child, &change)?;
            }
            Ok(())
        })?;
    }
    lifecycle(tx, written)
}
pub fn contact(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if let Some(name) = names::full_name(draft) {
        draft.set("full_name", Value::Text(name));
    }
    if draft.changed("reports_to") {
        tx.top_above(draft, "reports_to")?;
    }
    Ok(())
}
pub fn contact_written(tx: &mut Tx, written: &Written) -> Result<()> {
    lifecycle(tx, written)
}
fn lifecycle(tx: &mut Tx, written: &Written) -> Result<()> {
    if written.changed("lifecycle_stage") {
        let now = tx.now_ms();
        state::changed(tx, written, "lifecycle_stage", now, None)?;
    }
    Ok(())
}
/// E-mail in lower case, phones as digits with a plus: what duplicates are found by.
pub fn contact_point(_tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("value") || draft.changed("kind") {
        let value = draft.after.text("value").trim().to_owned();
        let normalised = match draft.after.text("kind") {
            "email" => value.to_lowercase(),
            "phone" | "mobile" | "fax" => value.chars().enumerate().filter(|(i, c)| c.is_ascii_digit() || *i == 0 && *c == '+').map(|(_, c)| c).collect(),
            _ => kernel::fold(&value),
        };
        draft.set("normalised", if normalised.is_empty() { Value::Null } else { Value::Text(normalised) });
    }
    Ok(())
}
/// `account.roles` lists the roles an organisation has now.
pub fn party_role_written(tx: &mut Tx, written: &Written) -> Result<()> {
    let accounts: Vec<RecordId> = [written.before, Some(written.after)].into_iter().flatten().filter_map(|r| r.reference("account")).collect();
    for account in accounts {
        let filter = serde_json::json!({"and": [{"field": "account", "op": "eq", "value": account.to_string()}, {"field": "status", "op": "ne", "value": "ended"}]});
        tx.as_system("jobs", |tx| {
            let Some(object) = tx.registry().object("party_role").cloned() else { return Ok(()) };
            let mut roles = Vec::new();
            for id in tx.ids("party_role", &filter, 100)? {
                if let Some(record) = tx.load(&object, id)? {
                    roles.push(record.text("role").to_owned());
                }
            }
            roles.sort();
            roles.dedup();
            let mut change = serde_json::Map::new();
            change.insert("roles".into(), serde_json::json!(roles));
            tx.change_fact("account", account, &change)
        })?;
    }
    Ok(())
}
