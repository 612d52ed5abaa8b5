use api::{Imports, NewImport, ReadyFile};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::{Tx, Workspace};
use serde_json::{Map, Value as Json};

pub(super) struct Engine;

fn missing() -> Error {
    Error::new(Code::Unavailable, "not_here", "This build has no import engine.")
}

impl Imports for Engine {
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
