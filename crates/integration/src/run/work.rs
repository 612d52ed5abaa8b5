//! Running an import, or trying it.

use super::{
    chunk,
    job::Job,
    links::Missing,
    plan::{Prepared, open_error},
};
use crate::import::{
    assemble::{Assembler, ImportRow},
    reader::open,
    reject::Rejected,
};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::{OrDb, Paging, Tx, Workspace};
use serde_json::{Value as Json, json};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use store::{Sql, Val};

/// Rows a transaction: so few that a screen's write waits one chunk at most. A transaction of its own, since SQLite would
/// copy every page before it changes if others' writes shared it.
const CHUNK: usize = 1_000;
/// A trial is one transaction that is taken back; beyond this many rows it shows the first ones.
const TRIAL: u64 = 20_000;
const PREVIEW: usize = 50;

/// Called after every chunk with rows done and rows in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Runs an import to its end, from where it stands. Blocking.
///
/// # Errors
/// What spoils the whole: a file that has become unreadable, a right that was revoked, a full disk. Refused rows do not.
pub fn run(workspace: &Workspace, ctx: &Ctx, job: Job, prepared: &Prepared, progress: Progress) -> Result<Job> {
    if job.dry_run { try_out(workspace, ctx, job, prepared) } else { write(workspace, ctx, job, prepared, progress) }
}

/// Rows of the file behind those already done, in pieces.
struct Rows<'a> {
    source: Box<dyn crate::import::reader::Source>,
    assembler: Assembler<'a>,
}
#[derive(Default)]
struct Piece {
    rows: Vec<ImportRow>,
    rejected: Vec<Rejected>,
    read: i64,
    warnings: u64,
}
impl<'a> Rows<'a> {
    fn open(job: &'a Job, prepared: &'a Prepared) -> Result<Rows<'a>> {
        let mut source = open(Path::new(&job.file), &prepared.options).map_err(|e| open_error(&e))?;
        for _ in 0..job.done {
            if source.next().is_none() {
                break;
            }
        }
        Ok(Rows { source, assembler: Assembler::new(&prepared.plan, &prepared.locale) })
    }
    fn next(&mut self, size: usize) -> Option<Piece> {
        let mut piece = Piece::default();
        while piece.rows.len() < size && piece.read < i64::try_from(size * 2).unwrap_or(i64::MAX) {
            let Some(row) = self.source.next() else { break };
            piece.read += 1;
            match row.map_err(Rejected::from).and_then(|r| self.assembler.row(&r)) {
                Ok(row) => {
                    piece.warnings += u64::try_from(row.warnings.len()).unwrap_or(0);
                    piece.rows.push(row);
                }
                Err(refused) => piece.rejected.push(refused),
            }
        }
        (piece.read > 0).then_some(piece)
    }
}

fn rejected_json(refused: &Rejected) -> Json {
    json!({"line": refused.line, "cells": refused.cells, "reason": refused.reason()})
}
fn refusal_json(row: &ImportRow, answer: &Json) -> Json {
    let reasons: Vec<String> = answer
        .get("errors")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .map(|e| format!("{}: {}", e.get("field").and_then(Json::as_str).unwrap_or(""), e.get("detail").and_then(Json::as_str).unwrap_or("")))
        .collect();
    json!({"line": row.line, "cells": row.fields.values().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect::<Vec<_>>(), "reason": reasons.join("; ")})
}

