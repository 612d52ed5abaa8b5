//! A router over a workspace on a temporary SQLite file or a fresh schema of the test cluster, with ports of tests.

use api::{Caller, Column, Credentials, ExportWriter, Format, Imports, NewImport, Ports, ReadyFile};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use kernel::{Actor, Ctx, RecordId, Secret, TestClock, Through};
use records::{Catalogue, Gate, Module, OpenOptions, Rules, Tx, Verb, VerbAnswer, Workspace};
use serde_json::{Map, Value as Json, json};
use std::{
    fs::File,
    io::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tower::ServiceExt;

const COMPANY: &str = r#"
name = "company"
plural = "companies"
sharing = "private"
search = ["name"]
[[fields]]
name = "name"
type = { text = { max = 80 } }
required = true
[[fields]]
name = "city"
type = { text = {} }
[[fields]]
name = "code"
type = { text = { unique = true } }
[[fields]]
name = "revenue"
type = { money = {} }
"#;
const DEAL: &str = r#"
name = "deal"
plural = "deals"
sharing = "private"
timeline = ["company"]
[[fields]]
name = "name"
type = { text = {} }
required = true
[[fields]]
name = "company"
type = { reference = { to = "company" } }
"#;

pub(crate) const START: i64 = 1_795_000_000_000;

pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) document: Json,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) alive: Arc<AtomicBool>,
    pub(crate) woken: Arc<Mutex<Vec<RecordId>>>,
    /// While it is held, exports stand still.
    pub(crate) gate: Arc<Mutex<()>>,
    pub(crate) router: Router,
    /// Of another node over the same data.
    pub(crate) twin: Router,
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) dir: tempfile::TempDir,
}

/// An answer.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}
impl Got {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    /// Status and code of a problem, whose shape is checked.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        let json = self.json();
        let code = json["code"].as_str().unwrap().to_owned();
        assert_eq!(json["status"], self.status);
        assert_eq!(json["type"], format!("urn:rapport:error:{code}"));
        assert_eq!(json["request_id"], self.header("x-request-id"));
        assert!(!json["title"].as_str().unwrap().is_empty() && !json["detail"].as_str().unwrap().is_empty() && json["errors"].is_array(), "{json}");
        (self.status, code)
    }
    pub(crate) fn expect(self, status: u16) -> Got {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Who {
    Nobody,
    User(RecordId),
    /// With a token of these scopes.
    Token(RecordId, &'static [&'static str]),
    Cli,
}

pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl World {
    pub(crate) fn new(engine: Engine) -> World {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = Arc::new(TestClock::at(START));
        let store = match engine {
            Engine::Sqlite => store::open_sqlite(&dir.path().join("data.db"), store::Options::default()).unwrap(),
            Engine::Postgres => {
                let cluster = testkit::postgres::cluster();
                let pool = store::PgPool::new(&cluster.url(), 4, runtime.handle().clone()).unwrap();
                store::open_postgres(&pool, &cluster.fresh_schema(), store::Options::default()).unwrap()
            }
        };
        let verb = Verb { name: "closure", object: "deal", method: "POST", summary: "Closes it.", input: || json!({"type": "object"}), run: close };
        let way_back = Verb { method: "DELETE", ..verb };
        let renaming = Verb { name: "renaming", ..verb };
        let objects = vec![COMPANY, DEAL, include_str!("../../../customer/src/file/file.toml"), "name = \"contact\"", "name = \"work_calendar\""];
        let of_files = Rules {
            object: "file",
            before: Some(|tx, draft| {
                tx.fill_file(draft);
                Ok(())
            }),
            after: None,
        };
        let module = Module { name: "test", objects, tables: vec![disclosed()], rules: vec![of_files], verbs: vec![verb, way_back, renaming], gate: Some(GATE), ..Module::default() };
        let catalogue = Arc::new(Catalogue::new(vec![module, api::module()]).unwrap());
        let options = OpenOptions { name: "main".into(), store, catalogue: catalogue.clone(), clock: clock.clone(), master_key: Secret::new([7; 32]), files: dir.path().join("files") };
        let workspace = Workspace::open(options).unwrap();
        let (alive, woken) = (Arc::new(AtomicBool::new(true)), Arc::<Mutex<Vec<RecordId>>>::default());
        let gate = Arc::<Mutex<()>>::default();
        let ports = || Ports { exports: Arc::new(Lines(gate.clone())), imports: Arc::new(Fake { woken: woken.clone() }), credentials: Arc::new(Alive(alive.clone())) };
        let document = api::document(&catalogue);
        let (router, twin) = (api::router(ports(), catalogue.clone()), api::router(ports(), catalogue));
        World { workspace, document, clock, alive, woken, gate, router, twin, runtime, dir }
    }
    pub(crate) fn caller(&self, who: Who) -> Option<Caller> {
        let actor = match who {
            Who::Nobody => return None,
            Who::User(id) | Who::Token(id, _) => Actor::User(id),
            Who::Cli => Actor::System("cli"),
        };
        let mut ctx = Ctx::new(actor, Through::Api, self.workspace.now_ms());
        if let Who::Token(_, scopes) = who {
            ctx.scopes = Some(scopes.iter().map(|s| (*s).to_owned()).collect());
        }
        Some(Caller { workspace: self.workspace.clone(), ctx, token: matches!(who, Who::Token(..)), session: Some("s1".into()) })
    }
    pub(crate) fn request(&self, who: Who, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
        let path = if path.starts_with('/') && !path.starts_with("/api") { format!("/api/v1{path}") } else { path.to_owned() };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.into()).unwrap();
        if let Some(caller) = self.caller(who) {
            request.extensions_mut().insert(caller);
        }
        request
    }
    /// Every answer of every test is held against the document.
    pub(crate) fn send(&self, request: Request<Body>) -> Got {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let got = self.answer(request);
        crate::schema::check_answer(&self.document, &method, &path, got.status, got.header("content-type"), &got.bytes);
        got
    }
    fn answer(&self, request: Request<Body>) -> Got {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
            Got { status, headers, bytes }
        })
    }
    pub(crate) fn raw(&self, who: Who, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Got {
        self.send(self.request(who, method, path, headers, body))
    }
    pub(crate) fn get(&self, who: Who, path: &str) -> Got {
        self.raw(who, "GET", path, &[], Body::empty())
    }
    pub(crate) fn json(&self, who: Who, method: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> Got {
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.raw(who, method, path, &headers, body.to_string())
    }
    pub(crate) fn post(&self, who: Who, path: &str, body: &Json) -> Got {
        self.json(who, "POST", path, &[], body)
    }
    /// Makes a record and answers its id.
    pub(crate) fn make(&self, who: Who, object: &str, body: &Json) -> String {
        self.post(who, &format!("/records/{object}"), body).expect(201).json()["id"].as_str().unwrap().to_owned()
    }
    pub(crate) fn user(&self, name: &str, role: &str) -> RecordId {
        let id = self.make(Who::Cli, "user", &json!({"name": name, "email": format!("{name}@example.org"), "roles": [role]}));
        id.parse().unwrap()
    }
    /// A digest of what a failed request must not have changed.
    pub(crate) fn rows(&self) -> i64 {
        let ctx = Ctx::new(Actor::System("cli"), Through::CommandLine, self.workspace.now_ms());
        let count = |tx: &mut Tx| {
            let mut sum = 0;
            for table in ["company", "deal", "file", "user", "sys_history", "sys_outbox", "api_idempotency", "api_export", "sys_change_set"] {
                let q = store::Sql::new(format!("SELECT count(*) FROM {}", tx.db().table(table)));
                sum = sum * 31 + tx.db().one(&q).unwrap().unwrap()[0].as_int().unwrap();
            }
            Ok(sum)
        };
        self.workspace.read_blocking(&ctx, count).unwrap()
    }
}

/// A privacy part that allows everything and writes disclosures into a table of its own; the real one is tested with the server.
const GATE: Gate = Gate {
    allowed: |_tx, _purpose, _channel, _object, ids| Ok(ids.iter().copied().collect()),
    disclose: |tx, what| {
        let mut q = store::Sql::new(format!("INSERT INTO {} (\"exit\", \"count\", \"hash\") VALUES (", tx.db().table("test_disclosed")));
        q.arg(what.via.as_str()).push(", ").arg(what.count).push(", ").arg(what.hash.clone()).push(")");
        tx.db().exec(&q).map(drop).map_err(|e| kernel::Error::internal(e.to_string()))
    },
    permissions: |_tx, _object, _id| Err(kernel::Error::not_found("person behind this record")),
    disclosures: |_tx, _object, _id, _paging| Err(kernel::Error::not_found("person behind this record")),
    erasure: |_tx, _object, _id| Err(kernel::Error::not_found("person behind this record")),
    erase: |_tx, _object, _id| Err(kernel::Error::not_found("person behind this record")),
    copy: |_tx, _object, _id| Err(kernel::Error::not_found("person behind this record")),
    suppress: |_tx, _body| Err(kernel::Error::forbidden("Your role may not suppress addresses.")),
};
fn disclosed() -> store::ddl::TableSpec {
    use store::ddl::{ColumnKind, ColumnSpec, TableSpec};
    let column = |name: &str, kind| ColumnSpec { name: name.into(), kind, not_null: false, default: None };
    let columns = vec![column("seq", ColumnKind::Int), column("exit", ColumnKind::Text), column("count", ColumnKind::Int), column("hash", ColumnKind::Text)];
    TableSpec { name: "test_disclosed".into(), columns, primary_key: vec!["seq".into()], autoincrement: true, indexes: vec![] }
}

/// The same test on both engines.
#[macro_export]
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&$crate::world::World::new($crate::world::Engine::Sqlite)); })* }
        mod postgres { $(#[test] fn $name() { super::$name(&$crate::world::World::new($crate::world::Engine::Postgres)); })* }
    };
}

