//! Where PostgreSQL is installed.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    /// 0 if the folder does not say it
    pub(super) version: u32,
}

/// Debian keeps servers in `/usr/lib/postgresql/VERSION/bin`, outside PATH; the newest wins. Elsewhere PATH has them.
pub(super) fn find(path: Option<OsString>) -> Option<Binaries> {
    debian().or_else(|| on_path(path))
}

fn debian() -> Option<Binaries> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<Binaries> = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some(Binaries { folder: entry.path().join("bin"), version })
        })
        .filter(|binaries| is_whole(&binaries.folder))
        .collect();
    found.sort_by_key(|binaries| binaries.version);
    found.pop()
}

fn on_path(path: Option<OsString>) -> Option<Binaries> {
    std::env::split_paths(&path?).find(|folder| is_whole(folder)).map(|folder| Binaries { folder, version: 0 })
}

fn is_whole(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}
