use crate::import::reader::{Limits, Notices, OpenError, check_zip};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A file of the export, whole: trees and tables of a CRM fit into memory within the limits.
pub(super) struct ExportFile {
    /// With slashes, relative to the export.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}
impl ExportFile {
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
    pub(super) fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }
    /// The name without its ending.
    pub(super) fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }
    pub(super) fn is(&self, ending: &str) -> bool {
        self.name().to_ascii_lowercase().rsplit_once('.').is_some_and(|(_, e)| e == ending)
    }
    pub(super) fn text(&self) -> String {
        let (encoding, bom) = encoding_rs::Encoding::for_bom(&self.bytes).unwrap_or((encoding_rs::UTF_8, 0));
        let body = &self.bytes[bom..];
        match (encoding == encoding_rs::UTF_8, std::str::from_utf8(body)) {
            (true, Err(_)) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(body).0.into_owned(),
            _ => encoding.decode_without_bom_handling(body).0.into_owned(),
        }
    }
}

/// Files looked at.
const FILES: usize = 10_000;
/// Folders inside each other.
const DEPTH: usize = 12;

/// All files of a folder (links are not followed) or a zip that may be part of an export, in the order of their paths.
pub(super) fn gather(path: &Path, limits: &Limits, notices: &mut Notices) -> Result<Vec<ExportFile>, OpenError> {
    let mut files = Vec::new();
    let mut left = limits.unpacked_bytes / 2;
    if path.is_dir() {
        folder(path, "", 0, &mut files, &mut left)?;
    } else {
        let mut file = File::open(path)?;
        check_zip(&mut file, limits)?;
        let mut archive = zip::ZipArchive::new(file).map_err(|e| OpenError::Broken(format!("it is no zip archive ({e})")))?;
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).map_err(|e| OpenError::Broken(format!("a part cannot be unpacked ({e})")))?;
            // The name is only a label here: nothing is ever written to a path from an archive.
            let name = entry.name().map_err(|e| OpenError::Broken(format!("a part has no readable name ({e})")))?.replace('\\', "/");
            if entry.is_dir() || !wanted(&name) {
                continue;
            }
            let mut bytes = Vec::new();
            Read::by_ref(&mut entry).take(left + 1).read_to_end(&mut bytes)?;
            add(name, bytes, &mut files, &mut left)?;
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if files.is_empty() {
        notices.add(None, "no_files", "no json, csv, sql or yml files");
    }
    Ok(files)
}
fn wanted(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let hidden = lower.split('/').any(|part| (part.starts_with('.') && part != ".." && part != ".") || part == "__macosx" || part == "node_modules");
    !hidden && [".json", ".csv", ".sql", ".yml", ".yaml"].iter().any(|e| lower.ends_with(e))
}
fn add(path: String, bytes: Vec<u8>, files: &mut Vec<ExportFile>, left: &mut u64) -> Result<(), OpenError> {
    *left = left.checked_sub(bytes.len() as u64).ok_or_else(|| OpenError::TooLarge { detail: "the files of the export are too large together; import them in parts".to_owned() })?;
    if files.len() >= FILES {
        return Err(OpenError::TooLarge { detail: format!("more than {FILES} files") });
    }
    files.push(ExportFile { path, bytes });
    Ok(())
}
fn folder(path: &Path, prefix: &str, depth: usize, files: &mut Vec<ExportFile>, left: &mut u64) -> Result<(), OpenError> {
    if depth > DEPTH {
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let relative = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folder(&entry.path(), &relative, depth + 1, files, left)?;
        } else if kind.is_file() && wanted(&relative) {
            let mut bytes = Vec::new();
            File::open(entry.path())?.take(*left + 1).read_to_end(&mut bytes)?;
            add(relative, bytes, files, left)?;
        }
    }
    Ok(())
}
