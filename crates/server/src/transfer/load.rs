//! From the archive into a workspace. A workspace appears under its name only when it is complete.

use super::{ColumnHead, TableHead, cells, damaged, stays, unpack::Archive};
use crate::{
    cli::io::{Io, Progress},
    data::remove_file,
    workspaces::{Open, Workspaces},
};
use kernel::{Actor, Ctx, Error, Result, Through};
use records::OrDb as _;
use std::{path::Path, sync::Arc};
use store::{Db, Dialect, Options, Sql, Store, Val, ddl, quote};

/// Rows written in one transaction.
const CHUNK: usize = 5_000;
/// Definitions go first: they decide which tables there are.
const FIRST: [&str; 3] = ["sys_state", "sys_setting", "sys_definition"];

/// Where an archive goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto {
    /// A new workspace of that name.
    New,
    /// In the place of the workspace of that name, which is put aside until the new one is whole.
    Existing,
}

/// Makes the workspace `name` what the archive holds. `erasures`: ids of people who were erased since, beside those that the
/// workspace knows.
///
/// # Errors
/// 400 for a damaged archive; 409 where the name is taken. Nothing is changed then.
pub(crate) fn load(workspaces: &Workspaces, name: &str, archive: &Path, onto: Onto, erasures: Option<&Path>, tmp: &Path, io: &mut dyn Io) -> Result<()> {
    let mut archive = Archive::open(archive)?;
    let key = archive.key()?;
    let place = workspaces.building_place(name, onto == Onto::New)?;
    let built = (|| {
        let open = fill(workspaces, &place, &key, &mut archive, None, tmp, io)?;
        forget_logins(&open)?;
        search_anew(&open)?;
        open.close();
        erasures.map_or(Ok(()), |ledger| workspaces.add_erasures(&place, ledger))
    })();
    match built {
        Ok(()) => workspaces.take_place(&place, name, &key),
        Err(e) => {
            workspaces.abandon(&place);
            Err(e)
        }
    }
}

/// What looks at a SQLite database as it came, before anything opens it.
pub(super) type Look<'a> = &'a mut dyn FnMut(&Path) -> Result<()>;

/// Builds what the archive holds at a place, as it is in there.
pub(super) fn fill(workspaces: &Workspaces, place: &str, key: &kernel::Secret<[u8; 32]>, archive: &mut Archive, look: Option<Look<'_>>, tmp: &Path, io: &mut dyn Io) -> Result<Arc<Open>> {
    let copy = tempfile::Builder::new().prefix("load-").tempdir_in(tmp).map_err(|e| crate::data::file_error(tmp, &e))?;
    let mut open = workspaces.build(place, key, None)?;
    if archive.has_database() {
        let database = copy.path().join("data.db");
        archive.database(&database)?;
        if let Some(look) = look {
            look(&database)?;
        }
        if workspaces.is_postgres() {
            open = from_database(workspaces, open, place, key, &database, io)?;
        } else {
            open.close();
            open = workspaces.build(place, key, Some(&database))?;
        }
    } else {
        open = from_tables(workspaces, open, place, key, archive, io)?;
    }
    archive.files(&workspaces.files_at(place))?;
    Ok(open)
}

/// Something rows come from: the archive's text, or a SQLite database on its way to PostgreSQL.
trait Source {
    fn tables(&mut self) -> Result<Vec<TableHead>>;
    fn rows(&mut self, table: &TableHead, each: &mut dyn FnMut(Vec<Val>) -> Result<()>) -> Result<()>;
}

impl Source for &mut Archive {
    fn tables(&mut self) -> Result<Vec<TableHead>> {
        Ok(self.manifest.tables.iter().filter(|t| !stays(&t.name)).cloned().collect())
    }
    fn rows(&mut self, table: &TableHead, each: &mut dyn FnMut(Vec<Val>) -> Result<()>) -> Result<()> {
        self.lines(&table.name, &mut |line| each(cells::values(&table.columns, line)?))
    }
}

impl Source for Store {
    fn tables(&mut self) -> Result<Vec<TableHead>> {
        let read = self.read_blocking(|db| {
            let mut heads = Vec::new();
            for name in ddl::tables(db)?.into_iter().filter(|name| !stays(name)) {
                let columns = ddl::columns(db, &name)?.into_iter().filter_map(|c| Some(ColumnHead { name: c.name, kind: c.kind?.into() })).collect();
                heads.push(TableHead { name, columns });
            }
            Ok::<_, store::Error>(heads)
        });
        read.or_db()
    }
    fn rows(&mut self, table: &TableHead, each: &mut dyn FnMut(Vec<Val>) -> Result<()>) -> Result<()> {
        let list: Vec<String> = table.columns.iter().map(|c| quote(&c.name)).collect();
        let mut failed = None;
        let read = self.read_blocking(|db| {
            let q = Sql::new(format!("SELECT {} FROM {}", list.join(", "), db.table(&table.name)));
            db.query(&q, &mut |row| {
                each((0..row.len()).map(|i| row.cell(i).to_val()).collect()).map_err(|e| {
                    failed = Some(e);
                    store::Error::Interrupted
                })
            })
        });
        match failed {
            Some(e) => Err(e),
            None => read.or_db(),
        }
    }
}

