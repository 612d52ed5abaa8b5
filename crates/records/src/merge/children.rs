//! What referred to the loser refers to the winner: from every object, by single references, by those to several objects,
//! and by lists. Whether the asker may read them does not matter: they follow what they belong to, in the system's name.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::{Code, Error, RecordId, Result};
use metadata::{AnyRef, Field, FieldType, Object, Storage, Value};
use std::sync::Arc;
use store::{Sql, Val, compile};

/// Shares grant rights: who was shown one of the two has not been shown the other. The others are proof of what was decided
/// about, sent to, or went through this very record; erasure finds them by the pointer.
const STAYS: [&str; 5] = ["share", "state_change", "permit", "disclosure", "disclosure_subject"];
const BATCH: usize = 500;

impl Tx<'_> {
    /// Ids of the records that were moved.
    pub(super) fn move_children(&mut self, object: &Arc<Object>, from: RecordId, to: RecordId) -> Result<Vec<RecordId>> {
        let mut moved = Vec::new();
        for referrer in object.referrers.clone() {
            if STAYS.contains(&&*referrer.object) || referrer.field.storage == Storage::None {
                continue;
            }
            let Some(child) = self.registry().object(&referrer.object).cloned() else { continue };
            let found = self.referring(&child, &referrer.field, object, from)?;
            self.bring(&child, &referrer.field, found, from, to, &mut moved)?;
        }
        let lists: Vec<(Arc<Object>, Arc<Field>)> = self
            .registry()
            .all_objects()
            .filter(|o| !STAYS.contains(&&*o.name))
            .flat_map(|o| o.live_fields().filter(|f| lists(f, object)).map(|f| (o.clone(), f.clone())).collect::<Vec<_>>())
            .collect();
        for (child, field) in lists {
            let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE ", self.db().table(&child.name)));
            q.ident(field.column()).push(" LIKE ").arg(format!("%{from}%"));
            let found = self.ids_of(&q)?;
            self.bring(&child, &field, found, from, to, &mut moved)?;
        }
        Ok(moved)
    }
    fn referring(&mut self, child: &Object, field: &Field, object: &Object, id: RecordId) -> Result<Vec<RecordId>> {
        let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE ", self.db().table(&child.name)));
        q.ident(field.column()).push(" = ").arg(id.to_string());
        if field.storage == Storage::AnyRef {
            q.push(" AND ").ident(&format!("{}__obj", field.column())).push(" = ").arg(&*object.name);
        }
        self.ids_of(&q)
    }
    fn ids_of(&mut self, q: &Sql) -> Result<Vec<RecordId>> {
        let rows = self.db().rows(q).or_db()?;
        Ok(rows.iter().filter_map(|row| row.first().and_then(Val::as_str)?.parse().ok()).collect())
    }
    fn bring(&mut self, child: &Arc<Object>, field: &Arc<Field>, ids: Vec<RecordId>, from: RecordId, to: RecordId, moved: &mut Vec<RecordId>) -> Result<()> {
        for chunk in ids.chunks(BATCH) {
            // the loser's own references stay what they were, for the day it comes back
            for before in self.load_many(child, chunk)?.into_iter().filter(|r| r.id() != from) {
                let value = turned(before.get(field.name()), from, to, before.id() == to);
                if value == *before.get(field.name()) {
                    continue;
                }
                let id = before.id();
                self.begin_part("follow")?;
                match self.point(child, before, field, value) {
                    Ok(()) => {
                        self.keep_part("follow")?;
                        moved.push(id);
                    }
                    // the winner has such a one already: this one stays where it is, with the record it belonged to
                    Err(error) if error.code == Code::Invalid => self.take_back("follow")?,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
    fn point(&mut self, child: &Arc<Object>, before: Record, field: &Arc<Field>, value: Value) -> Result<()> {
        let mut after = before.clone();
        after.set(field.name(), value.clone());
        let change = self.stamp_child(child, &before, &mut after, vec![(field.clone(), value)])?;
        let q = compile::update(self.db(), &change, before.version());
        if self.db().exec(&q).or_db()? != 1 {
            return Err(Error::new(Code::Stale, "stale_version", "A record that belongs here has just been changed by someone else. Merge again."));
        }
        self.write_history(&after, "updated", &[(field.clone(), before.get(field.name()).clone())])?;
        self.record_changed(&after, "updated")?;
        if before.is_archived() {
            return Ok(());
        }
        self.run_after(child, Some(&before), &after)
    }
}

fn lists(field: &Field, object: &Object) -> bool {
    matches!(field.kind(), FieldType::ManyToMany { to } if *to == *object.name)
}

/// The value with the winner in the loser's place; nothing where it would point at its own record.
fn turned(value: &Value, from: RecordId, to: RecordId, own: bool) -> Value {
    match value {
        Value::Ref(_) if own => Value::Null,
        Value::Ref(_) => Value::Ref(to),
        Value::AnyRef(any) if own && any.id == from => Value::Null,
        Value::AnyRef(any) => Value::AnyRef(AnyRef { object: any.object.clone(), id: to }),
        Value::List(ids) => {
            let mut out: Vec<String> = Vec::new();
            for id in ids {
                let id = if *id == from.to_string() { to.to_string() } else { id.clone() };
                let itself = own && id == to.to_string();
                if !itself && !out.contains(&id) {
                    out.push(id);
                }
            }
            if out.is_empty() { Value::Null } else { Value::List(out) }
        }
        other => other.clone(),
    }
}
