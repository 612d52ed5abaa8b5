//! Changes of single records. Every one: rights, validation with all errors at once, rules of the slice, one
//! transaction of row, history and outbox.

mod archive;
mod create;
mod input;
mod links;
mod money;
mod outbox;
mod tree;
mod update;
mod upsert;
mod validate;

pub(crate) use input::Input;
pub(crate) use update::changed_fields;

use kernel::RecordId;

/// What a client knows of the version it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Not sent.
    None,
    /// `*`: whatever it is.
    Any,
    Version(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    pub id: RecordId,
    pub version: i64,
}

use crate::{OrDb, record::Record, tx::Tx};
use access::Action;
use kernel::{Code, Error, Result};
use metadata::Object;
use std::sync::Arc;
use store::{Sql, compile};

impl Tx<'_> {
    /// The whole row, unmasked, whatever the asker's rights: for rules of a slice and history only.
    pub fn load(&mut self, object: &Arc<Object>, id: RecordId) -> Result<Option<Record>> {
        Ok(self.load_many(object, &[id])?.pop())
    }
    pub fn load_many(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<Vec<Record>> {
        let mut q = Sql::new(format!("SELECT {} FROM {} t0 WHERE t0.\"id\" IN (", Record::columns(object, "t0"), self.db().table(&object.name)));
        q.list(ids.iter().map(ToString::to_string)).push(")");
        let mut out = Vec::with_capacity(ids.len());
        self.db()
            .query(&q, &mut |row| {
                out.push(Record::read(object, row));
                Ok(())
            })
            .or_db()?;
        Ok(out)
    }
    /// Whether an action is allowed on a record, now, inside this transaction.
    pub fn may(&mut self, object: &str, id: RecordId, action: Action) -> Result<bool> {
        let Some(object) = self.registry().object(object).cloned() else { return Ok(false) };
        let rows = self.rights().authorized_rows(&object, action);
        let q = compile::exists(self.db(), &object.name, id, &rows);
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    /// Whether an action is allowed without any share by hand: only such a right is shared on.
    pub(crate) fn may_pass_on(&mut self, object: &str, id: RecordId, action: Action) -> Result<bool> {
        let Some(object) = self.registry().object(object).cloned() else { return Ok(false) };
        let rows = self.rights().without_shares().authorized_rows(&object, action);
        let q = compile::exists(self.db(), &object.name, id, &rows);
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    /// Which of these records an action is allowed on.
    pub(crate) fn allowed(&mut self, object: &Arc<Object>, ids: &[RecordId], action: Action) -> Result<std::collections::HashSet<RecordId>> {
        let rows = self.rights().authorized_rows(object, action);
        let mut out = std::collections::HashSet::new();
        for chunk in ids.chunks(500) {
            let q = compile::rows_sql(self.db(), &object.name, &rows, chunk);
            self.db()
                .query(&q, &mut |row| {
                    out.extend(row.cell(0).as_str().and_then(|s| s.parse::<RecordId>().ok()));
                    Ok(())
                })
                .or_db()?;
        }
        Ok(out)
    }
    /// The row, if the asker may read it. A denied record is not found.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn readable_record(&mut self, object: &Arc<Object>, id: RecordId) -> Result<Record> {
        if !self.rights().can(object, Action::Read) || !self.may(&object.name, id, Action::Read)? {
            return Err(Error::not_found(&object.def.label.to_lowercase()));
        }
        self.load(object, id)?.ok_or_else(|| Error::not_found(&object.def.label.to_lowercase()))
    }
    /// 404 before 403, rights before versions.
    pub(crate) fn changeable_record(&mut self, object: &Arc<Object>, id: RecordId, action: Action) -> Result<Record> {
        let record = self.readable_record(object, id)?;
        if !self.may(&object.name, id, action)? {
            let verb = if action == Action::Delete { "archive" } else { "change" };
            return Err(Error::forbidden(format!("You may read this {}, but not {verb} it.", object.def.label.to_lowercase())));
        }
        Ok(record)
    }
}
pub(crate) fn check_version(record: &Record, m: IfMatch) -> Result<()> {
    match m {
        IfMatch::Version(v) if v != record.version() => {
            Err(Error::new(Code::Stale, "stale_version", format!("This record has changed: it is at version {}, you changed version {v}. Read it again and repeat your change.", record.version())))
        }
        _ => Ok(()),
    }
}
