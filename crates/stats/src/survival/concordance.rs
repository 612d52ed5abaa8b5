use super::Observed;

/// Harrell's C: of all pairs of which is known who came first, the share in which that one had the higher risk; ties of risk
/// count half. Sorted once, counted in a tree over ranks of risk, so that a million subjects take a second. `None` without such
/// a pair.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub fn concordance(subjects: &[(Observed, f64)]) -> Option<f64> {
    let mut risks: Vec<f64> = subjects.iter().map(|(_, r)| *r).collect();
    risks.sort_by(f64::total_cmp);
    risks.dedup();
    let rank = |r: f64| risks.partition_point(|x| x.total_cmp(&r).is_lt());
    let mut tree = Counts(vec![0; risks.len() + 1]);
    let mut order: Vec<_> = subjects.iter().collect();
    // latest first; at one time those that wait come after those to whom it happened, so they are counted in first
    order.sort_by(|a, b| b.0.time.total_cmp(&a.0.time));
    let (mut right, mut pairs) = (0.0, 0.0);
    let mut later = 0usize;
    for together in order.chunk_by(|a, b| a.0.time == b.0.time) {
        let (events, waiting): (Vec<_>, Vec<_>) = together.iter().copied().partition(|(o, _)| o.event);
        for (_, r) in &waiting {
            tree.add(rank(*r));
        }
        later += waiting.len();
        for (_, r) in &events {
            let at = rank(*r);
            let (below, upto) = (tree.below(at), tree.below(at + 1));
            right += below as f64 + 0.5 * (upto - below) as f64;
            pairs += later as f64;
        }
        for (_, r) in &events {
            tree.add(rank(*r));
        }
        later += events.len();
    }
    (pairs > 0.0).then(|| right / pairs)
}

/// How many were added below a place (Fenwick 1994).
struct Counts(Vec<usize>);
impl Counts {
    fn add(&mut self, place: usize) {
        let mut i = place + 1;
        while let Some(slot) = self.0.get_mut(i) {
            *slot += 1;
            i += i & i.wrapping_neg();
        }
    }
    fn below(&self, place: usize) -> usize {
        let (mut i, mut sum) = (place, 0);
        while i > 0 {
            sum += self.0.get(i).copied().unwrap_or(0);
            i -= i & i.wrapping_neg();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::{Observed, concordance};

    #[test]
    fn order_decides() {
        let of = |time: f64, event, risk: f64| (Observed { time, event }, risk);
        assert_eq!(concordance(&[of(1.0, true, 3.0), of(2.0, true, 2.0), of(3.0, false, 1.0)]), Some(1.0));
        assert_eq!(concordance(&[of(1.0, true, 1.0), of(2.0, true, 2.0), of(3.0, false, 3.0)]), Some(0.0));
        assert_eq!(concordance(&[of(1.0, true, 1.0), of(2.0, true, 1.0)]), Some(0.5));
        assert_eq!(concordance(&[of(1.0, false, 1.0), of(2.0, true, 1.0)]), None);
    }
}
