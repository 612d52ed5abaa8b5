//! The Theta method.

use super::{
    Path, mean, naive, real,
    season::{indices, is_seasonal},
};

/// Standard Theta (Assimakopoulos and Nikolopoulos, Int. J. Forecasting 16, 2000): without its season the series is the mean of its
/// straight line (theta 0) and of a line with twice its bends (theta 2), which is carried on by simple exponential smoothing. The season is
/// taken out as factors, as differences where a value is not above zero, and only if [`is_seasonal`]. Short or even series
/// are carried on as they were last.
#[must_use]
pub fn theta(y: &[f64], season: usize, horizon: usize) -> Path {
    if y.len() < 4 {
        return naive::last(y, horizon);
    }
    let factors = y.iter().all(|v| *v > 0.0);
    let seasonal = if is_seasonal(y, season) { indices(y, season, factors) } else { None };
    let index = |t: usize| seasonal.as_ref().map(|s| s[t % season]);
    let plain: Vec<f64> = y.iter().enumerate().map(|(t, v)| index(t).map_or(*v, |s| if factors { v / s } else { v - s })).collect();
    let (start, slope) = line(&plain);
    let bent: Vec<f64> = plain.iter().enumerate().map(|(t, v)| 2.0 * v - (start + slope * real(t))).collect();
    let (alpha, level, squares) = smoothed(&bent);
    // the error of the mean of both lines is half that of the bent one
    let sigma = 0.5 * (squares / real(y.len() - 1)).sqrt();
    let steps = y.len()..y.len() + horizon;
    let of = |t: usize, v: f64, shift: bool| index(t).map_or(v, |s| if factors { v * s } else { v + if shift { s } else { 0.0 } });
    Path {
        mean: steps.clone().map(|t| of(t, 0.5 * (start + slope * real(t) + level), true)).collect(),
        sd: steps.map(|t| of(t, sigma * (1.0 + real(t - y.len()) * alpha * alpha).sqrt(), false)).collect(),
    }
}
/// Least squares on the number of the step, from zero.
fn line(y: &[f64]) -> (f64, f64) {
    let (mid, centre) = (real(y.len() - 1) / 2.0, mean(y.iter().copied()));
    let across: f64 = y.iter().enumerate().map(|(t, v)| (real(t) - mid) * (v - centre)).sum();
    let along: f64 = (0..y.len()).map(|t| (real(t) - mid).powi(2)).sum();
    let slope = across / along;
    (centre - slope * mid, slope)
}
/// Simple exponential smoothing from the first value, with the alpha of least squares: that, the last level, and the sum of squares.
fn smoothed(y: &[f64]) -> (f64, f64, f64) {
    let run = |alpha: f64| {
        y.iter().skip(1).fold((y[0], 0.0), |(level, squares): (f64, f64), v| {
            let off = v - level;
            (level + alpha * off, squares + off * off)
        })
    };
    // the sum of squares may have two valleys: look everywhere, then between the neighbours of the best (golden section)
    let best = (0..=50u32).map(|i| f64::from(i) / 50.0).min_by(|a, b| run(*a).1.total_cmp(&run(*b).1)).unwrap_or(0.5);
    let (mut low, mut high) = ((best - 0.02).max(0.0), (best + 0.02).min(1.0));
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    for _ in 0..30 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if run(left).1 < run(right).1 {
            high = right;
        } else {
            low = left;
        }
    }
    let alpha = (low + high) / 2.0;
    let (level, squares) = run(alpha);
    (alpha, level, squares)
}

#[cfg(test)]
mod tests {
    use super::theta;

    #[test]
    fn a_straight_line_goes_on_and_an_even_series_stays() {
        // smoothing follows the bent line, which is the straight one here, one step late: half the way is lost
        let path = theta(&(0..40).map(|t| 5.0 + 2.0 * f64::from(t)).collect::<Vec<_>>(), 1, 3);
        assert!((path.mean[0] - 84.0).abs() < 1e-6 && (path.mean[2] - 86.0).abs() < 1e-6, "{path:?}");
        let even = theta(&[7.0; 12], 4, 2);
        assert_eq!((even.mean, even.sd), (vec![7.0, 7.0], vec![0.0, 0.0]));
        assert_eq!(theta(&[3.0], 12, 2).mean, [3.0, 3.0]);
    }
}
