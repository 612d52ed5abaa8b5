//! Counts by the values of two columns, and whether the two have to do with one another.

use crate::{
    Refusal,
    columns::{in_order, known, numbers_of, real},
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::contingency::{Independence, independence};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fold {
    #[default]
    Sum,
    Mean,
    Count,
}
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub rows: String,
    pub columns: String,
    /// Told beside the counts.
    pub value: Option<String>,
    pub fold: Fold,
}
/// More values than this make no table.
const MOST: usize = 200;

/// # Errors
/// Columns that are not there, no usable row, too many values.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let (down, across) = (table.column(&q.rows)?, table.column(&q.columns)?);
    let mut warnings = Vec::new();
    let values = q.value.as_deref().map(|name| table.column(name).and_then(|at| numbers_of(&table, at, &mut warnings))).transpose()?;
    let pairs: Vec<(usize, &str, &str)> = known(&table, down).into_iter().zip(known(&table, across)).enumerate().filter_map(|(i, (a, b))| Some((i, a?, b?))).collect();
    if pairs.is_empty() {
        return Err(Refusal(format!("No row of {} has a value in both \"{}\" and \"{}\".", q.file.display(), q.rows, q.columns)));
    }
    if pairs.len() < table.rows.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} of {} rows lack one of the two values and are left out.", table.rows.len() - pairs.len(), table.rows.len())}));
    }
    let (downs, acrosses) = (in_order(pairs.iter().map(|p| p.1)), in_order(pairs.iter().map(|p| p.2)));
    for (name, labels) in [(&q.rows, &downs), (&q.columns, &acrosses)] {
        if labels.len() > MOST {
            return Err(Refusal(format!("Column \"{name}\" has {} different values; a table takes up to {MOST}.", labels.len())));
        }
    }
    let mut cells = vec![vec![(0usize, 0usize, 0.0f64); acrosses.len()]; downs.len()];
    for (i, a, b) in &pairs {
        let place = |labels: &[&str], label: &str| labels.iter().position(|l| *l == label).unwrap_or(0);
        let cell = &mut cells[place(&downs, a)][place(&acrosses, b)];
        cell.0 += 1;
        if let Some(value) = values.as_ref().and_then(|v| v[*i]) {
            cell.1 += 1;
            cell.2 += value;
        }
    }
    let counts: Vec<Vec<f64>> = cells.iter().map(|row| row.iter().map(|c| real(c.0)).collect()).collect();
    let found = independence(&counts);
    heed(found.as_ref(), &mut warnings);
    let columns: Vec<f64> = (0..acrosses.len()).map(|c| counts.iter().map(|row| row[c]).sum()).collect();
    let n = real(pairs.len());
    let mut rows = Vec::new();
    for (r, label) in downs.iter().enumerate() {
        let whole: f64 = counts[r].iter().sum();
        let of = |f: &dyn Fn(usize) -> Json| acrosses.iter().enumerate().map(|(c, name)| ((*name).to_owned(), f(c))).collect::<Map<_, _>>();
        let mut row = json!({"id": label, "n": whole, "counts": of(&|c| json!(cells[r][c].0)), "row_share": of(&|c| figure(counts[r][c] / whole)),
            "column_share": of(&|c| figure(counts[r][c] / columns[c]))});
        if let Some(found) = &found {
            let expected = |c: usize| found.expected[r][c];
            row["expected"] = json!(of(&|c| figure(expected(c))));
            row["residual"] = json!(of(&|c| figure((counts[r][c] - expected(c)) / (expected(c) * (1.0 - whole / n) * (1.0 - columns[c] / n)).sqrt())));
        }
        if values.is_some() {
            row["values"] = json!(of(&|c| match q.fold {
                Fold::Count => json!(cells[r][c].1),
                Fold::Sum => figure(cells[r][c].2),
                Fold::Mean => figure(cells[r][c].2 / real(cells[r][c].1)),
            }));
        }
        rows.push(row);
    }
    let totals: Map<String, Json> = acrosses.iter().zip(&columns).map(|(name, n)| ((*name).to_owned(), figure(*n))).collect();
    let mut parameters = json!({"rows": q.rows, "columns": q.columns, "column_totals": totals});
    if let Some(found) = &found {
        for (key, value) in [("chi2", found.chi2), ("df", found.df), ("p", found.p), ("cramers_v", found.cramers_v)] {
            parameters[key] = figure(value);
        }
        if let Some((chi2, p)) = found.yates {
            parameters["yates"] = json!({"chi2": figure(chi2), "p": figure(p)});
        }
        if let Some(p) = found.fisher {
            parameters["fisher_p"] = figure(p);
        }
    }
    if let (Some(value), Some(map)) = (&q.value, parameters.as_object_mut()) {
        map.insert("value".into(), json!(value));
        map.insert(
            "fn".into(),
            json!(match q.fold {
                Fold::Sum => "sum",
                Fold::Mean => "mean",
                Fold::Count => "count",
            }),
        );
    }
    Ok(json!({"method": "crosstab", "n": pairs.len(), "parameters": parameters, "quality": {}, "warnings": warnings, "rows": rows}))
}
fn heed(found: Option<&Independence>, warnings: &mut Vec<Json>) {
    let Some(found) = found else {
        return warnings.push(json!({"kind": "no_fit", "detail": "One of the columns has a single value: there is nothing to test."}));
    };
    let small = found.expected.iter().flatten().filter(|e| **e < 5.0).count();
    if small > 0 {
        let instead = if found.fisher.is_some() { "; fisher_p is exact" } else { "; put rare values together" };
        let cells = found.expected.iter().flatten().count();
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{small} of {cells} cells expect fewer than 5: p of chi-squared is rough{instead}.")}));
    }
}
