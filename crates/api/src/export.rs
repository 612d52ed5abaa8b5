//! Exports: a page after another under the rights of whoever asked, written by the port, kept for a day.

use crate::{
    ports::{Column, ExportWriter, Format, ReadyFile},
    request_id::hex,
};
use access::{Exit, Permit};
use kernel::{Code, Ctx, Error, RecordId, Result};
use metadata::bind_path;
use records::{Find, OrDb, Tx, Workspace};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::{fs::File, path::Path, sync::Arc, time::Duration};
use store::{
    Sql, Val,
    ddl::{ColumnKind, TableSpec},
};
use tokio::{sync::Semaphore, time::timeout};

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
        &[("id", Text), ("user", Text), ("rights", Text), ("object", Text), ("format", Text), ("status", Text), ("rows", Int), ("detail", Text), ("at", Int), ("touched_at", Int)],
        &["id"],
        &["at"],
    )
}

/// What is to be exported.
pub(crate) struct Wanted {
    pub(crate) find: Find,
    pub(crate) format: Format,
    pub(crate) columns: Vec<Column>,
}

impl Wanted {
    /// Checks the question by asking it for one row.
    ///
    /// # Errors
    /// 403 without the capability, 404 and 422 as a list has them.
    pub(crate) fn new(tx: &mut Tx, find: Find, format: Format) -> Result<Wanted> {
        crate::leaving::permit(tx, Exit::Export, Some(&find.object), "export")?;
        let object = tx.object(&find.object)?;
        let fields = match &find.fields {
            Some(fields) => fields.clone(),
            None => object.live_fields().filter(|f| matches!(tx.rights().field(&object, f), access::FieldAccess::Read | access::FieldAccess::Write)).map(|f| f.name().to_owned()).collect(),
        };
        let find = Find { fields: Some(fields.clone()), limit: Some(1), ..find };
        tx.find(&find)?;
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
        Ok(Wanted { find: Find { limit: Some(PAGE), ..find }, format, columns })
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
    Ok(json!({"id": id, "status": "running", "url": null, "rows": 0}))
}

struct Job {
    rights: String,
    object: String,
    format: Format,
    status: String,
    rows: i64,
    detail: Option<String>,
    touched_at: i64,
}

/// The asker's own job.
fn job(tx: &mut Tx, id: RecordId) -> Result<Job> {
    let user = tx.me().to_string();
    let mut q = Sql::new(format!("SELECT \"rights\", \"object\", \"format\", \"status\", \"rows\", \"detail\", \"touched_at\" FROM {} WHERE \"id\" = ", tx.db().table("api_export")));
    q.arg(id.to_string()).push(" AND \"user\" = ").arg(user).push(" AND \"at\" > ").arg(tx.now_ms() - KEPT_MS);
    let row = tx.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("export"))?;
    let text = |i: usize| row.get(i).and_then(Val::as_str).unwrap_or("").to_owned();
    let number = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
    let format = Format::parse(&text(2)).ok_or_else(|| Error::internal("an export has a format that does not exist"))?;
    Ok(Job { rights: text(0), object: text(1), format, status: text(3), rows: number(4), detail: Some(text(5)).filter(|d| !d.is_empty()), touched_at: number(6) })
}

/// `{id,status,url,rows,detail?}`
pub(crate) fn status(tx: &mut Tx, id: RecordId) -> Result<Json> {
    let job = job(tx, id)?;
    let lost = job.status == "running" && job.touched_at < tx.now_ms() - LOST_MS;
    let status = if lost { "failed" } else { &job.status };
    let url = (status == "done").then(|| format!("{}/exports/{id}/content", crate::BASE));
    let detail = if lost { Some("The server was stopped while this export ran. Export again.".to_owned()) } else { job.detail };
    Ok(json!({"id": id, "status": status, "url": url, "rows": job.rows, "detail": detail}))
}

/// # Errors
/// 404 while it is not done; 409 where the asker's roles or teams are others than when it was made.
pub(crate) fn ready(tx: &mut Tx, id: RecordId, files: &Path) -> Result<ReadyFile> {
    let job = job(tx, id)?;
    crate::leaving::permit(tx, Exit::Export, Some(&job.object), "export")?;
    if job.status != "done" {
        return Err(Error::not_found("finished export"));
    }
    if job.rights != mark(tx) {
        return Err(Error::new(Code::Conflict, "rights_changed", "Your rights have changed since this export was made. Export again."));
    }
    let plural = tx.registry().object(&job.object).map_or(job.object.as_str(), |o| o.def.plural.as_str()).to_owned();
    Ok(ReadyFile { path: place(files, id), name: format!("{plural}.{}", job.format.extension()), media_type: job.format.media_type().to_owned() })
}

