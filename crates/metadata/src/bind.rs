//! Reads a condition as JSON (`CONTRACT.md` 5) and binds it to fields. Rights are not its business: `access` checks
//! every field that is named and guards every path.

use crate::{
    condition::{Cond, Op, Operand, Path, Step},
    field_type::{FieldType, ParseCtx},
    registry::{Field, Object, Registry},
    value::Value,
    within,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{Currency, Error, RecordId, Result};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

const MAX_DEPTH: usize = 12;
const MAX_STEPS: usize = 5;
const MAX_VALUES: usize = 5_000;

/// What a condition means depends on who asks, when and where.
#[derive(Clone)]
pub struct BindCtx<'a> {
    pub registry: &'a Registry,
    pub me: Option<RecordId>,
    pub now_ms: i64,
    pub zone: TimeZone,
    pub currency: Currency,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: i8,
}
impl BindCtx<'_> {
    fn today(&self) -> Date {
        let now = Timestamp::from_millisecond(self.now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(now).date()
    }
    fn start_of_day(&self, date: Date) -> Option<i64> {
        date.to_zoned(self.zone.clone()).ok().map(|z| z.timestamp().as_millisecond())
    }
}

/// Binds a condition over `object`.
///
/// # Errors
/// 422 with the path as field where a field is unknown, an operator does not fit or a value cannot be read; 400 where
/// the shape is not a condition.
pub fn bind(ctx: &BindCtx, object: &Arc<Object>, json: &Json) -> Result<Cond> {
    node(ctx, object, json, 0)
}

fn shape(detail: impl Into<String>) -> Error {
    Error::parameter("filter", "bad_condition", detail)
}

fn node(ctx: &BindCtx, object: &Arc<Object>, json: &Json, depth: usize) -> Result<Cond> {
    if depth > MAX_DEPTH {
        return Err(shape(format!("A condition may be nested {MAX_DEPTH} deep.")));
    }
    let map = json.as_object().ok_or_else(|| shape("A condition is an object with \"field\", \"and\", \"or\", \"not\" or \"related\"."))?;
    let only = |allowed: &[&str]| match map.keys().find(|k| !allowed.contains(&k.as_str())) {
        Some(odd) => Err(shape(format!("\"{odd}\" does not belong here; expected {}.", allowed.join(", ")))),
        None => Ok(()),
    };
    if map.contains_key("field") {
        only(&["field", "op", "value"])?;
        return test(ctx, object, map);
    }
    if let Some(parts) = map.get("and").or_else(|| map.get("or")) {
        only(if map.contains_key("and") { &["and"] } else { &["or"] })?;
        let parts = parts.as_array().ok_or_else(|| shape("\"and\" and \"or\" hold a list of conditions."))?;
        if parts.len() > 500 {
            return Err(shape("At most 500 conditions fit into one group."));
        }
        let bound = parts.iter().map(|p| node(ctx, object, p, depth + 1)).collect::<Result<Vec<_>>>()?;
        return Ok(if map.contains_key("and") { Cond::All(bound) } else { Cond::Any(bound) });
    }
    if let Some(inner) = map.get("not") {
        only(&["not"])?;
        return Ok(Cond::Not(Box::new(node(ctx, object, inner, depth + 1)?)));
    }
    if map.contains_key("related") {
        only(&["related", "via", "where", "count"])?;
        return related(ctx, object, map, depth);
    }
    if map.is_empty() {
        return Ok(Cond::TRUE);
    }
    Err(shape("A condition has \"field\", \"and\", \"or\", \"not\" or \"related\"."))
}

