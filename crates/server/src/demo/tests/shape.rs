//! Rows as the definitions want them, references that exist, times that can be.

use super::{super::Batch, TODAY, World, rows, text, usual};
use metadata::{FieldType, ObjectDef, ParseCtx, Registry, Value};
use serde_json::Value as Json;
use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let definitions: Vec<ObjectDef> = crate::compose::catalogue().unwrap().standard().to_vec();
        Registry::build(1, definitions).unwrap()
    })
}
const CTX: ParseCtx = ParseCtx { currency: kernel::Currency::EUR, lenient: false };

/// Every id is new, and every reference is to a record of an earlier batch.
pub(super) fn references_point_backwards(batches: &[Batch]) {
    let mut there: HashMap<&str, HashSet<String>> = HashMap::new();
    for batch in batches {
        let object = registry().object(batch.object).unwrap();
        for row in &batch.rows {
            for (name, json) in row.iter().filter(|(name, _)| *name != "id") {
                let field = object.field(name).unwrap_or_else(|| panic!("{} has no field {name}", batch.object));
                let targets: Vec<(String, String)> = match field.kind().parse(json, CTX).unwrap_or(Value::Null) {
                    Value::Ref(id) => vec![(field.kind().target().unwrap().to_owned(), id.to_string())],
                    Value::AnyRef(any) => vec![(any.object, any.id.to_string())],
                    Value::List(ids) => match field.kind() {
                        FieldType::ManyToMany { to } => ids.into_iter().map(|id| (to.clone(), id)).collect(),
                        _ => vec![],
                    },
                    _ => vec![],
                };
                for (target, id) in targets {
                    assert!(there.get(target.as_str()).is_some_and(|ids| ids.contains(&id)), "{}.{name} points at a {target} that is not there yet: {row:?}", batch.object);
                }
            }
        }
        for row in &batch.rows {
            assert!(there.entry(batch.object).or_default().insert(text(row, "id").to_owned()), "{} twice: {}", batch.object, text(row, "id"));
        }
    }
}

#[test]
fn references_of_the_usual_world_point_backwards() {
    references_point_backwards(usual());
}

#[test]
fn values_fit_their_fields() {
    for batch in usual() {
        let object = registry().object(batch.object).unwrap();
        for row in &batch.rows {
            for (name, json) in row {
                let field = object.field(name).unwrap_or_else(|| panic!("{} has no field {name}", batch.object));
                let parsed = field.kind().parse(json, CTX);
                assert!(parsed.as_ref().is_ok_and(|v| !v.is_null()), "{}.{name}: {json} gives {parsed:?}", batch.object);
            }
            for field in object.live_fields().filter(|f| f.def.required) {
                assert!(row.contains_key(field.name()) || field.def.default.is_some(), "{} without {}", batch.object, field.name());
            }
            for group in &object.def.require_any {
                assert!(group.iter().any(|name| row.contains_key(name)), "{} without any of {group:?}: {row:?}", batch.object);
            }
        }
    }
}

#[test]
fn unique_values_are_unique() {
    let mut seen: HashSet<(&str, String, String)> = HashSet::new();
    for batch in usual() {
        let object = registry().object(batch.object).unwrap();
        for field in object.live_fields().filter(|f| f.is_unique()) {
            for row in batch.rows.iter().filter(|r| r.contains_key(field.name())) {
                assert!(seen.insert((batch.object, field.name().to_owned(), text(row, field.name()).to_owned())), "{}.{} twice: {}", batch.object, field.name(), text(row, field.name()));
            }
        }
    }
}

