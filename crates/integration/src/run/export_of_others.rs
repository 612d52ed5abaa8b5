//! The whole export of another system: objects made, rows written in an order in which references resolve.

use super::{
    chunk::{self, Fate, Into, Written},
    job::{Job, NewJob},
    late::{self, Late},
    links::Links,
    plan::open_error,
    registry::AllTargets,
    rows::Pace,
    work::at_now,
};
use crate::import::{
    assemble::ImportRow,
    detect::Locale,
    reader::Limits,
    salesforce::{self, BatchRow, ObjectBatch, SalesforceExport},
};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::{Tx, Workspace};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Records of an export that is tried as a whole, in one transaction that is taken back. A larger one is read and
/// converted only, and the answer says so: others must not wait.
const TRIED: i64 = 2_000;
/// Entries of a list in the answer.
const LISTED: usize = 500;
/// References settled in one transaction.
const STEP: usize = 500;

/// What came of it, by object of ours.
#[derive(Clone, Debug, Default)]
pub struct OtherReport {
    pub id: Option<RecordId>,
    pub change_set: Option<RecordId>,
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
    pub objects: BTreeMap<String, i64>,
    pub refused: Vec<Json>,
    /// Nothing was written to the workspace, not even for a moment.
    pub only_read: bool,
    pub notices: Vec<String>,
    links: Links,
}
impl OtherReport {
    pub fn json(&self, dry_run: bool) -> Json {
        json!({"id": self.id.map(|s| s.to_string()), "status": "done", "dry_run": dry_run, "tried": dry_run && !self.only_read, "rows": self.rows, "created": self.created, "updated": self.updated,
            "unchanged": self.unchanged, "rejected": self.rejected, "change_set": self.change_set.map(|s| s.to_string()), "objects": self.objects, "rejected_rows": self.refused,
            "missing": self.links.missing_json(), "notices": self.notices})
    }
    fn add(&mut self, batch: &ObjectBatch, rows: &[BatchRow], written: &Written) {
        self.created += written.count(Fate::Created);
        self.updated += written.count(Fate::Updated);
        self.unchanged += written.count(Fate::Unchanged);
        self.rejected += written.count(Fate::Refused);
        let room = LISTED.saturating_sub(self.refused.len());
        let refused = written.refused.iter().filter_map(|(index, answer)| Some((rows.get(*index)?, answer)));
        self.refused.extend(refused.take(room).map(|(row, answer)| json!({"object": batch.object, "source": row.source, "errors": answer.get("errors")})));
    }
}

/// Imports a Salesforce export (folder or zip). A dry run writes all and takes it back. Blocking.
///
/// # Errors
/// 422 for what cannot be read; 403 where the actor may not make the objects that it needs.
pub fn import_salesforce(workspace: &Workspace, ctx: &Ctx, path: &Path, dry_run: bool, progress: super::Progress) -> Result<OtherReport> {
    let (targets, locale) = workspace.read_blocking(ctx, |tx| {
        let settings = tx.settings();
        Ok((AllTargets::of(tx.registry()), Locale::of_language("en-US", settings.currency(), settings.zone())))
    })?;
    let export = salesforce::read(path, &targets, &locale, &Limits::default()).map_err(|e| open_error(&e))?;
    let mut report = OtherReport { notices: export.notices.iter().take(LISTED).map(ToString::to_string).collect(), ..OtherReport::default() };
    report.rows = export.batches.iter().map(|b| i64::try_from(b.rows.len()).unwrap_or(0)).sum();
    for batch in &export.batches {
        *report.objects.entry(batch.object.clone()).or_default() += i64::try_from(batch.rows.len()).unwrap_or(0);
    }
    let report = match dry_run {
        true if report.rows > TRIED => OtherReport { only_read: true, ..report },
        true => tried(workspace, ctx, export, report)?,
        false => written(workspace, ctx, path, &export, report, progress)?,
    };
    if report.rows > 0 && !report.only_read && report.created + report.updated + report.unchanged == 0 {
        return Err(Error::field("file", "nothing_taken", format!("None of the {} records could be taken: {}", report.rows, report.refused.first().map(Json::to_string).unwrap_or_default())));
    }
    Ok(report)
}

fn tried(workspace: &Workspace, ctx: &Ctx, export: SalesforceExport, mut report: OtherReport) -> Result<OtherReport> {
    let slot: Arc<Mutex<Option<OtherReport>>> = Arc::default();
    let out = slot.clone();
    let ended = workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| -> Result<()> {
        let set = tx.open_change_set("trial")?;
        for batch in &export.batches {
            define(tx, batch, set)?;
        }
        let mut waiting = Vec::new();
        for batch in &export.batches {
            let (written, late) = write_rows(tx, batch, &batch.rows, set, &mut report.links)?;
            report.add(batch, &batch.rows, &written);
            waiting.push((batch.object.clone(), late));
        }
        for (object, late) in waiting {
            late::settle_now(tx, &Into { object, key: None, set }, &late, &mut report.links)?;
        }
        *out.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        Err(Error::new(Code::Conflict, "trial_over", "A trial is taken back."))
    });
    match (ended, slot.lock().unwrap_or_else(PoisonError::into_inner).take()) {
        (Err(error), Some(report)) if error.reason == "trial_over" => Ok(report),
        (Err(error), _) => Err(error),
        (Ok(()), _) => Err(Error::internal("a trial was not taken back")),
    }
}

