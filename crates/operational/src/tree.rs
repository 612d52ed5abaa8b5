//! What stands in a tree by its field `parent`.

use kernel::Result;
use records::{Draft, Tx};

pub(crate) fn below_parent(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("parent") {
        tx.top_above(draft, "parent")?;
    }
    Ok(())
}
