//! Exports: a page after another under the rights of whoever asked, written by the port, kept for a day.

mod work;

use crate::{
    ports::{Column, ExportWriter, Format, ReadyFile},
    request_id::hex,
};
use access::{Exit, Permit};
use kernel::{Code, Ctx, Error, RecordId, Result};
use metadata::bind_path;
use records::{Find, OrDb, Tx, Workspace};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc, time::Duration};
use store::{
    Sql, Val,
    ddl::{ColumnKind, TableSpec},
};
use tokio::{sync::Semaphore, time::timeout};
use work::{Outcome, note, work};

/// How long a finished file stays, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// A running export that has not moved for this long belongs to a process that is gone.
const LOST_MS: i64 = 60 * 1000;
/// Progress is written down at most that often.
const TOUCH_MS: i64 = 2_000;
const PAGE: u32 = 500;
/// Exports at the same time in one process.
pub(crate) const PLACES: usize = 2;
/// Exports of one person at the same time.
const PER_PERSON: i64 = 5;
/// How often a waiting job says that it lives.
const WAIT: Duration = Duration::from_secs(20);

pub(crate) fn table() -> TableSpec {
    use ColumnKind::{Int, Text};
    crate::tables::table(
        "api_export",
        &[("id", Text), ("user", Text), ("rights", Text), ("object", Text), ("format", Text), ("status", Text), ("rows", Int), ("left_out", Int), ("detail", Text), ("at", Int), ("touched_at", Int)],
        &["id"],
        &["at"],
    )
}

/// What is to be exported.
pub(crate) struct Wanted {
    pub(crate) find: Find,
    pub(crate) format: Format,
    pub(crate) columns: Vec<Column>,
    pub(crate) aim: Aim,
    pub(crate) recipient: String,
}
/// What the file is meant for: people who may not be used for that are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aim {
    /// Code or id.
    pub(crate) purpose: Option<String>,
    pub(crate) channel: Option<String>,
}

impl Wanted {
    /// Checks the question by asking it for one row.
    ///
    /// # Errors
    /// 403 without the capability, 404 and 422 as a list has them.
    pub(crate) fn new(tx: &mut Tx, find: Find, format: Format, aim: Aim) -> Result<Wanted> {
        crate::leaving::permit(tx, Exit::Export, Some(&find.object), "export")?;
        let object = tx.object(&find.object)?;
        let fields = match &find.fields {
            Some(fields) => fields.clone(),
            None => object.live_fields().filter(|f| matches!(tx.rights().field(&object, f), access::FieldAccess::Read | access::FieldAccess::Write)).map(|f| f.name().to_owned()).collect(),
        };
        let find = Find { fields: Some(fields.clone()), limit: Some(1), ..find };
        tx.find(&find)?;
        if let Some(purpose) = &aim.purpose {
            (tx.gate()?.allowed)(tx, purpose, aim.channel.as_deref(), &find.object, &[])?;
        } else if aim.channel.is_some() {
            return Err(Error::field("channel", "needs_purpose", "A channel is kept to together with a purpose."));
        }
        if format == Format::Vcf && find.object != "contact" {
            return Err(Error::field("format", "unknown_option", "vcf is for contacts."));
        }
        let registry = tx.registry().clone();
        let columns = fields
            .iter()
            .map(|name| {
                let field = bind_path(&registry, &object, name)?.field;
                Ok(Column { name: name.clone(), label: field.def.label.clone(), kind: field.kind().value_type().name() })
            })
            .collect::<Result<_>>()?;
        Ok(Wanted { find: Find { limit: Some(PAGE), ..find }, format, columns, aim, recipient: tx.me().to_string() })
    }
}