fn from_tables(workspaces: &Workspaces, open: Arc<Open>, place: &str, key: &kernel::Secret<[u8; 32]>, archive: &mut Archive, io: &mut dyn Io) -> Result<Arc<Open>> {
    copy_all(workspaces, open, place, key, &mut &mut *archive, io)
}

fn from_database(workspaces: &Workspaces, open: Arc<Open>, place: &str, key: &kernel::Secret<[u8; 32]>, database: &Path, io: &mut dyn Io) -> Result<Arc<Open>> {
    let mut source = store::open_sqlite(database, Options { read_timeout: None, ..Options::default() }).or_db()?;
    let open = copy_all(workspaces, open, place, key, &mut source, io)?;
    source.close_blocking();
    Ok(open)
}

fn copy_all(workspaces: &Workspaces, open: Arc<Open>, place: &str, key: &kernel::Secret<[u8; 32]>, source: &mut dyn Source, io: &mut dyn Io) -> Result<Arc<Open>> {
    let tables = source.tables()?;
    if !FIRST.iter().all(|name| tables.iter().any(|t| t.name == *name)) {
        return Err(damaged("the tables of definitions are missing"));
    }
    let (first, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(|t| FIRST.contains(&t.name.as_str()));
    empty(open.workspace.store())?;
    for table in &first {
        copy_table(open.workspace.store(), table, source)?;
    }
    // opened anew, the workspace makes the tables of its custom objects and fields
    open.close();
    let open = workspaces.build(place, key, None)?;
    let store = open.workspace.store();
    for (done, table) in (0..).zip(&rest) {
        io.progress(&Progress { what: format!("table {}", table.name), done, total: rest.len() as u64 })?;
        copy_table(store, table, source)?;
    }
    write(store, after_copy)?;
    Ok(open)
}

/// What the new workspace brought along gives way to what comes.
fn empty(store: &Store) -> Result<()> {
    write(store, |db| {
        for name in ddl::tables(db).or_db()?.into_iter().filter(|name| !name.starts_with("sys_search")) {
            let q = Sql::new(format!("DELETE FROM {}", db.table(&name)));
            db.exec(&q).or_db()?;
        }
        Ok(())
    })
}

fn copy_table(store: &Store, table: &TableHead, source: &mut dyn Source) -> Result<()> {
    let known = store.read_blocking(|db| ddl::columns(db, &table.name)).or_db()?;
    if let Some(odd) = table.columns.iter().find(|c| !known.iter().any(|k| k.name == c.name)) {
        return Err(damaged(format!("{}.{} is unknown to this program. It may have been written by a newer one", table.name, odd.name)));
    }
    let (name, columns): (Arc<str>, Arc<[String]>) = (table.name.as_str().into(), table.columns.iter().map(|c| c.name.clone()).collect());
    let mut chunk: Vec<Vec<Val>> = Vec::new();
    let flush = |chunk: &mut Vec<Vec<Val>>| {
        let (name, columns, rows) = (name.clone(), columns.clone(), std::mem::take(chunk));
        write(store, move |db| {
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            db.bulk_insert(&name, &columns, &mut rows.into_iter()).or_db().map(drop)
        })
    };
    source.rows(table, &mut |row| {
        chunk.push(row);
        if chunk.len() >= CHUNK { flush(&mut chunk) } else { Ok(()) }
    })?;
    if chunk.is_empty() { Ok(()) } else { flush(&mut chunk) }
}

/// Numbers that the database gives out go on behind those that came; numbers of another cluster's transactions mean
/// nothing here.
fn after_copy(db: &mut dyn Db) -> Result<()> {
    // a follower goes on before the first event it has not seen, by number: some it has seen may come again, none is missed
    let (outbox, readers) = (db.table("sys_outbox"), db.table("job_reader"));
    let q = Sql::new(format!(
        "UPDATE {readers} SET \"seq\" = COALESCE((SELECT MIN(o.\"seq\") - 1 FROM {outbox} o WHERE o.\"xact\" > {readers}.\"xact\" OR o.\"xact\" = {readers}.\"xact\" AND o.\"seq\" > {readers}.\"seq\"), \
         (SELECT MAX(\"seq\") FROM {outbox}), \"seq\")"
    ));
    db.exec(&q).or_db()?;
    for (table, column) in [("sys_outbox", "xact"), ("job_reader", "xact")] {
        let q = Sql::new(format!("UPDATE {} SET {} = 0 WHERE {} > 0", db.table(table), quote(column), quote(column)));
        db.exec(&q).or_db()?;
    }
    if db.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    for name in ddl::tables(db).or_db()? {
        for column in ddl::columns(db, &name).or_db()?.into_iter().filter(|c| c.kind == Some(ddl::ColumnKind::Int)) {
            let sequence = db.one(&Sql::with("SELECT pg_catalog.pg_get_serial_sequence($1, $2)", [db.table(&name), column.name.clone()])).or_db()?;
            if let Some(sequence) = sequence.as_ref().and_then(|row| row[0].as_str()) {
                let q = Sql::with(format!("SELECT pg_catalog.setval($1::text::regclass, COALESCE((SELECT MAX({}) FROM {}), 0) + 1, false)", quote(&column.name), db.table(&name)), [sequence]);
                db.one(&q).or_db()?;
            }
        }
    }
    Ok(())
}

/// Sessions do not come back with a backup.
fn forget_logins(open: &Open) -> Result<()> {
    write(open.workspace.store(), |db| {
        for table in ["auth_session", "auth_attempt"] {
            let q = Sql::new(format!("DELETE FROM {}", db.table(table)));
            db.exec(&q).or_db()?;
        }
        Ok(())
    })
}

/// Notes every record for the indexer, which finds the index empty.
fn search_anew(open: &Open) -> Result<()> {
    let ctx = Ctx::new(Actor::System("jobs"), Through::Job, open.workspace.now_ms());
    open.workspace.write_blocking(&ctx, |tx| {
        let objects: Vec<String> = tx.registry().all_objects().filter(|o| !o.def.search.is_empty()).map(|o| o.name.to_string()).collect();
        let db = tx.db();
        let cleared: &[&str] = if db.dialect() == Dialect::Sqlite { &["sys_search_fts", "sys_search", "sys_search_pending"] } else { &["sys_search", "sys_search_pending"] };
        for table in cleared {
            let q = Sql::new(format!("DELETE FROM {}", db.table(table)));
            db.exec(&q).or_db()?;
        }
        for object in objects {
            let q = Sql::with(
                format!("INSERT INTO {} (\"object\", \"record\") SELECT $1, \"id\" FROM {} WHERE \"archived_at\" IS NULL", db.table("sys_search_pending"), db.table(&object)),
                [object.as_str()],
            );
            db.exec(&q).or_db()?;
        }
        Ok(())
    })?;
    open.workspace.index_pending().map(drop)
}

fn write<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    crate::auth::write_blocking(store, f)
}

