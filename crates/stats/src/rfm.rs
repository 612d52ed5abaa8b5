//! Recency, frequency, monetary value (Hughes 1994): five equal parts of customers by each.

/// Scores 1 to 5 by rank, 5 for the highest value; equal values keep the order they are given in. Parts are those of the
/// quantiles of the ranks, so that they differ by one customer at most.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub fn quintiles(values: &[f64]) -> Vec<u8> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b])); // stable
    let mut scores = vec![1; values.len()];
    let last = values.len().saturating_sub(1) as f64;
    for (rank, place) in order.into_iter().enumerate() {
        let part = (1..5u8).find(|k| rank as f64 <= last * f64::from(*k) / 5.0);
        scores[place] = part.unwrap_or(5);
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::quintiles;

    #[test]
    fn equal_parts() {
        assert_eq!(quintiles(&[5.0, 4.0, 3.0, 2.0, 1.0]), [5, 4, 3, 2, 1]);
        assert_eq!(quintiles(&[1.0; 10]), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(quintiles(&[7.0]), [1]);
        assert!(quintiles(&[]).is_empty());
    }
}