fn close(tx: &mut Tx, id: RecordId, input: &Map<String, Json>) -> kernel::Result<VerbAnswer> {
    let name = input.get("name").cloned().unwrap_or(json!("closed"));
    let saved = tx.update("deal", id, &Map::from_iter([("name".to_owned(), name)]), records::IfMatch::Any)?;
    let one = tx.get("deal", saved.id, &records::Get::default())?;
    Ok(VerbAnswer { status: 201, json: one.json })
}

struct Alive(Arc<AtomicBool>);
impl Credentials for Alive {
    fn alive<'a>(&'a self, _caller: &'a Caller) -> BoxFuture<'a, bool> {
        Box::pin(async { self.0.load(Ordering::SeqCst) })
    }
}

/// One JSON object a line.
struct Lines(Arc<Mutex<()>>);
impl ExportWriter for Lines {
    fn write(&self, _permit: &access::Permit, _format: Format, columns: &[Column], rows: &mut dyn Iterator<Item = kernel::Result<Map<String, Json>>>, mut out: File) -> kernel::Result<u64> {
        drop(self.0.lock().unwrap());
        let mut written = 0;
        for row in rows {
            let row = row?;
            let line: Vec<String> = columns.iter().map(|c| row[&c.name].to_string()).collect();
            writeln!(out, "{}", line.join(";")).map_err(|e| kernel::Error::internal(e.to_string()))?;
            written += 1;
        }
        Ok(written)
    }
}

struct Fake {
    woken: Arc<Mutex<Vec<RecordId>>>,
}
impl Imports for Fake {
    fn look(&self, _workspace: &Workspace, _ctx: &Ctx, _import: &NewImport) -> kernel::Result<()> {
        Ok(())
    }
    fn start(&self, _tx: &mut Tx, import: &NewImport) -> kernel::Result<Json> {
        if import.object == "refused" {
            return Err(kernel::Error::field("object", "unknown_object", "No."));
        }
        let text = std::fs::read_to_string(&import.file).unwrap();
        Ok(json!({"id": import.id, "status": "mapping", "rows": text.lines().count(), "name": import.file_name, "mapping": import.mapping, "key": import.key, "dry_run": import.dry_run}))
    }
    fn status(&self, _tx: &mut Tx, id: RecordId) -> kernel::Result<Json> {
        Ok(json!({"id": id, "status": "done"}))
    }
    fn change(&self, _tx: &mut Tx, id: RecordId, change: &Map<String, Json>) -> kernel::Result<Json> {
        Ok(json!({"id": id, "status": "mapping", "mapping": change["mapping"]}))
    }
    fn run(&self, _tx: &mut Tx, id: RecordId, dry_run: bool) -> kernel::Result<Json> {
        Ok(json!({"id": id, "status": "running", "dry_run": dry_run}))
    }
    fn rejected(&self, _tx: &mut Tx, _id: RecordId) -> kernel::Result<ReadyFile> {
        Err(kernel::Error::not_found("rejected row"))
    }
    fn wake(&self, _workspace: &Workspace, _ctx: &Ctx, id: RecordId) {
        self.woken.lock().unwrap().push(id);
    }
}
