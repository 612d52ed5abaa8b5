//! How a command line and a running server talk over `DATA/rapport.sock`. Whoever can open the socket (mode 0600) is
//! trusted as the system actor `cli` is.
//!
//! Frames both ways: one byte kind, four bytes length (big endian), content. Asking: [`REQUEST`], for each input file
//! [`FILE`] and [`DATA`]..., then [`GO`]. Answering: [`OUT`], [`NOTE`], [`PROGRESS`], files as [`FILE`] [`DATA`]...
//! [`END`], at last [`EXIT`].

use serde::{Deserialize, Serialize};
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

pub(super) const REQUEST: u8 = b'Q';
pub(super) const FILE: u8 = b'F';
pub(super) const DATA: u8 = b'D';
pub(super) const END: u8 = b'E';
pub(super) const GO: u8 = b'G';
pub(super) const OUT: u8 = b'O';
pub(super) const NOTE: u8 = b'N';
pub(super) const PROGRESS: u8 = b'P';
pub(super) const EXIT: u8 = b'X';

/// A frame longer than this is not ours.
const MOST: usize = 4 << 20;
/// Content of a data frame.
pub(super) const BLOCK: usize = 1 << 16;

/// What the caller's own settings say.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) workspace: String,
    /// The PostgreSQL that the caller named, if any: it must be the server's.
    pub(crate) database_url: Option<String>,
}

/// A command to run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The program's version: another one may mean other things by the same words.
    pub(super) version: String,
    /// The command line without the program's name.
    pub(super) arguments: Vec<String>,
    pub(super) place: Place,
    pub(super) line: Option<String>,
}

/// A file that follows, on its way in or out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FileHead {
    /// As named on the command line; `None` is standard output.
    pub(super) named: Option<PathBuf>,
    /// Path below it, for a folder.
    pub(super) inner: Option<PathBuf>,
    pub(super) replace: bool,
}

pub(super) fn write_frame(to: &mut impl Write, kind: u8, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).ok().filter(|n| *n as usize <= MOST).ok_or_else(|| io::Error::other("a frame is too long"))?;
    let mut head = [kind, 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_be_bytes());
    to.write_all(&head)?;
    to.write_all(content)
}

pub(super) fn write_json(to: &mut impl Write, kind: u8, content: &impl Serialize) -> io::Result<()> {
    write_frame(to, kind, &serde_json::to_vec(content)?)
}

pub(super) fn read_frame(from: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let [kind, length @ ..] = head;
    let length = u32::from_be_bytes(length) as usize;
    if length > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "this is not a Rapport command line"));
    }
    let mut content = vec![0; length];
    from.read_exact(&mut content)?;
    Ok((kind, content))
}

/// A socket's path has 107 bytes at most (`sun_path`): a longer one is reached through its open folder.
pub(crate) fn with_short_path<T>(socket: &Path, f: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    use std::os::fd::AsRawFd as _;
    match (socket.as_os_str().len() > 100, socket.parent(), socket.file_name()) {
        (true, Some(folder), Some(name)) => {
            let folder = std::fs::File::open(folder)?;
            f(&Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name))
        }
        _ => f(socket),
    }
}

/// A server's socket, if one answers.
pub(crate) fn connect(socket: &Path) -> Option<UnixStream> {
    with_short_path(socket, |short| UnixStream::connect(short)).ok()
}

#[cfg(test)]
mod tests {
    use super::{MOST, connect, read_frame, with_short_path, write_frame};
    use std::os::unix::net::UnixListener;

    #[test]
    fn frames_come_back_as_they_went() {
        let mut wire = Vec::new();
        write_frame(&mut wire, b'D', b"abc").unwrap();
        write_frame(&mut wire, b'G', b"").unwrap();
        let mut from = wire.as_slice();
        assert_eq!(read_frame(&mut from).unwrap(), (b'D', b"abc".to_vec()));
        assert_eq!(read_frame(&mut from).unwrap(), (b'G', Vec::new()));
        assert!(read_frame(&mut from).is_err());
        assert!(write_frame(&mut Vec::new(), b'D', &vec![0; MOST + 1]).is_err());
        assert!(read_frame(&mut b"GET / HTTP/1.1\r\n".as_slice()).is_err());
    }

    #[test]
    fn a_socket_in_a_deep_folder_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("d".repeat(120));
        std::fs::create_dir(&deep).unwrap();
        let socket = deep.join("rapport.sock");
        assert!(connect(&socket).is_none());
        let _listener = with_short_path(&socket, |short| UnixListener::bind(short)).unwrap();
        assert!(connect(&socket).is_some());
    }
}
