//! What must hold for every record before it is written.

use crate::{OrDb, catalogue::Draft, tx::Tx};
use kernel::{FieldError, Result};
use metadata::{FieldType, Value};
use store::{Sql, Val, compile};

impl Tx<'_> {
    /// Required, at-least-one-of, and unique fields; errors go into the draft.
    pub(crate) fn validate(&mut self, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        for field in object.live_fields().filter(|f| f.def.required && !matches!(f.kind(), FieldType::Autonumber { .. })) {
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
        for field in object.live_fields() {
            let (FieldType::Choice { options } | FieldType::MultiChoice { options }) = field.kind() else { continue };
            let had = |option: &str| match draft.before.map(|b| b.get(field.name())) {
                Some(Value::Text(text)) => text == option,
                Some(Value::List(items)) => items.iter().any(|i| i == option),
                _ => false,
            };
            let gone = |option: &String| options.iter().any(|o| o.value == *option && o.archived) && !had(option);
            let wrong = match draft.get(field.name()) {
                Value::Text(text) => gone(text).then(|| text.clone()),
                Value::List(items) => items.iter().find(|i| gone(i)).cloned(),
                _ => None,
            };
            if let Some(option) = wrong {
                draft.errors.push(FieldError::new(field.name(), "archived_option", format!("The option \"{option}\" is not used any more. Choose another one.")));
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
    /// A number given by hand or by an import moves the counter past it, so that the next one is free.
    pub(crate) fn take_number(&mut self, object: &str, field: &str, pattern: &str, number: &str) -> Result<()> {
        let Some((head, width, tail)) = self.number_parts(pattern) else { return Ok(()) };
        let digits = number.strip_prefix(&head).and_then(|rest| rest.strip_suffix(&tail)).filter(|d| d.len() >= width && d.bytes().all(|b| b.is_ascii_digit()));
        let Some(n) = digits.and_then(|d| d.parse::<i64>().ok()) else { return Ok(()) };
        let table = self.db().table("sys_counter");
        let mut q = Sql::new(format!("INSERT INTO {table} (\"name\", \"value\") VALUES ("));
        q.arg(format!("{object}.{field}.{head}"))
            .push(", ")
            .arg(n)
            .push(&format!(") ON CONFLICT (\"name\") DO UPDATE SET \"value\" = CASE WHEN {table}.\"value\" < excluded.\"value\" THEN excluded.\"value\" ELSE {table}.\"value\" END"));
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// What stands before the counter, how many digits it has, and what stands behind it.
    fn number_parts(&self, pattern: &str) -> Option<(String, usize, String)> {
        let year = jiff::Timestamp::from_millisecond(self.now_ms()).map(|t| self.settings().zone().to_datetime(t).year()).unwrap_or(1970);
        let pattern = pattern.replace("{YYYY}", &format!("{year:04}"));
        let (head, rest) = pattern.split_once('{')?;
        let (zeros, tail) = rest.split_once('}').unwrap_or((rest, ""));
        Some((head.to_owned(), zeros.len(), tail.to_owned()))
    }
    /// The next number of a pattern such as `O-{000000}` or `{YYYY}-{0000}`; numbers have no gaps but rolled-back ones.
    pub(crate) fn next_number(&mut self, object: &str, field: &str, pattern: &str) -> Result<Value> {
        let Some((head, width, tail)) = self.number_parts(pattern) else { return Ok(Value::Text(pattern.to_owned())) };
        let name = format!("{object}.{field}.{head}");
        let mut q = Sql::new(format!("INSERT INTO {0} (\"name\", \"value\") VALUES (", self.db().table("sys_counter")));
        let value = format!("{}.\"value\"", self.db().table("sys_counter"));
        q.arg(name).push(&format!(", 1) ON CONFLICT (\"name\") DO UPDATE SET \"value\" = {value} + 1 RETURNING \"value\""));
        let n = match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Int(n)]) => *n,
            _ => 1,
        };
        Ok(Value::Text(format!("{head}{n:0width$}{tail}")))
    }
}