fn related(ctx: &BindCtx, object: &Arc<Object>, map: &Map<String, Json>, depth: usize) -> Result<Cond> {
    let name = map.get("related").and_then(Json::as_str).unwrap_or("");
    let other = ctx.registry.object(name).ok_or_else(|| Error::field("related", "unknown_object", format!("\"{name}\" is not an object here.")))?;
    let via = map.get("via").and_then(Json::as_str);
    let ways: Vec<_> = object.referrers.iter().filter(|r| &*r.object == name && via.is_none_or(|v| v == r.field.name())).collect();
    let way = match ways.as_slice() {
        [one] => one.field.clone(),
        [] => return Err(Error::field("via", "unknown_field", format!("{name} does not refer to {}{}.", object.name, via.map(|v| format!(" by \"{v}\"")).unwrap_or_default()))),
        many => {
            let names: Vec<_> = many.iter().map(|r| r.field.name()).collect();
            return Err(Error::field("via", "ambiguous", format!("{name} refers to {} in several ways; say which with \"via\": {}.", object.name, names.join(", "))));
        }
    };
    let filter = map.get("where").map_or(Ok(Cond::TRUE), |w| node(ctx, other, w, depth + 1))?;
    let count = match map.get("count") {
        None | Some(Json::Null) => None,
        Some(count) => {
            let op = count.get("op").and_then(Json::as_str).and_then(Op::parse).filter(|op| matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Lte | Op::Gt | Op::Gte));
            let value = count.get("value").and_then(Json::as_i64).filter(|n| *n >= 0);
            match (op, value) {
                (Some(op), Some(value)) => Some((op, value)),
                _ => return Err(Error::field("count", "bad_count", "\"count\" is {\"op\": eq|ne|lt|lte|gt|gte, \"value\": a whole number from 0}.")),
            }
        }
    };
    Ok(Cond::Related { object: other.clone(), via: way, filter: Box::new(filter), count })
}

/// Binds `account.industry`. 422 `unknown_field` where a part is unknown or not a single reference.
pub fn bind_path(registry: &Registry, object: &Arc<Object>, text: &str) -> Result<Path> {
    // without a name it is the member "field" that is wrong
    let named = if text.is_empty() { "field" } else { text };
    let unknown = || Error::field(named, "unknown_field", format!("{} has no field \"{text}\".", object.name));
    let mut steps = Vec::new();
    let mut at = object.clone();
    let mut parts = text.split('.').peekable();
    while let Some(name) = parts.next() {
        let field = at.field(name).ok_or_else(unknown)?.clone();
        if parts.peek().is_none() {
            return Ok(Path { steps, field, guard: None, items: None, late: false });
        }
        let target = match field.kind() {
            FieldType::ManyToMany { .. } => None,
            kind => kind.target().and_then(|t| registry.object(t)),
        };
        let target = target.ok_or_else(unknown)?.clone();
        if steps.len() >= MAX_STEPS {
            return Err(Error::field(text, "too_long", format!("A path may follow {MAX_STEPS} references.")));
        }
        steps.push(Step { field, target: target.clone(), guard: Cond::TRUE, open: None });
        at = target;
    }
    Err(unknown())
}

/// # Errors
/// 422 where the path ends at a field that has no column.
pub fn must_be_stored(path: &Path) -> Result<()> {
    if !path.field.is_live() {
        return Ok(());
    }
    let text = path.text();
    let why = if path.field.formula.is_some() { "from today's date, the asker, or other records" } else { "from related records" };
    Err(Error::field(&text, "computed_when_read", format!("\"{text}\" is computed when it is read, {why}: it cannot be filtered, sorted, grouped or measured.")))
}

fn test(ctx: &BindCtx, object: &Arc<Object>, map: &Map<String, Json>) -> Result<Cond> {
    let text = map.get("field").and_then(Json::as_str).ok_or_else(|| shape("\"field\" is the name of a field."))?;
    let word = map.get("op").and_then(Json::as_str).ok_or_else(|| shape("\"op\" is missing."))?;
    let path = bind_path(ctx.registry, object, text)?;
    must_be_stored(&path)?;
    let names = || Op::ALL.iter().filter(|(_, op)| fits(&path.field, *op)).map(|(n, _)| *n).collect::<Vec<_>>().join(", ");
    let op = Op::parse(word).filter(|op| fits(&path.field, *op)).ok_or_else(|| Error::field(text, "bad_operator", format!("\"{word}\" cannot be used here; possible are {}.", names())))?;
    let value = match map.get("value") {
        Some(value) => value,
        None if op == Op::IsEmpty => &Json::Null,
        None => return Err(Error::field(text, "missing_value", "\"value\" is missing: say what to compare with.")),
    };
    let operand = operand(ctx, &path.field, op, value).map_err(|(code, detail)| Error::field(text, code, detail))?;
    Ok(Cond::Test { path, op, operand })
}

