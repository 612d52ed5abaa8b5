//! A workspace with one small object, and jobs at work on it.

use jobs::Jobs;
use kernel::{Actor, Ctx, Secret, TestClock, Through};
use records::{Catalogue, Module, OpenOptions, Tx, Workspace};
use serde_json::{Map, Value as Json};
use std::{
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};
use store::{Options, PgPool, Store, open_postgres, open_sqlite};
use testkit::postgres::cluster;
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle};

const COMPANY: &str = r#"
name = "company"
plural = "companies"
label = "Company"
sharing = "private"
search = ["name"]
[[fields]]
name = "name"
label = "Name"
type = { text = { max = 80 } }
required = true
"#;
/// What the foundation's objects refer to.
const OTHERS: [&str; 2] = ["name = \"contact\"\nplural = \"contacts\"\nlabel = \"Contact\"\n", "name = \"work_calendar\"\nplural = \"work_calendars\"\nlabel = \"Calendar\"\n"];
/// Where the clock stands at first: 2 February 2026.
pub const START: i64 = 1_770_000_000_000;

pub struct World {
    pub workspace: Workspace,
    pub clock: Arc<TestClock>,
    runtime: Runtime,
    _folder: tempfile::TempDir,
}

/// Jobs that run until dropped.
pub struct Running<'a> {
    world: &'a World,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl World {
    pub fn sqlite() -> World {
        World::open(|path, _runtime| open_sqlite(&path.join("data.db"), Options::default()).unwrap())
    }
    pub fn postgres() -> World {
        World::open(|_path, runtime| {
            let pool = PgPool::new(&cluster().url(), 8, runtime.handle().clone()).unwrap();
            open_postgres(&pool, &cluster().fresh_schema(), Options::default()).unwrap()
        })
    }
    fn open(store: impl FnOnce(&std::path::Path, &Runtime) -> Store) -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::at(START));
        let test = Module { name: "test", objects: [&[COMPANY], OTHERS.as_slice()].concat(), ..Module::default() };
        let catalogue = Arc::new(Catalogue::new(vec![test, jobs::module()]).unwrap());
        let options = OpenOptions { name: "main".into(), store: store(folder.path(), &runtime), catalogue, clock: clock.clone(), master_key: Secret::new([1; 32]), files: folder.path().join("files") };
        World { workspace: Workspace::open(options).unwrap(), clock, runtime, _folder: folder }
    }

    pub fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> kernel::Result<T> + Send + 'static) -> T {
        self.workspace.write_blocking(&Ctx::new(Actor::System("cli"), Through::CommandLine, self.workspace.now_ms()), f).unwrap()
    }

    pub fn company(&self, name: &str) {
        let mut input = Map::new();
        input.insert("name".into(), Json::from(name));
        self.write(move |tx| tx.create("company", &input).map(drop));
    }

    pub fn start(&self, jobs: Jobs) -> Running<'_> {
        let stop = watch::Sender::new(false);
        let _inside = self.runtime.enter();
        let task = jobs.start(self.workspace.clone(), stop.subscribe());
        Running { world: self, stop, task: Some(task) }
    }
}

impl Running<'_> {
    pub fn stop(mut self) {
        self.end();
    }
    fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            let ended = self.world.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), task).await });
            assert!(ended.is_ok(), "the jobs do not end");
        }
    }
}
impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

/// Waits until it holds; panics after a while.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "never: {what}");
        sleep(Duration::from_millis(10));
    }
}
