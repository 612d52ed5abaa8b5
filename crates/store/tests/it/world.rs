//! A workspace of one test, on one engine.

use std::{future::Future, sync::LazyLock};
use store::{Dialect, Error, Options, PgPool, Sql, Store, Val, ddl::*, open_postgres, open_sqlite};
use testkit::postgres::cluster;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static POOL: LazyLock<PgPool> = LazyLock::new(|| PgPool::new(&cluster().url(), 40, RUNTIME.handle().clone()).unwrap());

pub(crate) struct World {
    pub(crate) store: Store,
    /// file of the workspace on SQLite, schema on PostgreSQL
    pub(crate) place: String,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    pub(crate) fn sqlite() -> World {
        World::sqlite_with(Options::default())
    }

    pub(crate) fn sqlite_with(options: Options) -> World {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workspace.db");
        let store = open_sqlite(&path, options).unwrap();
        World { store, place: path.to_str().unwrap().to_owned(), _folder: Some(folder) }
    }

    pub(crate) fn postgres() -> World {
        World::postgres_with(Options::default())
    }

    pub(crate) fn postgres_with(options: Options) -> World {
        let place = cluster().fresh_schema();
        let store = open_postgres(&POOL, &place, options).unwrap();
        World { store, place, _folder: None }
    }

    /// The same engine with other options.
    pub(crate) fn with(&self, options: Options) -> World {
        match self.store.dialect() {
            Dialect::Sqlite => World::sqlite_with(options),
            Dialect::Postgres => World::postgres_with(options),
        }
    }

    /// A second store over the same data.
    pub(crate) fn again(&self) -> Store {
        match self.store.dialect() {
            Dialect::Sqlite => open_sqlite(self.place.as_ref(), Options::default()).unwrap(),
            Dialect::Postgres => open_postgres(&POOL, &self.place, Options::default()).unwrap(),
        }
    }

    pub(crate) fn make(&self, specs: &[TableSpec]) -> Vec<String> {
        let specs = specs.to_vec();
        self.store.write_alone_blocking(move |db| reconcile(db, &specs)).unwrap()
    }

    /// Table `t`: `id` text key, `n` int, `s` text, `r` real, `b` blob.
    pub(crate) fn with_t(self) -> World {
        self.make(&[t()]);
        self
    }

    pub(crate) fn exec(&self, q: Sql) -> Result<u64, Error> {
        self.store.write_blocking(move |db| db.exec(&q))
    }

    pub(crate) fn rows(&self, q: Sql) -> Vec<Vec<Val>> {
        self.store.read_blocking(|db| db.rows(&q)).unwrap()
    }

    pub(crate) fn table(&self, name: &str) -> String {
        self.store.read_blocking(|db| Ok::<_, Error>(db.table(name))).unwrap()
    }

    pub(crate) fn count(&self, table: &str) -> i64 {
        self.rows(Sql::new(format!("SELECT count(*) FROM {}", self.table(table))))[0][0].as_int().unwrap()
    }
}

pub(crate) fn runtime() -> tokio::runtime::Handle {
    RUNTIME.handle().clone()
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

pub(crate) fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> tokio::task::JoinHandle<T> {
    RUNTIME.spawn(future)
}

pub(crate) fn column(name: &str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name: name.into(), kind, not_null: false, default: None }
}

pub(crate) fn t() -> TableSpec {
    let columns = vec![
        ColumnSpec { not_null: true, ..column("id", ColumnKind::Text) },
        column("n", ColumnKind::Int),
        column("s", ColumnKind::Text),
        column("r", ColumnKind::Real),
        column("b", ColumnKind::Blob),
    ];
    TableSpec { name: "t".into(), columns, primary_key: vec!["id".into()], autoincrement: false, indexes: vec![] }
}

/// Inserts `(id, n)` into `t`.
pub(crate) fn insert(db: &mut dyn store::Db, id: &str, n: i64) -> Result<(), Error> {
    let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"n\") VALUES (", db.table("t")));
    q.arg(id).push(", ").arg(n).push(")");
    assert_eq!(db.exec(&q)?, 1);
    Ok(())
}
