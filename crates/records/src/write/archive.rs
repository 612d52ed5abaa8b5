//! Archiving and restoring, children with their parent.

use super::{IfMatch, Saved, check_version, update::changed_fields};
use crate::{OrDb, record::Record, tx::Tx};
use access::{Action, ChangeKind};
use kernel::{Code, Error, RecordId, Result};
use metadata::{FieldType, Object, OnDelete, Referrer, Storage, Value};
use std::sync::Arc;
use store::Sql;

/// A chain of children longer than this is a mistake in the definitions.
const MAX_DEPTH: u8 = 6;

impl Tx<'_> {
    /// Hides a record and the children that belong to it.
    ///
    /// # Errors
    /// 404, 403, 412; 409 where something still needs it.
    pub fn archive(&mut self, object: &str, id: RecordId, m: IfMatch) -> Result<()> {
        self.must_write()?;
        let object = self.object(object)?;
        let record = self.changeable_record(&object, id, Action::Delete)?;
        check_version(&record, m)?;
        if record.is_archived() {
            return Ok(());
        }
        let now = self.now_ms();
        if &*object.name == "role" {
            // Without the organisation's own version the shipped one holds again.
            self.refuse_by_rights(&record, Value::DateTime(now))?;
        }
        self.set_archived(&object, record, Value::DateTime(now), 0)
    }
    /// Brings a record back, with the children that went with it.
    pub fn restore(&mut self, object: &str, id: RecordId, m: IfMatch) -> Result<Saved> {
        self.must_write()?;
        let object = self.object(object)?;
        let record = self.changeable_record(&object, id, Action::Delete)?;
        check_version(&record, m)?;
        if !record.is_archived() {
            return Ok(Saved { id, version: record.version() });
        }
        if self.merged_into(id)?.is_some() {
            return Err(Error::new(Code::Conflict, "merged", "This record has been merged into another one. Take the merge back instead: DELETE /merges/{id}."));
        }
        let version = record.version() + 1;
        // A share that was taken back, a membership that ended: bringing it back grants a right like making it.
        self.refuse_by_rights(&record, Value::Null)?;
        self.set_archived(&object, record, Value::Null, 0)?;
        Ok(Saved { id, version })
    }
    fn refuse_by_rights(&mut self, record: &Record, archived_at: Value) -> Result<()> {
        let mut after = record.clone();
        after.set("archived_at", archived_at);
        let errors = crate::policy::objections(self, record, after)?;
        if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
    }
    pub(crate) fn set_archived(&mut self, object: &Arc<Object>, before: Record, to: Value, depth: u8) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::internal("Records belong to each other in a chain that is too long."));
        }
        let (archiving, was) = (!to.is_null(), before.get("archived_at").clone());
        if archiving {
            self.refuse_if_needed(object, before.id(), &object.referrers)?;
        }
        self.write_archived(object, &before, to.clone(), depth)?;
        for (child, record) in self.children(object, before.id(), if archiving { None } else { Some(&was) }, &object.referrers)? {
            self.set_archived(&child, record, to.clone(), depth + 1)?;
        }
        Ok(())
    }
    /// Archives a record of which is known by which references live records hang on it.
    pub(crate) fn set_archived_with(&mut self, object: &Arc<Object>, before: Record, to: Value, hanging: &[Referrer]) -> Result<()> {
        self.refuse_if_needed(object, before.id(), hanging)?;
        self.write_archived(object, &before, to.clone(), 1)?;
        for (child, record) in self.children(object, before.id(), None, hanging)? {
            self.set_archived(&child, record, to.clone(), 2)?;
        }
        Ok(())
    }
    fn write_archived(&mut self, object: &Arc<Object>, before: &Record, to: Value, depth: u8) -> Result<()> {
        let what = if to.is_null() { "restored" } else { "archived" };
        let mut after = before.clone();
        after.set("archived_at", to);
        let changed = changed_fields(before, &after);
        let derived = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).collect();
        let change = if depth == 0 { self.stamp(object, before, &mut after, ChangeKind::Archive, vec![], derived)? } else { self.stamp_child(object, before, &mut after, derived)? };
        self.write_change(before, &after, change, changed, what, what)
    }
    /// Children that follow: the live ones, or those archived at the same instant as their parent.
    fn children(&mut self, object: &Arc<Object>, id: RecordId, archived_at: Option<&Value>, referrers: &[Referrer]) -> Result<Vec<(Arc<Object>, Record)>> {
        let mut out = Vec::new();
        for referrer in referrers {
            if !matches!(referrer.field.kind(), FieldType::Reference { on_delete: OnDelete::Cascade, .. }) {
                continue;
            }
            let Some(child) = self.registry().object(&referrer.object).cloned() else { continue };
            let column = store::quote(referrer.field.column());
            let mut q = Sql::new(format!("SELECT {} FROM {} t0 WHERE t0.{column} = ", Record::columns(&child, "t0"), self.db().table(&child.name)));
            q.arg(id.to_string());
            if referrer.field.storage == Storage::AnyRef {
                q.push(&format!(" AND t0.{} = ", store::quote(&format!("{}__obj", referrer.field.column())))).arg(&*object.name);
            }
            match archived_at {
                None => drop(q.push(" AND t0.\"archived_at\" IS NULL")),
                Some(at) => drop(q.push(" AND t0.\"archived_at\" = ").arg(at.as_int().unwrap_or(-1))),
            }
            self.db()
                .query(&q, &mut |row| {
                    out.push((child.clone(), Record::read(&child, row)));
                    Ok(())
                })
                .or_db()?;
        }
        Ok(out)
    }
    fn refuse_if_needed(&mut self, object: &Arc<Object>, id: RecordId, referrers: &[Referrer]) -> Result<()> {
        for referrer in referrers {
            if !matches!(referrer.field.kind(), FieldType::Reference { on_delete: OnDelete::Restrict, .. }) {
                continue;
            }
            let q =
                Sql::with(format!("SELECT 1 FROM {} WHERE {} = $1 AND \"archived_at\" IS NULL LIMIT 1", self.db().table(&referrer.object), store::quote(referrer.field.column())), [id.to_string()]);
            if self.db().one(&q).or_db()?.is_some() {
                return Err(Error::new(Code::Conflict, "in_use", format!("A {} still uses this {}. Move it elsewhere first.", referrer.object.replace('_', " "), object.def.label.to_lowercase())));
            }
        }
        Ok(())
    }
}
