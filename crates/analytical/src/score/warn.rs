//! What a user of scores should heed: a column that knows the outcome, and times that have changed.

use crate::features::Features;
use serde_json::{Value as Json, json};
use stats::predict::{
    Column, Frame,
    boost::Boosted,
    contest::{Contest, Kind},
    drawn, metrics,
};

/// Columns whose loss is tried out.
const SUSPECTS: usize = 3;
/// By itself a column as telling as this is asked about...
const TELLING: f64 = 0.7;
/// ...and known to lead where without it the area under the curve falls by this much. Honest columns share what they tell with others.
const LOSS: f64 = 0.05;
/// Where the others together tell less than this, one that tells something is what there is to know...
const OTHERS: f64 = 0.6;
/// ...unless it tells more than the future lets anybody know.
const ALL: f64 = 0.9;
/// Trees of a quick fit.
const TREES: usize = 60;

fn part(rows: &[usize], purpose: u64, share: f64) -> (Vec<usize>, Vec<usize>) {
    rows.iter().partition(|i| drawn(**i as u64, purpose) >= share)
}
/// Area under the curve of a quick model, on a third of the rows that it did not see.
fn area(frame: &Frame, truth: &[bool], rows: &[usize]) -> Option<f64> {
    let (taught, asked) = part(rows, 21, 1.0 / 3.0);
    let model = Boosted::fit(frame, truth, &taught, &[], TREES);
    let came: Vec<bool> = asked.iter().map(|i| truth[*i]).collect();
    metrics::auc(&model.scores(frame, &asked), &came).map(|a| a.value)
}
fn alone(frame: &Frame, column: usize) -> Frame {
    Frame { columns: vec![frame.columns[column].clone()], rows: frame.rows }
}

/// A column that is known only after the outcome, or because of it, makes a model that is worth nothing when it counts.
pub(super) fn leaks(features: &Features, truth: &[bool], rows: &[usize], held: &Contest, warnings: &mut Vec<Json>) {
    let frame = &features.frame;
    if !held.has_skill || frame.columns.is_empty() {
        return;
    }
    let mut own: Vec<(usize, f64)> = (0..frame.columns.len()).filter_map(|at| Some((at, area(&alone(frame, at), truth, rows)?))).collect();
    own.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some(whole) = area(frame, truth, rows) else { return };
    for (at, tells) in own.into_iter().take(SUSPECTS).filter(|(_, tells)| *tells >= TELLING) {
        let without = area(&frame.without(&[at]), truth, rows).unwrap_or(0.5);
        if whole - without >= LOSS && (without >= OTHERS || tells >= ALL) {
            let detail = format!(
                "This column alone tells almost too much (AUC {tells:.3}); without it the AUC falls from {whole:.3} to {without:.3}. If it is known only once the outcome is, leave it out by --ignore {}: the score will be worse, and true.",
                features.names[at]
            );
            warnings.push(json!({"kind": "leak", "column": features.names[at], "detail": detail}));
        }
    }
    for (at, column) in frame.columns.iter().enumerate() {
        let is_filled = |i: usize| match column {
            Column::Number(values) => values[i].is_finite(),
            Column::Category(codes) => codes[i].is_some(),
        };
        let (filled, empty): (Vec<usize>, Vec<usize>) = rows.iter().partition(|i| is_filled(**i));
        let share = |rows: &[usize]| rows.iter().filter(|i| truth[**i]).count() * 100 / rows.len().max(1);
        let all = share(rows);
        if filled.len().min(empty.len()) >= 20 && all < 90 && (share(&filled) >= 98 || share(&filled) == 0 && all >= 2 && filled.len() * all >= 1_000) {
            let detail = format!(
                "This column is filled in on {} rows, and {} % of them have the outcome: it seems to be written because of it. Leave it out by --ignore {}.",
                filled.len(),
                share(&filled),
                features.names[at]
            );
            warnings.push(json!({"kind": "leak", "column": features.names[at], "detail": detail}));
        }
    }
}

