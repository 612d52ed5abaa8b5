//! Reading the archive.

use super::{FORMAT, Manifest, damaged};
use crate::cli::io::{reading, writing};
use kernel::{Code, Error, Result, Secret};
use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};
use zip::ZipArchive;

pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    pub(super) manifest: Manifest,
}

impl Archive {
    /// # Errors
    /// 400 for a file that is none, or that a newer program wrote.
    pub(super) fn open(path: &Path) -> Result<Archive> {
        let file = File::open(path).map_err(|e| reading(path, &e))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        let manifest = {
            let mut entry = zip.by_name("rapport.json").map_err(damaged)?;
            let mut text = String::new();
            entry.by_ref().take(16 << 20).read_to_string(&mut text).map_err(damaged)?;
            serde_json::from_str::<Manifest>(&text).map_err(damaged)?
        };
        if manifest.format > FORMAT {
            return Err(Error::new(Code::Malformed, "newer_archive", format!("The file was written by Rapport {}, which is newer than this program. Use that one, or a newer.", manifest.version)));
        }
        Ok(Archive { zip, manifest })
    }

    pub(super) fn key(&mut self) -> Result<Secret<[u8; 32]>> {
        let mut text = String::new();
        self.zip.by_name("key").map_err(damaged)?.take(64).read_to_string(&mut text).map_err(damaged)?;
        let mut key = [0; 32];
        for (i, byte) in key.iter_mut().enumerate() {
            let digits = text.get(2 * i..2 * i + 2).ok_or_else(|| damaged("the key is too short"))?;
            *byte = u8::from_str_radix(digits, 16).map_err(damaged)?;
        }
        Ok(Secret::new(key))
    }

    pub(super) fn has_database(&self) -> bool {
        self.zip.index_for_name("data.db").is_some()
    }

    /// Writes the database to `to`.
    pub(super) fn database(&mut self, to: &Path) -> Result<()> {
        let mut entry = self.zip.by_name("data.db").map_err(damaged)?;
        let mut out = File::create(to).map_err(|e| writing(to, &e))?;
        io::copy(&mut entry, &mut out).map_err(damaged)?;
        out.sync_all().map_err(|e| writing(to, &e))
    }

    /// Hands each line of a table over.
    pub(super) fn lines(&mut self, table: &str, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let entry = self.zip.by_name(&format!("tables/{table}.jsonl")).map_err(damaged)?;
        let mut from = BufReader::with_capacity(1 << 16, entry);
        let mut line = String::new();
        loop {
            line.clear();
            if from.read_line(&mut line).map_err(damaged)? == 0 {
                return Ok(());
            }
            each(line.trim_end_matches('\n'))?;
        }
    }

    /// Writes the stored files below `folder`; only names that a stored file can have.
    pub(super) fn files(&mut self, folder: &Path) -> Result<()> {
        for i in 0..self.zip.len() {
            let mut entry = self.zip.by_index(i).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            let Some((spread, hash)) = name.strip_prefix("files/").and_then(|rest| rest.split_once('/')) else { continue };
            if !is_hash(hash) || hash.get(..2) != Some(spread) {
                return Err(damaged(format!("{name} is no stored file")));
            }
            let to = folder.join(spread);
            fs::create_dir_all(&to).map_err(|e| writing(&to, &e))?;
            let to = to.join(hash);
            let mut out = File::create(&to).map_err(|e| writing(&to, &e))?;
            io::copy(&mut entry, &mut out).map_err(damaged)?;
            out.sync_all().map_err(|e| writing(&to, &e))?;
        }
        Ok(())
    }
}

pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
