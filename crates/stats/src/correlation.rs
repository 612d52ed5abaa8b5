//! Whether two columns of numbers go together.

use crate::{
    compare::Interval,
    distribution::{normal_two_sided, t_two_sided},
    forecast::real,
    summary::{mean, ranks, tied},
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// With its 95 % interval, by Fisher's transformation.
    pub r: Interval,
    pub p: f64,
}
fn between(r: f64, error: f64) -> Interval {
    let half = 1.959_963_984_540_054 * error;
    Interval { value: r, low: (r.atanh() - half).tanh(), high: (r.atanh() + half).tanh() }
}
/// Product-moment correlation (Pearson 1896). `None` for fewer than three pairs or a column that does not vary.
#[must_use]
pub fn pearson(a: &[f64], b: &[f64]) -> Option<Correlation> {
    let r = coefficient(a, b)?;
    let n = real(a.len());
    Some(Correlation { r: between(r, 1.0 / (n - 3.0).sqrt()), p: p_of(r, n) })
}
/// The same of ranks (Spearman 1904); p by Student's t, the interval after Bonett and Wright (Psychometrika 65, 2000).
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> Option<Correlation> {
    let r = coefficient(&ranks(a).0, &ranks(b).0)?;
    let n = real(a.len());
    Some(Correlation { r: between(r, ((1.0 + r * r / 2.0) / (n - 3.0)).sqrt()), p: p_of(r, n) })
}
fn coefficient(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 3 {
        return None;
    }
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    let r = ab / (aa.sqrt() * bb.sqrt());
    // what rounding leaves of one is one
    let r = if 1.0 - r.abs() < 1e-14 { r.signum() } else { r };
    (aa > 0.0 && bb > 0.0 && r.is_finite()).then_some(r)
}
fn p_of(r: f64, n: f64) -> f64 {
    t_two_sided(r * ((n - 2.0) / ((1.0 - r) * (1.0 + r))).sqrt(), n - 2.0)
}
/// Kendall's tau-b (Biometrika 33, 1945), counted by sorting (Knight, JASA 61, 1966); p exact below fifty pairs without ties, else normal
/// with the variance for ties; the interval after Bonett and Wright. `None` as for [`pearson`].
#[must_use]
pub fn kendall(a: &[f64], b: &[f64]) -> Option<Correlation> {
    if a.len() != b.len() || a.len() < 3 {
        return None;
    }
    let n = real(a.len());
    let mut pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let both: f64 = groups(&pairs).iter().map(|t| real(*t) * (real(*t) - 1.0) / 2.0).sum();
    let (ties_a, ties_b) = (ranks(a).1, ranks(b).1);
    let tied_pairs = |ties: &[usize]| ties.iter().map(|t| real(*t) * (real(*t) - 1.0) / 2.0).sum::<f64>();
    let (ta, tb) = (tied_pairs(&ties_a), tied_pairs(&ties_b));
    let whole = n * (n - 1.0) / 2.0;
    let discordant = swaps(&mut pairs.iter().map(|p| p.1).collect::<Vec<_>>());
    let concordant_less = whole - ta - tb + both - 2.0 * discordant;
    let tau = concordant_less / (whole - ta).sqrt() / (whole - tb).sqrt();
    if !tau.is_finite() {
        return None;
    }
    let p = if a.len() < 50 && ties_a.is_empty() && ties_b.is_empty() {
        exact(a.len(), discordant.min(whole - discordant))
    } else {
        let uneven = |ties: &[usize]| ties.iter().map(|t| real(*t) * (real(*t) - 1.0) * (2.0 * real(*t) + 5.0)).sum::<f64>();
        let third = |ties: &[usize]| tied(ties) - 3.0 * ties.iter().map(|t| real(*t) * (real(*t) - 1.0)).sum::<f64>();
        let m = n * (n - 1.0);
        let variance = (m * (2.0 * n + 5.0) - uneven(&ties_a) - uneven(&ties_b)) / 18.0 + 2.0 * ta * tb / m + third(&ties_a) * third(&ties_b) / (9.0 * m * (n - 2.0));
        normal_two_sided(concordant_less / variance.sqrt())
    };
    let tau = tau.clamp(-1.0, 1.0);
    Some(Correlation { r: between(tau, (0.437 / (n - 4.0)).sqrt()), p })
}
/// Sizes of groups of equal pairs that stand together.
fn groups(pairs: &[(f64, f64)]) -> Vec<usize> {
    pairs.chunk_by(|x, y| x == y).map(<[_]>::len).collect()
}
/// How many pairs stand in the wrong order: sorts by merging and counts.
fn swaps(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n < 2 {
        return 0.0;
    }
    let (left, right) = values.split_at_mut(n / 2);
    let mut count = swaps(left) + swaps(right);
    let (mut i, mut j, mut merged) = (0, 0, Vec::with_capacity(n));
    while i < left.len() && j < right.len() {
        if right[j] < left[i] {
            count += real(left.len() - i);
            merged.push(right[j]);
            j += 1;
        } else {
            merged.push(left[i]);
            i += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    values.copy_from_slice(&merged);
    count
}
/// Chance of as few pairs in the wrong order, or in the right one, if all orders are alike.
fn exact(n: usize, fewest: f64) -> f64 {
    let most = n * (n - 1) / 2;
    let mut chance = vec![0.0; most + 1];
    chance[0] = 1.0;
    for i in 2..=n {
        // the i-th value stands in the wrong order to 0, ..., i - 1 before it, each as likely
        let mut sums = vec![0.0; most + 2];
        for (s, c) in chance.iter().enumerate() {
            sums[s + 1] = sums[s] + c;
        }
        for (s, c) in chance.iter_mut().enumerate() {
            *c = (sums[s + 1] - sums[(s + 1).saturating_sub(i)]) / real(i);
        }
    }
    (2.0 * chance.iter().enumerate().take_while(|(s, _)| real(*s) <= fewest).map(|(_, c)| c).sum::<f64>()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::{kendall, pearson, spearman};
    use crate::summary::samples::{CTRL, TRT1, TRT2, near};

    // references: scipy.stats pearsonr, spearmanr, kendalltau; intervals of ranks by Bonett and Wright's formulas in numpy
    #[test]
    fn correlations_as_scipy() {
        let found = pearson(&CTRL, &TRT2).unwrap();
        near(found.r.value, -0.4674266962178713);
        near(found.p, 0.17314394355260868);
        near(found.r.low, -0.8476006229753877);
        near(found.r.high, 0.22984349731339476);
        let found = spearman(&CTRL, &TRT2).unwrap();
        near(found.r.value, -0.33333333333333326);
        near(found.p, 0.3465935070873343);
        near(found.r.low, -0.8032371962491702);
        near(found.r.high, 0.39230611418845523);
        let found = kendall(&CTRL, &TRT2).unwrap();
        near(found.r.value, -0.28888888888888886);
        near(found.p, 0.2912483465608466);
        near(found.r.low, -0.6784852498726386);
        near(found.r.high, 0.22754103038401519);
    }
    #[test]
    fn ties_as_scipy() {
        let ties = [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 5.0, 8.0, 8.0, 9.0];
        let others = [2.0, 2.0, 1.0, 3.0, 4.0, 4.0, 4.0, 1.0, 7.0, 9.0];
        let found = kendall(&ties, &TRT1).unwrap();
        near(found.r.value, 0.09428090415820634);
        near(found.p, 0.7142405256671083);
        let found = kendall(&ties, &others).unwrap();
        near(found.r.value, 0.5499999999999999);
        near(found.p, 0.03954854978864421);
        let found = spearman(&ties, &others).unwrap();
        near(found.r.value, 0.5880503144654089);
        near(found.p, 0.07377260617461205);
    }
    #[test]
    fn nothing_to_correlate() {
        for of in [pearson, spearman, kendall] {
            assert!(of(&[1.0, 2.0], &[1.0, 2.0]).is_none() && of(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).is_none() && of(&[1.0, 2.0, 3.0], &[1.0]).is_none());
        }
        let straight = pearson(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 8.0]).unwrap();
        assert_eq!((straight.r.value, straight.p), (1.0, 0.0));
    }
}