fn write(workspace: &Workspace, ctx: &Ctx, mut job: Job, prepared: &Prepared, progress: Progress) -> Result<Job> {
    let fields = prepared.plan.new_fields.clone();
    if !fields.is_empty() {
        let made = PreparedFields { object: prepared.plan.object.clone(), fields };
        workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| made.add(tx))?;
    }
    job.rows = i64::try_from(prepared.rows).unwrap_or(0);
    if job.change_set.is_none() {
        let mut kept = job.clone();
        job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
            kept.change_set = Some(tx.open_change_set("import")?);
            from_nothing(&mut kept);
            kept.status = "running".into();
            kept.clear_rejects(tx)?;
            kept.save(tx)?;
            Ok(kept)
        })?;
    }
    let set = job.change_set.ok_or_else(|| Error::internal("an import has a change set"))?;
    let started = job.clone();
    let mut rows = Rows::open(&started, prepared)?;
    let mut missing: Missing = job.report.get("missing").and_then(Json::as_array).map(|m| read_missing(m)).unwrap_or_default();
    let (object, key) = (prepared.plan.object.clone(), prepared.plan.key.clone());
    let mut late = Vec::new();
    while let Some(piece) = rows.next(CHUNK) {
        let (mut kept, object, key) = (job.clone(), object.clone(), key.clone());
        (job, missing, late) = workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| {
            let done = chunk::write(tx, &object, key.as_deref(), &piece.rows, set, &mut missing, &mut late)?;
            for refused in &piece.rejected {
                kept.reject(tx, refused.line, &rejected_json(refused))?;
            }
            for (index, answer) in &done.refused {
                if let Some(row) = piece.rows.get(*index) {
                    kept.reject(tx, row.line, &refusal_json(row, answer))?;
                }
            }
            kept.done += piece.read;
            kept.created += done.created;
            kept.updated += done.matched;
            kept.rejected += i64::try_from(piece.rejected.len() + done.refused.len()).unwrap_or(0);
            note(&mut kept, &missing, piece.warnings);
            kept.save(tx)?;
            Ok((kept, missing, late))
        })?;
        progress(u64::try_from(job.done).unwrap_or(0), prepared.rows);
    }
    let mut kept = job;
    workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
        chunk::settle(tx, &object, &mut late, set, Some(&mut missing))?;
        note(&mut kept, &missing, 0);
        let changed = changed_rows(tx, set, &kept.object)?.min(kept.updated);
        kept.unchanged = kept.updated - changed;
        kept.updated = changed;
        kept.status = "done".into();
        tx.finish_change_set(set, "done", &json!({"created": kept.created, "updated": kept.updated, "rejected": kept.rejected}))?;
        kept.save(tx)?;
        Ok(kept)
    })
}
/// What an earlier trial counted does not count again.
fn from_nothing(job: &mut Job) {
    (job.done, job.created, job.updated, job.unchanged, job.rejected) = (0, 0, 0, 0, 0);
    if let Some(map) = job.report.as_object_mut() {
        for found in ["missing", "odd_values", "preview", "rejected_rows"] {
            map.remove(found);
        }
    }
}
/// Imports run long: every chunk has the time at which it is written.
fn at_now(workspace: &Workspace, ctx: &Ctx) -> Ctx {
    Ctx { now_ms: workspace.now_ms(), through: kernel::Through::Import, ..ctx.clone() }
}
fn changed_rows(tx: &mut Tx, set: RecordId, object: &str) -> Result<i64> {
    let mut q = Sql::new(format!("SELECT count(DISTINCT \"record\") FROM {} WHERE \"kind\" = 'updated' AND \"change_set\" = ", tx.db().table("sys_history")));
    q.arg(set.to_string()).push(" AND \"object\" = ").arg(object);
    Ok(match tx.db().one(&q).or_db()?.as_deref() {
        Some([Val::Int(n)]) => *n,
        _ => 0,
    })
}
fn note(job: &mut Job, missing: &Missing, warnings: u64) {
    let list: Vec<Json> = missing.iter().take(500).map(|((field, value), n)| json!({"field": field, "value": value, "rows": n})).collect();
    let had = job.report.get("odd_values").and_then(Json::as_u64).unwrap_or(0);
    if let Some(map) = job.report.as_object_mut() {
        map.insert("missing".into(), json!(list));
        map.insert("odd_values".into(), json!(had + warnings));
    }
}
fn read_missing(list: &[Json]) -> Missing {
    list.iter().filter_map(|m| Some(((m.get("field")?.as_str()?.to_owned(), m.get("value")?.as_str()?.to_owned()), m.get("rows")?.as_u64()?))).collect()
}

