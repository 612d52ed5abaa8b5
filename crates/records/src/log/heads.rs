//! Heads and proofs of the log as it stands.

use super::{
    append::{kept, size},
    hex,
    note::{Head, Signs},
    tree::{self, Hash},
};
use crate::{OrDb, tx::Tx, workspace::Workspace};
use kernel::{Actor, Ctx, Error, Result, Through};
use serde_json::{Value as Json, json};

impl Workspace {
    /// How many entries the log has, and its signed head: for the program itself, which keeps heads beside the database.
    /// Blocking.
    ///
    /// # Errors
    /// Those of the store; 500 where the log has a hole.
    pub fn signed_head(&self) -> Result<(u64, String)> {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms());
        self.read_blocking(&ctx, |tx| {
            let size = size(tx.db()).or_db()?;
            let head = tx.head(size)?;
            Ok((size, tx.signs().sign(&head)))
        })
    }
    /// What a note says, if this log has signed it.
    ///
    /// # Errors
    /// 400 `bad_head`.
    pub fn read_head(&self, note: &str) -> Result<Head> {
        Signs::new(&self.0.master_key).read(note)
    }
}

impl Tx<'_> {
    /// # Errors
    /// 403 without the capability `read_log`.
    pub fn may_read_log(&self) -> Result<()> {
        if self.rights().capability("read_log") { Ok(()) } else { Err(Error::forbidden("Your role may not read the log. Ask an administrator for the capability \"read_log\".")) }
    }
    pub(super) fn signs(&self) -> Signs {
        Signs::new(&self.inner().master_key)
    }
    pub(super) fn head(&mut self, size: u64) -> Result<Head> {
        let root = tree::root(&mut |place| kept(self.db(), place), size)?;
        Ok(Head { size, root })
    }
    /// `{size, root, note, key}`: the log as it stands, signed. Whoever keeps the note can tell later whether anything before
    /// it was changed.
    ///
    /// # Errors
    /// 403 without the capability `read_log`; 500 where the log has a hole.
    pub fn log_head(&mut self) -> Result<Json> {
        self.may_read_log()?;
        let size = size(self.db()).or_db()?;
        let head = self.head(size)?;
        let signs = self.signs();
        Ok(json!({"size": head.size, "root": hex(&head.root), "note": signs.sign(&head), "key": signs.public_key()}))
    }
    /// `{entry, leaf, size, root, path}`: that an entry is in the log of `size` entries; as it stands, unless given.
    ///
    /// # Errors
    /// 403; 404 for an entry that is not there; 422 for a size that the log has not reached.
    pub fn log_inclusion(&mut self, entry: u64, size: Option<u64>) -> Result<Json> {
        self.may_read_log()?;
        let size = self.size_asked(size)?;
        if entry >= size {
            return Err(Error::not_found("entry of that number"));
        }
        let leaf = kept(self.db(), tree::Place { last: entry, height: 0 })?;
        let path = tree::inclusion(&mut |place| kept(self.db(), place), entry, size)?;
        Ok(json!({"entry": entry, "leaf": hex(&leaf), "size": size, "root": hex(&self.head(size)?.root), "path": shown(&path)}))
    }
    /// `{from, size, path}`: that the log of `size` entries begins with the log of `from`.
    ///
    /// # Errors
    /// 403; 422 for sizes that the log has not reached.
    pub fn log_consistency(&mut self, from: u64, size: Option<u64>) -> Result<Json> {
        self.may_read_log()?;
        let size = self.size_asked(size)?;
        if from == 0 || from > size {
            return Err(Error::field("from", "out_of_range", format!("The log had 1 to {size} entries.")));
        }
        let path = tree::consistency(&mut |place| kept(self.db(), place), from, size)?;
        Ok(json!({"from": from, "size": size, "root": hex(&self.head(size)?.root), "path": shown(&path)}))
    }
    fn size_asked(&mut self, asked: Option<u64>) -> Result<u64> {
        let size = size(self.db()).or_db()?;
        match asked {
            Some(asked) if asked > size => Err(Error::field("size", "out_of_range", format!("The log has {size} entries."))),
            asked => Ok(asked.unwrap_or(size)),
        }
    }
}

fn shown(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| hex(hash)).collect()
}
