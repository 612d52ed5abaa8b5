//! Writing the index.

use super::words;
use crate::{OrDb, record::Record, tx::Tx, workspace::Workspace};
use kernel::{Actor, Ctx, RecordId, Result, Through};
use metadata::{Object, Storage};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use store::{Dialect, Sql, Val};

const BATCH: u32 = 2_000;

impl Tx<'_> {
    /// Notes that a record has changed.
    pub(crate) fn index_later(&mut self, object: &Arc<Object>, id: RecordId) -> Result<()> {
        self.index_later_many(object, &[id])
    }
    pub(crate) fn index_later_many(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<()> {
        if object.def.search.is_empty() {
            return Ok(());
        }
        let name = Val::Text(object.name.to_string());
        if let [id] = ids {
            let mut q = Sql::new(format!("INSERT INTO {} (\"object\", \"record\") VALUES (", self.db().table("sys_search_pending")));
            q.arg(name).push(", ").arg(id.to_string()).push(")");
            self.db().exec(&q).or_db()?;
            return Ok(());
        }
        let mut rows = ids.iter().map(|id| vec![name.clone(), Val::Text(id.to_string())]);
        self.db().bulk_insert("sys_search_pending", &["object", "record"], &mut rows).or_db()?;
        Ok(())
    }
    /// Indexes up to a batch of noted records; how many there were.
    pub(crate) fn index_batch(&mut self) -> Result<u32> {
        let q = Sql::new(format!("SELECT \"seq\", \"object\", \"record\" FROM {} ORDER BY \"seq\" LIMIT {BATCH}", self.db().table("sys_search_pending")));
        let rows = self.db().rows(&q).or_db()?;
        let mut last = 0;
        let mut by_object: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
        for row in &rows {
            if let [Val::Int(seq), Val::Text(object), Val::Text(id)] = row.as_slice() {
                last = *seq;
                if let Ok(id) = id.parse() {
                    by_object.entry(object.clone()).or_default().insert(id);
                }
            }
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let mut documents = Vec::new();
        for (name, ids) in by_object {
            let ids: Vec<RecordId> = ids.into_iter().collect();
            self.remove_documents(&ids)?;
            if let Some(object) = self.registry().object(&name).cloned() {
                self.read_documents(&object, &ids, &mut documents)?;
            }
        }
        self.add_documents(&documents)?;
        let mut q = Sql::new(format!("DELETE FROM {} WHERE \"seq\" <= ", self.db().table("sys_search_pending")));
        q.arg(last);
        self.db().exec(&q).or_db()?;
        Ok(u32::try_from(rows.len()).unwrap_or(BATCH))
    }
    /// Words of live records: only what is searched is read.
    fn read_documents(&mut self, object: &Arc<Object>, ids: &[RecordId], out: &mut Vec<Document>) -> Result<()> {
        let named = object.def.search.iter().map(String::as_str);
        let fields: Vec<_> = ["id"].into_iter().chain(named).filter_map(|name| object.fields.get(name)).filter(|f| f.storage != Storage::None).cloned().collect();
        for chunk in ids.chunks(500) {
            let mut q = Sql::new(format!("SELECT {} FROM {} t0 WHERE t0.\"archived_at\" IS NULL AND t0.\"id\" IN (", Record::some_columns(&fields, "t0"), self.db().table(&object.name)));
            q.list(chunk.iter().map(ToString::to_string)).push(")");
            self.db()
                .query(&q, &mut |row| {
                    let record = Record::read_some(object, &fields, row);
                    let words = words_of(&record);
                    if !words.is_empty() {
                        out.push(Document { object: object.name.clone(), id: record.id(), words });
                    }
                    Ok(())
                })
                .or_db()?;
        }
        Ok(())
    }
    fn remove_documents(&mut self, ids: &[RecordId]) -> Result<()> {
        for chunk in ids.chunks(500) {
            if self.db().dialect() == Dialect::Sqlite {
                let mut q = Sql::new("DELETE FROM \"sys_search_fts\" WHERE rowid IN (SELECT \"rid\" FROM \"sys_search\" WHERE \"record\" IN (");
                q.list(chunk.iter().map(ToString::to_string)).push("))");
                self.db().exec(&q).or_db()?;
            }
            let mut q = Sql::new(format!("DELETE FROM {} WHERE \"record\" IN (", self.db().table("sys_search")));
            q.list(chunk.iter().map(ToString::to_string)).push(")");
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
    /// Rows first and words last: SQLite writes the words that wait in memory to the index before every other statement
    /// that may fail half way.
    fn add_documents(&mut self, documents: &[Document]) -> Result<()> {
        let sqlite = self.db().dialect() == Dialect::Sqlite;
        // Typos are forgiven in letters: a number is found as it is, and each would be a word of its own.
        let vocabulary: BTreeSet<&str> = documents.iter().flat_map(|d| &d.words).map(String::as_str).filter(|word| !word.bytes().all(|b| b.is_ascii_digit())).collect();
        let mut texts: HashMap<RecordId, String> = HashMap::new();
        let mut rids = Vec::new();
        for chunk in documents.chunks(100) {
            let mut q = Sql::new(format!("INSERT INTO {} (\"object\", \"record\", \"text\") VALUES ", self.db().table("sys_search")));
            for (i, document) in chunk.iter().enumerate() {
                let text = document.words.join(" ");
                q.push(if i == 0 { "(" } else { ", (" }).arg(&*document.object).push(", ").arg(document.id.to_string());
                q.push(", ").arg((!sqlite).then(|| text.clone())).push(")");
                texts.insert(document.id, text);
            }
            q.push(" RETURNING \"rid\", \"record\"");
            for row in self.db().rows(&q).or_db()? {
                if let [Val::Int(rid), Val::Text(id)] = row.as_slice()
                    && let Ok(id) = id.parse::<RecordId>()
                {
                    rids.push((*rid, id));
                }
            }
        }
        for chunk in vocabulary.into_iter().collect::<Vec<_>>().chunks(100) {
            let mut q = Sql::new(format!("INSERT INTO {} (\"word\", \"rev\") VALUES ", self.db().table("sys_search_word")));
            for (i, word) in chunk.iter().enumerate() {
                let rev: String = word.chars().rev().collect();
                q.push(if i == 0 { "(" } else { ", (" }).arg(*word).push(", ").arg(rev).push(")");
            }
            q.push(" ON CONFLICT (\"word\") DO NOTHING");
            self.db().exec(&q).or_db()?;
        }
        if sqlite {
            for (rid, id) in rids {
                let mut q = Sql::new("INSERT INTO \"sys_search_fts\" (rowid, text) VALUES (");
                q.arg(rid).push(", ").arg(texts.remove(&id)).push(")");
                self.db().exec(&q).or_db()?;
            }
        }
        Ok(())
    }
}

/// What of a record is found.
struct Document {
    object: Arc<str>,
    id: RecordId,
    words: Vec<String>,
}

/// All words of a record's searchable fields, each once.
fn words_of(record: &Record) -> Vec<String> {
    let mut out: BTreeSet<String> = BTreeSet::new();
    for name in &record.object.def.search {
        out.extend(field_words(record.get(name)));
    }
    out.into_iter().collect()
}
/// Words of one value. Phone numbers are also findable by their digits alone.
pub(crate) fn field_words(value: &metadata::Value) -> Vec<String> {
    let Some(text) = value.as_text() else { return vec![] };
    let mut out = words(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let phone = digits.len() >= 6 && text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    if phone && !out.contains(&digits) {
        out.push(digits);
    }
    out
}

impl Workspace {
    /// Indexes everything noted so far, in batches that let other writers in between. Blocking.
    pub fn index_pending(&self) -> Result<u64> {
        let mut total = 0;
        loop {
            let ctx = Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms());
            match self.write_alone_blocking(&ctx, |tx| tx.index_batch())? {
                0 => return Ok(total),
                n => total += u64::from(n),
            }
        }
    }
    /// Whether the indexer has work.
    pub fn has_pending_index(&self) -> Result<bool> {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms());
        self.read_blocking(&ctx, |tx| {
            let q = Sql::new(format!("SELECT 1 FROM {} LIMIT 1", tx.db().table("sys_search_pending")));
            Ok(tx.db().one(&q).or_db()?.is_some())
        })
    }
}
