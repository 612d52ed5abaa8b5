//! Records and lists as they were at a past instant, under today's rights.

use super::{
    Find, Get, One, Row,
    find::page_limit,
    projection::{Projected, Projection},
};
use crate::{OrDb, cursor, record::Record, tx::Tx};
use access::{Action, When};
use kernel::{Error, RecordId, Result};
use metadata::{Archived, Cond, Object, Op, Operand, Path, Query, Sort, Value, bind, eval};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashSet, sync::Arc};
use store::{Sql, Val};

/// Changed rows beyond this are a job, not an answer.
const MAX_CHANGED: usize = 50_000;

impl Tx<'_> {
    pub(crate) fn get_as_of(&mut self, object: &Arc<Object>, id: RecordId, get: &Get, at: i64) -> Result<One> {
        let now = self.readable_record(object, id)?;
        let past = self.as_of(now, at)?.ok_or_else(|| Error::not_found(&object.def.label.to_lowercase()))?;
        let projection = self.projection(object, get.fields.as_deref(), &get.include)?;
        let hidden = self.hidden_then(object, &past)?;
        let mut row = self.write_past(&projection, &past, &hidden)?;
        self.complete(object, &projection, std::slice::from_mut(&mut row))?;
        self.saw(&object.name, || projection.shown().to_owned(), [id]);
        row.json.push(b'}');
        Ok(One { json: row.json, version: past.version() })
    }
    /// Names of fields whose past value must not show: what the record withholds today, or withheld then, and
    /// references to records out of reach today.
    fn hidden_then(&mut self, object: &Arc<Object>, record: &Record) -> Result<HashSet<String>> {
        let mut out = self.withheld_fields(object, record.id())?;
        for field in object.live_fields() {
            let Some(guard) = self.rights().guard_when(object, field, When::Then) else { continue };
            let shows = self.holds_then(&guard, record)?;
            if !shows {
                out.insert(field.name().to_owned());
            }
        }
        Ok(out)
    }
    /// What formulas name behind a reference is read as it is now.
    fn write_past(&mut self, projection: &Projection, past: &Record, hidden: &HashSet<String>) -> Result<Projected> {
        projection.write_record(
            past,
            |f| !hidden.contains(f.name()),
            |path| {
                let row = Row::new(past.clone(), self);
                let failed = row.failed.clone();
                let value = eval::read(path, &row);
                drop(row);
                let failure = failed.borrow_mut().take();
                failure.map_or(Ok(value), Err)
            },
        )
    }
    /// Rows unchanged since by SQL, changed ones rebuilt and tested in memory; sorted together.
    fn past_records(&mut self, find: &Find, at: i64) -> Result<(Arc<Object>, Projection, Vec<Record>)> {
        let object = self.readable_object(&find.object)?;
        let filter = match &find.filter {
            Some(json) => bind(&self.bind_ctx(), &object, json)?,
            None => Cond::TRUE,
        };
        let sort = self.bind_sort(&object, &find.sort)?;
        if sort.iter().any(|s| !s.path.steps.is_empty()) {
            return Err(Error::parameter("sort", "bad_sort", "A list of the past is sorted by fields of the record itself."));
        }
        let projection = self.projection(&object, find.fields.as_deref(), &find.include)?;
        // Today's rights decide on the row as it is today; the filter on the row as it was.
        let probe = Query { object: object.clone(), select: vec![], filter: filter.clone(), sort: sort.clone(), after: None, limit: 1, archived: Archived::Include };
        let probe = self.rights().authorize_query(probe)?;
        let asked = self.rights().authorize_past(&object, filter)?;
        let changed = self.changed_since(&object, at)?;
        let created = object.field("created_at").cloned().ok_or_else(|| Error::internal("every record has created_at"))?;
        let before = Cond::Test { path: Path::of(&created), op: Op::Lte, operand: Operand::One(Value::DateTime(at)) };
        let mut records = self.unchanged(&object, &probe.narrowed(before), at)?;
        for chunk in changed.chunks(500) {
            let readable = self.allowed(&object, chunk, Action::Read)?;
            let chunk: Vec<RecordId> = chunk.iter().copied().filter(|id| readable.contains(id)).collect();
            let withheld = self.withheld_by_field(&object, &chunk)?;
            for now in self.load_many(&object, &chunk)? {
                let Some(past) = self.as_of(now, at)? else { continue };
                // What a record withholds today is no answer to a question about its past either.
                let mut tested = past.clone();
                for (name, _) in withheld.iter().filter(|(_, ids)| ids.contains(&past.id())) {
                    tested.set(name, Value::Null);
                }
                let row = Row::new(tested, self);
                let failed = row.failed.clone();
                let holds = eval::matches(asked.get(), &row);
                drop(row);
                if let Some(error) = failed.borrow_mut().take() {
                    return Err(error);
                }
                if holds {
                    records.push(past);
                }
            }
        }
        records.retain(|r| match find.archived {
            Archived::Include => true,
            Archived::Exclude => !r.is_archived(),
            Archived::Only => r.is_archived(),
        });
        let records = self.sort_past(&object, &sort, records)?;
        Ok((object, projection, records))
    }
    /// All rows of a list of the past at once, whatever its limit: what a report counts.
    ///
    /// # Errors
    /// As a list of the past.
    pub fn rows_as_of(&mut self, find: &Find, at: i64) -> Result<Vec<Map<String, Json>>> {
        let (object, projection, records) = self.past_records(find, at)?;
        let mut rows = Vec::with_capacity(records.len());
        for record in &records {
            let hidden = self.hidden_then(&object, record)?;
            rows.push(self.write_past(&projection, record, &hidden)?);
        }
        self.complete(&object, &projection, &mut rows)?;
        self.saw(&object.name, || projection.shown().to_owned(), rows.iter().map(|r| r.id));
        let read = |mut json: Vec<u8>| {
            json.push(b'}');
            serde_json::from_slice(&json).map_err(|e| Error::internal(format!("a row cannot be read: {e}")))
        };
        rows.into_iter().map(|row| read(row.json)).collect()
    }
    pub(crate) fn find_as_of(&mut self, find: &Find, at: i64) -> Result<Vec<u8>> {
        let limit = usize::try_from(page_limit(find.limit)?).unwrap_or(50);
        let (object, projection, records) = self.past_records(find, at)?;
        let total = records.len();
        let question = json!(["as_of", object.name, find.filter, find.sort, at, find.archived == Archived::Only, find.archived == Archived::Include]).to_string();
        let start = match &find.cursor {
            None => 0,
            Some(text) => cursor::open(&self.inner().master_key, &question, self.me(), text)?.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        };
        let next = (total > start + limit).then(|| cursor::seal(&self.inner().master_key, &question, self.me(), &json!(start + limit)));
        let mut rows = Vec::new();
        for record in records.into_iter().skip(start).take(limit) {
            let hidden = self.hidden_then(&object, &record)?;
            rows.push(self.write_past(&projection, &record, &hidden)?);
        }
        self.complete(&object, &projection, &mut rows)?;
        self.saw(&object.name, || projection.shown().to_owned(), rows.iter().map(|r| r.id));
        let mut out = b"{\"items\":[".to_vec();
        for (i, row) in rows.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&row.json);
            out.push(b'}');
        }
        out.extend_from_slice(b"],\"next_cursor\":");
        crate::json::value(&Json::from(next), &mut out);
        if find.count != super::CountMode::None {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        out.push(b'}');
        Ok(out)
    }
    /// By values as the asker sees them: what is hidden from them sorts as empty.
    fn sort_past(&mut self, object: &Arc<Object>, sort: &[Sort], records: Vec<Record>) -> Result<Vec<Record>> {
        let mut keyed: Vec<(Vec<Value>, Record)> = records.into_iter().map(|r| (sort.iter().map(|s| r.get(s.path.field.name()).clone()).collect(), r)).collect();
        for (i, key) in sort.iter().enumerate() {
            let guard = self.rights().guard_when(object, &key.path.field, When::Then);
            let ids: Vec<RecordId> = keyed.iter().map(|(_, r)| r.id()).collect();
            let withheld = self.withholding(object, &key.path.field, &ids)?;
            if guard.is_none() && withheld.is_empty() {
                continue;
            }
            for (keys, record) in &mut keyed {
                if withheld.contains(&record.id()) || !guard.as_ref().map_or(Ok(true), |guard| self.holds_then(guard, record))? {
                    keys[i] = Value::Null;
                }
            }
        }
        let down = sort.first().is_some_and(|s| s.descending);
        keyed.sort_by(|(a, x), (b, y)| {
            let ids = if down { y.id().cmp(&x.id()) } else { x.id().cmp(&y.id()) };
            a.iter().zip(b).zip(sort).map(|((a, b), s)| eval::sort_order(&s.path.field, a, b, s.descending)).find(|o| o.is_ne()).unwrap_or(ids)
        });
        Ok(keyed.into_iter().map(|(_, record)| record).collect())
    }
    fn holds_then(&mut self, cond: &Cond, record: &Record) -> Result<bool> {
        let row = Row::new(record.clone(), self);
        let failed = row.failed.clone();
        let holds = eval::matches(cond, &row);
        drop(row);
        let failure = failed.borrow_mut().take();
        failure.map_or(Ok(holds), Err)
    }
    fn changed_since(&mut self, object: &Arc<Object>, at: i64) -> Result<Vec<RecordId>> {
        let mut q = Sql::new(format!("SELECT DISTINCT \"record\" FROM {} WHERE \"object\" = ", self.db().table("sys_history")));
        q.arg(&*object.name).push(" AND \"at\" > ").arg(at).push(" AND \"kind\" <> 'created' LIMIT 50001");
        let ids: Vec<RecordId> = self
            .db()
            .rows(&q)
            .or_db()?
            .iter()
            .filter_map(|r| match r.first() {
                Some(Val::Text(id)) => id.parse().ok(),
                _ => None,
            })
            .collect();
        if ids.len() > MAX_CHANGED {
            return Err(Error::parameter("as_of", "too_many_changes", format!("More than {MAX_CHANGED} records have changed since. Choose a later instant, or export.")));
        }
        Ok(ids)
    }
    fn unchanged(&mut self, object: &Arc<Object>, cond: &access::Authorized<Cond>, at: i64) -> Result<Vec<Record>> {
        let sql = store::compile::condition_sql(self.db(), &object.name, cond);
        let mut q = Sql::new(format!("SELECT {} FROM {} t0 WHERE ", Record::columns(object, "t0"), self.db().table(&object.name)));
        q.append(&sql).push(&format!(" AND NOT EXISTS (SELECT 1 FROM {} h WHERE h.\"record\" = t0.\"id\" AND h.\"kind\" <> 'created' AND h.\"at\" > ", self.db().table("sys_history")));
        q.arg(at).push(") LIMIT 200001");
        let mut out = Vec::new();
        self.db()
            .query(&q, &mut |row| {
                out.push(Record::read(object, row));
                Ok(())
            })
            .or_db()?;
        if out.len() > 200_000 {
            return Err(Error::parameter("filter", "too_many_rows", "A list of the past shows 200,000 records at most. Narrow the filter."));
        }
        Ok(out)
    }
}
