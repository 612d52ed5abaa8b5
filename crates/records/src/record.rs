//! One row in memory: every field of its object, unmasked. Never leaves this process as it is.

use kernel::RecordId;
use metadata::{Field, Object, Value};
use std::sync::Arc;
use store::{Row, compile};

#[derive(Clone, Debug)]
pub struct Record {
    pub object: Arc<Object>,
    values: Vec<Value>,
}
impl Record {
    pub fn empty(object: &Arc<Object>) -> Record {
        Record { values: vec![Value::Null; object.fields.len()], object: object.clone() }
    }
    /// Reads the columns that [`Record::columns`] names.
    pub(crate) fn read(object: &Arc<Object>, row: &dyn Row) -> Record {
        let mut at = 0;
        let values = object
            .fields
            .values()
            .map(|field| {
                if compile::width(field) == 0 {
                    return Value::Null;
                }
                let value = compile::read(field, row, at);
                at += compile::width(field);
                value
            })
            .collect();
        Record { object: object.clone(), values }
    }
    /// Reads the columns of some fields, in their order; the others are empty.
    pub(crate) fn read_some(object: &Arc<Object>, fields: &[Arc<Field>], row: &dyn Row) -> Record {
        let (mut record, mut at) = (Record::empty(object), 0);
        for field in fields {
            record.set(field.name(), compile::read(field, row, at));
            at += compile::width(field);
        }
        record
    }
    /// Quoted column list of some fields under alias `t`.
    pub(crate) fn some_columns(fields: &[Arc<Field>], t: &str) -> String {
        let columns = |field: &Arc<Field>| field.columns().into_iter().take(compile::width(field)).map(|c| format!("{t}.{}", store::quote(&c))).collect::<Vec<_>>();
        fields.iter().flat_map(columns).collect::<Vec<_>>().join(", ")
    }
    /// Quoted column list of a whole row under alias `t`.
    pub(crate) fn columns(object: &Object, t: &str) -> String {
        let mut out = Vec::new();
        for field in object.fields.values() {
            let columns = field.columns();
            out.extend(columns.into_iter().take(compile::width(field)).map(|c| format!("{t}.{}", store::quote(&c))));
        }
        out.join(", ")
    }
    pub fn get(&self, field: &str) -> &Value {
        self.object.fields.get_index_of(field).and_then(|i| self.values.get(i)).unwrap_or(&Value::Null)
    }
    pub fn set(&mut self, field: &str, value: Value) {
        if let Some(slot) = self.object.fields.get_index_of(field).and_then(|i| self.values.get_mut(i)) {
            *slot = value;
        }
    }
    pub fn id(&self) -> RecordId {
        self.get("id").as_ref_id().unwrap_or(RecordId::fixed(0))
    }
    pub fn version(&self) -> i64 {
        self.get("version").as_int().unwrap_or(0)
    }
    pub fn is_archived(&self) -> bool {
        !self.get("archived_at").is_null()
    }
    pub fn reference(&self, field: &str) -> Option<RecordId> {
        self.get(field).as_ref_id()
    }
    pub fn text(&self, field: &str) -> &str {
        self.get(field).as_text().unwrap_or("")
    }
}