/// The last fifth of the rows against those before: in a table in the order of time, the future that a model will meet.
pub(super) fn drift(features: &Features, truth: &[Option<bool>], held: &Contest, warnings: &mut Vec<Json>) {
    let known: Vec<usize> = (0..truth.len()).filter(|i| truth[*i].is_some()).collect();
    let cut = known.len() * 4 / 5;
    let (before, after) = known.split_at(cut);
    if after.len() < 100 {
        return warnings.push(json!({"kind": "too_little_data", "detail": "With fewer than 500 rows it is not looked at whether times have changed."}));
    }
    let came: Vec<bool> = truth.iter().map(|t| t.unwrap_or(false)).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let share = |rows: &[usize]| rows.iter().filter(|i| came[**i]).count() as f64 / rows.len() as f64;
    let (was, is) = (share(before), share(after));
    let all = share(&known);
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let error = (all * (1.0 - all) * (1.0 / before.len() as f64 + 1.0 / after.len() as f64)).sqrt();
    let ratio = is.max(1e-9) / was.max(1e-9);
    if (is - was).abs() > 4.0 * error && !(0.8..=1.25).contains(&ratio) {
        let frame = &features.frame;
        let model = held.fit(held.chosen, frame, &came, before);
        let said = model.scores(frame, after);
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let expected = said.iter().sum::<f64>() / said.len() as f64;
        let outcomes: Vec<bool> = after.iter().map(|i| came[*i]).collect();
        let order = match (held.chosen, metrics::auc(&said, &outcomes)) {
            (Kind::BaseRate, _) | (_, None) => String::new(),
            (_, Some(auc)) => format!(" It still orders them with an AUC of {:.3}.", auc.value),
        };
        let detail = format!(
            "The last fifth of the rows differs from those before: {:.1} % have the outcome, {:.1} % had it. A model of the earlier rows expects {:.1} % there.{order} If the rows are in the order of time, learn from recent ones, and check again soon.",
            100.0 * is,
            100.0 * was,
            100.0 * expected
        );
        warnings.push(json!({"kind": "drift", "detail": detail}));
    }
    for (at, column) in features.frame.columns.iter().enumerate() {
        let (was, is) = (counts(column, before, before), counts(column, before, after));
        // by chance alone the index is this much, for groups that hold anything
        let groups = was.iter().zip(&is).filter(|(a, b)| **a + **b > 0).count();
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let chance = groups.saturating_sub(1) as f64 * (1.0 / before.len() as f64 + 1.0 / after.len() as f64);
        let moved = metrics::stability(&was, &is) - 2.0 * chance;
        if moved >= 0.25 {
            let detail = format!(
                "The values of this column are not what they were: in the last fifth of the rows they are spread otherwise (population stability index {moved:.2} beyond chance; from 0.25 on a model should be learnt anew)."
            );
            warnings.push(json!({"kind": "drift", "column": features.names[at], "detail": detail}));
        }
    }
}
/// Rows in tenths of a number as they were before, or with each value of a category; what is missing is a group of its own.
fn counts(column: &Column, before: &[usize], rows: &[usize]) -> Vec<usize> {
    match column {
        Column::Number(values) => {
            let mut known: Vec<f64> = before.iter().map(|i| values[*i]).filter(|v| v.is_finite()).collect();
            known.sort_by(f64::total_cmp);
            let mut edges: Vec<f64> = (1..10).filter_map(|k| known.get(known.len() * k / 10).copied()).collect();
            edges.dedup();
            let mut out = vec![0; edges.len() + 2];
            for i in rows {
                let at = if values[*i].is_finite() { edges.partition_point(|e| *e < values[*i]) } else { edges.len() + 1 };
                out[at] += 1;
            }
            out
        }
        Column::Category(codes) => {
            let most = codes.iter().flatten().max().and_then(|c| usize::try_from(*c).ok()).unwrap_or(0);
            let mut out = vec![0; most + 2];
            for i in rows {
                out[codes[*i].and_then(|c| usize::try_from(c).ok()).unwrap_or(most + 1)] += 1;
            }
            out
        }
    }
}
