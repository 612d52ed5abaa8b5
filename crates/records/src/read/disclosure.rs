//! Fields that a readable record keeps from the asker: parts of a private mailbox's entries, and what only a role that
//! does not reach the record would open.

use crate::{OrDb, tx::Tx};
use kernel::{RecordId, Result};
use metadata::{Field, Object};
use std::{collections::HashSet, sync::Arc};
use store::compile;

impl Tx<'_> {
    /// Names of the fields that this record does not disclose, as it stands now.
    ///
    /// # Errors
    /// Of the store.
    pub fn withheld_fields(&mut self, object: &Arc<Object>, id: RecordId) -> Result<HashSet<String>> {
        Ok(self.withheld_by_field(object, &[id])?.into_iter().filter(|(_, ids)| ids.contains(&id)).map(|(name, _)| name).collect())
    }
    /// For each field that some record may withhold, those of the records that do.
    pub(crate) fn withheld_by_field(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<Vec<(String, HashSet<RecordId>)>> {
        let mut out = Vec::new();
        for field in object.live_fields() {
            let withheld = self.withholding(object, field, ids)?;
            if !withheld.is_empty() {
                out.push((field.name().to_owned(), withheld));
            }
        }
        Ok(out)
    }
    /// Those of the records that do not disclose a field, as they stand now.
    pub(crate) fn withholding(&mut self, object: &Arc<Object>, field: &Arc<Field>, ids: &[RecordId]) -> Result<HashSet<RecordId>> {
        let Some(open) = self.rights().authorized_disclosure(object, field) else { return Ok(HashSet::new()) };
        let mut out: HashSet<RecordId> = ids.iter().copied().collect();
        for chunk in ids.chunks(500) {
            let q = compile::rows_sql(self.db(), &object.name, &open, chunk);
            self.db()
                .query(&q, &mut |row| {
                    if let Some(id) = row.cell(0).as_str().and_then(|s| s.parse::<RecordId>().ok()) {
                        out.remove(&id);
                    }
                    Ok(())
                })
                .or_db()?;
        }
        Ok(out)
    }
}
