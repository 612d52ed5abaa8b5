//! Where the real data sets are, and files that go away with their test.

pub(crate) use testkit::shared::{reference, set};

use std::path::PathBuf;

/// A file with this content in a folder that goes away with the test.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}
