//! What one column of numbers is like.

use crate::forecast::real;

#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / real(values.len())
}
/// Of a sample: divided by n - 1. NaN for fewer than two.
#[must_use]
pub fn variance(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    // the second sum takes back what the mean was rounded by (Chan, Golub, LeVeque, The American Statistician 37, 1983)
    let (squares, rest) = values.iter().fold((0.0, 0.0), |(s, r), v| (s + (v - centre).powi(2), r + (v - centre)));
    (squares - rest * rest / real(values.len())) / real(values.len() - 1)
}
/// The value below which the share `p` lies, of values in order: type 7 of Hyndman and Fan (The American Statistician 50, 1996), which R
/// and NumPy take where nothing else is said. NaN for none.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p.clamp(0.0, 1.0) * real(last);
    let below = (0..=last).rev().find(|i| real(*i) <= at).unwrap_or(0);
    let low = sorted[below];
    sorted.get(below + 1).map_or(low, |high| low + (at - real(below)) * (high - low))
}
/// Adjusted Fisher-Pearson skewness G1 (Joanes and Gill, The Statistician 47, 1998), as spreadsheets, SAS and SPSS tell it. NaN for fewer
/// than three and for values that are all the same.
#[must_use]
pub fn skewness(values: &[f64]) -> f64 {
    let n = real(values.len());
    if values.len() < 3 {
        return f64::NAN;
    }
    let centre = mean(values);
    let moment = |k: i32| values.iter().map(|v| (v - centre).powi(k)).sum::<f64>() / n;
    let second = moment(2);
    if second <= (1e-15 * centre).powi(2) {
        return f64::NAN;
    }
    moment(3) / second.powf(1.5) * (n * (n - 1.0)).sqrt() / (n - 2.0)
}
/// Ranks from one, the same values sharing the mean of theirs; and the sizes of the groups of more than one that do.
#[must_use]
pub fn ranks(values: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut out = vec![0.0; values.len()];
    let mut ties = Vec::new();
    let mut at = 0;
    while at < order.len() {
        let same = order[at..].iter().take_while(|i| values[**i] == values[order[at]]).count().max(1);
        for i in &order[at..at + same] {
            out[*i] = real(at) + (real(same) + 1.0) / 2.0;
        }
        if same > 1 {
            ties.push(same);
        }
        at += same;
    }
    (out, ties)
}
/// Sum of `t^3 - t` over groups of ties.
pub(crate) fn tied(ties: &[usize]) -> f64 {
    ties.iter().map(|t| real(*t).powi(3) - real(*t)).sum()
}

#[cfg(test)]
pub(crate) mod samples {
    //! Weights of plants in R's `PlantGrowth` (Dobson 1983), by group.
    pub(crate) const CTRL: [f64; 10] = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14];
    pub(crate) const TRT1: [f64; 10] = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69];
    pub(crate) const TRT2: [f64; 10] = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26];
    pub(crate) fn near(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-300), "{ours:e}, reference {theirs:e}");
    }
}
#[cfg(test)]
mod tests {
    use super::{
        mean, quantile, ranks,
        samples::{CTRL, near},
        skewness, variance,
    };

    // references: numpy.quantile, scipy.stats.skew(bias=False), numpy.var(ddof=1)
    #[test]
    fn as_numpy_and_scipy_tell() {
        let mut sorted = CTRL;
        sorted.sort_by(f64::total_cmp);
        near(mean(&CTRL), 5.031999999999999);
        near(variance(&CTRL), 0.33999555555555555);
        near(skewness(&CTRL), 0.3209749750374664);
        near(quantile(&sorted, 0.0), 4.17);
        near(quantile(&sorted, 0.25), 4.550000000000001);
        near(quantile(&sorted, 0.5), 5.154999999999999);
        near(quantile(&sorted, 0.75), 5.2925);
        near(quantile(&sorted, 0.1), 4.467);
        near(quantile(&sorted, 0.99), 6.0623000000000005);
        near(quantile(&sorted, 1.0), 6.11);
    }
    #[test]
    fn nothing_and_little() {
        assert!(mean(&[]).is_nan() && variance(&[1.0]).is_nan() && quantile(&[], 0.5).is_nan() && skewness(&[1.0, 1.0, 1.0]).is_nan());
        assert_eq!((quantile(&[3.0], 0.9), variance(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0])), (3.0, 1.0));
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), (vec![3.5, 1.0, 3.5, 2.0], vec![2]));
    }
}
