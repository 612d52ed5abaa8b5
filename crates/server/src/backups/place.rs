//! A folder that backups lie in: `PLACE/WORKSPACE/`.

use super::name;
use crate::{
    cli::io::{reading, writing},
    data::{DataDir, file_error, private_folder, remove_file, sync_folder, write_private},
};
use kernel::{Code, Error, Result};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// The name of the ids of erased people beside backups; `rapport restore` takes it along.
pub(crate) const ERASURES: &str = "erasures";

#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// The folder in the data directory: made where it is missing.
    pub(super) own: bool,
}

pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) at: i64,
    pub(super) size: u64,
}

impl Place {
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn folder(&self, workspace: &str) -> PathBuf {
        self.path.join(workspace)
    }

    /// There is a folder of this workspace.
    pub(super) fn knows(&self, workspace: &str) -> bool {
        self.folder(workspace).is_dir()
    }

    /// On the disk of the data itself: it does not survive the loss of that disk.
    pub(super) fn is_beside(&self, data: &DataDir) -> bool {
        let device = |path: &Path| fs::metadata(path).map(|m| m.dev()).ok();
        self.own || device(&self.path).is_some_and(|dev| device(data.path()) == Some(dev))
    }

    /// Makes sure that something can be written, and removes what a cut off backup left.
    ///
    /// # Errors
    /// The place is not there: it is not made, because the disk behind it may only not be mounted.
    pub(super) fn ready(&self, workspace: &str) -> Result<()> {
        if self.own {
            private_folder(&self.path)?;
        } else if !self.path.is_dir() {
            return Err(Error::new(Code::Unavailable, "no_place", format!("{} is not there. Mount it, or make the folder.", self.path.display())));
        }
        let folder = self.folder(workspace);
        private_folder(&folder)?;
        for entry in fs::read_dir(&folder).map_err(|e| file_error(&folder, &e))? {
            let path = entry.map_err(|e| file_error(&folder, &e))?.path();
            let file = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(PARTIAL));
            if file.is_some_and(|file| name::moment(workspace, file).is_some()) {
                remove_file(&path).map_err(|e| file_error(&path, &e))?;
            }
        }
        let probe = folder.join(".writable");
        fs::write(&probe, "").and_then(|()| fs::remove_file(&probe)).map_err(|e| writing(&folder, &e))
    }

    /// The newest first.
    pub(super) fn list(&self, workspace: &str) -> Result<Vec<Found>> {
        let folder = self.folder(workspace);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(file_error(&folder, &e)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| file_error(&folder, &e))?;
            let Some(at) = entry.file_name().to_str().and_then(|file| name::moment(workspace, file)) else { continue };
            found.push(Found { path: entry.path(), at, size: entry.metadata().map_or(0, |m| m.len()) });
        }
        found.sort_by_key(|f| std::cmp::Reverse(f.at));
        Ok(found)
    }

    /// Copies a backup here. It has its name only when it is whole and on disk; nothing half is left where that fails.
    pub(super) fn put(&self, workspace: &str, file: &str, from: &Path, go_on: &dyn Fn() -> Result<()>) -> Result<PathBuf> {
        let to = self.folder(workspace).join(file);
        let partial = self.folder(workspace).join(format!("{file}{PARTIAL}"));
        let copied = copy(from, &partial, go_on).and_then(|()| fs::rename(&partial, &to).and_then(|()| sync_folder(&to)).map_err(|e| writing(&to, &e)));
        if let Err(e) = copied {
            if let Err(left) = remove_file(&partial) {
                tracing::warn!(file = %partial.display(), error = %left, "half a backup could not be removed; the next one removes it");
            }
            return Err(e);
        }
        Ok(to)
    }

    /// Keeps the ids of erased people beside the backups: an older one is then restored without them, on another machine too.
    pub(super) fn keep_erasures(&self, workspace: &str, ledger: &Path) -> Result<()> {
        let kept = self.folder(workspace).join(ERASURES);
        let (mut ids, fresh) = (lines(&kept)?, lines(ledger)?);
        let before = ids.len();
        // those that only the place knows stay: the workspace may be an older one that was restored
        ids.extend(fresh);
        if ids.len() == before { Ok(()) } else { write_private(&kept, ids.iter().map(|id| format!("{id}\n")).collect::<String>().as_bytes()) }
    }
}

fn lines(path: &Path) -> Result<BTreeSet<String>> {
    match fs::read_to_string(path) {
        Ok(ids) => Ok(ids.lines().map(str::to_owned).collect()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(e) => Err(reading(path, &e)),
    }
}

const PARTIAL: &str = ".partial";

fn copy(from: &Path, to: &Path, go_on: &dyn Fn() -> Result<()>) -> Result<()> {
    let mut source = fs::File::open(from).map_err(|e| reading(from, &e))?;
    let mut target = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to).map_err(|e| writing(to, &e))?;
    let mut block = vec![0; 1 << 20];
    loop {
        go_on()?;
        let n = source.read(&mut block).map_err(|e| reading(from, &e))?;
        if n == 0 {
            return target.sync_all().map_err(|e| writing(to, &e));
        }
        target.write_all(&block[..n]).map_err(|e| writing(to, &e))?;
    }
}
