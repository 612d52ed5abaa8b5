use super::Work;
use crate::import::coerce::{Coerced, Missing, coerce, split_name};
use crate::import::headers::Meaning;
use crate::import::plan::PlannedColumn;
use crate::import::reader::RawCell;
use crate::import::target::{FieldKind, TargetField};
use serde_json::{Value, json};

impl Work<'_> {
    /// The columns that go to one field each.
    pub(super) fn fields(&mut self) {
        let plan = self.plan;
        for column in &plan.columns {
            let Some(Meaning::Field { field, .. }) = &column.meaning else { continue };
            let Some(field) = plan.field(field) else { continue };
            let cell = self.cell(column);
            let currency = self.context.currency;
            if field.kind == FieldKind::Money
                && let Some(own) = self.currency_beside(&field.name)
            {
                self.context.currency = own;
            }
            let outcome = coerce(&cell, field, &column.rule, &column.style, &self.context);
            self.context.currency = currency;
            match outcome {
                Ok(found) => self.take(column, field, found),
                Err(refusal) => self.problem(&column.header, Some(&field.name), refusal.code, refusal.detail),
            }
        }
    }
    /// `annual_revenue_currency` beside `annual_revenue`.
    fn currency_beside(&self, field: &str) -> Option<kernel::Currency> {
        let column = self.plan.columns.iter().find(|c| matches!(&c.meaning, Some(Meaning::Currency { of: Some(of) }) if of == field))?;
        super::currency_of(&self.cell(column).to_text())
    }

    fn take(&mut self, column: &PlannedColumn, field: &TargetField, found: Coerced) {
        for warning in found.warnings {
            self.warn(&column.header, warning.code, warning.detail);
        }
        self.row.points.extend(found.points);
        let mut value = found.value;
        if column.rule.missing != Missing::Report
            && let Some(parts) = value.as_object_mut().filter(|p| p.contains_key("by"))
        {
            parts.insert("missing".to_owned(), if column.rule.missing == Missing::Create { "create" } else { "empty" }.into());
        }
        let before = self.row.fields.get(&field.name).filter(|v| !v.is_null());
        let value = match (before, value) {
            (Some(_), Value::Null) => return,
            (None, value) => value,
            (Some(before), value) if field.name == "salutation" => format!("{} {}", text(before), text(&value)).into(),
            (Some(before), value) => match second_way(before, value) {
                Some(value) => value,
                None => return, // the first column with a value counts
            },
        };
        self.row.fields.insert(field.name.clone(), value);
    }

    /// A whole name fills the parts that no column of its own fills.
    pub(super) fn name(&mut self) {
        let plan = self.plan;
        for column in &plan.columns {
            if column.meaning != Some(Meaning::FullName) {
                continue;
            }
            let filled = |name: &str| self.row.fields.get(name).is_some_and(|v| !v.is_null());
            if filled("first_name") || filled("last_name") {
                continue;
            }
            let cell = self.cell(column);
            let source = column.rule.values.get(cell.to_text().trim()).cloned().unwrap_or_else(|| cell.to_text());
            if crate::import::detect::is_empty_marker(&source, false) {
                continue;
            }
            let mut name = split_name(&source);
            if plan.field("middle_name").is_none() && !name.middle.is_empty() {
                name.first = format!("{} {}", name.first, name.middle);
                name.middle.clear();
            }
            // One word alone: a family name says more in a list of people than nothing.
            for (field, part) in
                [("salutation", name.salutation), ("first_name", name.first), ("middle_name", name.middle), ("last_name", name.last), ("suffix", name.suffix), ("preferred_name", name.nickname)]
            {
                let free = self.row.fields.get(field).is_none_or(Value::is_null);
                if !part.is_empty() && plan.field(field).is_some() && free {
                    self.row.fields.insert(field.to_owned(), part.into());
                }
            }
        }
    }

    /// Reads a cell as if it went to a field of this kind; for the parts of contact data that share fields.
    pub(super) fn read_as(&mut self, column: &PlannedColumn, kind: FieldKind) -> Option<Coerced> {
        let cell = self.cell(column);
        let field = TargetField::new("", "", kind);
        match coerce(&cell, &field, &column.rule, &column.style, &self.context) {
            Ok(found) if found.value.is_null() => None,
            Ok(found) => Some(found),
            Err(refusal) => {
                // Text too long for an address: kept in the notes rather than losing the row.
                self.warn(&column.header, refusal.code, refusal.detail);
                self.notes.push((column.header.clone(), cell.to_text().chars().take(2_000).collect()));
                None
            }
        }
    }
    pub(super) fn plain_text(&self, column: &PlannedColumn) -> Option<String> {
        match self.cell(column) {
            RawCell::Empty => None,
            cell => Some(cell.to_text().trim().to_owned()).filter(|t| !crate::import::detect::is_empty_marker(t, false)),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
/// Two columns for one reference: the id first, the name as the second way to find it.
fn second_way(before: &Value, value: Value) -> Option<Value> {
    let by = |v: &Value| v.get("by").and_then(Value::as_str).map(str::to_owned);
    let (mut first, mut second) = (before.clone(), value);
    if by(&first).is_none() || by(&second).is_none() || by(&first) == by(&second) || first.get("or").is_some() {
        return None;
    }
    if by(&second).as_deref() == Some("external_id") {
        std::mem::swap(&mut first, &mut second);
    }
    first["or"] = json!(second);
    Some(first)
}
