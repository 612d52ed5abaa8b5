//! A whole workspace as one file, and back: exports, which move between SQLite and PostgreSQL, and backups.
//!
//! A zip archive:
//!
//! ```text
//! rapport.json            what this is: format, program, workspace, tables with their columns
//! key                     the workspace's key, hexadecimal: keep the file as safe as the data
//! tables/NAME.jsonl       rows, one JSON array a line (exports, and backups of PostgreSQL)
//! data.db                 the database itself (backups of SQLite)
//! files/ab/abcd...        contents of stored files
//! ```
//!
//! Left out: the search index, which is made anew, and sessions, so that none that was ended comes back.

mod cells;
mod load;
mod pack;
mod prove;
mod unpack;

pub(crate) use load::{Onto, load, rehearse, remove_database};
pub(crate) use pack::{Form, pack};
pub(crate) use prove::{Proven, prove};

use kernel::{Code, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::ddl::ColumnKind;

/// Raised when an older program could not read the file.
const FORMAT: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// The program that wrote it.
    pub(crate) version: String,
    pub(crate) workspace: String,
    /// `sqlite` or `postgres`
    pub(crate) engine: String,
    /// RFC 3339
    pub(crate) at: String,
    /// Empty where the archive holds the database itself.
    pub(crate) tables: Vec<TableHead>,
    /// How many rows each table has, for the proof of a backup. Empty in files of earlier programs.
    #[serde(default)]
    pub(crate) rows: BTreeMap<String, u64>,
    /// How many stored files it holds.
    #[serde(default)]
    pub(crate) stored_files: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TableHead {
    pub(crate) name: String,
    pub(crate) columns: Vec<ColumnHead>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ColumnHead {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    Int,
    Real,
    Blob,
}
impl From<ColumnKind> for Kind {
    fn from(kind: ColumnKind) -> Kind {
        match kind {
            ColumnKind::Text => Kind::Text,
            ColumnKind::Int => Kind::Int,
            ColumnKind::Real => Kind::Real,
            ColumnKind::Blob => Kind::Blob,
        }
    }
}

/// Tables whose rows do not travel.
fn stays(table: &str) -> bool {
    table.starts_with("sys_search") || matches!(table, "auth_session" | "auth_attempt")
}

pub(crate) fn damaged(why: impl std::fmt::Display) -> Error {
    Error::new(Code::Malformed, "damaged_archive", format!("The file is no whole Rapport backup or export: {why}."))
}
