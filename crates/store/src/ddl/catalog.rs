//! What is in the database now.

use super::ColumnKind;
use crate::{Db, Dialect, Error, Sql, Val, quote};

/// A column as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    pub name: String,
    /// `None` for a type that this crate does not make.
    pub kind: Option<ColumnKind>,
    pub not_null: bool,
}

/// The workspace's schema on PostgreSQL, as a literal-free argument; SQLite has one schema.
fn schema(db: &dyn Db) -> String {
    // `"ws"."x"` -> `ws`: the only place that knows is the connection
    let qualified = db.table("x");
    let name = qualified.strip_suffix(".\"x\"").unwrap_or_default();
    name.trim_matches('"').replace("\"\"", "\"")
}

/// Names of the workspace's tables (without SQLite's own and without the parts of full-text tables on PostgreSQL).
pub fn tables(db: &mut dyn Db) -> Result<Vec<String>, Error> {
    let q = match db.dialect() {
        Dialect::Sqlite => Sql::new("SELECT \"name\" FROM sqlite_schema WHERE \"type\" = 'table' AND \"name\" NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY \"name\""),
        Dialect::Postgres => Sql::with(
            "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) ORDER BY relname COLLATE \"C\"",
            [schema(db)],
        ),
    };
    names(db, &q)
}

/// Names of the workspace's indexes, those of primary keys included on PostgreSQL; an index left invalid by a failed
/// concurrent build is not one.
pub fn indexes(db: &mut dyn Db) -> Result<Vec<String>, Error> {
    let q = match db.dialect() {
        Dialect::Sqlite => Sql::new("SELECT \"name\" FROM sqlite_schema WHERE \"type\" = 'index' AND \"sql\" IS NOT NULL ORDER BY \"name\""),
        Dialect::Postgres => Sql::with(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE i.indisvalid AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) ORDER BY c.relname COLLATE \"C\"",
            [schema(db)],
        ),
    };
    names(db, &q)
}

fn names(db: &mut dyn Db, q: &Sql) -> Result<Vec<String>, Error> {
    let mut out = Vec::new();
    db.query(q, &mut |row| {
        out.extend(row.cell(0).as_str().map(str::to_owned));
        Ok(())
    })?;
    Ok(out)
}

/// The columns of one table in their order; empty if the table does not exist.
pub fn columns(db: &mut dyn Db, table: &str) -> Result<Vec<ColumnInfo>, Error> {
    Ok(all_columns(db, Some(table))?.into_iter().map(|(_, column)| column).collect())
}

/// Table name and column, of one table or of all: one query, because a workspace is checked at every start.
pub(super) fn all_columns(db: &mut dyn Db, table: Option<&str>) -> Result<Vec<(String, ColumnInfo)>, Error> {
    let q = match db.dialect() {
        Dialect::Sqlite => Sql::with(
            "SELECT m.\"name\", p.\"name\", p.\"type\", p.\"notnull\" FROM sqlite_schema m, pragma_table_xinfo(m.\"name\") p \
             WHERE m.\"type\" = 'table' AND m.\"name\" = COALESCE($1, m.\"name\") ORDER BY m.\"name\", p.\"cid\"",
            [Val::from(table)],
        ),
        Dialect::Postgres => {
            let mut q = Sql::new(
                "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL), a.attnotnull FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ",
            );
            q.arg(schema(db)).push(")");
            if let Some(table) = table {
                q.push(" AND c.relname = ").arg(table);
            }
            q.push(" ORDER BY c.relname, a.attnum");
            q
        }
    };
    let mut out = Vec::new();
    db.query(&q, &mut |row| {
        if let (Some(table), Some(name), Some(kind)) = (row.cell(0).as_str(), row.cell(1).as_str(), row.cell(2).as_str()) {
            let column = ColumnInfo { name: name.to_owned(), kind: kind_of(kind), not_null: row.cell(3).as_int() == Some(1) };
            out.push((table.to_owned(), column));
        }
        Ok(())
    })?;
    Ok(out)
}

fn kind_of(declared: &str) -> Option<ColumnKind> {
    Some(match declared {
        "TEXT" | "text" => ColumnKind::Text,
        "INTEGER" | "bigint" => ColumnKind::Int,
        "REAL" | "double precision" => ColumnKind::Real,
        "BLOB" | "bytea" => ColumnKind::Blob,
        _ => return None,
    })
}

/// Removes everything of the workspace: the schema on PostgreSQL, every table on SQLite (whoever owns the file rather
/// removes the file). There is no way back.
pub fn drop_schema(db: &mut dyn Db) -> Result<(), Error> {
    match db.dialect() {
        Dialect::Postgres => {
            let text = format!("DROP SCHEMA IF EXISTS {} CASCADE", quote(&schema(db)));
            db.exec(&Sql::new(text)).map(drop)
        }
        Dialect::Sqlite => {
            // the virtual tables first: they own some of the others
            let q = Sql::new("SELECT \"name\" FROM sqlite_schema WHERE \"type\" = 'table' AND \"sql\" LIKE 'CREATE VIRTUAL%'");
            for name in names(db, &q)? {
                db.exec(&Sql::new(format!("DROP TABLE {}", quote(&name))))?;
            }
            for name in tables(db)? {
                db.exec(&Sql::new(format!("DROP TABLE {}", quote(&name))))?;
            }
            Ok(())
        }
    }
}
