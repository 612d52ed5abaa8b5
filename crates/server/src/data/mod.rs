//! The data directory:
//!
//! ```text
//! DATA/workspaces/NAME/{data.db, files/, key}   one folder per workspace
//! DATA/secrets/master.key                       0600, made at first start
//! DATA/logs/                                    0700
//! DATA/backups/NAME/                           what is known of backups, and where no other place is set the backups
//! DATA/lock  DATA/rapport.sock  DATA/ballast  DATA/tmp/
//! ```
//!
//! Other files may lie beside them; the directory is new when it has no workspace.

mod ballast;
mod lock;
mod secrets;

pub(crate) use ballast::Ballast;
pub(crate) use lock::Lock;
pub(crate) use secrets::{MasterKey, open, random_bytes, seal};

use kernel::{Error, Result};
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

#[derive(Clone, Debug)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// Where things are, without touching them.
    pub(crate) fn at(path: &Path) -> DataDir {
        DataDir(path.to_owned())
    }

    /// Makes what is missing. Personal data will lie here, so what is made is for its owner only.
    pub(crate) fn prepare(path: &Path) -> Result<DataDir> {
        let data = DataDir(path.to_owned());
        for folder in [path.to_owned(), data.workspaces(), data.secrets(), data.logs(), data.tmp()] {
            private_folder(&folder)?;
        }
        data.0.canonicalize().map(DataDir).map_err(|e| file_error(path, &e))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
    pub(crate) fn workspaces(&self) -> PathBuf {
        self.0.join("workspaces")
    }
    pub(crate) fn workspace(&self, name: &str) -> PathBuf {
        self.workspaces().join(name)
    }
    pub(crate) fn secrets(&self) -> PathBuf {
        self.0.join("secrets")
    }
    pub(crate) fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }
    /// For files on their way in or out; emptied when a process takes the lock.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.0.join("tmp")
    }
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.0.join("lock")
    }
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("rapport.sock")
    }
    pub(crate) fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Names of the workspaces, sorted. Empty where the directory does not exist yet.
    pub(crate) fn workspace_names(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(self.workspaces()) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(file_error(&self.workspaces(), &e)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| file_error(&self.workspaces(), &e))?;
            if let Some(name) = entry.file_name().to_str().filter(|name| is_workspace_name(name))
                && entry.path().is_dir()
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes what an earlier process left half done. Only under the lock.
    pub(crate) fn empty_tmp(&self) -> Result<()> {
        remove_folder(&self.tmp())?;
        private_folder(&self.tmp())
    }
}

/// Lower case letters, digits, `-` and `_`, beginning with a letter: good as a folder, a schema and part of a token.
pub(crate) fn is_workspace_name(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// Makes a folder with everything above it; a new one may be entered by its owner only.
pub(crate) fn private_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| file_error(path, &e))
}

/// Writes a file that only its owner may read. It appears under its name only when it is whole and on disk.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = (|| {
        remove_file(&partial)?;
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        io::Write::write_all(&mut file, content)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        sync_folder(path)
    })();
    written.map_err(|e| file_error(path, &e))
}

/// A renamed or removed file is so after a power cut only when its folder was synced.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// Removes a file that may be missing.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Removes a folder that may be missing.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(file_error(path, &e)),
        _ => Ok(()),
    }
}

/// An error of the file system, with the file it is about.
pub(crate) fn file_error(path: &Path, e: &io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::new(kernel::Code::DiskFull, "disk_full", "The disk is full. Make room, then try again."),
        _ => Error::internal(format!("{}: {e}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::{DataDir, is_workspace_name, write_private};
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn names_are_safe_for_folders_and_schemas() {
        for good in ["main", "north-2", "a_b"] {
            assert!(is_workspace_name(good), "{good}");
        }
        for bad in ["", "Main", "../main", "1st", "a b", "ä", &"a".repeat(41)] {
            assert!(!is_workspace_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_directory_is_new_until_it_has_a_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        assert!(DataDir::at(&path).workspace_names().unwrap().is_empty());
        let data = DataDir::prepare(&path).unwrap();
        fs::write(data.path().join("other.txt"), "stays").unwrap();
        assert!(data.workspace_names().unwrap().is_empty());
        fs::create_dir(data.workspace("main")).unwrap();
        fs::write(data.workspaces().join("stray"), "").unwrap();
        assert_eq!(data.workspace_names().unwrap(), ["main"]);
        assert_eq!(fs::metadata(data.secrets()).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn private_files_are_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
