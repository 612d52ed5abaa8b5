//! What the asker may see at all, for reports: whether there is something to add up, and whether it is everything.

use crate::tx::Tx;
use access::{Action, FieldAccess};
use kernel::Result;
use metadata::Field;

impl Tx<'_> {
    /// Whether any record of an object may be read.
    ///
    /// # Errors
    /// 404 for an object that is not there.
    pub fn reads_any(&self, object: &str) -> Result<bool> {
        let object = self.object(object)?;
        Ok(self.rights().can(&object, Action::Read))
    }
    /// Whether every record of an object may be read, whoever holds it.
    ///
    /// # Errors
    /// 404 for an object that is not there.
    pub fn reads_every(&self, object: &str) -> Result<bool> {
        let object = self.object(object)?;
        Ok(self.rights().rows(&object, Action::Read).is_true())
    }
    /// Whether the values of a field may be read, of those records that may.
    ///
    /// # Errors
    /// 404 for an object that is not there.
    pub fn reads_field(&self, object: &str, field: &Field) -> Result<bool> {
        let object = self.object(object)?;
        Ok(matches!(self.rights().field(&object, field), FieldAccess::Read | FieldAccess::Write))
    }
}
