//! All methods on one history.

use super::{Ets, Form, Path, Season, Trend, mean, naive, theta};

/// The mean of Theta, exponential smoothing and damped smoothing, the first two on the values and, where all are above zero, on their
/// logarithms too: the combination of unlike methods that the M competitions found hard to beat.
pub(super) const AVERAGE: &str = "average";

#[derive(Clone, Debug)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) path: Path,
}

/// What each method makes of `y`. The first of `seasons` is the usual one; `season` is the one that models use.
pub(super) fn all(y: &[f64], seasons: &[usize], season: usize, horizon: usize) -> Vec<Method> {
    let mut out = Vec::new();
    let mut add = |name: String, path: Option<Path>| out.extend(path.filter(sound).map(|path| Method { name, path }));
    let last = || naive::last(y, horizon);
    add("naive".into(), Some(last()));
    for (i, m) in seasons.iter().enumerate().filter(|(_, m)| **m > 1 && **m >= season) {
        let name = if i == 0 { "seasonal_naive".into() } else { format!("seasonal_naive_{m}") };
        add(name, Some(naive::seasonal_naive(y, *m, horizon).unwrap_or_else(last)));
    }
    add("theta".into(), Some(theta(y, season, horizon)));
    let fitted = fit(y, season, |_| true);
    let best = |keep: &dyn Fn(Form) -> bool| Some(best_of(&fitted, keep).map_or_else(last, |e| e.path(horizon)));
    add("ets".into(), best(&|_| true));
    add("ses".into(), best(&|f| f.trend == Trend::None && f.season == Season::None));
    add("holt".into(), best(&|f| f.trend == Trend::Additive && f.season == Season::None));
    add("damped".into(), best(&|f| f.trend == Trend::Damped));
    if season > 1 {
        add("holt_winters_additive".into(), best(&|f| f.trend == Trend::Additive && f.season == Season::Additive));
        add("holt_winters_multiplicative".into(), best(&|f| f.trend == Trend::Additive && f.season == Season::Multiplicative));
    }
    if y.iter().all(|v| *v > 0.0) {
        let logs: Vec<f64> = y.iter().map(|v| v.ln()).collect();
        let fitted = fit(&logs, season, |f| !f.relative_error);
        let best = |keep: &dyn Fn(Form) -> bool| Some(best_of(&fitted, keep).map_or_else(last, |e| back(&e.path(horizon))));
        add("theta_log".into(), Some(back(&theta(&logs, season, horizon))));
        add("ets_log".into(), best(&|_| true));
        add("holt_winters_log".into(), best(&|f| f.trend == Trend::Additive));
    }
    let among: Vec<Path> = out.iter().filter(|m| matches!(m.name.as_str(), "theta" | "theta_log" | "ets" | "ets_log" | "damped")).map(|m| m.path.clone()).collect();
    let each = |of: fn(&Path) -> &Vec<f64>| (0..horizon).map(|h| mean(among.iter().map(|p| of(p)[h]))).collect();
    out.push(Method { name: AVERAGE.into(), path: Path { mean: each(|p| &p.mean), sd: each(|p| &p.sd) } });
    out.retain(|m| sound(&m.path));
    out
}
fn sound(path: &Path) -> bool {
    path.mean.iter().chain(&path.sd).all(|v| v.is_finite())
}
fn fit(y: &[f64], season: usize, keep: fn(Form) -> bool) -> Vec<Ets> {
    Form::ALL.iter().filter(|form| keep(**form)).filter_map(|form| Ets::fit(y, season, *form)).collect()
}
/// The most credible of the forms: least AICc.
fn best_of<'a>(fitted: &'a [Ets], keep: &dyn Fn(Form) -> bool) -> Option<&'a Ets> {
    fitted.iter().filter(|e| keep(e.form)).min_by(|a, b| a.aicc.total_cmp(&b.aicc))
}
/// From logarithms: the median, and the spread to first order.
fn back(path: &Path) -> Path {
    Path { mean: path.mean.iter().map(|m| m.exp()).collect(), sd: path.mean.iter().zip(&path.sd).map(|(m, s)| m.exp() * s).collect() }
}
