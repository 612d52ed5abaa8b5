//! Values of two kinds, and sizes of groups.

use crate::{
    Refusal,
    columns::{interval, real},
    round::figure,
};
use serde_json::{Value as Json, json};
use stats::{
    compare::holm,
    contingency::{goodness_of_fit, independence, proportions, wilson},
};

/// From this p on sizes are taken for wrong: lower than usual, since every experiment is checked (Fabijan et al., KDD 2019).
const ALARM: f64 = 0.001;

/// Which of two values is the one that is counted: yes in its ways, else the second.
pub(super) fn success<'a>(two: &[&'a str]) -> &'a str {
    let yes = |v: &&&str| ["1", "1.0", "yes", "true", "y", "t", "won"].iter().any(|w| v.eq_ignore_ascii_case(w));
    two.iter().find(yes).or(two.last()).copied().unwrap_or("")
}
/// Sample ratio mismatch: whether the groups are as large as they were meant to be.
pub(super) fn sizes(labels: &[String], counts: &[f64], expected: &[String], warnings: &mut Vec<Json>) -> Result<Json, Refusal> {
    let refuse = || {
        Refusal(format!(
            "--expected takes a share above zero for each of the {} groups, as {} or in this order without names.",
            labels.len(),
            labels.iter().map(|l| format!("{l}=1")).collect::<Vec<_>>().join(",")
        ))
    };
    let share = |text: &str| text.trim().parse::<f64>().ok().filter(|s| *s > 0.0 && s.is_finite());
    if expected.len() != labels.len() {
        return Err(refuse());
    }
    let named: Vec<(&str, &str)> = expected.iter().filter_map(|e| e.rsplit_once('=')).collect();
    let shares: Option<Vec<f64>> =
        if named.is_empty() { expected.iter().map(|e| share(e)).collect() } else { labels.iter().map(|l| named.iter().find(|(name, _)| name.trim() == l).and_then(|(_, s)| share(s))).collect() };
    let shares = shares.ok_or_else(refuse)?;
    let (chi2, df, p) = goodness_of_fit(counts, &shares).ok_or_else(refuse)?;
    if p < ALARM {
        warnings.push(json!({"kind": "sample_ratio_mismatch", "detail": format!("The groups are not as large as they were meant to be (p {p:.2e}): something decided who is in them or is missing, and no difference between them can be trusted.")}));
    }
    Ok(json!({"chi2": figure(chi2), "df": figure(df), "p": figure(p)}))
}
/// Shares of groups: the z-test of two, chi-squared of more and each pair.
pub(super) fn compare(labels: &[String], counted: &[(f64, f64)], parameters: &mut Json, warnings: &mut Vec<Json>) -> Result<Vec<Json>, Refusal> {
    if let Some((label, _)) = labels.iter().zip(counted).find(|(_, c)| c.1 <= 0.0) {
        return Err(Refusal(format!("Group \"{label}\" has no value.")));
    }
    let few = counted.iter().filter(|(hits, n)| *hits < 5.0 || n - hits < 5.0).count();
    if few > 0 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{few} of {} groups have fewer than 5 of one of the two values: p of z and of chi-squared is rough.", labels.len())}));
    }
    let table: Vec<Vec<f64>> = counted.iter().map(|(hits, n)| vec![*hits, n - hits]).collect();
    let found = independence(&table);
    let mut pairs = Vec::new();
    for i in 0..labels.len() {
        for j in i + 1..labels.len() {
            let Some(two) = proportions((counted[i].0, counted[j].0), (counted[i].1, counted[j].1)) else { continue };
            let (a, b) = (counted[i].0 / counted[i].1, counted[j].0 / counted[j].1);
            // Cohen's h: the difference of shares as angles, alike near 0 and near one half
            let h = 2.0 * b.sqrt().asin() - 2.0 * a.sqrt().asin();
            let told = json!({"of": format!("{} less {}", labels[j], labels[i]), "z": figure(two.z), "p": figure(two.p), "difference": interval(two.difference), "ratio": figure(b / a), "cohens_h": figure(h)});
            pairs.push((two.p, told));
        }
    }
    if let [(_, told)] = &pairs[..] {
        parameters["proportions"] = told.clone();
        if let Some(p) = found.as_ref().and_then(|f| f.fisher) {
            parameters["fisher_p"] = figure(p);
        }
    } else {
        parameters["chi_squared"] = found.map_or(Json::Null, |f| json!({"chi2": figure(f.chi2), "df": figure(f.df), "p": figure(f.p), "cramers_v": figure(f.cramers_v)}));
        let adjusted = holm(&pairs.iter().map(|(p, _)| *p).collect::<Vec<_>>());
        pairs.iter_mut().zip(adjusted).for_each(|((_, told), p)| told["p_holm"] = figure(p));
        warnings.push(json!({"kind": "multiple_comparisons", "detail": format!("{} pairs are compared: heed their p_holm.", real(pairs.len()))}));
        parameters["pairs"] = json!(pairs.into_iter().map(|(_, told)| told).collect::<Vec<_>>());
    }
    let rows = labels.iter().zip(counted).map(|(label, (hits, n))| {
        let share = wilson(*hits, *n);
        json!({"id": label, "n": n, "successes": hits, "share": figure(share.value), "low": figure(share.low), "high": figure(share.high)})
    });
    Ok(rows.collect())
}
