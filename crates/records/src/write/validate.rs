//! What must hold for every record before it is written.

use crate::{OrDb, catalogue::Draft, tx::Tx};
use kernel::{FieldError, Result};
use metadata::Value;
use store::{Sql, Val, compile};

impl Tx<'_> {
    /// Required, at-least-one-of, and unique fields; errors go into the draft.
    pub(crate) fn validate(&mut self, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        for field in object.live_fields().filter(|f| f.def.required) {
            let touched = draft.is_new() || draft.changed(field.name());
            if touched && draft.get(field.name()).is_null() && !draft.errors.iter().any(|e| e.field == field.name()) {
                draft.errors.push(FieldError::new(field.name(), "required", format!("{} is needed.", field.def.label)));
            }
        }
        for group in &object.def.require_any {
            let touched = draft.is_new() || group.iter().any(|name| draft.changed(name));
            let wrong = draft.errors.iter().any(|e| group.contains(&e.field));
            if touched && !wrong && group.iter().all(|name| draft.get(name).is_null()) {
                let labels: Vec<_> = group.iter().filter_map(|n| object.field(n)).map(|f| f.def.label.as_str()).collect();
                let first = group.first().map_or("", String::as_str);
                draft.errors.push(FieldError::new(first, "required", format!("At least one of these is needed: {}.", labels.join(", "))));
            }
        }
        for field in object.live_fields().filter(|f| f.is_unique()) {
            if !draft.changed(field.name()) || draft.get(field.name()).is_null() {
                continue;
            }
            let mut vals = Vec::new();
            compile::vals(field, draft.get(field.name()), &mut vals);
            let mut q = Sql::new(format!("SELECT 1 FROM {} WHERE {} = ", self.db().table(&object.name), store::quote(field.column())));
            q.arg(vals.into_iter().next().unwrap_or(Val::Null)).push(" AND \"id\" <> ").arg(draft.id.to_string()).push(" LIMIT 1");
            if self.db().one(&q).or_db()?.is_some() {
                draft.errors.push(FieldError::new(field.name(), "value_taken", format!("{} must be unique; this value is taken.", field.def.label)));
            }
        }
        Ok(())
    }
    /// The next number of a pattern such as `O-{000000}` or `{YYYY}-{0000}`; numbers have no gaps but rolled-back ones.
    pub(crate) fn next_number(&mut self, object: &str, field: &str, pattern: &str) -> Result<Value> {
        let year = jiff::Timestamp::from_millisecond(self.now_ms()).map(|t| self.settings().zone().to_datetime(t).year()).unwrap_or(1970);
        let pattern = pattern.replace("{YYYY}", &format!("{year:04}"));
        let Some((head, rest)) = pattern.split_once('{') else { return Ok(Value::Text(pattern)) };
        let (zeros, tail) = rest.split_once('}').unwrap_or((rest, ""));
        let name = format!("{object}.{field}.{head}");
        let mut q = Sql::new(format!("INSERT INTO {0} (\"name\", \"value\") VALUES (", self.db().table("sys_counter")));
        let value = format!("{}.\"value\"", self.db().table("sys_counter"));
        q.arg(name).push(&format!(", 1) ON CONFLICT (\"name\") DO UPDATE SET \"value\" = {value} + 1 RETURNING \"value\""));
        let n = match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Int(n)]) => *n,
            _ => 1,
        };
        Ok(Value::Text(format!("{head}{n:0width$}{tail}", width = zeros.len())))
    }
}
