//! Who reads far more than usual is paused: a stolen token, or somebody who takes the customers along on the last day, reads
//! ten times what was read on other days. What is usual is the mean of the last four weeks' days on which something was
//! read; whoever has less than a week of them has nothing that is usual yet.

use super::{Batch, Key, Reads};
use crate::{LogEntry, OrDb, tx::Tx, workspace::Workspace};
use kernel::{Code, Ctx, Error, RecordId, Result, Through};
use serde_json::{Value as Json, json};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};
use store::{Sql, Val};

const DAY_MS: i64 = 86_400_000;
/// Days that are looked back,
const BACK: i64 = 28;
/// of which so many must have seen readings.
const DAYS: i64 = 7;
const TIMES: i64 = 10;
/// Fewer records in a day are never too many.
const FLOOR: i64 = 5_000;
/// Whoever was let go on is left alone that long.
const FREE_MS: i64 = DAY_MS;

/// Records of today, and of a usual day.
#[derive(Clone, Copy)]
struct Excess {
    today: i64,
    usual: i64,
}

/// `token ID` for a program, `user ID` for a person, whatever session they use.
pub(crate) fn reader(to: &str, by: RecordId) -> String {
    if to.starts_with("token ") { to.to_owned() } else { format!("user {by}") }
}
impl Key {
    fn reader(&self) -> String {
        reader(&self.recipient, self.by)
    }
}

/// Who is paused, as last read from the database.
#[derive(Default)]
pub(crate) struct Paused(Mutex<HashSet<String>>);
impl Paused {
    fn has(&self, reader: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(reader)
    }
    fn set(&self, readers: HashSet<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = readers;
    }
}

impl Batch {
    /// Records by reader since the last writing, and in whose name.
    fn counts(&self) -> HashMap<String, (RecordId, i64)> {
        let mut out: HashMap<String, (RecordId, i64)> = HashMap::new();
        for (key, tally) in &self.tallies {
            let entry = out.entry(key.reader()).or_insert((key.by, 0));
            entry.1 += i64::try_from(tally.ids.len()).unwrap_or(i64::MAX);
        }
        out
    }
}

