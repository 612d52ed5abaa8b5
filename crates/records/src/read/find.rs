//! Lists and single records.

use super::{
    CountMode, Find, Get, One,
    projection::{Projected, Projection},
};
use crate::{OrDb, cursor, tx::Tx};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::{Archived, Cond, Object, Path, Query, Sort, Value, bind, bind_path};
use serde_json::{Value as Json, json};
use std::{collections::HashMap, sync::Arc};
use store::{Val, compile};

/// Where a record says whether it may have gone into another one.
const ARCHIVED_AT: &[u8] = b"\"archived_at\":";
/// Rows past which an estimated count stops.
const ESTIMATE: u32 = 10_000;

impl Tx<'_> {
    /// An object of which the asker may read at least something.
    pub(crate) fn readable_object(&self, name: &str) -> Result<Arc<Object>> {
        let object = self.object(name)?;
        if self.rights().can(&object, Action::Read) { Ok(object) } else { Err(Error::forbidden(format!("Your role may not read {}.", object.def.plural_label.to_lowercase()))) }
    }
    /// `{"items":[...],"next_cursor":...}`, with `total` when counted.
    pub fn find(&mut self, find: &Find) -> Result<Vec<u8>> {
        if let Some(at) = find.as_of {
            return self.find_as_of(find, at);
        }
        let object = self.readable_object(&find.object)?;
        let limit = page_limit(find.limit)?;
        let filter = match &find.filter {
            Some(json) => bind(&self.bind_ctx(), &object, json)?,
            None => Cond::TRUE,
        };
        let sort = self.bind_sort(&object, &find.sort)?;
        let question = json!(["find", object.name, find.filter, find.sort, find.archived == Archived::Only, find.archived == Archived::Include]).to_string();
        let after = match &find.cursor {
            None => None,
            Some(text) => Some(self.open_cursor(&question, text, &sort)?),
        };
        let projection = self.remembered_projection(&object, find.fields.as_deref(), &find.include)?;
        let query = Query { object: object.clone(), select: projection.select.clone(), filter, sort, after, limit, archived: find.archived };
        let query = self.rights().authorize_query(query)?;
        let (mut rows, last) = self.page(&query, &projection, limit, true)?;
        let next = last.map(|position| cursor::seal(&self.inner().master_key, &question, self.me(), &position));
        self.complete(&object, &projection, &mut rows)?;
        self.saw(&object.name, || projection.shown().to_owned(), rows.iter().map(|r| r.id));
        let mut out = Vec::with_capacity(rows.iter().map(|r| r.json.len() + 2).sum::<usize>() + 64);
        out.extend_from_slice(b"{\"items\":[");
        for (i, row) in rows.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&row.json);
            out.push(b'}');
        }
        out.extend_from_slice(b"],\"next_cursor\":");
        crate::json::value(&json!(next), &mut out);
        self.write_total(&query, find.count, &mut out)?;
        out.push(b'}');
        Ok(out)
    }
    pub(crate) fn bind_sort(&self, object: &Arc<Object>, sort: &[String]) -> Result<Vec<Sort>> {
        let mut out = Vec::new();
        for text in sort {
            let (name, descending) = text.strip_prefix('-').map_or((text.as_str(), false), |n| (n, true));
            let path = bind_path(self.registry(), object, name)?;
            metadata::must_be_stored(&path)?;
            if !path.field.sortable() {
                return Err(Error::field(name, "not_sortable", format!("A list cannot be sorted by \"{name}\".")));
            }
            out.push(Sort { path, descending });
        }
        if out.len() > 5 {
            return Err(Error::parameter("sort", "too_many", "A list is sorted by five fields at most."));
        }
        Ok(out)
    }
    /// Values of the sort keys and the id, as the position holds them.
    fn open_cursor(&self, question: &str, text: &str, sort: &[Sort]) -> Result<Vec<Value>> {
        let position = cursor::open(&self.inner().master_key, question, self.me(), text)?;
        let bad = || Error::parameter("cursor", "bad_cursor", "This cursor does not belong to this question. Start from the first page.");
        let cells = position.as_array().filter(|c| c.len() == sort.len() + 1).ok_or_else(bad)?;
        Ok(cells
            .iter()
            .zip(sort.iter().map(|s| Some(&s.path)).chain([None]))
            .map(|(cell, path)| match (cell, path.map(|p| p.field.storage)) {
                (Json::Null, _) => Value::Null,
                (Json::Number(n), Some(metadata::Storage::Money)) => Value::Money { money: kernel::Money { minor: 0, currency: self.settings().currency() }, workspace: n.as_i64() },
                (Json::Number(n), _) => n.as_i64().map_or(Value::Null, Value::Int),
                (Json::String(s), _) => Value::Text(s.clone()),
                _ => Value::Null,
            })
            .collect())
    }
    /// Rows of one page and, where more follow and it is `asked` whether they do, the position of the last: raw sort cells
    /// and id.
    pub(crate) fn page(&mut self, query: &access::Authorized<Query>, projection: &Projection, limit: u32, asked: bool) -> Result<(Vec<Projected>, Option<Json>)> {
        let (mut rows, mut last, mut more) = (Vec::new(), None, false);
        let sorts = query.get().sort.len();
        let want = usize::try_from(limit).unwrap_or(usize::MAX);
        let statements = compile::page(self.db(), query, if asked { limit + 1 } else { limit });
        for sql in [statements.valued, statements.empty].into_iter().flatten() {
            if rows.len() >= want && (more || !asked) {
                break;
            }
            self.db()
                .query(&sql, &mut |row| {
                    if rows.len() == want {
                        more = true;
                        return Ok(());
                    }
                    rows.push(projection.write(row));
                    if asked && rows.len() == want {
                        let position = |i| match row.cell(projection.width + i).to_val() {
                            Val::Int(n) => json!(n),
                            Val::Text(text) => json!(text),
                            _ => Json::Null,
                        };
                        last = Some(Json::Array((0..=sorts).map(position).collect()));
                    }
                    Ok(())
                })
                .or_db()?;
        }
        Ok((rows, last.filter(|_| more)))
    }
    fn write_total(&mut self, query: &access::Authorized<Query>, mode: CountMode, out: &mut Vec<u8>) -> Result<()> {
        let bound = match mode {
            CountMode::None => return Ok(()),
            CountMode::Exact => None,
            CountMode::Estimate => Some(ESTIMATE),
        };
        let sql = compile::count(self.db(), query, bound);
        let total = match self.db().one(&sql).or_db()?.as_deref() {
            Some([Val::Int(n)]) => *n,
            _ => 0,
        };
        out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        if bound.is_some_and(|b| total >= i64::from(b)) {
            out.extend_from_slice(b",\"total_at_least\":true");
        }
        Ok(())
    }
    /// Adds roll-ups and included records: one question each for the whole page.
    pub(crate) fn complete(&mut self, object: &Arc<Object>, projection: &Projection, rows: &mut [Projected]) -> Result<()> {
        if !projection.roll_ups.is_empty() {
            self.add_roll_ups(object, &projection.roll_ups, rows)?;
        }
        self.add_formulas(projection, rows);
        self.add_late(projection, rows)?;
        for (i, field) in projection.includes.iter().enumerate() {
            let Some(target) = field.kind().target().and_then(|t| self.registry().object(t)).cloned() else { continue };
            let mut ids: Vec<RecordId> = rows.iter().filter_map(|r| r.included.get(i).copied().flatten()).collect();
            ids.sort_unstable();
            ids.dedup();
            let found = self.by_ids(&target, &ids)?;
            let key = format!("{}_record", field.name());
            for row in rows.iter_mut() {
                let json = row.included.get(i).copied().flatten().and_then(|id| found.get(&id));
                row.add(&key, json.map_or(b"null", Vec::as_slice));
            }
        }
        Ok(())
    }
    /// Readable records as JSON, by id; archived ones too.
    pub(crate) fn by_ids(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<HashMap<RecordId, Vec<u8>>> {
        let mut out = HashMap::new();
        if ids.is_empty() || !self.rights().can(object, Action::Read) {
            return Ok(out);
        }
        let projection = self.remembered_projection(object, None, &[])?;
        for chunk in ids.chunks(500) {
            let limit = u32::try_from(chunk.len()).unwrap_or(500);
            let query = Query { object: object.clone(), select: projection.select.clone(), filter: Cond::Ids(chunk.into()), sort: vec![], after: None, limit, archived: Archived::Include };
            let query = self.rights().authorize_query(query)?;
            let (mut rows, _) = self.page(&query, &projection, limit, false)?;
            self.complete(object, &projection, &mut rows)?;
            self.saw(&object.name, || projection.shown().to_owned(), rows.iter().map(|r| r.id));
            for mut row in rows {
                row.json.push(b'}');
                out.insert(row.id, row.json);
            }
        }
        Ok(out)
    }
    /// One record, archived or not.
    ///
    /// # Errors
    /// 404 where it is not there or may not be read.
    pub fn get(&mut self, object: &str, id: RecordId, get: &Get) -> Result<One> {
        let object = self.object(object)?;
        let missing = || Error::not_found(&object.def.label.to_lowercase());
        if !self.rights().can(&object, Action::Read) {
            return Err(missing());
        }
        if let Some(at) = get.as_of {
            return self.get_as_of(&object, id, get, at);
        }
        let by_id = self.by_id(&object, get)?;
        let projection = by_id.projection.clone();
        let mut rows = Vec::new();
        self.db()
            .query(&by_id.statement(id), &mut |row| {
                rows.push(projection.write(row));
                Ok(())
            })
            .or_db()?;
        if rows.is_empty() {
            return Err(missing());
        }
        self.complete(&object, &projection, &mut rows)?;
        self.saw(&object.name, || projection.shown().to_owned(), [id]);
        let mut row = rows.pop().ok_or_else(missing)?;
        // the record's own comes before those of records that are included
        let at = row.json.windows(ARCHIVED_AT.len()).position(|w| w == ARCHIVED_AT);
        let live = at.is_some_and(|at| row.json[at + ARCHIVED_AT.len()..].starts_with(b"null"));
        if !live && let Some(winner) = self.now_at(&object.name, id)? {
            row.json.extend_from_slice(b",\"merged_into\":");
            crate::json::value(&json!(winner.to_string()), &mut row.json);
        }
        row.json.push(b'}');
        Ok(One { json: row.json, version: row.version })
    }
    /// Title of a record the asker may read.
    pub(crate) fn path_of(&self, object: &Arc<Object>, name: &str) -> Result<Option<Path>> {
        let Some(field) = object.field(name) else { return Ok(None) };
        if !matches!(self.rights().field(object, field), access::FieldAccess::Read | access::FieldAccess::Write) {
            return Ok(None);
        }
        let mut path = Path::of(field);
        self.rights().guard_path(object, &mut path)?;
        Ok(Some(path))
    }
}

/// 1 to 500, 50 if not said.
pub(crate) fn page_limit(limit: Option<u32>) -> Result<u32> {
    match limit {
        None => Ok(50),
        Some(n @ 1..=500) => Ok(n),
        Some(_) => Err(Error::parameter("limit", "bad_limit", "limit is between 1 and 500.")),
    }
}
