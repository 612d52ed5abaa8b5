//! Whether groups differ in a value, and whether they are as large as they were meant to be.

mod shares;

use crate::{
    Refusal,
    columns::{Numbers, in_order, interval, known, real},
    round::figure,
    table::Table,
};
use serde_json::{Map, Value as Json, json};
use stats::{
    compare::{anova, holm, kruskal_wallis, mann_whitney, mean_interval, welch, welch_anova},
    summary::{quantile, variance},
};
use std::path::PathBuf;

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub value: String,
    pub group: String,
    /// Sizes that the groups were meant to have, such as `a=1,b=1` or `0.5,0.5` in the order of the groups.
    pub expected: Vec<String>,
}
/// More groups than this are no groups.
const MOST: usize = 50;

/// # Errors
/// Columns that are not there, fewer than two groups or too many, a value that is neither a number nor one of two texts.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let (worth, which) = (table.column(&q.value)?, table.column(&q.group)?);
    if worth == which {
        return Err(Refusal(format!("--value and --group are both \"{}\": a value is compared between groups of something else.", q.value)));
    }
    let (values, members) = (known(&table, worth), known(&table, which));
    let mut warnings = Vec::new();
    let labels: Vec<String> = in_order(members.iter().flatten().copied()).into_iter().map(str::to_owned).collect();
    if !(2..=MOST).contains(&labels.len()) {
        return Err(Refusal(format!("Column \"{}\" has {} groups; 2 to {MOST} are compared.", q.group, labels.len())));
    }
    let mut parameters = json!({"value": q.value, "group": q.group});
    if !q.expected.is_empty() {
        // everybody who was put into a group counts, whatever is known of them
        let counts: Vec<f64> = labels.iter().map(|l| real(members.iter().flatten().filter(|m| *m == l).count())).collect();
        parameters["srm"] = shares::sizes(&labels, &counts, &q.expected, &mut warnings)?;
    }
    let kinds = few(values.iter().flatten().copied());
    let two = in_order(kinds.iter().copied());
    let numbers = Numbers::of(&values);
    let pairs: Vec<(&str, &str, Option<f64>)> = members.iter().zip(&values).zip(&numbers.values).filter_map(|((m, v), n)| Some(((*m)?, (*v)?, *n))).collect();
    let (rows, n) = if two.len() == 2 {
        let success = shares::success(&two);
        parameters["success"] = json!(success);
        let counted: Vec<(f64, f64)> = labels
            .iter()
            .map(|l| {
                let of = |hit: &dyn Fn(&str) -> bool| real(pairs.iter().filter(|(m, v, _)| m == l && hit(v)).count());
                (of(&|v| v == success), of(&|_| true))
            })
            .collect();
        (shares::compare(&labels, &counted, &mut parameters, &mut warnings)?, pairs.len())
    } else if numbers.values.iter().flatten().count() > numbers.texts {
        let groups: Vec<Vec<f64>> = labels.iter().map(|l| pairs.iter().filter(|(m, ..)| m == l).filter_map(|(.., n)| *n).collect()).collect();
        if numbers.texts > 0 {
            warnings.push(json!({"kind": "left_out", "column": q.value, "detail": format!("{} cells of this column are no numbers and are left out.", numbers.texts)}));
        }
        (numbers_compared(&labels, &groups, &mut parameters, &mut warnings)?, groups.iter().map(Vec::len).sum())
    } else {
        return Err(Refusal(format!(
            "Column \"{}\" holds texts of {}: a number or one of two values is compared. `analyze crosstab` counts texts.",
            q.value,
            if two.len() > 2 { "many kinds" } else { "one kind" }
        )));
    };
    if n < table.rows.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} of {} rows lack the group or the value and are left out.", table.rows.len() - n, table.rows.len())}));
    }
    Ok(json!({"method": "test", "n": n, "parameters": parameters, "quality": {}, "warnings": warnings, "rows": rows}))
}
/// Up to three different values, which is as far as it needs to be known.
fn few<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
            if found.len() > 2 {
                break;
            }
        }
    }
    found
}
/// Means and ranks: Welch and Mann-Whitney for two groups, analyses of variance and Kruskal-Wallis for more, then each pair.
fn numbers_compared(labels: &[String], groups: &[Vec<f64>], parameters: &mut Json, warnings: &mut Vec<Json>) -> Result<Vec<Json>, Refusal> {
    if let Some(empty) = labels.iter().zip(groups).find(|(_, g)| g.is_empty()) {
        return Err(Refusal(format!("Group \"{}\" has no value.", empty.0)));
    }
    let few: Vec<&str> = labels.iter().zip(groups).filter(|(_, g)| g.len() < 5).map(|(l, _)| l.as_str()).collect();
    if !few.is_empty() {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("Fewer than 5 values: {}.", few.join(", "))}));
    }
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    if let [a, b] = slices[..] {
        pair(a, b, (&labels[0], &labels[1])).into_iter().for_each(|(key, value)| parameters[key] = value);
    } else {
        several(labels, &slices, parameters, warnings);
    }
    if parameters["welch"].is_null() && parameters["anova"].is_null() {
        warnings.push(json!({"kind": "no_fit", "detail": "The values do not vary within the groups, or a group has a single one: means cannot be tested."}));
    }
    let rows = labels.iter().zip(groups).map(|(label, values)| {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let mean = mean_interval(values);
        json!({"id": label, "n": values.len(), "mean": figure(mean.value), "low": figure(mean.low), "high": figure(mean.high), "sd": figure(variance(values).sqrt()),
            "median": figure(quantile(&sorted, 0.5))})
    });
    Ok(rows.collect())
}
/// Both tests of two groups; what cannot be said is null.
fn pair(a: &[f64], b: &[f64], names: (&str, &str)) -> Map<String, Json> {
    let of = format!("{} less {}", names.0, names.1);
    let welch = welch(a, b).map_or(Json::Null, |w| json!({"of": of, "t": figure(w.t), "df": figure(w.df), "p": figure(w.p), "difference": interval(w.difference), "hedges_g": interval(w.hedges_g)}));
    let ranks = mann_whitney(a, b).map_or(
        Json::Null,
        |m| json!({"of": names.0, "u": figure(m.u), "p": figure(m.p), "exact": m.exact, "superiority": interval(m.superiority), "rank_biserial": figure(2.0 * m.superiority.value - 1.0)}),
    );
    [("welch".to_owned(), welch), ("mann_whitney".to_owned(), ranks)].into_iter().collect()
}
fn several(labels: &[String], groups: &[&[f64]], parameters: &mut Json, warnings: &mut Vec<Json>) {
    parameters["anova"] = anova(groups).map_or(
        Json::Null,
        |a| json!({"f": figure(a.f), "df1": figure(a.df1), "df2": figure(a.df2), "p": figure(a.p), "eta_squared": figure(a.eta_squared), "omega_squared": figure(a.omega_squared)}),
    );
    parameters["welch_anova"] = welch_anova(groups).map_or(Json::Null, |(f, df1, df2, p)| json!({"f": figure(f), "df1": figure(df1), "df2": figure(df2), "p": figure(p)}));
    parameters["kruskal_wallis"] = kruskal_wallis(groups).map_or(Json::Null, |(h, df, p, epsilon)| json!({"h": figure(h), "df": figure(df), "p": figure(p), "epsilon_squared": figure(epsilon)}));
    let spreads: Vec<f64> = groups.iter().map(|g| variance(g).sqrt()).filter(|s| s.is_finite()).collect();
    let (least, most) = spreads.iter().fold((f64::INFINITY, 0.0f64), |(l, m), s| (l.min(*s), m.max(*s)));
    if most > 2.0 * least {
        warnings.push(json!({"kind": "unequal_spread", "detail": "The groups spread unequally, which \"anova\" takes not to be: \"welch_anova\" does not."}));
    }
    let mut pairs = Vec::new();
    for (i, a) in groups.iter().enumerate() {
        for (j, b) in groups.iter().enumerate().skip(i + 1) {
            let mut told = pair(a, b, (&labels[i], &labels[j]));
            told.insert("a".into(), json!(labels[i]));
            told.insert("b".into(), json!(labels[j]));
            pairs.push(told);
        }
    }
    for test in ["welch", "mann_whitney"] {
        let p: Vec<f64> = pairs.iter().map(|told| told[test]["p"].as_f64().unwrap_or(f64::NAN)).collect();
        for (told, adjusted) in pairs.iter_mut().zip(holm(&p)) {
            if told[test].is_object() {
                told[test]["p_holm"] = figure(adjusted);
            }
        }
    }
    warnings.push(json!({"kind": "multiple_comparisons", "detail": format!("{} pairs are compared: heed their p_holm.", pairs.len())}));
    parameters["pairs"] = json!(pairs);
}
