//! How series of numbers go on.

mod calendar;
mod series;

pub use calendar::Unit;

use crate::{Refusal, round::figure};
use serde_json::{Map, Value as Json, json};
use series::{Read, Series};
use stats::forecast::{Choice, Judged, WITHIN_80, WITHIN_95, choose, mae, scale, smape};
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    /// Names series; without it the file is one.
    pub series: Option<String>,
    pub date: String,
    pub value: String,
    /// Steps to look ahead.
    pub horizon: usize,
    /// Steps of a season, where it is not to be found out.
    pub season: Option<usize>,
    /// Adds values up by this; told from the dates where it is not given.
    pub unit: Option<Unit>,
    /// The last day that is looked at; what the file has after it tells how good the forecast is.
    pub until: Option<String>,
}
/// Steps beyond which nothing is forecast.
const FURTHEST: usize = 1_000;
/// Steps of a history below which a forecast is hardly more than a guess.
const FEW: usize = 8;

/// # Errors
/// Columns that are not there, dates without an even step, no usable row, a horizon or season that is none.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    if !(1..=FURTHEST).contains(&q.horizon) {
        return Err(Refusal(format!("--horizon {} is not within 1 and {FURTHEST}.", q.horizon)));
    }
    if q.season == Some(0) {
        return Err(Refusal("--season 0 is no season; 1 asks for none.".into()));
    }
    let mut read = series::read(q)?;
    let seasons: Vec<usize> = q.season.map_or_else(|| read.calendar.unit.seasons().to_vec(), |m| vec![m]);
    let choices = side_by_side(&read.series, &seasons, q.horizon);
    let mut warnings = std::mem::take(&mut read.warnings);
    warn(&read, &choices, &seasons, q, &mut warnings);
    let came = q.until.as_ref().and_then(|_| came(&read, &choices, &seasons, q.horizon));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for choice in &choices {
        *counts.entry(&choice.method).or_default() += 1;
    }
    let chosen = counts.iter().max_by_key(|(_, n)| **n).map_or("", |(name, _)| name);
    let models: Vec<Json> = pooled(choices.iter().flat_map(|c| &c.judged)).into_iter().map(|(name, quality)| json!({"name": name, "quality": quality})).collect();
    let n: usize = read.series.iter().map(|s| s.history.len()).sum();
    let mut parameters = json!({"unit": read.calendar.unit.word(), "seasons": seasons, "horizon": q.horizon, "series": choices.len(), "summed": read.summed,
        "origins": choices.iter().map(|c| c.origins).max()});
    if choices.len() > 1 {
        parameters["chosen_by_series"] = json!(counts);
    }
    Ok(json!({"method": "forecast", "n": n, "parameters": parameters, "models": models, "chosen": chosen, "quality": came.unwrap_or_else(|| held_out(&choices)),
        "warnings": warnings, "rows": rows(&read, &choices)}))
}
/// Series are independent: they share the cores. The answer does not depend on how many there are.
fn side_by_side(series: &[Series], seasons: &[usize], horizon: usize) -> Vec<Choice> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(series.len()).max(1);
    let one = |s: &Series| choose(&s.history, seasons, horizon);
    if cores == 1 {
        return series.iter().map(one).collect();
    }
    let parts: Vec<Option<Vec<Choice>>> = std::thread::scope(|scope| {
        let running: Vec<_> = series.chunks(series.len().div_ceil(cores)).map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        running.into_iter().map(|thread| thread.join().ok()).collect()
    });
    parts.into_iter().collect::<Option<Vec<_>>>().map_or_else(|| series.iter().map(one).collect(), |found| found.concat())
}
fn warn(read: &Read, choices: &[Choice], seasons: &[usize], q: &Question, warnings: &mut Vec<Json>) {
    let few = read.series.iter().filter(|s| s.history.len() < FEW).count();
    if few > 0 {
        warnings.push(
            json!({"kind": "too_little_data", "detail": format!("{few} of {} series have fewer than {FEW} values: their forecast is hardly more than the last values again.", read.series.len())}),
        );
    }
    let far = read.series.iter().filter(|s| s.history.len() < q.horizon).count();
    if far > 0 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{far} series are asked further ahead than they reach back.")}));
    }
    if let Some(season) = q.season.filter(|m| *m > 1) {
        let short = read.series.iter().filter(|s| s.history.len() < 2 * season).count();
        if short > 0 {
            warnings.push(json!({"kind": "too_little_data", "detail": format!("{short} series have fewer than two seasons of {season}: only \"seasonal_naive\" can use it.")}));
        }
    }
    // the plain guess is the bar for everything else
    let beaten = |c: &Choice| c.quality().is_some_and(|own| c.judged.iter().any(|j| (j.name == "naive" || j.name == "seasonal_naive") && j.name != c.method && j.mae < own.mae));
    let unskilled = choices.iter().filter(|c| beaten(c)).count();
    if unskilled * 2 > choices.len() {
        warnings
            .push(json!({"kind": "no_skill", "detail": format!("For {unskilled} of {} series the last value or the last season again would have been closer on what was held out.", choices.len())}));
    }
    if seasons.is_empty() && q.season.is_none() {
        return;
    }
    let still = read.series.iter().filter(|s| s.history.len() > 1 && s.history.windows(2).all(|w| w[0].total_cmp(&w[1]).is_eq())).count();
    if still > 0 {
        warnings.push(json!({"kind": "constant", "detail": format!("{still} series never change; they are carried on, and their intervals mean nothing.")}));
    }
}
/// Means over series, by method; a measure that a series cannot have is left out of its mean.
fn pooled<'a>(judged: impl Iterator<Item = &'a Judged>) -> Vec<(String, Json)> {
    let mut order: Vec<String> = Vec::new();
    let mut by_name: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for one in judged {
        if !by_name.contains_key(&one.name) {
            order.push(one.name.clone());
        }
        by_name.entry(one.name.clone()).or_default().push(one);
    }
    order.into_iter().map(|name| (name.clone(), measures(by_name.get(&name).map_or(&[], Vec::as_slice)))).collect()
}
fn measures(judged: &[&Judged]) -> Json {
    let of = |values: Vec<f64>| figure(average(&values));
    json!({"mae": of(judged.iter().map(|j| j.mae).collect()), "smape": of(judged.iter().map(|j| j.smape).collect()), "mase": of(judged.iter().filter_map(|j| j.mase).collect()), "series": judged.len()})
}
/// NaN, which is written as null, for none.
fn average(values: &[f64]) -> f64 {
    let n = u32::try_from(values.len()).map_or(f64::NAN, f64::from);
    values.iter().sum::<f64>() / n
}
fn held_out(choices: &[Choice]) -> Json {
    let mut quality = measures(&choices.iter().filter_map(Choice::quality).collect::<Vec<_>>());
    let covered: Vec<(f64, f64)> = choices.iter().filter_map(|c| c.coverage).collect();
    quality["coverage_80"] = figure(average(&covered.iter().map(|c| c.0).collect::<Vec<_>>()));
    quality["coverage_95"] = figure(average(&covered.iter().map(|c| c.1).collect::<Vec<_>>()));
    quality["of"] = json!("held_out");
    quality
}
/// Against what came after the last day that was looked at; `None` where nothing did.
fn came(read: &Read, choices: &[Choice], seasons: &[usize], horizon: usize) -> Option<Json> {
    let (mut judged, mut within) = (Vec::new(), (Vec::new(), Vec::new()));
    let mut percent = Vec::new();
    for (series, choice) in read.series.iter().zip(choices) {
        let met: Vec<(f64, f64, f64)> =
            (0..horizon).filter_map(|h| Some((*series.later.get(&(series.last + i64::try_from(h).ok()? + 1))?, *choice.path.mean.get(h)?, *choice.path.sd.get(h)?))).collect();
        if met.is_empty() {
            continue;
        }
        let (actual, expected): (Vec<f64>, Vec<f64>) = met.iter().map(|(a, e, _)| (*a, *e)).unzip();
        let season = seasons.iter().copied().find(|m| series.history.len() >= 2 * m).unwrap_or(1);
        let off = mae(&actual, &expected);
        judged.push(Judged { name: choice.method.clone(), smape: smape(&actual, &expected), mase: scale(&series.history, season).map(|s| off / s), mae: off });
        percent.extend(met.iter().filter(|(a, ..)| *a != 0.0).map(|(a, e, _)| 100.0 * ((a - e) / a).abs()));
        within.0.extend(met.iter().map(|(a, e, s)| f64::from((a - e).abs() <= WITHIN_80 * s)));
        within.1.extend(met.iter().map(|(a, e, s)| f64::from((a - e).abs() <= WITHIN_95 * s)));
    }
    if judged.is_empty() {
        return None;
    }
    let mut quality = measures(&judged.iter().collect::<Vec<_>>());
    quality["mape"] = figure(average(&percent));
    quality["coverage_80"] = figure(average(&within.0));
    quality["coverage_95"] = figure(average(&within.1));
    quality["of"] = json!("after_until");
    Some(quality)
}
fn rows(read: &Read, choices: &[Choice]) -> Vec<Json> {
    let mut rows = Vec::new();
    for (series, choice) in read.series.iter().zip(choices) {
        let positive = series.history.iter().all(|v| *v >= 0.0);
        // an interval of no width would say that nothing can go wrong
        let limit = |h: usize, z: f64| {
            let (mean, sd) = (choice.path.mean[h], choice.path.sd.get(h).copied().filter(|s| *s > 0.0).unwrap_or(f64::NAN));
            let at = mean + z * sd;
            figure(if positive && at < 0.0 { 0.0 } else { at })
        };
        let mut step = series.last;
        for h in 0..choice.path.mean.len() {
            step += 1;
            let mut row = Map::new();
            row.insert("id".into(), json!(series.id));
            row.insert("date".into(), read.calendar.day(step).map_or(Json::Null, |d| json!(d.to_string())));
            row.insert("value".into(), figure(choice.path.mean[h]));
            for (name, z) in [("low_80", -WITHIN_80), ("high_80", WITHIN_80), ("low_95", -WITHIN_95), ("high_95", WITHIN_95)] {
                row.insert(name.into(), limit(h, z));
            }
            row.insert("method".into(), json!(choice.method));
            rows.push(Json::Object(row));
        }
    }
    rows
}
