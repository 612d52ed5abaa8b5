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
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"by\", \"at\") VALUES (", tx.db().table("import_job")));
        q.arg(job.id.to_string()).push(", ").arg(job.by.as_str()).push(", ").arg(now).push(")");
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
    pub fn reject(&self, tx: &mut Tx, line: u64, json: &Json) -> Result<()> {
        let mut q = Sql::new(format!("INSERT INTO {} (\"import\", \"line\", \"json\") VALUES (", tx.db().table("import_reject")));
        q.arg(self.id.to_string()).push(", ").arg(i64::try_from(line).unwrap_or(0)).push(", ").arg(json.to_string()).push(")");
        tx.db().exec(&q).or_db()?;
        Ok(())
    }
    /// Rejected rows in the order of the file: line, cells, reason.
    pub fn rejects(&self, tx: &mut Tx) -> Result<Vec<Json>> {
        let q = Sql::with(format!("SELECT \"json\" FROM {} WHERE \"import\" = $1 ORDER BY \"seq\"", tx.db().table("import_reject")), [self.id.to_string()]);
        Ok(tx
            .db()
            .rows(&q)
            .or_db()?
            .into_iter()
            .filter_map(|r| match r.into_iter().next() {
                Some(Val::Text(json)) => serde_json::from_str(&json).ok(),
                _ => None,
            })
            .collect())
    }
    pub fn clear_rejects(&self, tx: &mut Tx) -> Result<()> {
        let q = Sql::with(format!("DELETE FROM {} WHERE \"import\" = $1", tx.db().table("import_reject")), [self.id.to_string()]);
        tx.db().exec(&q).or_db()?;
        Ok(())
    }
}
