//! Linear models: least squares, and by iterated weighted least squares the logistic and the Poisson one (Nelder and Wedderburn, JRSS A
//! 135, 1972). Columns that follow from those before them are left out, as R does.

/// What the outcome is taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A number; identity link, least squares.
    Gaussian,
    /// 0 or 1; logit link.
    Binomial,
    /// A count; logarithm as link.
    Poisson,
}
/// A fitted model. Coefficients are in the order of the columns; nothing where a column was left out.
#[derive(Clone, Debug)]
pub struct Fit {
    pub coefficients: Vec<Option<Coefficient>>,
    pub residual_degrees: usize,
    /// Sum of squares for [`Family::Gaussian`], otherwise twice the distance to a model that fits everything.
    pub deviance: f64,
    /// The same with the mean alone.
    pub null_deviance: f64,
    pub log_likelihood: f64,
    /// Pearson's statistic by the residual degrees: above 1 the outcomes spread more than the family says.
    pub dispersion: f64,
    /// Whether the steps came to an end. They do not where a column tells the outcome altogether.
    pub converged: bool,
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    pub estimate: f64,
    pub standard_error: f64,
}
/// A column with less of its own than this share of its length follows from those before it (R's `tol`).
const OWN: f64 = 1e-7;
/// Relative change of the deviance at which the steps end, and how many there are at most.
const END: f64 = 1e-12;
const STEPS: usize = 100;

/// Fits a model. `x` holds rows; a constant column is the caller's.
///
/// Nothing where there are no more rows than columns, or nothing finite comes out.
#[must_use]
pub fn fit(x: &[Vec<f64>], y: &[f64], family: Family) -> Option<Fit> {
    let n = y.len();
    let columns = x.first()?.len();
    let kept = independent(x, columns);
    if n <= kept.len() || x.len() != n {
        return None;
    }
    let chosen: Vec<Vec<f64>> = x.iter().map(|row| kept.iter().map(|at| row[*at]).collect()).collect();
    let mean = y.iter().sum::<f64>() / count(n);
    let mut weights = vec![1.0; n];
    let mut working: Vec<f64> = y.to_vec();
    let mut eta: Vec<f64> = y.iter().map(|y| family.start(*y)).collect();
    let (mut before, mut converged, mut solved) = (f64::INFINITY, family == Family::Gaussian, None);
    for _ in 0..STEPS {
        if family != Family::Gaussian {
            for i in 0..n {
                let mu = family.mean(eta[i]);
                let slope = family.variance(mu).max(1e-300);
                working[i] = eta[i] + (y[i] - mu) / slope;
                weights[i] = slope;
            }
        }
        let found = least_squares(&chosen, &working, &weights)?;
        eta = chosen.iter().map(|row| row.iter().zip(&found.0).map(|(x, b)| x * b).sum()).collect();
        solved = Some(found);
        let now = family.deviance(y, &eta);
        if family == Family::Gaussian {
            break;
        }
        if !now.is_finite() {
            return None;
        }
        if (now - before).abs() <= END * (now.abs() + 0.1) {
            converged = true;
            break;
        }
        before = now;
    }
    let (beta, inverse) = solved?;
    let residual_degrees = n - kept.len();
    let deviance = family.deviance(y, &eta);
    let dispersion = y.iter().zip(&eta).map(|(y, e)| (y - family.mean(*e)).powi(2) / family.variance(family.mean(*e)).max(1e-300)).sum::<f64>() / count(residual_degrees);
    let scale = if family == Family::Gaussian { deviance / count(residual_degrees) } else { 1.0 };
    let mut coefficients = vec![None; columns];
    for (place, at) in kept.iter().enumerate() {
        let found = Coefficient { estimate: beta[place], standard_error: (scale * inverse[place]).sqrt() };
        if !found.estimate.is_finite() || !found.standard_error.is_finite() {
            return None;
        }
        coefficients[*at] = Some(found);
    }
    if family == Family::Binomial {
        // a column, or several together, part the outcomes: the estimate runs away, and its error faster
        let runs_away = |c: &Coefficient| c.estimate.abs() > 10.0 && c.standard_error > 10.0 * c.estimate.abs();
        converged &= deviance > 1e-6 && !coefficients.iter().flatten().any(runs_away);
    }
    let flat = vec![family.link(mean); n];
    Some(Fit { coefficients, residual_degrees, deviance, null_deviance: family.deviance(y, &flat), log_likelihood: family.log_likelihood(y, &eta, deviance), dispersion, converged })
}

