//! Values to columns and back, and columns straight to JSON.

use crate::{Cell, Row, Val};
use jiff::civil::Date;
use kernel::{Currency, Decimal, Money};
use metadata::{AnyRef, Field, FieldType, Storage, Value, field_type::write_date_time};
use std::io::Write;

/// How many cells a field takes in a SELECT.
pub fn width(field: &Field) -> usize {
    match field.storage {
        Storage::Text | Storage::FoldedText | Storage::Int => 1,
        Storage::Money => 3,
        Storage::AnyRef => 2,
        Storage::None => 0,
    }
}

/// Values for [`Field::columns`], in that order.
pub fn vals(field: &Field, value: &Value, out: &mut Vec<Val>) {
    match field.storage {
        Storage::FoldedText => match value {
            Value::Text(text) => {
                out.push(Val::Text(text.clone()));
                out.push(Val::Text(kernel::fold(text)));
            }
            _ => out.extend([Val::Null, Val::Null]),
        },
        Storage::Money => match value {
            Value::Money { money, workspace } => {
                out.extend([Val::Int(money.minor), Val::Text(money.currency.to_string()), workspace.map_or(Val::Null, Val::Int)]);
            }
            _ => out.extend([Val::Null, Val::Null, Val::Null]),
        },
        Storage::AnyRef => match value {
            Value::AnyRef(any) => out.extend([Val::Text(any.id.to_string()), Val::Text(any.object.clone())]),
            _ => out.extend([Val::Null, Val::Null]),
        },
        Storage::Text | Storage::Int => out.push(plain(value)),
        Storage::None => {}
    }
}
/// The main column's value.
pub(crate) fn plain(value: &Value) -> Val {
    match value {
        Value::Null | Value::By { .. } => Val::Null,
        Value::Text(text) => Val::Text(text.clone()),
        Value::Int(n) | Value::DateTime(n) => Val::Int(*n),
        Value::Decimal(d) => Val::Int(d.units),
        Value::Bool(b) => Val::Int(i64::from(*b)),
        Value::Money { money, .. } => Val::Int(money.minor),
        Value::Date(date) => Val::Text(date.to_string()),
        Value::Ref(id) => Val::Text(id.to_string()),
        Value::AnyRef(any) => Val::Text(any.id.to_string()),
        Value::List(items) => Val::Text(serde_json::Value::from(items.clone()).to_string()),
        Value::Json(parts) => Val::Text(parts.to_string()),
    }
}

/// Reads a field whose cells start at `at`.
pub fn read(field: &Field, row: &dyn Row, at: usize) -> Value {
    let kind = field.kind().value_type();
    match (row.cell(at), kind) {
        (Cell::Null, _) => Value::Null,
        (Cell::Int(n), FieldType::Integer {} | FieldType::Duration {}) => Value::Int(n),
        (Cell::Int(units), FieldType::Decimal { .. } | FieldType::Percent {}) => Value::Decimal(Decimal { units, scale: kind.scale() }),
        (Cell::Int(n), FieldType::Boolean {}) => Value::Bool(n != 0),
        (Cell::Int(ms), FieldType::DateTime {}) => Value::DateTime(ms),
        (Cell::Int(minor), FieldType::Money {}) => match currency(row, at + 1) {
            Some(currency) => Value::Money { money: Money { minor, currency }, workspace: row.cell(at + 2).as_int() },
            None => Value::Null,
        },
        (Cell::Text(text), FieldType::Date {}) => text.parse::<Date>().map_or(Value::Null, Value::Date),
        (Cell::Text(text), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. }) => serde_json::from_str(text).map_or(Value::Null, Value::List),
        (Cell::Text(text), FieldType::GeoPoint {} | FieldType::Address {} | FieldType::PersonName {}) => serde_json::from_str(text).map_or(Value::Null, Value::Json),
        (Cell::Text(text), FieldType::Reference { .. } | FieldType::User {} | FieldType::File {}) => match (text.parse(), field.storage) {
            (Ok(id), Storage::AnyRef) => row.cell(at + 1).as_str().map_or(Value::Null, |object| Value::AnyRef(AnyRef { object: object.to_owned(), id })),
            (Ok(id), _) => Value::Ref(id),
            _ => Value::Null,
        },
        (Cell::Text(text), _) => Value::Text(text.to_owned()),
        _ => Value::Null,
    }
}
fn currency(row: &dyn Row, at: usize) -> Option<Currency> {
    row.cell(at).as_str()?.parse().ok()
}

/// Writes the field's JSON value straight from its cells (`CONTRACT.md` 4).
pub fn write_json(field: &Field, row: &dyn Row, at: usize, out: &mut Vec<u8>) {
    let kind = field.kind().value_type();
    match (row.cell(at), kind) {
        (Cell::Null, _) => out.extend_from_slice(b"null"),
        (Cell::Int(n), FieldType::Boolean {}) => out.extend_from_slice(if n != 0 { b"true" } else { b"false" }),
        (Cell::Int(units), FieldType::Decimal { .. } | FieldType::Percent {}) => infallible(write!(out, "\"{}\"", Decimal { units, scale: kind.scale() })),
        (Cell::Int(ms), FieldType::DateTime {}) => {
            out.push(b'"');
            write_date_time(ms, out);
            out.push(b'"');
        }
        (Cell::Int(minor), FieldType::Money {}) => match currency(row, at + 1) {
            Some(currency) => infallible(write!(out, "{{\"amount\":\"{}\",\"currency\":\"{currency}\"}}", Money { minor, currency }.amount())),
            None => out.extend_from_slice(b"null"),
        },
        (Cell::Int(n), _) => infallible(write!(out, "{n}")),
        (Cell::Text(id), FieldType::Reference { .. }) if field.storage == Storage::AnyRef => {
            out.extend_from_slice(b"{\"object\":");
            json_text(row.cell(at + 1).as_str().unwrap_or(""), out);
            out.extend_from_slice(b",\"id\":");
            json_text(id, out);
            out.push(b'}');
        }
        // Lists and composite values are stored as canonical JSON.
        (Cell::Text(json), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. } | FieldType::GeoPoint {} | FieldType::Address {} | FieldType::PersonName {}) => {
            out.extend_from_slice(json.as_bytes())
        }
        (Cell::Text(text), _) => json_text(text, out),
        (Cell::Real(n), _) => infallible(write!(out, "{n}")),
        (Cell::Blob(_), _) => out.extend_from_slice(b"null"),
    }
}
fn json_text(text: &str, out: &mut Vec<u8>) {
    infallible(serde_json::to_writer(out, text));
}
/// Writing to memory does not fail.
fn infallible<E: std::fmt::Debug>(result: Result<(), E>) {
    debug_assert!(result.is_ok(), "{result:?}");
}
