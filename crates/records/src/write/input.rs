//! Reads what a client sends into typed values.

use crate::tx::Tx;
use kernel::{FieldError, RecordId};
use metadata::{Field, Object, ParseCtx, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// Fields a client set, and everything wrong with them so far.
#[derive(Debug, Default)]
pub(crate) struct Input {
    pub(crate) set: Vec<(Arc<Field>, Value)>,
    pub(crate) errors: Vec<FieldError>,
    /// Given by bulk creates that bring their own ids.
    pub(crate) id: Option<RecordId>,
    /// `created_at`, `created_by` and the like, taken with the right `import_past`.
    pub(crate) past: Vec<(Arc<Field>, Value)>,
}

/// Base fields that are taken on creation with the right `import_past`.
const PAST: [&str; 4] = ["created_at", "created_by", "updated_at", "updated_by"];

impl Tx<'_> {
    /// Unknown fields, fields that may not be written and values that cannot be read are field errors.
    pub(crate) fn read_input(&self, object: &Arc<Object>, map: &Map<String, Json>, creating: bool) -> Input {
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: self.lenient };
        let mut out = Input::default();
        for (name, json) in map {
            let Some(field) = object.field(name) else {
                out.errors.push(FieldError::new(name, "unknown_field", format!("{} has no field \"{name}\".", object.name)));
                continue;
            };
            // Who created a record, and when, stays as it is; other dates of the past an import may set right.
            if !creating && self.lenient && PAST.contains(&name.as_str()) && self.takes_past(object, field) {
                continue;
            }
            if (creating || self.lenient && name != "id") && self.takes_past(object, field) {
                match field.kind().parse(json, ctx) {
                    Ok(value) if name == "id" => out.id = value.as_ref_id(),
                    Ok(value) => out.past.push((field.clone(), value)),
                    Err((code, detail)) => out.errors.push(FieldError::new(name, code, detail)),
                }
                continue;
            }
            let refusal = if creating { self.rights().refuses_new(object, field) } else { self.rights().refuses_change(object, field) };
            if let Some(refusal) = refusal {
                out.errors.push(refusal);
                continue;
            }
            match field.kind().parse(json, ctx) {
                Ok(value) => out.set.push((field.clone(), value)),
                Err((code, detail)) => out.errors.push(FieldError::new(name, code, detail)),
            }
        }
        out
    }
    fn takes_past(&self, object: &Object, field: &Field) -> bool {
        let (name, def) = (field.name(), &field.def);
        let past = PAST.contains(&name)
            || def.read_only
                && !def.base
                && !field.kind().computed()
                && matches!(name, "closed_at" | "stage_entered_at" | "converted_at" | "first_response_at" | "resolved_at" | "outcome" | "done_at");
        let whole = self.brings_whole_past() && !def.base && !field.kind().computed() && (def.read_only || object.def.system);
        (name == "id" && (self.chunked.is_some() || self.is_system()) || past || whole) && self.rights().capability("import_past")
    }
}
