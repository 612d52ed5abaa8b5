//! Records and fields that a set made: archived again, children before what they hang on.

use super::{Phase, UndoMode, Undoing};
use crate::{OrDb, Record, tx::Tx};
use access::Action;
use kernel::{Code, Error, RecordId, Result};
use metadata::{FieldType, Object, OnDelete, Referrer, Storage, Value};
use serde_json::{Value as Json, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use store::{Sql, Val};

/// Ids in one question.
const BATCH: usize = 500;

impl Tx<'_> {
    pub(super) fn undo_singles(&mut self, u: &mut Undoing, room: usize) -> Result<usize> {
        let room = room.min(BATCH);
        let mut q = Sql::new(format!("SELECT \"seq\", \"object\", \"record\" FROM {} WHERE \"kind\" = 'created' AND \"change_set\" = ", self.db().table("sys_history")));
        q.arg(u.undoes.to_string()).push(" AND \"seq\" < ").arg(u.at.unwrap_or(i64::MAX)).push(&format!(" ORDER BY \"seq\" DESC LIMIT {room}"));
        let rows = self.db().rows(&q).or_db()?;
        if let Some(Val::Int(seq)) = rows.last().and_then(|row| row.first()) {
            u.at = Some(*seq);
        }
        for (object, ids) in runs(rows.iter().filter_map(|row| Some((row.get(1)?.as_str()?, row.get(2)?.as_str()?.parse().ok()?)))) {
            self.undo_made(u, &object, &ids)?;
        }
        if rows.len() < room {
            u.turn(Phase::Chunks);
        }
        Ok(rows.len())
    }
    pub(super) fn undo_chunks(&mut self, u: &mut Undoing, room: usize) -> Result<usize> {
        let mut q = Sql::new(format!("SELECT \"seq\", \"object\", \"ids\" FROM {} WHERE \"change_set\" = ", self.db().table("sys_change_chunk")));
        q.arg(u.undoes.to_string()).push(" AND \"seq\" < ").arg(u.at.unwrap_or(i64::MAX)).push(" ORDER BY \"seq\" DESC LIMIT 1");
        let row = self.db().one(&q).or_db()?;
        let Some([Val::Int(seq), Val::Text(name), Val::Text(ids)]) = row.as_deref() else {
            u.turn(Phase::Left(false));
            return Ok(0);
        };
        let all: Vec<String> = serde_json::from_str(ids).unwrap_or_default();
        let ids: Vec<RecordId> = all.iter().rev().skip(u.within).take(room.min(BATCH)).filter_map(|id| id.parse().ok()).collect();
        u.within += room.min(BATCH);
        if u.within >= all.len() {
            (u.at, u.within) = (Some(*seq), 0);
        }
        self.undo_made(u, name, &ids)?;
        Ok(ids.len().max(1))
    }
    /// What had to wait for others: round by round, until a round changes nothing.
    pub(super) fn undo_left(&mut self, u: &mut Undoing, room: usize) -> Result<usize> {
        let room = room.min(BATCH);
        let mut q = Sql::new(format!("SELECT \"seq\", \"object\", \"record\" FROM {} WHERE \"undoing\" = ", self.db().table("sys_undo_left")));
        q.arg(u.id.to_string()).push(" AND \"seq\" > ").arg(u.at.unwrap_or(-1)).push(&format!(" ORDER BY \"seq\" LIMIT {room}"));
        let rows = self.db().rows(&q).or_db()?;
        if let Some(Val::Int(seq)) = rows.last().and_then(|row| row.first()) {
            u.at = Some(*seq);
            let q = Sql::with(format!("DELETE FROM {} WHERE \"undoing\" = $1 AND \"seq\" <= $2", self.db().table("sys_undo_left")), [Val::from(u.id.to_string()), Val::Int(*seq)]);
            self.db().exec(&q).or_db()?;
        }
        let before = u.restored;
        for (object, ids) in runs(rows.iter().filter_map(|row| Some((row.get(1)?.as_str()?, row.get(2)?.as_str()?.parse().ok()?)))) {
            self.undo_made(u, &object, &ids)?;
        }
        if let Phase::Left(moving) = u.phase {
            u.phase = Phase::Left(moving || u.restored > before);
        }
        if rows.len() < room {
            match u.phase {
                Phase::Left(true) => u.turn(Phase::Left(false)),
                Phase::Left(false) => u.turn(Phase::Last),
                _ => u.turn(Phase::Fields),
            }
        }
        Ok(rows.len())
    }

    /// Archives what the set created, unless it was changed since or others hang on it.
    fn undo_made(&mut self, u: &mut Undoing, name: &str, ids: &[RecordId]) -> Result<()> {
        let Some(object) = self.registry().all_objects().find(|o| *o.name == *name).cloned() else { return Ok(()) };
        if object.def.system || ids.is_empty() {
            return Ok(()); // the engine's own facts follow what they are about
        }
        // A consent, which no person's role archives, an import may have written by mistake: its undo takes that back for
        // whoever may write one.
        let append_only = object.def.area == "privacy" && self.rights().can_create(&object) && !self.rights().can(&object, Action::Update) && !self.rights().can(&object, Action::Delete);
        if append_only && u.of_import {
            return self.as_system("import", |tx| tx.undo_made(u, name, ids));
        }
        let (update, delete) = (self.allowed(&object, ids, Action::Update)?, self.allowed(&object, ids, Action::Delete)?);
        let mut records: HashMap<RecordId, Record> = self.load_many(&object, ids)?.into_iter().map(|r| (r.id(), r)).collect();
        let hanging = self.hanging(&object, ids)?;
        let now = Value::DateTime(self.now_ms());
        for id in ids.iter().copied() {
            let why = match records.remove(&id) {
                _ if !update.contains(&id) && !delete.contains(&id) => Err("You may not archive this record."),
                None => Err("It is gone."),
                Some(record) if record.is_archived() => Err("It is archived already."),
                Some(record) if u.mode == UndoMode::Safe && self.edited_since(&record, u)? => Err("It was changed since."),
                Some(record) => Ok(record),
            };
            let record = match why {
                Ok(record) => record,
                Err(why) => {
                    u.skip(Self::skip(&object, id, None, why));
                    continue;
                }
            };
            let on_it = hanging.get(&id).map_or(&[][..], Vec::as_slice);
            let others: Vec<Referrer> = on_it.iter().filter(|r| !follows_alone(self, r)).cloned().collect();
            // what hung on it when the batch was read may be archived by now
            let child = if others.is_empty() { None } else { self.child_on(&object, id, &others)? };
            if let Some((referrer, child)) = child {
                if u.phase != Phase::Last {
                    self.undo_later(u, &object, id)?;
                    continue;
                }
                if u.mode == UndoMode::Safe {
                    let seen = self.may(&referrer.object, child, Action::Read)?;
                    let what = if seen { format!("A {}", referrer.object.replace('_', " ")) } else { "Something".to_owned() };
                    u.skip(Self::skip(&object, id, None, &format!("{what} hangs on it that stays.")));
                    continue;
                }
            }
            let done = self.undo_whole(&object, id, |tx| {
                let mut done = tx.set_archived_with(&object, record, now.clone(), on_it);
                if done.as_ref().is_err_and(|e| e.code == Code::Stale) {
                    // a rule that followed another one of this batch has changed it
                    done = match tx.load(&object, id)? {
                        Some(record) => tx.set_archived_with(&object, record, now.clone(), on_it),
                        None => Ok(()),
                    };
                }
                done.map(|()| vec![])
            })?;
            u.note(done);
        }
        Ok(())
    }
    fn edited_since(&mut self, record: &Record, u: &Undoing) -> Result<bool> {
        Ok(record.version() > 1 && self.entries(record.id(), None)?.iter().any(|e| e.version > 1 && !self.is_ours(e, u.undoes)))
    }
    fn undo_later(&mut self, u: &Undoing, object: &Object, id: RecordId) -> Result<()> {
        let mut q = Sql::new(format!("INSERT INTO {} (\"undoing\", \"object\", \"record\") VALUES (", self.db().table("sys_undo_left")));
        q.arg(u.id.to_string()).push(", ").arg(&*object.name).push(", ").arg(id.to_string()).push(")");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// By which references live records hang on these.
    fn hanging(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<HashMap<RecordId, Vec<Referrer>>> {
        let mut out: HashMap<RecordId, Vec<Referrer>> = HashMap::new();
        for referrer in object.referrers.iter().filter(|r| counts(r)) {
            let column = store::quote(referrer.field.column());
            let mut q = Sql::new(format!("SELECT DISTINCT {column} FROM {} WHERE {column} IN (", self.db().table(&referrer.object)));
            q.list(ids.iter().map(ToString::to_string)).push(") AND \"archived_at\" IS NULL");
            of_object(&mut q, referrer, object);
            for row in self.db().rows(&q).or_db()? {
                if let Some(Ok(id)) = row.first().and_then(Val::as_str).map(str::parse) {
                    out.entry(id).or_default().push(referrer.clone());
                }
            }
        }
        Ok(out)
    }
    /// A live record that refers to this one by one of these references.
    fn child_on(&mut self, object: &Arc<Object>, id: RecordId, referrers: &[Referrer]) -> Result<Option<(Referrer, RecordId)>> {
        for referrer in referrers {
            let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE {} = ", self.db().table(&referrer.object), store::quote(referrer.field.column())));
            q.arg(id.to_string()).push(" AND \"archived_at\" IS NULL");
            of_object(&mut q, referrer, object);
            q.push(" LIMIT 1");
            if let Some(Ok(child)) = self.db().one(&q).or_db()?.as_deref().and_then(|row| row.first()?.as_str()).map(str::parse) {
                return Ok(Some((referrer.clone(), child)));
            }
        }
        Ok(None)
    }

    /// Archives the custom fields that the set made, once nothing is in them; brings those back that it archived.
    pub(super) fn undo_fields(&mut self, u: &mut Undoing) -> Result<usize> {
        let mut turned = Vec::new();
        for one in self.fields_of_set(u.undoes)? {
            let text = |key: &str| one.get(key).and_then(Json::as_str).unwrap_or("").to_owned();
            let (object, id, archive) = (text("object"), text("field"), text("what") == "made");
            let Some((object, field)) = self.registry().object(&object).cloned().and_then(|o| o.fields.values().find(|f| f.def.id == id).cloned().map(|f| (o, f))) else { continue };
            if field.is_archived() == archive {
                continue;
            }
            let why = if archive && self.any_value(&object, &field)? {
                Some("It has values that stay.".to_owned())
            } else {
                let done = if archive { self.archive_field(&object.name, field.name()) } else { self.change_field(&object.name, field.name(), &json!({"archived": false})) };
                match done {
                    Ok(_) => None,
                    Err(error) if error.code == Code::Internal => return Err(error),
                    Err(error) => Some(error.detail),
                }
            };
            match why {
                Some(why) => u.skip(vec![json!({"object": *object.name, "id": null, "field": field.name(), "why": why})]),
                None => turned.push(json!({"object": *object.name, "field": id, "what": if archive { "archived" } else { "made" }})),
            }
        }
        if !turned.is_empty() {
            self.note_fields(u.id, &turned)?;
        }
        u.turn(Phase::Done);
        Ok(0)
    }
    fn any_value(&mut self, object: &Object, field: &metadata::Field) -> Result<bool> {
        if field.storage == Storage::None {
            return Ok(false);
        }
        let q = Sql::new(format!("SELECT 1 FROM {} WHERE {} IS NOT NULL AND \"archived_at\" IS NULL LIMIT 1", self.db().table(&object.name), store::quote(field.column())));
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    fn fields_of_set(&mut self, set: RecordId) -> Result<Vec<Json>> {
        let q = Sql::with(format!("SELECT \"fields\" FROM {} WHERE \"id\" = $1", self.db().table("sys_change_set")), [set.to_string()]);
        let row = self.db().one(&q).or_db()?;
        Ok(row.as_deref().and_then(|r| r.first()?.as_str()).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }
    /// Writes down which custom fields a set made (or archived), so that its undoing takes them back.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note_fields(&mut self, set: RecordId, fields: &[Json]) -> Result<()> {
        let mut all = self.fields_of_set(set)?;
        all.extend_from_slice(fields);
        let q = Sql::with(format!("UPDATE {} SET \"fields\" = $1 WHERE \"id\" = $2", self.db().table("sys_change_set")), [json!(all).to_string(), set.to_string()]);
        match self.db().exec(&q).or_db()? {
            1 => Ok(()),
            _ => Err(Error::not_found("change set")),
        }
    }
}

/// Whether a live record with this reference keeps what it refers to, or goes with it.
fn counts(referrer: &Referrer) -> bool {
    let bound = matches!(referrer.field.kind(), FieldType::Reference { on_delete: OnDelete::Cascade | OnDelete::Restrict, .. });
    bound || !referrer.field.def.base && !matches!(referrer.field.kind(), FieldType::User {})
}
/// Facts of the engine go with what they are about and keep nothing.
fn follows_alone(tx: &Tx, referrer: &Referrer) -> bool {
    tx.registry().object(&referrer.object).is_some_and(|o| o.def.system)
}
fn of_object(q: &mut Sql, referrer: &Referrer, object: &Object) {
    if referrer.field.storage == Storage::AnyRef {
        q.push(&format!(" AND {} = ", store::quote(&format!("{}__obj", referrer.field.column())))).arg(&*object.name);
    }
}
/// Neighbours of the same object together.
fn runs<'a>(rows: impl Iterator<Item = (&'a str, RecordId)>) -> Vec<(String, Vec<RecordId>)> {
    let mut out: Vec<(String, Vec<RecordId>)> = Vec::new();
    let mut seen = HashSet::new();
    for (object, id) in rows.filter(|(_, id)| seen.insert(*id)) {
        match out.last_mut() {
            Some((last, ids)) if last == object => ids.push(id),
            _ => out.push((object.to_owned(), vec![id])),
        }
    }
    out
}