fn place(files: &Path, id: RecordId) -> std::path::PathBuf {
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
                    drop(tokio::task::spawn_blocking(move || logged(id, note(&workspace, &ctx, id, "running", 0, None, None))).await);
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
        Ok((rows, permit)) => note(workspace, ctx, id, "done", rows, None, Some(permit)),
        Err(e) if e.code == Code::Internal => {
            tracing::error!(export = %id, detail = e.detail, "an export failed through our fault");
            note(workspace, ctx, id, "failed", 0, Some("Something went wrong on our side.".to_owned()), None)
        }
        Err(e) => note(workspace, ctx, id, "failed", 0, Some(e.detail), None),
    };
    logged(id, noted);
}
fn logged(id: RecordId, noted: Result<()>) {
    if let Err(e) = noted {
        tracing::error!(export = %id, error = %e, "the state of an export could not be written down");
    }
}

fn work(workspace: &Workspace, ctx: &Ctx, writer: &dyn ExportWriter, id: RecordId, wanted: &Wanted) -> Result<(i64, Permit)> {
    let io = |e: std::io::Error| crate::incoming::io_error(&e);
    let object = wanted.find.object.clone();
    let permit = workspace.read_blocking(ctx, move |tx| crate::leaving::permit(tx, Exit::Export, Some(&object), "export"))?;
    let path = place(workspace.files_dir(), id);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(io)?;
    let file = File::create_new(&path).map_err(io)?;
    let synced = file.try_clone().map_err(io)?;
    let mut rows = Rows { workspace, ctx, id, find: wanted.find.clone(), page: Vec::new().into_iter(), ended: false, given: 0, touched_at: workspace.now_ms() };
    let written = writer.write(wanted.format, &wanted.columns, &mut rows, file)?;
    synced.sync_all().map_err(io)?;
    Ok((i64::try_from(written).unwrap_or(i64::MAX), permit))
}

/// Pages of the list, each read under the rights of that moment.
struct Rows<'a> {
    workspace: &'a Workspace,
    ctx: &'a Ctx,
    id: RecordId,
    find: Find,
    page: std::vec::IntoIter<Json>,
    ended: bool,
    given: i64,
    touched_at: i64,
}
impl Rows<'_> {
    fn turn(&mut self) -> Result<()> {
        let (ctx, find) = (Ctx { now_ms: self.workspace.now_ms(), ..self.ctx.clone() }, self.find.clone());
        let bytes = self.workspace.read_blocking(&ctx, move |tx| {
            crate::leaving::permit(tx, Exit::Export, Some(&find.object), "export")?;
            tx.find(&find)
        })?;
        let mut page: Json = serde_json::from_slice(&bytes).map_err(|e| Error::internal(format!("a page is not JSON: {e}")))?;
        self.find.cursor = page["next_cursor"].as_str().map(str::to_owned);
        self.ended = self.find.cursor.is_none();
        if let Json::Array(items) = page["items"].take() {
            self.page = items.into_iter();
        }
        if ctx.now_ms - self.touched_at >= TOUCH_MS {
            self.touched_at = ctx.now_ms;
            note(self.workspace, &ctx, self.id, "running", self.given, None, None)?;
        }
        Ok(())
    }
}
impl Iterator for Rows<'_> {
    type Item = Result<Map<String, Json>>;
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(Json::Object(row)) = self.page.next() {
                self.given += 1;
                return Some(Ok(row));
            }
            if self.ended {
                return None;
            }
            if let Err(e) = self.turn() {
                self.ended = true;
                return Some(Err(e));
            }
        }
    }
}

fn note(workspace: &Workspace, ctx: &Ctx, id: RecordId, status: &'static str, rows: i64, detail: Option<String>, permit: Option<Permit>) -> Result<()> {
    let ctx = Ctx { now_ms: workspace.now_ms(), actor: kernel::Actor::System("jobs"), scopes: None, ..ctx.clone() };
    workspace.write_blocking(&ctx, move |tx| {
        if let Some(permit) = &permit {
            crate::leaving::disclose(tx, permit, rows, &format!("export {id}"))?;
        }
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = ", tx.db().table("api_export")));
        q.arg(status).push(", \"rows\" = ").arg(rows).push(", \"detail\" = ").arg(detail).push(", \"touched_at\" = ").arg(tx.now_ms()).push(" WHERE \"id\" = ").arg(id.to_string());
        tx.db().exec(&q).or_db().map(drop)
    })
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
