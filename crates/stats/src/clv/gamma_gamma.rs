use super::FitError;
use crate::{
    minimize::{is_near, minimize},
    special::ln_gamma,
};

/// Gamma-Gamma: what a purchase is worth varies about each customer's own mean (gamma with shape `p`), and the means over
/// customers (by `q`, `v`). Fader and Hardie (2013), note 25. It takes for granted that the worth of a purchase has nothing
/// to do with how often somebody buys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    pub p: f64,
    pub q: f64,
    pub v: f64,
    pub log_likelihood: f64,
    /// Customers that it was learnt from.
    pub n: usize,
}
impl GammaGamma {
    /// From (repeat purchases, their mean worth); customers without either tell nothing and are left out.
    ///
    /// # Errors
    /// Fewer than five customers.
    pub fn fit(customers: &[(f64, f64)]) -> Result<GammaGamma, FitError> {
        let used: Vec<(f64, f64)> = customers.iter().copied().filter(|(x, m)| *x > 0.0 && *m > 0.0).collect();
        if used.len() < 5 {
            return Err(FitError::TooLittle("Five customers who have bought again are the least from which the worth of a purchase can be learnt."));
        }
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let mean = used.iter().map(|(_, m)| m).sum::<f64>() / used.len() as f64;
        let minus = |at: &[f64]| {
            if !is_near(at) {
                return f64::INFINITY;
            }
            let g = GammaGamma { p: at[0].exp(), q: at[1].exp(), v: at[2].exp() * mean, log_likelihood: 0.0, n: 0 };
            -used.iter().map(|(x, m)| g.ln_likelihood(*x, *m)).sum::<f64>()
        };
        let (at, value) = minimize(&[1.0, 1.0, 0.0], minus);
        let found = GammaGamma { p: at[0].exp(), q: at[1].exp(), v: at[2].exp() * mean, log_likelihood: -value, n: used.len() };
        if value.is_finite() { Ok(found) } else { Err(FitError::NoFit) }
    }
    fn ln_likelihood(&self, x: f64, m: f64) -> f64 {
        let (p, q, v) = (self.p, self.q, self.v);
        ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q) + q * v.ln() + (p * x - 1.0) * m.ln() + p * x * x.ln() - (p * x + q) * (x * m + v).ln()
    }
    /// Expected worth of a purchase of a customer with `x` repeat purchases of mean worth `m`. Not a number where the mean
    /// over customers does not exist (`q <= 1`) and the customer has told nothing.
    #[must_use]
    pub fn expected(&self, x: f64, m: f64) -> f64 {
        let below = self.p * x + self.q - 1.0;
        if below <= 0.0 { f64::NAN } else { self.p * (self.v + x * m) / below }
    }
}
