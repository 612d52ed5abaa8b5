//! An import as it is kept, so that it survives a restart.

use kernel::{Error, RecordId, Result};
use records::{OrDb, Tx};
use serde_json::{Value as Json, json};
use store::{Sql, Val};

/// What an import is started with.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub id: RecordId,
    pub object: String,
    /// Path of the file; it belongs to the import.
    pub file: String,
    pub file_name: String,
    pub mapping: Option<String>,
    pub key: Option<String>,
    /// Suggestions apply too.
    pub accept: bool,
    pub dry_run: bool,
    /// Stands for the file and how it is imported: the same again goes on where it was cut off.
    pub digest: Option<String>,
}
#[derive(Clone, Debug)]
pub struct Job {
    pub id: RecordId,
    pub by: String,
    pub object: String,
    pub file: String,
    pub file_name: String,
    pub mapping: Option<String>,
    pub key: Option<String>,
    pub accept: bool,
    pub dry_run: bool,
    pub status: String,
    pub rows: i64,
    /// Rows behind us.
    pub done: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
    pub change_set: Option<RecordId>,
    /// Columns, questions, remarks, warnings, preview.
    pub report: Json,
    pub error: Option<String>,
}

/// Rejected rows read at once.
const PAGE: usize = 1_000;
const COLUMNS: [&str; 20] =
    ["id", "by", "object", "file", "file_name", "mapping", "key", "status", "dry_run", "accept", "rows", "done", "created", "updated", "unchanged", "rejected", "change_set", "report", "error", "at"];

