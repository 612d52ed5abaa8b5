//! The answering side: a command that the server runs for a command line elsewhere on this machine.

use super::{
    io::{Io, Progress, reading},
    wire::{BLOCK, DATA, END, EXIT, FILE, FileHead, GO, NOTE, OUT, PROGRESS, REQUEST, Request, read_frame, write_frame, write_json},
};
use kernel::{Code, Error, Result, Secret};
use std::{
    collections::HashMap,
    fs,
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::{Component, Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a caller may be silent while it sends, or may leave what it gets unread.
const PATIENCE: Duration = Duration::from_secs(60);
const BEAT: Duration = Duration::from_millis(100);

/// What the caller asked, and the way back to it.
pub(crate) struct Remote {
    caller: UnixStream,
    inputs: HashMap<PathBuf, PathBuf>,
    line: Option<Secret<String>>,
    beat: Option<Instant>,
    /// Holds the files that came along; removed at the end.
    _folder: tempfile::TempDir,
}

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) version: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) workspace: String,
    pub(crate) database_url: Option<Secret<String>>,
}

impl Remote {
    /// Reads a request with its files, which are kept below `tmp` meanwhile. Blocking.
    pub(crate) fn accept(caller: UnixStream, tmp: &Path) -> io::Result<(Asked, Remote)> {
        caller.set_nonblocking(false)?;
        caller.set_read_timeout(Some(PATIENCE))?;
        caller.set_write_timeout(Some(PATIENCE))?;
        let folder = tempfile::Builder::new().prefix("command-").tempdir_in(tmp)?;
        let mut from = io::BufReader::new(caller.try_clone()?);
        let (kind, content) = read_frame(&mut from)?;
        if kind != REQUEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no request"));
        }
        let request: Request = serde_json::from_slice(&content)?;
        let mut inputs = HashMap::new();
        let mut open: Option<fs::File> = None;
        loop {
            let (kind, content) = read_frame(&mut from)?;
            match kind {
                FILE => open = Some(begin_file(&serde_json::from_slice(&content)?, folder.path(), &mut inputs)?),
                DATA => open.as_mut().ok_or_else(|| io::Error::other("data without a file"))?.write_all(&content)?,
                END => open = None,
                GO => break,
                other => return Err(io::Error::other(format!("frame {other}"))),
            }
        }
        let asked = Asked { version: request.version, arguments: request.arguments, workspace: request.place.workspace, database_url: request.place.database_url.map(Secret::new) };
        Ok((asked, Remote { caller, inputs, line: request.line.map(Secret::new), beat: None, _folder: folder }))
    }

    /// Ends the conversation.
    pub(crate) fn exit(mut self, code: u8) {
        // a caller who is gone needs no exit code
        let _ = write_frame(&mut self.caller, EXIT, &[code]);
    }
}

fn begin_file(head: &FileHead, folder: &Path, inputs: &mut HashMap<PathBuf, PathBuf>) -> io::Result<fs::File> {
    let named = head.named.clone().ok_or_else(|| io::Error::other("a file without a name"))?;
    let number = inputs.len().to_string();
    // each input in a folder of its own, under its own name: readers go by the ending
    let base = inputs.entry(named.clone()).or_insert_with(|| folder.join(number).join(named.file_name().unwrap_or("input".as_ref()))).clone();
    let path = match &head.inner {
        None => base,
        Some(inner) if inner.components().all(|part| matches!(part, Component::Normal(_))) => base.join(inner),
        Some(_) => return Err(io::Error::other("a file outside its folder")),
    };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::File::create(path)
}

impl Io for Remote {
    fn out(&mut self, bytes: &[u8]) -> Result<()> {
        bytes.chunks(BLOCK).try_for_each(|chunk| write_frame(&mut self.caller, OUT, chunk)).map_err(|e| gone(&e))
    }

    fn note(&mut self, line: &str) -> Result<()> {
        write_frame(&mut self.caller, NOTE, line.as_bytes()).map_err(|e| gone(&e))
    }

    fn progress(&mut self, progress: &Progress) -> Result<()> {
        let finished = progress.total > 0 && progress.done >= progress.total;
        if !finished && self.beat.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(());
        }
        self.beat = Some(Instant::now());
        write_json(&mut self.caller, PROGRESS, progress).map_err(|e| gone(&e))
    }

    fn input(&mut self, named: &Path) -> Result<PathBuf> {
        self.inputs.get(named).cloned().ok_or_else(|| reading(named, &io::ErrorKind::NotFound.into()))
    }

    fn deliver(&mut self, file: &Path, to: Option<&Path>, replace: bool) -> Result<()> {
        let mut source = fs::File::open(file).map_err(|e| reading(file, &e))?;
        write_json(&mut self.caller, FILE, &FileHead { named: to.map(Path::to_owned), inner: None, replace }).map_err(|e| gone(&e))?;
        let mut block = vec![0; BLOCK];
        loop {
            let n = source.read(&mut block).map_err(|e| reading(file, &e))?;
            if n == 0 {
                return write_frame(&mut self.caller, END, b"").map_err(|e| gone(&e));
            }
            write_frame(&mut self.caller, DATA, &block[..n]).map_err(|e| gone(&e))?;
        }
    }

    fn line(&mut self) -> Result<Secret<String>> {
        self.line.take().ok_or_else(|| Error::malformed("no_input", "This command needs a line of standard input."))
    }
}

fn gone(e: &io::Error) -> Error {
    Error::new(Code::Unavailable, "caller_gone", format!("the command line that asked is gone: {e}"))
}
