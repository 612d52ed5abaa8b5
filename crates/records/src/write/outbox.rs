//! The outbox: what happened, in the transaction in which it happened. `jobs` reads it.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::{RecordId, Result};
use serde_json::Value as Json;
use std::sync::Arc;
use store::{Sql, transaction_number};

impl Tx<'_> {
    /// A row in the outbox, a line for the indexer, a note to open screens.
    pub(crate) fn record_changed(&mut self, record: &Record, what: &'static str) -> Result<()> {
        let event = format!("{}.{what}", record.object.name);
        self.emit(&event, Some(record), &Json::Null)?;
        self.index_later(&record.object, record.id())?;
        self.announce(&record.object.name.clone(), record.id(), record.version(), what);
        Ok(())
    }
    /// An event of the catalogue: past tense, ids and facts, no personal values.
    pub fn emit(&mut self, event: &str, record: Option<&Record>, payload: &Json) -> Result<()> {
        let (now, set) = (self.now_ms(), self.change_set);
        let mut q = Sql::new(format!(
            "INSERT INTO {} (\"xact\", \"at\", \"event\", \"object\", \"record\", \"version\", \"change_set\", \"payload\") VALUES ({}, ",
            self.db().table("sys_outbox"),
            transaction_number(self.db().dialect())
        ));
        q.arg(now).push(", ").arg(event).push(", ").arg(record.map(|r| r.object.name.to_string())).push(", ").arg(record.map(|r| r.id().to_string()));
        q.push(", ").arg(record.map(Record::version)).push(", ").arg(set.map(|s| s.to_string())).push(", ").arg((!payload.is_null()).then(|| payload.to_string())).push(")");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// One row for many creates of a chunk.
    pub(crate) fn emit_chunk(&mut self, object: &Arc<str>, ids: &[RecordId]) -> Result<()> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let (now, set) = (self.now_ms(), self.change_set);
        let mut q = Sql::new(format!(
            "INSERT INTO {} (\"xact\", \"at\", \"event\", \"object\", \"change_set\", \"payload\") VALUES ({}, ",
            self.db().table("sys_outbox"),
            transaction_number(self.db().dialect())
        ));
        q.arg(now)
            .push(", ")
            .arg(format!("{object}.created"))
            .push(", ")
            .arg(&**object)
            .push(", ")
            .arg(set.map(|s| s.to_string()))
            .push(", ")
            .arg(serde_json::json!({ "ids": ids }).to_string())
            .push(")");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
}
