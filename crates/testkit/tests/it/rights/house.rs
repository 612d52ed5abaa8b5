//! A workspace with the whole catalogue, on SQLite or on the test cluster.

use kernel::{Actor, Ctx, RecordId, Secret, TestClock, Through};
use records::{Catalogue, Find, Module, OpenOptions, Tx, Workspace};
use serde_json::{Map, Value as Json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};
use testkit::policy::{Asker, Definition, RoleFile};

pub(crate) const START: i64 = 1_795_000_000_000;

/// Objects that the organisation made itself: one of each sharing, with every kind of reference and a roll-up.
pub(crate) const CUSTOM: [&str; 4] = [
    r#"
name = "project"
plural = "projects"
sharing = "private"
search = ["name", "secret"]
fields = [
  { name = "name", type = { text = {} }, required = true },
  { name = "secret", type = { text = {} }, sensitivity = "personal" },
  { name = "score", type = { integer = {} }, sensitivity = "special" },
  { name = "account", type = { reference = { to = "account" } } },
  { name = "lead_person", type = { user = {} } },
  { name = "about", type = { reference = { to = "*" } } },
  { name = "partners", type = { many_to_many = { to = "account" } } },
  { name = "shout", type = { formula = { expression = "secret + '!'", result = "text" } } },
  { name = "twice", type = { formula = { expression = "score * 2", result = "integer" } } },
  { name = "customer", type = { formula = { expression = "account.name + '?'", result = "text" } } },
]"#,
    r#"
name = "project_step"
plural = "project_steps"
sharing = "parent"
parents = ["project"]
fields = [
  { name = "name", type = { text = {} } },
  { name = "score", type = { integer = {} }, sensitivity = "special" },
  { name = "project", type = { reference = { to = "project", on_delete = "cascade" } }, required = true },
]"#,
    r#"
name = "wiki"
plural = "wikis"
sharing = "read"
fields = [{ name = "name", type = { text = {} } }, { name = "account", type = { reference = { to = "account" } } }]"#,
    r#"
name = "board"
plural = "boards"
sharing = "read_write"
fields = [{ name = "name", type = { text = {} } }, { name = "account", type = { reference = { to = "account" } } }]"#,
];
/// Added to `project` once its steps are there.
pub(crate) const ROLL_UPS: [&str; 3] = [
    r#"name = "steps"
type = { roll_up = { related = "project_step", fn = "count" } }"#,
    r#"name = "top"
type = { roll_up = { related = "project_step", fn = "max", field = "score" } }"#,
    r#"name = "effort"
type = { formula = { expression = "steps * 3", result = "integer" } }"#,
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}
pub(crate) struct House {
    pub(crate) workspace: Workspace,
    pub(crate) clock: Arc<TestClock>,
    /// Idempotency keys given out.
    pub(crate) keys: AtomicU64,
    pub(crate) router: axum::Router,
    pub(crate) runtime: Arc<tokio::runtime::Runtime>,
    _dir: tempfile::TempDir,
}

fn modules() -> Vec<Module> {
    vec![customer::module(), operational::module(), privacy::module(), api::module()]
}
pub(crate) fn to_json(toml: &str) -> Json {
    let table: toml::Table = toml.parse().unwrap();
    serde_json::to_value(table).unwrap()
}
/// Standard and custom definitions as the second opinion reads them.
pub(crate) fn definitions() -> BTreeMap<String, Definition> {
    let mut texts: Vec<String> = std::iter::once(records::foundation()).chain(modules()).flat_map(|m| m.objects).map(str::to_owned).collect();
    texts.extend(CUSTOM.iter().map(|t| (*t).to_owned()));
    let mut out: BTreeMap<String, Definition> = texts.iter().map(|t| Definition::read(t)).map(|d| (d.name.clone(), d)).collect();
    for custom in ["project", "project_step", "wiki", "board"] {
        let def = out.get_mut(custom).unwrap();
        if def.search.is_empty() {
            def.search = vec![def.title.clone()];
        }
    }
    for text in ROLL_UPS {
        let wrapped = format!("name = \"x\"\n[[fields]]\n{text}");
        let fields = Definition::read(&wrapped).fields;
        out.get_mut("project").unwrap().fields.extend(fields.into_iter().filter(|(_, f)| f.roll_up.is_some() || f.formula.is_some()));
    }
    out
}
pub(crate) fn role_files() -> BTreeMap<String, RoleFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../access/roles");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files.iter().map(|f| RoleFile::read(&std::fs::read_to_string(f).unwrap())).map(|r| (r.name.clone(), r)).collect()
}

impl House {
    pub(crate) fn open(engine: Engine) -> House {
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
        let catalogue = Arc::new(Catalogue::new(modules()).unwrap());
        let options = OpenOptions { name: "main".into(), store, catalogue: catalogue.clone(), clock: clock.clone(), master_key: Secret::new([7; 32]), files: dir.path().join("files") };
        let house = House { workspace: Workspace::open(options).unwrap(), clock, keys: AtomicU64::new(0), router: super::front::router(catalogue), runtime, _dir: dir };
        house.write(&house.cli(), |tx| {
            for text in CUSTOM {
                tx.define_object(&to_json(text))?;
            }
            for text in ROLL_UPS {
                tx.add_field("project", &to_json(text))?;
            }
            Ok(())
        });
        house
    }
    pub(crate) fn cli(&self) -> Ctx {
        Ctx::new(Actor::System("cli"), Through::CommandLine, self.workspace.now_ms())
    }
    pub(crate) fn ctx(&self, asker: &Asker) -> Ctx {
        let mut ctx = Ctx::new(Actor::User(id(&asker.user)), Through::Api, self.workspace.now_ms());
        ctx.scopes = asker.scopes.as_ref().map(|s| s.clone().into());
        ctx
    }
    pub(crate) fn write<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> kernel::Result<T> + Send + 'static) -> T {
        self.workspace.write_blocking(ctx, f).unwrap_or_else(|e| panic!("{e:?}"))
    }
}
pub(crate) fn id(text: &str) -> RecordId {
    text.parse().unwrap_or_else(|()| panic!("\"{text}\" is no id"))
}
pub(crate) fn map(json: &Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}
pub(crate) fn find(object: &str) -> Find {
    Find { object: object.into(), ..Find::default() }
}
