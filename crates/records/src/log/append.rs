//! Appending: in the transaction of what is logged, last of all, so that the log is locked as shortly as can be.

use super::{
    By, LogEntry, Row, hash_of_ids,
    tree::{Frontier, Hash, Place},
};
use crate::{OrDb, tx::Tx};
use kernel::{Error, RecordId, Result};
use serde_json::Value as Json;
use store::{Db, Sql, Val};

const BLOCK: usize = 256;

impl Tx<'_> {
    /// Writes an entry when this transaction ends well, and not otherwise.
    ///
    /// # Errors
    /// 500 inside a reading.
    pub fn log(&mut self, mut entry: LogEntry) -> Result<()> {
        self.must_write()?;
        if entry.by == By::WhoeverActs {
            entry.by = By::User(self.me());
        }
        if entry.via.is_none() {
            entry.via = self.ctx().via.as_deref().map(str::to_owned);
        }
        self.logged.push(entry);
        Ok(())
    }
    /// At the end of the transaction.
    pub(crate) fn append_log(&mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.logged);
        if entries.is_empty() {
            return Ok(());
        }
        let (now, through) = (self.now_ms(), self.ctx().through.as_str());
        let mut rows = Vec::with_capacity(entries.len());
        for LogEntry { kind, by, via, object, record, mut detail, sealed, seen } in entries {
            let (subject, sealed) = match sealed {
                Some((about, values)) => (Some(about.to_string()), Some(self.seal(about, &values.to_string())?)),
                None => (None, None),
            };
            let ids: Vec<RecordId> = seen.into_iter().collect();
            if !ids.is_empty() {
                detail.insert("records".into(), ids.len().into());
                detail.insert("ids".into(), hash_of_ids(ids.iter().map(|id| id.as_bytes().as_slice())).into());
            }
            let detail = Json::Object(detail).to_string();
            let row = Row {
                seq: 0,
                at: now,
                by: if let By::User(id) = by { Some(id.to_string()) } else { None },
                through: through.to_owned(),
                via,
                kind: kind.to_owned(),
                object,
                record,
                detail,
                subject,
                sealed,
            };
            rows.push((row, ids));
        }
        append(self.db(), rows).or_db()
    }
}

fn append(db: &mut dyn Db, rows: Vec<(Row, Vec<RecordId>)>) -> Result<(), store::Error> {
    db.lock("log")?;
    let mut frontier = frontier(db)?;
    let (mut entries, mut nodes, mut seen) = (vec![], vec![], vec![]);
    for (mut row, ids) in rows {
        row.seq = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
        let leaf = row.leaf();
        frontier.push(leaf, |place, hash| nodes.push(vec![int(place.last), i64::from(place.height).into(), hash.as_slice().into()]));
        for (block, ids) in ids.chunks(BLOCK).enumerate() {
            let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
            let end = |id: Option<&RecordId>| Val::from(id.map(ToString::to_string));
            seen.push(vec![row.seq.into(), i64::try_from(block).unwrap_or(0).into(), row.object.clone().into(), end(ids.first()), end(ids.last()), bytes.into()]);
        }
        entries.push(vec![
            row.seq.into(),
            row.at.into(),
            row.by.into(),
            row.through.into(),
            row.via.into(),
            row.kind.into(),
            row.object.into(),
            row.record.into(),
            row.detail.into(),
            row.subject.into(),
            row.sealed.into(),
        ]);
    }
    db.bulk_insert("sys_log", &["seq", "at", "by", "through", "via", "kind", "object", "record", "detail", "subject", "sealed"], &mut entries.into_iter())?;
    db.bulk_insert("sys_log_node", &["last", "height", "hash"], &mut nodes.into_iter())?;
    if !seen.is_empty() {
        db.bulk_insert("sys_log_seen", &["entry", "block", "object", "first", "last", "ids"], &mut seen.into_iter())?;
    }
    Ok(())
}
fn int(n: u64) -> Val {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// How many entries there are.
pub(super) fn size(db: &mut dyn Db) -> Result<u64, store::Error> {
    let q = Sql::new(format!("SELECT MAX(\"seq\") FROM {}", db.table("sys_log")));
    Ok(db.one(&q)?.and_then(|row| row.first()?.as_int()).map_or(0, |last| u64::try_from(last + 1).unwrap_or(0)))
}
fn frontier(db: &mut dyn Db) -> Result<Frontier, store::Error> {
    let size = size(db)?;
    let mut roots = Vec::new();
    for place in Frontier::places(size) {
        // A hole is found when the log is verified; that it is there must not keep people from their work.
        roots.push(node(db, place)?.unwrap_or([0; 32]));
    }
    Ok(Frontier::of(size, roots))
}
pub(super) fn node(db: &mut dyn Db, place: Place) -> Result<Option<Hash>, store::Error> {
    let mut q = Sql::new(format!("SELECT \"hash\" FROM {} WHERE \"last\" = ", db.table("sys_log_node")));
    q.arg(int(place.last)).push(" AND \"height\" = ").arg(i64::from(place.height));
    Ok(db.one(&q)?.and_then(|row| row.first()?.as_blob()?.try_into().ok()))
}
/// # Errors
/// 500 where the log has a hole.
pub(super) fn kept(db: &mut dyn Db, place: Place) -> Result<Hash> {
    node(db, place).or_db()?.ok_or_else(|| Error::internal(format!("The log has a hole at entry {}. Run rapport log verify.", place.last)))
}
