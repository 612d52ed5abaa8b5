//! Everything that happened with a record, newest first: interactions, tasks, notes, and whatever object says it
//! belongs on a timeline.

use crate::{OrDb, cursor, json::instant, tx::Tx};
use access::Action;
use kernel::{RecordId, Result};
use metadata::{Archived, Cond, Field, FieldType, Object, Op, Operand, Path, Query, Sort, Storage, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use store::compile;

#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// 1 to 500; 50 if not given.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// One entry and its place: milliseconds, then id, both falling.
struct Item {
    at: i64,
    id: String,
    json: Json,
}

impl Tx<'_> {
    /// # Errors
    /// 404 with the record.
    pub fn timeline(&mut self, object: &str, id: RecordId, paging: &Paging) -> Result<Json> {
        let object = self.object(object)?;
        self.readable_record(&object, id)?;
        let limit = crate::read::page_limit(paging.limit)?;
        let question = format!("timeline {} {id}", object.name);
        let before = match &paging.cursor {
            None => None,
            Some(text) => {
                let position = cursor::open(&self.inner().master_key, &question, self.me(), text)?;
                Some((position.get(0).and_then(Json::as_i64).unwrap_or(0), position.get(1).and_then(Json::as_str).unwrap_or("").to_owned()))
            }
        };
        let mut items = Vec::new();
        for source in self.sources(&object) {
            for way in source.1 {
                items.extend(self.entries_of(&object, &source.0, &way, id, before.as_ref(), limit + 1)?);
            }
        }
        items.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        items.dedup_by(|a, b| a.id == b.id);
        let limit = usize::try_from(limit).unwrap_or(50);
        let next = if items.len() > limit { items.get(limit - 1).map(|last| cursor::seal(&self.inner().master_key, &question, self.me(), &json!([last.at, last.id]))) } else { None };
        let mut items: Vec<Json> = items.into_iter().take(limit).map(|i| i.json).collect();
        self.saw(&object.name, || "timeline".into(), [id]);
        self.saw_items(&items, "timeline");
        self.name_states(&mut items)?;
        Ok(json!({"items": items, "next_cursor": next}))
    }
    /// A change of stage shows the stage's name, not its id.
    fn name_states(&mut self, items: &mut [Json]) -> Result<()> {
        let Some(stage) = self.registry().object("stage").cloned() else { return Ok(()) };
        let id_of = |item: &Json| item.get("title").and_then(Json::as_str).filter(|_| item.get("object") == Some(&json!("state_change"))).and_then(|t| t.parse::<RecordId>().ok());
        let ids: Vec<RecordId> = items.iter().filter_map(id_of).collect();
        if ids.is_empty() || !self.rights().can(&stage, Action::Read) {
            return Ok(());
        }
        let seen: Vec<RecordId> = self.allowed(&stage, &ids, Action::Read)?.into_iter().collect();
        let names: std::collections::HashMap<RecordId, String> = self.load_many(&stage, &seen)?.into_iter().map(|s| (s.id(), s.text("name").to_owned())).collect();
        for item in items {
            if let (Some(name), Some(map)) = (id_of(item).and_then(|id| names.get(&id)), item.as_object_mut()) {
                map.insert("title".into(), json!(name));
            }
        }
        Ok(())
    }
    /// Objects with a timeline, and the references by which their rows belong to this object's records.
    fn sources(&self, object: &Arc<Object>) -> Vec<(Arc<Object>, Vec<Arc<Field>>)> {
        self.registry()
            .objects()
            .filter(|o| self.rights().can(o, Action::Read))
            .filter_map(|o| {
                let readable = |f: &Field| matches!(self.rights().field(o, f), access::FieldAccess::Read | access::FieldAccess::Write);
                let ways: Vec<_> = o
                    .def
                    .timeline
                    .iter()
                    .filter_map(|name| o.field(name))
                    .filter(|f| readable(f))
                    .filter(|f| matches!(f.kind(), FieldType::Reference { to, .. } if to.allows(&object.name)) || f.kind().target() == Some(&object.name))
                    .cloned()
                    .collect();
                (!ways.is_empty()).then(|| (o.clone(), ways))
            })
            .collect()
    }
    fn entries_of(&mut self, object: &Arc<Object>, source: &Arc<Object>, way: &Arc<Field>, id: RecordId, before: Option<&(i64, String)>, limit: u32) -> Result<Vec<Item>> {
        let at_name = source.def.timeline_at.as_deref().unwrap_or("created_at");
        let Some(at) = source.field(at_name).or_else(|| source.field("created_at")).cloned() else { return Ok(vec![]) };
        let value = if way.storage == Storage::AnyRef { Value::AnyRef(metadata::AnyRef { object: object.name.to_string(), id }) } else { Value::Ref(id) };
        let ours = Cond::eq(way, value);
        let title = self.path_of(source, source.def.timeline_title.as_deref().unwrap_or(&source.def.title))?;
        let body = match &source.def.timeline_body {
            Some(name) => self.path_of(source, name)?,
            None => None,
        };
        let mut kinds = Vec::new();
        for name in ["kind", "created_by"] {
            kinds.push(self.path_of(source, name)?);
        }
        let mut select = vec![Path::of(&at)];
        let extras: Vec<Option<Path>> = [title, body].into_iter().chain(kinds).collect();
        select.extend(extras.iter().flatten().cloned());
        let after = before.map(|(ms, last)| vec![if at.storage == Storage::Int { Value::Int(*ms) } else { Value::Text(day_text(*ms)) }, Value::Text(last.clone())]);
        let query = Query { object: source.clone(), select, filter: ours, sort: vec![Sort { path: Path::of(&at), descending: true }], after, limit, archived: Archived::Exclude };
        // Rows without a time stand at the time they were made, and are few: they come with every page's check.
        let timed = Cond::Test { path: Path::of(&at), op: Op::IsEmpty, operand: Operand::Flag(false) };
        let query = Query { filter: query.filter.clone().and(timed), ..query };
        let query = self.rights().authorize_query(query)?;
        let statement = compile::page(self.db(), &query, limit);
        let mut out = Vec::new();
        let Some(sql) = statement.valued else { return Ok(out) };
        let widths: Vec<usize> = query.get().select.iter().map(|p| compile::width(&p.field)).collect();
        let id_at: usize = widths.iter().sum::<usize>() + 1;
        let name = source.name.clone();
        let mut by_ids = Vec::new();
        self.db()
            .query(&sql, &mut |row| {
                let ms = match compile::read(&at, row, 0) {
                    Value::DateTime(ms) => ms,
                    Value::Date(date) => date.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp().as_millisecond()).unwrap_or(0),
                    _ => 0,
                };
                let mut cell = widths.first().copied().unwrap_or(0);
                let mut parts = Vec::new();
                for extra in &extras {
                    parts.push(match extra {
                        Some(path) => {
                            let value = compile::read(&path.field, row, cell).to_json();
                            cell += compile::width(&path.field);
                            value
                        }
                        None => Json::Null,
                    });
                }
                let id = row.cell(id_at).as_str().unwrap_or("").to_owned();
                let mut parts = parts.into_iter();
                let (title, body, kind, by) = (parts.next().unwrap_or(Json::Null), parts.next().unwrap_or(Json::Null), parts.next().unwrap_or(Json::Null), parts.next().unwrap_or(Json::Null));
                let kind = if kind.is_null() { json!(*name) } else { kind };
                let mut json = Map::new();
                json.insert("at".into(), instant(ms));
                json.insert("kind".into(), kind);
                json.insert("object".into(), json!(*name));
                json.insert("id".into(), json!(id));
                json.insert("title".into(), title);
                if !body.is_null() {
                    json.insert("body".into(), body);
                }
                by_ids.push(by);
                out.push(Item { at: ms, id, json: Json::Object(json) });
                Ok(())
            })
            .or_db()?;
        for (item, by) in out.iter_mut().zip(by_ids) {
            let by = match by.as_str() {
                Some(id) => self.name_of(id),
                None => Json::Null,
            };
            if let Some(map) = item.json.as_object_mut() {
                map.insert("by".into(), by);
            }
        }
        Ok(out)
    }
}
fn day_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|t| jiff::tz::TimeZone::UTC.to_datetime(t).date().to_string()).unwrap_or_default()
}
