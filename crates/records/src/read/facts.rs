//! Rows in memory for conditions: rules, and lists as of a past instant.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::RecordId;
use metadata::{Field, Level, Object, Storage, Value, eval::Facts};
use std::{cell::RefCell, rc::Rc};
use store::Sql;

/// A record and the transaction in which its references are looked up. A look-up that fails counts as empty and is
/// remembered in `failed`, which the caller must check.
pub(crate) struct Row<'a, 'b> {
    pub(crate) record: Record,
    pub(crate) tx: Rc<RefCell<&'a mut Tx<'b>>>,
    pub(crate) failed: Rc<RefCell<Option<kernel::Error>>>,
}
impl<'a, 'b> Row<'a, 'b> {
    pub(crate) fn new(record: Record, tx: &'a mut Tx<'b>) -> Self {
        Row { record, tx: Rc::new(RefCell::new(tx)), failed: Rc::default() }
    }
    pub(crate) fn with(&self, record: Record) -> Self {
        Row { record, tx: self.tx.clone(), failed: self.failed.clone() }
    }
    fn attempt<T: Default>(&self, f: impl FnOnce(&mut Tx) -> kernel::Result<T>) -> T {
        f(&mut self.tx.borrow_mut()).unwrap_or_else(|e| {
            *self.failed.borrow_mut() = Some(e);
            T::default()
        })
    }
}
impl Facts for Row<'_, '_> {
    fn id(&self) -> RecordId {
        self.record.id()
    }
    fn value(&self, field: &Field) -> Value {
        self.record.get(field.name()).clone()
    }
    fn follow(&self, field: &Field, target: &Object) -> Option<Box<dyn Facts + '_>> {
        let id = match self.record.get(field.name()) {
            Value::AnyRef(any) if any.object == *target.name => any.id,
            Value::AnyRef(_) => return None,
            other => other.as_ref_id()?,
        };
        let record = self.attempt(|tx| match tx.registry().object(&target.name).cloned() {
            Some(object) => tx.load(&object, id),
            None => Ok(None),
        })?;
        Some(Box::new(self.with(record)))
    }
    fn item(&self, target: &Object, id: RecordId) -> Option<Box<dyn Facts + '_>> {
        let record = self.attempt(|tx| match tx.registry().object(&target.name).cloned() {
            Some(object) => tx.load(&object, id),
            None => Ok(None),
        })?;
        Some(Box::new(self.with(record)))
    }
    fn related<'s>(&'s self, object: &Object, via: &Field) -> Vec<Box<dyn Facts + 's>> {
        let (id, own) = (self.id(), self.record.object.name.clone());
        let records = self.attempt(|tx| {
            let Some(object) = tx.registry().object(&object.name).cloned() else { return Ok(vec![]) };
            let mut q =
                Sql::new(format!("SELECT {} FROM {} t0 WHERE t0.\"archived_at\" IS NULL AND t0.{} = ", Record::columns(&object, "t0"), tx.db().table(&object.name), store::quote(via.column())));
            q.arg(id.to_string());
            if via.storage == Storage::AnyRef {
                q.push(&format!(" AND t0.{} = ", store::quote(&format!("{}__obj", via.column())))).arg(&*own);
            }
            let mut out = Vec::new();
            tx.db()
                .query(&q, &mut |row| {
                    out.push(Record::read(&object, row));
                    Ok(())
                })
                .or_db()?;
            Ok(out)
        });
        records.into_iter().map(|r| Box::new(self.with(r)) as Box<dyn Facts + 's>).collect()
    }
    fn shared(&self, object: &str, level: Level, user: RecordId, teams: &[RecordId], now_ms: i64) -> bool {
        let id = self.id();
        self.attempt(|tx| {
            let mut q = Sql::new(format!("SELECT 1 FROM {} WHERE \"record\" = ", tx.db().table("share")));
            q.arg(id.to_string()).push(" AND \"record__obj\" = ").arg(object).push(" AND \"archived_at\" IS NULL AND (\"until\" IS NULL OR \"until\" > ").arg(now_ms).push(")");
            if level == Level::Update {
                q.push(" AND \"level\" = 'update'");
            }
            q.push(" AND (\"user\" = ").arg(user.to_string()).push(" OR \"grantee_team\" IN (").list(teams.iter().map(ToString::to_string)).push(")) LIMIT 1");
            Ok(tx.db().one(&q).or_db()?.is_some())
        })
    }
}
