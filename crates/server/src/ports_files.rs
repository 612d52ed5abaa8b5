use api::{Column, ExportWriter, Format, Imports, NewImport, ReadyFile};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::{Tx, Workspace};
use serde_json::{Map, Value as Json};
use std::fs::File;

pub(super) struct Files;

fn missing() -> Error {
    Error::new(Code::Unavailable, "not_here", "This build has no file formats.")
}

impl ExportWriter for Files {
    fn write(&self, _format: Format, _columns: &[Column], _rows: &mut dyn Iterator<Item = Result<Map<String, Json>>>, _out: File) -> Result<u64> {
        Err(missing())
    }
}
impl Imports for Files {
    fn start(&self, _tx: &mut Tx, _import: &NewImport) -> Result<Json> {
        Err(missing())
    }
    fn status(&self, _tx: &mut Tx, _id: RecordId) -> Result<Json> {
        Err(missing())
    }
    fn change(&self, _tx: &mut Tx, _id: RecordId, _change: &Map<String, Json>) -> Result<Json> {
        Err(missing())
    }
    fn run(&self, _tx: &mut Tx, _id: RecordId, _dry_run: bool) -> Result<Json> {
        Err(missing())
    }
    fn rejected(&self, _tx: &mut Tx, _id: RecordId) -> Result<ReadyFile> {
        Err(missing())
    }
    fn wake(&self, _workspace: &Workspace, _ctx: &Ctx, _id: RecordId) {}
}