/// Which operators a field understands.
pub fn fits(field: &Field, op: Op) -> bool {
    use FieldType as T;
    let kind = field.kind().value_type();
    if matches!(kind, T::RollUp { .. }) {
        return false; // computed when read
    }
    let text = matches!(kind, T::Text { .. } | T::LongText {} | T::RichText {} | T::Email {} | T::Phone {} | T::Url {} | T::Autonumber { .. });
    let ordered = matches!(kind, T::Integer {} | T::Duration {} | T::Decimal { .. } | T::Percent {} | T::Money {} | T::Date {} | T::DateTime {})
        || matches!(kind, T::Text { .. } | T::Email {} | T::Url {} | T::Phone {} | T::Autonumber { .. });
    // Lists of references are asked by what is in them: the whole list depends on who looks.
    let composite = matches!(kind, T::GeoPoint {} | T::Address {} | T::PersonName {});
    let listed = matches!(kind, T::ManyToMany { .. });
    match op {
        Op::IsEmpty => true,
        Op::Eq | Op::Ne => !composite && !listed,
        Op::In | Op::NotIn => !composite,
        Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::Between => ordered,
        Op::Contains => text || matches!(kind, T::MultiChoice { .. } | T::ManyToMany { .. }),
        Op::StartsWith => text,
        Op::Within => matches!(kind, T::Date {} | T::DateTime {}),
    }
}

