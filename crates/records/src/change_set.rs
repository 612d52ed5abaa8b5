//! Change sets: what one import, bulk change or undo did, and taking it back.

use crate::{LogEntry, OrDb, json::instant, tx::Tx};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::Object;
use serde_json::{Value as Json, json};
use std::{collections::HashMap, sync::Arc};
use store::{Sql, Val};

impl Tx<'_> {
    pub fn open_change_set(&mut self, kind: &str) -> Result<RecordId> {
        let (id, me, now) = (self.new_id(), self.me(), self.now_ms());
        let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"kind\", \"by\", \"at\", \"status\", \"counts\") VALUES (", self.db().table("sys_change_set")));
        q.arg(id.to_string()).push(", ").arg(kind).push(", ").arg(me.to_string()).push(", ").arg(now).push(", 'running', '{}')");
        self.db().exec(&q).or_db()?;
        self.log(LogEntry::new("mass_change").record(id).detail("kind", kind))?;
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
            // a field that stays is no record and hides nothing
            let seen = match text("id").parse() {
                Ok(id) => self.may(text("object"), id, Action::Read)?,
                Err(()) => item.get("id") == Some(&Json::Null),
            };
            if seen {
                out.push(item);
            }
        }
        Ok(Json::Array(out))
    }
}
