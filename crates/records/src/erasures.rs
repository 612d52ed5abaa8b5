//! The ledger of erasures: ids only, in the database and in a file beside it that a restore leaves alone. What stands in the
//! file and not in the database came back with a backup: it is erased again before anybody can ask for it.

use crate::{LogEntry, OrDb, tx::Tx, workspace::Workspace};
use kernel::{Actor, Ctx, RecordId, Result, Through};
use serde_json::{Value as Json, json};
use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Component, Path, PathBuf},
};
use store::{Sql, Val};

/// What other parts keep of a person outside records: they let go of it, and name files to be removed, below the
/// workspace's folder of files.
pub type Eraser = fn(&mut Tx, files: &Path) -> Result<Vec<PathBuf>>;

/// An erasure to be noted.
pub struct Erasure {
    pub object: String,
    pub record: RecordId,
    /// How many records of which object.
    pub counts: Json,
    /// Hashes of contents that belong to nobody any more.
    pub contents: Vec<String>,
}

impl Tx<'_> {
    /// Lets other parts of the program forget, and notes the erasure; its id. Files are removed after the commit.
    pub fn note_erasure(&mut self, erasure: &Erasure) -> Result<RecordId> {
        self.may_erase()?;
        let folder = self.inner().files.clone();
        let mut files: Vec<PathBuf> = erasure.contents.iter().filter(|h| h.len() > 2).map(|hash| PathBuf::from(&hash[..2]).join(hash)).collect();
        for eraser in self.catalogue().clone().erasers() {
            files.extend(eraser(self, &folder)?);
        }
        let files: Vec<String> = files.iter().filter_map(|f| f.strip_prefix(&folder).unwrap_or(f).to_str().map(str::to_owned)).collect();
        let (id, me, now) = (self.new_id(), self.me().to_string(), self.now_ms());
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"object\", \"record\", \"at\", \"by\", \"status\", \"counts\", \"files\") VALUES (", self.db().table("sys_erasure")));
        q.list([
            Val::from(id.to_string()),
            erasure.object.as_str().into(),
            erasure.record.to_string().into(),
            now.into(),
            me.into(),
            "running".into(),
            erasure.counts.to_string().into(),
            json!(files).to_string().into(),
        ])
        .push(")");
        self.db().exec(&q).or_db()?;
        self.log(LogEntry::new("erasure").object(&erasure.object).record(erasure.record).detail("counts", erasure.counts.clone()))?;
        Ok(id)
    }
    /// `{id,status,at,counts}` of the last erasure of a record.
    pub fn erasure_of(&mut self, object: &str, record: RecordId) -> Result<Option<Json>> {
        let mut q = Sql::new(format!("SELECT \"id\", \"status\", \"at\", \"counts\" FROM {} WHERE \"record\" = ", self.db().table("sys_erasure")));
        q.arg(record.to_string()).push(" AND \"object\" = ").arg(object).push(" ORDER BY \"at\" DESC LIMIT 1");
        Ok(match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(id), Val::Text(status), Val::Int(at), Val::Text(counts)]) => {
                Some(json!({"id": id, "status": status, "at": crate::json::instant(*at), "erased": serde_json::from_str::<Json>(counts).unwrap_or(Json::Null)}))
            }
            _ => None,
        })
    }
    fn erasures(&mut self, status: Option<&str>) -> Result<Vec<Noted>> {
        let mut q = Sql::new(format!("SELECT \"id\", \"object\", \"record\", \"files\" FROM {}", self.db().table("sys_erasure")));
        if let Some(status) = status {
            q.push(" WHERE \"status\" = ").arg(status);
        }
        let rows = self.db().rows(&q).or_db()?;
        let text = |row: &[Val], i: usize| row.get(i).and_then(Val::as_str).unwrap_or_default().to_owned();
        Ok(rows.iter().map(|row| Noted { id: text(row, 0), line: format!("{} {}", text(row, 1), text(row, 2)), files: serde_json::from_str(&text(row, 3)).unwrap_or_default() }).collect())
    }
}
struct Noted {
    id: String,
    /// As it stands in the ledger: object and id.
    line: String,
    files: Vec<String>,
}

