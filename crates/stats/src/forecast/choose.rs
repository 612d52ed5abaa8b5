//! Which method would have done best: rolling origin (Tashman, Int. J. Forecasting 16, 2000).

use super::{
    Path, mae, mean,
    methods::{AVERAGE, Method, all},
    naive, real, scale, smape,
};

/// A method on its own must have been off by this much less than the average of all. Averages are hard to beat (Makridakis and Hibon
/// 2000), and the best of many on few holdouts is partly luck.
const CLEARLY: f64 = 0.7;
/// How many of the series' own holdouts the spread that the models expect is worth when intervals are widened or narrowed.
const PRIOR: f64 = 2.0;
/// From how many different points in time it is tried.
const ORIGINS: usize = 5;
/// Standard deviations on either side of 80 and of 95 %.
pub const WITHIN_80: f64 = 1.281_551_565_544_600_4;
pub const WITHIN_95: f64 = 1.959_963_984_540_054;

/// How a method did, or would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub name: String,
    pub smape: f64,
    /// `None` where the series never moves.
    pub mase: Option<f64>,
    pub mae: f64,
}
/// The forecast of the method that was chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub method: String,
    pub path: Path,
    /// All methods on the holdouts; empty for a series that is too short to hold anything out.
    pub judged: Vec<Judged>,
    /// Shares of what was held out within the 80 and 95 % intervals, each holdout judged by the width that the others ask for.
    pub coverage: Option<(f64, f64)>,
    pub origins: usize,
}
impl Choice {
    /// How the chosen method did on the holdouts.
    #[must_use]
    pub fn quality(&self) -> Option<&Judged> {
        self.judged.iter().find(|j| j.name == self.method)
    }
}

