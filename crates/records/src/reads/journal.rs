//! The file in which reads stand until they are in the database: one JSON object a line, ids and names of fields only.

use kernel::RecordId;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions, create_dir_all, read_dir, remove_file},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: i64,
    pub(super) to: String,
    pub(super) by: RecordId,
    pub(super) object: String,
    pub(super) fields: String,
    pub(super) ids: Vec<RecordId>,
}

pub(super) struct Journal {
    path: PathBuf,
    file: Option<File>,
    dirty: bool,
}
impl Journal {
    /// `None` where the disk takes none: it may be full, and reading goes on.
    pub(super) fn make(folder: &Path, at: i64) -> Option<Journal> {
        let name = format!("{at}-{:016x}", crate::tx::random_token());
        let path = folder.join(name);
        let made = create_dir_all(folder).and_then(|()| OpenOptions::new().append(true).create_new(true).open(&path));
        match made {
            Ok(file) => Some(Journal { path, file: Some(file), dirty: false }),
            Err(e) => {
                tracing::warn!(error = %e, "the journal of what is read cannot be made; it is kept in memory until it can");
                None
            }
        }
    }
    pub(super) fn name(&self) -> &str {
        self.path.file_name().and_then(|n| n.to_str()).unwrap_or_default()
    }
    pub(super) fn write(&mut self, line: &Line) {
        let Some(file) = &mut self.file else { return };
        let mut bytes = serde_json::to_vec(line).unwrap_or_default();
        bytes.push(b'\n');
        self.dirty = true;
        if let Err(e) = file.write_all(&bytes) {
            tracing::warn!(error = %e, "the journal of what is read takes no more; it is kept in memory until it is written to the database");
        }
    }
    pub(super) fn sync(&mut self) {
        if let Some(file) = self.file.as_ref().filter(|_| self.dirty)
            && let Err(e) = file.sync_data()
        {
            tracing::warn!(error = %e, "the journal of what is read did not reach the disk");
        }
        self.dirty = false;
    }
    /// Whole lines; one that was cut off belongs to an answer that never went out.
    pub(super) fn lines(&mut self) -> Vec<Line> {
        let Ok(file) = File::open(&self.path) else { return vec![] };
        BufReader::new(file).lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()).collect()
    }
    pub(super) fn remove(self) {
        if let Err(e) = remove_file(&self.path) {
            tracing::warn!(error = %e, "a journal that is written could not be removed; it is passed over at the next start");
        }
    }
}
/// Journals in the folder, oldest first.
pub(super) fn left(folder: &Path) -> Vec<Journal> {
    let mut paths: Vec<PathBuf> = read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().map(|path| Journal { path, file: None, dirty: false }).collect()
}
