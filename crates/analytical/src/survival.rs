//! How long until it happens, and what hastens it.

use crate::{Refusal, numbers::Style, round::figure, table::Table};
use serde_json::{Map, Value as Json, json};
use stats::survival::{Cox, CoxError, Observed, concordance, kaplan_meier, log_rank};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub duration: String,
    pub event: String,
    /// Names rows; left out of what may hasten it.
    pub id: Option<String>,
    pub ignore: Vec<String>,
    /// Two groups to be compared.
    pub treatment: Option<String>,
}
/// A text column with more values than this is no category.
const CATEGORIES: usize = 12;

/// # Errors
/// Columns that are not there, no usable row.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let (duration, event) = (table.column(&q.duration)?, table.column(&q.event)?);
    let mut out = q.ignore.iter().chain(&q.id).map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    out.extend([duration, event]);
    let style = Style::of(table.rows.iter().filter_map(|row| row[duration].as_deref()));
    let read: Vec<Option<Observed>> =
        table.rows.iter().map(|row| Some(Observed { time: style.read(row[duration].as_deref()?).filter(|t| *t >= 0.0)?, event: happened(row[event].as_deref()?)? })).collect();
    let mut warnings = Vec::new();
    let unread = read.iter().filter(|o| o.is_none()).count();
    if unread > 0 {
        warnings.push(json!({"kind": "left_out", "detail": format!("{unread} of {} rows have no duration of 0 or more, or no event of 1 or 0, and are left out.", read.len())}));
    }
    let kept: Vec<usize> = (0..read.len()).filter(|i| read[*i].is_some()).collect();
    let subjects: Vec<Observed> = kept.iter().filter_map(|i| read[*i]).collect();
    if subjects.is_empty() {
        return Err(Refusal(format!("No row of {} has a duration in \"{}\" and 1 or 0 in \"{}\".", q.file.display(), q.duration, q.event)));
    }
    let events = subjects.iter().filter(|s| s.event).count();
    if events < 10 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("It happened to {events} only; below ten the curve is rough.")}));
    }
    let steps = kaplan_meier(&subjects);
    let rows: Vec<Json> = steps
        .iter()
        .map(|s| json!({"id": figure(s.time), "at_risk": s.at_risk, "events": s.events, "censored": s.censored, "survival": figure(s.survival), "low": figure(s.low), "high": figure(s.high)}))
        .collect();
    let median = steps.iter().find(|s| s.survival <= 0.5).map_or(Json::Null, |s| figure(s.time));
    let mut parameters = json!({"events": events, "median": median});
    if let (Some(name), Some(map)) = (&q.treatment, parameters.as_object_mut()) {
        map.insert("log_rank".into(), compared(&table, table.column(name)?, &kept, &subjects)?);
    }
    let mut answer = json!({"method": "survival", "n": subjects.len(), "quality": {}, "rows": rows});
    let covariates = covariates(&table, &out, &kept, &mut warnings);
    if !covariates.names.is_empty() {
        cox(&covariates, &subjects, &mut parameters, &mut answer, &mut warnings);
    }
    answer["parameters"] = parameters;
    answer["warnings"] = json!(warnings);
    Ok(answer)
}
fn happened(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" | "y" | "t" => Some(true),
        "0" | "0.0" | "false" | "no" | "n" | "f" => Some(false),
        _ => None,
    }
}
fn compared(table: &Table, at: usize, kept: &[usize], subjects: &[Observed]) -> Result<Json, Refusal> {
    let groups: BTreeSet<&str> = kept.iter().filter_map(|i| table.rows[*i][at].as_deref()).collect();
    let [_, second] = groups.iter().copied().collect::<Vec<_>>()[..] else {
        return Err(Refusal(format!("--treatment \"{}\" has {} groups; two are compared.", table.columns[at], groups.len())));
    };
    let marked: Vec<(Observed, bool)> = kept.iter().zip(subjects).filter_map(|(i, s)| Some((*s, table.rows[*i][at].as_deref()? == second))).collect();
    Ok(log_rank(&marked).map_or(Json::Null, |found| json!({"column": table.columns[at], "chi2": figure(found.chi2), "p": figure(found.p)})))
}

