//! Groups of rows that are alike.

use crate::{
    Refusal,
    columns::{real, varying},
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::{
    cluster::{Clusters, by_chance, k_means, silhouette},
    summary::{mean, variance},
};
use std::{collections::BTreeSet, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    /// Default: all columns of numbers.
    pub columns: Vec<String>,
    pub id: Option<String>,
    pub ignore: Vec<String>,
    /// How many groups; told by the silhouette where it is not given.
    pub k: Option<usize>,
}
/// How many groups are tried.
const MOST: usize = 10;
/// Of how many rows at most it is told how many groups there are.
const SAMPLE: usize = 5_000;
/// Below this the silhouette speaks of no structure (Kaufman and Rousseeuw 1990, Finding Groups in Data, table 4).
const NONE: f64 = 0.25;
/// From so many standard deviations of all rows a group's mean is worth a word.
const WORTH: f64 = 0.5;

struct Columns {
    names: Vec<String>,
    means: Vec<f64>,
    spreads: Vec<f64>,
    /// Of the rows that have all: their place in the file, and their standardised values.
    places: Vec<usize>,
    rows: Vec<Vec<f64>>,
}

/// # Errors
/// Columns that are not there or hold texts, none that varies, fewer than three usable rows, a number of groups that is none.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let out = q.ignore.iter().chain(&q.id).map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    let id = q.id.as_deref().map(|name| table.column(name)).transpose()?;
    let mut warnings = Vec::new();
    let columns = standardised(&table, q, &out, &mut warnings)?;
    let n = columns.rows.len();
    if q.k.is_some_and(|k| k == 0 || k > n) {
        return Err(Refusal(format!("--k {} is not within 1 and the {n} rows that can be grouped.", q.k.unwrap_or(0))));
    }
    let fitted = |rows: &[Vec<f64>], k: usize| k_means(rows, k).map(|found| (silhouette(rows, &found.of), found));
    // how many groups there are is seen from an even sample as well
    let sample: Vec<Vec<f64>> = columns.rows.iter().step_by(n.div_ceil(SAMPLE)).cloned().collect();
    let mut models = Vec::new();
    let chosen: Option<(Option<f64>, Clusters)> = match q.k {
        Some(k) => fitted(&columns.rows, k),
        None => {
            let all: Vec<_> = (2..=MOST.min(sample.len() - 1)).filter_map(|k| fitted(&sample, k)).collect();
            models = all.iter().map(|(s, c)| json!({"name": format!("{} groups", c.sizes.len()), "quality": {"silhouette": s.map_or(Json::Null, figure), "within": figure(c.within)}})).collect();
            // of equal ones the fewest groups
            let best = all.into_iter().rev().max_by(|a, b| a.0.unwrap_or(-1.0).total_cmp(&b.0.unwrap_or(-1.0)));
            if sample.len() == n { best } else { best.and_then(|(_, c)| fitted(&columns.rows, c.sizes.len())) }
        }
    };
    let (told, found) = chosen.ok_or_else(|| Refusal(format!("{} has fewer different rows than groups are asked for.", q.file.display())))?;
    let chance = by_chance(&columns.rows, found.sizes.len());
    if let (Some(told), true) = (told, found.sizes.len() > 1)
        && told < chance.unwrap_or(NONE).max(NONE)
    {
        warnings.push(
            json!({"kind": "no_skill", "detail": format!("The groups hardly stand apart (silhouette {told:.2}; an even cloud comes to {:.2}): they cut up what is one.", chance.unwrap_or(0.0))}),
        );
    }
    if let Some(small) = found.sizes.iter().find(|s| real(**s) < 0.01 * real(n) || **s == 1) {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("A group has {small} of {n} rows: single rows far from all others make groups of their own.")}));
    }
    let rows: Vec<Json> =
        columns.places.iter().zip(&found.of).map(|(at, group)| json!({"id": id.and_then(|c| table.rows[*at][c].clone()).map_or_else(|| json!(at), Json::from), "cluster": group + 1})).collect();
    let total: f64 = columns.rows.iter().flatten().map(|v| v * v).sum();
    Ok(json!({"method": "cluster", "n": n, "parameters": {"columns": columns.names, "k": found.sizes.len(), "clusters": groups(&columns, &found)},
        "quality": {"silhouette": told.map_or(Json::Null, figure), "silhouette_by_chance": chance.map_or(Json::Null, figure), "explained": figure(1.0 - found.within / total)}, "models": models, "chosen": format!("{} groups", found.sizes.len()), "warnings": warnings, "rows": rows}))
}
fn standardised(table: &Table, q: &Question, out: &BTreeSet<usize>, warnings: &mut Vec<Json>) -> Result<Columns, Refusal> {
    let columns = varying(table, &q.columns, out, warnings)?;
    if columns.is_empty() {
        return Err(Refusal(format!("No column of {} holds numbers that differ.", q.file.display())));
    }
    let places: Vec<usize> = (0..table.rows.len()).filter(|i| columns.iter().all(|(_, values)| values[*i].is_some())).collect();
    if places.len() < table.rows.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} of {} rows lack a value and are in no group.", table.rows.len() - places.len(), table.rows.len())}));
    }
    if places.len() < 3 {
        return Err(Refusal(format!("{} rows have a number in every column; groups need at least 3. Leave columns out by --ignore.", places.len())));
    }
    let mut made = Columns { names: Vec::new(), means: Vec::new(), spreads: Vec::new(), rows: vec![Vec::new(); places.len()], places };
    for (at, values) in &columns {
        let values: Vec<f64> = made.places.iter().filter_map(|i| values[*i]).collect();
        let (centre, spread) = (mean(&values), variance(&values).sqrt());
        // it may vary in rows only that are left out
        if !spread.is_finite() || spread <= 0.0 {
            continue;
        }
        made.names.push(table.columns[*at].clone());
        made.means.push(centre);
        made.spreads.push(spread);
        made.rows.iter_mut().zip(&values).for_each(|(row, v)| row.push((v - centre) / spread));
    }
    if made.names.is_empty() {
        return Err(Refusal("The rows that have all values are all the same.".into()));
    }
    Ok(made)
}
/// Each group: its size, its centre in the units of the file, and what sets it apart from all rows.
fn groups(columns: &Columns, found: &Clusters) -> Vec<Json> {
    let n = real(columns.rows.len());
    let one = |(place, (centre, size)): (usize, (&Vec<f64>, &usize))| {
        let units: Map<String, Json> =
            columns.names.iter().zip(centre).zip(columns.means.iter().zip(&columns.spreads)).map(|((name, c), (mean, spread))| (name.clone(), figure(mean + c * spread))).collect();
        let mut apart: Vec<(usize, f64)> = centre.iter().copied().enumerate().filter(|(_, c)| c.abs() >= WORTH).collect();
        apart.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let words: Vec<String> = apart.iter().take(4).map(|(i, c)| format!("{} {} ({c:+.1} sd)", if *c > 0.0 { "high" } else { "low" }, columns.names[*i])).collect();
        json!({"cluster": place + 1, "n": size, "share": figure(real(*size) / n), "centre": units, "apart": if words.is_empty() { "as the average".to_owned() } else { words.join(", ") }})
    };
    found.centres.iter().zip(&found.sizes).enumerate().map(one).collect()
}
