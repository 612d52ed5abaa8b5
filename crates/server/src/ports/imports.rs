//! The import engine behind the port of `api`.

use api::{Imports, NewImport, ReadyFile};
use integration::{
    import::reject::{Problem, RejectWriter, Rejected},
    run::{self, Job, NewJob},
};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::{Tx, Workspace};
use serde_json::{Map, Value as Json, json};
use std::time::Duration;

pub(super) struct Engine;

fn new_job(import: &NewImport) -> NewJob {
    NewJob {
        id: import.id,
        object: import.object.clone(),
        file: import.file.display().to_string(),
        file_name: import.file_name.clone(),
        mapping: import.mapping.clone(),
        key: import.key.clone(),
        accept: false,
        dry_run: import.dry_run,
        digest: None, // goes on by itself
    }
}

impl Imports for Engine {
    fn look(&self, workspace: &Workspace, ctx: &Ctx, import: &NewImport) -> Result<()> {
        run::look(workspace, ctx, &new_job(import))
    }
    fn start(&self, tx: &mut Tx, import: &NewImport) -> Result<Json> {
        if tx.registry().object(&import.object).is_none() {
            return Err(Error::field("object", "unknown_object", format!("\"{}\" is not an object here.", import.object)));
        }
        let mut job = Job::insert(tx, &new_job(import))?;
        job.status = "running".into();
        job.save(tx)?;
        Ok(job.json())
    }
    fn status(&self, tx: &mut Tx, id: RecordId) -> Result<Json> {
        Ok(Job::load(tx, id)?.json())
    }
    fn change(&self, tx: &mut Tx, id: RecordId, change: &Map<String, Json>) -> Result<Json> {
        let mut job = Job::load(tx, id)?;
        if job.status != "mapping" {
            return Err(Error::new(Code::Conflict, "not_mapping", "This import is running or done; its mapping can no longer change."));
        }
        if let Some(odd) = change.keys().find(|name| !matches!(name.as_str(), "mapping" | "key")) {
            return Err(Error::field(odd, "unknown_field", format!("\"{odd}\" cannot be changed here; there are mapping and key.")));
        }
        match change.get("mapping") {
            Some(Json::String(text)) => job.mapping = Some(text.clone()),
            Some(map @ Json::Object(_)) => job.mapping = Some(map.to_string()),
            _ => return Err(Error::field("mapping", "required", "\"mapping\" is MAP.toml or the same as JSON.")),
        }
        match change.get("key") {
            None => {}
            Some(Json::Null) => job.key = None,
            Some(Json::String(key)) => job.key = Some(key.to_owned()),
            Some(_) => return Err(Error::field("key", "wrong_type", "\"key\" is the name of a field.")),
        }
        job.save(tx)?;
        Ok(job.json())
    }
    fn run(&self, tx: &mut Tx, id: RecordId, dry_run: bool) -> Result<Json> {
        let mut job = Job::load(tx, id)?;
        if job.status != "mapping" {
            return Err(Error::new(Code::Conflict, "not_mapping", "This import is running or done already."));
        }
        job.dry_run = dry_run;
        job.status = "running".into();
        if let Some(map) = job.report.as_object_mut() {
            map.insert("asked".into(), json!(true));
        }
        job.save(tx)?;
        Ok(job.json())
    }
    fn rejected(&self, tx: &mut Tx, id: RecordId) -> Result<ReadyFile> {
        let job = Job::load(tx, id)?;
        let columns: Vec<_> = job
            .report
            .get("columns")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(|c| c.get("header").and_then(Json::as_str))
            .map(|name| integration::import::reader::Column { name: name.to_owned(), original: name.to_owned() })
            .collect();
        let io = |e: String| Error::internal(format!("the rejected rows could not be written: {e}"));
        let folder = tx.files_dir().join("imports");
        std::fs::create_dir_all(&folder).map_err(|e| io(e.to_string()))?;
        let path = folder.join(format!("{}.rejected.csv", job.id));
        let file = std::fs::File::create(&path).map_err(|e| io(e.to_string()))?;
        let mut writer = RejectWriter::new(file, &columns).map_err(|e| io(e.to_string()))?;
        let mut after = Some(-1);
        while let Some(place) = after {
            let (rows, next) = job.rejects(tx, place)?;
            for row in rows {
                let cells = row.get("cells").and_then(Json::as_array).into_iter().flatten().map(|c| c.as_str().unwrap_or("").to_owned()).collect();
                let detail = row.get("reason").and_then(Json::as_str).unwrap_or("").to_owned();
                let line = row.get("line").and_then(Json::as_u64).unwrap_or(0);
                let problems = vec![Problem { column: String::new(), field: None, code: "rejected".into(), detail }];
                writer.write(&Rejected { line, cells, problems }).map_err(|e| io(e.to_string()))?;
            }
            after = next;
        }
        writer.finish().map_err(|e| io(e.to_string()))?;
        Ok(ReadyFile { path, name: format!("rejected-{}.csv", job.id), media_type: "text/csv; charset=utf-8".into() })
    }
    fn wake(&self, workspace: &Workspace, ctx: &Ctx, id: RecordId) {
        let (workspace, ctx) = (workspace.clone(), ctx.clone());
        tokio::task::spawn_blocking(move || work(&workspace, &ctx, id));
    }
}

