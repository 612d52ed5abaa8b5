//! Who makes the profit and who eats it.

/// The whale curve: profit added up from the best customer to the worst (Cooper and Kaplan, Harvard Business Review, May 1991).
#[derive(Clone, Debug, PartialEq)]
pub struct Whale {
    /// Customers by falling profit.
    pub order: Vec<usize>,
    /// Profit of all so far.
    pub cumulative: Vec<f64>,
    /// The highest that it comes to, and with how many.
    pub peak: f64,
    pub peak_at: usize,
    pub total: f64,
}
#[must_use]
pub fn whale(profits: &[f64]) -> Whale {
    let mut order: Vec<usize> = (0..profits.len()).collect();
    order.sort_by(|a, b| profits[*b].total_cmp(&profits[*a]));
    let cumulative: Vec<f64> = order
        .iter()
        .scan(0.0, |sum, i| {
            *sum += profits[*i];
            Some(*sum)
        })
        .collect();
    // those who bring nothing do not belong to the peak
    let peak_at = order.iter().take_while(|i| profits[**i] > 0.0).count();
    let peak = peak_at.checked_sub(1).map_or(0.0, |i| cumulative[i]);
    let total = cumulative.last().copied().unwrap_or(0.0);
    Whale { order, cumulative, peak, peak_at, total }
}

#[cfg(test)]
mod tests {
    use super::whale;

    #[test]
    fn ten_customers() {
        let found = whale(&[-100.0, 300.0, 200.0, 100.0, 50.0, 0.0, -50.0, 500.0, -200.0, -300.0]);
        assert_eq!((found.total, found.peak, found.peak_at, found.order[0]), (500.0, 1_150.0, 5, 7));
        assert_eq!(found.peak / found.total, 2.3);
        assert_eq!(whale(&[]).total, 0.0);
        assert_eq!((whale(&[-5.0]).peak, whale(&[-5.0]).peak_at), (0.0, 0));
    }
}