/// Forecasts `horizon` steps of `y`, with seasons of these lengths to be considered, the longest first.
#[must_use]
pub fn choose(y: &[f64], seasons: &[usize], horizon: usize) -> Choice {
    let origins = origins(y.len(), seasons, horizon);
    let season = seasons.iter().copied().find(|m| y.len() >= 2 * m).unwrap_or(1);
    let now = all(y, seasons, season, horizon);
    let held = held(y.len(), horizon);
    let then: Vec<(usize, Vec<Method>)> = origins.iter().map(|o| (*o, all(&y[..*o], seasons, season, held))).collect();
    let actual = |origin: usize| &y[origin..origin + held];
    // only what can be asked now and could be asked at each origin is compared
    let everywhere = |name: &str| then.iter().map(|(o, methods)| methods.iter().find(|m| m.name == name).map(|m| (*o, &m.path))).collect::<Option<Vec<_>>>();
    let mut judged = Vec::new();
    for method in &now {
        let Some(tried) = everywhere(&method.name).filter(|t| !t.is_empty()) else { continue };
        let scaled: Option<Vec<f64>> = tried.iter().map(|(o, p)| scale(&y[..*o], season).map(|s| mae(actual(*o), &p.mean) / s)).collect();
        judged.push(Judged {
            name: method.name.clone(),
            smape: mean(tried.iter().map(|(o, p)| smape(actual(*o), &p.mean))),
            mase: scaled.map(|s| mean(s.into_iter())),
            mae: mean(tried.iter().map(|(o, p)| mae(actual(*o), &p.mean))),
        });
    }
    let average = judged.iter().find(|j| j.name == AVERAGE).map_or(f64::INFINITY, |j| j.mae);
    let best = judged.iter().min_by(|a, b| a.mae.total_cmp(&b.mae));
    let method = best.map_or("naive", |b| if b.mae < CLEARLY * average { &b.name } else { AVERAGE }).to_owned();
    let spread: Vec<(usize, Path, f64)> = everywhere(&method).unwrap_or_default().into_iter().filter_map(|(o, p)| Some((o, p.clone(), off(actual(o), p)?))).collect();
    let width = |left_out: Option<usize>| {
        let squares: Vec<f64> = spread.iter().filter(|(o, ..)| Some(*o) != left_out).map(|(.., s)| *s).collect();
        ((PRIOR + squares.iter().sum::<f64>()) / (PRIOR + real(squares.len()))).sqrt()
    };
    let within = |z: f64| mean(spread.iter().flat_map(|(o, p, _)| actual(*o).iter().zip(&p.mean).zip(&p.sd).map(|((a, m), s)| f64::from((a - m).abs() <= z * s * width(Some(*o))))));
    let coverage = (!spread.is_empty()).then(|| (within(WITHIN_80), within(WITHIN_95)));
    let mut path = now.into_iter().find(|m| m.name == method).map_or_else(|| naive::last(y, horizon), |m| m.path);
    path.sd.iter_mut().for_each(|s| *s *= width(None));
    if y.iter().all(|v| *v >= 0.0) {
        // what never was below zero will not be
        path.mean.iter_mut().for_each(|m| *m = m.max(0.0));
    }
    Choice { method, path, judged, coverage, origins: origins.len() }
}
/// How many steps a holdout takes: the horizon, but no more than a third of a short series.
fn held(n: usize, horizon: usize) -> usize {
    horizon.min((n / 3).max(1))
}
/// Where the past ends each time, the latest first.
fn origins(n: usize, seasons: &[usize], horizon: usize) -> Vec<usize> {
    let Some(latest) = n.checked_sub(held(n, horizon)).filter(|o| *o >= 2) else { return Vec::new() };
    let season = seasons.iter().copied().find(|m| n >= 2 * m).unwrap_or(1);
    let earliest = 4.max((2 * season).min(n / 2)).min(latest);
    let step = ((latest - earliest) / (ORIGINS - 1)).clamp(1, held(n, horizon));
    (0..ORIGINS).filter_map(|i| latest.checked_sub(i * step)).filter(|o| *o >= earliest).collect()
}
/// Mean square of errors in standard deviations; `None` where a spread of nothing was expected.
fn off(actual: &[f64], path: &Path) -> Option<f64> {
    let found = mean(actual.iter().zip(&path.mean).zip(&path.sd).map(|((a, m), s)| ((a - m) / s).powi(2)));
    found.is_finite().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{choose, origins};

    #[test]
    fn origins_leave_room_on_both_sides() {
        assert_eq!(origins(120, &[12], 24), [96, 78, 60, 42, 24]);
        assert_eq!(origins(7, &[12, 3], 3), [5, 4]);
        assert_eq!(origins(2, &[12], 3), Vec::<usize>::new());
        assert_eq!(origins(3, &[], 3), [2]);
    }
    #[test]
    fn a_short_rhythm_is_seen_by_its_evidence() {
        let choice = choose(&[100.0, 60.0, 90.0, 101.0, 61.0, 89.0, 99.0, 60.0], &[12, 3], 4);
        assert_eq!(choice.method, "seasonal_naive_3");
        assert_eq!(choice.path.mean, [89.0, 99.0, 60.0, 89.0]);
        assert!(choice.quality().unwrap().mae < 3.0);
    }
    #[test]
    fn growth_by_a_share_is_seen() {
        let y: Vec<f64> = (0..60).map(|t| 100.0 * 1.03f64.powi(t) * [0.9, 1.2, 0.95, 0.95][t as usize % 4]).collect();
        let choice = choose(&y, &[4], 8);
        let truth = 100.0 * 1.03f64.powi(67) * 0.95;
        assert!((choice.path.mean[7] / truth - 1.0).abs() < 0.02, "{choice:?}");
    }
    #[test]
    fn odd_series() {
        for y in [&[][..], &[5.0], &[5.0, 6.0], &[0.0; 30], &[7.0; 30], &[1e300, -1e300, 1e300, 5.0, 5.0, 7.0], &[0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 9.0]] {
            let choice = choose(y, &[12, 3], 5);
            assert_eq!(choice.path.mean.len(), 5);
            assert!(choice.path.mean.iter().all(|m| m.is_finite()), "{y:?} {choice:?}");
        }
        assert_eq!(choose(&[7.0; 30], &[12], 2).path.mean, [7.0, 7.0]);
    }
}
