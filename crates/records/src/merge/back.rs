//! Taking a merge back: both sides as they were. What was edited since stays, and is named; what was added since stays with
//! the winner.

use super::Merge;
use crate::{OrDb, tx::Tx};
use access::Action;
use kernel::{Code, Error, RecordId, Result};
use serde_json::{Value as Json, json};
use store::Sql;

impl Tx<'_> {
    /// `{id, loser, change_set, restored, conflicts: [{object,id,field?,why}]}`
    ///
    /// # Errors
    /// 404 for a merge the asker may not see; 403 without the right to change the winner and to restore the loser; 409 where
    /// it was taken back already, a later merge stands on it, or one of the two was erased.
    pub fn unmerge(&mut self, id: RecordId) -> Result<Json> {
        self.must_write()?;
        let merge = self.merge_row(id)?;
        self.db().lock(&format!("merge {id}")).or_db()?;
        let merge = self.merge_row(merge.id)?;
        self.may_unmerge(&merge)?;
        let set = self.open_change_set("unmerge")?;
        let had = self.change_set.replace(set);
        let done = self.as_system("merge", |tx| tx.undo_of_engine(set, merge.change_set));
        self.change_set = had;
        let (restored, skipped) = done?;
        self.finish_change_set(set, "done", &json!({"restored": restored, "skipped": skipped.len()}))?;
        let now = self.now_ms();
        let mut q = Sql::new(format!("UPDATE {} SET \"undone_at\" = ", self.db().table("sys_merge")));
        q.arg(now).push(" WHERE \"id\" = ").arg(id.to_string());
        self.db().exec(&q).or_db()?;
        let conflicts = self.seen_conflicts(skipped)?;
        Ok(json!({"id": merge.winner.to_string(), "loser": merge.loser.to_string(), "change_set": set.to_string(), "restored": restored, "conflicts": conflicts}))
    }
    fn may_unmerge(&mut self, merge: &Merge) -> Result<()> {
        let object = self.object(&merge.object)?;
        if !self.may(&merge.object, merge.winner, Action::Update)? || !self.may(&merge.object, merge.loser, Action::Delete)? {
            return Err(Error::forbidden("Taking a merge back changes both records, and you may not change both. Ask the data steward."));
        }
        let conflict = |reason, detail: &str| Err(Error::new(Code::Conflict, reason, detail));
        if merge.undone_at.is_some() {
            return conflict("already_undone", "This merge has been taken back already.");
        }
        if self.erasure_of(&merge.object, merge.winner)?.is_some() || self.erasure_of(&merge.object, merge.loser)?.is_some() {
            return conflict("erased", "This person has been erased, and does not come back.");
        }
        if self.merged_into(merge.winner)?.is_some() {
            return conflict("merged_again", "The record has since been merged into another one. Take that merge back first.");
        }
        match self.load(&object, merge.loser)? {
            Some(loser) if loser.is_archived() => Ok(()),
            _ => conflict("not_archived", "The other record is not archived any more."),
        }
    }
    /// Conflicts name what they are about only to those who may see it; the number is complete.
    fn seen_conflicts(&mut self, skipped: Vec<Json>) -> Result<Vec<Json>> {
        let mut out = Vec::new();
        for item in skipped {
            let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or("");
            let seen = match text("id").parse() {
                Ok(id) => self.may(text("object"), id, Action::Read)?,
                Err(()) => false,
            };
            out.push(if seen { item } else { json!({"object": null, "id": null, "why": "Something that you may not see was changed since."}) });
        }
        Ok(out)
    }
}
