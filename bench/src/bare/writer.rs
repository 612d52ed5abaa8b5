//! A bare group-commit writer: one thread, a queue, up to 64 waiting inserts a durable commit; each of the same row,
//! with the same history and outbox. No rights, no rules, no search.

use rusqlite::{Connection, types::Value};
use std::sync::mpsc;
use tokio::sync::oneshot;

type Waiting = (Vec<Value>, oneshot::Sender<()>);

/// One row as it lies in a table: column names and values.
pub(crate) fn row(connection: &Connection, table: &str, condition: &str) -> (Vec<String>, Vec<Value>) {
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" WHERE {condition} LIMIT 1")).unwrap();
    let names = statement.column_names().map(str::to_owned).collect();
    let n = statement.column_count();
    let values = statement.query_row([], |row| (0..n).map(|i| row.get(i)).collect()).unwrap();
    (names, values)
}
pub(crate) fn insert(table: &str, names: &[String]) -> String {
    let list = names.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    let marks = (1..=names.len()).map(|i| format!("?{i}")).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO \"{table}\" ({list}) VALUES ({marks})")
}

/// Takes rows of `statements.len()` parts until its senders are gone. Each job brings the values of all statements
/// one behind the other.
pub(crate) fn run(mut connection: Connection, statements: &[(String, usize)], jobs: &mpsc::Receiver<Waiting>) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < 64
            && let Ok(more) = jobs.try_recv()
        {
            batch.push(more);
        }
        let tx = connection.transaction().unwrap();
        for (values, _) in &batch {
            let mut at = 0;
            for (sql, n) in statements {
                tx.prepare_cached(sql).unwrap().execute(rusqlite::params_from_iter(&values[at..at + n])).unwrap();
                at += n;
            }
        }
        tx.commit().unwrap();
        for (_, answer) in batch {
            answer.send(()).unwrap();
        }
    }
}