/// Writes the job down, in the caller's transaction.
///
/// # Errors
/// 429 where five of the asker's exports are running.
pub(crate) fn start(tx: &mut Tx, id: RecordId, wanted: &Wanted) -> Result<Json> {
    let (user, rights, now) = (tx.me().to_string(), mark(tx), tx.now_ms());
    let mut q = Sql::new(format!("SELECT count(*) FROM {} WHERE \"status\" = 'running' AND \"touched_at\" > ", tx.db().table("api_export")));
    q.arg(now - LOST_MS).push(" AND \"user\" = ").arg(user.as_str());
    if matches!(tx.db().one(&q).or_db()?.as_deref(), Some([Val::Int(n)]) if *n >= PER_PERSON) {
        return Err(Error { retry_after: Some(5), ..Error::new(Code::TooMany, "too_many_exports", format!("{PER_PERSON} of your exports are running. Wait until one is done.")) });
    }
    let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"user\", \"rights\", \"object\", \"format\", \"status\", \"rows\", \"at\", \"touched_at\") VALUES (", tx.db().table("api_export")));
    q.list([Val::from(id.to_string()), user.into(), rights.into(), wanted.find.object.as_str().into(), wanted.format.extension().into(), "running".into(), 0i64.into(), now.into(), now.into()])
        .push(")");
    tx.db().exec(&q).or_db()?;
    Ok(json!({"id": id, "status": "running", "url": null, "rows": 0, "left_out": 0}))
}

struct Job {
    rights: String,
    object: String,
    format: Format,
    status: String,
    rows: i64,
    left_out: i64,
    detail: Option<String>,
    touched_at: i64,
}

/// The asker's own job.
fn job(tx: &mut Tx, id: RecordId) -> Result<Job> {
    let user = tx.me().to_string();
    let mut q = Sql::new(format!("SELECT \"rights\", \"object\", \"format\", \"status\", \"rows\", \"detail\", \"touched_at\", \"left_out\" FROM {} WHERE \"id\" = ", tx.db().table("api_export")));
    q.arg(id.to_string()).push(" AND \"user\" = ").arg(user).push(" AND \"at\" > ").arg(tx.now_ms() - KEPT_MS);
    let row = tx.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("export"))?;
    let text = |i: usize| row.get(i).and_then(Val::as_str).unwrap_or("").to_owned();
    let number = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
    let format = Format::parse(&text(2)).ok_or_else(|| Error::internal("an export has a format that does not exist"))?;
    Ok(Job { rights: text(0), object: text(1), format, status: text(3), rows: number(4), detail: Some(text(5)).filter(|d| !d.is_empty()), touched_at: number(6), left_out: number(7) })
}

/// `{id,status,url,rows,detail?}`
pub(crate) fn status(tx: &mut Tx, id: RecordId) -> Result<Json> {
    let job = job(tx, id)?;
    let lost = job.status == "running" && job.touched_at < tx.now_ms() - LOST_MS;
    let status = if lost { "failed" } else { &job.status };
    let url = (status == "done").then(|| format!("{}/exports/{id}/content", crate::BASE));
    let detail = if lost { Some("The server was stopped while this export ran. Export again.".to_owned()) } else { job.detail };
    Ok(json!({"id": id, "status": status, "url": url, "rows": job.rows, "left_out": job.left_out, "detail": detail}))
}

/// # Errors
/// 404 while it is not done; 409 where the asker's roles or teams are others than when it was made.
pub(crate) fn ready(tx: &mut Tx, id: RecordId, files: &Path) -> Result<(Permit, ReadyFile)> {
    let job = job(tx, id)?;
    let permit = crate::leaving::permit(tx, Exit::Export, Some(&job.object), "export")?;
    if job.status != "done" {
        return Err(Error::not_found("finished export"));
    }
    if job.rights != mark(tx) {
        return Err(Error::new(Code::Conflict, "rights_changed", "Your rights have changed since this export was made. Export again."));
    }
    let plural = tx.registry().object(&job.object).map_or(job.object.as_str(), |o| o.def.plural.as_str()).to_owned();
    Ok((permit, ReadyFile { path: place(files, id), name: format!("{plural}.{}", job.format.extension()), media_type: job.format.media_type().to_owned() }))
}

