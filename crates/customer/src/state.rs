//! One table for the history of every state: stage, status, lifecycle stage of any object.

use kernel::{RecordId, Result};
use metadata::Value;
use records::{Tx, Written};
use serde_json::{Map, Value as Json, json};

/// What stands beside a change of state: facts of the record at that moment.
pub struct Facts {
    pub amount: Value,
    pub close_date: Value,
    pub probability: Value,
    pub category: Value,
    pub cause: &'static str,
}

/// Ends the open state of a field and begins the new one. Dates of an import that brings its past are kept.
pub fn changed(tx: &mut Tx, written: &Written, field: &str, entered_at: i64, facts: Option<Facts>) -> Result<()> {
    let record = written.after;
    let (object, id, me) = (record.object.name.to_string(), record.id(), tx.me());
    let text = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Ref(id) => json!(id.to_string()),
        other => other.to_json(),
    };
    let mut row = Map::new();
    row.insert("record".into(), json!({"object": object, "id": id.to_string()}));
    row.insert("field".into(), json!(field));
    row.insert("from".into(), written.before.map_or(Json::Null, |b| text(b.get(field))));
    row.insert("to".into(), text(record.get(field)));
    row.insert("entered_at".into(), Value::DateTime(entered_at).to_json());
    row.insert("by".into(), json!(me.to_string()));
    if let Some(facts) = facts {
        row.insert("amount".into(), facts.amount.to_json());
        if let Value::Money { money, .. } = facts.amount {
            row.insert("currency".into(), json!(money.currency.as_str()));
        }
        row.insert("close_date".into(), facts.close_date.to_json());
        row.insert("probability".into(), facts.probability.to_json());
        row.insert("category".into(), facts.category.to_json());
        row.insert("cause".into(), json!(facts.cause));
    }
    let is_new = written.before.is_none();
    let field = field.to_owned();
    tx.as_system("jobs", move |tx| {
        if !is_new {
            end_open(tx, &object, id, &field, entered_at)?;
        }
        tx.write_fact("state_change", &row)
    })
}
fn end_open(tx: &mut Tx, object: &str, id: RecordId, field: &str, at: i64) -> Result<()> {
    let filter = json!({"and": [
        {"field": "record", "op": "eq", "value": {"object": object, "id": id.to_string()}},
        {"field": "field", "op": "eq", "value": field},
        {"field": "left_at", "op": "is_empty", "value": true},
    ]});
    let mut end = Map::new();
    end.insert("left_at".into(), Value::DateTime(at).to_json());
    for open in tx.ids("state_change", &filter, 20)? {
        tx.change_fact("state_change", open, &end)?;
    }
    Ok(())
}
