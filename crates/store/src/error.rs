//! What can go wrong in a database, in words of ours. The texts name tables and columns, never values:
//! they reach logs and screens, and a value may be somebody's personal data.

/// Error of either engine, the same kind for the same cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A unique index or primary key refused the row. `constraint` is the name of the index (`<table>_pkey` for the
    /// primary key), `columns` its plain columns in order (expressions of an index are left out).
    #[error("a row with the same {} already exists in {table}", keys(columns, constraint))]
    Unique { table: String, constraint: String, columns: Vec<String> },
    /// Somebody else holds what this needed (lock, serialisation failure, deadlock). Nothing was changed: try again.
    #[error("the database is busy with another change; try again")]
    Busy,
    /// A write was attempted in a read, or the database may not be written.
    #[error("the database may only be read here")]
    ReadOnly,
    #[error("the disk of the database is full")]
    DiskFull,
    /// The file or cluster is damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The store was closed.
    #[error("the workspace is closed")]
    Closed,
    /// The server cannot be reached, or the connection to it was lost before anything was saved: try again later.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The connection was lost during a commit: the change may be there or not.
    #[error("the connection to the database was lost while committing: the change may or may not have been saved")]
    Uncertain,
    /// A read ran past its time limit or its caller went away.
    #[error("the query was stopped: it took longer than its limit or nobody waits for it")]
    Interrupted,
    /// A table, column or index is not what the text says (missing, of another type, definition refused).
    #[error("the tables do not fit: {0}")]
    Schema(String),
    /// A sum that does not fit into 64 bits.
    #[error("a number grew too large")]
    TooLarge,
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// The connection ended under what was being done.
    pub(crate) fn lost() -> Error {
        Error::Unreachable("the connection was lost".into())
    }
    pub(crate) fn other(text: impl Into<String>) -> Error {
        Error::Other(text.into())
    }

    /// True if running the same job again may succeed without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Busy | Error::Unreachable(_))
    }
}

fn keys(columns: &[String], constraint: &str) -> String {
    if columns.is_empty() { constraint.to_owned() } else { columns.join(", ") }
}
