//! Exponential smoothing as state space models (Hyndman, Koehler, Ord, Snyder 2008, Forecasting with Exponential Smoothing).

use super::{Path, mean, real, season::indices};
use crate::minimize::minimize_roughly;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    None,
    Additive,
    Damped,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    None,
    Additive,
    Multiplicative,
}
/// Which model: ETS(error, trend, season).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    pub relative_error: bool,
    pub trend: Trend,
    pub season: Season,
}
impl Form {
    /// All that are tried: additive errors with an additive season or none, relative errors with factors or none.
    pub const ALL: [Form; 12] = {
        const fn form(relative_error: bool, trend: Trend, season: Season) -> Form {
            Form { relative_error, trend, season }
        }
        [
            form(false, Trend::None, Season::None),
            form(false, Trend::Additive, Season::None),
            form(false, Trend::Damped, Season::None),
            form(true, Trend::None, Season::None),
            form(true, Trend::Additive, Season::None),
            form(true, Trend::Damped, Season::None),
            form(false, Trend::None, Season::Additive),
            form(false, Trend::Additive, Season::Additive),
            form(false, Trend::Damped, Season::Additive),
            form(true, Trend::None, Season::Multiplicative),
            form(true, Trend::Additive, Season::Multiplicative),
            form(true, Trend::Damped, Season::Multiplicative),
        ]
    };
    /// As the book writes it.
    #[must_use]
    pub fn name(self) -> String {
        let error = if self.relative_error { "M" } else { "A" };
        let trend = match self.trend {
            Trend::None => "N",
            Trend::Additive => "A",
            Trend::Damped => "Ad",
        };
        let season = match self.season {
            Season::None => "N",
            Season::Additive => "A",
            Season::Multiplicative => "M",
        };
        format!("ETS({error},{trend},{season})")
    }
}
#[derive(Clone, Debug)]
struct State {
    level: f64,
    slope: f64,
    /// The season of the next step first at `at`.
    season: Vec<f64>,
    at: usize,
}
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weights {
    alpha: f64,
    beta: f64,
    gamma: f64,
    phi: f64,
}
/// A fitted model.
#[derive(Clone, Debug)]
pub struct Ets {
    pub form: Form,
    /// Akaike's criterion, corrected for short series; comparable between the forms of one series.
    pub aicc: f64,
    weights: Weights,
    first: f64,
    last: State,
    sigma: f64,
}
impl Ets {
    /// By maximum likelihood over smoothing weights, first level and first slope; the season begins as the classical one. `None` where the
    /// series is too short for the form, or a relative error is asked of values that are not all above zero.
    #[must_use]
    pub fn fit(y: &[f64], period: usize, form: Form) -> Option<Ets> {
        let seasonal = form.season != Season::None;
        let free =
            3 + match form.trend {
                Trend::None => 0,
                Trend::Additive => 2,
                Trend::Damped => 3,
            } + if seasonal { period } else { 0 };
        if y.len() < free + 2 || (form.relative_error && y.iter().any(|v| *v <= 0.0)) {
            return None;
        }
        let season = match form.season {
            Season::None => Vec::new(),
            Season::Additive => indices(y, period, false)?,
            Season::Multiplicative => indices(y, period, true)?,
        };
        let begin = beginning(y, form, &season);
        let size = mean(y.iter().zip(&y[1..]).map(|(a, b)| (b - a).abs())).max(1e-9 * y[0].abs()).max(f64::MIN_POSITIVE);
        let place = |p: &[f64]| read(p, form, &begin, size);
        let mut start = vec![0.0, -0.5];
        match form.trend {
            Trend::None => {}
            Trend::Additive => start.extend([-2.0, 0.0]),
            Trend::Damped => start.extend([-2.0, 0.0, 1.0]),
        }
        if seasonal {
            start.push(-2.0);
        }
        let n = real(y.len());
        let (at, deviance) = minimize_roughly(&start, |p| {
            let (weights, mut state) = place(p);
            run(form, weights, &mut state, y).map_or(f64::INFINITY, |(squares, logs)| n * (squares / n).ln().max(-600.0) + 2.0 * logs)
        });
        let (weights, mut state) = place(&at);
        let first = state.level;
        let (squares, _) = run(form, weights, &mut state, y)?;
        let k = real(free);
        let aicc = deviance + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0);
        aicc.is_finite().then(|| Ets { form, aicc, weights, first, last: state, sigma: (squares / (n - k + 1.0)).sqrt() })
    }
    /// The weight of the newest value in the level.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.weights.alpha
    }
    /// The level before the first value.
    #[must_use]
    pub fn first_level(&self) -> f64 {
        self.first
    }
    /// What is expected, with the spread that an error of each step on the way hands on (exact for additive models, of first order for others).
    #[must_use]
    pub fn path(&self, horizon: usize) -> Path {
        let expected = self.walk(horizon, None);
        let mut variance = vec![0.0; horizon];
        for shock in 0..horizon {
            for (h, v) in self.walk(horizon, Some(shock)).iter().enumerate().skip(shock) {
                variance[h] += (v - expected[h]).powi(2);
            }
        }
        Path { mean: expected, sd: variance.iter().map(|v| v.sqrt()).collect() }
    }
    fn walk(&self, horizon: usize, shock: Option<usize>) -> Vec<f64> {
        let mut state = self.last.clone();
        (0..horizon)
            .map(|h| {
                let error = if shock == Some(h) { self.sigma } else { 0.0 };
                let expected = state.expected(self.form, self.weights);
                state.go_on(self.form, self.weights, error);
                if self.form.relative_error { expected * (1.0 + error) } else { expected + error }
            })
            .collect()
    }
}
impl State {
    fn expected(&self, form: Form, w: Weights) -> f64 {
        let trend = self.level + w.phi * self.slope;
        match form.season {
            Season::None => trend,
            Season::Additive => trend + self.season[self.at],
            Season::Multiplicative => trend * self.season[self.at],
        }
    }
    fn go_on(&mut self, form: Form, w: Weights, error: f64) {
        let trend = self.level + w.phi * self.slope;
        let off = if form.relative_error { trend * error } else { error };
        self.level = trend + w.alpha * off;
        self.slope = w.phi * self.slope + w.beta * off;
        if let Some(season) = self.season.get_mut(self.at) {
            *season += w.gamma * if form.relative_error { *season * error } else { error };
            self.at = (self.at + 1) % self.season.len();
        }
    }
}
/// Sum of squared errors and of logarithms of what relative errors relate to; leaves the state after the last value. `None` where a relative
/// model leaves the numbers above zero.
fn run(form: Form, w: Weights, state: &mut State, y: &[f64]) -> Option<(f64, f64)> {
    let (mut squares, mut logs) = (0.0, 0.0);
    for v in y {
        let expected = state.expected(form, w);
        let error = if form.relative_error {
            if expected <= 0.0 {
                return None;
            }
            logs += expected.ln();
            (v - expected) / expected
        } else {
            v - expected
        };
        squares += error * error;
        state.go_on(form, w, error);
    }
    squares.is_finite().then_some((squares, logs))
}
fn read(p: &[f64], form: Form, begin: &State, size: f64) -> (Weights, State) {
    let share = |x: Option<&f64>| 1.0 / (1.0 + (-x.copied().unwrap_or(0.0)).exp());
    let between = |low: f64, high: f64, x: Option<&f64>| low + (high - low) * share(x);
    let mut state = begin.clone();
    state.level += p[0] * size;
    let alpha = between(1e-4, 0.9999, p.get(1));
    let mut weights = Weights { alpha, beta: 0.0, gamma: 0.0, phi: 1.0 };
    let mut rest = p[2..].iter();
    if form.trend != Trend::None {
        weights.beta = alpha * between(1e-4, 0.9999, rest.next());
        state.slope += rest.next().copied().unwrap_or(0.0) * size * 0.1;
    }
    if form.trend == Trend::Damped {
        weights.phi = between(0.8, 0.98, rest.next());
    }
    if form.season != Season::None {
        weights.gamma = (1.0 - alpha) * between(1e-4, 0.9999, rest.next());
    }
    (weights, state)
}
/// Level and slope before the first value, from the line through the first values without season.
fn beginning(y: &[f64], form: Form, season: &[f64]) -> State {
    let plain: Vec<f64> = y
        .iter()
        .enumerate()
        .take(10.max(2 * season.len()))
        .map(|(t, v)| match form.season {
            Season::None => *v,
            Season::Additive => v - season[t % season.len()],
            Season::Multiplicative => v / season[t % season.len()],
        })
        .collect();
    let (mid, centre) = (real(plain.len() - 1) / 2.0, mean(plain.iter().copied()));
    let along: f64 = (0..plain.len()).map(|t| (real(t) - mid).powi(2)).sum();
    let slope = plain.iter().enumerate().map(|(t, v)| (real(t) - mid) * (v - centre)).sum::<f64>() / along;
    let trending = form.trend != Trend::None;
    State { level: if trending { centre - slope * (mid + 1.0) } else { centre }, slope: if trending { slope } else { 0.0 }, season: season.to_vec(), at: 0 }
}

