//! Who has read what. A row for each request would cost more than the reading: reads are gathered for each token or session
//! and object, and one entry of the log is written for all of some minutes; for programs, to which data leave, one
//! disclosure too, for all of an hour; at once when somebody asks for it. Until then they stand in a journal on disk,
//! written before the answer goes out: a killed process loses none. The journal reaches the disk itself once a second:
//! that much a power cut can take. While a disk is full they are in memory only; reading goes on.

mod journal;
mod usual;

use crate::{
    LogEntry, OrDb,
    leaving::{Disclosed, Seen},
    tx::Tx,
    workspace::Workspace,
};
use access::{Exit, Permit};
use journal::{Journal, Line};
use kernel::{Actor, Code, Ctx, Error, RecordId, Result, Through};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::Sql;
pub(crate) use usual::Paused;

/// What programs read is gathered this long, in milliseconds,
const GATHERED_MS: i64 = 60 * 60 * 1000;
/// and what people read so long: the log says when to these minutes.
const GATHERED_OF_PEOPLE_MS: i64 = 10 * 60 * 1000;
/// Stands for an object where somebody searched: the words' keyed hash then is its field.
pub(crate) const SEARCHED: &str = "search";
/// Stands for an object where somebody read the log.
pub(crate) const LOG: &str = "log";
/// With so many records they are written sooner,
const MANY: usize = 100_000;
/// and with so many no more is handed out until they are.
const TOO_MANY: usize = 1_000_000;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    recipient: String,
    by: RecordId,
    object: Arc<str>,
}
#[derive(Default, Debug)]
struct Tally {
    from: i64,
    until: i64,
    count: i64,
    fields: HashSet<String>,
    ids: HashSet<RecordId>,
}
/// Reads since the last writing, and the journal that holds the same.
#[derive(Default)]
struct Batch {
    tallies: HashMap<Key, Tally>,
    ids: usize,
    oldest: Option<i64>,
    journal: Option<Journal>,
    /// Of batches that could not be written.
    older: Vec<Journal>,
}
impl Batch {
    fn add(&mut self, line: &Line) {
        let key = Key { recipient: line.to.clone(), by: line.by, object: line.object.as_str().into() };
        let tally = self.tallies.entry(key).or_insert_with(|| Tally { from: line.at, ..Tally::default() });
        tally.from = tally.from.min(line.at);
        tally.until = tally.until.max(line.at);
        tally.count += i64::try_from(line.ids.len()).unwrap_or(0);
        if !tally.fields.contains(&line.fields) {
            tally.fields.insert(line.fields.clone());
        }
        let before = tally.ids.len();
        tally.ids.extend(&line.ids);
        self.ids += tally.ids.len() - before;
        self.oldest = Some(self.oldest.map_or(line.at, |o| o.min(line.at)));
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Readers {
    Programs,
    People,
}
pub(crate) struct Reads {
    of: Readers,
    folder: PathBuf,
    gathering: Mutex<Batch>,
    /// One writing at a time.
    writing: Mutex<()>,
}
impl Reads {
    pub(crate) fn new(of: Readers, files: &Path) -> Reads {
        let folder = files.join(if of == Readers::Programs { "reads" } else { "seen" });
        Reads { of, folder, gathering: Mutex::default(), writing: Mutex::new(()) }
    }
    fn gathered_ms(&self) -> i64 {
        if self.of == Readers::Programs { GATHERED_MS } else { GATHERED_OF_PEOPLE_MS }
    }
    fn batch(&self) -> MutexGuard<'_, Batch> {
        self.gathering.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// # Errors
    /// 503 where the writing does not keep up.
    fn note(&self, line: &Line) -> Result<()> {
        let mut batch = self.batch();
        if batch.ids >= TOO_MANY {
            return Err(Error { retry_after: Some(2), ..Error::new(Code::Unavailable, "busy", "What was read is being written down. Try again in a moment.") });
        }
        if batch.journal.is_none() {
            batch.journal = Journal::make(&self.folder, line.at);
        }
        if let Some(journal) = &mut batch.journal {
            journal.write(line);
        }
        batch.add(line);
        Ok(())
    }
}

impl Tx<'_> {
    /// Reads for a program: under a permit, and noted before the answer goes out. `recipient` names the program.
    ///
    /// # Errors
    /// Those of the reading; 503 where what was read cannot be written down in time.
    pub fn read_for_program<T>(&mut self, permit: &Permit, recipient: &str, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (out, seen) = self.under(permit, f)?;
        self.note_reads(permit, recipient, seen)?;
        Ok(out)
    }
    /// Reads for a person: what is shown is noted before the answer goes out.
    ///
    /// # Errors
    /// Those of the reading; 503 where what was read cannot be written down in time.
    pub fn read_for_person<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.may_go_on_reading()?;
        let had = self.seen.replace(Vec::new());
        let out = f(self);
        let seen = std::mem::replace(&mut self.seen, had).unwrap_or_default();
        let out = out?;
        if !seen.is_empty() {
            let (to, by, at) = (self.via(), self.me(), self.now_ms());
            for Seen { object, fields, ids } in seen {
                self.inner().glances.note(&Line { at, to: to.clone(), by, object: object.to_string(), fields, ids })?;
            }
        }
        Ok(out)
    }
    /// Notes a record that is shown to a program in answer to its own change.
    pub fn note_shown(&mut self, permit: &Permit, recipient: &str, object: &str, id: RecordId) -> Result<()> {
        self.note_reads(permit, recipient, vec![Seen { object: object.into(), fields: "record".into(), ids: vec![id] }])
    }
    fn note_reads(&mut self, permit: &Permit, recipient: &str, seen: Vec<Seen>) -> Result<()> {
        let by = match permit.actor() {
            Actor::User(id) => id,
            Actor::System(name) => access::system_user(name),
        };
        for Seen { object, fields, ids } in seen {
            let line = Line { at: permit.at_ms(), to: recipient.to_owned(), by, object: object.to_string(), fields, ids };
            self.inner().reads.note(&line)?;
        }
        Ok(())
    }
    fn write_reads(&mut self, of: Readers, batch: &Batch) -> Result<()> {
        for (key, tally) in &batch.tallies {
            self.log_reads(key, tally)?;
            if of == Readers::People || [SEARCHED, LOG].contains(&&*key.object) {
                continue;
            }
            let ids: Vec<RecordId> = tally.ids.iter().copied().collect();
            let subjects = self.subjects(&key.object, &ids)?;
            let fields: BTreeSet<String> = tally.fields.iter().flat_map(|f| f.split(',')).filter(|f| !f.is_empty()).map(str::to_owned).collect();
            let (at, until) = (tally.from, Some(tally.until));
            let what = Disclosed {
                at,
                until,
                by: key.by,
                via: Exit::IntegrationRead,
                recipient: key.recipient.clone(),
                purpose: None,
                object: Some(key.object.to_string()),
                fields,
                count: tally.count,
                hash: None,
                subjects,
            };
            self.disclose(&what)?;
        }
        self.count_reads(batch)?;
        for journal in batch.journal.iter().chain(&batch.older) {
            // A journal that is written and still there after a crash is known by its name.
            let q = Sql::with(format!("INSERT INTO {} (\"name\") VALUES ($1)", self.db().table("sys_read_journal")), [journal.name().to_owned()]);
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
}

impl Tx<'_> {
    fn log_reads(&mut self, key: &Key, tally: &Tally) -> Result<()> {
        let door = match key.recipient.split(' ').next() {
            Some("session") => Through::Screen,
            Some("token") => Through::Api,
            _ => Through::CommandLine,
        };
        let entry = |kind| LogEntry::new(kind).through(door).by(key.by).via(key.recipient.as_str()).detail("from", tally.from).detail("until", tally.until);
        if &*key.object == SEARCHED {
            for hash in &tally.fields {
                self.log(entry(SEARCHED).record(hash))?;
            }
            return Ok(());
        }
        if &*key.object == LOG {
            return self.log(entry("log_read"));
        }
        let shown: BTreeSet<&str> = tally.fields.iter().flat_map(|f| f.split(',')).filter(|f| !f.is_empty()).collect();
        let shown: Vec<&str> = shown.into_iter().collect();
        self.log(entry("read").object(&*key.object).detail("count", tally.count).detail("shown", shown).seen(tally.ids.iter().copied().collect()))
    }
}

impl Workspace {
    /// Writes down what has been read until now. Blocking.
    ///
    /// # Errors
    /// Those of the store; what was gathered stays gathered.
    pub fn write_reads(&self) -> Result<()> {
        self.write_reads_of(&self.0.reads)?;
        self.write_reads_of(&self.0.glances)
    }
    fn write_reads_of(&self, reads: &Reads) -> Result<()> {
        let _writing = reads.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = Arc::new(std::mem::take(&mut *reads.batch()));
        if batch.tallies.is_empty() {
            return Ok(());
        }
        let (ctx, written) = (Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms()), batch.clone());
        let of = reads.of;
        let outcome = self.write_blocking(&ctx, move |tx| tx.write_reads(of, &written));
        match (outcome, Arc::into_inner(batch)) {
            (Ok(()), Some(batch)) => {
                batch.journal.into_iter().chain(batch.older).for_each(Journal::remove);
                Ok(())
            }
            (Ok(()), None) => Ok(()),
            (Err(e), batch) => {
                if let Some(batch) = batch {
                    reads.put_back(batch);
                }
                Err(e)
            }
        }
    }
    /// Once a second: journals reach the disk, and what has been gathered for an hour is written. Blocking.
    ///
    /// # Errors
    /// Those of [`Workspace::write_reads`].
    pub fn tend_reads(&self) -> Result<()> {
        let now = self.now_ms();
        for reads in [&self.0.reads, &self.0.glances] {
            let due = {
                let mut batch = reads.batch();
                if let Some(journal) = &mut batch.journal {
                    journal.sync();
                }
                batch.ids >= MANY || batch.oldest.is_some_and(|oldest| now - oldest >= reads.gathered_ms())
            };
            if due {
                self.write_reads_of(reads)?;
            }
        }
        self.watch_readers()
    }
    /// Journals that a killed process left behind.
    pub(crate) fn recover_reads(&self) -> Result<()> {
        self.recover_reads_of(&self.0.reads)?;
        self.recover_reads_of(&self.0.glances)
    }
    fn recover_reads_of(&self, reads: &Reads) -> Result<()> {
        for mut left in journal::left(&reads.folder) {
            let (ctx, name) = (Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms()), left.name().to_owned());
            let written = self.read_blocking(&ctx, move |tx| {
                let q = Sql::with(format!("SELECT 1 FROM {} WHERE \"name\" = $1", tx.db().table("sys_read_journal")), [name]);
                Ok(tx.db().one(&q).or_db()?.is_some())
            })?;
            if written {
                left.remove();
                continue;
            }
            let mut batch = Batch::default();
            for line in left.lines() {
                batch.add(&line);
            }
            batch.journal = Some(left);
            reads.put_back(batch);
            // It is tried again with what is gathered from now on; that must not keep the workspace shut.
            if let Err(e) = self.write_reads_of(reads) {
                tracing::error!(error = %e, "what was read before the last stop could not be written down yet");
            }
        }
        Ok(())
    }
}
impl Reads {
    /// What could not be written is gathered again, and its journals are kept.
    fn put_back(&self, old: Batch) {
        let mut batch = self.batch();
        for (key, tally) in old.tallies {
            let into = batch.tallies.entry(key).or_insert_with(|| Tally { from: tally.from, ..Tally::default() });
            into.from = into.from.min(tally.from);
            into.until = into.until.max(tally.until);
            into.count += tally.count;
            into.fields.extend(tally.fields);
            into.ids.extend(tally.ids);
        }
        batch.ids = batch.tallies.values().map(|t| t.ids.len()).sum();
        batch.oldest = old.oldest.into_iter().chain(batch.oldest).min();
        batch.older.extend(old.journal.into_iter().chain(old.older));
    }
}
