//! Stored files: whether each is what its name says, and whether each that is named is there.

use crate::{data::file_error, people, workspaces::Open};
use kernel::{Error, Result};
use records::Find;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) files: u64,
    pub(crate) damage: Vec<String>,
}

/// Paths of all stored contents (`ab/abcd...`), sorted.
pub(crate) fn contents(files: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for spread in entries(files)? {
        let two = spread.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.len() == 2 && n.bytes().all(|b| b.is_ascii_hexdigit()));
        if two && spread.is_dir() {
            out.extend(entries(&spread)?);
        }
    }
    out.sort();
    Ok(out)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>().map_err(|e| file_error(folder, &e)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(file_error(folder, &e)),
    }
}

pub(crate) fn files(open: &Open) -> Result<Checked> {
    let folder = open.workspace.files_dir().to_owned();
    let mut checked = Checked::default();
    for path in contents(&folder)? {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        match hash(&path) {
            Ok(found) if found == name => checked.files += 1,
            Ok(_) => checked.damage.push(format!("the stored file {name} has another content than it had")),
            Err(e) => checked.damage.push(format!("the stored file {name} cannot be read: {e}")),
        }
    }
    for hash in named(open)? {
        if !api::content_path(&folder, &hash).exists() {
            checked.damage.push(format!("the stored file {hash} is missing"));
        }
    }
    Ok(checked)
}

pub(crate) fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut block)?;
        if n == 0 {
            return Ok(crate::auth::hex(&hash.finalize()));
        }
        hash.update(&block[..n]);
    }
}

/// Hashes that file records name, archived ones too.
fn named(open: &Open) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let mut cursor = None;
    loop {
        let find = Find { object: "file".into(), fields: Some(vec!["hash".into()]), limit: Some(500), cursor: cursor.clone(), archived: metadata::Archived::Include, ..Find::default() };
        let page = open.workspace.read_blocking(&people::cli(open), move |tx| tx.find(&find))?;
        let page: Json = serde_json::from_slice(&page).map_err(|e| Error::internal(e.to_string()))?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        out.extend(items.iter().filter_map(|item| item["hash"].as_str()).filter(|hash| !hash.is_empty()).map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(out),
        }
    }
}
