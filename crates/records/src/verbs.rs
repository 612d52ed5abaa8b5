//! What domain verbs need of a transaction beside the generic doors.

use crate::{OrDb, record::Record, tx::Tx, write::Saved};
use access::Action;
use kernel::{RecordId, Result};
use store::{Sql, Val};

/// What a running verb tells the rules of its slice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running {
    name: Option<&'static str>,
    closed_at: Option<i64>,
    outcome: Option<&'static str>,
    whole_past: bool,
}

impl Tx<'_> {
    /// The record, if the asker may change it: 404, then 403.
    pub fn changeable(&mut self, object: &str, id: RecordId) -> Result<Record> {
        let object = self.object(object)?;
        self.changeable_record(&object, id, Action::Update)
    }
    /// The record, if the asker may read it: 404 otherwise.
    pub fn readable(&mut self, object: &str, id: RecordId) -> Result<Record> {
        let object = self.object(object)?;
        self.readable_record(&object, id)
    }
    pub fn update_action(&self) -> Action {
        Action::Update
    }
    /// Runs as part of a verb, so that rules know it is not a plain edit.
    pub fn with_verb<T>(&mut self, name: &'static str, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let had = std::mem::replace(&mut self.running, Running { name: Some(name), ..Running::default() });
        let out = f(self);
        self.running = had;
        out
    }
    pub fn with_closing<T>(&mut self, closed_at: Option<i64>, outcome: Option<&'static str>, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let had = std::mem::replace(&mut self.running, Running { name: Some("closure"), closed_at, outcome, ..Running::default() });
        let out = f(self);
        self.running = had;
        out
    }
    /// Runs an import of rows that bring all that follows from them: read-only fields, totals, the history of states.
    /// Rules check and derive before the write as always, but write nothing of their own after it.
    ///
    /// # Errors
    /// 403 unless a system actor acts that may import the past.
    pub fn with_whole_past<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if !self.is_system() || !self.rights().capability("import_past") {
            return Err(kernel::Error::forbidden("Only the system brings a whole past."));
        }
        let had = std::mem::replace(&mut self.running, Running { whole_past: true, ..Running::default() });
        let out = f(self);
        self.running = had;
        out
    }
    pub(crate) fn brings_whole_past(&self) -> bool {
        self.running.whole_past
    }
    pub fn verb_running(&self) -> Option<&'static str> {
        self.running.name
    }
    /// When the running closure says the deal was closed, milliseconds since 1970 UTC.
    pub fn verb_closed_at(&self) -> Option<i64> {
        self.running.closed_at
    }
    /// `cancelled`, where the running closure says so.
    pub fn verb_outcome(&self) -> Option<&'static str> {
        self.running.outcome
    }
    /// Runs under a change set, so that all of it can be taken back together.
    pub fn in_change_set<T>(&mut self, set: RecordId, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let had = self.change_set.replace(set);
        let out = f(self);
        self.change_set = had;
        out
    }
    /// Sets fields on the system's behalf, read-only ones too, under the asker's right to change the record.
    pub fn save_fields(&mut self, object: &str, id: RecordId, f: impl FnOnce(&mut Record, i64)) -> Result<Saved> {
        let before = self.changeable(object, id)?;
        let mut after = before.clone();
        f(&mut after, self.now_ms());
        self.save_derived(before, after)
    }
    /// The newest change set of a kind that touched a record and was not undone.
    pub fn change_set_of(&mut self, object: &str, id: RecordId, kind: &str) -> Result<Option<RecordId>> {
        let (history, sets) = (self.db().table("sys_history"), self.db().table("sys_change_set"));
        let mut q = Sql::new(format!("SELECT s.\"id\" FROM {history} h JOIN {sets} s ON s.\"id\" = h.\"change_set\" WHERE h.\"object\" = "));
        q.arg(object).push(" AND h.\"record\" = ").arg(id.to_string()).push(" AND s.\"kind\" = ").arg(kind).push(" ORDER BY h.\"seq\" DESC LIMIT 1");
        Ok(match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(id)]) => id.parse().ok(),
            _ => None,
        })
    }
    /// Whether an order's totals were last written by the system: then they follow its lines.
    pub fn computed_totals(&mut self, order: RecordId) -> Result<bool> {
        let q =
            Sql::with(format!("SELECT \"by\", \"plain\" FROM {} WHERE \"record\" = $1 AND \"kind\" = 'updated' ORDER BY \"seq\" DESC LIMIT 50", self.db().table("sys_history")), [order.to_string()]);
        let system = access::system_user("jobs").to_string();
        for row in self.db().rows(&q).or_db()? {
            if let [Val::Text(by), Val::Text(plain)] = row.as_slice()
                && plain.contains("\"order.net\"")
            {
                return Ok(*by == system);
            }
        }
        Ok(false)
    }
}