type Refusal = (&'static str, String);

fn operand(ctx: &BindCtx, field: &Field, op: Op, value: &Json) -> std::result::Result<Operand, Refusal> {
    let one = |json: &Json| one(ctx, field, json);
    match op {
        Op::IsEmpty => value.as_bool().or(value.is_null().then_some(true)).map(Operand::Flag).ok_or(("wrong_type", "is_empty takes true or false.".into())),
        Op::In | Op::NotIn => {
            let items = value.as_array().ok_or(("wrong_type", "A list of values is expected.".to_owned()))?;
            if items.len() > MAX_VALUES {
                return Err(("too_many", format!("At most {MAX_VALUES} values fit into one list.")));
            }
            let list = matches!(field.kind().value_type(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. });
            let item = |json: &Json| match json {
                Json::String(text) if matches!(field.kind().value_type(), FieldType::ManyToMany { .. }) && text.parse::<RecordId>().is_err() => Err(("wrong_type", "An id is expected here.".into())),
                // A single option or id: whether it is in the list.
                Json::String(text) if list => Ok(Value::Text(text.clone())),
                json => one(json),
            };
            items.iter().map(item).collect::<std::result::Result<_, _>>().map(Operand::Many)
        }
        Op::Between => {
            let ends = value.as_array().filter(|v| v.len() == 2).ok_or(("wrong_type", "between takes a list of two values.".to_owned()))?;
            let (from, to) = (one(&ends[0])?, one(&ends[1])?);
            if from.is_null() || to.is_null() {
                return Err(("wrong_type", "between needs both ends.".into()));
            }
            in_workspace_currency(ctx, &from)?;
            in_workspace_currency(ctx, &to)?;
            Ok(Operand::Range { from, to, end_included: true })
        }
        Op::Within => span(ctx, field, value),
        Op::Contains if matches!(field.kind().value_type(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. }) => match value {
            Json::String(text) => Ok(Operand::One(Value::Text(text.clone()))),
            _ => Err(("wrong_type", "One option or id is expected.".into())),
        },
        Op::Contains | Op::StartsWith => {
            let text = value.as_str().ok_or(("wrong_type", "Text is expected.".to_owned()))?;
            if text.len() > 1_000 || text.contains('\0') {
                return Err(("too_long", "The text to look for is too long or has a character that cannot be stored.".into()));
            }
            Ok(Operand::One(Value::Text(text.to_owned())))
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => match one(value)? {
            Value::Null => Err(("wrong_type", "A value to compare with is expected.".into())),
            value => in_workspace_currency(ctx, &value).map(|()| Operand::One(value)),
        },
        Op::Eq | Op::Ne => one(value).map(Operand::One),
    }
}

/// Amounts of several currencies are ordered in the workspace's; one in another currency has no place among them.
fn in_workspace_currency(ctx: &BindCtx, value: &Value) -> std::result::Result<(), Refusal> {
    match value {
        Value::Money { money, .. } if money.currency != ctx.currency => Err(("wrong_currency", format!("Amounts are compared in {}; write the amount in it.", ctx.currency))),
        _ => Ok(()),
    }
}
/// A single value of the field's type; `{"me": true}` is the asker.
fn one(ctx: &BindCtx, field: &Field, json: &Json) -> std::result::Result<Value, Refusal> {
    if json.get("me") == Some(&Json::Bool(true)) {
        return match field.kind() {
            FieldType::User {} => Ok(ctx.me.map_or(Value::Null, Value::Ref)),
            kind if kind.target() == Some("user") => Ok(ctx.me.map_or(Value::Null, Value::Ref)),
            _ => Err(("wrong_type", "{\"me\": true} fits fields that hold a user.".into())),
        };
    }
    match field.kind().value_type() {
        // Comparing with an option that is gone, or text no option has, is a question like any other: nobody has it.
        FieldType::Choice { .. } => match json {
            Json::String(text) => Ok(Value::Text(text.clone())),
            Json::Null => Ok(Value::Null),
            _ => Err(("wrong_type", "An option is expected.".into())),
        },
        // A single option is the list of it alone.
        kind @ FieldType::MultiChoice { .. } if json.is_string() => kind.parse(&Json::from(vec![json.clone()]), ParseCtx { currency: ctx.currency, lenient: true }),
        kind => match kind.parse(json, ParseCtx { currency: ctx.currency, lenient: true })? {
            Value::By { .. } => Err(("wrong_type", "An id is expected here.".into())),
            // Amounts compare in workspace currency; one in another currency equals only its like.
            Value::Money { money, .. } => Ok(Value::Money { money, workspace: (money.currency == ctx.currency).then_some(money.minor) }),
            value => Ok(value),
        },
    }
}

fn span(ctx: &BindCtx, field: &Field, value: &Json) -> std::result::Result<Operand, Refusal> {
    let bad = || {
        (
            "bad_span",
            "within takes {\"last\"|\"next\": a number, \"unit\": \"day\"} or {\"this\": \"month\"}; units are minute, hour, day, week, month, quarter, year, fiscal_quarter, fiscal_year.".to_owned(),
        )
    };
    let map = value.as_object().ok_or_else(bad)?;
    let (direction, count, unit) = match (map.get("last"), map.get("next"), map.get("this")) {
        (Some(n), None, None) => ("last", n.as_i64(), map.get("unit").and_then(Json::as_str)),
        (None, Some(n), None) => ("next", n.as_i64(), map.get("unit").and_then(Json::as_str)),
        (None, None, Some(unit)) => ("this", Some(1), unit.as_str().or_else(|| map.get("unit").and_then(Json::as_str))),
        _ => return Err(bad()),
    };
    let (count, unit) = (count.filter(|n| *n >= 0).ok_or_else(bad)?, unit.ok_or_else(bad)?);
    let timed = matches!(field.kind().value_type(), FieldType::DateTime {});
    if matches!(unit, "minute" | "hour") {
        if !timed {
            return Err(("bad_span", "Minutes and hours fit fields with a time only.".into()));
        }
        let now = Timestamp::from_millisecond(ctx.now_ms).map_err(|_| bad())?.to_zoned(ctx.zone.clone());
        let (from, to) = within::instants(&now, direction, count, unit).ok_or_else(bad)?;
        return Ok(Operand::Range { from: Value::DateTime(from), to: Value::DateTime(to), end_included: false });
    }
    let (from, to) = within::days(ctx.today(), direction, count, unit, ctx.fiscal_start).ok_or_else(bad)?;
    if timed {
        let (from, to) = (ctx.start_of_day(from).ok_or_else(bad)?, ctx.start_of_day(to).ok_or_else(bad)?);
        return Ok(Operand::Range { from: Value::DateTime(from), to: Value::DateTime(to), end_included: false });
    }
    Ok(Operand::Range { from: Value::Date(from), to: Value::Date(to), end_included: false })
}
