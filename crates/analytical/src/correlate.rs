//! Which columns of numbers go together.

use crate::{
    Refusal,
    columns::{interval, real, varying},
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::{
    compare::holm,
    correlation::{Correlation, kendall, pearson, spearman},
};
use std::{collections::BTreeSet, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    /// Default: all columns of numbers.
    pub columns: Vec<String>,
    pub ignore: Vec<String>,
}
type Method = fn(&[f64], &[f64]) -> Option<Correlation>;
const METHODS: [(&str, Method); 3] = [("pearson", pearson), ("spearman", spearman), ("kendall", kendall)];
/// More columns make more pairs than anybody looks at.
const MOST: usize = 60;
/// From how far apart the two coefficients tell of a bend or of single rows.
const APART: f64 = 0.2;

struct Pair {
    columns: (usize, usize),
    n: usize,
    found: Vec<Option<Correlation>>,
    adjusted: Vec<f64>,
}

/// # Errors
/// Columns that are not there or hold texts, fewer than two that vary, more than sixty.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let out = q.ignore.iter().map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    let mut warnings = Vec::new();
    let columns = varying(&table, &q.columns, &out, &mut warnings)?;
    if !(2..=MOST).contains(&columns.len()) {
        return Err(Refusal(format!("{} columns of {} hold numbers that differ; 2 to {MOST} can be set against each other. Name them by --columns.", columns.len(), q.file.display())));
    }
    let mut pairs = Vec::new();
    for (i, (_, a)) in columns.iter().enumerate() {
        for (j, (_, b)) in columns.iter().enumerate().skip(i + 1) {
            let (x, y): (Vec<f64>, Vec<f64>) = a.iter().zip(b).filter_map(|(x, y)| Some(((*x)?, (*y)?))).unzip();
            pairs.push(Pair { columns: (i, j), n: x.len(), found: METHODS.iter().map(|(_, of)| of(&x, &y)).collect(), adjusted: Vec::new() });
        }
    }
    for at in 0..METHODS.len() {
        let p: Vec<f64> = pairs.iter().map(|pair| pair.found[at].map_or(f64::NAN, |f| f.p)).collect();
        pairs.iter_mut().zip(holm(&p)).for_each(|(pair, p)| pair.adjusted.push(p));
    }
    let name = |i: usize| table.columns[columns[i].0].as_str();
    heed(&pairs, &name, &mut warnings);
    let mut matrices = Map::new();
    for (at, (method, _)) in METHODS.iter().enumerate() {
        let cell = |i: usize, j: usize| {
            let pair = pairs.iter().find(|p| p.columns == (i.min(j), i.max(j)));
            if i == j { json!(1.0) } else { pair.and_then(|p| p.found[at]).map_or(Json::Null, |f| figure(f.r.value)) }
        };
        let row = |i: usize| (0..columns.len()).map(|j| (name(j).to_owned(), cell(i, j))).collect::<Map<_, _>>();
        matrices.insert((*method).into(), json!((0..columns.len()).map(|i| (name(i).to_owned(), Json::Object(row(i)))).collect::<Map<_, _>>()));
    }
    let rows: Vec<Json> = pairs.iter().map(|pair| told(pair, &name)).collect();
    Ok(json!({"method": "correlate", "n": table.rows.len(), "parameters": {"columns": (0..columns.len()).map(name).collect::<Vec<_>>(), "pairs": pairs.len(), "matrix": matrices},
        "quality": {}, "warnings": warnings, "rows": rows}))
}
fn told<'a>(pair: &Pair, name: &impl Fn(usize) -> &'a str) -> Json {
    let (a, b) = (name(pair.columns.0), name(pair.columns.1));
    let mut row = json!({"id": format!("{a} ~ {b}"), "a": a, "b": b, "n": pair.n});
    for ((method, _), (found, adjusted)) in METHODS.iter().zip(pair.found.iter().zip(&pair.adjusted)) {
        row[*method] = found.map_or(Json::Null, |f| {
            let mut told = interval(f.r);
            told["p"] = figure(f.p);
            told["p_holm"] = figure(*adjusted);
            told
        });
    }
    row
}
fn heed<'a>(pairs: &[Pair], name: &impl Fn(usize) -> &'a str, warnings: &mut Vec<Json>) {
    if pairs.len() > 1 {
        let alarms = real(pairs.len()) * 0.05;
        warnings.push(json!({"kind": "multiple_comparisons",
            "detail": format!("{} pairs are looked at: {alarms:.1} of them would have p below 0.05 if nothing went together. p_holm takes account of that.", pairs.len())}));
    }
    let few = pairs.iter().filter(|p| p.n < 10).count();
    if few > 0 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{few} of {} pairs rest on fewer than 10 rows.", pairs.len())}));
    }
    for pair in pairs {
        if let [Some(straight), Some(ranked), _] = pair.found[..]
            && (straight.r.value - ranked.r.value).abs() > APART
        {
            let (a, b) = (name(pair.columns.0), name(pair.columns.1));
            warnings.push(json!({"kind": "not_linear", "column": a,
                "detail": format!("{a} and {b}: Pearson {:.2} and Spearman {:.2} are far apart; a few rows or a bend make the difference.", straight.r.value, ranked.r.value)}));
        }
    }
}
