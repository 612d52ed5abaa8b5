//! Verification: the whole tree is built anew from the entries and compared with what is stored, and with heads that were
//! kept elsewhere. What a database's owner can do unseen by the database alone (cut the end off, put an old copy back),
//! such a head finds.

use super::{
    Row, hash_of_ids,
    note::Head,
    tree::{Frontier, Hash, Place},
};
use crate::{OrDb, tx::Tx};
use kernel::{RecordId, Result};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use store::{Db, Sql};

/// Entries at once.
const STEP: i64 = 4096;
/// More than these are not told one by one.
const MOST: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Number of the entry, where it is about one.
    pub entry: Option<u64>,
    pub what: String,
}
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Entries that were looked at.
    pub entries: u64,
    /// Heads that the log was held against.
    pub heads: usize,
    /// Empty where all is as it was written; at most 100.
    pub findings: Vec<Finding>,
}
impl Verified {
    fn find(&mut self, entry: Option<u64>, what: impl Into<String>) {
        if self.findings.len() < MOST {
            self.findings.push(Finding { entry, what: what.into() });
        }
    }
}

impl Tx<'_> {
    /// Reads the whole log: about a million entries in two seconds. `heads` are notes that were kept elsewhere.
    ///
    /// # Errors
    /// 403 without the capability `read_log`; 400 for a note that this log has not signed.
    pub fn verify_log(&mut self, heads: &[String]) -> Result<Verified> {
        self.may_read_log()?;
        let signs = self.signs();
        let heads: Vec<Head> = heads.iter().map(|note| signs.read(note)).collect::<Result<_>>()?;
        verify(self.db(), heads).or_db()
    }
}

fn verify(db: &mut dyn Db, heads: Vec<Head>) -> Result<Verified, store::Error> {
    let mut out = Verified { entries: 0, heads: heads.len(), findings: vec![] };
    let mut waiting: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
    for head in heads {
        waiting.entry(head.size).or_default().push(head.root);
    }
    let mut tree = Frontier::default();
    hold(&mut waiting, &tree, &mut out);
    loop {
        let from = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        let rows = rows(db, from)?;
        let Some(last) = rows.last().map(|row| row.seq) else { break };
        let (mut nodes, mut seen) = (nodes(db, from, last)?, seen(db, from, last)?);
        for row in rows {
            let number = tree.size();
            let entry = Some(number);
            if u64::try_from(row.seq) != Ok(number) {
                out.find(entry, format!("Entry {number} is missing."));
                // Whatever follows hangs on what is missing: nothing more can be said of it.
                out.entries = number;
                return Ok(out);
            }
            tree.push(row.leaf(), |place, hash| match nodes.remove(&place) {
                Some(stored) if stored == hash => {}
                Some(_) if place.height == 0 => out.find(entry, format!("Entry {number} was changed after it was written.")),
                Some(_) => out.find(entry, format!("A hash over the entries up to {number} is not what they give.")),
                None => out.find(entry, format!("A hash over the entries up to {number} is missing.")),
            });
            let told = serde_json::from_str::<serde_json::Value>(&row.detail).ok().and_then(|d| Some(d.get("ids")?.as_str()?.to_owned()));
            let stored = seen.remove(&row.seq);
            if told != stored.as_ref().map(Shown::hash) || stored.is_some_and(|s| !s.sound || s.object != row.object) {
                out.find(entry, format!("The list of records that entry {number} showed was changed after it was written."));
            }
            hold(&mut waiting, &tree, &mut out);
        }
        if let Some(place) = nodes.keys().min() {
            out.find(Some(place.last), "There are hashes that no entry gives.");
        }
        if let Some(entry) = seen.keys().min() {
            out.find(u64::try_from(*entry).ok(), "There are lists of shown records that belong to no entry.");
        }
    }
    out.entries = tree.size();
    for size in waiting.keys() {
        out.find(None, format!("A head that was kept says {size} entries; the log has {}. Its end was cut off, or an older copy was put in its place.", tree.size()));
    }
    let beyond = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    if !nodes(db, beyond, i64::MAX)?.is_empty() || !seen(db, beyond, i64::MAX)?.is_empty() {
        out.find(None, "There are traces of entries beyond the last one: the end of the log was cut off.");
    }
    Ok(out)
}