#[cfg(test)]
mod tests {
    use super::{Ets, Form, Season, Trend};

    /// Oil production of Saudi Arabia 1996 to 2007, whose simple smoothing is printed in Hyndman et al.
    const OIL: [f64; 12] = [446.6565, 454.4733, 455.6630, 423.6322, 456.2713, 440.5881, 425.3325, 485.1494, 506.0482, 526.7920, 514.2689, 494.2110];

    #[test]
    fn simple_smoothing_as_printed() {
        let found = Ets::fit(&OIL, 1, Form { relative_error: false, trend: Trend::None, season: Season::None }).unwrap();
        // the likelihood is flat about its top: six digits of it are two of the weight
        assert!((found.alpha() - 0.8920).abs() < 0.01 && (found.first_level() - 447.478).abs() < 0.5, "{found:?}");
        assert!((found.path(1).mean[0] - 496.493).abs() < 0.2, "{found:?}");
        assert!((found.sigma.powi(2) * 10.0 - 7_573.43).abs() < 0.5, "{found:?}");
    }
    #[test]
    fn a_line_with_factors_goes_on() {
        let factors = [0.8, 1.0, 1.3, 0.9];
        let y: Vec<f64> = (0..40usize).map(|t| (100.0 + 5.0 * f64::from(t as u32)) * factors[t % 4]).collect();
        let found = Ets::fit(&y, 4, Form { relative_error: true, trend: Trend::Additive, season: Season::Multiplicative }).unwrap();
        let path = found.path(4);
        for (h, expected) in path.mean.iter().enumerate() {
            let truth = (300.0 + 5.0 * f64::from(h as u32)) * factors[h];
            assert!((expected / truth - 1.0).abs() < 0.01, "{path:?}");
        }
        assert!(Ets::fit(&[1.0, 0.0, 2.0, 3.0, 2.0, 1.0, 4.0, 3.0], 1, Form { relative_error: true, trend: Trend::None, season: Season::None }).is_none());
        assert!(Ets::fit(&y[..4], 4, found.form).is_none());
    }
}
