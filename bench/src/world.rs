//! The workspace under measure: made once by `rapport import` from files of invented rows, kept by size, seed and schema.

mod files;
pub(crate) mod names;

use crate::{
    Options, cpu,
    server::{self, Server},
};
use serde_json::{Value as Json, json};
use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The rows are a function of this and of their number.
pub(crate) const SEED: u64 = 1;
/// Objects in the order of their import: what is referred to comes first.
const OBJECTS: [&str; 4] = ["account", "contact", "opportunity", "interaction"];
/// Entries of the one long timeline, that of contact 0.
pub(crate) const LONG: usize = 10_000;
pub(crate) const ADMIN: &str = "bench.admin@example.org";

#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) contacts: usize,
}
impl Size {
    pub(crate) fn rows(self, object: &str) -> usize {
        match object {
            "account" => (self.contacts / 5).max(1),
            "contact" => self.contacts,
            "opportunity" => self.contacts / 2,
            _ => self.contacts * 5,
        }
    }
    /// One for 25,000 contacts, four at least; each with their own accounts.
    pub(crate) fn reps(self) -> usize {
        (self.contacts / 25_000).max(4)
    }
}
pub(crate) fn rep(n: usize) -> String {
    format!("rep{n}@example.org")
}

pub(crate) struct World {
    pub(crate) data: PathBuf,
    pub(crate) size: Size,
    /// What importing each object cost; see [`World::import`].
    pub(crate) built: Json,
}

/// Finds the workspace in the cache, or makes it. `empty` is a new data folder, of which the schema is read.
pub(crate) fn at_hand(options: &Options, empty: &Path) -> World {
    let size = Size { contacts: options.contacts };
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache"))).unwrap();
    let folder = cache.join("rapport").join(format!("bench-{}-{SEED}-{:016x}", size.contacts, schema(&server::data_file(empty))));
    let (data, done) = (folder.join("data"), folder.join("built.json"));
    if !done.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let server = Server::start(&options.rapport, &data, options.port);
        let built = build(&server, size, &folder);
        server.stop();
        fs::write(&done, built.to_string()).unwrap();
    }
    let built = serde_json::from_str(&fs::read_to_string(&done).unwrap()).unwrap();
    World { data, size, built }
}
/// Tables and indexes of the objects under measure, and of what every change writes beside them.
fn schema(file: &Path) -> u64 {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ('account', 'contact', 'opportunity', 'interaction', 'state_change', 'sys_history', 'sys_outbox', 'sys_search', 'sys_search_word', 'sys_search_pending') ORDER BY name").unwrap();
    let mut hasher = DefaultHasher::new();
    for sql in statement.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        sql.unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
fn build(server: &Server, size: Size, folder: &Path) -> Json {
    server.cli(&["user", "add", "--email", ADMIN, "--name", "Bench Admin", "--role", "admin"]);
    for n in 0..size.reps() {
        server.cli(&["user", "add", "--email", &rep(n), "--name", &format!("Rep {n}"), "--role", "rep", "--team", &format!("Team {}", n / 5)]);
    }
    let mut built = serde_json::Map::new();
    for object in OBJECTS {
        let cost = import(server, size, object, folder);
        eprintln!("{object}: {cost}");
        built.insert(object.into(), cost);
    }
    Json::Object(built)
}
/// Imports the rows of one object as a person would, and waits until all of them can be searched. CPU of the server from
/// the start of the command to then, and of the command itself.
fn import(server: &Server, size: Size, object: &str, folder: &Path) -> Json {
    let (file, map) = (folder.join(format!("{object}.csv")), folder.join(format!("{object}.toml")));
    files::write(size, object, &file, &map);
    let rows = size.rows(object);
    let (before, own, began) = (cpu::seconds(&server.pid()), cpu::children(), Instant::now());
    let said = server.cli(&["import", object, file.to_str().unwrap(), "--map", map.to_str().unwrap(), "--json"]);
    let last: Json = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
    assert_eq!((&last["status"], &last["created"], &last["rejected"]), (&json!("done"), &json!(rows), &json!(0)), "{last}");
    assert!(last["missing"].as_array().is_none_or(Vec::is_empty), "{last}");
    let written = cpu::seconds(&server.pid()) - before;
    wait_for_index(&server.data_file());
    let spent = cpu::seconds(&server.pid()) - before + cpu::children() - own;
    fs::remove_file(&file).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let per_row = spent * 1e6 / rows as f64;
    json!({"rows": rows, "us_per_row": per_row, "cpu_s": spent, "cpu_s_when_written": written, "wall_s": began.elapsed().as_secs_f64()})
}
pub(crate) fn wait_for_index(file: &Path) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    loop {
        let waiting: bool = connection.query_row("SELECT EXISTS (SELECT 1 FROM sys_search_pending)", [], |row| row.get(0)).unwrap();
        if !waiting {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
/// Copies the workspace, for measurements that write.
pub(crate) fn copy(data: &Path, to: &Path) {
    for entry in fs::read_dir(data).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else if kind.is_file() && entry.file_name() != "ballast" {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&from, &to).unwrap();
        }
    }
}
