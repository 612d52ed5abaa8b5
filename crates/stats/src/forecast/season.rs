//! Whether there is a season, and what it does (classical decomposition).

use super::{mean, real};

/// Whether a series has a season of that length, by the test of the M3 Theta method: the autocorrelation at the season beyond 1.645
/// of its standard errors, by Bartlett's formula (Assimakopoulos and Nikolopoulos, Int. J. Forecasting 16, 2000).
#[must_use]
pub fn is_seasonal(y: &[f64], season: usize) -> bool {
    if season < 2 || y.len() < 2 * season + 1 {
        return false;
    }
    let centre = mean(y.iter().copied());
    let total: f64 = y.iter().map(|v| (v - centre).powi(2)).sum();
    if total <= 0.0 {
        return false;
    }
    let correlation = |lag: usize| y.iter().zip(&y[lag..]).map(|(a, b)| (a - centre) * (b - centre)).sum::<f64>() / total;
    let before: f64 = (1..season).map(|lag| correlation(lag).powi(2)).sum();
    correlation(season).abs() > 1.645 * ((1.0 + 2.0 * before) / real(y.len())).sqrt()
}
/// Seasonal indices, the first for the first value: factors around one, or differences around zero. `None` for fewer than two seasons, or
/// for factors of values that are not all above zero.
pub(super) fn indices(y: &[f64], season: usize, factors: bool) -> Option<Vec<f64>> {
    if season < 2 || y.len() < 2 * season || (factors && y.iter().any(|v| *v <= 0.0)) {
        return None;
    }
    let half = season / 2;
    let width = real(season);
    let mut by_place: Vec<Vec<f64>> = vec![Vec::new(); season];
    for t in half..y.len() - half {
        // an even season takes a half of the values at both ends
        let trend =
            if season.is_multiple_of(2) { (y[t - half + 1..t + half].iter().sum::<f64>() + 0.5 * (y[t - half] + y[t + half])) / width } else { y[t - half..=t + half].iter().sum::<f64>() / width };
        by_place[t % season].push(if factors { y[t] / trend } else { y[t] - trend });
    }
    let raw: Vec<f64> = by_place.iter().map(|values| mean(values.iter().copied())).collect();
    let centre = mean(raw.iter().copied());
    let found: Vec<f64> = raw.iter().map(|v| if factors { v / centre } else { v - centre }).collect();
    found.iter().all(|v| v.is_finite() && (!factors || *v > 0.0)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{indices, is_seasonal};

    #[test]
    fn a_season_is_found_and_none_is_not() {
        let saw: Vec<f64> = (0..24).map(|t| 10.0 + f64::from(t) * 0.1 + [3.0, -1.0, -2.0][t as usize % 3]).collect();
        assert!(is_seasonal(&saw, 3));
        assert!(!is_seasonal(&(0..24).map(|t| f64::from(t * t % 17)).collect::<Vec<_>>(), 3));
        assert!(!is_seasonal(&[5.0; 24], 3) && !is_seasonal(&saw[..5], 3));
        let found = indices(&saw, 3, false).unwrap();
        for (ours, theirs) in found.iter().zip([3.0, -1.0, -2.0]) {
            assert!((ours - theirs).abs() < 1e-9, "{found:?}");
        }
        assert!(indices(&saw, 13, false).is_none() && indices(&[-1.0, 2.0, -1.0, 2.0], 2, true).is_none());
    }
}