impl Family {
    fn link(self, mean: f64) -> f64 {
        match self {
            Family::Gaussian => mean,
            Family::Binomial => (mean / (1.0 - mean)).ln(),
            Family::Poisson => mean.ln(),
        }
    }
    fn start(self, y: f64) -> f64 {
        match self {
            Family::Gaussian => y,
            Family::Binomial => self.link(0.5f64.mul_add(y, 0.25)),
            Family::Poisson => self.link(y + 0.1),
        }
    }
    fn mean(self, eta: f64) -> f64 {
        match self {
            Family::Gaussian => eta,
            Family::Binomial => crate::predict::chance(eta),
            Family::Poisson => eta.min(700.0).exp(),
        }
    }
    fn variance(self, mean: f64) -> f64 {
        match self {
            Family::Gaussian => 1.0,
            Family::Binomial => mean * (1.0 - mean),
            Family::Poisson => mean,
        }
    }
    fn deviance(self, y: &[f64], eta: &[f64]) -> f64 {
        let one = |y: f64, eta: f64| match self {
            Family::Gaussian => (y - eta).powi(2),
            // ln(1 + e^eta) without overflow
            Family::Binomial => 2.0 * (eta.max(0.0) + (-eta.abs()).exp().ln_1p() - y * eta),
            Family::Poisson => {
                let mu = self.mean(eta);
                2.0 * (if y > 0.0 { y * (y.ln() - eta) } else { 0.0 } - (y - mu))
            }
        };
        y.iter().zip(eta).map(|(y, e)| one(*y, *e)).sum()
    }
    fn log_likelihood(self, y: &[f64], eta: &[f64], deviance: f64) -> f64 {
        match self {
            Family::Gaussian => -0.5 * count(y.len()) * ((2.0 * std::f64::consts::PI * deviance / count(y.len())).ln() + 1.0),
            Family::Binomial => -deviance / 2.0,
            Family::Poisson => y.iter().zip(eta).map(|(y, e)| y * e - self.mean(*e) - crate::special::ln_gamma(y + 1.0)).sum(),
        }
    }
}
/// Columns with something of their own beside those before them (Gram-Schmidt, twice is enough).
fn independent(x: &[Vec<f64>], columns: usize) -> Vec<usize> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut kept = Vec::new();
    for at in 0..columns {
        let mut v: Vec<f64> = x.iter().map(|row| row[at]).collect();
        let length = norm(&v);
        for _ in 0..2 {
            for b in &basis {
                let part: f64 = v.iter().zip(b).map(|(v, b)| v * b).sum();
                v.iter_mut().zip(b).for_each(|(v, b)| *v -= part * b);
            }
        }
        let own = norm(&v);
        if length > 0.0 && own > OWN * length {
            v.iter_mut().for_each(|v| *v /= own);
            basis.push(v);
            kept.push(at);
        }
    }
    kept
}
fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}
/// Coefficients, and the diagonal of the inverse of X'WX, by Householder's triangle.
fn least_squares(x: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let k = x.first()?.len();
    let mut a: Vec<Vec<f64>> = x.iter().zip(y).zip(weights).map(|((row, y), w)| row.iter().chain([y]).map(|v| v * w.sqrt()).collect()).collect();
    for j in 0..k {
        let length = a[j..].iter().map(|row| row[j] * row[j]).sum::<f64>().sqrt();
        if length <= 0.0 || !length.is_finite() {
            return None;
        }
        let sign = if a[j][j] > 0.0 { -length } else { length };
        let mut v: Vec<f64> = a[j..].iter().map(|row| row[j]).collect();
        v[0] -= sign;
        let size: f64 = v.iter().map(|v| v * v).sum();
        if size <= 0.0 {
            continue;
        }
        for column in j..=k {
            let part = 2.0 * a[j..].iter().zip(&v).map(|(row, v)| row[column] * v).sum::<f64>() / size;
            a[j..].iter_mut().zip(&v).for_each(|(row, v)| row[column] -= part * v);
        }
    }
    let back = |right: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let mut out = vec![0.0; k];
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|j| a[i][j] * out[j]).sum();
            out[i] = (right(i) - known) / a[i][i];
        }
        out
    };
    let beta = back(&|i| a[i][k]);
    // rows of the inverse triangle give the diagonal
    let mut diagonal = vec![0.0; k];
    for unit in 0..k {
        let column = back(&|i| f64::from(i == unit));
        diagonal.iter_mut().zip(column).for_each(|(d, c)| *d += c * c);
    }
    Some((beta, diagonal))
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::{Family, Fit, fit};

    const MPG: [f64; 32] = [
        21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4,
    ];
    const HP: [f64; 32] = [
        110.0, 110.0, 93.0, 110.0, 175.0, 105.0, 245.0, 62.0, 95.0, 123.0, 123.0, 180.0, 180.0, 180.0, 205.0, 215.0, 230.0, 66.0, 52.0, 65.0, 97.0, 150.0, 150.0, 245.0, 175.0, 66.0, 91.0, 113.0,
        264.0, 175.0, 335.0, 109.0,
    ];
    const WT: [f64; 32] = [
        2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070, 3.730, 3.780, 5.250, 5.424, 5.345, 2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840, 3.845, 1.935, 2.140,
        1.513, 3.170, 2.770, 3.570, 2.780,
    ];
    const AM: [f64; 32] = [1., 1., 1., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 1., 1., 1., 0., 0., 0., 0., 0., 1., 1., 1., 1., 1., 1., 1.];

    fn near(ours: f64, reference: f64) {
        assert!((ours - reference).abs() <= 1e-8 * reference.abs().max(1.0), "{ours} {reference}");
    }
    fn found(fit: &Fit, at: usize, estimate: f64, error: f64) {
        let c = fit.coefficients[at].unwrap();
        near(c.estimate, estimate);
        near(c.standard_error, error);
    }
    /// R's `lm(mpg ~ wt + hp)` and `glm(am ~ wt, binomial)` on its data set mtcars; digits by statsmodels 0.14.
    #[test]
    fn cars_as_r_has_them() {
        let x: Vec<Vec<f64>> = WT.iter().zip(HP).map(|(w, h)| vec![1.0, *w, h]).collect();
        let line = fit(&x, &MPG, Family::Gaussian).unwrap();
        found(&line, 0, 37.227_270_116_447, 1.598_787_537_999);
        found(&line, 1, -3.877_830_742_405, 0.632_733_494_377);
        found(&line, 2, -0.031_772_946_982, 0.009_029_709_676);
        near(1.0 - line.deviance / line.null_deviance, 0.826_785_451_882_791_4);
        near(line.log_likelihood, -74.326_169_412_820_66);
        let x: Vec<Vec<f64>> = WT.iter().map(|w| vec![1.0, *w]).collect();
        let odds = fit(&x, &AM, Family::Binomial).unwrap();
        found(&odds, 0, 12.040_369_728_657, 4.510_066_210_133);
        found(&odds, 1, -4.023_969_962_173, 1.436_527_743_689);
        near(odds.deviance, 19.176_084_807_445_083);
        near(odds.null_deviance, 43.229_733_276_857_8);
    }
    /// Dobson (1990), page 93: the example of R's `glm`.
    #[test]
    fn dobsons_counts() {
        let y = [18., 17., 15., 20., 10., 20., 25., 13., 12.];
        let x: Vec<Vec<f64>> = (0..9).map(|i| vec![1.0, f64::from(i % 3 == 1), f64::from(i % 3 == 2), f64::from(i / 3 == 1), f64::from(i / 3 == 2)]).collect();
        let counts = fit(&x, &y, Family::Poisson).unwrap();
        found(&counts, 0, 3.044_522_437_723, 0.170_898_651_363);
        found(&counts, 1, -0.454_255_272_278, 0.202_170_758_851);
        found(&counts, 2, -0.292_987_124_681, 0.192_742_344_959);
        near(counts.deviance, 5.129_141_077_001_152);
        near(counts.null_deviance, 10.581_445_863_750_865);
        near(counts.log_likelihood, -23.380_659_200_978_837);
    }
    #[test]
    fn what_follows_from_others_is_left_out_and_nothing_panics() {
        let x: Vec<Vec<f64>> = WT.iter().map(|w| vec![1.0, *w, 2.0 * w, 0.0]).collect();
        let found = fit(&x, &MPG, Family::Gaussian).unwrap();
        assert!(found.coefficients[1].is_some() && found.coefficients[2].is_none() && found.coefficients[3].is_none());
        assert!(fit(&[], &[], Family::Gaussian).is_none() && fit(&[vec![1.0]], &[2.0], Family::Gaussian).is_none());
        // a column that tells the outcome altogether: the steps have no end
        let x: Vec<Vec<f64>> = AM.iter().map(|a| vec![1.0, *a]).collect();
        assert!(fit(&x, &AM, Family::Binomial).is_none_or(|f| !f.converged || f.coefficients[1].unwrap().standard_error > 100.0));
    }
}
