//! Who may be here twice: accounts, contacts, leads. Fields and what is usual for them stand here, the judgement is
//! `stats::linkage`, the queue is `records`.

mod fields;
mod like;
mod scan;

use records::Matcher;

pub(crate) const MATCHER: Matcher = Matcher { objects: &["account", "contact", "lead"], like: like::like, scan: scan::scan };
pub use scan::scan_where_due;
