use super::{parse, reader::Reader};
use kernel::Secret;
use std::path::PathBuf;

/// Where the data is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The data directory: files, secrets, socket, and the databases where they are SQLite.
    pub(crate) data: PathBuf,
    /// PostgreSQL, where the records are there. Holds a password, so it never prints.
    pub(crate) database_url: Option<Secret<String>>,
    /// The workspace that commands work on.
    pub(crate) workspace: String,
    /// Written at first start, removed when the disk is full so that people can still delete and sign out.
    pub(crate) ballast_mb: u64,
}

impl Place {
    pub(super) fn read(reader: &mut Reader) -> Place {
        Place {
            data: reader.get("data", "rapport-data", "The data directory.", parse::path),
            database_url: reader.secret("database_url", "PostgreSQL as postgres://user:password@host/database; without it records are in SQLite files in the data directory."),
            workspace: reader.get("workspace", "main", "The workspace that commands work on.", parse::text),
            ballast_mb: reader.get(
                "ballast_mb",
                "64",
                "Size in MB of a file that is given up when the disk is full, so that deleting and signing out still work; 0 for none.",
                parse::between(0, 65_536),
            ),
        }
    }
}
