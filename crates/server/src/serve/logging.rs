//! Log lines to standard error and to `logs/rapport.log`. They name requests, objects and ids, never values of records.

use crate::{
    config::{Log, LogFormat},
    data::{DataDir, file_error},
};
use std::{
    fs, io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{MakeWriter, layer},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// A log file is put aside at this size; so many of them are kept.
const MOST_BYTES: u64 = 16 << 20;
const KEPT: usize = 5;

/// Starts logging for the whole process. Later calls change nothing.
pub(crate) fn start(log: &Log, data: Option<&DataDir>) -> kernel::Result<()> {
    let filter = EnvFilter::try_new(&log.level).map_err(|e| kernel::Error::malformed("bad_log_level", e.to_string()))?;
    let file = match data {
        Some(data) if log.file => Some(Rotating::open(&data.logs().join("rapport.log"))?),
        _ => None,
    };
    let colours = io::IsTerminal::is_terminal(&io::stderr());
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = Vec::new();
    if log.format == LogFormat::Json {
        layers.push(Box::new(layer().with_writer(io::stderr).json()));
        layers.extend(file.map(|file| layer().with_writer(file).json().boxed()));
    } else {
        layers.push(Box::new(layer().with_writer(io::stderr).with_ansi(colours).with_target(false)));
        layers.extend(file.map(|file| layer().with_writer(file).with_ansi(false).boxed()));
    }
    let started = tracing_subscriber::registry().with(layers).with(filter).try_init();
    if started.is_err() {
        tracing::debug!("logging was started already");
    }
    Ok(())
}

/// A file that is put aside as `.1`, `.2`, ... when it has grown.
#[derive(Clone)]
struct Rotating(Arc<Mutex<Open>>);

struct Open {
    path: PathBuf,
    file: fs::File,
    bytes: u64,
    most: u64,
}

impl Rotating {
    fn open(path: &Path) -> kernel::Result<Rotating> {
        let (file, bytes) = open(path).map_err(|e| file_error(path, &e))?;
        Ok(Rotating(Arc::new(Mutex::new(Open { path: path.to_owned(), file, bytes, most: MOST_BYTES }))))
    }
}

fn open(path: &Path) -> io::Result<(fs::File, u64)> {
    let file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

impl Open {
    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |n: usize| PathBuf::from(format!("{}.{n}", self.path.display()));
        for n in (1..KEPT).rev() {
            if numbered(n).exists() {
                fs::rename(numbered(n), numbered(n + 1))?;
            }
        }
        fs::rename(&self.path, numbered(1))?;
        (self.file, self.bytes) = open(&self.path)?;
        Ok(())
    }
}

impl io::Write for &Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.bytes + line.len() as u64 > open.most {
            open.rotate()?;
        }
        io::Write::write_all(&mut open.file, line)?;
        open.bytes += line.len() as u64;
        Ok(line.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Rotating {
    type Writer = &'a Rotating;
    fn make_writer(&'a self) -> &'a Rotating {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Rotating};
    use std::{fs, io::Write as _};

    #[test]
    fn a_grown_log_is_put_aside_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rapport.log");
        let log = Rotating::open(&path).unwrap();
        log.0.lock().unwrap().most = 100;
        for n in 0..40 {
            (&log).write_all(format!("line {n:02} {}\n", "x".repeat(40)).as_bytes()).unwrap();
        }
        let kept = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(kept, KEPT + 1);
        assert!(fs::read_to_string(&path).unwrap().contains("line 39"));
        assert!(fs::read_to_string(folder.path().join("rapport.log.1")).unwrap().contains("line 37"));
        drop(log);
        let again = Rotating::open(&path).unwrap();
        assert!(again.0.lock().unwrap().bytes > 0, "appends to what is there");
    }
}
