//! What the columns of a table hold.

use crate::{
    Refusal,
    columns::{Numbers, frequent, known},
    dates,
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::summary::{mean, quantile, skewness, variance};
use std::{collections::BTreeSet, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub ignore: Vec<String>,
}
/// How many of the most frequent values are told.
const TOP: usize = 5;

/// # Errors
/// A file that cannot be read, a column that is not there, no row.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let out = q.ignore.iter().map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    if table.rows.is_empty() {
        return Err(Refusal(format!("{} holds no row.", q.file.display())));
    }
    let mut warnings = Vec::new();
    if table.ragged > 0 {
        warnings.push(json!({"kind": "ragged", "detail": format!("{} rows have more or fewer cells than there are columns.", table.ragged)}));
    }
    let rows: Vec<Json> = (0..table.columns.len()).filter(|at| !out.contains(at)).map(|at| column(&table, at, &mut warnings)).collect();
    Ok(json!({"method": "describe", "n": table.rows.len(), "parameters": {"columns": rows.len()}, "quality": {}, "warnings": warnings, "rows": rows}))
}
fn column(table: &Table, at: usize, warnings: &mut Vec<Json>) -> Json {
    let name = &table.columns[at];
    let cells = known(table, at);
    let n = cells.iter().flatten().count();
    let missing = cells.len() - n;
    let found = Numbers::of(&cells);
    let days = dates::Style::of(cells.iter().flatten().copied());
    let dated: Vec<_> = cells.iter().flatten().map_while(|c| days.read(c)).collect();
    let kind = match n {
        0 => "empty",
        _ if found.is_whole() => "number",
        _ if dated.len() == n => "date",
        _ => "text",
    };
    let (distinct, top) = frequent(cells.iter().flatten().copied(), TOP);
    let mut row = Map::new();
    row.insert("id".into(), json!(name));
    row.insert("kind".into(), json!(kind));
    for (key, value) in [("n", n), ("missing", missing), ("distinct", distinct)] {
        row.insert(key.into(), json!(value));
    }
    let figures: [&str; 8] = ["mean", "sd", "min", "q1", "median", "q3", "max", "skewness"];
    figures.iter().for_each(|key| drop(row.insert((*key).into(), Json::Null)));
    if kind == "number" {
        let values: Vec<f64> = found.values.iter().flatten().copied().collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let told =
            [mean(&values), variance(&values).sqrt(), quantile(&sorted, 0.0), quantile(&sorted, 0.25), quantile(&sorted, 0.5), quantile(&sorted, 0.75), quantile(&sorted, 1.0), skewness(&values)];
        figures.iter().zip(told).for_each(|(key, value)| drop(row.insert((*key).into(), figure(value))));
        row["distinct"] = json!(sorted.chunk_by(|a, b| a == b).count());
    }
    if kind == "date" {
        for (key, day) in [("min", dated.iter().min()), ("max", dated.iter().max())] {
            row[key] = day.map_or(Json::Null, |d| json!(d.date().to_string()));
        }
    }
    row.insert("top".into(), json!(top.iter().map(|(value, n)| json!({"value": value, "n": n})).collect::<Vec<_>>()));
    let mut heed = |kind: &str, detail: String| warnings.push(json!({"kind": kind, "column": name, "detail": detail}));
    if n == 0 {
        heed("empty", "This column holds nothing.".into());
    } else if missing * 2 > cells.len() {
        heed("missing", format!("{missing} of {} cells of this column are empty.", cells.len()));
    }
    if distinct == 1 && n > 1 {
        heed("constant", "This column has the same value everywhere.".into());
    }
    let read = found.values.iter().flatten().count();
    if kind == "text" && read * 2 > n {
        heed("mixed", format!("{} of {n} values of this column are no numbers, the others are.", n - read));
    }
    Json::Object(row)
}
