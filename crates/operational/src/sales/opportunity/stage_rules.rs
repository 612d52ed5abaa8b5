//! What follows from a stage: probability, category, closing, history.

use customer::state;
use kernel::{Decimal, Result};
use metadata::Value;
use records::{Draft, Record, Tx, Written};
use serde_json::json;

pub(crate) fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.is_new() {
        default_stage(tx, draft)?;
    }
    if draft.changed("pipeline") && !draft.changed("stage") {
        draft.set("stage", Value::Null);
        default_stage(tx, draft)?;
    }
    let Some(stage) = stage_of(tx, &draft.after)? else { return rate(tx, draft) };
    if draft.changed("stage") {
        if draft.changed("pipeline") && draft.after.reference("pipeline").is_some() && stage.reference("pipeline") != draft.after.reference("pipeline") {
            draft.refuse("stage", "wrong_pipeline", "This stage belongs to another pipeline.");
        }
        draft.set("pipeline", stage.get("pipeline").clone());
        enter(tx, draft, &stage)?;
    } else if draft.changed("forecast_category") || draft.changed("probability") {
        // Won is always closed, lost always omitted.
        keep_closed_figures(draft, stage.text("kind"));
    }
    rate(tx, draft)
}
fn default_stage(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if !draft.get("stage").is_null() {
        return Ok(());
    }
    let found = tx.as_system("jobs", |tx| {
        let pipeline = match draft.after.reference("pipeline") {
            Some(id) => Some(id),
            None => tx.ids("pipeline", &json!({"field": "active", "op": "ne", "value": false}), 1)?.pop(),
        };
        let Some(pipeline) = pipeline else { return Ok(None) };
        let stages = tx.registry().object("stage").cloned();
        let Some(object) = stages else { return Ok(None) };
        let mut open = Vec::new();
        for id in tx.ids("stage", &json!({"field": "pipeline", "op": "eq", "value": pipeline.to_string()}), 200)? {
            open.extend(tx.load(&object, id)?);
        }
        open.sort_by_key(|s| (s.text("kind") != "open", s.get("position").as_int().unwrap_or(i64::MAX), s.id()));
        Ok(open.into_iter().next().map(|s| (pipeline, s.id())))
    })?;
    if let Some((pipeline, stage)) = found {
        draft.set("pipeline", Value::Ref(pipeline));
        draft.set("stage", Value::Ref(stage));
    }
    Ok(())
}
fn stage_of(tx: &mut Tx, record: &Record) -> Result<Option<Record>> {
    tx.follow(record, "stage")
}

