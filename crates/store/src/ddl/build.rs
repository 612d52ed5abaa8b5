//! An index on a table in use.

use super::{IndexSpec, catalog, create_index_text};
use crate::{Dialect, Error, Sql, Store};

/// Builds an index while others read and, on PostgreSQL, write (SQLite has one writer, which waits: 7 s for a million
/// rows). False if it was there. Errors: [`Error::Unique`] if it is unique and rows are not. Blocks: for a job on a
/// blocking thread.
pub fn build_index(store: &Store, table: &str, index: &IndexSpec) -> Result<bool, Error> {
    if store.dialect() == Dialect::Sqlite {
        let (table, index) = (table.to_owned(), index.clone());
        return store.write_alone_blocking(move |db| {
            if catalog::indexes(db)?.contains(&index.name) {
                return Ok(false);
            }
            let text = create_index_text(db, &table, &index);
            db.exec(&Sql::new(text)).map(|_| true)
        });
    }
    let (text, remains) = store.read_blocking(|db| {
        let text = create_index_text(db, table, index);
        let there = catalog::indexes(db)?.contains(&index.name);
        // an index is named by its schema like a table
        Ok::<_, Error>(((!there).then_some(text), format!("DROP INDEX CONCURRENTLY IF EXISTS {}", db.table(&index.name))))
    })?;
    let Some(text) = text else { return Ok(false) };
    // an earlier build that failed left an index that is kept up but never used
    store.outside(&remains)?;
    let text = text.replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
    match store.outside(&text) {
        Ok(()) => Ok(true),
        Err(e) => {
            if let Err(second) = store.outside(&remains) {
                tracing::warn!(error = %second, index = %index.name, "a half-built index could not be removed; the next try does it");
            }
            Err(e)
        }
    }
}
