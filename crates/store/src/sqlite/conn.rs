//! One SQLite connection as the [`Db`] of a transaction.

use super::{error::convert, insert};
use crate::{
    Cell, Db, Dialect, Error, Row, Sql, Val,
    engine::{Conn, Stop},
    quote,
    sql::{in_order, refuse_control},
    store::lock,
};
use rusqlite::{
    Connection, Statement,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Instructions of SQLite's machine between two looks at the clock: about a millisecond.
const LOOK_EVERY: i32 = 10_000;

pub(super) struct SqliteConn {
    pub(super) raw: Connection,
    watch: Arc<Mutex<Option<Watch>>>,
    /// the first failed statement since the last savepoint was restored
    failed: Option<Error>,
    begun: bool,
    broken: bool,
}

struct Watch {
    until: Option<Instant>,
    stop: Stop,
}

impl SqliteConn {
    pub(super) fn new(mut raw: Connection) -> Result<SqliteConn, Error> {
        let watch: Arc<Mutex<Option<Watch>>> = Arc::default();
        let seen = watch.clone();
        let look = move || match &*lock(&seen) {
            Some(watch) => watch.stop.is_set() || watch.until.is_some_and(|until| Instant::now() >= until),
            None => false,
        };
        raw.progress_handler(LOOK_EVERY, Some(look)).map_err(convert)?;
        Ok(SqliteConn { raw, watch, failed: None, begun: false, broken: false })
    }

    /// Runs one statement; a failure of the engine (not of `each`) makes the transaction unusable until restored.
    fn run(&mut self, q: &Sql, each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<u64, Error> {
        self.check()?;
        refuse_control(&q.text).map_err(|e| self.fail(e))?;
        let (mut said, began) = (None, Instant::now());
        let result = step(&self.raw, q, &mut |row| each(row).map_err(|e| said = Some(e)));
        crate::slow::note(&q.text, began);
        match (said, result) {
            (Some(e), _) => Err(e),
            (None, Ok(n)) => Ok(n),
            (None, Err(e)) => Err(self.fail(e)),
        }
    }

    fn check(&self) -> Result<(), Error> {
        match &self.failed {
            Some(_) => Err(Error::other("an earlier statement of this transaction failed; go back to a savepoint first")),
            None => Ok(()),
        }
    }

    fn fail(&mut self, e: Error) -> Error {
        let e = self.named(e);
        self.failed = Some(e.clone());
        e
    }

    /// Adds the name of the index to a unique error: SQLite's message has the columns, or the name, not both.
    fn named(&self, e: Error) -> Error {
        let Error::Unique { table, constraint, columns } = e else { return e };
        let found = if constraint.is_empty() { index_on(&self.raw, &table, &columns) } else { index_named(&self.raw, &constraint) };
        match found {
            Ok(Some((table, constraint, columns))) => Error::Unique { table, constraint, columns },
            // the row is refused either way; only the name is missing
            Ok(None) | Err(_) => Error::Unique { table, constraint, columns },
        }
    }

    fn plain(&mut self, text: &str) -> Result<(), Error> {
        self.raw.prepare_cached(text).and_then(|mut s| s.raw_execute()).map(drop).map_err(convert)
    }

    fn begin(&mut self, text: &str) -> Result<(), Error> {
        self.failed = None;
        self.plain(text)?;
        self.begun = true;
        Ok(())
    }
}

fn step(raw: &Connection, q: &Sql, each: &mut dyn FnMut(&dyn Row) -> Result<(), ()>) -> Result<u64, Error> {
    let before = raw.total_changes();
    let mut statement = raw.prepare_cached(&q.text).map_err(convert)?;
    bind(&mut statement, q)?;
    let len = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(convert)? {
        if each(&SqliteRow { row, len }).is_err() {
            break; // the caller keeps its error
        }
    }
    // `changes` keeps the number of an earlier statement when this one changed nothing
    Ok(if raw.total_changes() == before { 0 } else { raw.changes() })
}

fn bind(statement: &mut Statement<'_>, q: &Sql) -> Result<(), Error> {
    let n = statement.parameter_count();
    if n != q.args.len() {
        return Err(Error::Schema(format!("the text has {n} placeholders, {} values were given", q.args.len())));
    }
    if n == 0 || in_order(&q.text) {
        return q.args.iter().enumerate().try_for_each(|(i, value)| bind_val(statement, i + 1, value));
    }
    for i in 1..=n {
        let number = statement.parameter_name(i).and_then(|name| name.strip_prefix('$')).and_then(|s| s.parse::<usize>().ok());
        let value = number.and_then(|k| q.args.get(k.checked_sub(1)?));
        let Some(value) = value else { return Err(Error::Schema("placeholders must be $1, $2, ...".into())) };
        bind_val(statement, i, value)?;
    }
    Ok(())
}

pub(super) fn bind_val(statement: &mut Statement<'_>, i: usize, value: &Val) -> Result<(), Error> {
    crate::value::check(value)?;
    let value = match value {
        Val::Null => ValueRef::Null,
        Val::Int(n) => ValueRef::Integer(*n),
        Val::Real(n) => ValueRef::Real(*n),
        Val::Text(s) => ValueRef::Text(s.as_bytes()),
        Val::Blob(b) => ValueRef::Blob(b),
    };
    statement.raw_bind_parameter(i, ToSqlOutput::Borrowed(value)).map_err(convert)
}

struct SqliteRow<'a> {
    row: &'a rusqlite::Row<'a>,
    len: usize,
}

impl Row for SqliteRow<'_> {
    fn cell(&self, i: usize) -> Cell<'_> {
        match self.row.get_ref(i) {
            Ok(ValueRef::Integer(n)) => Cell::Int(n),
            Ok(ValueRef::Real(n)) => Cell::Real(n),
            // text that is not UTF-8 was not written by us: shown as the bytes it is
            Ok(ValueRef::Text(b)) => std::str::from_utf8(b).map_or(Cell::Blob(b), Cell::Text),
            Ok(ValueRef::Blob(b)) => Cell::Blob(b),
            Ok(ValueRef::Null) | Err(_) => Cell::Null,
        }
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Db for SqliteConn {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn table(&self, name: &str) -> String {
        quote(name)
    }

    fn query(&mut self, q: &Sql, each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error> {
        self.run(q, each).map(drop)
    }

    fn exec(&mut self, q: &Sql) -> Result<u64, Error> {
        self.run(q, &mut |_| Ok(()))
    }

    fn bulk_insert(&mut self, table: &str, columns: &[&str], rows: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error> {
        self.check()?;
        insert::bulk_insert(&self.raw, table, columns, rows).map_err(|e| self.fail(e))
    }

    fn lock(&mut self, _key: &str) -> Result<(), Error> {
        self.check()
    }

    fn rollback_to(&mut self, name: &str) -> Result<(), Error> {
        self.plain(&format!("ROLLBACK TO SAVEPOINT {}", quote(name)))?;
        self.failed = None;
        Ok(())
    }
}

impl Conn for SqliteConn {
    fn begin_read(&mut self, limit: Option<Duration>, stop: &Stop) -> Result<(), Error> {
        *lock(&self.watch) = Some(Watch { until: limit.map(|limit| Instant::now() + limit), stop: stop.clone() });
        self.begin("BEGIN")
    }

    fn begin_write(&mut self) -> Result<(), Error> {
        // IMMEDIATE: a deferred transaction that reads and then writes fails at once when somebody wrote in between
        self.begin("BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), Error> {
        if self.failed.is_some() {
            let e = self.check();
            self.rollback();
            return e;
        }
        self.begun = false;
        self.plain("COMMIT").inspect_err(|_| self.rollback())
    }

    fn rollback(&mut self) {
        *lock(&self.watch) = None;
        self.begun = false;
        if self.raw.is_autocommit() {
            return;
        }
        if let Err(e) = self.plain("ROLLBACK") {
            tracing::error!(error = %e, "a transaction could not be rolled back; its connection is closed");
            self.broken = true;
        }
    }

    fn lost(&self) -> Option<Error> {
        let gone = self.begun && self.raw.is_autocommit();
        gone.then(|| self.failed.clone().unwrap_or_else(|| Error::other("the transaction was ended from inside a job")))
    }

    fn healthy(&self) -> bool {
        !self.broken && self.raw.is_autocommit()
    }

    fn as_db(&mut self) -> &mut dyn Db {
        self
    }
}

type Index = (String, String, Vec<String>);

/// The unique index or primary key of `table` over exactly these columns.
fn index_on(raw: &Connection, table: &str, columns: &[String]) -> rusqlite::Result<Option<Index>> {
    let mut list = raw.prepare_cached("SELECT \"name\", \"origin\" FROM pragma_index_list(?1) WHERE \"unique\"")?;
    let mut rows = list.query([table])?;
    while let Some(row) = rows.next()? {
        let (name, origin): (String, String) = (row.get(0)?, row.get(1)?);
        if columns_of(raw, &name)? == columns {
            let name = if origin == "pk" { format!("{table}_pkey") } else { name };
            return Ok(Some((table.to_owned(), name, columns.to_vec())));
        }
    }
    // the key of an INTEGER PRIMARY KEY has no index of its own
    Ok(Some((table.to_owned(), format!("{table}_pkey"), columns.to_vec())))
}

fn index_named(raw: &Connection, name: &str) -> rusqlite::Result<Option<Index>> {
    let mut find = raw.prepare_cached("SELECT \"tbl_name\" FROM sqlite_schema WHERE \"type\" = 'index' AND \"name\" = ?1")?;
    let mut rows = find.query([name])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((row.get(0)?, name.to_owned(), columns_of(raw, name)?)))
}

fn columns_of(raw: &Connection, index: &str) -> rusqlite::Result<Vec<String>> {
    let mut info = raw.prepare_cached("SELECT \"name\" FROM pragma_index_info(?1) WHERE \"name\" IS NOT NULL ORDER BY \"seqno\"")?;
    let names = info.query_map([index], |row| row.get(0))?;
    names.collect()
}