impl Job {
    pub fn insert(tx: &mut Tx, new: &NewJob) -> Result<Job> {
        let job = Job {
            id: new.id,
            by: tx.me().to_string(),
            object: new.object.clone(),
            file: new.file.clone(),
            file_name: new.file_name.clone(),
            mapping: new.mapping.clone(),
            key: new.key.clone(),
            accept: new.accept,
            dry_run: new.dry_run,
            status: "mapping".into(),
            rows: 0,
            done: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: 0,
            change_set: None,
            report: json!({}),
            error: None,
        };
        let now = tx.now_ms();
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"by\", \"at\", \"digest\") VALUES (", tx.db().table("import_job")));
        q.arg(job.id.to_string()).push(", ").arg(job.by.as_str()).push(", ").arg(now).push(", ").arg(new.digest.clone()).push(")");
        tx.db().exec(&q).or_db()?;
        job.save(tx)?;
        Ok(job)
    }
    /// # Errors
    /// 404 where it is not there or somebody else's, unless the asker may make mass changes.
    pub fn load(tx: &mut Tx, id: RecordId) -> Result<Job> {
        let names = COLUMNS.map(|c| format!("\"{c}\"")).join(", ");
        let q = Sql::with(format!("SELECT {names} FROM {} WHERE \"id\" = $1", tx.db().table("import_job")), [id.to_string()]);
        let row = tx.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("import"))?;
        let text = |i: usize| match row.get(i) {
            Some(Val::Text(t)) => Some(t.clone()),
            _ => None,
        };
        let int = |i: usize| match row.get(i) {
            Some(Val::Int(n)) => *n,
            _ => 0,
        };
        let job = Job {
            id,
            by: text(1).unwrap_or_default(),
            object: text(2).unwrap_or_default(),
            file: text(3).unwrap_or_default(),
            file_name: text(4).unwrap_or_default(),
            mapping: text(5),
            key: text(6),
            status: text(7).unwrap_or_default(),
            dry_run: int(8) == 1,
            accept: int(9) == 1,
            rows: int(10),
            done: int(11),
            created: int(12),
            updated: int(13),
            unchanged: int(14),
            rejected: int(15),
            change_set: text(16).and_then(|s| s.parse().ok()),
            report: text(17).and_then(|j| serde_json::from_str(&j).ok()).unwrap_or(Json::Null),
            error: text(18),
        };
        if job.by != tx.me().to_string() && !tx.rights().capability("mass_change") && !tx.is_system() {
            return Err(Error::not_found("import"));
        }
        Ok(job)
    }
    /// The asker's import of the same file in the same way that a kill or a stop has cut off, and that nobody has taken back.
    ///
    /// # Errors
    /// Of the store.
    pub fn cut_off(tx: &mut Tx, digest: &str) -> Result<Option<Job>> {
        let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"digest\" = ", tx.db().table("import_job")));
        q.arg(digest).push(" AND \"by\" = ").arg(tx.me().to_string()).push(" AND \"status\" IN ('running', 'failed') AND \"dry_run\" = 0 AND \"change_set\" IS NOT NULL ORDER BY \"at\" DESC LIMIT 1");
        let Some(id) = tx.db().one(&q).or_db()?.as_deref().and_then(|row| row.first()?.as_str()?.parse().ok()) else { return Ok(None) };
        let job = Job::load(tx, id)?;
        let open = match job.change_set {
            Some(set) => !tx.is_undone(set)?,
            None => false,
        };
        let cut = job.status == "running" || job.report.get("cut_off") == Some(&json!(true));
        Ok(Some(job).filter(|job| open && cut && !super::alive::is(job.id)))
    }
    /// Says that a process has ended in the middle of it. What is in can be taken back, or the same import goes on.
    ///
    /// # Errors
    /// Of the store.
    pub fn note_cut_off(mut self, tx: &mut Tx) -> Result<()> {
        self.status = "failed".into();
        self.error = Some("The import was cut off. Run the same command again to go on where it stopped, or undo its change set.".into());
        self.put("cut_off", json!(true));
        self.save(tx)?;
        self.change_set.map_or(Ok(()), |set| tx.finish_change_set(set, "failed", &self.counts()))
    }
    /// Imports that were running when their process ended.
    ///
    /// # Errors
    /// Of the store.
    pub fn unfinished(tx: &mut Tx) -> Result<Vec<Job>> {
        let q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"status\" = 'running' ORDER BY \"id\"", tx.db().table("import_job")));
        let ids: Vec<RecordId> = tx.db().rows(&q).or_db()?.iter().filter_map(|row| row.first()?.as_str()?.parse().ok()).collect();
        ids.into_iter().map(|id| Job::load(tx, id)).collect()
    }
    pub fn save(&self, tx: &mut Tx) -> Result<()> {
        let set: Vec<(&str, Val)> = vec![
            ("object", self.object.as_str().into()),
            ("file", self.file.as_str().into()),
            ("file_name", self.file_name.as_str().into()),
            ("mapping", self.mapping.clone().into()),
            ("key", self.key.clone().into()),
            ("status", self.status.as_str().into()),
            ("dry_run", i64::from(self.dry_run).into()),
            ("accept", i64::from(self.accept).into()),
            ("rows", self.rows.into()),
            ("done", self.done.into()),
            ("created", self.created.into()),
            ("updated", self.updated.into()),
            ("unchanged", self.unchanged.into()),
            ("rejected", self.rejected.into()),
            ("change_set", self.change_set.map(|s| s.to_string()).into()),
            ("report", self.report.to_string().into()),
            ("error", self.error.clone().into()),
        ];
        let mut q = Sql::new(format!("UPDATE {} SET ", tx.db().table("import_job")));
        for (i, (name, value)) in set.into_iter().enumerate() {
            q.push(if i > 0 { ", " } else { "" }).ident(name).push(" = ").arg(value);
        }
        q.push(" WHERE \"id\" = ").arg(self.id.to_string());
        tx.db().exec(&q).or_db()?;
        Ok(())
    }
    /// The import object of the contract.
    pub fn json(&self) -> Json {
        let errors_url = (self.rejected > 0).then(|| format!("/api/v1/imports/{}/errors", self.id));
        let mut out = json!({
            "id": self.id.to_string(), "object": self.object, "file": self.file_name, "status": self.status, "dry_run": self.dry_run, "rows": self.rows, "done": self.done, "created": self.created, "updated": self.updated,
            "unchanged": self.unchanged, "rejected": self.rejected, "change_set": self.change_set.map(|s| s.to_string()), "errors_url": errors_url, "error": self.error,
        });
        if let (Some(map), Json::Object(report)) = (out.as_object_mut(), &self.report) {
            map.extend(report.clone());
        }
        out
    }
    /// Counts for the change set.
    pub fn counts(&self) -> Json {
        json!({"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "rejected": self.rejected})
    }
    /// Keeps rejected rows: line, cells, reason.
    pub(super) fn reject(&self, tx: &mut Tx, rows: Vec<Json>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut rows = rows.into_iter().map(|row| vec![Val::Text(self.id.to_string()), Val::Int(row["line"].as_i64().unwrap_or(0)), Val::Text(row.to_string())]);
        tx.db().bulk_insert("import_reject", &["import", "line", "json"], &mut rows).or_db()?;
        Ok(())
    }
    /// A page of rejected rows behind a place, in the order of the file; and the place of the next page.
    pub fn rejects(&self, tx: &mut Tx, after: i64) -> Result<(Vec<Json>, Option<i64>)> {
        let q = Sql::with(
            format!("SELECT \"seq\", \"json\" FROM {} WHERE \"import\" = $1 AND \"seq\" > $2 ORDER BY \"seq\" LIMIT {PAGE}", tx.db().table("import_reject")),
            [Val::from(self.id.to_string()), Val::Int(after)],
        );
        let rows = tx.db().rows(&q).or_db()?;
        let next = rows.last().and_then(|row| row.first()?.as_int()).filter(|_| rows.len() == PAGE);
        Ok((rows.iter().filter_map(|row| serde_json::from_str(row.get(1)?.as_str()?).ok()).collect(), next))
    }
    pub(super) fn clear_rejects(&self, tx: &mut Tx) -> Result<()> {
        for table in ["import_reject", "import_late"] {
            let q = Sql::with(format!("DELETE FROM {} WHERE \"import\" = $1", tx.db().table(table)), [self.id.to_string()]);
            tx.db().exec(&q).or_db()?;
        }
        Ok(())
    }
}
