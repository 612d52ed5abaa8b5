//! What business code sees of a database: a few synchronous verbs inside one transaction.

use crate::{Cell, Dialect, Error, Sql, Val, quote};

/// One row of an answer, valid during the call only.
pub trait Row {
    /// Column `i`, from 0. A column that does not exist reads as null.
    fn cell(&self, i: usize) -> Cell<'_>;
    /// Number of columns.
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A transaction.
///
/// After a statement failed, every further one fails too until [`Db::rollback_to`] a savepoint, and the transaction
/// cannot commit: PostgreSQL works so, and SQLite is held to the same here, so that code tested on one runs on the other.
pub trait Db: Send {
    fn dialect(&self) -> Dialect;

    /// A table's name as it stands in a text: quoted, and on PostgreSQL with its schema: `"ws_main"."contact"`.
    fn table(&self, name: &str) -> String;

    /// Runs one statement and hands each row to `each`; an error of `each` ends it and is returned.
    fn query(&mut self, q: &Sql, each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error>;

    /// Runs one statement; the number of rows it changed (0 for DDL).
    fn exec(&mut self, q: &Sql) -> Result<u64, Error>;

    /// Runs statements in order, in one round trip where the engine can. The numbers of rows changed.
    fn exec_all(&mut self, list: &[Sql]) -> Result<Vec<u64>, Error> {
        list.iter().map(|q| self.exec(q)).collect()
    }

    /// Inserts rows by the fastest way the engine has (prepared multi-row insert, COPY). `table` and `columns` are
    /// bare names; each row has a value per column. The number of rows inserted. An error is that of a
    /// failed statement: go back to a savepoint, or the transaction is undone.
    fn bulk_insert(&mut self, table: &str, columns: &[&str], rows: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error>;

    /// Waits until no other transaction of this workspace holds `key`, and holds it to the end of this one.
    /// SQLite has one writer, so there it is free.
    fn lock(&mut self, key: &str) -> Result<(), Error>;

    fn savepoint(&mut self, name: &str) -> Result<(), Error> {
        self.exec(&Sql::new(format!("SAVEPOINT {}", quote(name)))).map(drop)
    }

    /// Undoes everything since the savepoint, which stays; the transaction can go on even after a failed statement.
    fn rollback_to(&mut self, name: &str) -> Result<(), Error>;

    fn release(&mut self, name: &str) -> Result<(), Error> {
        self.exec(&Sql::new(format!("RELEASE SAVEPOINT {}", quote(name)))).map(drop)
    }

    /// All rows, copied.
    fn rows(&mut self, q: &Sql) -> Result<Vec<Vec<Val>>, Error> {
        let mut out = Vec::new();
        self.query(q, &mut |row| {
            out.push((0..row.len()).map(|i| row.cell(i).to_val()).collect());
            Ok(())
        })?;
        Ok(out)
    }

    /// The first row, copied.
    fn one(&mut self, q: &Sql) -> Result<Option<Vec<Val>>, Error> {
        let mut out = None;
        self.query(q, &mut |row| {
            if out.is_none() {
                out = Some((0..row.len()).map(|i| row.cell(i).to_val()).collect());
            }
            Ok(())
        })?;
        Ok(out)
    }
}

/// Runs `f` in a savepoint: if it fails its changes are undone and the transaction goes on.
///
/// The outer result is the database's (the transaction is lost), the inner one is `f`'s.
pub fn attempt<T, E>(db: &mut dyn Db, f: impl FnOnce(&mut dyn Db) -> Result<T, E>) -> Result<Result<T, E>, Error> {
    const NAME: &str = "attempt";
    db.savepoint(NAME)?;
    let result = f(db);
    if result.is_err() {
        db.rollback_to(NAME)?;
    }
    db.release(NAME)?;
    Ok(result)
}
