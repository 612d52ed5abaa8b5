//! Pages by keyset, counts, and "is this row among the allowed ones".

use super::{Compiler, codec, expr::Part};
use crate::{Db, Sql, Val};
use access::Authorized;
use kernel::RecordId;
use metadata::{Archived, Cond, Query, Sort, Storage, Value};

/// The statements of one page: rows whose first sort value is set, then those where it is empty. Run the second only
/// if the first gives fewer than asked, with `limit` lowered by what came. Two plain ranges instead of `NULLS LAST`,
/// because each is then served by an index in either direction on both engines.
pub struct Page {
    pub valued: Option<Sql>,
    pub empty: Option<Sql>,
}

/// `SELECT` of the query's columns and, behind them, one cell for each sort key (for the cursor) and the id.
pub fn page(db: &dyn Db, query: &Authorized<Query>, limit: u32) -> Page {
    let q = query.get();
    match q.sort.first() {
        None => Page { valued: Some(statement(db, q, Phase::All, limit)), empty: None },
        Some(first) if never_empty(first) => Page { valued: Some(statement(db, q, Phase::All, limit)), empty: None },
        Some(_) => {
            let in_empty = q.after.as_ref().is_some_and(|after| after.first().is_some_and(Value::is_null));
            Page { valued: (!in_empty).then(|| statement(db, q, Phase::Valued, limit)), empty: Some(statement(db, q, Phase::Empty, limit)) }
        }
    }
}
fn never_empty(sort: &Sort) -> bool {
    sort.path.steps.is_empty() && matches!(sort.path.field.name(), "id" | "version" | "created_at" | "updated_at")
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// The first key is never empty.
    All,
    Valued,
    Empty,
}

/// The column that orders: folded text, amounts in workspace currency.
fn sort_part(sort: &Sort) -> Part {
    match sort.path.field.storage {
        Storage::FoldedText => Part::Folded,
        Storage::Money => Part::Workspace,
        _ => Part::Main,
    }
}
/// The value of a sort key as the database compares it: a cursor holds raw cells, folded already.
fn sort_val(value: &Value) -> Val {
    match value {
        Value::Money { workspace, .. } => workspace.map_or(Val::Null, Val::Int),
        other => codec::plain(other),
    }
}

fn statement(db: &dyn Db, q: &Query, phase: Phase, limit: u32) -> Sql {
    let mut c = Compiler::new(db);
    let t = c.alias();
    c.push("SELECT ");
    for path in &q.select {
        for part in parts(path.field.storage) {
            c.value(&t, path, *part);
            c.push(", ");
        }
    }
    for sort in &q.sort {
        c.value(&t, &sort.path, sort_part(sort));
        c.push(", ");
    }
    let from = format!("{t}.\"id\" FROM {} {t} WHERE ", c.table(&q.object.name));
    c.push(&from);
    c.condition(&t, &q.object.name, &q.filter);
    c.archived(&t, q.archived);
    if let (Some(first), Phase::Valued | Phase::Empty) = (q.sort.first(), phase) {
        c.push(" AND ");
        c.value(&t, &first.path, sort_part(first));
        c.push(if phase == Phase::Valued { " IS NOT NULL" } else { " IS NULL" });
    }
    let keys = if phase == Phase::Empty { &q.sort[1..] } else { &q.sort[..] };
    let starts_in_this_phase = match (&q.after, phase) {
        (None, _) => false,
        (Some(_), Phase::All | Phase::Valued) => true,
        (Some(after), Phase::Empty) => after.first().is_some_and(Value::is_null),
    };
    if let (Some(after), true) = (&q.after, starts_in_this_phase) {
        let values = if phase == Phase::Empty { &after[1..] } else { &after[..] };
        c.push(" AND (");
        c.beyond(&t, keys, values, q.sort.first().is_some_and(|s| s.descending), phase != Phase::Empty);
        c.push(")");
    }
    c.push(" ORDER BY ");
    if let (Some(first), Phase::Empty) = (q.sort.first(), phase) {
        // Always empty here, but named: PostgreSQL then walks the index of the key instead of the whole primary key.
        c.value(&t, &first.path, sort_part(first));
        c.push(if first.descending { " DESC, " } else { ", " });
    }
    for (i, sort) in keys.iter().enumerate() {
        let first = i == 0 && phase != Phase::Empty;
        if !first {
            // Further keys may be empty; empty goes last whichever way.
            c.push("CASE WHEN ");
            c.value(&t, &sort.path, sort_part(sort));
            c.push(" IS NULL THEN 1 ELSE 0 END, ");
        }
        c.value(&t, &sort.path, sort_part(sort));
        c.push(if sort.descending { " DESC, " } else { ", " });
    }
    let down = q.sort.first().is_some_and(|s| s.descending);
    c.push(&format!("{t}.\"id\"{} LIMIT {limit}", if down { " DESC" } else { "" }));
    c.sql
}
/// Cells a field takes, in the order `codec::read` wants them.
fn parts(storage: Storage) -> &'static [Part] {
    match storage {
        Storage::Text | Storage::FoldedText | Storage::Int => &[Part::Main],
        Storage::Money => &[Part::Main, Part::Currency, Part::Workspace],
        Storage::AnyRef => &[Part::Main, Part::Object],
        Storage::None => &[],
    }
}

