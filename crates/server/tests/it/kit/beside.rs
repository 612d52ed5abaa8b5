//! A look into a workspace's database from beside the server: what lies there, not what the server says of it.

use super::{Engine, Place};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, thread::sleep, time::Duration};
use store::{Db, Error, Options, PgPool, Sql, Store, Val};

/// What changes by itself: when somebody was last seen, when chores ran, how far followers are.
const BY_ITSELF: [&str; 5] = ["auth_session", "auth_token", "auth_attempt", "job_schedule", "job_reader"];
const PENDING: &str = "sys_search_pending";

/// Number of rows and a sum of their hashes, by table.
pub type Picture = BTreeMap<String, (usize, u128)>;

pub struct Beside {
    pub store: Store,
    _runtime: tokio::runtime::Runtime,
}

impl Beside {
    pub fn new(place: &Place, workspace: &str) -> Beside {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = match place.engine {
            Engine::Sqlite => store::open_sqlite(&place.data().join("workspaces").join(workspace).join("data.db"), Options::default()).unwrap(),
            Engine::Postgres => {
                let pool = PgPool::new(&testkit::postgres::cluster().url(), 2, runtime.handle().clone()).unwrap();
                store::open_postgres(&pool, &place.schema(workspace), Options::default()).unwrap()
            }
        };
        Beside { store, _runtime: runtime }
    }

    /// `TABLE:name` in the text stands for that table.
    pub fn rows(&self, text: &str) -> Vec<Vec<Val>> {
        self.store.read_blocking(|db| db.rows(&Sql::new(named(db, text)))).unwrap()
    }
    pub fn number(&self, text: &str) -> i64 {
        self.rows(text)[0][0].as_int().unwrap()
    }
    /// Changes rows behind the server's back; how many.
    pub fn exec(&self, text: &str) -> u64 {
        let text = text.to_owned();
        self.store.write_blocking(move |db| db.exec(&Sql::new(named(db, &text)))).unwrap()
    }

    /// The picture once the indexer has nothing left to do.
    pub fn settled(&self) -> Picture {
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            let now = self.picture();
            if now[PENDING].0 == 0 {
                return now;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the search index was not written within a minute: does a server run?");
    }

    /// The same at once, where no server runs.
    pub fn picture(&self) -> Picture {
        let read = |db: &mut dyn Db| {
            let mut out = Picture::new();
            for table in store::ddl::tables(db)? {
                // the index is derived, and written behind the commit
                if BY_ITSELF.contains(&table.as_str()) || table.starts_with("sys_search") && table != PENDING {
                    continue;
                }
                let (mut rows, mut sum) = (0, 0u128);
                // by name: columns that were added later stand elsewhere after a move
                let mut columns: Vec<String> = store::ddl::columns(db, &table)?.into_iter().map(|c| store::quote(&c.name)).collect();
                columns.sort();
                let q = Sql::new(format!("SELECT {} FROM {}", columns.join(", "), db.table(&table)));
                db.query(&q, &mut |row| {
                    let values: Vec<Val> = (0..row.len()).map(|i| row.cell(i).to_val()).collect();
                    let hash = Sha256::digest(format!("{values:?}"));
                    rows += 1;
                    sum = sum.wrapping_add(u128::from_le_bytes(hash[..16].try_into().unwrap()));
                    Ok(())
                })?;
                out.insert(table, (rows, sum));
            }
            Ok::<_, Error>(out)
        };
        self.store.read_blocking(read).unwrap()
    }
}

fn named(db: &dyn Db, text: &str) -> String {
    let mut parts = text.split("TABLE:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        out.push_str(&db.table(&part[..end]));
        out.push_str(&part[end..]);
    }
    out
}
