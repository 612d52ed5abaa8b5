//! Whether groups of numbers differ.

use crate::{
    distribution::{f_tail, normal_two_sided, t_quantile, t_two_sided},
    forecast::real,
    summary::{mean, ranks, tied, variance},
};

/// A difference of two with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Welch {
    pub t: f64,
    pub df: f64,
    pub p: f64,
    /// Mean of the first less mean of the second.
    pub difference: Interval,
    /// In pooled standard deviations, corrected for small samples (Hedges 1981), with the interval of large samples.
    pub hedges_g: Interval,
}
/// The 95 % interval of a mean.
#[must_use]
pub fn mean_interval(values: &[f64]) -> Interval {
    let (value, n) = (mean(values), real(values.len()));
    let half = if values.len() < 2 { f64::NAN } else { t_quantile(0.975, n - 1.0) * (variance(values) / n).sqrt() };
    Interval { value, low: value - half, high: value + half }
}
/// Two means without taking equal spread for granted (Welch, Biometrika 34, 1947). `None` for fewer than two values in a group, or where
/// neither group has any spread.
#[must_use]
pub fn welch(a: &[f64], b: &[f64]) -> Option<Welch> {
    let (n, m) = (real(a.len()), real(b.len()));
    let (va, vb) = (variance(a), variance(b));
    let (sa, sb) = (va / n, vb / m);
    let error = (sa + sb).sqrt();
    if !error.is_finite() || error <= 0.0 {
        return None;
    }
    let gap = mean(a) - mean(b);
    let df = (sa + sb).powi(2) / (sa * sa / (n - 1.0) + sb * sb / (m - 1.0));
    let half = t_quantile(0.975, df) * error;
    let pooled = (((n - 1.0) * va + (m - 1.0) * vb) / (n + m - 2.0)).sqrt();
    let g = gap / pooled * (1.0 - 3.0 / (4.0 * (n + m - 2.0) - 1.0));
    let spread = 1.959_963_984_540_054 * ((n + m) / (n * m) + g * g / (2.0 * (n + m))).sqrt();
    let t = gap / error;
    Some(Welch { t, df, p: t_two_sided(t, df), difference: Interval { value: gap, low: gap - half, high: gap + half }, hedges_g: Interval { value: g, low: g - spread, high: g + spread } })
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// Of the first group: in how many pairs its value is the larger one, ties counting half.
    pub u: f64,
    pub p: f64,
    pub exact: bool,
    /// Share of pairs in which the first is larger, with the interval of `DeLong` (Biometrics 44, 1988), held within 0 and 1.
    pub superiority: Interval,
}
/// Mann-Whitney's U, which is Wilcoxon's rank sum: exact below fifty values in each group without ties, else normal with corrections for ties
/// and continuity, as R does. `None` for an empty group or values that are all the same.
#[must_use]
pub fn mann_whitney(a: &[f64], b: &[f64]) -> Option<MannWhitney> {
    let (n, m) = (real(a.len()), real(b.len()));
    let (together, ties) = ranks(&a.iter().chain(b).copied().collect::<Vec<_>>());
    let u = together[..a.len()].iter().sum::<f64>() - n * (n + 1.0) / 2.0;
    let whole = n + m;
    let sigma = (n * m / 12.0 * (whole + 1.0 - tied(&ties) / (whole * (whole - 1.0)))).sqrt();
    if a.is_empty() || b.is_empty() || !sigma.is_finite() || sigma <= 0.0 {
        return None;
    }
    let exact = a.len() < 50 && b.len() < 50 && ties.is_empty();
    let p = if exact { (2.0 * least(a.len(), b.len(), u.min(n * m - u))).min(1.0) } else { normal_two_sided((((u - n * m / 2.0).abs() - 0.5) / sigma).max(0.0)) };
    let (own_a, own_b) = (ranks(a).0, ranks(b).0);
    let over: Vec<f64> = together[..a.len()].iter().zip(&own_a).map(|(r, own)| (r - own) / m).collect();
    let under: Vec<f64> = together[a.len()..].iter().zip(&own_b).map(|(r, own)| (r - own) / n).collect();
    let value = u / (n * m);
    let half = 1.959_963_984_540_054 * (variance(&over) / n + variance(&under) / m).sqrt();
    Some(MannWhitney { u, p, exact, superiority: Interval { value, low: (value - half).max(0.0), high: (value + half).min(1.0) } })
}
/// P(U <= u) if nothing differs, without ties: arrangements are counted by Mann and Whitney's recurrence (1947), here as probabilities.
fn least(n: usize, m: usize, u: f64) -> f64 {
    // ways[i][s]: share of arrangements of i values of the first group and j of the second with sum s, for j growing
    let sums = n * m + 1;
    let mut ways = vec![vec![0.0; sums]; n + 1];
    ways.iter_mut().for_each(|w| w[0] = 1.0);
    for j in 1..=m {
        let mut next = vec![vec![0.0; sums]; n + 1];
        next[0][0] = 1.0;
        for i in 1..=n {
            let share = real(i) / real(i + j);
            for s in 0..=i * j {
                let with_first = if s >= j { next[i - 1][s - j] } else { 0.0 };
                next[i][s] = share * with_first + (1.0 - share) * ways[i][s];
            }
        }
        ways = next;
    }
    ways[n].iter().enumerate().take_while(|(s, _)| real(*s) <= u + 1e-9).map(|(_, w)| w).sum()
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anova {
    pub f: f64,
    pub df1: f64,
    pub df2: f64,
    pub p: f64,
    /// Share of all variation that lies between groups, and the same without what chance adds.
    pub eta_squared: f64,
    pub omega_squared: f64,
}
/// Analysis of variance with one factor (Fisher 1925). `None` for fewer than two groups, no more values than groups, or no spread within.
#[must_use]
pub fn anova(groups: &[&[f64]]) -> Option<Anova> {
    let n = real(groups.iter().map(|g| g.len()).sum());
    let k = real(groups.len());
    let centre = groups.iter().flat_map(|g| g.iter()).sum::<f64>() / n;
    let between: f64 = groups.iter().map(|g| real(g.len()) * (mean(g) - centre).powi(2)).sum();
    let within: f64 = groups
        .iter()
        .map(|g| {
            let own = mean(g);
            g.iter().map(|v| (v - own).powi(2)).sum::<f64>()
        })
        .sum();
    let (df1, df2) = (k - 1.0, n - k);
    if groups.iter().any(|g| g.is_empty()) || df1 < 1.0 || df2 < 1.0 || !within.is_finite() || within <= 0.0 {
        return None;
    }
    let noise = within / df2;
    let f = between / df1 / noise;
    Some(Anova { f, df1, df2, p: f_tail(f, df1, df2), eta_squared: between / (between + within), omega_squared: ((between - df1 * noise) / (between + within + noise)).max(0.0) })
}
/// Analysis of variance without taking equal spread for granted (Welch, Biometrika 38, 1951): F, its degrees of freedom and p. `None` where a
/// group has fewer than two values or no spread.
#[must_use]
pub fn welch_anova(groups: &[&[f64]]) -> Option<(f64, f64, f64, f64)> {
    let k = real(groups.len());
    let weights: Vec<f64> = groups.iter().map(|g| real(g.len()) / variance(g)).collect();
    if groups.len() < 2 || weights.iter().any(|w| !w.is_finite()) {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let centre = weights.iter().zip(groups).map(|(w, g)| w * mean(g)).sum::<f64>() / total;
    let uneven: f64 = weights.iter().zip(groups).map(|(w, g)| (1.0 - w / total).powi(2) / (real(g.len()) - 1.0)).sum();
    let between = weights.iter().zip(groups).map(|(w, g)| w * (mean(g) - centre).powi(2)).sum::<f64>() / (k - 1.0);
    let f = between / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * uneven);
    let df2 = (k * k - 1.0) / (3.0 * uneven);
    Some((f, k - 1.0, df2, f_tail(f, k - 1.0, df2)))
}
/// Kruskal and Wallis (JASA 47, 1952) with correction for ties: H, degrees of freedom, p and the share of variation of ranks between groups
/// (epsilon squared). `None` for an empty group or values that are all the same.
#[must_use]
pub fn kruskal_wallis(groups: &[&[f64]]) -> Option<(f64, f64, f64, f64)> {
    let (all, ties) = ranks(&groups.iter().flat_map(|g| g.iter()).copied().collect::<Vec<_>>());
    let n = real(all.len());
    let correction = 1.0 - tied(&ties) / (n.powi(3) - n);
    if groups.len() < 2 || groups.iter().any(|g| g.is_empty()) || correction.is_nan() || correction <= 0.0 {
        return None;
    }
    let mut at = 0;
    let mut sum = 0.0;
    for group in groups {
        sum += all[at..at + group.len()].iter().sum::<f64>().powi(2) / real(group.len());
        at += group.len();
    }
    let h = ((12.0 / (n * (n + 1.0)) * sum - 3.0 * (n + 1.0)) / correction).max(0.0);
    let df = real(groups.len()) - 1.0;
    Some((h, df, crate::distribution::chi2_tail(h, df), h / (n - 1.0)))
}
/// p-values of several tests, each so raised that one wrong alarm among all is as rare as it would be for one (Holm, Scand. J. Statistics 6,
/// 1979).
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| p[*i].is_finite()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut out = vec![f64::NAN; p.len()];
    let mut highest: f64 = 0.0;
    for (place, i) in order.iter().enumerate() {
        highest = highest.max((p[*i] * real(order.len() - place)).min(1.0));
        out[*i] = highest;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{anova, holm, kruskal_wallis, mann_whitney, mean_interval, welch, welch_anova};
    use crate::summary::samples::{CTRL, TRT1, TRT2, near};

    // references: scipy.stats ttest_ind(equal_var=False), mannwhitneyu, f_oneway, kruskal; DeLong and Hedges by their formulas in numpy
    #[test]
    fn welch_as_scipy() {
        let found = welch(&CTRL, &TRT1).unwrap();
        near(found.t, 1.191260381848701);
        near(found.df, 16.5235850568593);
        near(found.p, 0.2503825085875489);
        near(found.difference.low, -0.2875162213468111);
        near(found.difference.high, 1.0295162213468103);
        near(found.hedges_g.value, 0.5102373664920888);
        near(found.hedges_g.low, -0.38043322766058607);
        near(found.hedges_g.high, 1.4009079606447639);
        let far = welch(&CTRL.map(|v| v + 9.0), &TRT1[..7]).unwrap();
        near(far.p, 2.168258006961102e-09);
        let interval = mean_interval(&CTRL);
        near(interval.low, 4.614881555655038);
        near(interval.high, 5.44911844434496);
    }
    #[test]
    fn mann_whitney_as_scipy() {
        let exact = mann_whitney(&CTRL, &TRT2).unwrap();
        assert!(exact.exact);
        near(exact.u, 25.0);
        near(exact.p, 0.06301283855463422);
        near(exact.superiority.value, 0.25);
        near(exact.superiority.low, 0.02462781408360651);
        near(exact.superiority.high, 0.4753721859163935);
        let tied = mann_whitney(&CTRL, &TRT1).unwrap();
        assert!(!tied.exact);
        near(tied.u, 67.5);
        near(tied.p, 0.1985957586332152);
        let few = mann_whitney(&CTRL[..3], &TRT2[..5]).unwrap();
        near(few.p, 0.5714285714285714);
    }
    #[test]
    fn three_groups_as_scipy() {
        let groups = [&CTRL[..], &TRT1, &TRT2];
        let found = anova(&groups).unwrap();
        near(found.f, 4.846087862380135);
        near(found.p, 0.015909958325622912);
        near(found.eta_squared, 0.26414829683211977);
        near(found.omega_squared, 0.20407884598997098);
        let (f, df1, df2, p) = welch_anova(&groups).unwrap();
        near(f, 5.1809724081131945);
        near(p, 0.017392821490169935);
        near(df1, 2.0);
        near(df2, 17.128418616644137);
        let (h, df, p, epsilon) = kruskal_wallis(&groups).unwrap();
        near(h, 7.988228749443715);
        near(df, 2.0);
        near(p, 0.018423755731471966);
        near(epsilon, 0.27545616377392124);
    }
    #[test]
    fn too_little_is_no_answer() {
        assert!(welch(&[1.0], &[1.0, 2.0]).is_none() && welch(&[1.0, 1.0], &[2.0, 2.0]).is_none());
        assert!(mann_whitney(&[], &[1.0]).is_none() && mann_whitney(&[1.0, 1.0], &[1.0]).is_none());
        assert!(anova(&[&[1.0], &[2.0]]).is_none() && anova(&[&[1.0, 2.0], &[]]).is_none() && anova(&[&[1.0, 1.0], &[2.0, 2.0]]).is_none());
        assert!(kruskal_wallis(&[&[1.0], &[1.0]]).is_none() && welch_anova(&[&[1.0, 1.0], &[1.0, 2.0]]).is_none());
        assert!(mean_interval(&[1.0]).low.is_nan());
    }
    #[test]
    fn holm_by_hand() {
        let adjusted = holm(&[0.01, 0.04, f64::NAN, 0.03]);
        assert_eq!((adjusted[0], adjusted[1], adjusted[3]), (0.03, 0.06, 0.06));
        assert!(adjusted[2].is_nan());
    }
}