/// What may lie ahead: plans. All else has happened before today.
#[test]
fn nothing_has_happened_tomorrow() {
    const AHEAD: [(&str, &str); 15] = [
        ("meeting", "starts_at"),
        ("meeting", "ends_at"),
        ("task", "due_on"),
        ("opportunity", "close_date"),
        ("state_change", "close_date"),
        ("campaign", "starts_on"),
        ("campaign", "ends_on"),
        ("contract", "starts_on"),
        ("contract", "ends_on"),
        ("order_line", "service_to"),
        ("payment", "scheduled_on"),
        ("case", "legal_due_on"),
        ("absence", "from"),
        ("absence", "to"),
        ("staff_skill", "valid_until"),
    ];
    let today = TODAY.to_string();
    for batch in usual().iter().filter(|b| b.object != "fiscal_period") {
        let object = registry().object(batch.object).unwrap();
        for row in &batch.rows {
            for (name, json) in row {
                let field = object.field(name).unwrap();
                if matches!(field.kind(), FieldType::Date {} | FieldType::DateTime {}) && !AHEAD.contains(&(batch.object, name)) {
                    assert!(json.as_str().unwrap() < today.as_str(), "{}.{name} is {json}", batch.object);
                }
                if matches!(field.kind(), FieldType::Date {}) {
                    assert!(json.as_str().unwrap() < "2028-12-31" && json.as_str().unwrap() > "1930", "{}.{name} is {json}", batch.object);
                }
            }
            if let (Some(made), Some(changed)) = (row.get("created_at"), row.get("updated_at")) {
                assert!(made.as_str() <= changed.as_str(), "{} changed before it was made: {row:?}", batch.object);
            }
        }
    }
}

#[test]
fn steps_come_one_after_the_other() {
    let mut last: HashMap<(String, String), String> = HashMap::new();
    for row in rows(usual(), "state_change") {
        let key = (row["record"]["id"].to_string(), text(row, "field").to_owned());
        let entered = text(row, "entered_at");
        if let Some(left) = last.insert(key, text(row, "left_at").to_owned()) {
            assert_eq!(left, entered, "one step ends where the next begins");
        } else {
            assert_eq!(text(row, "from"), "", "the first step comes from nowhere");
        }
        assert!(!row.contains_key("left_at") || text(row, "left_at") >= entered, "left before it was entered: {row:?}");
    }
    for row in rows(usual(), "case") {
        for (before, after) in [("opened_at", "first_response_at"), ("first_response_at", "resolved_at"), ("resolved_at", "closed_at")] {
            assert!(!row.contains_key(after) || text(row, before) <= text(row, after), "{after} before {before}: {row:?}");
        }
    }
    for row in rows(usual(), "interaction").filter(|r| r.contains_key("ended_at")) {
        assert!(text(row, "at") < text(row, "ended_at"), "ended before it began: {row:?}");
    }
    let sent: HashMap<&str, &str> = rows(usual(), "interaction").map(|r| (text(r, "id"), text(r, "at"))).collect();
    for row in rows(usual(), "interaction").filter(|r| r.contains_key("in_reply_to")) {
        assert!(sent.get(text(row, "in_reply_to")).is_some_and(|asked| *asked < text(row, "at")), "an answer before the question: {row:?}");
    }
}

#[test]
fn no_word_is_missing() {
    for batch in usual() {
        for row in &batch.rows {
            for (name, json) in row {
                if let Json::String(value) = json {
                    assert!(!value.contains('{') && !value.contains('}'), "{}.{name} has an open place: {value}", batch.object);
                    assert!(!value.contains("  ") && value.trim() == value, "{}.{name} has a hole: {value:?}", batch.object);
                }
            }
        }
    }
}

/// A world on top of a pipeline that is there already uses it and makes none of that name.
#[test]
fn what_is_there_is_used() {
    let stages: Vec<kernel::RecordId> = (1..=6).map(kernel::RecordId::fixed).collect();
    let pipeline = kernel::RecordId::fixed(99);
    let present = super::super::Present { sales: Some(super::super::PipelineIds { pipeline, stages: stages.clone() }), purposes: vec![("newsletter".into(), kernel::RecordId::fixed(7))] };
    let batches: Vec<Batch> = World::new(3, 200, TODAY).on(present).batches().collect();
    let all = |object: &'static str| batches.iter().filter(move |b| b.object == object).flat_map(|b| b.rows.clone());
    assert!(all("pipeline").all(|p| text(&p, "name") != "Sales"));
    assert!(all("purpose").all(|p| text(&p, "code") != "newsletter"));
    let sales: Vec<_> = all("opportunity").filter(|o| text(o, "pipeline") == pipeline.to_string()).collect();
    assert!(sales.len() > 50 && sales.iter().all(|o| stages.iter().any(|s| s.to_string() == text(o, "stage"))));
}
