//! One tree that people can read: who has an outcome, in rules.

use crate::{
    Refusal,
    features::{Features, Target, kept_back},
    numbers::Style,
    round::figure,
    table::Table,
};
use serde_json::{Value as Json, json};
use stats::{
    cart::{Cart, Test},
    predict::metrics,
};
use std::{collections::BTreeSet, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub target: String,
    pub positive: Option<String>,
    pub id: Option<String>,
    pub ignore: Vec<String>,
    pub test: Option<String>,
}
/// A number with more different values than this is an outcome of its own; otherwise its values are told apart.
const NUMBER: usize = 10;

/// # Errors
/// Columns that are not there, a target that is neither a number nor of two values, nothing to learn from or to test on.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let at = table.column(&q.target)?;
    let mut out = q.ignore.iter().chain(&q.id).map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    out.insert(at);
    let cells: Vec<Option<&str>> = table.rows.iter().map(|row| row[at].as_deref()).collect();
    let style = Style::of(cells.iter().flatten().copied());
    let different: BTreeSet<&str> = cells.iter().flatten().copied().collect();
    let is_number = q.positive.is_none() && different.len() > NUMBER && cells.iter().flatten().all(|c| style.read(c).is_some());
    let (outcome, positive): (Vec<Option<f64>>, Option<String>) = if is_number {
        (cells.iter().map(|c| c.and_then(|c| style.read(c))).collect(), None)
    } else {
        let target = Target::of(&table, &q.target, q.positive.as_deref(), None)?;
        (target.truth.iter().map(|t| t.map(f64::from)).collect(), Some(target.positive))
    };
    let kept = kept_back(&table, q.test.as_deref().unwrap_or("row % 5 == 0"))?;
    let rows_of = |tested: bool| -> Vec<usize> { (0..table.rows.len()).filter(|i| outcome[*i].is_some() && kept[*i] == tested).collect() };
    let (learnt, tested) = (rows_of(false), rows_of(true));
    if learnt.is_empty() || tested.is_empty() {
        return Err(Refusal(format!("{} rows may be learnt from and {} are kept back by the test; both are needed. Choose another --test.", learnt.len(), tested.len())));
    }
    let mut warnings = Vec::new();
    let features = Features::of(&table, &out, &mut warnings);
    let y: Vec<f64> = outcome.iter().map(|v| v.unwrap_or(0.0)).collect();
    let tree = Cart::learn(&features.frame, &y, &learnt);
    if tree.nodes.len() == 1 {
        warnings.push(json!({"kind": "no_skill", "detail": "No split holds on rows that it was not learnt from: what is known does not part the outcome."}));
    }
    let said: Vec<f64> = tested.iter().map(|row| tree.mean_of(&features.frame, *row)).collect();
    let came: Vec<f64> = tested.iter().map(|row| y[*row]).collect();
    let mut rows = Vec::new();
    rules(&tree, &features, 0, &mut Vec::new(), learnt.len(), positive.is_some(), &mut rows);
    rows.sort_by(|a, b| b["mean"].as_f64().unwrap_or(0.0).total_cmp(&a["mean"].as_f64().unwrap_or(0.0)));
    for (n, row) in rows.iter_mut().enumerate() {
        row["id"] = json!(n + 1);
    }
    let parameters = json!({"target": table.columns[at], "positive": positive, "learnt_from": learnt.len(), "tested_on": tested.len(), "mean": figure(tree.nodes[0].mean), "leaves": rows.len(), "columns": features.names});
    Ok(json!({"method": "tree", "n": learnt.len() + tested.len(), "parameters": parameters, "quality": quality(&said, &came, positive.is_some()), "warnings": warnings, "rows": rows}))
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}
/// On rows kept back.
fn quality(said: &[f64], came: &[f64], yes_or_no: bool) -> Json {
    let n = count(came.len());
    if yes_or_no {
        let truth: Vec<bool> = came.iter().map(|v| *v > 0.5).collect();
        let auc = metrics::auc(said, &truth);
        let optional = |value: Option<f64>| value.map_or(Json::Null, figure);
        return json!({"auc": optional(auc.map(|a| a.value)), "auc_low": optional(auc.map(|a| a.low)), "auc_high": optional(auc.map(|a| a.high)), "log_loss": figure(metrics::log_loss(said, &truth)), "brier": figure(metrics::brier(said, &truth))});
    }
    let mean = came.iter().sum::<f64>() / n;
    let spread: f64 = came.iter().map(|v| (v - mean).powi(2)).sum();
    let off: f64 = said.iter().zip(came).map(|(s, c)| (s - c).powi(2)).sum();
    let explained = if spread > 0.0 { figure(1.0 - off / spread) } else { Json::Null };
    json!({"r_squared": explained, "mae": figure(said.iter().zip(came).map(|(s, c)| (s - c).abs()).sum::<f64>() / n)})
}
/// Leaves as rules.
fn rules(tree: &Cart, features: &Features, at: usize, path: &mut Vec<String>, all: usize, yes_or_no: bool, out: &mut Vec<Json>) {
    let node = &tree.nodes[at];
    let Some(split) = &node.split else {
        let rule = if path.is_empty() { "all rows".to_owned() } else { path.join(" and ") };
        let mut row = json!({"id": 0, "rule": rule, "n": node.n, "share": figure(count(node.n) / count(all)), "mean": figure(node.mean)});
        if yes_or_no && tree.nodes[0].mean > 0.0 {
            row["lift"] = figure(node.mean / tree.nodes[0].mean);
        }
        return out.push(row);
    };
    let name = &features.names[split.column];
    let (yes, no) = match &split.test {
        Test::AtMost(most) => (format!("{name} <= {}", figure(*most)), format!("{name} > {}", figure(*most))),
        Test::Among(codes) => {
            let list = codes.iter().map(|code| features.label(split.column, *code)).collect::<Vec<_>>().join(", ");
            (format!("{name} in ({list})"), format!("{name} not in ({list})"))
        }
    };
    let unknown = |text: String, with: bool| if with { format!("({text} or not known)") } else { text };
    let gaps = features.has_gaps(split.column);
    path.push(unknown(yes, gaps && split.missing_holds));
    rules(tree, features, split.children[0], path, all, yes_or_no, out);
    path.pop();
    path.push(unknown(no, gaps && !split.missing_holds));
    rules(tree, features, split.children[1], path, all, yes_or_no, out);
    path.pop();
}
