//! Where the real data sets are that no repository holds. A set that is absent is named and its test skipped.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of a data set: `RAPPORT_SHARED_DATA/NAME`, else `../shared/data/NAME` beside the repository.
pub fn set(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RAPPORT_SHARED_DATA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: data set {name} absent");
    None
}

/// The reference values of a data set.
///
/// # Panics
/// Where they are absent or no JSON: the set is then not what it should be.
pub fn reference(folder: &Path) -> Value {
    let path = folder.join("reference.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
