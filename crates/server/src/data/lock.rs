//! One process works on a data directory: whoever holds `DATA/lock`.

use super::{DataDir, file_error};
use kernel::{Code, Error, Result};
use std::{
    fs::{File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    thread::sleep,
    time::{Duration, Instant},
};

/// Held until dropped, or until the process ends however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or `None` where another process holds it.
    pub(crate) fn try_take(data: &DataDir) -> Result<Option<Lock>> {
        let path = data.lock_file();
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(|e| file_error(&path, &e))?;
        match file.try_lock() {
            Ok(()) => {
                // who holds it, for people who look
                let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
                noted.map_err(|e| file_error(&path, &e))?;
                Ok(Some(Lock { _file: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(file_error(&path, &e)),
        }
    }

    /// Takes the lock, waiting for another command to end. `meanwhile` is asked between the tries; what it gives ends
    /// the waiting instead (a server has come up and can be asked).
    pub(crate) fn wait<T>(data: &DataDir, patience: Duration, mut meanwhile: impl FnMut() -> Option<T>) -> Result<Result<Lock, T>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(lock) = Lock::try_take(data)? {
                return Ok(Ok(lock));
            }
            if let Some(other) = meanwhile() {
                return Ok(Err(other));
            }
            if Instant::now() > until {
                return Err(Error::new(
                    Code::Unavailable,
                    "data_in_use",
                    format!("{} is in use by process {}, which does not answer. Wait for it to end, or stop it.", data.path().display(), holder(data)),
                ));
            }
            sleep(Duration::from_millis(40));
        }
    }
}

fn holder(data: &DataDir) -> String {
    let mut text = String::new();
    let read = File::open(data.lock_file()).and_then(|mut file| file.read_to_string(&mut text));
    match (read, text.trim()) {
        (Ok(_), pid) if !pid.is_empty() => pid.to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DataDir, Lock};
    use std::time::Duration;

    #[test]
    fn only_one_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::prepare(folder.path()).unwrap();
        let held = Lock::try_take(&data).unwrap().unwrap();
        assert!(Lock::try_take(&data).unwrap().is_none());
        let refused = Lock::wait(&data, Duration::from_millis(60), || None::<()>).unwrap_err();
        assert!(refused.detail.contains(&std::process::id().to_string()), "{refused}");
        assert!(matches!(Lock::wait(&data, Duration::from_secs(5), || Some(7)).unwrap(), Err(7)));
        drop(held);
        assert!(Lock::try_take(&data).unwrap().is_some());
    }
}
