//! Distribution functions and quantiles of tests and intervals. A tail is computed as such and never as one minus the rest, so that
//! small probabilities keep their digits. Degrees of freedom are positive and need not be whole; outside of its domain a function
//! answers NaN.

use crate::special::{beta_regularised, gamma_regularised};

/// P(Z <= z) of the standard normal.
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    normal_tail(-z)
}
/// P(Z > z) of the standard normal.
#[must_use]
pub fn normal_tail(z: f64) -> f64 {
    let (within, beyond) = gamma_regularised(0.5, z * z / 2.0);
    if z > 0.0 { 0.5 * beyond } else { 0.5 + 0.5 * within }
}
/// P(|Z| > |z|): the p-value of a two-sided test.
#[must_use]
pub fn normal_two_sided(z: f64) -> f64 {
    gamma_regularised(0.5, z * z / 2.0).1
}
/// Density of the standard normal.
#[must_use]
pub fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}
/// The z below which the share `p` lies.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    // a rough place (Abramowitz and Stegun 26.2.23, off by less than 4.5e-4), then Halley's steps to full precision
    let t = (-2.0 * p.ln()).sqrt();
    let rough = t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let mut z = -rough;
    for _ in 0..4 {
        let step = (normal_cdf(z) - p) / normal_density(z);
        if !step.is_finite() {
            break;
        }
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}
/// P(T <= t) of Student's t with `df` degrees of freedom.
#[must_use]
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_tail(-t, df)
}
/// P(T > t).
#[must_use]
pub fn t_tail(t: f64, df: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, df);
    if t > 0.0 { half } else { 1.0 - half }
}
/// P(|T| > |t|): the p-value of a two-sided test.
#[must_use]
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_infinite() && df > 0.0 {
        return 0.0;
    }
    let square = t * t;
    beta_regularised(df / (df + square), square / (df + square), df / 2.0, 0.5).0
}
/// The t below which the share `p` lies.
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if p > 0.5 {
        return -t_quantile(1.0 - p, df);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    -above(|t| t_tail(t, df), p)
}
/// P(F <= f) of Fisher's F with `df1` and `df2` degrees of freedom.
#[must_use]
pub fn f_cdf(f: f64, df1: f64, df2: f64) -> f64 {
    f_both(f, df1, df2).0
}
/// P(F > f).
#[must_use]
pub fn f_tail(f: f64, df1: f64, df2: f64) -> f64 {
    f_both(f, df1, df2).1
}
fn f_both(f: f64, df1: f64, df2: f64) -> (f64, f64) {
    if f <= 0.0 {
        return (0.0, 1.0);
    }
    if f.is_infinite() {
        return (1.0, 0.0);
    }
    let whole = df1 * f + df2;
    beta_regularised(df1 * f / whole, df2 / whole, df1 / 2.0, df2 / 2.0)
}
/// P(X <= x) of the chi-squared distribution with `df` degrees of freedom.
#[must_use]
pub fn chi2_cdf(x: f64, df: f64) -> f64 {
    gamma_regularised(df / 2.0, x.max(0.0) / 2.0).0
}
/// P(X > x).
#[must_use]
pub fn chi2_tail(x: f64, df: f64) -> f64 {
    gamma_regularised(df / 2.0, x.max(0.0) / 2.0).1
}
/// Where a falling tail over the positive numbers comes down to `p`: bisection, for a handful of calls an analysis.
fn above(tail: impl Fn(f64) -> f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while tail(high) > p && high < 1e300 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if tail(middle) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::{chi2_cdf, chi2_tail, f_cdf, f_tail, normal_cdf, normal_quantile, normal_tail, normal_two_sided, t_cdf, t_quantile, t_two_sided};

    fn near(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() <= 1e-11 * theirs.abs(), "{ours:e}, reference {theirs:e}");
    }
    // references: scipy.stats norm, t, f, chi2
    #[test]
    fn normal() {
        near(normal_cdf(-3.0), 0.0013498980316300933);
        near(normal_cdf(-0.5), 0.3085375387259869);
        near(normal_cdf(0.0), 0.5);
        near(normal_cdf(1.2), 0.8849303297782918);
        near(normal_cdf(6.0), 0.9999999990134123);
        near(normal_tail(1e-09), 0.49999999960105773);
        near(normal_tail(1.96), 0.024997895148220435);
        near(normal_tail(8.0), 6.22096057427174e-16);
        near(normal_tail(20.0), 2.7536241186061556e-89);
        near(normal_two_sided(2.1027), 0.03549200206874143);
        near(normal_quantile(1e-300), -37.0470962993612);
        near(normal_quantile(1e-10), -6.361340902404056);
        near(normal_quantile(0.025), -1.9599639845400545);
        near(normal_quantile(0.1), -1.2815515655446004);
        near(normal_quantile(0.4999), -0.0002506628300880075);
        near(normal_quantile(0.9), 1.2815515655446004);
        near(normal_quantile(0.975), 1.959963984540054);
        near(normal_quantile(0.999999), 4.753424308817087);
    }
    #[test]
    fn student() {
        near(t_cdf(-2.5, 3.0), 0.04385332350403278);
        near(t_cdf(0.3, 1.0), 0.5927735790777423);
        near(t_cdf(1.7, 27.4), 0.9497714397234267);
        near(t_cdf(4.0, 1000.0), 0.9999659950403956);
        near(t_two_sided(1e-05, 5.0), 0.9999924078662037);
        near(t_two_sided(3.2, 11.7), 0.007860483161293742);
        near(t_two_sided(25.0, 400.0), 9.431853440782933e-84);
        near(t_two_sided(2.0, 100000.0), 0.04550296345750651);
        near(t_quantile(0.975, 1.0), 12.706204736174694);
        near(t_quantile(0.975, 2.5), 3.5746548420036817);
        near(t_quantile(0.9, 30.0), 1.3104150253913955);
        near(t_quantile(0.995, 12000.0), 2.576239077208329);
        near(t_quantile(0.001, 4.0), -7.1731822197823085);
    }
    #[test]
    fn fisher() {
        near(f_cdf(0.7, 2.0, 30.0), 0.49548498060575535);
        near(f_cdf(3.1, 5.0, 7.0), 0.9138049671292916);
        near(f_tail(3.1, 5.0, 7.0), 0.08619503287070843);
        near(f_tail(40.0, 3.0, 200.0), 2.7079201317013815e-20);
        near(f_tail(1.05, 1000.0, 5000.0), 0.1557452095103482);
        near(f_tail(0.0001, 3.0, 4.0), 0.9999983764580852);
    }
    #[test]
    fn chi_squared() {
        near(chi2_cdf(0.01, 1.0), 0.07965567455405799);
        near(chi2_cdf(4.0, 3.0), 0.7385358700508888);
        near(chi2_cdf(900.0, 1000.0), 0.01071723809128973);
        near(chi2_tail(3.841458820694124, 1.0), 0.04999999999999989);
        near(chi2_tail(4.762, 1.0), 0.029094721898629796);
        near(chi2_tail(80.0, 12.0), 4.127308729731743e-12);
        near(chi2_tail(1200.0, 1000.0), 1.2255942330622893e-05);
        near(chi2_tail(500.0, 2.5), 1.1721312035629405e-108);
    }
    #[test]
    fn outside_of_the_domain() {
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(f64::NAN).is_nan() && t_quantile(0.5, 0.0).is_nan());
        assert!(t_cdf(1.0, -1.0).is_nan() && chi2_tail(1.0, 0.0).is_nan() && f_tail(1.0, 0.0, 3.0).is_nan());
        assert_eq!((t_cdf(f64::INFINITY, 3.0), f_tail(f64::INFINITY, 1.0, 1.0), f_cdf(-1.0, 1.0, 1.0), chi2_cdf(-1.0, 2.0)), (1.0, 0.0, 0.0, 0.0));
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    }
}
