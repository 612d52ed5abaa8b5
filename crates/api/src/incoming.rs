//! Files on their way in: on the disk under a name of their own, gone again unless somebody keeps them.

use crate::request_id::{hex, random};
use kernel::{Code, Error, Result};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Folder beside the contents, so that keeping a file is a rename.
const FOLDER: &str = "incoming";

/// A file that is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Incoming {
    path: PathBuf,
    kept: bool,
}
impl Incoming {
    /// A new file below the workspace's folder of files.
    pub(crate) async fn create(files: &Path) -> Result<(Incoming, tokio::fs::File)> {
        let folder = files.join(FOLDER);
        tokio::fs::create_dir_all(&folder).await.map_err(|e| io_error(&e))?;
        let path = folder.join(hex(&random::<16>()));
        let file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(&path).await.map_err(|e| io_error(&e))?;
        Ok((Incoming { path, kept: false }, file))
    }
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
    /// Moves the file to its place, durably. One that is there already has the same content by its name, and stays.
    /// Blocking, some milliseconds.
    pub(crate) fn keep(mut self, place: &Path) -> Result<()> {
        if place.exists() {
            return Ok(());
        }
        let folder = place.parent().ok_or_else(|| Error::internal("A file was to be kept without a folder."))?;
        std::fs::create_dir_all(folder).map_err(|e| io_error(&e))?;
        std::fs::rename(&self.path, place).map_err(|e| io_error(&e))?;
        self.kept = true;
        // A rename is durable when its folder is (fsync(2)).
        std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io_error(&e))
    }
}
impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept
            && let Err(e) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(error = %e, "a file that was not kept could not be removed");
        }
    }
}

/// Removes what a crash left half received. Call before the first request.
///
/// # Errors
/// Of the file system.
pub fn clean_incoming(files: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(files.join(FOLDER)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

pub(crate) fn io_error(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::new(Code::DiskFull, "disk_full", "The disk is full. Nothing was kept. Free some space and try again."),
        _ => Error::internal(format!("a file could not be read or written: {error}")),
    }
}
