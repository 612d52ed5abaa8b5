//! The limits: the same work by the driver alone, nothing around it.

use rusqlite::{Connection, params};
use std::io::Write;

pub(crate) fn open(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536").unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}
/// Columns of a statement as a JSON array of objects, values as they lie in the row.
pub(crate) fn json(connection: &Connection, sql: &str, args: impl rusqlite::Params) -> Vec<u8> {
    let mut statement = connection.prepare_cached(sql).unwrap();
    let names: Vec<String> = statement.column_names().map(|n| format!("\"{n}\":")).collect();
    let mut rows = statement.query(args).unwrap();
    let mut out = vec![b'['];
    while let Some(row) = rows.next().unwrap() {
        out.extend_from_slice(if out.len() > 1 { b",{" } else { b"{" });
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            match row.get_ref(i).unwrap() {
                rusqlite::types::ValueRef::Null => out.extend_from_slice(b"null"),
                rusqlite::types::ValueRef::Integer(n) => write!(out, "{n}").unwrap(),
                rusqlite::types::ValueRef::Real(n) => write!(out, "{n}").unwrap(),
                rusqlite::types::ValueRef::Text(text) => serde_json::to_writer(&mut out, std::str::from_utf8(text).unwrap()).unwrap(),
                rusqlite::types::ValueRef::Blob(_) => out.extend_from_slice(b"null"),
            }
        }
        out.push(b'}');
    }
    out.push(b']');
    out
}
/// A bare group-commit writer: the same table with its indexes, a history and an outbox row, 64 inserts a commit.
pub(crate) fn create_batch(connection: &mut Connection, columns: &[String], first: usize) {
    let tx = connection.transaction().unwrap();
    {
        let names = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let marks = (1..=columns.len()).map(|i| format!("?{i}")).collect::<Vec<_>>().join(", ");
        let mut insert = tx.prepare_cached(&format!("INSERT INTO contact ({names}) VALUES ({marks})")).unwrap();
        let mut history = tx.prepare_cached("INSERT INTO sys_history (object, record, version, at, \"by\", through, kind, subject) VALUES ('contact', ?1, 1, ?2, ?1, 'api', 'created', ?1)").unwrap();
        let mut outbox = tx.prepare_cached("INSERT INTO sys_outbox (at, event, object, record, version) VALUES (?2, 'contact.created', 'contact', ?1, 1)").unwrap();
        for n in first..first + 64 {
            let id = format!("bare-{n:030}");
            let values: Vec<rusqlite::types::Value> = columns
                .iter()
                .map(|c| match c.as_str() {
                    "id" => id.clone().into(),
                    "version" => 1i64.into(),
                    c if c.ends_with("_at") && c != "archived_at" => 1_795_000_000_000i64.into(),
                    "archived_at" | "external_id" | "external_id__f" => rusqlite::types::Value::Null,
                    c if c.starts_with("last_name") || c.starts_with("full_name") || c.starts_with("first_name") || c.starts_with("email") => format!("Meier{n}").into(),
                    "owner" | "created_by" | "updated_by" | "account" => "00000000-0000-7000-8000-000000000001".to_owned().into(),
                    _ => rusqlite::types::Value::Null,
                })
                .collect();
            insert.execute(rusqlite::params_from_iter(values)).unwrap();
            history.execute(params![id, 1_795_000_000_000i64]).unwrap();
            outbox.execute(params![id, 1_795_000_000_000i64]).unwrap();
        }
    }
    tx.commit().unwrap();
}
