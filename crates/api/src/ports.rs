//! What this crate needs from others: file formats, the import engine, and whether a session still holds.

use crate::Caller;
use access::Permit;
use futures_util::future::BoxFuture;
use kernel::{Ctx, RecordId, Result};
use records::{Tx, Workspace};
use serde_json::{Map, Value as Json};
use std::{fs::File, path::PathBuf, sync::Arc};

/// Handed in by the server.
#[derive(Clone)]
pub struct Ports {
    pub exports: Arc<dyn ExportWriter>,
    pub imports: Arc<dyn Imports>,
    pub credentials: Arc<dyn Credentials>,
}

pub trait Credentials: Send + Sync {
    /// Whether the session or token behind a caller still holds. Every open stream asks once a second; `false`, also
    /// while the server is stopping, closes it.
    fn alive<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, bool>;
}

/// A file format of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Jsonl,
    /// vCard 4.0 (RFC 6350); contacts only.
    Vcf,
}
impl Format {
    pub const ALL: [Format; 4] = [Format::Csv, Format::Xlsx, Format::Jsonl, Format::Vcf];

    pub fn parse(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|f| f.extension() == word)
    }
    /// Word of the contract and extension of the file.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Jsonl => "jsonl",
            Format::Vcf => "vcf",
        }
    }
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Jsonl => "application/jsonl",
            Format::Vcf => "text/vcard; charset=utf-8",
        }
    }
}

/// A column of an export: a field, or a path such as `account.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub label: String,
    /// Name of the field type as in the contract: `money`, `date`.
    pub kind: &'static str,
}

pub trait ExportWriter: Send + Sync {
    /// Writes all rows (flat JSON objects with the names of `columns`) and flushes. Answers how many. Blocking. They leave
    /// under the permit: without one, no file of records can be written.
    ///
    /// ```compile_fail,E0061
    /// fn without_permit(writer: &dyn api::ExportWriter, rows: &mut dyn Iterator<Item = kernel::Result<serde_json::Map<String, serde_json::Value>>>, out: std::fs::File) {
    ///     drop(writer.write(api::Format::Csv, &[], rows, out));
    /// }
    /// ```
    /// ```
    /// fn with_permit(permit: &access::Permit, writer: &dyn api::ExportWriter, rows: &mut dyn Iterator<Item = kernel::Result<serde_json::Map<String, serde_json::Value>>>, out: std::fs::File) {
    ///     drop(writer.write(permit, api::Format::Csv, &[], rows, out));
    /// }
    /// ```
    ///
    /// # Errors
    /// An error of `rows`, unchanged, or of the file.
    fn write(&self, permit: &Permit, format: Format, columns: &[Column], rows: &mut dyn Iterator<Item = Result<Map<String, Json>>>, out: File) -> Result<u64>;
}

/// An import as a client asked for it. `file` lies in the workspace's folder of files and belongs to the import now.
#[derive(Clone, Debug)]
pub struct NewImport {
    pub id: RecordId,
    pub object: String,
    pub file: PathBuf,
    /// As the client calls it; its ending may tell the format. Never a path.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// MAP.toml, or the same as JSON.
    pub mapping: Option<String>,
    /// Field by which rows are matched with records.
    pub key: Option<String>,
    pub dry_run: bool,
}

/// A file that may be handed out.
#[derive(Clone, Debug)]
pub struct ReadyFile {
    pub path: PathBuf,
    pub name: String,
    pub media_type: String,
}

/// The import engine. All but [`Imports::look`] and [`Imports::wake`] run inside the caller's transaction and check the caller's rights; the
/// answers are the import object of `CONTRACT.md` 3.
pub trait Imports: Send + Sync {
    /// Before anything is kept: whether the file can be imported at all. Blocking.
    ///
    /// # Errors
    /// 422 naming `object`, `mapping`, `key` or `file`.
    fn look(&self, workspace: &Workspace, ctx: &Ctx, import: &NewImport) -> Result<()>;
    fn start(&self, tx: &mut Tx, import: &NewImport) -> Result<Json>;
    /// # Errors
    /// 404 where the asker may not see it.
    fn status(&self, tx: &mut Tx, id: RecordId) -> Result<Json>;
    /// Changes mapping and answers to questions while the status is `mapping`.
    fn change(&self, tx: &mut Tx, id: RecordId, change: &Map<String, Json>) -> Result<Json>;
    fn run(&self, tx: &mut Tx, id: RecordId, dry_run: bool) -> Result<Json>;
    /// The rejected rows as a file.
    fn rejected(&self, tx: &mut Tx, id: RecordId) -> Result<ReadyFile>;
    /// After the commit of what may need work in the background. Must not block.
    fn wake(&self, workspace: &Workspace, ctx: &Ctx, id: RecordId);
}
