//! Special functions that estimators share.

/// Natural logarithm of the gamma function for `x > 0`, to about 1e-14 relative (Lanczos, g = 7, nine terms; Press et al.,
/// Numerical Recipes, 6.1).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // reflection keeps small arguments exact
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = C.iter().skip(1).zip(1u32..).fold(C[0], |sum, (c, i)| sum + c / (x + f64::from(i)));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}
/// Natural logarithm of the beta function.
#[must_use]
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}
/// Gauss's hypergeometric function for `0 <= z < 1` by its series; `None` where 50,000 terms do not settle it.
#[must_use]
pub fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 0..50_000u32 {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / (c + n) * z / (n + 1.0);
        sum += term;
        if term.abs() <= 1e-15 * f64::abs(sum) {
            return Some(sum).filter(|s| s.is_finite());
        }
    }
    None
}
/// Logarithm of [`hyp2f1`] where it is positive, also where the function itself is too large for a number: a thousandth power is
/// common when `a` and `b` are. `None` where it is not positive or does not settle.
#[must_use]
pub fn ln_hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    const LARGE: f64 = 1e200;
    let (mut term, mut sum, mut scaled) = (1.0f64, 1.0f64, 0.0);
    for n in 0..50_000u32 {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / (c + n) * z / (n + 1.0);
        sum += term;
        if term.abs() <= 1e-15 * sum.abs() {
            return (sum > 0.0 && sum.is_finite()).then(|| sum.ln() + scaled);
        }
        if term.abs() > LARGE {
            (term, sum) = (term / LARGE, sum / LARGE);
            scaled += LARGE.ln();
        }
    }
    None
}
/// `ln(e^a + e^b)`.
#[must_use]
pub fn ln_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}
/// Upper tail of the chi-squared distribution with one degree of freedom.
#[must_use]
pub fn chi2_1_tail(x: f64) -> f64 {
    erfc((x / 2.0).sqrt())
}
/// Complementary error function for `x >= 0`, relative error below 1.2e-7 (Press et al., Numerical Recipes, 6.2).
#[must_use]
pub fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.5 * x);
    let inner = [-1.265_512_23, 1.000_023_68, 0.374_091_96, 0.096_784_18, -0.186_288_06, 0.278_868_07, -1.135_203_98, 1.488_515_87, -0.822_152_23, 0.170_872_77];
    let poly = inner.iter().rev().fold(0.0, |sum, c| sum * t + c);
    t * (-x * x + poly).exp()
}

#[cfg(test)]
mod tests {
    use super::{chi2_1_tail, hyp2f1, ln_add, ln_gamma, ln_hyp2f1};

    #[test]
    fn gamma_of_whole_and_half_numbers() {
        assert!((ln_gamma(5.0) - 24f64.ln()).abs() < 1e-12);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        assert!((ln_gamma(0.01) - 4.599_479_878_042_022).abs() < 1e-10);
        assert!((ln_gamma(200.0) - 857.933_669_825_857_5).abs() < 1e-9);
    }
    #[test]
    fn hypergeometric_of_known_form() {
        // 2F1(1, 1; 2; z) = -ln(1 - z) / z
        assert!((hyp2f1(1.0, 1.0, 2.0, 0.5).unwrap() - 2.0 * 2f64.ln()).abs() < 1e-12);
        assert!((hyp2f1(1.0, 1.0, 2.0, 0.99).unwrap() - 100f64.ln() / 0.99).abs() < 1e-9);
        // 2F1(a, b; b; z) = (1 - z)^-a, here e^2302
        assert!((ln_hyp2f1(1_000.0, 7.0, 7.0, 0.9).unwrap() - 1_000.0 * 10f64.ln()).abs() < 1e-6);
    }
    #[test]
    fn sums_of_logarithms_and_tails() {
        assert!((ln_add(-1_000.0, -1_000.0) - (-1_000.0 + 2f64.ln())).abs() < 1e-12);
        assert!((chi2_1_tail(3.841_458_8) - 0.05).abs() < 1e-6);
    }
}
