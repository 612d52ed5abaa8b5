//! Signed heads of each workspace's log, kept in a folder beside the data, or better on another disk or server: whoever
//! can change the database cannot change these unseen. One text file for each workspace, a note after the other.

use crate::{app::App, data::file_error, workspaces::Open};
use kernel::Result;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Where heads are kept.
pub(crate) fn folder(app: &App) -> PathBuf {
    app.config.log.heads.clone().unwrap_or_else(|| app.data.logs().join("heads"))
}
pub(crate) fn file(folder: &Path, workspace: &str) -> PathBuf {
    folder.join(format!("{workspace}.txt"))
}

/// Adds the log's head, unless it is the last one already. Blocking.
pub(crate) fn keep(open: &Open, folder: &Path) -> Result<()> {
    let file = file(folder, open.name());
    let (size, note) = open.workspace.signed_head()?;
    let last = kept(&file)?.last().and_then(|last| open.workspace.read_head(last).ok());
    if last.is_some_and(|last| last.size == size) {
        return Ok(());
    }
    let written = (|| {
        fs::create_dir_all(folder)?;
        let mut out = OpenOptions::new().append(true).create(true).open(&file)?;
        out.write_all(note.as_bytes())?;
        out.sync_data()
    })();
    written.map_err(|e: io::Error| file_error(&file, &e))
}

/// Notes of a file, in order; none where there is no file.
pub(crate) fn kept(file: &Path) -> Result<Vec<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(notes(&text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(file_error(file, &e)),
    }
}

/// A note ends with the line of its signature.
pub(crate) fn notes(text: &str) -> Vec<String> {
    let (mut out, mut note) = (Vec::new(), String::new());
    for line in text.lines() {
        note.push_str(line);
        note.push('\n');
        if line.starts_with('\u{2014}') {
            out.push(std::mem::take(&mut note));
        }
    }
    if !note.trim().is_empty() {
        out.push(note);
    }
    out
}

/// Heads of a log that was put back to an earlier state are set aside: they are true of what was there before. Their new
/// name, where there were any.
pub(crate) fn set_aside(open: &Open, folder: &Path) -> Result<Option<PathBuf>> {
    let (from, to) = (file(folder, open.name()), folder.join(format!("{}.before-{}.txt", open.name(), open.workspace.now_ms())));
    match fs::rename(&from, &to) {
        Ok(()) => Ok(Some(to)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(file_error(&from, &e)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn notes_stand_one_after_the_other() {
        let one = "a\n1\nr\n\n\u{2014} a s\n";
        assert_eq!(super::notes(&one.repeat(2)), [one, one]);
        assert_eq!(super::notes("half\n").len(), 1, "a note without a signature is told of, not passed over");
        assert!(super::notes("").is_empty());
    }
}
