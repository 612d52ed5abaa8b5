//! What a command sees of the world: where its words, files and progress go. One for the terminal, one for a command
//! that a server runs for somebody else's terminal.

use kernel::{Error, Result, Secret};
use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How far a long command is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Progress {
    pub(crate) what: String,
    pub(crate) done: u64,
    /// 0 where it is not known.
    pub(crate) total: u64,
}

/// Errors of all of these mean that nobody listens any more: the command should end.
pub(crate) trait Io: Send {
    /// Standard output, as it is.
    fn out(&mut self, bytes: &[u8]) -> Result<()>;
    /// A line for the person, not for the program that reads the output.
    fn note(&mut self, line: &str) -> Result<()>;
    fn progress(&mut self, progress: &Progress) -> Result<()>;
    /// Where the file or folder that was named on the command line can be read.
    fn input(&mut self, named: &Path) -> Result<PathBuf>;
    /// Gives a finished file to the caller: under a name, or on standard output. The file is moved or copied.
    fn deliver(&mut self, file: &Path, to: Option<&Path>, replace: bool) -> Result<()>;
    /// The line of standard input that belongs to the command.
    fn line(&mut self) -> Result<Secret<String>>;
}

impl dyn Io + '_ {
    /// One line of standard output.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) -> Result<()> {
        self.out(format!("{}\n", line.as_ref()).as_bytes())
    }
}

/// The terminal, or whatever standard input and output are.
pub(crate) struct Terminal {
    json: bool,
    bar: Option<indicatif::ProgressBar>,
    shown: Option<Instant>,
}

impl Terminal {
    pub(crate) fn new(json: bool) -> Terminal {
        Terminal { json, bar: None, shown: None }
    }

    fn end_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// The reason of the error for a reader that has enough (`rapport export contact | head`).
pub(crate) const HUNG_UP: &str = "hung_up";

/// How often progress is told.
const BEAT: Duration = Duration::from_millis(200);

impl Io for Terminal {
    fn out(&mut self, bytes: &[u8]) -> Result<()> {
        self.end_bar();
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|e| match e.kind() {
            io::ErrorKind::BrokenPipe => Error::new(kernel::Code::Unavailable, HUNG_UP, "nobody reads the output"),
            _ => Error::internal(format!("standard output: {e}")),
        })
    }

    fn note(&mut self, line: &str) -> Result<()> {
        self.end_bar();
        // without a place for notes the work still counts
        let _ = writeln!(io::stderr().lock(), "{line}");
        Ok(())
    }

    fn progress(&mut self, progress: &Progress) -> Result<()> {
        let finished = progress.total > 0 && progress.done >= progress.total;
        if !finished && self.shown.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(());
        }
        self.shown = Some(Instant::now());
        if self.json {
            let line = serde_json::json!({ "progress": progress });
            return self.out(format!("{line}\n").as_bytes());
        }
        if io::stderr().is_terminal() {
            let bar = self.bar.get_or_insert_with(|| {
                let style = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {elapsed}").unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
                indicatif::ProgressBar::new(progress.total).with_style(style)
            });
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(progress.what.clone());
        }
        Ok(())
    }

    fn input(&mut self, named: &Path) -> Result<PathBuf> {
        fs::metadata(named).map_err(|e| reading(named, &e))?;
        Ok(named.to_owned())
    }

    fn deliver(&mut self, file: &Path, to: Option<&Path>, replace: bool) -> Result<()> {
        match to {
            Some(to) => {
                let mut source = fs::File::open(file).map_err(|e| reading(file, &e))?;
                let mut target = Target::create(to, replace)?;
                io::copy(&mut source, &mut target.file).map_err(|e| writing(to, &e))?;
                target.finish()
            }
            None => {
                let mut source = fs::File::open(file).map_err(|e| reading(file, &e))?;
                let mut block = vec![0; 1 << 16];
                loop {
                    let n = source.read(&mut block).map_err(|e| reading(file, &e))?;
                    if n == 0 {
                        return Ok(());
                    }
                    self.out(&block[..n])?;
                }
            }
        }
    }

    fn line(&mut self) -> Result<Secret<String>> {
        let mut line = String::new();
        io::stdin().lock().take(64 << 10).read_line(&mut line).map_err(|e| Error::malformed("bad_input", format!("standard input: {e}")))?;
        Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.end_bar();
    }
}

/// A file on its way: it has its name only when it is whole.
pub(crate) struct Target {
    pub(crate) file: fs::File,
    partial: PathBuf,
    to: PathBuf,
}

impl Target {
    pub(crate) fn create(to: &Path, replace: bool) -> Result<Target> {
        if !replace && to.exists() {
            return Err(Error::new(kernel::Code::Conflict, "file_exists", format!("{} exists already. Name another file, or move it away.", to.display())));
        }
        let mut partial = to.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        // what leaves the building is for whoever asked only
        let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial).map_err(|e| writing(&partial, &e))?;
        Ok(Target { file, partial, to: to.to_owned() })
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.file.sync_all().and_then(|()| fs::rename(&self.partial, &self.to)).map_err(|e| writing(&self.to, &e))
    }
}

pub(crate) fn reading(path: &Path, e: &io::Error) -> Error {
    Error::malformed("unreadable_file", format!("{} cannot be read: {e}.", path.display()))
}

pub(crate) fn writing(path: &Path, e: &io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::new(kernel::Code::DiskFull, "disk_full", format!("{}: the disk is full.", path.display())),
        _ => Error::malformed("unwritable_file", format!("{} cannot be written: {e}.", path.display())),
    }
}
