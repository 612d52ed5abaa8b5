//! The asking side: sends a command to the server that runs on the data directory, shows what it says.

use super::{
    args::Command,
    io::{Io, Progress, Target, reading, writing},
    wire::{BLOCK, DATA, END, EXIT, FILE, FileHead, GO, NOTE, OUT, PROGRESS, Place, REQUEST, Request, read_frame, write_frame, write_json},
};
use kernel::{Code, Error, Result};
use std::{
    fs,
    io::{self, BufWriter, Read as _, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

/// Runs a command in the server; its exit code.
pub(crate) fn run(server: UnixStream, arguments: Vec<String>, place: Place, command: &Command, io: &mut dyn Io) -> Result<u8> {
    let line = if command.reads_line() { Some(io.line()?.expose().clone()) } else { None };
    let request = Request { version: env!("CARGO_PKG_VERSION").into(), arguments, place, line };
    let mut to = BufWriter::new(server.try_clone().map_err(|e| gone(&e))?);
    let inputs: Vec<(PathBuf, PathBuf)> = command.inputs().into_iter().map(|named| io.input(&named).map(|at| (named, at))).collect::<Result<_>>()?;
    send(&mut to, &request, &inputs)?;
    answer(server, io)
}

fn send(to: &mut impl Write, request: &Request, inputs: &[(PathBuf, PathBuf)]) -> Result<()> {
    write_json(to, REQUEST, request).map_err(|e| gone(&e))?;
    for (named, at) in inputs {
        if at.is_dir() {
            send_folder(to, named, at, Path::new(""))?;
        } else {
            send_file(to, named, at, None)?;
        }
    }
    write_frame(to, GO, b"").and_then(|()| to.flush()).map_err(|e| gone(&e))
}

fn send_folder(to: &mut impl Write, named: &Path, folder: &Path, inner: &Path) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<_>>).map_err(|e| reading(folder, &e))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, inner) = (entry.path(), inner.join(entry.file_name()));
        let kind = entry.file_type().map_err(|e| reading(&path, &e))?;
        if kind.is_dir() {
            send_folder(to, named, &path, &inner)?;
        } else if path.is_file() {
            send_file(to, named, &path, Some(inner))?;
        }
    }
    Ok(())
}

fn send_file(to: &mut impl Write, named: &Path, at: &Path, inner: Option<PathBuf>) -> Result<()> {
    let mut file = fs::File::open(at).map_err(|e| reading(at, &e))?;
    write_json(to, FILE, &FileHead { named: Some(named.to_owned()), inner, replace: false }).map_err(|e| gone(&e))?;
    let mut block = vec![0; BLOCK];
    loop {
        let n = file.read(&mut block).map_err(|e| reading(at, &e))?;
        if n == 0 {
            return write_frame(to, END, b"").map_err(|e| gone(&e));
        }
        write_frame(to, DATA, &block[..n]).map_err(|e| gone(&e))?;
    }
}

fn answer(server: UnixStream, io: &mut dyn Io) -> Result<u8> {
    let mut from = io::BufReader::new(server);
    let mut target: Option<Target> = None;
    loop {
        let (kind, content) = read_frame(&mut from).map_err(|e| gone(&e))?;
        match kind {
            OUT => io.out(&content)?,
            NOTE => io.note(&String::from_utf8_lossy(&content))?,
            PROGRESS => {
                let progress: Progress = serde_json::from_slice(&content).map_err(|e| strange(&e))?;
                io.progress(&progress)?;
            }
            FILE => {
                let head: FileHead = serde_json::from_slice(&content).map_err(|e| strange(&e))?;
                target = head.named.map(|to| Target::create(&to, head.replace)).transpose()?;
            }
            DATA => match &mut target {
                Some(target) => target.file.write_all(&content).map_err(|e| writing(Path::new("the output file"), &e))?,
                None => io.out(&content)?,
            },
            END => {
                if let Some(target) = target.take() {
                    target.finish()?;
                }
            }
            EXIT => return Ok(content.first().copied().unwrap_or(1)),
            other => return Err(strange(&format!("frame {other}"))),
        }
    }
}

fn gone(e: &io::Error) -> Error {
    Error::new(Code::Unavailable, "server_gone", format!("The server on this data directory stopped answering ({e}). Look into logs/rapport.log, then try again."))
}

fn strange(e: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Unavailable, "server_strange", format!("The server on this data directory answers in another language ({e}). Is it of another version?"))
}