impl Compiler<'_> {
    pub(crate) fn archived(&mut self, alias: &str, archived: Archived) {
        match archived {
            Archived::Include => {}
            Archived::Exclude => self.push(&format!(" AND {alias}.\"archived_at\" IS NULL")),
            Archived::Only => self.push(&format!(" AND {alias}.\"archived_at\" IS NOT NULL")),
        }
    }
    /// Rows behind the cursor: `k1 > v1 OR (k1 = v1 AND (k2 > v2 OR ... id > v))`. A lone key that
    /// leads (it is never empty here, and the id follows its direction) is written as a row value, which both engines
    /// serve as one index range.
    fn beyond(&mut self, t: &str, keys: &[Sort], values: &[Value], down: bool, leads: bool) {
        let (Some(id), op) = (values.last(), if down { " < " } else { " > " }) else { return self.push("1 = 0") };
        match keys {
            [] => {
                self.push(&format!("{t}.\"id\"{op}"));
                self.sql.arg(codec::plain(id));
            }
            [only] if leads && !values[0].is_null() => {
                self.push("(");
                self.value(t, &only.path, sort_part(only));
                self.push(&format!(", {t}.\"id\"){op}("));
                self.sql.arg(sort_val(&values[0]));
                self.push(", ");
                self.sql.arg(codec::plain(id));
                self.push(")");
            }
            [first, rest @ ..] => {
                let value = &values[0];
                if value.is_null() {
                    self.push("(");
                    self.value(t, &first.path, sort_part(first));
                    self.push(" IS NULL AND (");
                    self.beyond(t, rest, &values[1..], down, false);
                    self.push("))");
                    return;
                }
                self.push("(");
                self.value(t, &first.path, sort_part(first));
                self.push(if first.descending { " < " } else { " > " });
                self.sql.arg(sort_val(value));
                self.push(" OR ");
                self.value(t, &first.path, sort_part(first));
                self.push(" IS NULL OR (");
                self.value(t, &first.path, sort_part(first));
                self.push(" = ");
                self.sql.arg(sort_val(value));
                self.push(" AND (");
                self.beyond(t, rest, &values[1..], down, false);
                self.push(")))");
            }
        }
    }
}

/// Number of rows; stops counting at `bound` when one is given.
pub fn count(db: &dyn Db, query: &Authorized<Query>, bound: Option<u32>) -> Sql {
    let q = query.get();
    let mut c = Compiler::new(db);
    let t = c.alias();
    let from = format!("FROM {} {t} WHERE ", c.table(&q.object.name));
    c.push(if bound.is_some() { "SELECT count(*) FROM (SELECT 1 " } else { "SELECT count(*) " });
    c.push(&from);
    c.condition(&t, &q.object.name, &q.filter);
    c.archived(&t, q.archived);
    if let Some(bound) = bound {
        c.push(&format!(" LIMIT {bound}) n"));
    }
    c.sql
}

/// One row if the record is among the rows where a right holds.
pub fn exists(db: &dyn Db, object: &str, id: RecordId, rows: &Authorized<Cond>) -> Sql {
    let mut c = Compiler::new(db);
    let t = c.alias();
    let from = format!("SELECT 1 FROM {} {t} WHERE {t}.\"id\" = ", c.table(object));
    c.push(&from);
    c.sql.arg(id.to_string());
    c.push(" AND ");
    c.condition(&t, object, rows.get());
    c.sql
}
