//! Where the real data sets are. A set that is absent is named and its test skipped.

use std::path::PathBuf;

/// The folder of a data set: `RAPPORT_SHARED_DATA/NAME`, else `../shared/data/NAME` beside the repository.
pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RAPPORT_SHARED_DATA").map(PathBuf::from).unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: data set {name} absent");
    None
}

pub(crate) fn reference(folder: &std::path::Path) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join("reference.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A file with this content in a folder that goes away with the test.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}