/// Does everything in one transaction and takes it back; what would have happened is the answer.
fn try_out(workspace: &Workspace, ctx: &Ctx, job: Job, prepared: &Prepared) -> Result<Job> {
    let out: Arc<Mutex<Option<Job>>> = Arc::default();
    let (slot, mut tried) = (out.clone(), job.clone());
    from_nothing(&mut tried);
    let started = tried.clone();
    let mut rows = Rows::open(&started, prepared)?;
    let mut pieces = Vec::new();
    let mut read = 0;
    while let Some(piece) = rows.next(CHUNK) {
        read += u64::try_from(piece.read).unwrap_or(0);
        pieces.push(piece);
        if read >= TRIAL {
            break;
        }
    }
    tried.rows = i64::try_from(prepared.rows).unwrap_or(0);
    let (object, key, plan_fields) = (prepared.plan.object.clone(), prepared.plan.key.clone(), prepared.plan.new_fields.clone());
    let had_fields = !plan_fields.is_empty();
    let trial = PreparedFields { object: object.clone(), fields: plan_fields };
    let result = workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| -> Result<()> {
        if had_fields {
            trial.add(tx)?;
        }
        let set = tx.open_change_set("trial")?;
        let (mut missing, mut preview, mut rejected) = (Missing::new(), Vec::new(), Vec::new());
        let (mut changed_before, mut late) = (0, Vec::new());
        for piece in pieces {
            let done = chunk::write(tx, &object, key.as_deref(), &piece.rows, set, &mut missing, &mut late)?;
            tried.created += done.created;
            tried.updated += done.matched;
            rejected.extend(piece.rejected.iter().map(rejected_json));
            for (index, answer) in &done.refused {
                rejected.extend(piece.rows.get(*index).map(|row| refusal_json(row, answer)));
            }
            for (row, id) in piece.rows.iter().zip(&done.ids) {
                if preview.len() < PREVIEW
                    && let Some(id) = id
                {
                    preview.push(shown(tx, &object, row, *id, set)?);
                }
            }
            tried.done += piece.read;
            note(&mut tried, &missing, piece.warnings);
            changed_before = changed_rows(tx, set, &object)?;
        }
        chunk::settle(tx, &object, &mut late, set, Some(&mut missing))?;
        note(&mut tried, &missing, 0);
        let changed = changed_before.min(tried.updated);
        tried.unchanged = tried.updated - changed;
        tried.updated = changed;
        tried.rejected = i64::try_from(rejected.len()).unwrap_or(0);
        preview.extend(rejected.iter().take(PREVIEW).map(|r| json!({"line": r["line"], "action": "reject", "errors": [{"detail": r["reason"]}]})));
        if let Some(map) = tried.report.as_object_mut() {
            map.insert("preview".into(), json!(preview));
            map.insert("rejected_rows".into(), json!(rejected.into_iter().take(200).collect::<Vec<_>>()));
        }
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(tried);
        Err(Error::new(Code::Conflict, "trial_over", "A trial is taken back."))
    });
    match (result, out.lock().unwrap_or_else(PoisonError::into_inner).take()) {
        (Err(error), Some(tried)) if error.reason == "trial_over" => {
            let mut kept = Job { status: "mapping".into(), ..tried };
            // The figures of the trial stay to be looked at; the import itself starts from nothing.
            let saved = Job { done: 0, change_set: None, ..kept.clone() };
            workspace.write_blocking(&at_now(workspace, ctx), move |tx| saved.save(tx))?;
            kept.change_set = None;
            Ok(kept)
        }
        (Err(error), _) => Err(error),
        (Ok(()), _) => Err(Error::internal("a trial was not taken back")),
    }
}
struct PreparedFields {
    object: String,
    fields: Vec<crate::import::plan::NewField>,
}
impl PreparedFields {
    fn add(&self, tx: &mut Tx) -> Result<()> {
        let object = tx.object(&self.object)?;
        for field in &self.fields {
            if object.field(&field.name).is_none() {
                tx.add_field(&self.object, &serde_json::to_value(field).unwrap_or(Json::Null))?;
            }
        }
        Ok(())
    }
}
/// What a row would do: the record's title, and for an existing one each field's old and new value.
fn shown(tx: &mut Tx, object: &str, row: &ImportRow, id: RecordId, set: RecordId) -> Result<Json> {
    let history = tx.history(object, id, &Paging { limit: Some(5), cursor: None })?;
    let set = json!(set.to_string());
    let mut changes = Vec::new();
    let mut created = false;
    for entry in history.get("items").and_then(Json::as_array).into_iter().flatten().filter(|e| e.get("change_set") == Some(&set)) {
        created |= entry.get("kind") == Some(&json!("created"));
        changes.extend(entry.get("changes").and_then(Json::as_array).into_iter().flatten().cloned());
    }
    let action = match (created, changes.is_empty()) {
        (true, _) => "create",
        (false, true) => "unchanged",
        (false, false) => "update",
    };
    if created {
        changes = row.fields.iter().filter(|(_, v)| !v.is_null()).take(12).map(|(field, value)| json!({"field": field, "new": value})).collect();
    }
    let title = ["name", "full_name", "last_name", "subject", "email"].iter().find_map(|f| row.fields.get(*f)).cloned();
    Ok(json!({"line": row.line, "action": action, "title": title, "changes": changes}))
}
