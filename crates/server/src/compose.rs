//! Joins the parts: which modules a workspace has, and what the HTTP interface is handed.

use records::Catalogue;
use std::sync::Arc;

/// All objects, rules, verbs and tables.
pub(crate) fn catalogue() -> kernel::Result<Arc<Catalogue>> {
    let modules = vec![customer::module(), operational::module(), privacy::module(), integration::run::module(), api::module(), crate::auth::module(), jobs::module()];
    Catalogue::new(modules).map(Arc::new).map_err(kernel::Error::internal)
}
