//! Where a record went, and what went into it.

use crate::{OrDb, json::instant, tx::Tx};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::Object;
use serde_json::{Value as Json, json};
use store::{Sql, Val};

/// A merge that was made, whatever became of it.
#[derive(Clone, Debug)]
pub struct Merge {
    pub id: RecordId,
    pub object: String,
    pub winner: RecordId,
    pub loser: RecordId,
    pub change_set: RecordId,
    pub by: String,
    pub at: i64,
    pub undone_at: Option<i64>,
}

/// Records that are one now.
pub type Merged = Vec<RecordId>;

const COLUMNS: &str = "\"id\", \"object\", \"winner\", \"loser\", \"change_set\", \"by\", \"at\", \"undone_at\"";

impl Tx<'_> {
    pub(super) fn note_merge(&mut self, object: &Object, winner: RecordId, loser: RecordId, set: RecordId) -> Result<RecordId> {
        let (id, me, now) = (self.new_id(), self.me(), self.now_ms());
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"object\", \"winner\", \"loser\", \"change_set\", \"by\", \"at\") VALUES (", self.db().table("sys_merge")));
        q.list([
            Val::from(id.to_string()),
            Val::from(&*object.name),
            Val::from(winner.to_string()),
            Val::from(loser.to_string()),
            Val::from(set.to_string()),
            Val::from(me.to_string()),
            Val::Int(now),
        ])
        .push(")");
        self.db().exec(&q).or_db()?;
        Ok(id)
    }
    fn merges_where(&mut self, column: &str, id: RecordId, standing: bool) -> Result<Vec<Merge>> {
        let mut q = Sql::new(format!("SELECT {COLUMNS} FROM {} WHERE ", self.db().table("sys_merge")));
        q.ident(column).push(" = ").arg(id.to_string());
        if standing {
            q.push(" AND \"undone_at\" IS NULL");
        }
        q.push(" ORDER BY \"at\" DESC, \"id\" DESC");
        let rows = self.db().rows(&q).or_db()?;
        Ok(rows.iter().filter_map(|row| read(row)).collect())
    }
    /// # Errors
    /// 404 for a merge that is not there, or whose winner the asker may not see.
    pub(super) fn merge_row(&mut self, id: RecordId) -> Result<Merge> {
        let merge = self.merges_where("id", id, false)?.pop().ok_or_else(|| Error::not_found("merge"))?;
        if self.may(&merge.object, merge.winner, Action::Read)? { Ok(merge) } else { Err(Error::not_found("merge")) }
    }
    /// The standing merge by which a record went into another.
    pub fn merged_into(&mut self, loser: RecordId) -> Result<Option<Merge>> {
        Ok(self.merges_where("loser", loser, true)?.into_iter().next())
    }
    /// Where a record is in the end, if the asker may see that.
    pub(crate) fn now_at(&mut self, object: &str, id: RecordId) -> Result<Option<RecordId>> {
        let mut at = None;
        while let Some(merge) = self.merged_into(at.unwrap_or(id))? {
            at = Some(merge.winner);
        }
        match at {
            Some(winner) if self.may(object, winner, Action::Read)? => Ok(Some(winner)),
            _ => Ok(None),
        }
    }
    /// All records that are one with this one now, itself first: erasing a person takes them all.
    pub fn same_as(&mut self, id: RecordId) -> Result<Merged> {
        let mut top = id;
        while let Some(merge) = self.merged_into(top)? {
            top = merge.winner;
        }
        let mut all = vec![top];
        let mut i = 0;
        while i < all.len() {
            let below = self.merges_where("winner", all[i], true)?;
            all.extend(below.into_iter().map(|m| m.loser));
            i += 1;
        }
        all.sort_by_key(|other| *other != id);
        Ok(all)
    }
    /// Takes what a merge that was taken back has left of one person in the other's history: old values that were the loser's
    /// until then are sealed under the winner's key.
    pub fn forget_merges(&mut self, id: RecordId) -> Result<()> {
        self.may_erase()?;
        for merge in self.merges_where("loser", id, false)? {
            let mut q = Sql::new(format!("UPDATE {} SET \"plain\" = NULL, \"sealed\" = NULL WHERE \"record\" = ", self.db().table("sys_history")));
            q.arg(merge.winner.to_string()).push(" AND \"at\" >= ").arg(merge.at);
            if let Some(undone) = merge.undone_at {
                q.push(" AND \"at\" <= ").arg(undone);
            }
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
    /// `{id,object,winner,loser,by,at,undone_at}`
    ///
    /// # Errors
    /// 404.
    pub fn merge_shown(&mut self, id: RecordId) -> Result<Json> {
        let merge = self.merge_row(id)?;
        self.show(&merge)
    }
    /// Standing merges into a record, newest first.
    ///
    /// # Errors
    /// 404 with the record.
    pub fn merges_into(&mut self, object: &str, id: RecordId) -> Result<Vec<Json>> {
        let object = self.object(object)?;
        self.readable_record(&object, id)?;
        let merges = self.merges_where("winner", id, true)?;
        merges.iter().map(|m| self.show(m)).collect()
    }
    fn show(&mut self, m: &Merge) -> Result<Json> {
        let seen = self.may(&m.object, m.loser, Action::Read)?;
        let by = self.author(&m.by)?;
        Ok(json!({
            "id": m.id.to_string(), "object": m.object, "winner": m.winner.to_string(), "loser": seen.then(|| m.loser.to_string()),
            "by": by, "at": instant(m.at), "undone_at": m.undone_at.map(instant),
        }))
    }
}

fn read(row: &[Val]) -> Option<Merge> {
    let id = |i: usize| row.get(i)?.as_str()?.parse().ok();
    Some(Merge {
        id: id(0)?,
        object: row.get(1)?.as_str()?.to_owned(),
        winner: id(2)?,
        loser: id(3)?,
        change_set: id(4)?,
        by: row.get(5)?.as_str()?.to_owned(),
        at: row.get(6)?.as_int()?,
        undone_at: row.get(7).and_then(Val::as_int),
    })
}
