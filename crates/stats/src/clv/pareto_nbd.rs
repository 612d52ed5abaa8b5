use super::{FitError, History, grouped, must_repeat};
use crate::{
    minimize::{is_near, minimize},
    special::{hyp2f1, ln_add, ln_gamma},
};

/// Pareto/NBD: as BG/NBD, but customers stop at any time, at a rate of their own (gamma with `s`, `beta`). Schmittlein,
/// Morrison and Colombo (1987), Management Science 33(1); written as in Fader and Hardie (2005), "A note on deriving the
/// Pareto/NBD model".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoNbd {
    pub r: f64,
    pub alpha: f64,
    pub s: f64,
    pub beta: f64,
    pub log_likelihood: f64,
}
impl ParetoNbd {
    /// # Errors
    /// Too few customers or repeat purchases; no maximum.
    pub fn fit(histories: &[History]) -> Result<ParetoNbd, FitError> {
        must_repeat(histories)?;
        let groups = grouped(histories);
        let scale = histories.iter().map(|h| h.t).fold(0.0, f64::max).max(1e-9) / 10.0;
        let of = |p: &[f64], log_likelihood| ParetoNbd { r: p[0].exp(), alpha: p[1].exp() * scale, s: p[2].exp(), beta: p[3].exp() * scale, log_likelihood };
        let minus = |p: &[f64]| {
            if !is_near(p) {
                return f64::INFINITY;
            }
            let m = of(p, 0.0);
            -groups.iter().map(|(h, n)| n * m.ln_likelihood(h)).sum::<f64>()
        };
        let (at, value) = minimize(&[0.0, 0.0, 0.0, 0.0], minus);
        if value.is_finite() { Ok(of(&at, -value)) } else { Err(FitError::NoFit) }
    }
    /// Logarithm of `s / (r+s+x) * A0`, the part of the likelihood in which the customer has stopped.
    fn ln_gone(&self, h: &History) -> f64 {
        let ParetoNbd { r, alpha, s, beta, .. } = *self;
        let whole = r + s + h.x;
        // By Euler's transformation, with c - a = 1: (1-z)^(c-a-b) 2F1(1, c-b; c; z).
        let (low, b, gap) = if alpha >= beta { (alpha, s + 1.0, alpha - beta) } else { (beta, r + h.x, beta - alpha) };
        let part = |t: f64| {
            let z = gap / (low + t);
            hyp2f1(1.0, whole + 1.0 - b, whole + 1.0, z).map(|series| series.ln() + (1.0 - b) * (1.0 - z).ln() - whole * (low + t).ln())
        };
        let (Some(last), Some(end)) = (part(h.t_x), part(h.t)) else { return f64::NAN };
        if last <= end { f64::NEG_INFINITY } else { (s / whole).ln() + last + (-(end - last).exp()).ln_1p() }
    }
    fn ln_still(&self, h: &History) -> f64 {
        -(self.r + h.x) * (self.alpha + h.t).ln() - self.s * (self.beta + h.t).ln()
    }
    fn ln_likelihood(&self, h: &History) -> f64 {
        let head = ln_gamma(self.r + h.x) - ln_gamma(self.r) + self.r * self.alpha.ln() + self.s * self.beta.ln();
        head + ln_add(self.ln_still(h), self.ln_gone(h))
    }
    #[must_use]
    pub fn p_alive(&self, h: &History) -> f64 {
        1.0 / (1.0 + (self.ln_gone(h) - self.ln_still(h)).exp())
    }
    /// Expected purchases within `t` after the observation.
    #[must_use]
    pub fn expected(&self, h: &History, t: f64) -> f64 {
        let s = if (self.s - 1.0).abs() < 1e-7 { 1.0 + 1e-7 } else { self.s };
        let later = (self.beta + h.t) / (self.beta + h.t + t);
        self.p_alive(h) * (self.r + h.x) * (self.beta + h.t) / ((self.alpha + h.t) * (s - 1.0)) * (1.0 - later.powf(s - 1.0))
    }
}