/// A file that a half-made place may have left.
pub(crate) fn remove_database(path: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        remove_file(Path::new(&name)).map_err(|e| Error::internal(format!("{}: {e}", path.display())))?;
    }
    Ok(())
}

/// Opens a copy of a workspace with this program and compares what is in it; how many rows were compared.
///
/// # Errors
/// What hinders this program, or which table differs.
pub(crate) fn rehearse(workspaces: &Workspaces, name: &str, archive: &Path, io: &mut dyn Io) -> Result<u64> {
    let mut archive = Archive::open(archive)?;
    let key = archive.key()?;
    let place = workspaces.building_place(name, false)?;
    let compared = (|| {
        let open = workspaces.build(&place, &key, None)?;
        let open = copy_all(workspaces, open, &place, &key, &mut &mut archive, io)?;
        let rows = compare(&open, &mut archive)?;
        open.close();
        Ok(rows)
    })();
    workspaces.abandon(&place);
    compared
}

/// Tables that opening a workspace itself writes to.
pub(super) const MOVING: [&str; 3] = ["sys_state", "sys_outbox", "job_schedule"];

fn compare(open: &Open, archive: &mut Archive) -> Result<u64> {
    let mut rows = 0;
    for table in archive.manifest.tables.clone().iter().filter(|t| !stays(&t.name) && !MOVING.contains(&t.name.as_str())) {
        let mut before = 0_i64;
        archive.lines(&table.name, &mut |_line| {
            before += 1;
            Ok(())
        })?;
        let now = open.workspace.store().read_blocking(|db| {
            let q = Sql::new(format!("SELECT COUNT(*) FROM {}", db.table(&table.name)));
            db.one(&q)
        });
        let now = now.or_db()?.and_then(|row| row[0].as_int()).unwrap_or(-1);
        if now != before {
            return Err(Error::internal(format!("the table {} has {before} rows before and {now} after: do not upgrade, and tell us", table.name)));
        }
        rows += u64::try_from(now).unwrap_or(0);
    }
    Ok(rows)
}
