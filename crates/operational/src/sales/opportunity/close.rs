//! `POST /opportunities/{id}/closure`: the one way deals are won, lost or cancelled; a change of stage calls the same rules.

use kernel::{Code, Error, RecordId, Result};
use metadata::field_type::parse_date_time;
use records::{Get, IfMatch, Tx, VerbAnswer};
use serde_json::{Map, Value as Json, json};

pub(crate) fn input() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["outcome"],
        "properties": {
            "outcome": {"type": "string", "enum": ["won", "lost", "cancelled"]},
            "reason": {"type": "string", "maxLength": 200, "description": "Needed for lost."},
            "closed_at": {"type": "string", "format": "date-time", "description": "When it was closed; now if left out. Never in the future."},
            "lost_to": {"type": "string", "description": "Id of the competitor's account."}
        }
    })
}
pub(crate) fn no_input() -> Json {
    json!({"type": "object", "additionalProperties": false, "properties": {}})
}

/// # Errors
/// 404, 403; 409 where it is closed already; 422 for fields.
pub(crate) fn close(tx: &mut Tx, id: RecordId, body: &Map<String, Json>) -> Result<VerbAnswer> {
    let deal = tx.changeable("opportunity", id)?;
    if let Some(odd) = body.keys().find(|k| !matches!(k.as_str(), "outcome" | "reason" | "closed_at" | "lost_to")) {
        return Err(Error::field(odd, "unknown_field", format!("A closure has no \"{odd}\".")));
    }
    let outcome = match body.get("outcome").and_then(Json::as_str) {
        Some(word @ ("won" | "lost" | "cancelled")) => word,
        Some(_) => return Err(Error::field("outcome", "unknown_option", "Not one of the options: won, lost, cancelled.")),
        None => return Err(Error::field("outcome", "required", "Say how it ended: won, lost or cancelled.")),
    };
    if !deal.get("outcome").is_null() {
        return Err(Error::new(Code::Conflict, "already_closed", "This deal is closed already. Open it again first."));
    }
    if deal.is_archived() {
        return Err(Error::new(Code::Conflict, "archived", "This deal is archived. Restore it before you close it."));
    }
    let reason = body.get("reason").filter(|r| !r.is_null() && r.as_str() != Some(""));
    if outcome == "lost" && reason.is_none() {
        return Err(Error::field("reason", "required", "Say why the deal was lost."));
    }
    let closed_at = match body.get("closed_at").filter(|c| !c.is_null()) {
        None => None,
        Some(text) => {
            let at = text.as_str().and_then(parse_date_time).ok_or_else(|| Error::field("closed_at", "bad_date_time", "This is not a date with time. Write it like 2026-11-21T09:30:00Z."))?;
            if at > tx.now_ms() {
                return Err(Error::field("closed_at", "in_future", "A deal cannot have been closed in the future."));
            }
            Some(at)
        }
    };
    let kind = if outcome == "won" { "won" } else { "lost" };
    let stage = stage_of_kind(tx, deal.reference("pipeline"), kind)?;
    let mut change = Map::new();
    change.insert("stage".into(), json!(stage.to_string()));
    if let Some(reason) = reason {
        change.insert("outcome_reason".into(), reason.clone());
    } else if outcome == "cancelled" {
        change.insert("outcome_reason".into(), json!("Cancelled"));
    }
    if let Some(lost_to) = body.get("lost_to") {
        change.insert("lost_to".into(), lost_to.clone());
    }
    tx.with_closing(closed_at, (outcome == "cancelled").then_some("cancelled"), |tx| tx.update("opportunity", id, &change, IfMatch::Any)).map_err(|mut e| {
        e.fields.iter_mut().filter(|f| f.field == "outcome_reason").for_each(|f| f.field = "reason".into());
        e
    })?;
    let one = tx.get("opportunity", id, &Get::default())?;
    Ok(VerbAnswer { status: 201, json: one.json })
}

/// Opens a closed deal again, in the stage it was in before. What was booked in a closed period stays booked there.
pub(crate) fn reopen(tx: &mut Tx, id: RecordId, _body: &Map<String, Json>) -> Result<VerbAnswer> {
    let deal = tx.changeable("opportunity", id)?;
    if deal.get("outcome").is_null() {
        return Err(Error::new(Code::Conflict, "not_closed", "This deal is open."));
    }
    let back = last_open_stage(tx, id, deal.reference("pipeline"))?;
    let mut change = Map::new();
    change.insert("stage".into(), json!(back.to_string()));
    tx.update("opportunity", id, &change, IfMatch::Any)?;
    let one = tx.get("opportunity", id, &Get::default())?;
    Ok(VerbAnswer { status: 200, json: one.json })
}

fn stage_of_kind(tx: &mut Tx, pipeline: Option<RecordId>, kind: &str) -> Result<RecordId> {
    let filter = match pipeline {
        Some(pipeline) => json!({"and": [{"field": "pipeline", "op": "eq", "value": pipeline.to_string()}, {"field": "kind", "op": "eq", "value": kind}]}),
        None => json!({"field": "kind", "op": "eq", "value": kind}),
    };
    let found = tx.as_system("jobs", |tx| tx.ids("stage", &filter, 1))?.pop();
    found.ok_or_else(|| Error::new(Code::Conflict, "no_stage", format!("This pipeline has no stage of kind {kind}. Ask an administrator to add one.")))
}
fn last_open_stage(tx: &mut Tx, id: RecordId, pipeline: Option<RecordId>) -> Result<RecordId> {
    let history = json!({"and": [{"field": "record", "op": "eq", "value": {"object": "opportunity", "id": id.to_string()}}, {"field": "field", "op": "eq", "value": "stage"}]});
    let from = tx.as_system("jobs", |tx| {
        let (Some(changes), Some(stages)) = (tx.registry().object("state_change").cloned(), tx.registry().object("stage").cloned()) else { return Ok(None) };
        let mut past = Vec::new();
        for id in tx.ids("state_change", &history, 1_000)? {
            past.extend(tx.load(&changes, id)?);
        }
        past.sort_by_key(|change| std::cmp::Reverse(change.get("entered_at").as_int()));
        for change in past {
            let Ok(stage) = change.text("to").parse::<RecordId>() else { continue };
            if tx.load(&stages, stage)?.is_some_and(|s| s.text("kind") == "open" && !s.is_archived()) {
                return Ok(Some(stage));
            }
        }
        Ok(None)
    })?;
    match from {
        Some(stage) => Ok(stage),
        None => stage_of_kind(tx, pipeline, "open"),
    }
}
