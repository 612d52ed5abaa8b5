//! Trying an import: every row of the file, piece by piece, each piece written and taken back, so that others write in
//! between. What pieces would have done to each other is remembered in a few bytes a row.

mod memory;
mod repeats;

use super::{
    chunk::{self, Fate, Into, Written},
    doubles,
    job::Job,
    links::Links,
    plan::Prepared,
    report::Double,
    rows::{Pace, Piece, Rows, rejected_json},
    work::{NewFields, Progress, at_now},
};
use kernel::{Code, Ctx, Error, Result};
use memory::Memory;
use records::{Tx, Workspace};
use repeats::Repeats;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that the answer shows one by one.
const PREVIEW: usize = 50;

/// # Errors
/// What would spoil the import as a whole.
pub(super) fn run(workspace: &Workspace, ctx: &Ctx, mut job: Job, prepared: &Prepared, progress: Progress) -> Result<Job> {
    let mut kept = job;
    job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
        (kept.done, kept.created, kept.updated, kept.unchanged, kept.rejected) = (0, 0, 0, 0, 0);
        kept.status = "running".into();
        kept.clear_report();
        kept.clear_rejects(tx)?;
        kept.save(tx)?;
        Ok(kept)
    })?;
    job.rows = i64::try_from(prepared.rows).unwrap_or(0);
    let mut trial = Trial { workspace, ctx, prepared, memory: Memory::default(), repeats: Repeats::new(prepared), links: Links::default(), preview: vec![] };
    let (mut rows, mut pace) = (Rows::open(&job.file, prepared, 0)?, Pace::new());
    while let Some(mut piece) = rows.next(pace.size()) {
        trial.repeats.take(&mut piece);
        let started = workspace.now_ms();
        let tried = trial.tried(&piece, &[])?;
        pace.took(piece.rows.len(), workspace.now_ms() - started);
        job = trial.count(job, &piece, tried)?;
        progress(u64::try_from(job.done).unwrap_or(0), prepared.rows);
    }
    job = trial.repeated(job)?;
    trial.settle()?;
    job.note_links(&trial.links);
    job.put("preview", json!(trial.preview));
    if trial.repeats.guessed > 0 {
        job.list("remarks", vec![json!(format!("{} rows repeat the key of an earlier row; they were counted as changes without being tried", trial.repeats.guessed))]);
    }
    job.status = "mapping".into();
    let kept = job;
    workspace.write_blocking(&at_now(workspace, ctx), move |tx| kept.save(tx).map(|()| kept))
}

struct Trial<'a> {
    workspace: &'a Workspace,
    ctx: &'a Ctx,
    prepared: &'a Prepared,
    memory: Memory,
    repeats: Repeats<'a>,
    links: Links,
    preview: Vec<Json>,
}
/// What a piece did before it was taken back.
struct Tried {
    written: Written,
    links: Links,
    doubles: Vec<Double>,
    preview: Vec<Json>,
    /// Fields by which rows are doubles of each other.
    double_fields: Vec<&'static str>,
}

