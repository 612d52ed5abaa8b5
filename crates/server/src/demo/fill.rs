//! Writes a world into a workspace, through the same door as every import.

use super::{Batch, PipelineIds, Present, World};
use kernel::{Actor, Ctx, Error, RecordId, Result, Through};
use records::{BulkMode, BulkOptions, Find, Tx, Workspace};
use serde_json::{Map, Value as Json, json};
use std::sync::mpsc::sync_channel;

/// What was made.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    /// Records.
    pub(crate) rows: u64,
    /// E-mail of a rep to sign in as.
    pub(crate) rep: String,
    /// E-mail of a manager.
    pub(crate) manager: String,
}

/// Fills an empty workspace; `contacts` decides how large the world is (5,000 take seconds, a million some minutes).
/// `progress` hears rows written and rows expected. Blocking. All of it is one change set, which can be undone.
///
/// # Errors
/// What the door refuses (a mistake of ours), and failures of the database. What was written by then stays.
pub(crate) fn fill(workspace: &Workspace, contacts: usize, seed: u64, progress: &dyn Fn(u64, u64)) -> Result<Summary> {
    let ctx = Ctx::new(Actor::System("cli"), Through::Import, workspace.now_ms());
    let (present, set) = workspace.write_blocking(&ctx, prepare)?;
    let today = jiff::Timestamp::from_millisecond(workspace.now_ms()).map(|t| jiff::tz::TimeZone::UTC.to_datetime(t).date()).map_err(|e| Error::internal(e.to_string()))?;
    let world = World::new(seed, contacts, today).on(present);
    let expected = world.estimated_rows();
    let (sender, receiver) = sync_channel::<Batch>(3);
    let rows = std::thread::scope(|scope| {
        let told = &world;
        // The next batches are made while one is written.
        scope.spawn(move || {
            for batch in told.batches() {
                if sender.send(batch).is_err() {
                    break; // the writer gave up, and says why
                }
            }
        });
        let mut rows = 0;
        for batch in receiver {
            rows += write(workspace, &ctx, batch, set)?;
            progress(rows.min(expected), expected.max(rows));
        }
        Ok::<u64, Error>(rows)
    })?;
    workspace.write_blocking(&ctx, move |tx| tx.finish_change_set(set, "done", &json!({ "created": rows })))?;
    progress(rows, rows);
    let (rep, manager) = world.guides();
    Ok(Summary { rows, rep, manager })
}

/// Settings of the company, what the workspace has already, and the change set for all that comes.
fn prepare(tx: &mut Tx) -> Result<(Present, RecordId)> {
    let mut settings = Map::new();
    settings.insert("time_zone".into(), json!("Europe/Berlin"));
    tx.change_settings(&settings)?;
    let mut present = Present::default();
    if let Some(pipeline) = tx.ids("pipeline", &json!({"field": "name", "op": "eq", "value": "Sales"}), 1)?.pop() {
        let stages = items(tx, "stage", json!({"field": "pipeline", "op": "eq", "value": pipeline.to_string()}), "position")?;
        let kinds: Vec<&str> = stages.iter().filter_map(|s| s.get("kind").and_then(Json::as_str)).collect();
        // Somebody may have made it their own already: then the company brings a pipeline of its own name.
        if kinds == ["open", "open", "open", "open", "won", "lost"] {
            present.sales = Some(PipelineIds { pipeline, stages: stages.iter().filter_map(id_of).collect() });
        }
    }
    for purpose in items(tx, "purpose", Json::Null, "code")? {
        if let (Some(code), Some(id)) = (purpose.get("code").and_then(Json::as_str), id_of(&purpose)) {
            present.purposes.push((code.to_owned(), id));
        }
    }
    Ok((present, tx.open_change_set("demo")?))
}
fn items(tx: &mut Tx, object: &str, filter: Json, sort: &str) -> Result<Vec<Json>> {
    let find = Find { object: object.into(), filter: (!filter.is_null()).then_some(filter), sort: vec![sort.into()], limit: Some(500), ..Find::default() };
    let page: Json = serde_json::from_slice(&tx.find(&find)?).map_err(|e| Error::internal(e.to_string()))?;
    Ok(page.get("items").and_then(Json::as_array).cloned().unwrap_or_default())
}
fn id_of(row: &Json) -> Option<RecordId> {
    row.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok())
}

/// One batch in one transaction; how many rows it had.
fn write(workspace: &Workspace, ctx: &Ctx, batch: Batch, set: RecordId) -> Result<u64> {
    workspace.write_blocking(ctx, move |tx| {
        let items: Vec<Json> = batch.rows.into_iter().map(Json::Object).collect();
        let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: false };
        // Rights follow from these three, so their rules must run. All else is told to the end by the world itself.
        let answers = match batch.object {
            "user" | "team" | "team_membership" => tx.bulk_items(batch.object, &items, &options, set),
            object => tx.with_whole_past(|tx| tx.bulk_items(object, &items, &options, set)),
        }?;
        match answers.iter().find(|a| a.get("status") != Some(&json!(201))) {
            None => Ok(u64::try_from(items.len()).unwrap_or(0)),
            Some(refused) => Err(Error::internal(format!("The demo's {} was refused: {refused}", batch.object))),
        }
    })
}