/// Looks at the file, then runs it, or waits to be told. Whatever goes wrong is kept with the import; while the database
/// cannot be reached nothing can be kept: the import goes on where it stands once it can.
pub(crate) fn work(workspace: &Workspace, ctx: &Ctx, id: RecordId) {
    let mut pause = Duration::from_millis(500);
    while let Err(error) = work_once(workspace, ctx, id) {
        if error.code != Code::Unavailable {
            return tracing::error!(%error, "the end of an import could not be kept");
        }
        if error.reason == "closing" {
            return; // goes on at the next start
        }
        tracing::warn!(import = %id, %error, "an import waits for the database");
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

/// # Errors
/// Where nothing could be kept.
fn work_once(workspace: &Workspace, ctx: &Ctx, id: RecordId) -> Result<()> {
    let now = || Ctx { now_ms: workspace.now_ms(), ..ctx.clone() };
    let job = workspace.read_blocking(&now(), move |tx| Job::load(tx, id))?;
    let running = job.status == "running";
    let result = run::prepare(workspace, &now(), &job).and_then(|prepared| {
        let asked = job.report.get("asked") == Some(&json!(true)) || job.mapping.is_some();
        let may_run = running && (asked || prepared.is_clear());
        let mut looked = job.clone();
        looked.rows = i64::try_from(prepared.rows).unwrap_or(0);
        if let Some(map) = looked.report.as_object_mut() {
            map.insert("columns".into(), prepared.columns_json());
            map.insert("questions".into(), json!(prepared.questions));
            map.insert("unmapped".into(), json!(prepared.plan.unmapped));
            map.insert("remarks".into(), json!(prepared.plan.remarks));
            map.insert("notices".into(), json!(prepared.notices));
        }
        if !may_run {
            looked.status = "mapping".into();
        }
        let kept = looked.clone();
        workspace.write_blocking(&now(), move |tx| kept.save(tx))?;
        if may_run { run::run(workspace, &now(), looked, &prepared, &mut |_, _| {}).map(drop) } else { Ok(()) }
    });
    let Err(error) = result else { return Ok(()) };
    if error.code == Code::Unavailable {
        return Err(error);
    }
    workspace.write_blocking(&now(), move |tx| {
        let mut job = Job::load(tx, id)?;
        // A mapping that does not fit can be mended; a file that cannot be read cannot.
        job.status = if job.change_set.is_none() && error.fields.iter().any(|f| f.field == "mapping") { "mapping".into() } else { "failed".into() };
        let problems: Vec<&str> = error.fields.iter().map(|f| f.detail.as_str()).filter(|d| *d != error.detail).collect();
        job.error = Some([&[error.detail.as_str()], problems.as_slice()].concat().join("\n"));
        job.save(tx)
    })
}