impl Trial<'_> {
    /// Writes a piece and takes it back.
    fn tried(&self, piece: &Piece, counted: &[bool]) -> Result<Tried> {
        let slot: Arc<Mutex<Option<Tried>>> = Arc::default();
        let (out, plan, fields) = (slot.clone(), &self.prepared.plan, NewFields::of(self.prepared));
        let (object, key, piece, counted) = (plan.object.clone(), plan.key.clone(), piece.share(), counted.to_vec());
        let wanted = PREVIEW.saturating_sub(self.preview.len());
        let ended = self.workspace.write_alone_blocking(&at_now(self.workspace, self.ctx), move |tx| -> Result<()> {
            if !fields.is_empty() {
                fields.add(tx)?;
            }
            let into = Into { object, key, set: tx.open_change_set("trial")? };
            let double_fields = doubles::fields(tx, &into)?;
            let (doubles, mut links) = (doubles::look(tx, &into, &piece)?, Links::default());
            let written = chunk::write(tx, &into, &piece.rows, &mut links, &counted)?;
            let mut preview = Vec::new();
            for (row, (fate, id)) in piece.rows.iter().zip(&written.rows).take(wanted) {
                if let (Some(fate), Some(id)) = (fate, id) {
                    preview.push(shown(tx, &into, row, *id, *fate)?);
                }
            }
            *out.lock().unwrap_or_else(PoisonError::into_inner) = Some(Tried { written, links, doubles, preview, double_fields });
            Err(Error::new(Code::Conflict, "trial_over", "A trial is taken back."))
        });
        match (ended, slot.lock().unwrap_or_else(PoisonError::into_inner).take()) {
            (Err(error), Some(tried)) if error.reason == "trial_over" => Ok(tried),
            (Err(error), _) => Err(error),
            (Ok(()), _) => Err(Error::internal("a trial was not taken back")),
        }
    }
    /// Adds what a piece did to the figures, as the pieces before it would have changed it.
    fn count(&mut self, mut job: Job, piece: &Piece, mut tried: Tried) -> Result<Job> {
        self.memory.meet(piece, &mut tried.written, self.prepared);
        self.memory.late(&tried.written);
        let (memory, made) = (&mut self.memory, &tried.written.made);
        self.links.add(tried.links, |object| memory.made(object, made));
        let doubles = self.memory.doubles(piece, tried.doubles, &tried.double_fields, self.prepared.plan.key.as_deref());
        self.preview.append(&mut tried.preview);
        let mut refused: Vec<Json> = piece.rejected.iter().map(rejected_json).collect();
        refused.extend(tried.written.refused.iter().map(|(index, answer)| piece.refusal(*index, answer)));
        refused.sort_by_key(|row| row["line"].as_u64());
        self.preview.extend(refused.iter().take((2 * PREVIEW).saturating_sub(self.preview.len())).map(|r| json!({"line": r["line"], "action": "reject", "errors": [{"detail": r["reason"]}]})));
        job.done += piece.read;
        job.created += tried.written.count(Fate::Created);
        job.updated += tried.written.count(Fate::Updated);
        job.unchanged += tried.written.count(Fate::Unchanged);
        job.rejected += i64::try_from(refused.len()).unwrap_or(0);
        job.note_piece(piece);
        job.note_doubles(doubles);
        job.note_left_out(tried.written.left_out);
        job.list("rejected_rows", refused.clone());
        self.workspace.write_blocking(&at_now(self.workspace, self.ctx), move |tx| {
            job.reject(tx, refused)?;
            job.save(tx)?;
            Ok(job)
        })
    }
    /// Rows that repeat the key of an earlier piece are tried together with the rows before them.
    fn repeated(&mut self, mut job: Job) -> Result<Job> {
        job.updated += i64::try_from(self.repeats.guessed).unwrap_or(0);
        for (mut piece, counted) in self.repeats.pieces(&job.file)? {
            let mut tried = self.tried(&piece, &counted)?;
            // rows that were counted in their own piece
            for (slot, counted) in tried.written.rows.iter_mut().zip(&counted) {
                if !counted {
                    *slot = (None, None);
                }
            }
            tried.written.refused.retain(|(index, _)| counted.get(*index).copied().unwrap_or(false));
            tried.doubles.clear();
            tried.double_fields.clear(); // they are no doubles of the rows that they change
            tried.preview.clear();
            for (row, _) in piece.rows.iter_mut().zip(&counted).filter(|(_, counted)| !**counted) {
                row.warnings.clear();
            }
            job = self.count(job, &piece, tried)?;
        }
        Ok(job)
    }
    /// References to records of the same object: found among what is there and what the file brings.
    fn settle(&mut self) -> Result<()> {
        let (memory, object) = (std::mem::take(&mut self.memory), self.prepared.plan.object.clone());
        let mut links = std::mem::take(&mut self.links);
        self.links = self.workspace.read_blocking(&at_now(self.workspace, self.ctx), move |tx| memory.settle(tx, &object, &mut links).map(|()| links))?;
        Ok(())
    }
}

/// What a row would do: the record's title, and for an existing one each field's old and new value.
fn shown(tx: &mut Tx, into: &Into, row: &crate::import::assemble::ImportRow, id: kernel::RecordId, fate: Fate) -> Result<Json> {
    let action = match fate {
        Fate::Created => "create",
        Fate::Updated => "update",
        Fate::Unchanged => "unchanged",
        Fate::Refused => "reject",
    };
    let changes: Vec<Json> = if fate == Fate::Updated {
        let history = tx.history(&into.object, id, &records::Paging { limit: Some(5), cursor: None })?;
        let set = json!(into.set.to_string());
        let entries = history.get("items").and_then(Json::as_array).into_iter().flatten().filter(|e| e.get("change_set") == Some(&set));
        entries.flat_map(|e| e.get("changes").and_then(Json::as_array).cloned().unwrap_or_default()).collect()
    } else {
        row.fields.iter().filter(|(_, v)| fate == Fate::Created && !v.is_null()).take(12).map(|(field, value)| json!({"field": field, "new": value})).collect()
    };
    let title = ["name", "full_name", "last_name", "subject", "email"].iter().find_map(|f| row.fields.get(*f)).cloned();
    Ok(json!({"line": row.line, "action": action, "title": title, "changes": changes}))
}
