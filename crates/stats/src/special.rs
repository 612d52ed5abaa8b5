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
/// What Stirling's formula for `ln_gamma(x)` misses, for `x >= 10` (Abramowitz and Stegun 6.1.40).
fn stirling_rest(x: f64) -> f64 {
    const B: [f64; 6] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1_260.0, -1.0 / 1_680.0, 1.0 / 1_188.0, -691.0 / 360_360.0];
    let square = 1.0 / (x * x);
    B.iter().rev().fold(0.0, |sum, b| sum * square + b) / x
}
/// As [`ln_beta`], but exact also where the logarithms of large gammas would take each other away.
fn ln_beta_large(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 10.0 {
        return ln_beta(a, b);
    }
    let share = small / (small + large);
    let rest = stirling_rest(large) - stirling_rest(small + large) + (large - 0.5) * (-share).ln_1p();
    if small < 10.0 {
        return ln_gamma(small) + rest + small - small * (small + large).ln();
    }
    0.5 * (2.0 * std::f64::consts::PI).ln() + stirling_rest(small) + rest + (small - 0.5) * share.ln() - 0.5 * (small + large).ln()
}
/// Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, the smaller of them to full relative precision: the series
/// below the mean, the continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31). NaN for `a <= 0` or `x < 0`.
#[must_use]
pub fn gamma_regularised(a: f64, x: f64) -> (f64, f64) {
    if !(a > 0.0 && x >= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 || x.is_infinite() {
        return if x == 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    // x^a e^-x / gamma(a), without the difference of large logarithms
    let front = if a < 10.0 {
        (a * x.ln() - x - ln_gamma(a)).exp()
    } else {
        let off = (x - a) / a;
        (a * (off.ln_1p() - off) - stirling_rest(a)).exp() * (a / (2.0 * std::f64::consts::PI)).sqrt()
    };
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..100_000u32 {
            term *= x / (a + f64::from(n));
            sum += term;
            if term <= 1e-17 * sum {
                break;
            }
        }
        let p = (front * sum).min(1.0);
        return (p, 1.0 - p);
    }
    let q = (front * continued(x + 1.0 - a, |n| (-n * (n - a), x + 1.0 - a + 2.0 * n))).min(1.0);
    (1.0 - q, q)
}
/// Regularised incomplete beta function I_x(a, b) and 1 - I_x; `y` is `1 - x`, given apart so that neither loses digits (Abramowitz and
/// Stegun 26.5.8). NaN outside of `a > 0`, `b > 0`, `0 <= x <= 1`.
#[must_use]
pub fn beta_regularised(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 || y == 0.0 {
        return if x == 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        let (over, under) = beta_regularised_low(y, x, b, a);
        return (under, over);
    }
    beta_regularised_low(x, y, a, b)
}
fn beta_regularised_low(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    let front = (a * x.ln() + b * y.ln() - ln_beta_large(a, b)).exp() / a;
    let fraction = continued(1.0, |n| {
        let m = (n / 2.0).floor();
        let numerator = if n % 2.0 == 0.0 { m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)) } else { -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)) };
        (numerator, 1.0)
    });
    let i = (front * fraction).min(1.0);
    (i, 1.0 - i)
}
/// `1 / (first + a1 / (b1 + a2 / (b2 + ...)))` by Lentz's method as Thompson and Barnett changed it (J. Comput. Phys. 64, 1986).
fn continued(first: f64, step: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let safe = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut value, mut c, mut d) = (safe(first), safe(first), 0.0);
    for n in 1..100_000u32 {
        let (a, b) = step(f64::from(n));
        d = 1.0 / safe(b + a * d);
        c = safe(b + a / c);
        value *= c * d;
        if (c * d - 1.0).abs() <= 1e-16 {
            break;
        }
    }
    1.0 / value
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
/// Complementary error function for `x >= 0`.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    gamma_regularised(0.5, x * x).1
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
        assert!((chi2_1_tail(3.841_458_820_694_124) - 0.05).abs() < 1e-14);
    }
}
