//! What hangs on the records of rows: further addresses, objections, notes. All of a chunk go together.

use super::chunk::Fate;
use crate::import::assemble::ImportRow;
use kernel::{RecordId, Result};
use records::{BulkMode, BulkOptions, Tx};
use serde_json::{Value as Json, json};

/// Hangs it on; how much of it was refused.
pub(crate) fn all(tx: &mut Tx, object: &str, rows: &[ImportRow], records: &[(Option<Fate>, Option<RecordId>)], set: RecordId) -> Result<u64> {
    let mut hanging = Hanging::default();
    for (row, (fate, id)) in rows.iter().zip(records) {
        if let Some(id) = id {
            hanging.add(tx, object, *id, *fate == Some(Fate::Created), row)?;
        }
    }
    hanging.write(tx, set)
}

#[derive(Default)]
struct Hanging {
    points: Vec<Json>,
    consents: Vec<Json>,
    notes: Vec<Json>,
}
impl Hanging {
    /// On a record that was there before only what it does not have yet.
    fn add(&mut self, tx: &mut Tx, object: &str, id: RecordId, new: bool, row: &ImportRow) -> Result<()> {
        let own = json!({"field": object, "op": "eq", "value": id.to_string()});
        if matches!(object, "contact" | "account") {
            for point in &row.points {
                let value = json!({"field": "value", "op": "eq", "value": point.get("value")});
                if new || tx.ids("contact_point", &json!({"and": [own, value]}), 1)?.is_empty() {
                    self.points.push(with(point, object, id));
                }
            }
            for objection in &row.objections {
                let said = json!({"field": "channel", "op": "eq", "value": objection.channel});
                let no = json!({"field": "state", "op": "eq", "value": "objected"});
                if new || tx.ids("consent", &json!({"and": [own, said, no]}), 1)?.is_empty() {
                    let consent = json!({"channel": objection.channel, "state": "objected", "basis": "consent", "source": format!("Import, column {}", objection.source)});
                    self.consents.push(with(&consent, object, id));
                }
            }
        }
        if let Some(note) = &row.note {
            let about = json!({"object": object, "id": id.to_string()});
            let same = json!({"and": [{"field": "about", "op": "eq", "value": about}, {"field": "body", "op": "eq", "value": note}]});
            if new || tx.ids("note", &same, 1)?.is_empty() {
                self.notes.push(json!({"body": note, "about": about}));
            }
        }
        Ok(())
    }
    /// # Errors
    /// Those that spoil the whole; what is refused is counted.
    fn write(self, tx: &mut Tx, set: RecordId) -> Result<u64> {
        let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
        let mut refused = 0;
        for (object, items) in [("contact_point", self.points), ("consent", self.consents), ("note", self.notes)] {
            if !items.is_empty() {
                let answers = tx.bulk_items(object, &items, &options, set)?;
                refused += answers.iter().filter(|a| a.get("errors").is_some()).count() as u64;
            }
        }
        Ok(refused)
    }
}
fn with(value: &Json, field: &str, id: RecordId) -> Json {
    let mut map = value.as_object().cloned().unwrap_or_default();
    map.insert(field.to_owned(), json!(id.to_string()));
    Json::Object(map)
}
