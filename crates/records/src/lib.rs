//! The one door to records. Every way to see or change a row of an object goes through [`Tx`]: rights, validation,
//! history and outbox happen here and nowhere else.

mod access_list;
mod askers;
mod bulk;
mod catalogue;
mod change_set;
mod cursor;
mod definitions;
mod duplicates;
mod erase;
mod erasures;
mod facts;
mod files;
mod formulas;
mod history;
mod json;
mod leaving;
mod log;
mod merge;
mod policy;
mod read;
mod reads;
mod record;
mod roles;
mod seal;
mod search;
mod settings;
mod sight;
mod system;
mod timeline;
mod tx;
mod undo;
mod verbs;
mod workspace;
mod write;

pub use bulk::{BulkMode, BulkOptions};
pub use catalogue::{Catalogue, Draft, Event, Module, Params, Report, Rules, Verb, VerbAnswer, Written, foundation};
pub use duplicates::{Clue, Extent, Matcher, Pair, Searched};
pub use erase::About;
pub use erasures::{Eraser, Erasure};
pub use files::NewFile;
pub use history::Replaced;
pub use leaving::{Disclosed, Gate, Seen, Subjects};
pub use log::{Finding, Head, LOG_KINDS, LogEntry, LogQuestion, STRANGER, Verified};
pub use merge::{Joined, Merge, Merged, Merger};
pub use read::{CountMode, Find, Get, One};
pub use record::Record;
pub use search::Search;
pub use settings::Settings;
pub use timeline::Paging;
pub use tx::Tx;
pub use undo::UndoMode;
pub use workspace::{Change, OpenOptions, Workspace};
pub use write::{IfMatch, Saved};

/// Store errors as clients may hear them.
pub(crate) fn db_error(error: store::Error) -> kernel::Error {
    use kernel::{Code, Error};
    match error {
        store::Error::Unique { columns, .. } => {
            let column = columns.first().map_or("", |c| c.trim_end_matches("__f"));
            Error::field(column, "value_taken", "This value is taken. It must be unique.")
        }
        store::Error::Busy => Error { retry_after: Some(1), ..Error::new(Code::Unavailable, "busy", "The database is busy. Try again in a second.") },
        store::Error::DiskFull => Error::new(Code::DiskFull, "disk_full", "The disk is full. Nothing was written. Free some space and try again."),
        store::Error::ReadOnly => Error::new(Code::Unavailable, "read_only", "The database is read only at the moment. Nothing was written."),
        store::Error::Unreachable(why) => {
            tracing::warn!(why, "the database cannot be reached");
            Error { retry_after: Some(2), ..Error::new(Code::Unavailable, "database_unreachable", "The database cannot be reached at the moment. Nothing was written. Try again in some seconds.") }
        }
        store::Error::Uncertain => Error {
            retry_after: Some(2),
            ..Error::new(
                Code::Unavailable,
                "outcome_unknown",
                "The connection to the database was lost while the change was being saved: it may be there or not. Look before you try again, or repeat the request with the same Idempotency-Key.",
            )
        },
        store::Error::Interrupted => {
            Error { retry_after: Some(10), ..Error::new(Code::Unavailable, "took_too_long", "The question took longer than a question may. Narrow the filter or the fields, or ask for an export.") }
        }
        store::Error::Closed => Error { retry_after: Some(2), ..Error::new(Code::Unavailable, "closing", "The workspace is closing, to stop or to be replaced. Try again in some seconds.") },
        store::Error::TooLarge => Error::field("measures", "too_large", "The sum is larger than the numbers that are kept here (19 digits). Narrow the filter."),
        other => {
            tracing::error!(error = %other, "the store failed");
            Error::internal("The database failed. Nothing was written.")
        }
    }
}
/// `?` on store calls: `tx.db().exec(&q).or_db()?`.
pub trait OrDb<T> {
    fn or_db(self) -> kernel::Result<T>;
}
impl<T> OrDb<T> for Result<T, store::Error> {
    fn or_db(self) -> kernel::Result<T> {
        self.map_err(db_error)
    }
}
