use kernel::{Actor, Ctx, RecordId, Secret, TestClock, Through};
use records::{Catalogue, Find, Get, IfMatch, OpenOptions, Workspace};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) clock: Arc<TestClock>,
    _dir: tempfile::TempDir,
}
/// 2026-11-18T11:06:40Z
pub(crate) const START: i64 = 1_795_000_000_000;

impl World {
    pub(crate) fn new() -> World {
        World::with(|dir| store::open_sqlite(&dir.join("data.db"), store::Options::default()).unwrap())
    }
    /// A fresh schema of the test cluster; the runtime drives its connections.
    pub(crate) fn postgres(runtime: &tokio::runtime::Runtime) -> World {
        let cluster = testkit::postgres::cluster();
        let pool = store::PgPool::new(&cluster.url(), 4, runtime.handle().clone()).unwrap();
        World::with(|_| store::open_postgres(&pool, &cluster.fresh_schema(), store::Options::default()).unwrap())
    }
    fn with(open: impl FnOnce(&std::path::Path) -> store::Store) -> World {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::at(START));
        let store = open(dir.path());
        let catalogue = Arc::new(Catalogue::new(vec![customer::module(), operational::module(), privacy::module()]).unwrap());
        let options = OpenOptions { name: "main".into(), store, catalogue, clock: clock.clone(), master_key: Secret::new([7; 32]), files: dir.path().join("files") };
        World { workspace: Workspace::open(options).unwrap(), clock, _dir: dir }
    }
    pub(crate) fn system(&self) -> Ctx {
        Ctx::new(Actor::System("cli"), Through::CommandLine, self.workspace.now_ms())
    }
    pub(crate) fn user(&self, name: &str, role: &str) -> Ctx {
        let id = self.create(&self.system(), "user", json!({"name": name, "email": format!("{name}@example.org"), "roles": [role]})).unwrap();
        Ctx::new(Actor::User(id), Through::Api, self.workspace.now_ms())
    }
    pub(crate) fn create(&self, ctx: &Ctx, object: &str, input: Json) -> kernel::Result<RecordId> {
        let object = object.to_owned();
        self.workspace.write_blocking(ctx, move |tx| tx.create(&object, &map(input))).map(|s| s.id)
    }
    pub(crate) fn update(&self, ctx: &Ctx, object: &str, id: RecordId, input: Json) -> kernel::Result<i64> {
        let object = object.to_owned();
        self.workspace.write_blocking(ctx, move |tx| tx.update(&object, id, &map(input), IfMatch::Any)).map(|s| s.version)
    }
    pub(crate) fn get(&self, ctx: &Ctx, object: &str, id: RecordId) -> Json {
        let object = object.to_owned();
        let one = self.workspace.read_blocking(ctx, move |tx| tx.get(&object, id, &Get::default())).unwrap();
        serde_json::from_slice(&one.json).unwrap()
    }
    pub(crate) fn find(&self, ctx: &Ctx, object: &str, filter: Json) -> Vec<Json> {
        let find = Find { object: object.into(), filter: Some(filter), limit: Some(500), ..Find::default() };
        let bytes = self.workspace.read_blocking(ctx, move |tx| tx.find(&find)).unwrap();
        serde_json::from_slice::<Json>(&bytes).unwrap()["items"].as_array().unwrap().clone()
    }
    pub(crate) fn verb(&self, ctx: &Ctx, object: &'static str, name: &'static str, method: &'static str, id: RecordId, body: Json) -> kernel::Result<Json> {
        self.workspace.write_blocking(ctx, move |tx| {
            let verb = *tx.catalogue().verb(object, name, method).unwrap();
            (verb.run)(tx, id, &map(body)).map(|a| serde_json::from_slice(&a.json).unwrap())
        })
    }
    pub(crate) fn stage(&self, name: &str) -> String {
        self.find(&self.system(), "stage", json!({"field": "name", "op": "eq", "value": name}))[0]["id"].as_str().unwrap().to_owned()
    }
}
pub(crate) fn map(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}
