//! A file that takes up room, given up when the disk is full: deleting and signing out need room too.

use super::{DataDir, file_error, remove_file};
use kernel::Result;
use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf};

#[derive(Clone, Debug)]
pub(crate) struct Ballast {
    path: PathBuf,
    bytes: u64,
}

impl Ballast {
    /// `mb` 0 means none.
    pub(crate) fn of(data: &DataDir, mb: u64) -> Ballast {
        Ballast { path: data.ballast(), bytes: mb << 20 }
    }

    /// Makes the file where it is missing. Real bytes: a sparse file would hold no room.
    pub(crate) fn make(&self) -> Result<()> {
        if self.bytes == 0 || fs::metadata(&self.path).is_ok_and(|file| file.len() == self.bytes) {
            return Ok(());
        }
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
            // not zeros: some file systems store none
            let block: Vec<u8> = (0..1_u32 << 20).map(|n| n.wrapping_mul(0x9E37_79B9).to_le_bytes()[3]).collect();
            for _ in 0..self.bytes >> 20 {
                file.write_all(&block)?;
            }
            Ok(())
        })();
        written.map_err(|e: std::io::Error| {
            // half a ballast is better given back: the disk is full already
            if let Err(e) = self.give_up() {
                tracing::warn!(error = %e, "the ballast could not be removed");
            }
            file_error(&self.path, &e)
        })
    }

    /// Frees the room; true if there was any.
    pub(crate) fn give_up(&self) -> Result<bool> {
        let there = self.path.exists();
        remove_file(&self.path).map_err(|e| file_error(&self.path, &e))?;
        Ok(there)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ballast, DataDir};
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn it_takes_real_room_and_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::prepare(folder.path()).unwrap();
        let ballast = Ballast::of(&data, 2);
        ballast.make().unwrap();
        ballast.make().unwrap();
        let file = std::fs::metadata(data.ballast()).unwrap();
        assert!(file.blocks() * 512 >= 2 << 20, "the file is sparse");
        assert!(ballast.give_up().unwrap());
        assert!(!ballast.give_up().unwrap());
        Ballast::of(&data, 0).make().unwrap();
        assert!(!data.ballast().exists());
    }
}
