//! Running an import to its end.

use super::{
    chunk::{self, Fate, Into},
    doubles,
    job::Job,
    late,
    plan::Prepared,
    rows::{Pace, Piece, Rows, rejected_json},
    trial,
};
use kernel::{Ctx, Error, Result};
use records::{Tx, Workspace};
use serde_json::{Value as Json, json};

/// Called after every chunk with rows done and rows in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Runs an import to its end, from where it stands; or tries it, and takes that back. Blocking.
///
/// # Errors
/// What spoils the whole: a file that has become unreadable, a right that was revoked, a full disk. Refused rows do not.
pub fn run(workspace: &Workspace, ctx: &Ctx, job: Job, prepared: &Prepared, progress: Progress) -> Result<Job> {
    let _alive = super::alive::Alive::new(job.id);
    if job.dry_run {
        return trial::run(workspace, ctx, job, prepared, progress);
    }
    let (id, set) = (job.id, job.change_set);
    write(workspace, ctx, job, prepared, progress).map_err(|error| {
        // What is in stays in, and can be taken back: the set of a running import could not.
        let ended = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
            let job = Job::load(tx, id)?;
            match job.change_set.or(set) {
                Some(set) => tx.finish_change_set(set, "failed", &job.counts()),
                None => Ok(()),
            }
        });
        match ended {
            Ok(()) => error,
            Err(second) => Error { detail: format!("{} (Its change set could not be closed: {})", error.detail, second.detail), ..error },
        }
    })
}

fn write(workspace: &Workspace, ctx: &Ctx, mut job: Job, prepared: &Prepared, progress: Progress) -> Result<Job> {
    job.rows = i64::try_from(prepared.rows).unwrap_or(0);
    if job.change_set.is_none() {
        let mut kept = job;
        job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
            kept.change_set = Some(tx.open_change_set("import")?);
            (kept.done, kept.created, kept.updated, kept.unchanged, kept.rejected) = (0, 0, 0, 0, 0);
            kept.status = "running".into();
            kept.clear_report();
            kept.clear_rejects(tx)?;
            kept.save(tx)?;
            Ok(kept)
        })?;
    }
    let set = job.change_set.ok_or_else(|| Error::internal("an import has a change set"))?;
    if !prepared.plan.new_fields.is_empty() {
        let made = NewFields::of(prepared);
        workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| {
            let made = made.add(tx)?;
            if made.is_empty() { Ok(()) } else { tx.note_fields(set, &made) }
        })?;
    }
    let into = Into { object: prepared.plan.object.clone(), key: prepared.plan.key.clone(), set };
    let mut rows = Rows::open(&job.file, prepared, job.done)?;
    let mut pace = Pace::new();
    while let Some(piece) = rows.next(pace.size()) {
        let (kept, into, n) = (job.clone(), into.clone(), piece.rows.len());
        // A transaction of its own, since SQLite would copy every page before it changes if others' writes shared it.
        let (after, took) = workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| {
            let started = tx.clock_ms();
            let job = write_piece(tx, &into, kept, &piece)?;
            Ok((job, tx.clock_ms() - started))
        })?;
        job = after;
        pace.took(n, took);
        progress(u64::try_from(job.done).unwrap_or(0), prepared.rows);
    }
    loop {
        let (mut kept, into) = (job, into.clone());
        let more;
        (job, more) = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
            let mut links = kept.links();
            let more = late::settle_kept(tx, kept.id, &into, &mut links)?;
            kept.note_links(&links);
            if !more {
                kept.status = "done".into();
                tx.finish_change_set(into.set, "done", &kept.counts())?;
            }
            kept.save(tx)?;
            Ok((kept, more))
        })?;
        if !more {
            return Ok(job);
        }
    }
}
fn write_piece(tx: &mut Tx, into: &Into, mut job: Job, piece: &Piece) -> Result<Job> {
    let mut links = job.links();
    let doubles = doubles::look(tx, into, piece)?;
    let done = chunk::write(tx, into, &piece.rows, &mut links, &[])?;
    late::keep(tx, job.id, &done.late)?;
    let mut refused: Vec<Json> = piece.rejected.iter().map(rejected_json).collect();
    refused.extend(done.refused.iter().map(|(index, answer)| piece.refusal(*index, answer)));
    refused.sort_by_key(|row| row["line"].as_u64());
    job.reject(tx, refused)?;
    job.done += piece.read;
    job.created += done.count(Fate::Created);
    job.updated += done.count(Fate::Updated);
    job.unchanged += done.count(Fate::Unchanged);
    job.rejected += i64::try_from(piece.rejected.len() + done.refused.len()).unwrap_or(0);
    job.note_piece(piece);
    job.note_doubles(doubles);
    job.note_left_out(done.left_out);
    job.note_links(&links);
    job.save(tx)?;
    Ok(job)
}
/// Imports run long: every chunk has the time at which it is written.
pub(super) fn at_now(workspace: &Workspace, ctx: &Ctx) -> Ctx {
    Ctx { now_ms: workspace.now_ms(), through: kernel::Through::Import, ..ctx.clone() }
}

/// Custom fields that the mapping makes.
#[derive(Clone)]
pub(super) struct NewFields {
    object: String,
    fields: Vec<crate::import::plan::NewField>,
}
impl NewFields {
    pub(super) fn of(prepared: &Prepared) -> NewFields {
        NewFields { object: prepared.plan.object.clone(), fields: prepared.plan.new_fields.clone() }
    }
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
    pub(super) fn add(&self, tx: &mut Tx) -> Result<Vec<Json>> {
        add_fields(tx, &self.object, &self.fields)
    }
}
/// Adds what is not there, and brings back what an undo has archived. What it made, for the change set.
pub(super) fn add_fields(tx: &mut Tx, name: &str, fields: &[crate::import::plan::NewField]) -> Result<Vec<Json>> {
    let mut made = Vec::new();
    for field in fields {
        let object = tx.object(name)?;
        let kind = |f: &metadata::Field| serde_json::to_value(f.kind()).ok().and_then(|t| t.as_object()?.keys().next().cloned());
        match object.fields.get(&field.name) {
            Some(have) if !have.is_archived() => continue,
            Some(have) if have.def.custom && kind(have) == field.definition.as_object().and_then(|d| d.keys().next().cloned()) => {
                tx.change_field(name, &field.name, &json!({"archived": false}))?;
            }
            _ => drop(tx.add_field(name, &serde_json::to_value(field).unwrap_or(Json::Null))?),
        }
        if let Some(field) = tx.object(name)?.field(&field.name) {
            made.push(json!({"object": name, "field": field.def.id, "what": "made"}));
        }
    }
    Ok(made)
}
