//! References on their way in: looked up by another field, and checked to exist and be readable.

use crate::{OrDb, record::Record, tx::Tx, write::Input};
use access::Action;
use kernel::{FieldError, RecordId, Result};
use metadata::{AnyRef, Field, Object, ParseCtx, Value};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use store::{Sql, Val, compile};

impl Tx<'_> {
    /// Replaces `{"by": field, "value": v}` by ids and refuses what is not there. What the asker may not read is not
    /// there. One question per object and field for all inputs together.
    pub(crate) fn resolve_links(&mut self, inputs: &mut [Input]) -> Result<()> {
        self.resolve_by(inputs)?;
        let mut wanted: HashMap<String, HashSet<RecordId>> = HashMap::new();
        for input in inputs.iter() {
            for (field, value) in input.set.iter().chain(&input.past) {
                for (object, id) in targets(field, value) {
                    wanted.entry(object).or_default().insert(id);
                }
            }
        }
        let mut there: HashMap<String, HashSet<RecordId>> = HashMap::new();
        for (name, ids) in wanted {
            let found = match self.registry().object(&name).cloned() {
                Some(object) if self.rights().can(&object, Action::Read) => self.allowed(&object, &ids.into_iter().collect::<Vec<_>>(), Action::Read)?,
                _ => HashSet::new(),
            };
            there.insert(name, found);
        }
        for input in inputs {
            for (field, value) in input.set.iter().chain(&input.past) {
                if targets(field, value).iter().any(|(object, id)| !there.get(object).is_some_and(|ids| ids.contains(id))) {
                    input.errors.push(FieldError::new(field.name(), "unknown_reference", format!("{} refers to a record that is not here, or that you may not see.", field.def.label)));
                }
            }
        }
        Ok(())
    }
    fn resolve_by(&mut self, inputs: &mut [Input]) -> Result<()> {
        let mut questions: HashMap<(String, String), HashSet<String>> = HashMap::new();
        for input in inputs.iter() {
            for (field, value) in input.set.iter().chain(&input.past) {
                if let Some((object, by, text)) = question(field, value) {
                    questions.entry((object, by)).or_default().insert(text);
                }
            }
        }
        if questions.is_empty() {
            return Ok(());
        }
        let mut answers: HashMap<(String, String, String), Vec<RecordId>> = HashMap::new();
        for ((name, by), texts) in questions {
            let Some(object) = self.registry().object(&name).cloned() else { continue };
            let Some(field) = object.field(&by).filter(|f| f.storage != metadata::Storage::None).cloned() else { continue };
            if !matches!(self.rights().field(&object, &field), access::FieldAccess::Read | access::FieldAccess::Write) {
                continue;
            }
            let texts: Vec<String> = texts.into_iter().collect();
            for chunk in texts.chunks(500) {
                self.look_up(&object, &field, chunk, |text, id| answers.entry((name.clone(), by.clone(), text)).or_default().push(id))?;
            }
        }
        for input in inputs {
            let errors = &mut input.errors;
            for (field, value) in input.set.iter_mut().chain(&mut input.past) {
                let Some((object, by, text)) = question(field, value) else { continue };
                let found = answers.get(&(object.clone(), by.clone(), text)).map_or(&[][..], Vec::as_slice);
                match found {
                    [id] => *value = if field.storage == metadata::Storage::AnyRef { Value::AnyRef(AnyRef { object, id: *id }) } else { Value::Ref(*id) },
                    [] => errors.push(FieldError::new(field.name(), "unknown_reference", format!("No {object} has this {by}, or you may not see it."))),
                    _ => errors.push(FieldError::new(field.name(), "ambiguous_reference", format!("Several records of {object} have this {by}. Refer by id, or by a unique field."))),
                }
            }
            if !errors.is_empty() {
                input.set.retain(|(_, v)| !matches!(v, Value::By { .. }));
                input.past.retain(|(_, v)| !matches!(v, Value::By { .. }));
            }
        }
        Ok(())
    }
    /// Ids of readable live rows by the exact values of a field; values that cannot be of its type find nothing.
    pub(crate) fn look_up(&mut self, object: &Arc<Object>, field: &Arc<Field>, texts: &[String], mut each: impl FnMut(String, RecordId)) -> Result<()> {
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: true };
        let parse = |text: &String| field.kind().parse(&serde_json::Value::from(text.as_str()), ctx).ok().filter(|v| !v.is_null());
        let values: Vec<(String, Value)> = texts.iter().filter_map(|t| parse(t).map(|v| (t.clone(), v))).collect();
        if values.is_empty() {
            return Ok(());
        }
        // Only where the asker sees the value: otherwise a reference by it would be a way to guess it.
        let guarded = self.rights().guard(object, field).is_some();
        let filter = if guarded { metadata::Cond::is_in(field, values.iter().map(|(_, value)| value.clone()).collect()) } else { metadata::Cond::TRUE };
        let seen = metadata::Query { object: object.clone(), select: vec![], filter, sort: vec![], after: None, limit: 1, archived: metadata::Archived::Exclude };
        let seen = self.rights().authorize_query(seen)?.narrowed(metadata::Cond::TRUE);
        let cond = compile::condition_sql(self.db(), &object.name, &seen);
        let mut q = Sql::new(format!("SELECT {}, t0.\"id\" FROM {} t0 WHERE t0.{} IN (", field_columns(field), self.db().table(&object.name), store::quote(field.column())));
        let mut vals = Vec::new();
        let mut by_main: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, (_, value)) in values.iter().enumerate() {
            let Some(main) = main_column(field, value) else { continue };
            by_main.entry(format!("{main:?}")).or_default().push(i);
            vals.push(main);
        }
        q.list(vals).push(") AND t0.\"archived_at\" IS NULL AND ").append(&cond);
        let width = compile::width(field);
        let mut found = Vec::new();
        self.db()
            .query(&q, &mut |row| {
                if let Some(id) = row.cell(width).as_str().and_then(|s| s.parse::<RecordId>().ok()) {
                    found.push((compile::read(field, row, 0), id));
                }
                Ok(())
            })
            .or_db()?;
        for (value, id) in found {
            let asked = main_column(field, &value).and_then(|main| by_main.get(&format!("{main:?}")));
            for (text, _) in asked.into_iter().flatten().filter_map(|i| values.get(*i)).filter(|(_, v)| metadata::eval::same(v, &value)) {
                each(text.clone(), id);
            }
        }
        Ok(())
    }
    /// Items of a list of references that the asker may not see stay in it, whatever list they send.
    pub(crate) fn with_unseen_items(&mut self, field: &Field, before: &Value, after: Value) -> Result<Value> {
        let (metadata::FieldType::ManyToMany { to }, Value::List(old)) = (field.kind(), before) else { return Ok(after) };
        let Some(object) = self.registry().object(to).cloned() else { return Ok(after) };
        let ids: Vec<RecordId> = old.iter().filter_map(|id| id.parse().ok()).collect();
        let seen = if self.rights().can(&object, Action::Read) { self.allowed(&object, &ids, Action::Read)? } else { HashSet::new() };
        let mut all: Vec<String> = ids.iter().filter(|id| !seen.contains(id)).map(ToString::to_string).collect();
        if let Value::List(new) = after {
            all.extend(new);
        }
        all.sort_unstable();
        all.dedup();
        Ok(if all.is_empty() { Value::Null } else { Value::List(all) })
    }
    /// What a reference field of a loaded record points at, whatever the asker's rights: for rules of a slice.
    pub fn follow(&mut self, record: &Record, field: &str) -> Result<Option<Record>> {
        let (object, id) = match record.get(field) {
            Value::AnyRef(any) => (any.object.clone(), any.id),
            Value::Ref(id) => match record.object.field(field).and_then(|f| f.kind().target()) {
                Some(target) => (target.to_owned(), *id),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let Some(object) = self.registry().object(&object).cloned() else { return Ok(None) };
        // The rows of a chunk refer to the same stages and accounts again and again, and nothing is written before all of
        // them are checked.
        if self.chunked.is_none() {
            return self.load(&object, id);
        }
        if let Some(known) = self.followed.get(&id) {
            return Ok(known.clone());
        }
        let mut ids = self.followable.remove(field).and_then(|mut by_object| by_object.remove(&*object.name)).unwrap_or_default();
        ids.push(id);
        for chunk in ids.chunks(500) {
            self.followed.extend(chunk.iter().map(|id| (*id, None)));
            for found in self.load_many(&object, chunk)? {
                self.followed.insert(found.id(), Some(found));
            }
        }
        Ok(self.followed.get(&id).cloned().flatten())
    }
    /// Notes what the rows of a chunk point at, so that a rule that follows one reference costs one question for all.
    pub(crate) fn will_follow(&mut self, inputs: &[Input]) {
        let mut all: HashMap<String, HashMap<String, HashSet<RecordId>>> = HashMap::new();
        for (field, value) in inputs.iter().flat_map(|input| input.set.iter().chain(&input.past)) {
            if let (Value::Ref(_) | Value::AnyRef(_), Some((object, id))) = (value, targets(field, value).pop()) {
                all.entry(field.name().to_owned()).or_default().entry(object).or_default().insert(id);
            }
        }
        self.followable = all.into_iter().map(|(field, by_object)| (field, by_object.into_iter().map(|(object, ids)| (object, ids.into_iter().collect())).collect())).collect();
    }
}

/// What the first column of a field holds for a value.
fn main_column(field: &Field, value: &Value) -> Option<Val> {
    let mut vals = Vec::new();
    compile::vals(field, value, &mut vals);
    vals.into_iter().next()
}
fn field_columns(field: &Field) -> String {
    field.columns().into_iter().take(compile::width(field)).map(|c| format!("t0.{}", store::quote(&c))).collect::<Vec<_>>().join(", ")
}
/// `(object, field, value as text)` of a reference by another field.
fn question(field: &Field, value: &Value) -> Option<(String, String, String)> {
    let Value::By { object, field: by, value } = value else { return None };
    let object = object.clone().or_else(|| field.kind().target().map(str::to_owned))?;
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some((object, by.clone(), text))
}
/// Records a value points at.
fn targets(field: &Field, value: &Value) -> Vec<(String, RecordId)> {
    match value {
        Value::Ref(id) => field.kind().target().map(|t| (t.to_owned(), *id)).into_iter().collect(),
        Value::AnyRef(any) => vec![(any.object.clone(), any.id)],
        Value::List(ids) => match field.kind() {
            metadata::FieldType::ManyToMany { to } => ids.iter().filter_map(|id| id.parse().ok()).map(|id| (to.clone(), id)).collect(),
            _ => vec![],
        },
        _ => vec![],
    }
}
