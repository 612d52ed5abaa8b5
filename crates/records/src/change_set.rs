//! Change sets: what one import, bulk change or undo did, and taking it back.

use crate::{OrDb, history::Entry, json::instant, tx::Tx};
use access::{Action, ChangeKind};
use kernel::{Code, Error, RecordId, Result};
use metadata::{Object, ParseCtx, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashMap, sync::Arc};
use store::{Sql, Val};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoMode {
    /// Only what still has the value that the set wrote.
    Safe,
    /// Also what was changed since.
    Force,
}
/// What is being taken back, how, and whether the asker made it.
#[derive(Clone, Copy)]
struct Undoing {
    set: RecordId,
    mode: UndoMode,
    own: bool,
}
const MAX_SKIPPED: usize = 1_000;

impl Tx<'_> {
    pub fn open_change_set(&mut self, kind: &str) -> Result<RecordId> {
        let (id, me, now) = (self.new_id(), self.me(), self.now_ms());
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"kind\", \"by\", \"at\", \"status\", \"counts\") VALUES (", self.db().table("sys_change_set")));
        q.arg(id.to_string()).push(", ").arg(kind).push(", ").arg(me.to_string()).push(", ").arg(now).push(", 'running', '{}')");
        self.db().exec(&q).or_db()?;
        Ok(id)
    }
    /// Counts answers by status and marks the set done.
    pub(crate) fn close_change_set(&mut self, id: RecordId, answers: &[Json]) -> Result<()> {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for answer in answers {
            let word = match answer.get("status").and_then(Json::as_u64) {
                Some(201) => "created",
                Some(200) => "updated",
                Some(204) => "archived",
                _ => "rejected",
            };
            *counts.entry(word).or_default() += 1;
        }
        self.finish_change_set(id, "done", &json!(counts))
    }
    pub fn finish_change_set(&mut self, id: RecordId, status: &str, counts: &Json) -> Result<()> {
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = ", self.db().table("sys_change_set")));
        q.arg(status).push(", \"counts\" = ").arg(counts.to_string()).push(" WHERE \"id\" = ").arg(id.to_string());
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    pub(crate) fn write_chunk(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<()> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let (set, now) = (self.change_set.map(|s| s.to_string()), self.now_ms());
        let mut q = Sql::new(format!("INSERT INTO {} (\"change_set\", \"object\", \"at\", \"ids\") VALUES (", self.db().table("sys_change_chunk")));
        q.arg(set).push(", ").arg(&*object.name).push(", ").arg(now).push(", ").arg(json!(ids).to_string()).push(")");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// `CONTRACT.md` 3. Whoever made it sees it, and whoever may make mass changes.
    pub fn change_set(&mut self, id: RecordId) -> Result<Json> {
        let q = Sql::with(
            format!("SELECT \"kind\", \"by\", \"at\", \"status\", \"counts\", \"restored\", \"skipped\", \"undoes\" FROM {} WHERE \"id\" = $1", self.db().table("sys_change_set")),
            [id.to_string()],
        );
        let row = self.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("change set"))?;
        let text = |i: usize| match row.get(i) {
            Some(Val::Text(text)) => text.as_str(),
            _ => "",
        };
        if text(1) != self.me().to_string() && !self.rights().capability("mass_change") && !self.rights().capability("read_log") {
            return Err(Error::not_found("change set"));
        }
        let parsed = |i: usize| serde_json::from_str::<Json>(text(i)).unwrap_or(Json::Null);
        let mut out = json!({"id": id.to_string(), "kind": text(0), "by": self.name_of(text(1)), "at": match row.get(2) { Some(Val::Int(at)) => instant(*at), _ => Json::Null }, "status": text(3), "counts": parsed(4)});
        let skipped = self.readable_skips(parsed(6))?;
        if let (Some(map), Some(Val::Int(restored))) = (out.as_object_mut(), row.get(5)) {
            map.insert("restored".into(), json!(restored));
            map.insert("skipped".into(), skipped);
            map.insert("undoes".into(), json!(text(7)));
        }
        Ok(out)
    }
    /// What was left out of an undo, without the records that the asker may not see.
    fn readable_skips(&mut self, skipped: Json) -> Result<Json> {
        let Json::Array(items) = skipped else { return Ok(skipped) };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or("");
            if let Ok(id) = text("id").parse()
                && self.may(text("object"), id, Action::Read)?
            {
                out.push(item);
            }
        }
        Ok(Json::Array(out))
    }
    /// Takes a set back: fields to what they were, created records archived, archived ones restored. What left the
    /// building (exports, messages) is not touched. Answers with the undoing set, a change set itself.
    ///
    /// # Errors
    /// 404 where the set is unknown or not the asker's; 403 where it is only theirs to see; 409 where it is still running or
    /// was undone already.
    pub fn undo(&mut self, id: RecordId, mode: UndoMode) -> Result<Json> {
        self.must_write()?;
        let set = self.change_set(id)?;
        let own = set.pointer("/by/id") == Some(&json!(self.me()));
        if !own && !self.rights().capability("mass_change") {
            return Err(Error::forbidden("You may see this change, but not take it back. Ask whoever made it, or who makes mass changes."));
        }
        if set.get("status") == Some(&json!("running")) {
            return Err(Error::new(Code::Conflict, "still_running", "This change is still running. Wait until it is done."));
        }
        let q = Sql::with(format!("SELECT 1 FROM {} WHERE \"undoes\" = $1 AND \"status\" <> 'failed'", self.db().table("sys_change_set")), [id.to_string()]);
        if self.db().one(&q).or_db()?.is_some() {
            return Err(Error::new(Code::Conflict, "already_undone", "This change has been undone already. Undo the undoing to bring it back."));
        }
        let undoing = self.open_change_set("undo")?;
        let had = self.change_set.replace(undoing);
        let done = self.undo_all(Undoing { set: id, mode, own });
        self.change_set = had;
        let (restored, skipped) = done?;
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = 'done', \"undoes\" = ", self.db().table("sys_change_set")));
        q.arg(id.to_string()).push(", \"restored\" = ").arg(restored).push(", \"counts\" = ").arg(json!({"restored": restored, "skipped": skipped.len()}).to_string());
        q.push(", \"skipped\" = ").arg(json!(skipped.into_iter().take(MAX_SKIPPED).collect::<Vec<_>>()).to_string()).push(" WHERE \"id\" = ").arg(undoing.to_string());
        self.db().exec(&q).or_db()?;
        Ok(json!({"id": undoing.to_string(), "status": "done"}))
    }
    fn undo_all(&mut self, undoing: Undoing) -> Result<(i64, Vec<Json>)> {
        let id = undoing.set;
        let (mut restored, mut skipped) = (0, Vec::new());
        let mut count = |done: Vec<Json>| {
            restored += i64::from(done.is_empty());
            skipped.extend(done);
        };
        // Newest first: children before the parents they were made under.
        let q = Sql::with(format!("SELECT \"object\", \"record\", \"kind\", \"version\" FROM {} WHERE \"change_set\" = $1 ORDER BY \"seq\" DESC", self.db().table("sys_history")), [id.to_string()]);
        let steps: Vec<(String, RecordId, String, i64)> = self
            .db()
            .rows(&q)
            .or_db()?
            .into_iter()
            .filter_map(|row| match row.as_slice() {
                [Val::Text(object), Val::Text(record), Val::Text(kind), Val::Int(version)] => Some((object.clone(), record.parse().ok()?, kind.clone(), *version)),
                _ => None,
            })
            .collect();
        for (name, record, kind, version) in steps {
            let Some(object) = self.registry().all_objects().find(|o| *o.name == *name).cloned() else { continue };
            count(self.undo_step(&object, record, |tx| match kind.as_str() {
                "created" => tx.undo_create(&object, record, undoing),
                "archived" => tx.undo_archive(&object, record, false),
                "restored" => tx.undo_archive(&object, record, true),
                _ => tx.undo_update(&object, record, version, undoing),
            })?);
        }
        let q = Sql::with(format!("SELECT \"object\", \"ids\" FROM {} WHERE \"change_set\" = $1 ORDER BY \"seq\" DESC", self.db().table("sys_change_chunk")), [id.to_string()]);
        for row in self.db().rows(&q).or_db()? {
            let [Val::Text(name), Val::Text(ids)] = row.as_slice() else { continue };
            let Some(object) = self.registry().all_objects().find(|o| *o.name == **name).cloned() else { continue };
            let ids: Vec<String> = serde_json::from_str(ids).unwrap_or_default();
            for record in ids.iter().rev().filter_map(|id| id.parse().ok()) {
                count(self.undo_step(&object, record, |tx| tx.undo_create(&object, record, undoing))?);
            }
        }
        Ok((restored, skipped))
    }
    /// One record, whole or not at all: what is refused there is skipped and listed, and the others come back.
    fn undo_step(&mut self, object: &Arc<Object>, id: RecordId, f: impl FnOnce(&mut Self) -> Result<Vec<Json>>) -> Result<Vec<Json>> {
        self.db().savepoint("step").or_db()?;
        match f(self) {
            Ok(done) => {
                self.db().release("step").or_db()?;
                Ok(done)
            }
            Err(error) if matches!(error.code, Code::Conflict | Code::Forbidden | Code::Invalid | Code::NotFound) => {
                self.take_back("step")?;
                Ok(Self::skip(object, id, None, &error.detail))
            }
            Err(error) => Err(error),
        }
    }
    fn skip(object: &Object, id: RecordId, field: Option<&str>, why: &str) -> Vec<Json> {
        let mut out = json!({"object": *object.name, "id": id.to_string(), "why": why});
        if let (Some(map), Some(field)) = (out.as_object_mut(), field) {
            map.insert("field".into(), json!(field));
        }
        vec![out]
    }
    /// Archives what the set created, unless it was changed since or others hang on it.
    fn undo_create(&mut self, object: &Arc<Object>, id: RecordId, Undoing { set, mode, .. }: Undoing) -> Result<Vec<Json>> {
        if !self.may(&object.name, id, Action::Update)? && !self.may(&object.name, id, Action::Delete)? {
            return Ok(Self::skip(object, id, None, "You may not archive this record."));
        }
        let Some(record) = self.load(object, id)? else { return Ok(Self::skip(object, id, None, "It is gone.")) };
        if record.is_archived() {
            return Ok(Self::skip(object, id, None, "It is archived already."));
        }
        if mode == UndoMode::Safe {
            if record.version() > 1 && self.entries(id, None)?.iter().any(|e| e.version > 1 && !self.is_ours(e, set)) {
                return Ok(Self::skip(object, id, None, "It was changed since."));
            }
            if let Some(child) = self.foreign_child(object, id)? {
                return Ok(Self::skip(object, id, None, &format!("{child} hangs on it that this change did not make.")));
            }
        }
        let now = Value::DateTime(self.now_ms());
        self.archive_as_engine(object, record, now)?;
        Ok(vec![])
    }
    /// A live record that refers to this one and does not come from a change set being undone; of one that the asker may
    /// not see, not even the kind is told.
    fn foreign_child(&mut self, object: &Arc<Object>, id: RecordId) -> Result<Option<String>> {
        for referrer in object.referrers.clone() {
            if referrer.field.def.base {
                continue;
            }
            let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE {} = ", self.db().table(&referrer.object), store::quote(referrer.field.column())));
            q.arg(id.to_string());
            if referrer.field.storage == metadata::Storage::AnyRef {
                q.push(&format!(" AND {} = ", store::quote(&format!("{}__obj", referrer.field.column())))).arg(&*object.name);
            }
            q.push(" AND \"archived_at\" IS NULL LIMIT 1");
            if matches!(referrer.field.kind(), metadata::FieldType::User {}) {
                continue;
            }
            let child = self.db().one(&q).or_db()?.and_then(|row| row.into_iter().next());
            if let Some(Val::Text(child)) = child {
                let seen = match child.parse() {
                    Ok(child) => self.may(&referrer.object, child, Action::Read)?,
                    Err(()) => false,
                };
                return Ok(Some(if seen { format!("A {}", referrer.object.replace('_', " ")) } else { "Something".to_owned() }));
            }
        }
        Ok(None)
    }
    fn undo_archive(&mut self, object: &Arc<Object>, id: RecordId, archive: bool) -> Result<Vec<Json>> {
        let Some(record) = self.load(object, id)? else { return Ok(Self::skip(object, id, None, "It is gone.")) };
        if record.is_archived() == archive {
            return Ok(Self::skip(object, id, None, if archive { "It is archived already." } else { "It is not archived any more." }));
        }
        if !self.may(&object.name, id, Action::Delete)? {
            return Ok(Self::skip(object, id, None, "You may not restore this record."));
        }
        let to = if archive { Value::DateTime(self.now_ms()) } else { Value::Null };
        if !archive {
            let mut after = record.clone();
            after.set("archived_at", Value::Null);
            if let Some(objection) = crate::policy::objections(self, &record, after)?.into_iter().next() {
                return Ok(Self::skip(object, id, None, &objection.detail));
            }
        }
        self.archive_as_engine(object, record, to)?;
        Ok(vec![])
    }
    fn archive_as_engine(&mut self, object: &Arc<Object>, record: crate::Record, to: Value) -> Result<()> {
        self.set_archived(object, record, to, 1)
    }
    /// Whether a change belongs to the set that is being undone, or to the undoing.
    fn is_ours(&self, entry: &Entry, set: RecordId) -> bool {
        let of = |id: RecordId| entry.change_set.as_deref() == Some(id.to_string().as_str());
        of(set) || self.change_set.is_some_and(of)
    }
    /// Restores, per field, what still has the value the set wrote. Of one's own set all comes back that followed from it;
    /// of somebody else's only what the asker may set.
    fn undo_update(&mut self, object: &Arc<Object>, id: RecordId, version: i64, Undoing { set: undone, mode, own }: Undoing) -> Result<Vec<Json>> {
        if !self.may(&object.name, id, Action::Update)? {
            return Ok(Self::skip(object, id, None, "You may not change this record."));
        }
        let Some(record) = self.load(object, id)? else { return Ok(Self::skip(object, id, None, "It is gone.")) };
        let entries = self.entries(id, None)?;
        let Some(ours) = entries.iter().find(|e| e.version == version) else { return Ok(Self::skip(object, id, None, "Its history is gone.")) };
        let parse = ParseCtx { currency: self.settings().currency(), lenient: true };
        let (mut set, mut skipped) = (Map::new(), Vec::new());
        for (field_id, old) in &ours.old {
            let Some(field) = object.live_fields().find(|f| f.def.id == *field_id) else { continue };
            // What a later change met is what this one wrote; the newest such value stands in the record.
            let mut later = entries.iter().filter(|e| e.version > version && e.old.contains_key(field_id));
            let foreign = later.clone().any(|e| !self.is_ours(e, undone));
            let wrote = later.next_back().and_then(|e| e.old.get(field_id));
            if foreign && mode == UndoMode::Safe && wrote != Some(&record.get(field.name()).to_json()) {
                skipped.extend(Self::skip(object, id, Some(field.name()), "It was changed since."));
                continue;
            }
            if !own && field.writable() && !self.may_set(object, id, field)? {
                skipped.extend(Self::skip(object, id, Some(field.name()), "You may not change this field."));
                continue;
            }
            if field.kind().parse(old, parse).is_ok() {
                set.insert(field.name().to_owned(), old.clone());
            }
        }
        if set.is_empty() {
            return Ok(skipped);
        }
        let mut after = record.clone();
        for (name, old) in &set {
            if let Some(field) = object.field(name) {
                after.set(name, field.kind().parse(old, parse).unwrap_or(Value::Null));
            }
        }
        self.fill_workspace_amounts(&mut after)?;
        let changed = crate::write::changed_fields(&record, &after);
        if changed.is_empty() {
            return Ok(skipped);
        }
        if let Some(objection) = crate::policy::objections(self, &record, after.clone())?.into_iter().next() {
            skipped.extend(Self::skip(object, id, Some(&objection.field), &objection.detail));
            return Ok(skipped);
        }
        let derived = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).collect();
        let change = self.stamp(object, &record, &mut after, ChangeKind::Update, vec![], derived)?;
        self.write_change(&record, &after, change, changed, "updated", "updated")?;
        Ok(skipped)
    }
}