impl Tx<'_> {
    /// # Errors
    /// 403 `reading_paused` for whoever read far more than usual, until an administrator lets them go on.
    pub(crate) fn may_go_on_reading(&self) -> Result<()> {
        let inner = self.inner();
        if inner.paused.has(&reader(&self.via(), self.me())) || inner.paused.has(&format!("user {}", self.me())) {
            return Err(Error::new(
                Code::Forbidden,
                "reading_paused",
                "Reading is paused: far more records were read today than on other days. An administrator can let it go on (Log, or rapport log paused).",
            ));
        }
        Ok(())
    }
    /// Adds what was read to the day's counts, and pauses whoever is beyond what is usual.
    pub(super) fn count_reads(&mut self, batch: &Batch) -> Result<()> {
        let day = self.now_ms() / DAY_MS;
        for (reader, (by, records)) in batch.counts() {
            let mut q = Sql::new(format!("INSERT INTO {} (\"reader\", \"day\", \"records\") VALUES (", self.db().table("sys_reader")));
            q.arg(reader.as_str()).push(", ").arg(day).push(", ").arg(records);
            let own = self.db().table("sys_reader");
            q.push(&format!(") ON CONFLICT (\"reader\", \"day\") DO UPDATE SET \"records\" = {own}.\"records\" + excluded.\"records\""));
            self.db().exec(&q).or_db()?;
            let mut q = Sql::new(format!("DELETE FROM {own} WHERE \"reader\" = "));
            q.arg(reader.as_str()).push(" AND \"day\" < ").arg(day - BACK);
            self.db().exec(&q).or_db()?;
            if let Some(excess) = self.excess(&reader, 0)? {
                self.pause(&reader, by, excess)?;
            }
        }
        Ok(())
    }
    /// Whether a reader is beyond what is usual; `beside`: records of today that are not counted yet.
    fn excess(&mut self, reader: &str, beside: i64) -> Result<Option<Excess>> {
        let day = self.now_ms() / DAY_MS;
        let mut q = Sql::new(format!(
            // sums of integers are numeric on PostgreSQL
            "SELECT CAST(COALESCE(SUM(CASE WHEN \"day\" = {day} THEN \"records\" END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN \"day\" < {day} THEN \"records\" END), 0) AS BIGINT), \
             COUNT(CASE WHEN \"day\" < {day} THEN 1 END) FROM {} WHERE \"reader\" = ",
            self.db().table("sys_reader")
        ));
        q.arg(reader).push(" AND \"day\" >= ").arg(day - BACK);
        let row = self.db().one(&q).or_db()?.unwrap_or_default();
        let number = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
        let (today, before, days) = (number(0) + beside, number(1), number(2));
        let beyond = days >= DAYS && today > FLOOR && today > TIMES * (before / days);
        Ok(beyond.then(|| Excess { today, usual: before / days }))
    }
    /// Unless an administrator has let them go on for today.
    fn pause(&mut self, reader: &str, by: RecordId, Excess { today, usual }: Excess) -> Result<()> {
        let (now, table) = (self.now_ms(), self.db().table("sys_paused"));
        let mut q = Sql::new(format!("INSERT INTO {table} (\"reader\", \"by\", \"at\", \"records\", \"usual\") VALUES ("));
        q.arg(reader).push(", ").arg(by.to_string()).push(", ").arg(now).push(", ").arg(today).push(", ").arg(usual);
        q.push(") ON CONFLICT (\"reader\") DO UPDATE SET \"at\" = excluded.\"at\", \"records\" = excluded.\"records\", \"usual\" = excluded.\"usual\", \"free_until\" = NULL");
        q.push(&format!(" WHERE {table}.\"free_until\" <= ")).arg(now);
        if self.db().exec(&q).or_db()? == 1 {
            tracing::warn!(reader, records = today, usual, "somebody read far more than usual and is paused; an administrator can let them go on");
            self.log(LogEntry::new("paused").record(reader.split(' ').nth(1).unwrap_or(reader)).detail("reader", reader).detail("count", today).detail("usual", usual))?;
        }
        Ok(())
    }
    /// `{items:[{reader,by,at,records,usual}]}`: who is paused.
    ///
    /// # Errors
    /// 403 without `read_log` or `manage_users`.
    pub fn paused_readers(&mut self) -> Result<Json> {
        if !self.rights().capability("manage_users") {
            self.may_read_log()?;
        }
        let q = Sql::new(format!("SELECT \"reader\", \"by\", \"at\", \"records\", \"usual\" FROM {} WHERE \"free_until\" IS NULL ORDER BY \"at\" DESC", self.db().table("sys_paused")));
        let rows = self.db().rows(&q).or_db()?;
        let items: Vec<Json> = rows
            .iter()
            .map(|row| {
                let int = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
                json!({"reader": row[0].as_str(), "by": self.log_author(row[1].as_str().unwrap_or_default()), "at": crate::json::instant(int(2)), "records": int(3), "usual": int(4)})
            })
            .collect();
        Ok(json!({"items": items}))
    }
    /// Lets a reader go on, and leaves them alone for a day.
    ///
    /// # Errors
    /// 403 without `manage_users`, and for oneself; 404 where nobody of that name is paused.
    pub fn resume_reader(&mut self, reader: &str) -> Result<()> {
        self.must_write()?;
        if !self.rights().capability("manage_users") {
            return Err(Error::forbidden("Your role may not let readers go on. Ask an administrator."));
        }
        let q = Sql::with(format!("SELECT \"by\" FROM {} WHERE \"reader\" = $1 AND \"free_until\" IS NULL", self.db().table("sys_paused")), [reader]);
        let by = self.db().one(&q).or_db()?.and_then(|row| row.first()?.as_str().map(str::to_owned)).ok_or_else(|| Error::not_found("paused reader of that name"))?;
        if by == self.me().to_string() {
            return Err(Error::new(Code::Forbidden, "own_rights", "Nobody lets themselves go on. Ask another administrator."));
        }
        let until = self.now_ms() + FREE_MS;
        let mut q = Sql::new(format!("UPDATE {} SET \"free_until\" = ", self.db().table("sys_paused")));
        q.arg(until).push(" WHERE \"reader\" = ").arg(reader);
        self.db().exec(&q).or_db()?;
        self.log(LogEntry::new("paused").record(reader.split(' ').nth(1).unwrap_or(reader)).detail("reader", reader).detail("resumed", true))
    }
}

impl Workspace {
    /// Pauses whoever has read too much since the last writing, and learns who is paused: once a second. Blocking.
    pub(super) fn watch_readers(&self) -> Result<()> {
        // what was written down today was looked at then; so many more are worth another look
        let due = |reads: &Reads| reads.batch().counts().into_iter().filter(|(_, (_, records))| *records > FLOOR / 10).collect::<Vec<_>>();
        let many: Vec<_> = [&self.0.reads, &self.0.glances].into_iter().flat_map(due).filter(|(reader, _)| !self.0.paused.has(reader)).collect();
        let ctx = Ctx::new(kernel::Actor::System("jobs"), Through::Job, self.now_ms());
        for (reader, (by, records)) in many {
            let asked = reader.clone();
            // looked at in a reading: whoever reads much as usual costs no writing each second
            if let Some(excess) = self.read_blocking(&ctx, move |tx| tx.excess(&asked, records))? {
                self.write_blocking(&ctx, move |tx| tx.pause(&reader, by, excess))?;
            }
        }
        self.learn_paused()
    }
    /// Who is paused is in the database: another server may have paused them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn learn_paused(&self) -> Result<()> {
        let ctx = Ctx::new(kernel::Actor::System("jobs"), Through::Job, self.now_ms());
        let paused = self.read_blocking(&ctx, |tx| {
            let q = Sql::new(format!("SELECT \"reader\" FROM {} WHERE \"free_until\" IS NULL", tx.db().table("sys_paused")));
            Ok(tx.db().rows(&q).or_db()?.iter().filter_map(|row| row.first()?.as_str().map(str::to_owned)).collect())
        })?;
        self.0.paused.set(paused);
        Ok(())
    }
}
