//! Reading records: lists, single ones, totals. JSON is written straight from the database's cells.

mod aggregate;
mod as_of;
mod by_id;
mod disclosure;
mod facts;
mod find;
pub(crate) use aggregate::measurable;
pub(crate) use find::page_limit;
mod projection;
mod roll_up;

use metadata::Archived;
use serde_json::Value as Json;

pub(crate) use facts::Row;

/// Whether and how rows are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountMode {
    #[default]
    None,
    Exact,
    /// Stops at 10,000 and says so.
    Estimate,
}

/// A list, as `CONTRACT.md` 3 names its parameters.
#[derive(Clone, Debug, Default)]
pub struct Find {
    pub object: String,
    pub filter: Option<Json>,
    /// `-created_at`, `account.name`
    pub sort: Vec<String>,
    /// 1 to 500; 50 if not given.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
    pub fields: Option<Vec<String>>,
    pub include: Vec<String>,
    pub count: CountMode,
    pub archived: Archived,
    /// Milliseconds since 1970 UTC.
    pub as_of: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct Get {
    pub fields: Option<Vec<String>>,
    pub include: Vec<String>,
    pub as_of: Option<i64>,
}

/// One record as JSON, and its version for the ETag.
#[derive(Clone, Debug)]
pub struct One {
    pub json: Vec<u8>,
    pub version: i64,
}