/// Compares with the heads of just this size.
fn hold(waiting: &mut BTreeMap<u64, Vec<Hash>>, tree: &Frontier, out: &mut Verified) {
    for root in waiting.remove(&tree.size()).into_iter().flatten() {
        if root != tree.root() {
            out.find(None, format!("The first {} entries are not those that the kept head was signed over: something among them was changed, or they are another log's.", tree.size()));
        }
    }
}

fn rows(db: &mut dyn Db, from: i64) -> Result<Vec<Row>, store::Error> {
    let mut q =
        Sql::new(format!("SELECT \"seq\", \"at\", \"by\", \"through\", \"via\", \"kind\", \"object\", \"record\", \"detail\", \"subject\", \"sealed\" FROM {} WHERE \"seq\" >= ", db.table("sys_log")));
    // The first step looks below zero too: nothing has its place there.
    q.arg(if from == 0 { i64::MIN } else { from }).push(" ORDER BY \"seq\" LIMIT ").arg(STEP);
    let mut out = Vec::new();
    db.query(&q, &mut |row| {
        let text = |i: usize| row.cell(i).as_str().map(str::to_owned);
        out.push(Row {
            seq: row.cell(0).as_int().unwrap_or(-1),
            at: row.cell(1).as_int().unwrap_or(0),
            by: text(2),
            through: text(3).unwrap_or_default(),
            via: text(4),
            kind: text(5).unwrap_or_default(),
            object: text(6),
            record: text(7),
            detail: text(8).unwrap_or_default(),
            subject: text(9),
            sealed: text(10),
        });
        Ok(())
    })?;
    Ok(out)
}
fn nodes(db: &mut dyn Db, from: i64, to: i64) -> Result<HashMap<Place, Hash>, store::Error> {
    let mut q = Sql::new(format!("SELECT \"last\", \"height\", \"hash\" FROM {} WHERE \"last\" >= ", db.table("sys_log_node")));
    q.arg(from).push(" AND \"last\" <= ").arg(to);
    let mut out = HashMap::new();
    db.query(&q, &mut |row| {
        let number = |i: usize| row.cell(i).as_int().unwrap_or(-1);
        let place = Place { last: u64::try_from(number(0)).unwrap_or(u64::MAX), height: u32::try_from(number(1)).unwrap_or(u32::MAX) };
        out.insert(place, row.cell(2).as_blob().and_then(|b| b.try_into().ok()).unwrap_or([0; 32]));
        Ok(())
    })?;
    Ok(out)
}
/// What is stored of the records that an entry showed.
struct Shown {
    object: Option<String>,
    ids: Vec<Vec<u8>>,
    /// Whether the blocks say of themselves what is in them: by that they are found.
    sound: bool,
}
impl Shown {
    fn hash(&self) -> String {
        hash_of_ids(self.ids.iter().map(Vec::as_slice))
    }
}
/// By entry.
fn seen(db: &mut dyn Db, from: i64, to: i64) -> Result<HashMap<i64, Shown>, store::Error> {
    let mut q = Sql::new(format!("SELECT \"entry\", \"object\", \"first\", \"last\", \"ids\" FROM {} WHERE \"entry\" >= ", db.table("sys_log_seen")));
    q.arg(from).push(" AND \"entry\" <= ").arg(to).push(" ORDER BY \"entry\", \"block\"");
    let mut out: HashMap<i64, Shown> = HashMap::new();
    db.query(&q, &mut |row| {
        let (object, ids) = (row.cell(1).as_str(), row.cell(4).as_blob().unwrap_or_default());
        let shown = out.entry(row.cell(0).as_int().unwrap_or(-1)).or_insert_with(|| Shown { object: object.map(str::to_owned), ids: vec![], sound: true });
        let id = |bytes: Option<&[u8]>| bytes.and_then(|b| b.try_into().ok()).map(|b| RecordId::from_bytes(b).to_string());
        let ends = (id(ids.get(..16)), id(ids.len().checked_sub(16).and_then(|at| ids.get(at..))));
        shown.sound &= shown.object.as_deref() == object && ends == (row.cell(2).as_str().map(str::to_owned), row.cell(3).as_str().map(str::to_owned));
        shown.ids.push(ids.to_owned());
        Ok(())
    })?;
    Ok(out)
}
