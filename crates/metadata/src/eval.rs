//! Runs a condition in memory, with the same meaning as its SQL: null equals nothing, `not` turns true into false
//! and false into true, and nothing is ever unknown.

use crate::{
    condition::{Cond, Level, Op, Operand, Path},
    field_type::Storage,
    registry::{Field, Object},
    value::Value,
};
use kernel::{RecordId, fold};
use std::cmp::Ordering;

/// A row and what can be reached from it.
pub trait Facts {
    fn id(&self) -> RecordId;
    fn value(&self, field: &Field) -> Value;
    /// The row a reference points at, whatever its rights; `None` if it is not there.
    fn follow(&self, field: &Field, target: &Object) -> Option<Box<dyn Facts + '_>>;
    /// A row of an object by its id, whatever its rights: an item of a list of references.
    fn item(&self, target: &Object, id: RecordId) -> Option<Box<dyn Facts + '_>>;
    /// Live rows of `object` whose `via` refers to this row.
    fn related<'a>(&'a self, object: &Object, via: &Field) -> Vec<Box<dyn Facts + 'a>>;
    fn shared(&self, object: &str, level: Level, user: RecordId, teams: &[RecordId], now_ms: i64) -> bool;
}

pub fn matches(cond: &Cond, row: &dyn Facts) -> bool {
    match cond {
        Cond::All(parts) => parts.iter().all(|p| matches(p, row)),
        Cond::Any(parts) => parts.iter().any(|p| matches(p, row)),
        Cond::Not(inner) => !matches(inner, row),
        Cond::Test { path, op, operand } => holds(&path.field, &read(path, row), *op, operand),
        Cond::Related { object, via, filter, count } => {
            let n = row.related(object, via).iter().filter(|r| matches(filter, r.as_ref())).count();
            let n = i64::try_from(n).unwrap_or(i64::MAX);
            match count {
                None => n > 0,
                Some((op, value)) => order_holds(n.cmp(value), *op),
            }
        }
        Cond::Through { field, target, filter } => row.follow(field, target).is_some_and(|r| matches(filter, r.as_ref())),
        Cond::Shared { object, level, user, teams, now_ms } => row.shared(object, *level, *user, teams, *now_ms),
        Cond::Ids(ids) => ids.contains(&row.id()),
    }
}

/// The value at the end of a path; empty where a step is empty or guarded off.
pub fn read(path: &Path, row: &dyn Facts) -> Value {
    fn walk(path: &Path, at: usize, row: &dyn Facts) -> Value {
        match path.steps.get(at) {
            None if path.guard.as_ref().is_some_and(|g| !matches(g, row)) => Value::Null,
            None => listed(path, row),
            Some(step) if step.open.as_ref().is_some_and(|open| !matches(open, row)) => Value::Null,
            Some(step) => match row.follow(&step.field, &step.target) {
                Some(next) if matches(&step.guard, next.as_ref()) => walk(path, at + 1, next.as_ref()),
                _ => Value::Null,
            },
        }
    }
    walk(path, 0, row)
}

/// Without the items of a list that may not be seen.
fn listed(path: &Path, row: &dyn Facts) -> Value {
    match (row.value(&path.field), path.items.as_deref()) {
        (Value::List(ids), Some((target, rows))) => {
            let seen = |id: &String| id.parse().ok().and_then(|id| row.item(target, id)).is_some_and(|item| matches(rows, item.as_ref()));
            let ids: Vec<String> = ids.into_iter().filter(seen).collect();
            if ids.is_empty() { Value::Null } else { Value::List(ids) }
        }
        (value, _) => value,
    }
}

fn holds(field: &Field, value: &Value, op: Op, operand: &Operand) -> bool {
    let compare = |a: &Value, b: &Value| match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(field.fold(a).cmp(&field.fold(b))),
        _ => compare(a, b),
    };
    match (op, operand) {
        (Op::IsEmpty, Operand::Flag(yes)) => value.is_null() == *yes,
        (Op::Eq, Operand::One(other)) => same(value, other),
        (Op::Ne, Operand::One(other)) => !same(value, other),
        (Op::In, Operand::Many(others)) => others.iter().any(|o| same(value, o)),
        (Op::NotIn, Operand::Many(others)) => !others.iter().any(|o| same(value, o)),
        (Op::Lt | Op::Lte | Op::Gt | Op::Gte, Operand::One(other)) => compare(value, other).is_some_and(|o| order_holds(o, op)),
        (Op::Between | Op::Within, Operand::Range { from, to, end_included }) => {
            let low = compare(value, from).is_some_and(Ordering::is_ge);
            low && compare(value, to).is_some_and(|o| if *end_included { o.is_le() } else { o.is_lt() })
        }
        (Op::Contains, Operand::One(Value::Text(needle))) => match value {
            Value::List(items) => items.contains(needle),
            Value::Text(text) => field.fold(text).contains(&field.fold(needle)),
            _ => false,
        },
        (Op::StartsWith, Operand::One(Value::Text(needle))) => match value {
            Value::Text(text) => field.fold(text).starts_with(&field.fold(needle)),
            _ => false,
        },
        _ => false,
    }
}
fn order_holds(order: Ordering, op: Op) -> bool {
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Lte => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Gte => order.is_ge(),
        _ => false,
    }
}
/// Equal as stored; two nulls are equal (`eq null` finds the empty ones), money compares in workspace currency unless currencies agree.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        // An amount asked for in another currency equals only its like; no rate of the day comes between.
        (Value::Money { money: a, .. }, Value::Money { money: b, workspace: None }) => a == b,
        (Value::Money { .. }, Value::Money { .. }) | (Value::Decimal(_), Value::Decimal(_)) => compare(a, b) == Some(Ordering::Equal),
        // Among `in`: one option or id, to be found in the list.
        (Value::List(a), Value::Text(b)) => a.contains(b),
        _ => a == b,
    }
}
/// Order of two values of one field; `None` where either is empty or they cannot be compared.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Text(a), Value::Text(b)) => fold(a).cmp(&fold(b)),
        (Value::Int(a), Value::Int(b)) | (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) if a.scale == b.scale => a.units.cmp(&b.units),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        (Value::List(a), Value::List(b)) => a.cmp(b),
        (Value::Money { workspace: a, .. }, Value::Money { workspace: b, .. }) => (*a)?.cmp(&(*b)?),
        _ => return None,
    })
}
/// Order for sorting by a field: text by its folded form where the column has one, empty last whichever way. An amount
/// without a rate counts as empty: it has no place among the others.
pub fn sort_order(field: &Field, a: &Value, b: &Value, descending: bool) -> Ordering {
    let empty = |v: &Value| matches!(v, Value::Null | Value::Money { workspace: None, .. });
    match (empty(a), empty(b)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => {
            let order = match (a, b) {
                (Value::Text(a), Value::Text(b)) if field.storage != Storage::FoldedText => a.cmp(b),
                // Lists have no natural order: by their canonical text, as the column holds it.
                (Value::List(a), Value::List(b)) => serde_json::Value::from(a.clone()).to_string().cmp(&serde_json::Value::from(b.clone()).to_string()),
                // By id, as the column holds it.
                (Value::AnyRef(a), Value::AnyRef(b)) => a.id.cmp(&b.id),
                _ => compare(a, b).unwrap_or(Ordering::Equal),
            };
            if descending { order.reverse() } else { order }
        }
    }
}
