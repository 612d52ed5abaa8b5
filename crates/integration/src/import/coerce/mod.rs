//! A cell, a field and the style of its column make the JSON value that the field wants.

mod country;
mod exact;
mod link;
mod name_words;
mod names;
mod number;
mod phone;
mod rule;
mod text;
mod time;

pub use country::country_code;
pub use exact::{multiply, round_plain};
pub(crate) use link::usual_match;
pub use names::{PersonName, split_name};
pub use phone::{Phone, read_phone};
pub use rule::{Missing, Rule};

use super::detect::{Locale, Style, is_empty_marker};
use super::reader::RawCell;
use super::target::{FieldKind, TargetField};
use kernel::Currency;
use serde_json::Value;

/// What is the same for all values of a row.
#[derive(Clone, Debug)]
pub struct RowContext<'a> {
    pub locale: &'a Locale,
    /// ISO 3166 code from the row's country, for its phone numbers.
    pub region: Option<String>,
    /// From a currency column of the row, else from the mapping, else the workspace's.
    pub currency: Currency,
}

/// The value and what else came out of the cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coerced {
    /// Null: the cell is empty.
    pub value: Value,
    pub warnings: Vec<Warning>,
    /// Further contact points (`{"kind","value","label"?}`): the second e-mail of a cell, a number with its extension.
    pub points: Vec<Value>,
}
impl Coerced {
    pub(super) fn of(value: impl Into<Value>) -> Self {
        Coerced { value: value.into(), ..Coerced::default() }
    }
    fn warn(mut self, code: &'static str, detail: impl Into<String>) -> Self {
        self.warnings.push(Warning { code, detail: detail.into() });
        self
    }
}

/// Something odd in a value that was taken nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `odd_phone`, `odd_email`, `rounded`, `extension`, `several_values`, `control_characters`
    pub code: &'static str,
    pub detail: String,
}

/// A value that the field cannot hold: the row is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// `wrong_type`, `unknown_option`, `too_long`, `too_large`, `no_such_day`
    pub code: &'static str,
    pub detail: String,
}
pub(super) fn refuse<T>(code: &'static str, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, detail: detail.into() })
}

/// Makes the value of a field from a cell.
pub fn coerce(cell: &RawCell, field: &TargetField, rule: &Rule, style: &Style, row: &RowContext<'_>) -> Result<Coerced, Refusal> {
    let replaced;
    let cell = match rule.replacement(cell) {
        Some(text) => {
            replaced = RawCell::Text(text.to_owned());
            &replaced
        }
        None => cell,
    };
    if is_empty(cell, &field.kind) {
        return Ok(Coerced::default());
    }
    match &field.kind {
        FieldKind::Text { max, .. } => text::line(cell, max.unwrap_or(1_000)),
        FieldKind::LongText | FieldKind::RichText => text::long(cell),
        FieldKind::Autonumber => text::line(cell, 1_000),
        FieldKind::Email => text::email(cell),
        FieldKind::Phone => text::phone(cell, row.region.as_deref().or(row.locale.region.as_deref())),
        FieldKind::Url => text::url(cell),
        FieldKind::Choice => link::choice(cell, field),
        FieldKind::MultiChoice => link::multi_choice(cell, field, rule),
        FieldKind::Integer => number::integer(cell, rule, style),
        FieldKind::Duration => number::duration(cell, style),
        FieldKind::Decimal { scale } => number::decimal(cell, *scale, rule, style),
        FieldKind::Percent => number::percent(cell, rule, style),
        FieldKind::Money => number::money(cell, rule, style, row.currency),
        FieldKind::Boolean => number::boolean(cell),
        FieldKind::Date => time::date(cell, style, &row.locale.time_zone),
        FieldKind::DateTime => time::date_time(cell, style, &row.locale.time_zone),
        FieldKind::Reference | FieldKind::User => link::reference(cell, field, rule),
        FieldKind::ManyToMany => link::many(cell, field, rule),
        FieldKind::GeoPoint => link::geo_point(cell),
        FieldKind::Address => link::address(cell),
        FieldKind::PersonName => link::person_name(cell),
        FieldKind::File => refuse("wrong_type", "a file cannot be given in a table; add it to the record"),
        FieldKind::Computed => refuse("wrong_type", "the field is computed and cannot be written"),
    }
}

/// Whether a cell holds nothing for a field of this kind: `n/a` is nothing for a date and a word for a name.
pub fn is_empty(cell: &RawCell, kind: &FieldKind) -> bool {
    match cell {
        RawCell::Empty => true,
        RawCell::Text(text) => is_empty_marker(text, !kind.is_text()),
        RawCell::Json(Value::Array(list)) => list.is_empty(),
        RawCell::Json(Value::Object(parts)) => parts.is_empty(),
        _ => false,
    }
}
