//! A workspace on a temporary SQLite file or a fresh schema of the test cluster.

use kernel::{Actor, Ctx, RecordId, Secret, TestClock, Through};
use records::{Catalogue, Find, Get, IfMatch, Module, OpenOptions, Workspace};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

pub(crate) const COMPANY: &str = r#"
name = "company"
plural = "companies"
sharing = "private"
search = ["name", "email"]
indexes = [["name"], ["owner"], ["updated_at"]]
[[fields]]
name = "name"
type = { text = { max = 80 } }
required = true
[[fields]]
name = "email"
type = { email = {} }
sensitivity = "personal"
[[fields]]
name = "tier"
type = { choice = { options = [{ value = "a", label = "A" }, { value = "b", label = "B" }] } }
[[fields]]
name = "revenue"
type = { money = {} }
[[fields]]
name = "founded"
type = { date = {} }
[[fields]]
name = "tags"
type = { multi_choice = { options = [{ value = "x", label = "X" }, { value = "y", label = "Y" }] } }
[[fields]]
name = "code"
type = { text = { unique = true } }
[[fields]]
name = "no"
type = { autonumber = { pattern = "C-{0000}" } }
[[fields]]
name = "deals"
type = { roll_up = { related = "deal", fn = "count" } }
"#;
pub(crate) const DEAL: &str = r#"
name = "deal"
plural = "deals"
sharing = "private"
search = ["name"]
timeline = ["company"]
[[fields]]
name = "name"
type = { text = {} }
required = true
[[fields]]
name = "company"
type = { reference = { to = "company" } }
[[fields]]
name = "amount"
type = { money = {} }
"#;
pub(crate) const LINE: &str = r#"
name = "line"
plural = "lines"
sharing = "parent"
parents = ["deal"]
[[fields]]
name = "deal"
type = { reference = { to = "deal", on_delete = "cascade" } }
required = true
[[fields]]
name = "quantity"
type = { decimal = { scale = 6 } }
"#;

pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) clock: Arc<TestClock>,
    _dir: tempfile::TempDir,
    _runtime: Arc<tokio::runtime::Runtime>,
}
pub(crate) const START: i64 = 1_795_000_000_000;

pub(crate) enum Engine {
    Sqlite,
    Postgres,
}
impl World {
    pub(crate) fn new(engine: Engine) -> World {
        let dir = tempfile::tempdir().unwrap();
        let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
        let clock = Arc::new(TestClock::at(START));
        let store = match engine {
            Engine::Sqlite => store::open_sqlite(&dir.path().join("data.db"), store::Options::default()).unwrap(),
            Engine::Postgres => {
                let cluster = testkit::postgres::cluster();
                let pool = store::PgPool::new(&cluster.url(), 4, runtime.handle().clone()).unwrap();
                store::open_postgres(&pool, &cluster.fresh_schema(), store::Options::default()).unwrap()
            }
        };
        let module = Module {
            name: "test",
            objects: vec![COMPANY, DEAL, LINE, crate::zoo::ANIMAL, crate::zoo::CAGE, crate::zoo::RATE, "name = \"contact\"", "name = \"work_calendar\"", "name = \"file\""],
            ..Module::default()
        };
        let catalogue = Arc::new(Catalogue::new(vec![module]).unwrap());
        let options = OpenOptions { name: "main".into(), store, catalogue, clock: clock.clone(), master_key: Secret::new([7; 32]), files: dir.path().join("files") };
        let workspace = Workspace::open(options).unwrap();
        World { workspace, clock, _dir: dir, _runtime: runtime }
    }
    pub(crate) fn system(&self) -> Ctx {
        Ctx::new(Actor::System("cli"), Through::CommandLine, self.workspace.now_ms())
    }
    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::new(Actor::User(user), Through::Api, self.workspace.now_ms())
    }
    pub(crate) fn user(&self, name: &str, role: &str, team: Option<RecordId>) -> RecordId {
        let id = self.create(&self.system(), "user", json!({"name": name, "email": format!("{name}@example.org"), "roles": [role]})).unwrap();
        if let Some(team) = team {
            self.create(&self.system(), "team_membership", json!({"user": id.to_string(), "team": team.to_string()})).unwrap();
        }
        id
    }
    pub(crate) fn team(&self, name: &str, parent: Option<RecordId>) -> RecordId {
        self.create(&self.system(), "team", json!({"name": name, "parent": parent.map(|p| p.to_string())})).unwrap()
    }
    pub(crate) fn create(&self, ctx: &Ctx, object: &str, input: Json) -> kernel::Result<RecordId> {
        let object = object.to_owned();
        self.workspace.write_blocking(ctx, move |tx| tx.create(&object, &map(input))).map(|s| s.id)
    }
    pub(crate) fn update(&self, ctx: &Ctx, object: &str, id: RecordId, input: Json) -> kernel::Result<i64> {
        let object = object.to_owned();
        self.workspace.write_blocking(ctx, move |tx| tx.update(&object, id, &map(input), IfMatch::Any)).map(|s| s.version)
    }
    pub(crate) fn get(&self, ctx: &Ctx, object: &str, id: RecordId) -> kernel::Result<Json> {
        let object = object.to_owned();
        let one = self.workspace.read_blocking(ctx, move |tx| tx.get(&object, id, &Get::default()))?;
        Ok(serde_json::from_slice(&one.json).unwrap())
    }
    pub(crate) fn find(&self, ctx: &Ctx, find: Find) -> kernel::Result<Json> {
        let bytes = self.workspace.read_blocking(ctx, move |tx| tx.find(&find))?;
        Ok(serde_json::from_slice(&bytes).unwrap())
    }
    pub(crate) fn names(&self, ctx: &Ctx, find: Find) -> Vec<String> {
        self.find(ctx, find).unwrap()["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap().to_owned()).collect()
    }
}
pub(crate) fn map(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}
pub(crate) fn find(object: &str) -> Find {
    Find { object: object.into(), ..Find::default() }
}

/// The same test on both engines.
#[macro_export]
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&$crate::world::World::new($crate::world::Engine::Sqlite)); })* }
        mod postgres { $(#[test] fn $name() { super::$name(&$crate::world::World::new($crate::world::Engine::Postgres)); })* }
    };
}
