//! As it was last.

use super::{Path, mean, real};

/// Each step as the same step of the last season (of one step: as the last value). The variance grows by one season's at each season.
/// `None` for a history that is no longer than the season.
pub(super) fn seasonal_naive(y: &[f64], season: usize, horizon: usize) -> Option<Path> {
    let season = season.max(1);
    let last = y.get(y.len().checked_sub(season)?..)?;
    if y.len() <= season {
        return None;
    }
    let variance = mean(y.iter().zip(&y[season..]).map(|(a, b)| (b - a).powi(2)));
    Some(Path { mean: (0..horizon).map(|h| last[h % season]).collect(), sd: (0..horizon).map(|h| (variance * real(h / season + 1)).sqrt()).collect() })
}
/// The last value for a history of one.
pub(super) fn last(y: &[f64], horizon: usize) -> Path {
    let at = y.last().copied().unwrap_or(0.0);
    seasonal_naive(y, 1, horizon).unwrap_or(Path { mean: vec![at; horizon], sd: vec![0.0; horizon] })
}

#[cfg(test)]
mod tests {
    use super::{last, seasonal_naive};

    #[test]
    fn the_last_season_again() {
        let path = seasonal_naive(&[1.0, 2.0, 3.0, 2.0, 3.0, 4.0], 3, 4).unwrap();
        assert_eq!(path.mean, [2.0, 3.0, 4.0, 2.0]);
        assert!((path.sd[0] - 1.0).abs() < 1e-12 && (path.sd[3] - 2f64.sqrt()).abs() < 1e-12);
        assert!(seasonal_naive(&[1.0, 2.0], 2, 1).is_none());
        assert_eq!(last(&[5.0], 2).mean, [5.0, 5.0]);
    }
}
