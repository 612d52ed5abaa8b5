//! Searches through all records of an object: one at a time, what they looked through, what they found.

use super::{Pair, ordered, rank};
use crate::{OrDb, tx::Tx, workspace::Workspace};
use kernel::{Error, Result};
use serde_json::json;
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};
use store::{Sql, Val};

/// How many live records there are and when the last one changed: what a search has looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub rows: i64,
    pub changed: i64,
}
/// A search that was made.
#[derive(Clone, Copy, Debug)]
pub struct Searched {
    pub extent: Extent,
    pub at: i64,
}

/// Pairs of one insert.
const AT_ONCE: usize = 200;

/// Objects that are searched at this moment.
#[derive(Debug, Default)]
pub(crate) struct Searches(Mutex<HashSet<String>>);
impl Searches {
    fn all(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn begin(&self, object: &str) -> Option<Searching<'_>> {
        let fresh = self.all().insert(object.to_owned());
        fresh.then(|| Searching { of: self, object: object.to_owned() })
    }
}
/// Ends the search when dropped, after a panic too.
struct Searching<'a> {
    of: &'a Searches,
    object: String,
}
impl Drop for Searching<'_> {
    fn drop(&mut self) {
        self.of.all().remove(&self.object);
    }
}

impl Workspace {
    /// Looks through all records of an object; how many pairs were found, or nothing where a search is under way already.
    /// Blocking, for minutes with a million records.
    ///
    /// # Errors
    /// 404 for an object that is not searched; those of the store.
    pub fn search_duplicates(&self, object: &str) -> Result<Option<usize>> {
        let matcher = self.catalogue().matcher_of(object)?;
        let Some(_until_the_end) = self.0.searches.begin(object) else { return Ok(None) };
        (matcher.scan)(self, object).map(Some)
    }
}

impl Tx<'_> {
    /// Replaces what the last search has found and nobody has decided.
    ///
    /// # Errors
    /// 403 for anybody but the system.
    pub fn forget_pairs(&mut self, object: &str) -> Result<()> {
        self.must_write()?;
        self.only_system()?;
        let q = Sql::with(format!("DELETE FROM {} WHERE \"object\" = $1 AND \"state\" = 'open'", self.db().table("sys_duplicate")), [object.to_owned()]);
        self.db().exec(&q).or_db().map(drop)
    }
    pub fn save_pairs(&mut self, object: &str, pairs: &[Pair]) -> Result<()> {
        self.must_write()?;
        self.only_system()?;
        let now = self.now_ms();
        for chunk in pairs.chunks(AT_ONCE) {
            let decided = self.decided(chunk)?;
            let fresh: Vec<&Pair> = chunk.iter().filter(|p| !decided.contains(&ordered(p.a, p.b))).collect();
            if fresh.is_empty() {
                continue;
            }
            let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"object\", \"a\", \"b\", \"rank\", \"clues\", \"state\", \"at\") VALUES ", self.db().table("sys_duplicate")));
            for (i, pair) in fresh.iter().enumerate() {
                let (a, b) = ordered(pair.a, pair.b);
                q.push(if i > 0 { ", (" } else { "(" });
                q.list([
                    Val::from(self.new_id().to_string()),
                    Val::from(object),
                    Val::from(a.to_string()),
                    Val::from(b.to_string()),
                    Val::Int(rank(pair.probability)),
                    Val::from(json!(pair.clues).to_string()),
                    Val::from("open"),
                    Val::Int(now),
                ]);
                q.push(")");
            }
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
    pub fn extent(&mut self, object: &str) -> Result<Extent> {
        self.only_system()?;
        let object = self.object(object)?;
        let q = Sql::new(format!("SELECT COUNT(*), MAX(\"updated_at\") FROM {} WHERE \"archived_at\" IS NULL", self.db().table(&object.name)));
        let row = self.db().one(&q).or_db()?.unwrap_or_default();
        let int = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
        Ok(Extent { rows: int(0), changed: int(1) })
    }
    /// The last search of an object.
    pub fn searched(&mut self, object: &str) -> Result<Option<Searched>> {
        let mut found = Vec::new();
        for what in MARKS {
            let q = Sql::with(format!("SELECT \"value\" FROM {} WHERE \"name\" = $1", self.db().table("sys_counter")), [mark(object, what)]);
            found.extend(self.db().one(&q).or_db()?.as_deref().and_then(|row| row.first()?.as_int()));
        }
        Ok(match found.as_slice() {
            [rows, changed, at] => Some(Searched { extent: Extent { rows: *rows, changed: *changed }, at: *at }),
            _ => None,
        })
    }
    pub fn note_searched(&mut self, object: &str, extent: Extent) -> Result<()> {
        self.must_write()?;
        self.only_system()?;
        for (what, value) in MARKS.into_iter().zip([extent.rows, extent.changed, self.now_ms()]) {
            let mut q = Sql::new(format!("INSERT INTO {} (\"name\", \"value\") VALUES (", self.db().table("sys_counter")));
            q.arg(mark(object, what)).push(", ").arg(value).push(") ON CONFLICT (\"name\") DO UPDATE SET \"value\" = excluded.\"value\"");
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
    fn only_system(&self) -> Result<()> {
        if self.is_system() { Ok(()) } else { Err(Error::forbidden("Only the system keeps what it has found.")) }
    }
}

const MARKS: [&str; 3] = ["rows", "changed", "at"];
fn mark(object: &str, what: &str) -> String {
    format!("duplicates of {object}: {what}")
}

#[cfg(test)]
mod tests {
    use super::Searches;

    #[test]
    fn one_search_of_an_object_at_a_time() {
        let searches = Searches::default();
        let first = searches.begin("contact");
        assert!(first.is_some() && searches.begin("contact").is_none());
        assert!(searches.begin("account").is_some(), "another object");
        drop(first);
        assert!(searches.begin("contact").is_some(), "the next one");
    }
}
