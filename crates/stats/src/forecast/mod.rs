//! Forecasts of one series at even steps: several methods side by side, chosen by how they would have done.

mod choose;
mod ets;
mod methods;
mod naive;
mod season;
mod theta;

pub use choose::{Choice, Judged, WITHIN_80, WITHIN_95, choose};
pub use ets::{Ets, Form, Season, Trend};
pub use season::is_seasonal;
pub use theta::theta;

/// What a method expects at each of the next steps, and how far off it expects to be (standard deviation).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    pub mean: Vec<f64>,
    pub sd: Vec<f64>,
}

/// Symmetric mean absolute percentage error, 0 to 200 (Makridakis and Hibon, Int. J. Forecasting 16, 2000). Two zeros are no error.
#[must_use]
pub fn smape(actual: &[f64], expected: &[f64]) -> f64 {
    mean(actual.iter().zip(expected).map(|(a, e)| if a == e { 0.0 } else { 200.0 * (a - e).abs() / (a.abs() + e.abs()) }))
}
/// Mean absolute error.
#[must_use]
pub fn mae(actual: &[f64], expected: &[f64]) -> f64 {
    mean(actual.iter().zip(expected).map(|(a, e)| (a - e).abs()))
}
/// By how much the series moves over a season on average: what the mean absolute scaled error is scaled by (Hyndman and Koehler, Int. J.
/// Forecasting 22, 2006). `None` where the series is too short or never moves.
#[must_use]
pub fn scale(history: &[f64], season: usize) -> Option<f64> {
    let season = season.max(1);
    let found = mean(history.iter().zip(history.iter().skip(season)).map(|(a, b)| (b - a).abs()));
    Some(found).filter(|s| *s > 0.0 && s.is_finite())
}
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0u32), |(sum, n), v| (sum + v, n + 1));
    sum / f64::from(n)
}
/// Steps as a number.
pub(crate) fn real(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::{mae, scale, smape};

    #[test]
    fn measures() {
        assert!((smape(&[100.0, 0.0], &[110.0, 0.0]) - 100.0 * 10.0 / 210.0).abs() < 1e-12);
        assert_eq!((mae(&[1.0, 2.0], &[2.0, 4.0]), scale(&[1.0, 2.0, 4.0], 1), scale(&[1.0, 1.0], 1), scale(&[1.0], 1)), (1.5, Some(1.5), None, None));
    }
}