fn percent(points: i64) -> Value {
    Value::Decimal(Decimal { units: points * 10_000, scale: 4 })
}
fn keep_closed_figures(draft: &mut Draft, kind: &str) {
    let (probability, category) = match kind {
        "won" => (percent(100), "closed"),
        "lost" => (percent(0), "omitted"),
        _ => return,
    };
    draft.set("probability", probability);
    draft.set("forecast_category", Value::Text(category.into()));
}
fn enter(tx: &mut Tx, draft: &mut Draft, stage: &Record) -> Result<()> {
    let kind = stage.text("kind").to_owned();
    let past = tx.brings_past();
    if !(past && draft.changed("stage_entered_at")) {
        let at = if past && draft.is_new() { draft.get("created_at").as_int() } else { None };
        draft.set("stage_entered_at", Value::DateTime(at.unwrap_or_else(|| tx.now_ms())));
    }
    if kind == "open" {
        reopen(draft);
        if !draft.changed("probability") || draft.get("probability").is_null() {
            draft.set("probability", stage.get("probability").clone());
        }
        if !draft.changed("forecast_category") || draft.get("forecast_category").is_null() {
            draft.set("forecast_category", stage.get("forecast_category").clone());
        }
        return Ok(());
    }
    close(tx, draft, &kind, past);
    Ok(())
}
fn reopen(draft: &mut Draft) {
    if draft.before.is_some_and(|b| !b.get("outcome").is_null()) {
        for field in ["closed_at", "outcome", "outcome_reason", "lost_to"] {
            draft.set(field, Value::Null);
        }
    }
}
fn close(tx: &Tx, draft: &mut Draft, kind: &str, past: bool) {
    let zone = tx.settings().zone();
    let given_day = if past && (draft.is_new() || draft.changed("close_date")) { draft.get("close_date").clone() } else { Value::Null };
    let given_at = if past && draft.changed("closed_at") || tx.verb_closed_at().is_some() { tx.verb_closed_at().or(draft.get("closed_at").as_int()) } else { None };
    let at = given_at.or_else(|| match &given_day {
        Value::Date(day) => day.to_zoned(zone.clone()).ok().map(|z| z.timestamp().as_millisecond()),
        _ => None,
    });
    let at = at.unwrap_or_else(|| tx.now_ms());
    draft.set("closed_at", Value::DateTime(at));
    let day = jiff::Timestamp::from_millisecond(at).map(|t| Value::Date(zone.to_datetime(t).date())).unwrap_or(Value::Null);
    draft.set("close_date", if given_day.is_null() { day } else { given_day });
    let outcome = tx.verb_outcome().filter(|_| kind == "lost").unwrap_or(kind);
    draft.set("outcome", Value::Text(outcome.into()));
    draft.set("next_step", Value::Null);
    keep_closed_figures(draft, kind);
    // The past often does not know why; who loses a deal today does.
    if kind == "lost" && !past && draft.get("outcome_reason").is_null() {
        draft.refuse("outcome_reason", "required", "Say why the deal was lost.");
    }
}
/// Open deals stand at the latest rate, closed ones at the rate of their close date; both say which.
fn rate(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let home = tx.settings().currency();
    let at = draft.get("closed_at").as_int().unwrap_or_else(|| tx.now_ms());
    let (rate, day) = match draft.get("amount") {
        Value::Money { money, .. } if money.currency != home => {
            let currency = money.currency;
            let day = jiff::Timestamp::from_millisecond(at).map(|t| Value::Date(tx.settings().zone().to_datetime(t).date())).unwrap_or(Value::Null);
            match tx.rate(currency, home, at)? {
                Some(rate) => (Value::Decimal(rate), day),
                None => (Value::Null, Value::Null),
            }
        }
        _ => (Value::Null, Value::Null),
    };
    if draft.changed("amount") || draft.changed("closed_at") {
        draft.set("rate", rate);
        draft.set("rate_date", day);
    }
    Ok(())
}

pub(crate) fn after(tx: &mut Tx, written: &Written) -> Result<()> {
    if !written.changed("stage") {
        return Ok(());
    }
    let record = written.after;
    let outcome = record.text("outcome");
    let was_closed = written.before.is_some_and(|b| !b.get("outcome").is_null());
    let cause = match outcome {
        "" if was_closed => "reopened",
        "" => "moved",
        "won" => "won",
        _ => "lost",
    };
    let at = if outcome.is_empty() { record.get("stage_entered_at").as_int() } else { record.get("closed_at").as_int() };
    let facts = state::Facts {
        amount: record.get("amount").clone(),
        close_date: record.get("close_date").clone(),
        probability: record.get("probability").clone(),
        category: record.get("forecast_category").clone(),
        cause,
    };
    let at = at.unwrap_or_else(|| tx.now_ms());
    state::changed(tx, written, "stage", at, Some(facts))?;
    let event = match cause {
        "won" => "opportunity.won",
        "lost" => "opportunity.lost",
        "reopened" => "opportunity.reopened",
        _ => "opportunity.stage_changed",
    };
    if written.before.is_some() || !outcome.is_empty() {
        tx.emit(event, Some(record), &json!({"stage": record.reference("stage").map(|s| s.to_string())}))?;
    }
    Ok(())
}

/// A stage's probability lies between 0 and 100; won is 100, lost 0.
pub(crate) fn stage(_tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let kind = draft.after.text("kind").to_owned();
    if draft.get("probability").is_null() {
        match kind.as_str() {
            "won" => draft.set("probability", percent(100)),
            "lost" => draft.set("probability", percent(0)),
            _ => {}
        }
    }
    if draft.get("forecast_category").is_null() {
        let category = match kind.as_str() {
            "won" => "closed",
            "lost" => "omitted",
            _ => "pipeline",
        };
        draft.set("forecast_category", Value::Text(category.into()));
    }
    if let Value::Decimal(p) = draft.get("probability")
        && !(0..=1_000_000).contains(&p.units)
    {
        draft.refuse("probability", "out_of_range", "A probability lies between 0 and 100 percent.");
    }
    Ok(())
}