fn written(workspace: &Workspace, ctx: &Ctx, path: &Path, export: &SalesforceExport, mut report: OtherReport, progress: super::Progress) -> Result<OtherReport> {
    let (file, name) = (path.display().to_string(), path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
    let job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
        let id = tx.new_id();
        let mut job = Job::insert(tx, &NewJob { id, object: "salesforce".into(), file, file_name: name, mapping: None, key: Some("external_id".into()), accept: false, dry_run: false, digest: None })?;
        job.change_set = Some(tx.open_change_set("import")?);
        job.status = "running".into();
        job.save(tx)?;
        Ok(job)
    })?;
    let _alive = super::alive::Alive::new(job.id);
    let set = job.change_set.ok_or_else(|| Error::internal("an import has a change set"))?;
    (report.id, report.change_set) = (Some(job.id), Some(set));
    let done = carry(workspace, ctx, export, set, &mut report, progress);
    let (failed, mut job) = (done.as_ref().err().map(|e| e.detail.clone()), job);
    (job.rows, job.done, job.created, job.updated, job.unchanged, job.rejected) = (report.rows, report.rows, report.created, report.updated, report.unchanged, report.rejected);
    job.note_links(&report.links);
    workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
        job.status = if failed.is_some() { "failed" } else { "done" }.into();
        job.error = failed;
        tx.finish_change_set(set, &job.status, &job.counts())?;
        job.save(tx)
    })?;
    done.map(|()| report)
}
fn carry(workspace: &Workspace, ctx: &Ctx, export: &SalesforceExport, set: RecordId, report: &mut OtherReport, progress: super::Progress) -> Result<()> {
    for batch in &export.batches {
        if batch.definition.is_some() || !batch.new_fields.is_empty() {
            let batch = ObjectBatch { rows: vec![], ..batch.clone() };
            workspace.write_alone_blocking(&at_now(workspace, ctx), move |tx| define(tx, &batch, set))?;
        }
    }
    let (mut done, mut pace, mut waiting) = (0u64, Pace::new(), Vec::new());
    for batch in &export.batches {
        let mut rest = batch.rows.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(pace.size().min(rest.len()));
            rest = later;
            let (part, rows, mut links) = (ObjectBatch { rows: vec![], ..batch.clone() }, now.to_vec(), std::mem::take(&mut report.links));
            let (written, late, took);
            (written, late, report.links, took) = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
                let started = tx.clock_ms();
                let (written, late) = write_rows(tx, &part, &rows, set, &mut links)?;
                Ok((written, late, links, tx.clock_ms() - started))
            })?;
            pace.took(now.len(), took);
            report.add(batch, now, &written);
            waiting.push((batch.object.clone(), late));
            done += now.len() as u64;
            progress(done, u64::try_from(report.rows).unwrap_or(0));
        }
    }
    for (object, late) in &waiting {
        for some in late.chunks(STEP) {
            let (into, some, mut links) = (Into { object: object.clone(), key: None, set }, some.to_vec(), std::mem::take(&mut report.links));
            report.links = workspace.write_blocking(&at_now(workspace, ctx), move |tx| late::settle_now(tx, &into, &some, &mut links).map(|()| links))?;
        }
    }
    Ok(())
}

/// Makes the object and the fields that a batch needs.
fn define(tx: &mut Tx, batch: &ObjectBatch, set: RecordId) -> Result<()> {
    if let Some(definition) = &batch.definition
        && tx.registry().object(&batch.object).is_none()
    {
        tx.define_object(definition)?;
    }
    let made = super::work::add_fields(tx, &batch.object, &batch.new_fields)?;
    if made.is_empty() { Ok(()) } else { tx.note_fields(set, &made) }
}
/// Writes rows; references that must wait for later batches come back.
fn write_rows(tx: &mut Tx, batch: &ObjectBatch, rows: &[BatchRow], set: RecordId, links: &mut Links) -> Result<(Written, Vec<Late>)> {
    let into = Into { object: batch.object.clone(), key: Some("external_id".into()), set };
    let (mut now, mut later) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        let (late, fields) = row.fields.clone().into_iter().partition(|(name, _)| batch.late.contains(name));
        now.push(ImportRow { fields, points: row.points.clone(), objections: row.objections.clone(), note: row.note.clone(), ..ImportRow::default() });
        later.push(late);
    }
    let mut written = chunk::write(tx, &into, &now, links, &[])?;
    let mut late = std::mem::take(&mut written.late);
    for ((_, id), fields) in written.rows.iter().zip(later) {
        let fields: serde_json::Map<String, Json> = fields;
        if let Some(id) = id {
            late.extend(fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(field, value)| Late { id: *id, field, value }));
        }
    }
    Ok((written, late))
}
