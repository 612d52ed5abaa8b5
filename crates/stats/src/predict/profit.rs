//! Profit of a campaign to keep customers, and whom it should reach (Verbraken, Verbeke, Baesens, IEEE TKDE 25(5), 2013).

use crate::special::beta_regularised;

/// What a campaign costs and brings, in one currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Campaign {
    /// Worth of a customer who stays.
    pub worth: f64,
    /// What is offered to whoever is reached and stays.
    pub offer: f64,
    /// What reaching somebody costs.
    pub contact: f64,
}
impl Default for Campaign {
    /// As in the paper.
    fn default() -> Self {
        Campaign { worth: 200.0, offer: 10.0, contact: 1.0 }
    }
}
fn beta_share(a: f64, b: f64, x: f64) -> f64 {
    beta_regularised(x, 1.0 - x, a, b).0
}
/// Share of would-be leavers who take the offer and stay: Beta(6, 14), mean .3, as in the paper.
const TAKEN: (f64, f64) = (6.0, 14.0);

/// The most profitable campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best {
    /// Profit for each customer of the whole table.
    pub profit: f64,
    /// Share of customers to reach.
    pub share: f64,
    /// Least score to reach; infinite where nobody is worth it.
    pub from: f64,
}
/// A corner of the upper hull of the curve: share of leavers and of stayers at or above a score.
#[derive(Clone, Copy)]
struct Corner {
    leavers: f64,
    stayers: f64,
    score: f64,
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn hull(scores: &[f64], left: &[bool]) -> Option<(Vec<Corner>, f64)> {
    let leavers = left.iter().filter(|l| **l).count();
    let stayers = left.len() - leavers;
    if leavers == 0 || stayers == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let mut corners = vec![Corner { leavers: 0.0, stayers: 0.0, score: f64::INFINITY }];
    let (mut yes, mut no) = (0usize, 0usize);
    for (at, i) in order.iter().enumerate() {
        if left[*i] {
            yes += 1
        } else {
            no += 1
        }
        if order.get(at + 1).is_some_and(|next| scores[*next] == scores[*i]) {
            continue;
        }
        let new = Corner { leavers: yes as f64 / leavers as f64, stayers: no as f64 / stayers as f64, score: scores[*i] };
        while let [.., a, b] = corners.as_slice() {
            let turn = (b.stayers - a.stayers) * (new.leavers - a.leavers) - (b.leavers - a.leavers) * (new.stayers - a.stayers);
            if turn < 0.0 {
                break;
            }
            corners.pop();
        }
        corners.push(new);
    }
    Some((corners, leavers as f64 / left.len() as f64))
}
impl Campaign {
    fn profit(&self, taken: f64, share: f64, at: Corner) -> f64 {
        (taken * (self.worth - self.offer) - self.contact) * share * at.leavers - (self.offer + self.contact) * (1.0 - share) * at.stayers
    }
    /// Maximum profit where the mean share of would-be leavers takes the offer. `None` where all left or nobody did.
    #[must_use]
    pub fn best(&self, scores: &[f64], left: &[bool]) -> Option<Best> {
        let (corners, share) = hull(scores, left)?;
        let taken = TAKEN.0 / (TAKEN.0 + TAKEN.1);
        let best = corners.into_iter().max_by(|a, b| self.profit(taken, share, *a).total_cmp(&self.profit(taken, share, *b)))?;
        Some(Best { profit: self.profit(taken, share, best), share: share * best.leavers + (1.0 - share) * best.stayers, from: best.score })
    }
    /// Expected maximum profit over the distribution of the share that takes the offer; `from` is that of [`Campaign::best`].
    #[must_use]
    pub fn expected(&self, scores: &[f64], left: &[bool]) -> Option<Best> {
        let from = self.best(scores, left)?.from;
        let (corners, share) = hull(scores, left)?;
        let (a, b) = TAKEN;
        // below these shares of takers the next part of the hull is not worth reaching
        let borders = corners.windows(2).filter_map(|pair| {
            let [p, q] = pair else { return None };
            let cost = self.contact * share * (q.leavers - p.leavers) + (self.offer + self.contact) * (1.0 - share) * (q.stayers - p.stayers);
            Some(cost / (share * (q.leavers - p.leavers) * (self.worth - self.offer)).max(1e-300))
        });
        let mut edges: Vec<f64> = std::iter::once(0.0).chain(borders.map(|g| g.clamp(0.0, 1.0))).collect();
        edges.push(1.0);
        let (mut profit, mut reached) = (0.0, 0.0);
        for (corner, edge) in corners.iter().zip(edges.windows(2)) {
            let [low, high] = edge else { continue };
            let mass = beta_share(a, b, *high) - beta_share(a, b, *low);
            let moment = a / (a + b) * (beta_share(a + 1.0, b, *high) - beta_share(a + 1.0, b, *low));
            // linear in the share of takers: value at 0 times the mass, slope times the moment
            let flat = self.profit(0.0, share, *corner);
            profit += flat * mass + (self.profit(1.0, share, *corner) - flat) * moment;
            reached += (share * corner.leavers + (1.0 - share) * corner.stayers) * mass;
        }
        Some(Best { profit, share: reached, from })
    }
}

#[cfg(test)]
mod tests {
    use super::Campaign;
    use crate::predict::metrics::tests::toy;

    #[test]
    fn the_toy_has_its_known_profit() {
        let (scores, left) = toy();
        let best = Campaign::default().best(&scores, &left).unwrap();
        assert!((best.profit - 11.80).abs() < 1e-9 && (best.share - 0.45).abs() < 1e-12 && (best.from - 0.40).abs() < 1e-12, "{best:?}");
        let expected = Campaign::default().expected(&scores, &left).unwrap();
        assert!((expected.profit - 11.8044).abs() < 1e-4 && (expected.share - 0.4467).abs() < 1e-4, "{expected:?}");
    }
    #[test]
    fn nobody_is_reached_where_it_does_not_pay() {
        let (scores, left) = toy();
        let dear = Campaign { contact: 500.0, ..Campaign::default() };
        assert_eq!(dear.best(&scores, &left).unwrap().share, 0.0);
        assert_eq!(dear.expected(&scores, &left).unwrap().profit, 0.0);
        assert!(dear.best(&scores, &[false; 20]).is_none());
    }
}
