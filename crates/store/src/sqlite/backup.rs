//! Copies of a running database, and looking for damage.

use super::error::convert;
use crate::{Dialect, Error, Store};
use rusqlite::{Connection, OpenFlags};
use std::{fs, path::Path};

/// Writes a compact copy of the workspace as it is at this moment to `to`, while reads and writes go on. The copy
/// appears under its name only when it is whole and on disk. Errors: `to` exists, the disk is full. Blocks: for a
/// blocking thread.
pub fn backup_sqlite(store: &Store, to: &Path) -> Result<(), Error> {
    if store.dialect() != Dialect::Sqlite {
        return Err(Error::other("this workspace is on PostgreSQL: back it up with pg_dump"));
    }
    if to.exists() {
        return Err(Error::Other(format!("{} exists already", to.display())));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    remove_if_there(partial)?;
    let Some(name) = partial.to_str() else { return Err(Error::other("the name of a backup must be Unicode")) };
    store.outside(&format!("VACUUM INTO '{}'", name.replace('\'', "''")))?;
    fs::File::open(partial).and_then(|file| file.sync_all()).map_err(|e| file_error(partial, &e))?;
    fs::rename(partial, to).map_err(|e| file_error(to, &e))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| file_error(folder, &e))
}

/// Reads the whole file and compares tables with indexes. The damage found, in SQLite's words; empty if there is none.
pub fn verify_sqlite(path: &Path) -> Result<Vec<String>, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let raw = Connection::open_with_flags(path, flags).map_err(convert)?;
    let mut statement = raw.prepare("PRAGMA integrity_check(100)").map_err(convert)?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0)).map_err(convert)?;
    let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(convert)?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(file_error(path, &e)),
        _ => Ok(()),
    }
}

fn file_error(path: &Path, e: &std::io::Error) -> Error {
    match e.kind() {
        std::io::ErrorKind::StorageFull => Error::DiskFull,
        _ => Error::Other(format!("{}: {e}", path.display())),
    }
}
