//! What goes with an outcome, and how much: linear, logistic and Poisson regression with the coding that R uses.

use crate::{Refusal, features::Target, numbers::Style, round::figure, table::Table};
use serde_json::{Value as Json, json};
use stats::{
    distribution::{chi2_tail, f_tail, normal_quantile, normal_two_sided, t_quantile, t_two_sided},
    regress::{Coefficient, Fit, fit},
};
use std::{collections::BTreeSet, path::PathBuf};

pub use stats::regress::Family;

/// A text column with more values than this is no category.
const VALUES: usize = 50;

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub target: String,
    pub positive: Option<String>,
    /// Otherwise: logistic where the target has two values, linear where it is a number.
    pub family: Option<Family>,
    pub id: Option<String>,
    pub ignore: Vec<String>,
}

/// # Errors
/// Columns that are not there, a target that does not fit the family, too few rows.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let at = table.column(&q.target)?;
    let mut out = q.ignore.iter().chain(&q.id).map(|name| table.column(name)).collect::<Result<BTreeSet<_>, _>>()?;
    out.insert(at);
    let (family, outcome, positive) = outcome(&table, at, q)?;
    let mut warnings = Vec::new();
    let (terms, columns) = design(&table, &out, &mut warnings);
    let kept: Vec<usize> = (0..table.rows.len()).filter(|i| outcome[*i].is_some() && columns.iter().all(|c| c[*i].is_some())).collect();
    if kept.len() < table.rows.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} of {} rows miss a value and are left out.", table.rows.len() - kept.len(), table.rows.len())}));
    }
    let x: Vec<Vec<f64>> = kept.iter().map(|i| std::iter::once(1.0).chain(columns.iter().filter_map(|c| c[*i])).collect()).collect();
    let y: Vec<f64> = kept.iter().filter_map(|i| outcome[*i]).collect();
    let Some(found) = fit(&x, &y, family) else {
        return Err(Refusal(format!("{} whole rows do not tell {} coefficients apart. Leave columns out by --ignore, or bring more rows.", kept.len(), terms.len() + 1)));
    };
    if !found.converged {
        warnings.push(json!({"kind": "no_fit", "detail": "A column, or several together, tell the outcome altogether: coefficients have no end. Leave such columns out by --ignore."}));
    }
    if family == Family::Poisson && found.dispersion > 1.5 {
        warnings.push(json!({"kind": "overdispersion", "detail": format!("Counts spread {:.1} times as much as the model says: standard errors are too small.", found.dispersion)}));
    }
    for (term, _) in std::iter::once(&"(intercept)".to_owned()).chain(&terms).zip(&found.coefficients).filter(|(_, c)| c.is_none()) {
        warnings.push(json!({"kind": "aliased", "column": term, "detail": "This follows from the terms before it and has no coefficient."}));
    }
    let rows = std::iter::once(&"(intercept)".to_owned()).chain(&terms).zip(&found.coefficients).map(|(term, c)| row(term, *c, family, found.residual_degrees)).collect::<Vec<_>>();
    let parameters = parameters(&found, family, &y, positive.as_deref());
    Ok(json!({"method": "regress", "n": y.len(), "parameters": parameters, "log_likelihood": figure(found.log_likelihood), "quality": {}, "warnings": warnings, "rows": rows}))
}
type Outcome = (Family, Vec<Option<f64>>, Option<String>);
fn outcome(table: &Table, at: usize, q: &Question) -> Result<Outcome, Refusal> {
    let cells: Vec<Option<&str>> = table.rows.iter().map(|row| row[at].as_deref()).collect();
    let different: BTreeSet<&str> = cells.iter().flatten().copied().collect();
    let family = q.family.unwrap_or(if q.positive.is_some() || different.len() == 2 { Family::Binomial } else { Family::Gaussian });
    if family == Family::Binomial {
        let target = Target::of(table, &q.target, q.positive.as_deref(), None)?;
        return Ok((family, target.truth.iter().map(|t| t.map(f64::from)).collect(), Some(target.positive)));
    }
    let style = Style::of(cells.iter().flatten().copied());
    let read: Vec<Option<f64>> = cells.iter().map(|c| c.and_then(|c| style.read(c))).collect();
    if let Some(odd) = cells.iter().zip(&read).find(|(c, v)| c.is_some() && v.is_none()).and_then(|(c, _)| *c) {
        return Err(Refusal(format!("\"{}\" holds \"{odd}\", which is no number. A text of two values takes --family logistic.", q.target)));
    }
    if family == Family::Poisson && read.iter().flatten().any(|v| *v < 0.0 || v.fract() != 0.0) {
        return Err(Refusal(format!("\"{}\" holds other than whole numbers from 0 on; counts are needed for --family poisson.", q.target)));
    }
    Ok((family, read, None))
}
/// Numbers as they are; of texts one column for each value but the first of the alphabet.
fn design(table: &Table, out: &BTreeSet<usize>, warnings: &mut Vec<Json>) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
    let (mut terms, mut columns) = (Vec::new(), Vec::new());
    for at in (0..table.columns.len()).filter(|at| !out.contains(at)) {
        let name = &table.columns[at];
        let cells: Vec<Option<&str>> = table.rows.iter().map(|row| row[at].as_deref()).collect();
        let style = Style::of(cells.iter().flatten().copied());
        if cells.iter().flatten().next().is_some() && cells.iter().flatten().all(|c| style.read(c).is_some()) {
            terms.push(name.clone());
            columns.push(cells.iter().map(|c| c.and_then(|c| style.read(c))).collect());
            continue;
        }
        let values: BTreeSet<&str> = cells.iter().flatten().copied().collect();
        if values.len() < 2 || values.len() > VALUES {
            let why = if values.len() < 2 { "has not two values" } else { "has too many different texts" };
            warnings.push(json!({"kind": "left_out", "column": name, "detail": format!("This column {why} and is left out.")}));
            continue;
        }
        for value in values.iter().skip(1) {
            terms.push(format!("{name}={value}"));
            columns.push(cells.iter().map(|c| c.map(|c| f64::from(c == *value))).collect());
        }
    }
    (terms, columns)
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}
fn row(term: &str, found: Option<Coefficient>, family: Family, degrees: usize) -> Json {
    let Some(c) = found else { return json!({"id": term, "estimate": null, "standard_error": null, "statistic": null, "p": null, "low": null, "high": null}) };
    let statistic = c.estimate / c.standard_error;
    let (p, far) = match family {
        Family::Gaussian => (t_two_sided(statistic, count(degrees)), t_quantile(0.975, count(degrees))),
        _ => (normal_two_sided(statistic), normal_quantile(0.975)),
    };
    let (low, high) = (c.estimate - far * c.standard_error, c.estimate + far * c.standard_error);
    let mut out =
        json!({"id": term, "estimate": figure(c.estimate), "standard_error": figure(c.standard_error), "statistic": figure(statistic), "p": figure(p), "low": figure(low), "high": figure(high)});
    if family != Family::Gaussian {
        // odds, or counts, times this for each step of the column
        out["times"] = figure(c.estimate.exp());
    }
    out
}
fn parameters(found: &Fit, family: Family, y: &[f64], positive: Option<&str>) -> Json {
    let used = found.coefficients.iter().flatten().count();
    let (n, k) = (count(y.len()), count(used));
    let degrees = count(found.residual_degrees);
    if family == Family::Gaussian {
        let explained = 1.0 - found.deviance / found.null_deviance;
        let f = ((found.null_deviance - found.deviance) / (k - 1.0)) / (found.deviance / degrees);
        let p = if used > 1 { figure(f_tail(f, k - 1.0, degrees)) } else { Json::Null };
        return json!({"family": "gaussian", "r_squared": figure(explained), "adjusted_r_squared": figure(1.0 - (1.0 - explained) * (n - 1.0) / degrees), "f": if used > 1 { figure(f) } else { Json::Null }, "f_p": p,
            "residual_standard_error": figure((found.deviance / degrees).sqrt()), "residual_degrees": found.residual_degrees, "aic": figure(2.0f64.mul_add(k + 1.0, -2.0 * found.log_likelihood))});
    }
    let gain = found.null_deviance - found.deviance;
    json!({"family": if family == Family::Binomial { "binomial" } else { "poisson" }, "positive": positive, "deviance": figure(found.deviance), "null_deviance": figure(found.null_deviance), "residual_degrees": found.residual_degrees,
        "chi2": figure(gain), "chi2_p": if used > 1 { figure(chi2_tail(gain, k - 1.0)) } else { Json::Null }, "mcfadden_r_squared": figure(1.0 - found.deviance / found.null_deviance), "dispersion": figure(found.dispersion),
        "aic": figure(2.0f64.mul_add(k, -2.0 * found.log_likelihood))})
}
