use super::{FitError, History, grouped, must_repeat};
use crate::{
    minimize::{is_near, minimize},
    special::{ln_add, ln_gamma, ln_hyp2f1},
};

/// BG/NBD: purchases come by a Poisson process of each customer's own rate (gamma with shape `r`, rate `alpha`); after each
/// the customer stops with a probability of their own (beta with `a`, `b`). Fader, Hardie and Lee (2005), Marketing Science
/// 24(2), 275-284.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbd {
    pub r: f64,
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
    pub log_likelihood: f64,
}

impl BgNbd {
    /// # Errors
    /// Too few customers or repeat purchases; no maximum.
    pub fn fit(histories: &[History]) -> Result<BgNbd, FitError> {
        must_repeat(histories)?;
        let groups = grouped(histories);
        // Time in units of the longest observation: the scale of `alpha` then begins near one whatever the unit is.
        let scale = histories.iter().map(|h| h.t).fold(0.0, f64::max).max(1e-9) / 10.0;
        let minus = |p: &[f64]| {
            if !is_near(p) {
                return f64::INFINITY;
            }
            let m = BgNbd { r: p[0].exp(), alpha: p[1].exp() * scale, a: p[2].exp(), b: p[3].exp(), log_likelihood: 0.0 };
            -groups.iter().map(|(h, n)| n * m.ln_likelihood(h)).sum::<f64>()
        };
        let (at, value) = minimize(&[0.0, 0.0, 0.0, 0.0], minus);
        let found = BgNbd { r: at[0].exp(), alpha: at[1].exp() * scale, a: at[2].exp(), b: at[3].exp(), log_likelihood: -value };
        if value.is_finite() { Ok(found) } else { Err(FitError::NoFit) }
    }
    fn ln_likelihood(&self, h: &History) -> f64 {
        let BgNbd { r, alpha, a, b, .. } = *self;
        let first = ln_gamma(r + h.x) - ln_gamma(r) + r * alpha.ln() + ln_gamma(a + b) + ln_gamma(b + h.x) - ln_gamma(b) - ln_gamma(a + b + h.x);
        let alive = -(r + h.x) * (alpha + h.t).ln();
        let gone = if h.x > 0.0 { a.ln() - (b + h.x - 1.0).ln() - (r + h.x) * (alpha + h.t_x).ln() } else { f64::NEG_INFINITY };
        first + ln_add(alive, gone)
    }
    /// Odds of having stopped after the last purchase.
    fn odds_gone(&self, h: &History) -> f64 {
        if h.x <= 0.0 {
            return 0.0;
        }
        (self.a.ln() - (self.b + h.x - 1.0).ln() + (self.r + h.x) * ((self.alpha + h.t) / (self.alpha + h.t_x)).ln()).exp()
    }
    #[must_use]
    pub fn p_alive(&self, h: &History) -> f64 {
        1.0 / (1.0 + self.odds_gone(h))
    }
    /// Expected purchases within `t` after the observation (their equation 10; written by Euler's transformation, whose
    /// series stays small for people who buy often). Not a number where the series does not settle.
    #[must_use]
    pub fn expected(&self, h: &History, t: f64) -> f64 {
        let BgNbd { r, alpha, b, .. } = *self;
        let a = if (self.a - 1.0).abs() < 1e-7 { 1.0 + 1e-7 } else { self.a };
        let z = t / (alpha + h.t + t);
        let Some(series) = ln_hyp2f1(a + b - 1.0 - r, a - 1.0, a + b + h.x - 1.0, z) else { return f64::NAN };
        let still = ((a - 1.0) * (1.0 - z).ln() + series).exp();
        (a + b + h.x - 1.0) / (a - 1.0) * (1.0 - still) * self.p_alive(h)
    }
}