impl Workspace {
    /// The file of ids, beside the folder of files.
    pub fn ledger(files: &Path) -> PathBuf {
        files.parent().unwrap_or(files).join("erasures")
    }
    fn system(&self) -> Ctx {
        Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms())
    }
    /// Brings ledger and database together: what was erased before a restore is erased again. Blocking.
    pub(crate) fn replay_erasures(&self) -> Result<()> {
        let path = Workspace::ledger(self.files_dir());
        let (noted, kept) = (self.read_blocking(&self.system(), |tx| tx.erasures(None))?, lines(&path)?);
        let there: HashSet<&str> = noted.iter().map(|n| n.line.as_str()).collect();
        let mut again = 0;
        for line in kept.iter().filter(|line| !there.contains(line.as_str())) {
            let Some((object, id)) = line.split_once(' ').and_then(|(object, id)| Some((object.to_owned(), id.parse::<RecordId>().ok()?))) else { continue };
            let Some(gate) = self.catalogue().gate() else { continue };
            self.write_blocking(&self.system(), move |tx| (gate.erase)(tx, &object, id).map(drop))?;
            again += 1;
        }
        self.keep_ledger()?;
        if again > 0 {
            tracing::warn!(people = again, "a backup brought people back that had been erased; they are erased again");
            self.finish_erasures()?;
        }
        Ok(())
    }
    /// Writes down, durably, which erasures the database holds.
    ///
    /// # Errors
    /// Of the store or the file system.
    pub fn keep_ledger(&self) -> Result<()> {
        let path = Workspace::ledger(self.files_dir());
        let noted = self.read_blocking(&self.system(), |tx| tx.erasures(None))?;
        let kept: HashSet<String> = lines(&path)?.into_iter().collect();
        let fresh: String = noted.iter().filter(|n| !kept.contains(&n.line)).map(|n| format!("{}\n", n.line)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let written = OpenOptions::new().append(true).create(true).open(&path).and_then(|mut file| {
            file.write_all(fresh.as_bytes())?;
            file.sync_all()?;
            path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        });
        written.map_err(|e| failed(&path, &e))
    }
    /// Removes files and rewrites what still holds remains: index, free pages, log. Then the erasures are done. Blocking.
    ///
    /// # Errors
    /// Of the store or the file system; it is tried again.
    pub fn finish_erasures(&self) -> Result<()> {
        let running = self.read_blocking(&self.system(), |tx| tx.erasures(Some("running")))?;
        if running.is_empty() {
            return Ok(());
        }
        self.keep_ledger()?;
        for file in running.iter().flat_map(|e| &e.files) {
            if !Path::new(file).components().all(|c| matches!(c, Component::Normal(_))) {
                continue; // not below our folder
            }
            match std::fs::remove_file(self.files_dir().join(file)) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed(Path::new(file), &e)),
                _ => {}
            }
        }
        self.index_pending()?;
        self.write_blocking(&self.system(), |tx| tx.rewrite_index())?;
        self.write_blocking(&self.system(), |tx| tx.prune_words())?;
        self.store().compact().or_db()?;
        let ids: Vec<String> = running.into_iter().map(|e| e.id).collect();
        self.write_blocking(&self.system(), move |tx| {
            let mut q = Sql::new(format!("UPDATE {} SET \"status\" = 'done', \"files\" = NULL WHERE \"id\" IN (", tx.db().table("sys_erasure")));
            q.list(ids).push(")");
            tx.db().exec(&q).or_db().map(drop)
        })
    }
}
fn lines(path: &Path) -> Result<Vec<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(vec![]),
        Err(e) => Err(failed(path, &e)),
    }
}
fn failed(path: &Path, e: &std::io::Error) -> kernel::Error {
    kernel::Error::internal(format!("{} could not be read or written: {e}", path.display()))
}
