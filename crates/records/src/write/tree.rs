//! Records that stand above each other: a tree, never a ring.

use crate::{catalogue::Draft, tx::Tx};
use kernel::{RecordId, Result};
use std::collections::HashSet;

/// No organisation is deeper; each step is a reading inside the write.
const DEEPEST: usize = 200;

impl Tx<'_> {
    /// Follows a reference of an object to itself up to the record that has none above it, which is the answer. Refuses
    /// the draft where the way leads back, or never ends. Ask it where the field has changed.
    pub fn top_above(&mut self, draft: &mut Draft, field: &str) -> Result<Option<RecordId>> {
        let object = draft.object.clone();
        let mut seen = HashSet::from([draft.id]);
        let mut top = None;
        let mut at = draft.after.reference(field);
        while let Some(above) = at {
            if !seen.insert(above) {
                draft.refuse(field, "cycle", "A record cannot stand above itself, nor above one that it stands below. Choose another one.");
                return Ok(None);
            }
            if seen.len() > DEEPEST {
                draft.refuse(field, "too_deep", format!("At most {DEEPEST} records stand above each other. Choose one further up."));
                return Ok(None);
            }
            top = Some(above);
            at = self.load(&object, above)?.and_then(|record| record.reference(field));
        }
        Ok(top)
    }
}
