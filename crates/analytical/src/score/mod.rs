//! The chance of something for each row: a logistic regression and boosted trees side by side, the better one chosen among the rows
//! that may be learnt from, tried on rows kept back. Where nothing is to be told it says so and falls back to the base rate.

mod warn;

pub use stats::predict::profit::Campaign;

use crate::{
    Refusal,
    features::{Features, Target, base_rate, kept_back},
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::predict::{
    contest::{Contest, Kind, Model, contest},
    metrics,
};
use std::{collections::BTreeSet, path::PathBuf};

/// Fewer events or non-events among the rows learnt from tell little.
const FEW: usize = 50;
/// Reasons of a row that are told.
const REASONS: usize = 3;

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub target: String,
    pub positive: Option<String>,
    /// The only other value that counts; rows with any other are scored, not learnt from.
    pub negative: Option<String>,
    /// Names rows; left out of what is learnt from.
    pub id: Option<String>,
    pub ignore: Vec<String>,
    /// Which rows are kept back.
    pub test: Option<String>,
    /// Churn: also whom a campaign should reach.
    pub campaign: Option<Campaign>,
}

/// # Errors
/// Columns that are not there, a target without two values, no row to learn from or to test on.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    if let Some(c) = &q.campaign
        && ![c.worth, c.offer, c.contact].iter().all(|v| v.is_finite() && *v >= 0.0)
    {
        return Err(Refusal("What a customer is worth, what is offered and what reaching one costs are amounts from 0 on.".into()));
    }
    let table = Table::read(&q.file)?;
    let target = Target::of(&table, &q.target, q.positive.as_deref(), q.negative.as_deref())?;
    let mut out = q.ignore.iter().chain(&q.id).map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    out.insert(target.column);
    let id = q.id.as_ref().map(|name| table.column(name)).transpose()?;
    let kept = kept_back(&table, q.test.as_deref().unwrap_or("row % 5 == 0"))?;
    let rows_of = |tested: bool| -> Vec<usize> { (0..table.rows.len()).filter(|i| target.truth[*i].is_some() && kept[*i] == tested).collect() };
    let (learnt, tested) = (rows_of(false), rows_of(true));
    if learnt.is_empty() || tested.is_empty() {
        return Err(Refusal(format!("{} rows may be learnt from and {} are kept back by the test; both are needed. Choose another --test.", learnt.len(), tested.len())));
    }
    let truth: Vec<bool> = target.truth.iter().map(|t| t.unwrap_or(false)).collect();
    let mut warnings = Vec::new();
    let features = Features::of(&table, &out, &mut warnings);
    let events = learnt.iter().filter(|i| truth[**i]).count();
    if events.min(learnt.len() - events) < FEW {
        warnings
            .push(json!({"kind": "too_little_data", "detail": format!("Of {} rows learnt from, {events} have \"{}\"; below {FEW} of either kind, figures are rough.", learnt.len(), target.positive)}));
    }
    let open = target.truth.iter().filter(|t| t.is_none()).count();
    if open > 0 {
        warnings.push(json!({"kind": "open", "detail": format!("{open} rows have no outcome yet: they are scored, not learnt from.")}));
    }
    let held = contest(&features.frame, &truth, &learnt);
    let came: Vec<bool> = tested.iter().map(|i| truth[*i]).collect();
    let mut models = Vec::new();
    let mut chosen = Model::BaseRate(0.0);
    for kind in [Kind::BaseRate, Kind::Logistic, Kind::Boosted] {
        let model = held.fit(kind, &features.frame, &truth, &learnt);
        models.push(json!({"name": name(kind), "quality": quality(&model.scores(&features.frame, &tested), &came)}));
        if kind == held.chosen {
            chosen = model;
        }
    }
    let said = chosen.scores(&features.frame, &tested);
    let mut quality = quality(&said, &came);
    if let (Some(campaign), Some(map)) = (&q.campaign, quality.as_object_mut()) {
        whom_to_reach(campaign, &said, &came, map);
    }
    if !held.has_skill {
        let why = format!("What is known does not tell who: the better model gains {:.4} in log loss a row ({:.4} to {:.4}), so every row gets the base rate.", held.gain.0, held.gain.1, held.gain.2);
        warnings.push(json!({"kind": "no_skill", "detail": why}));
    }
    warn::leaks(&features, &truth, &learnt, &held, &mut warnings);
    warn::drift(&features, &target.truth, &held, &mut warnings);
    Ok(json!({
        "method": if q.campaign.is_some() { "churn" } else { "score" },
        "n": learnt.len() + tested.len(),
        "parameters": {
            "target": table.columns[target.column], "positive": target.positive, "learnt_from": learnt.len(), "tested_on": tested.len(),
            "base_rate": base_rate(&learnt.iter().map(|i| truth[*i]).collect::<Vec<_>>()), "columns": features.names, "ridge": figure(held.ridge), "trees": held.trees,
        },
        "quality": quality,
        "models": models,
        "chosen": name(held.chosen),
        "warnings": warnings,
        "rows": rows(&table, &features, &chosen, &held, (&learnt, &tested, &target.truth), id),
    }))
}
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::BaseRate => "base_rate",
        Kind::Logistic => "logistic",
        Kind::Boosted => "boosted",
    }
}
/// How good chances are against what came.
fn quality(said: &[f64], came: &[bool]) -> Json {
    let optional = |value: Option<f64>| value.map_or(Json::Null, figure);
    let auc = metrics::auc(said, came);
    let reliability: Vec<Json> =
        metrics::reliability(said, came).iter().map(|t| json!({"from": figure(t.low), "to": figure(t.high), "n": t.n, "said": figure(t.said), "came": figure(t.came)})).collect();
    json!({
        "auc": optional(auc.map(|a| a.value)), "auc_low": optional(auc.map(|a| a.low)), "auc_high": optional(auc.map(|a| a.high)), "gini": optional(auc.map(|a| 2.0 * a.value - 1.0)),
        "log_loss": figure(metrics::log_loss(said, came)), "brier": figure(metrics::brier(said, came)), "ece": figure(metrics::calibration_error(said, came)),
        "top_decile_lift": optional(metrics::lift(said, came, 0.1)), "calibration": reliability,
    })
}
/// The most profitable campaign to keep customers.
fn whom_to_reach(campaign: &Campaign, said: &[f64], came: &[bool], quality: &mut Map<String, Json>) {
    if let (Some(best), Some(expected)) = (campaign.best(said, came), campaign.expected(said, came)) {
        quality.insert("mpc".into(), json!({"profit": figure(best.profit), "share": figure(best.share), "from_score": figure(best.from)}));
        quality.insert("empc".into(), json!({"profit": figure(expected.profit), "share": figure(expected.share)}));
    }
}
/// Every row with its chance. Rows learnt from get one from models that did not see them.
fn rows(table: &Table, features: &Features, model: &Model, held: &Contest, (learnt, tested, truth): (&[usize], &[usize], &[Option<bool>]), id: Option<usize>) -> Vec<Json> {
    let frame = &features.frame;
    let mut scores: Vec<(f64, &str)> = model.scores(frame, &(0..table.rows.len()).collect::<Vec<_>>()).into_iter().map(|s| (s, "open")).collect();
    for (row, score) in learnt.iter().zip(held.held_out(held.chosen)) {
        scores[*row] = (*score, "learnt");
    }
    for row in tested {
        scores[*row].1 = "tested";
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].0.total_cmp(&scores[*a].0));
    let mut decile = vec![0; scores.len()];
    for (rank, row) in order.iter().enumerate() {
        decile[*row] = rank * 10 / scores.len() + 1;
    }
    let binned = match model {
        Model::Boosted(model) => Some(model.binned(frame)),
        _ => None,
    };
    let parts = |row: usize| match (model, &binned) {
        (Model::Logistic(model), _) => model.parts(frame, row),
        (Model::Boosted(model), Some(binned)) => model.parts(binned, row),
        _ => vec![],
    };
    (0..table.rows.len())
        .map(|row| {
            let mut strongest: Vec<(usize, f64)> = parts(row).into_iter().enumerate().filter(|(_, v)| v.abs() > 0.01).collect();
            strongest.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            let reasons: Vec<Json> = strongest
                .iter()
                .take(REASONS)
                .map(|(at, v)| json!({"column": features.names[*at], "value": features.cell(table, row, *at), "effect": if *v > 0.0 { "raises" } else { "lowers" }, "log_odds": figure(*v)}))
                .collect();
            let named = id.and_then(|at| table.rows[row][at].clone()).map_or_else(|| json!(row), Json::from);
            json!({"id": named, "score": figure(scores[row].0), "decile": decile[row], "part": scores[row].1, "outcome": truth[row], "reasons": reasons})
        })
        .collect()
}
