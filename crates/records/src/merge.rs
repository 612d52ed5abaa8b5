//! Two records that are about the same: one wins, the other is archived and points at it. Everything that referred to the
//! loser refers to the winner afterwards. All of it is one change set, and can be taken back at any time.

mod back;
mod children;
mod fields;
mod pointer;

pub use pointer::{Merge, Merged};

use crate::{record::Record, tx::Tx};
use access::{Action, ChangeKind};
use kernel::{Code, Error, RecordId, Result};
use metadata::{FieldType, Object, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// What other parts do when two records become one: further addresses, the stricter consent.
pub type Merger = fn(&mut Tx, &Joined) -> Result<()>;

/// Two records on their way into one, as they were before.
pub struct Joined<'a> {
    pub winner: &'a Record,
    pub loser: &'a Record,
    /// The winner as it will be.
    pub after: &'a Record,
}

impl Tx<'_> {
    /// `CONTRACT.md` 3: `{"loser": ID}` and, per field, whose value counts. Answers with the winner's id, and the merge's.
    ///
    /// # Errors
    /// 404 for what the asker may not see; 403 without the right to change both and to archive the loser; 409 where one of
    /// them is archived, or the winner hangs below the loser; 422 for choices that cannot be.
    pub fn merge(&mut self, object: &str, id: RecordId, body: &Map<String, Json>) -> Result<Json> {
        self.must_write()?;
        let object = self.object(object)?;
        let winner = self.readable_record(&object, id)?;
        let mut asked = fields::read(&object, body)?;
        let loser = self.readable_record(&object, asked.loser).map_err(|_| Error::field("loser", "unknown_reference", "The other record is not here, or you may not see it."))?;
        self.may_merge(&object, &winner, &loser)?;
        self.not_below(&object, &winner, &loser)?;
        let (mut hidden, there) = (self.withheld_fields(&object, asked.loser)?, self.withheld_fields(&object, id)?);
        hidden.retain(|field| !there.contains(field));
        asked.leave(hidden);
        let set = self.open_change_set("merge")?;
        let had = self.change_set.replace(set);
        let done = self.join(&object, &winner, &loser, &asked);
        self.change_set = had;
        let moved = done?;
        self.finish_change_set(set, "done", &json!({"updated": moved.len() + 1, "archived": 1}))?;
        let merge = self.note_merge(&object, id, asked.loser, set)?;
        Ok(json!({"id": id.to_string(), "merge": merge.to_string(), "loser": asked.loser.to_string(), "change_set": set.to_string(), "moved": moved.len()}))
    }
    fn join(&mut self, object: &Arc<Object>, winner: &Record, loser: &Record, asked: &fields::Asked) -> Result<Vec<RecordId>> {
        // what is unique moves only once it is free
        self.free_unique(object, winner, loser, asked)?;
        let after = self.merged_fields(object, winner, loser, asked)?;
        let joined = Joined { winner, loser, after: &after };
        self.save_merged(object, winner, &after, asked)?;
        let moved = self.as_system("merge", |tx| {
            for merger in tx.catalogue().clone().mergers() {
                merger(tx, &joined)?;
            }
            tx.move_children(object, loser.id(), winner.id())
        })?;
        let left = self.load(object, loser.id())?.ok_or_else(|| Error::not_found(&object.def.label.to_lowercase()))?;
        let now = Value::DateTime(self.now_ms());
        self.set_archived(object, left, now, 0)?;
        Ok(moved)
    }
    /// Rights before state: who may not merge is not told what these records are.
    fn may_merge(&mut self, object: &Arc<Object>, winner: &Record, loser: &Record) -> Result<()> {
        let label = object.def.label.to_lowercase();
        if !self.can_merge(object) {
            return Err(Error::new(Code::Conflict, "not_merged", format!("Records of the kind {label} are not merged: others refer to each of them for itself.")));
        }
        if winner.id() == loser.id() {
            return Err(Error::field("loser", "same_record", "A record is not merged with itself. Name the other one."));
        }
        for (record, action) in [(winner, Action::Update), (loser, Action::Update), (loser, Action::Delete)] {
            if !self.may(&object.name, record.id(), action)? {
                let verb = if action == Action::Delete { "archive" } else { "change" };
                return Err(Error::forbidden(format!("You may read both, but not {verb} one of them. Ask the data steward to merge them.")));
            }
        }
        if winner.is_archived() || loser.is_archived() {
            return Err(Error::new(Code::Conflict, "archived", "One of the two is archived. Restore it before you merge."));
        }
        Ok(())
    }
    /// Accounts, contacts, leads, and objects of the organisation's own.
    #[must_use]
    pub fn can_merge(&self, object: &Object) -> bool {
        !object.def.system && (object.def.area == "custom" || matches!(&*object.name, "account" | "contact" | "lead"))
    }
    /// A ring of parents would come of it.
    fn not_below(&mut self, object: &Arc<Object>, winner: &Record, loser: &Record) -> Result<()> {
        let own: Vec<_> = object.live_fields().filter(|f| matches!(f.kind(), FieldType::Reference { to, .. } if to.allows(&object.name))).cloned().collect();
        for field in own {
            let mut at = winner.reference(field.name());
            let mut steps = 0;
            while let Some(above) = at.filter(|_| steps < 100) {
                // directly below is no harm: the reference to itself is let go
                if above == loser.id() && steps > 0 {
                    return Err(Error::new(Code::Conflict, "below", "The record that should stay stands below the other one. Merge them the other way round."));
                }
                steps += 1;
                at = self.load(object, above)?.and_then(|r| r.reference(field.name()));
            }
        }
        Ok(())
    }
    fn save_merged(&mut self, object: &Arc<Object>, winner: &Record, after: &Record, asked: &fields::Asked) -> Result<()> {
        let changed = crate::write::changed_fields(winner, after);
        if changed.is_empty() {
            return Ok(());
        }
        let mut after = after.clone();
        // what was chosen by hand needs the right to write it; what fills a gap follows from the merge
        let (set, derived): (Vec<_>, Vec<_>) = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).partition(|(f, _)| asked.chosen(f.name()));
        let change = self.stamp(object, winner, &mut after, ChangeKind::Update, set, derived)?;
        self.write_change(winner, &after, change, changed, "updated", "updated")
    }
}
