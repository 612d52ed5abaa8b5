//! History: who changed what, when, through what. Rows hold the *old* values only; new ones are read off the next
//! change or the record itself, so a create costs nothing.

use crate::{OrDb, cursor, json, record::Record, timeline::Paging, tx::Tx};
use access::{Action, FieldAccess};
use kernel::{RecordId, Result};
use metadata::{Field, ParseCtx, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashMap, sync::Arc};
use store::{Sql, Val};

/// One stored change.
pub(crate) struct Entry {
    pub(crate) version: i64,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) through: String,
    pub(crate) change_set: Option<String>,
    pub(crate) kind: String,
    /// Old values by field id. A sealed value whose key is gone is left out.
    pub(crate) old: Map<String, Json>,
}

/// What a change has replaced: old values by field id, until when they held (milliseconds since 1970 UTC).
#[derive(Clone, Debug)]
pub struct Replaced {
    pub at: i64,
    pub old: Map<String, Json>,
}

impl Tx<'_> {
    /// All earlier values of a record, newest first, whoever may read them: for what is decided about the whole of it.
    ///
    /// # Errors
    /// Of the store.
    pub fn old_values(&mut self, id: RecordId) -> Result<Vec<Replaced>> {
        Ok(self.entries(id, None)?.into_iter().filter(|e| !e.old.is_empty()).map(|e| Replaced { at: e.at, old: e.old }).collect())
    }
    /// Whose key seals old values: the record itself, or whom it is about.
    pub(crate) fn subject_of(&self, record: &Record) -> RecordId {
        record.object.person_fields().iter().find_map(|f| record.reference(f.name())).unwrap_or_else(|| record.id())
    }
    pub(crate) fn write_history(&mut self, record: &Record, kind: &str, old: &[(Arc<Field>, Value)]) -> Result<()> {
        let (mut plain, mut personal) = (Map::new(), Map::new());
        for (field, value) in old {
            let slot = if field.is_personal() { &mut personal } else { &mut plain };
            slot.insert(field.def.id.clone(), value.to_json());
        }
        let subject = self.subject_of(record);
        let sealed = if personal.is_empty() { None } else { Some(self.seal(subject, &Json::Object(personal).to_string())?) };
        let (me, now, through, set) = (self.me(), self.now_ms(), self.ctx().through.as_str(), self.change_set);
        let mut q = Sql::new(format!(
            "INSERT INTO {} (\"object\", \"record\", \"version\", \"at\", \"by\", \"through\", \"change_set\", \"kind\", \"subject\", \"plain\", \"sealed\") VALUES (",
            self.db().table("sys_history")
        ));
        q.arg(&*record.object.name).push(", ").arg(record.id().to_string()).push(", ").arg(record.version()).push(", ").arg(now).push(", ").arg(me.to_string()).push(", ").arg(through);
        q.push(", ").arg(set.map(|s| s.to_string())).push(", ").arg(kind).push(", ").arg(subject.to_string());
        q.push(", ").arg((!plain.is_empty()).then(|| Json::Object(plain).to_string())).push(", ").arg(sealed).push(")");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// Stored changes of a record, newest first, above a version.
    pub(crate) fn entries(&mut self, id: RecordId, after_ms: Option<i64>) -> Result<Vec<Entry>> {
        let mut q = Sql::new(format!(
            "SELECT \"version\", \"at\", \"by\", \"through\", \"change_set\", \"kind\", \"subject\", \"plain\", \"sealed\" FROM {} WHERE \"record\" = ",
            self.db().table("sys_history")
        ));
        q.arg(id.to_string());
        if let Some(after) = after_ms {
            q.push(" AND \"at\" > ").arg(after);
        }
        q.push(" ORDER BY \"seq\" DESC LIMIT 20000");
        let rows = self.db().rows(&q).or_db()?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let text = |i: usize| match row.get(i) {
                Some(Val::Text(text)) => Some(text.clone()),
                _ => None,
            };
            let int = |i: usize| match row.get(i) {
                Some(Val::Int(n)) => *n,
                _ => 0,
            };
            let mut old = text(7).and_then(|json| serde_json::from_str::<Map<String, Json>>(&json).ok()).unwrap_or_default();
            if let (Some(sealed), Some(Ok(subject))) = (text(8), text(6).map(|s| s.parse()))
                && let Some(open) = self.unseal(subject, &sealed)?
                && let Ok(personal) = serde_json::from_str::<Map<String, Json>>(&open)
            {
                old.extend(personal);
            }
            out.push(Entry { version: int(0), at: int(1), by: text(2).unwrap_or_default(), through: text(3).unwrap_or_default(), change_set: text(4), kind: text(5).unwrap_or_default(), old });
        }
        Ok(out)
    }
    /// The record as it was at an instant; `None` where it did not exist yet.
    pub(crate) fn as_of(&mut self, mut record: Record, at_ms: i64) -> Result<Option<Record>> {
        if record.get("created_at").as_int().is_some_and(|created| created > at_ms) {
            return Ok(None);
        }
        let parse = ParseCtx { currency: self.settings().currency(), lenient: true };
        let by_id: HashMap<String, Arc<Field>> = record.object.fields.values().map(|f| (f.def.id.clone(), f.clone())).collect();
        let mut undone = false;
        for entry in self.entries(record.id(), Some(at_ms))? {
            if entry.kind == "created" {
                continue;
            }
            for (id, old) in &entry.old {
                if let Some(field) = by_id.get(id) {
                    let value = field.kind().parse(old, parse).unwrap_or(Value::Null);
                    let value = self.with_workspace_amount(value, at_ms)?;
                    record.set(field.name(), value);
                }
            }
            record.set("version", Value::Int(entry.version - 1));
            undone = true;
        }
        if undone {
            self.last_touch(&mut record, at_ms)?;
        }
        self.compute_formulas(&mut record, at_ms)?;
        Ok(Some(record))
    }
    /// When and by whom a past record had been changed last: by its last change up to then, else by its creation.
    fn last_touch(&mut self, record: &mut Record, at_ms: i64) -> Result<()> {
        let mut q = Sql::new(format!("SELECT \"at\", \"by\" FROM {} WHERE \"record\" = ", self.db().table("sys_history")));
        q.arg(record.id().to_string()).push(" AND \"at\" <= ").arg(at_ms).push(" ORDER BY \"seq\" DESC LIMIT 1");
        let (at, by) = match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Int(at), Val::Text(by)]) => (Value::DateTime(*at), by.parse().map_or(Value::Null, Value::Ref)),
            _ => (record.get("created_at").clone(), record.get("created_by").clone()),
        };
        record.set("updated_at", at);
        record.set("updated_by", by);
        Ok(())
    }

    /// `CONTRACT.md` 3, history. Fields the asker may not read are left out.
    pub fn history(&mut self, object: &str, id: RecordId, paging: &Paging) -> Result<Json> {
        let object = self.object(object)?;
        let record = self.readable_record(&object, id)?;
        self.saw(&object.name, || "history".into(), [id]);
        let question = format!("history {id}");
        let before = match &paging.cursor {
            None => None,
            Some(cursor) => cursor::open(&self.inner().master_key, &question, self.me(), cursor)?.as_i64(),
        };
        let limit = usize::try_from(paging.limit.unwrap_or(50)).unwrap_or(50);
        let by_id: HashMap<String, Arc<Field>> = object.fields.values().map(|f| (f.def.id.clone(), f.clone())).collect();
        let mut now: HashMap<String, Json> = object.fields.values().map(|f| (f.def.id.clone(), record.get(f.name()).to_json())).collect();
        let mut items = Vec::new();
        let mut next = Json::Null;
        let withheld = self.withheld_fields(&object, id)?;
        let entries = self.entries(id, None)?;
        let has_created = entries.iter().any(|e| e.kind == "created");
        for entry in entries {
            let mut changes = Vec::new();
            for (field_id, old) in &entry.old {
                let new = now.insert(field_id.clone(), old.clone()).unwrap_or(Json::Null);
                let Some(field) = by_id.get(field_id) else { continue };
                if matches!(self.rights().field(&object, field), FieldAccess::Write | FieldAccess::Read) && !withheld.contains(field.name()) {
                    let (old, new) = (self.visible_reference(field, old.clone())?, self.visible_reference(field, new)?);
                    changes.push(json!({"field": field.name(), "old": old, "new": new}));
                }
            }
            if before.is_some_and(|b| entry.version >= b) {
                continue;
            }
            if items.len() == limit {
                next = json!(cursor::seal(&self.inner().master_key, &question, self.me(), &json!(entry.version + 1)));
                break;
            }
            let by = self.author(&entry.by)?;
            items.push(json!({"version": entry.version, "at": json::instant(entry.at), "by": by, "through": entry.through, "change_set": entry.change_set, "kind": entry.kind, "changes": changes}));
        }
        if next.is_null() && !has_created && items.len() == limit && before.is_none_or(|b| b > 2) {
            // The creation, which has no row of its own, is a page to itself.
            next = json!(cursor::seal(&self.inner().master_key, &question, self.me(), &json!(2)));
        } else if next.is_null() && !has_created && items.len() < limit && before.is_none_or(|b| b > 1) {
            let (by, set) = (record.get("created_by").to_json(), self.created_in(&object.name, id)?);
            let by = self.author(by.as_str().unwrap_or(""))?;
            let through = if set.is_some() { "import" } else { "api" };
            items.push(json!({"version": 1, "at": record.get("created_at").to_json(), "by": by, "through": through, "change_set": set, "kind": "created", "changes": []}));
        }
        Ok(json!({"items": items, "next_cursor": next}))
    }
    fn created_in(&mut self, object: &str, id: RecordId) -> Result<Option<String>> {
        let q = Sql::with(format!("SELECT \"created_in\" FROM {} WHERE \"id\" = $1", self.db().table(object)), [id.to_string()]);
        Ok(match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(set)]) => Some(set.clone()),
            _ => None,
        })
    }
    /// A reference in old values shows only while the asker may read what it points at.
    fn visible_reference(&mut self, field: &Field, value: Json) -> Result<Json> {
        if let (Some(target), Json::Array(ids)) = (field.kind().target(), &value) {
            let mut seen = Vec::new();
            for id in ids {
                if let Some(Ok(parsed)) = id.as_str().map(str::parse)
                    && self.may(target, parsed, Action::Read)?
                {
                    seen.push(id.clone());
                }
            }
            return Ok(if seen.is_empty() { Json::Null } else { Json::Array(seen) });
        }
        let (target, id) = match (field.kind().target(), &value) {
            (Some(target), Json::String(id)) => (target.to_owned(), id.clone()),
            (None, Json::Object(any)) if any.contains_key("object") => {
                (any.get("object").and_then(Json::as_str).unwrap_or("").to_owned(), any.get("id").and_then(Json::as_str).unwrap_or("").to_owned())
            }
            _ => return Ok(value),
        };
        let Ok(id) = id.parse() else { return Ok(value) };
        Ok(if self.may(&target, id, Action::Read)? { value } else { Json::Null })
    }
    /// Who did something, for those who see colleagues at all; nobody for a customer or partner.
    pub(crate) fn author(&mut self, id: &str) -> Result<Json> {
        let Some(users) = self.registry().object("user").cloned() else { return Ok(Json::Null) };
        let rows = self.rights().rows(&users, Action::Read);
        let shows = rows.is_true() || !rows.is_false() && self.may_by_text("user", id)?;
        Ok(if shows { self.name_of(id) } else { Json::Null })
    }
    fn may_by_text(&mut self, object: &str, id: &str) -> Result<bool> {
        match id.parse() {
            Ok(id) => self.may(object, id, Action::Read),
            Err(()) => Ok(false),
        }
    }
    /// `{id, name}` of a user record, system actors included.
    pub(crate) fn name_of(&self, id: &str) -> Json {
        let id_read = id.parse::<RecordId>().ok();
        let name = id_read.and_then(|id| self.policy().users.get(&id).map(|u| u.name.clone()).or_else(|| system_name(id)));
        json!({"id": id, "name": name})
    }
}

/// System actors have no user row; they are named after their role file.
fn system_name(id: RecordId) -> Option<String> {
    let known = [
        ("cli", "Command line"),
        ("import", "Import"),
        ("jobs", "Rapport"),
        ("retention", "Retention"),
        ("automation", "Automation"),
        ("merge", "Merge"),
        ("backup", "Backup"),
        ("sign_in", "Single sign-on"),
    ];
    known.into_iter().find(|(actor, _)| access::system_user(actor) == id).map(|(_, name)| name.to_owned())
}