pub(crate) fn place(files: &Path, id: RecordId) -> std::path::PathBuf {
    files.join("exports").join(id.to_string())
}

/// What the asker's rights hang on, as far as it is theirs.
fn mark(tx: &Tx) -> String {
    let mut parts: Vec<_> = tx.rights().roles().iter().map(|r| r.name.clone()).chain(tx.rights().teams().iter().map(RecordId::to_string)).collect();
    parts.sort_unstable();
    hex(&Sha256::digest(parts.join("\n")))
}

/// Runs a job in the background, after its commit, when it has one of `places`: exports leave threads for screens.
pub(crate) fn run(workspace: Workspace, ctx: Ctx, writer: Arc<dyn ExportWriter>, places: Arc<Semaphore>, id: RecordId, wanted: Wanted) {
    tokio::spawn(async move {
        let place = loop {
            match timeout(WAIT, places.clone().acquire_owned()).await {
                Ok(place) => break place,
                // A sign of life, so that a job that waits is not taken for a lost one.
                Err(_elapsed) => {
                    let (workspace, ctx) = (workspace.clone(), ctx.clone());
                    drop(tokio::task::spawn_blocking(move || logged(id, note(&workspace, &ctx, id, "running", &Outcome::default()))).await);
                }
            }
        };
        tokio::task::spawn_blocking(move || {
            finish(&workspace, &ctx, &*writer, id, &wanted);
            drop(place);
        });
    });
}

fn finish(workspace: &Workspace, ctx: &Ctx, writer: &dyn ExportWriter, id: RecordId, wanted: &Wanted) {
    let outcome = work(workspace, ctx, writer, id, wanted);
    if outcome.is_err() {
        drop(std::fs::remove_file(place(workspace.files_dir(), id))); // may not be there yet
    }
    let noted = match outcome {
        Ok(outcome) => note(workspace, ctx, id, "done", &outcome).or_else(|e| {
            // What is not written down does not leave.
            tracing::error!(export = %id, error = %e, "an export could not be written down as a disclosure");
            drop(std::fs::remove_file(place(workspace.files_dir(), id)));
            note(workspace, ctx, id, "failed", &Outcome { detail: Some("It could not be written down what would leave. Export again.".to_owned()), ..Outcome::default() })
        }),
        Err(e) if e.code == Code::Internal => {
            tracing::error!(export = %id, detail = e.detail, "an export failed through our fault");
            note(workspace, ctx, id, "failed", &Outcome { detail: Some("Something went wrong on our side.".to_owned()), ..Outcome::default() })
        }
        Err(e) => note(workspace, ctx, id, "failed", &Outcome { detail: Some(e.detail), ..Outcome::default() }),
    };
    logged(id, noted);
}
fn logged(id: RecordId, noted: Result<()>) {
    if let Err(e) = noted {
        tracing::error!(export = %id, error = %e, "the state of an export could not be written down");
    }
}

/// Removes exports older than a day, rows and files, at most 500 in one go; the number removed.
///
/// # Errors
/// Of the store or the file system.
pub fn purge_exports(tx: &mut Tx, files: &Path) -> Result<u64> {
    let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"at\" < ", tx.db().table("api_export")));
    q.arg(tx.now_ms() - KEPT_MS).push(" LIMIT 500");
    let mut gone = 0;
    for row in tx.db().rows(&q).or_db()? {
        let Some(id) = row.first().and_then(Val::as_str).and_then(|id| id.parse::<RecordId>().ok()) else { continue };
        match std::fs::remove_file(place(files, id)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(crate::incoming::io_error(&e)),
            _ => {}
        }
        let q = Sql::with(format!("DELETE FROM {} WHERE \"id\" = $1", tx.db().table("api_export")), [id.to_string()]);
        gone += tx.db().exec(&q).or_db()?;
    }
    Ok(gone)
}
