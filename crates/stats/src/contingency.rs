//! Counts by two columns, and shares of two groups.

use crate::{
    compare::Interval,
    distribution::{chi2_tail, normal_two_sided},
    forecast::real,
    special::ln_gamma,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Independence {
    pub chi2: f64,
    pub df: f64,
    pub p: f64,
    /// With Yates' correction, for two by two (J. Royal Statistical Society 1, 1934, supplement).
    pub yates: Option<(f64, f64)>,
    /// Fisher's exact p, for two by two.
    pub fisher: Option<f64>,
    /// 0 for nothing in common, 1 for one following from the other (Cramér 1946).
    pub cramers_v: f64,
    pub expected: Vec<Vec<f64>>,
}
/// Pearson's test of independence (1900). `None` where there are not two rows and two columns with a count.
#[must_use]
pub fn independence(counts: &[Vec<f64>]) -> Option<Independence> {
    let rows: Vec<f64> = counts.iter().map(|r| r.iter().sum()).collect();
    let width = counts.first()?.len();
    let columns: Vec<f64> = (0..width).map(|c| counts.iter().map(|r| r[c]).sum()).collect();
    let n: f64 = rows.iter().sum();
    if rows.len() < 2 || width < 2 || rows.iter().chain(&columns).any(|sum| *sum <= 0.0) {
        return None;
    }
    let expected: Vec<Vec<f64>> = rows.iter().map(|r| columns.iter().map(|c| r * c / n).collect()).collect();
    let statistic = |less: f64| counts.iter().flatten().zip(expected.iter().flatten()).map(|(o, e)| ((o - e).abs() - less.min((o - e).abs())).powi(2) / e).sum::<f64>();
    let df = real((rows.len() - 1) * (width - 1));
    let chi2 = statistic(0.0);
    let square = rows.len() == 2 && width == 2;
    let yates = square.then(|| statistic(0.5)).map(|chi2| (chi2, chi2_tail(chi2, df)));
    Some(Independence {
        chi2,
        df,
        p: chi2_tail(chi2, df),
        yates,
        fisher: square.then(|| fisher(counts[0][0], counts[0][1], counts[1][0], counts[1][1])),
        cramers_v: (chi2 / (n * real((rows.len() - 1).min(width - 1)))).sqrt(),
        expected,
    })
}
/// Two-sided, by adding up all tables with the same margins that are no more likely (Fisher 1935), as R does.
fn fisher(a: f64, b: f64, c: f64, d: f64) -> f64 {
    let choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let (row, other, column) = (a + b, c + d, a + c);
    let chance = |x: f64| (choose(row, x) + choose(other, column - x) - choose(row + other, column)).exp();
    let seen = chance(a) * (1.0 + 1e-7);
    let mut sum = 0.0;
    let mut x = (column - other).max(0.0);
    while x <= row.min(column) {
        let here = chance(x);
        if here <= seen {
            sum += here;
        }
        x += 1.0;
    }
    sum.min(1.0)
}
/// Whether counts are as expected by `shares`, which are scaled to sum to one: chi-squared, degrees of freedom, p. `None` for
/// shares that are not all above zero, or fewer than two.
#[must_use]
pub fn goodness_of_fit(counts: &[f64], shares: &[f64]) -> Option<(f64, f64, f64)> {
    let (n, whole): (f64, f64) = (counts.iter().sum(), shares.iter().sum());
    if counts.len() != shares.len() || counts.len() < 2 || n <= 0.0 || shares.iter().any(|s| *s <= 0.0 || !s.is_finite()) {
        return None;
    }
    let chi2 = counts.iter().zip(shares).map(|(o, s)| (o - n * s / whole).powi(2) / (n * s / whole)).sum();
    let df = real(counts.len() - 1);
    Some((chi2, df, chi2_tail(chi2, df)))
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportions {
    pub z: f64,
    pub p: f64,
    /// Share of the second less share of the first, with Newcombe's interval (Statistics in Medicine 17, 1998, method 10).
    pub difference: Interval,
}
/// Two shares by the pooled z-test. `None` for an empty group; z is no number where all or none have it.
#[must_use]
pub fn proportions(successes: (f64, f64), sizes: (f64, f64)) -> Option<Proportions> {
    if sizes.0 <= 0.0 || sizes.1 <= 0.0 {
        return None;
    }
    let (first, second) = (wilson(successes.0, sizes.0), wilson(successes.1, sizes.1));
    let pooled = (successes.0 + successes.1) / (sizes.0 + sizes.1);
    let value = second.value - first.value;
    let z = value / (pooled * (1.0 - pooled) * (1.0 / sizes.0 + 1.0 / sizes.1)).sqrt();
    let low = value - ((second.value - second.low).powi(2) + (first.high - first.value).powi(2)).sqrt();
    let high = value + ((second.high - second.value).powi(2) + (first.value - first.low).powi(2)).sqrt();
    Some(Proportions { z, p: normal_two_sided(z), difference: Interval { value, low, high } })
}
/// A share with its 95 % interval (Wilson, JASA 22, 1927).
#[must_use]
pub fn wilson(successes: f64, n: f64) -> Interval {
    const Z: f64 = 1.959_963_984_540_054;
    let value = successes / n;
    let centre = (value + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (value * (1.0 - value) / n + Z * Z / (4.0 * n * n)).sqrt();
    Interval { value, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::{goodness_of_fit, independence, proportions, wilson};
    use crate::summary::samples::near;

    // references: scipy.stats chi2_contingency, fisher_exact, chisquare, contingency.association; statsmodels proportions_ztest,
    // confint_proportions_2indep(method="newcomb"), proportion_confint(method="wilson")
    #[test]
    fn tables_as_scipy() {
        let found = independence(&[vec![20.0, 15.0, 5.0], vec![10.0, 25.0, 25.0], vec![7.0, 3.0, 11.0]]).unwrap();
        near(found.chi2, 20.721295600762417);
        near(found.df, 4.0);
        near(found.p, 0.0003596093106443119);
        near(found.expected[1][2], 20.330578512396695);
        near(found.cramers_v, 0.292617819746);
        assert_eq!((found.yates, found.fisher), (None, None));
        let small = independence(&[vec![8.0, 2.0], vec![1.0, 5.0]]).unwrap();
        near(small.chi2, 6.112169312169312);
        near(small.p, 0.013425424881491248);
        let (chi2, p) = small.yates.unwrap();
        near(chi2, 3.8095238095238093);
        near(p, 0.050961936967763424);
        near(small.fisher.unwrap(), 0.034965034965034975);
        let large = independence(&[vec![1000.0, 1100.0], vec![1250.0, 1010.0]]).unwrap();
        near(large.p, 3.8267298269752823e-07);
        near(large.fisher.unwrap(), 4.063902786664143e-07);
    }
    #[test]
    fn shares_as_statsmodels() {
        let found = proportions((100.0, 130.0), (1_000.0, 1_000.0)).unwrap();
        near(found.z, 2.102740605622114);
        near(found.p, 0.03548845046647471);
        near(found.difference.low, 0.0020023487152830075);
        near(found.difference.high, 0.05807048502220285);
        let share = wilson(3.0, 40.0);
        near(share.low, 0.025836025774588184);
        near(share.high, 0.1986423352431055);
        let (chi2, df, p) = goodness_of_fit(&[1_000.0, 1_100.0], &[0.5, 0.5]).unwrap();
        near(chi2, 4.761904761904762);
        near(df, 1.0);
        near(p, 0.029096331741252267);
    }
    #[test]
    fn odd_tables() {
        assert!(independence(&[]).is_none() && independence(&[vec![1.0, 2.0]]).is_none() && independence(&[vec![1.0, 0.0], vec![2.0, 0.0]]).is_none());
        assert!(goodness_of_fit(&[1.0, 2.0], &[0.0, 1.0]).is_none() && goodness_of_fit(&[1.0], &[1.0]).is_none());
        assert!(proportions((0.0, 0.0), (5.0, 0.0)).is_none() && proportions((0.0, 0.0), (5.0, 5.0)).is_some_and(|p| p.z.is_nan()));
    }
}