struct Covariates {
    names: Vec<String>,
    /// One for each kept row; `None` where a cell is missing.
    rows: Vec<Option<Vec<f64>>>,
}
/// Numbers as they are; texts of few values as one column for each value but the most frequent.
fn covariates(table: &Table, out: &BTreeSet<usize>, kept: &[usize], warnings: &mut Vec<Json>) -> Covariates {
    let mut names = Vec::new();
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    for at in (0..table.columns.len()).filter(|at| !out.contains(at)) {
        let cells: Vec<Option<&str>> = kept.iter().map(|i| table.rows[*i][at].as_deref()).collect();
        let style = Style::of(cells.iter().flatten().copied());
        let name = &table.columns[at];
        let mut drop = |why: &str| warnings.push(json!({"kind": "left_out", "column": name, "detail": format!("This column {why} and is left out.")}));
        if cells.iter().flatten().all(|cell| style.read(cell).is_some()) {
            let values: Vec<Option<f64>> = cells.iter().map(|c| c.and_then(|c| style.read(c))).collect();
            let known: BTreeSet<u64> = values.iter().flatten().map(|v| v.to_bits()).collect();
            match known.len() {
                0 => drop("is empty"),
                1 => drop("has the same value everywhere"),
                _ => {
                    names.push(name.clone());
                    columns.push(values);
                }
            }
            continue;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for cell in cells.iter().flatten() {
            *counts.entry(cell).or_default() += 1;
        }
        if counts.len() < 2 || counts.len() > CATEGORIES {
            drop(if counts.len() < 2 { "has the same value everywhere" } else { "has too many different texts" });
            continue;
        }
        let usual = counts.iter().max_by_key(|(_, n)| **n).map_or("", |(value, _)| value);
        for value in counts.keys().filter(|v| **v != usual) {
            names.push(format!("{name}={value}"));
            columns.push(cells.iter().map(|c| c.map(|c| f64::from(c == *value))).collect());
        }
    }
    let rows = (0..kept.len()).map(|i| columns.iter().map(|c| c[i]).collect()).collect();
    Covariates { names, rows }
}
fn cox(covariates: &Covariates, subjects: &[Observed], parameters: &mut Json, answer: &mut Json, warnings: &mut Vec<Json>) {
    let whole: Vec<(Observed, Vec<f64>)> = subjects.iter().zip(&covariates.rows).filter_map(|(s, r)| Some((*s, r.clone()?))).collect();
    if whole.len() < subjects.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} rows miss a value; the curve counts them, the coefficients do not.", subjects.len() - whole.len())}));
    }
    let (times, rows): (Vec<Observed>, Vec<Vec<f64>>) = whole.into_iter().unzip();
    let found = match Cox::fit(&times, &rows) {
        Ok(found) => found,
        Err(CoxError::TooLittle { events, covariates }) => {
            return warnings.push(json!({"kind": "too_little_data", "detail": format!("It happened {events} times, with {covariates} columns to explain it: too few for coefficients.")}));
        }
        Err(CoxError::Singular) => {
            return warnings
                .push(json!({"kind": "no_fit", "detail": "Columns follow from one another, or one tells the outcome altogether: there are no finite coefficients. Leave columns out by --ignore."}));
        }
    };
    let (mut coefficients, mut errors) = (Map::new(), Map::new());
    for ((name, c), e) in covariates.names.iter().zip(&found.coefficients).zip(&found.standard_errors) {
        coefficients.insert(name.clone(), figure(*c));
        errors.insert(name.clone(), figure(*e));
    }
    let risks: Vec<(Observed, f64)> = times.iter().zip(&rows).map(|(t, r)| (*t, found.risk(r))).collect();
    parameters["cox"] = json!({"coefficients": coefficients, "standard_errors": errors, "ties": "efron", "n": rows.len(), "log_likelihood_null": figure(found.log_likelihood_null)});
    answer["log_likelihood"] = figure(found.log_likelihood);
    answer["quality"] = json!({"concordance": concordance(&risks).map_or(Json::Null, figure)});
}
