//! Database values as JSON, without loss.

use super::{ColumnHead, Kind, damaged};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kernel::Result;
use serde_json::Value as Json;
use store::{Cell, Row, Val};

/// A row as one line.
pub(super) fn line(row: &dyn Row) -> Json {
    Json::Array((0..row.len()).map(|i| json(row.cell(i))).collect())
}

fn json(cell: Cell<'_>) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Int(n) => n.into(),
        Cell::Real(n) => n.into(),
        Cell::Text(s) => s.into(),
        Cell::Blob(b) => STANDARD.encode(b).into(),
    }
}

/// A line as the values of a row.
pub(super) fn values(columns: &[ColumnHead], line: &str) -> Result<Vec<Val>> {
    let cells: Vec<Json> = serde_json::from_str(line).map_err(damaged)?;
    if cells.len() != columns.len() {
        return Err(damaged("a row has another number of values than its table has columns"));
    }
    columns.iter().zip(cells).map(|(column, cell)| value(column.kind, cell).ok_or_else(|| damaged(format!("a value of {} has another type", column.name)))).collect()
}

fn value(kind: Kind, cell: Json) -> Option<Val> {
    Some(match (kind, cell) {
        (_, Json::Null) => Val::Null,
        (Kind::Text, Json::String(s)) => Val::Text(s),
        (Kind::Blob, Json::String(s)) => Val::Blob(STANDARD.decode(s).ok()?),
        (Kind::Int, Json::Number(n)) => Val::Int(n.as_i64()?),
        (Kind::Real, Json::Number(n)) => Val::Real(n.as_f64()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{ColumnHead, Kind, values};
    use store::Val;

    #[test]
    fn values_come_back_as_they_were_and_wrong_ones_are_refused() {
        let columns: Vec<ColumnHead> = [Kind::Text, Kind::Int, Kind::Real, Kind::Blob].into_iter().map(|kind| ColumnHead { name: format!("{kind:?}"), kind }).collect();
        let row = values(&columns, r#"["ä\n",-9223372036854775808,0.1,"AP8="]"#).unwrap();
        assert_eq!(row, [Val::Text("ä\n".into()), Val::Int(i64::MIN), Val::Real(0.1), Val::Blob(vec![0, 255])]);
        assert_eq!(values(&columns, "[null,null,2,null]").unwrap()[2], Val::Real(2.0));
        for odd in ["[1]", "[1,1,1,null]", r#"["x",1.5,1,null]"#, r#"["x",1,1,"?"]"#, "{}", ""] {
            assert!(values(&columns, odd).is_err(), "{odd}");
        }
    }
}
