use super::FitError;
use crate::{
    minimize::{is_near, minimize},
    special::ln_beta,
};

/// A contract: how many periods it has been paid, and whether it then ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    pub periods: u32,
    pub ended: bool,
}
/// Shifted beta-geometric: at each renewal a customer leaves with a probability of their own (beta with `a`, `b`). Fader and
/// Hardie (2007), Journal of Interactive Marketing 21(1), 76-90.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sbg {
    pub a: f64,
    pub b: f64,
    pub log_likelihood: f64,
}
impl Sbg {
    /// # Errors
    /// Fewer than ten contracts, or none that ended, or only such.
    pub fn fit(contracts: &[Contract]) -> Result<Sbg, FitError> {
        let ended = contracts.iter().filter(|c| c.ended).count();
        if contracts.len() < 10 || ended == 0 || ended == contracts.len() {
            return Err(FitError::TooLittle("Ten contracts, some that ended and some that go on, are the least from which leaving can be learnt."));
        }
        let mut counts = std::collections::BTreeMap::new();
        for c in contracts {
            *counts.entry((c.periods, c.ended)).or_insert(0.0) += 1.0;
        }
        let minus = |p: &[f64]| {
            if !is_near(p) {
                return f64::INFINITY;
            }
            let m = Sbg { a: p[0].exp(), b: p[1].exp(), log_likelihood: 0.0 };
            -counts.iter().map(|((periods, ended), n)| n * m.ln_likelihood(f64::from(*periods), *ended)).sum::<f64>()
        };
        let (at, value) = minimize(&[0.0, 0.0], minus);
        if value.is_finite() { Ok(Sbg { a: at[0].exp(), b: at[1].exp(), log_likelihood: -value }) } else { Err(FitError::NoFit) }
    }
    fn ln_likelihood(&self, periods: f64, ended: bool) -> f64 {
        let top = if ended { ln_beta(self.a + 1.0, self.b + periods - 1.0) } else { ln_beta(self.a, self.b + periods - 1.0) };
        top - ln_beta(self.a, self.b)
    }
    /// Share of customers that are still there after `renewals` renewals.
    #[must_use]
    pub fn survival(&self, renewals: f64) -> f64 {
        (ln_beta(self.a, self.b + renewals) - ln_beta(self.a, self.b)).exp()
    }
    /// Chance that one who has paid `periods` periods renews `more` times.
    #[must_use]
    pub fn renews(&self, periods: f64, more: f64) -> f64 {
        let had = periods - 1.0;
        (ln_beta(self.a, self.b + had + more) - ln_beta(self.a, self.b + had)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::{Contract, Sbg};

    /// Fader and Hardie (2007), table 1 "high end": 1,000 customers, 869 743 653 593 551 517 491 left after 1 to 7 renewals;
    /// they find alpha .668, beta 3.806.
    #[test]
    fn the_published_high_end() {
        let left = [1_000, 869, 743, 653, 593, 551, 517, 491];
        let mut contracts = Vec::new();
        for (period, pair) in (1u32..).zip(left.windows(2)) {
            contracts.extend(std::iter::repeat_n(Contract { periods: period, ended: true }, pair[0] - pair[1]));
        }
        contracts.extend(std::iter::repeat_n(Contract { periods: 8, ended: false }, 491));
        let found = Sbg::fit(&contracts).unwrap();
        assert!((found.a - 0.668).abs() < 0.002 && (found.b - 3.806).abs() < 0.01, "{found:?}");
        assert!((found.survival(7.0) - 0.491).abs() < 0.02);
    }
}
