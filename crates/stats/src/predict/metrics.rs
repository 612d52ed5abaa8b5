//! How good chances are, against what came.

/// Area under the receiver operating characteristic with its 95 % interval (DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auc {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}
/// Chances are kept this far off 0 and 1 where a logarithm is taken.
const EDGE: f64 = 1e-6;

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn number(n: usize) -> f64 {
    n as f64
}
/// Ranks from 1, equal values sharing the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut out = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] == values[order[from]] {
            to += 1;
        }
        for at in &order[from..to] {
            out[*at] = (number(from + to) + 1.0) / 2.0;
        }
        from = to;
    }
    out
}
/// Area under the curve with DeLong's interval, by ranks. `None` where it came for all rows or for none.
#[must_use]
pub fn auc(scores: &[f64], truth: &[bool]) -> Option<Auc> {
    let all = ranks(scores);
    let part = |wanted: bool| -> (Vec<f64>, Vec<f64>) {
        let kept: Vec<usize> = (0..truth.len()).filter(|i| truth[*i] == wanted).collect();
        let own = ranks(&kept.iter().map(|i| scores[*i]).collect::<Vec<_>>());
        (kept.iter().map(|i| all[*i]).collect(), own)
    };
    let ((yes, yes_own), (no, no_own)) = (part(true), part(false));
    let (m, n) = (number(yes.len()), number(no.len()));
    if yes.is_empty() || no.is_empty() {
        return None;
    }
    let over: Vec<f64> = yes.iter().zip(&yes_own).map(|(a, o)| (a - o) / n).collect();
    let under: Vec<f64> = no.iter().zip(&no_own).map(|(a, o)| 1.0 - (a - o) / m).collect();
    let value = over.iter().sum::<f64>() / m;
    let spread = |v: &[f64]| if v.len() < 2 { 0.0 } else { v.iter().map(|x| (x - value).powi(2)).sum::<f64>() / number(v.len() - 1) / number(v.len()) };
    let off = 1.959_963_984_540_054 * (spread(&over) + spread(&under)).sqrt();
    Some(Auc { value, low: (value - off).max(0.0), high: (value + off).min(1.0) })
}
/// Log loss of one row, in nats.
#[must_use]
pub fn loss(score: f64, truth: bool) -> f64 {
    let p = score.clamp(EDGE, 1.0 - EDGE);
    -(if truth { p } else { 1.0 - p }).ln()
}
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len();
    if n == 0 { f64::NAN } else { values.sum::<f64>() / number(n) }
}
#[must_use]
pub fn log_loss(scores: &[f64], truth: &[bool]) -> f64 {
    mean(scores.iter().zip(truth).map(|(s, t)| loss(*s, *t)))
}
#[must_use]
pub fn brier(scores: &[f64], truth: &[bool]) -> f64 {
    mean(scores.iter().zip(truth).map(|(s, t)| (s - f64::from(*t)).powi(2)))
}
/// A tenth of the range of chances: what was said, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tenth {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub said: f64,
    pub came: f64,
}
/// Reliability over ten bins of equal width; empty ones are left out.
#[must_use]
pub fn reliability(scores: &[f64], truth: &[bool]) -> Vec<Tenth> {
    let mut sums = [(0usize, 0.0, 0.0); 10];
    for (score, came) in scores.iter().zip(truth) {
        let at = (0..9).find(|k| *score * 10.0 < number(k + 1)).unwrap_or(9);
        sums[at].0 += 1;
        sums[at].1 += score;
        sums[at].2 += f64::from(*came);
    }
    let tenth = |(k, (n, said, came)): (usize, &(usize, f64, f64))| Tenth { low: number(k) / 10.0, high: number(k + 1) / 10.0, n: *n, said: said / number(*n), came: came / number(*n) };
    sums.iter().enumerate().filter(|(_, s)| s.0 > 0).map(tenth).collect()
}
/// Expected calibration error: how far what was said is from what came, weighted by rows.
#[must_use]
pub fn calibration_error(scores: &[f64], truth: &[bool]) -> f64 {
    reliability(scores, truth).iter().map(|t| (t.said - t.came).abs() * number(t.n)).sum::<f64>() / number(scores.len())
}
/// How much more often it came among the highest `share` of rows than among all (Neslin et al., JMR 43, 2006). Where equal scores
/// straddle the border, their mean counts. `None` where it never came.
#[must_use]
pub fn lift(scores: &[f64], truth: &[bool], share: f64) -> Option<f64> {
    let events = truth.iter().filter(|t| **t).count();
    if events == 0 {
        return None;
    }
    let wanted = (number(scores.len()) * share + 1e-9).floor().max(1.0);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut taken, mut hits, mut from) = (0.0, 0.0, 0);
    while from < order.len() && taken < wanted {
        let mut to = from + 1;
        while to < order.len() && scores[order[to]] == scores[order[from]] {
            to += 1;
        }
        let (n, came) = (number(to - from), number(order[from..to].iter().filter(|i| truth[**i]).count()));
        let part = (wanted - taken).min(n);
        taken += part;
        hits += came * part / n;
        from = to;
    }
    Some(hits / taken / (number(events) / number(scores.len())))
}
/// Mean and standard error of a difference row by row.
#[must_use]
pub fn difference(a: &[f64], b: &[f64]) -> (f64, f64) {
    let off: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let centre = mean(off.iter().copied());
    let spread = off.iter().map(|d| (d - centre).powi(2)).sum::<f64>() / (number(off.len()) - 1.0).max(1.0);
    (centre, (spread / number(off.len())).sqrt())
}
/// Population stability index between two sets of shares over the same groups; groups are never quite empty.
#[must_use]
pub fn stability(before: &[usize], after: &[usize]) -> f64 {
    let total = |v: &[usize]| number(v.iter().sum::<usize>()) + 0.5 * number(v.len());
    let (m, n) = (total(before), total(after));
    before.iter().zip(after).map(|(b, a)| ((number(*b) + 0.5) / m, (number(*a) + 0.5) / n)).map(|(b, a)| (a - b) * (a / b).ln()).sum()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{auc, brier, calibration_error, difference, lift, log_loss, reliability, stability};

    /// The example of the field's notes: twenty customers, five of whom left.
    pub(crate) fn toy() -> (Vec<f64>, Vec<bool>) {
        let scores = [0.95, 0.90, 0.85, 0.80, 0.70, 0.65, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.20, 0.15, 0.12, 0.10, 0.08, 0.06, 0.04, 0.02];
        (scores.to_vec(), (0..20).map(|i| [0, 1, 3, 5, 8].contains(&i)).collect())
    }
    #[test]
    fn the_toy_has_its_known_figures() {
        let (scores, truth) = toy();
        let found = auc(&scores, &truth).unwrap();
        assert!((found.value - 0.906_666_7).abs() < 1e-6 && found.low < found.value && found.high > found.value, "{found:?}");
        assert!((brier(&scores, &truth) - 0.136_57).abs() < 1e-9);
        assert!((lift(&scores, &truth, 0.1).unwrap() - 4.0).abs() < 1e-12);
        assert!((lift(&scores, &truth, 0.2).unwrap() - 3.0).abs() < 1e-12);
        assert!(log_loss(&scores, &truth) > 0.0);
    }
    #[test]
    fn equal_scores_tell_nothing() {
        let truth = [true, false, false, false];
        let found = auc(&[0.25; 4], &truth).unwrap();
        assert!((found.value - 0.5).abs() < 1e-12);
        assert!((lift(&[0.25; 4], &truth, 0.1).unwrap() - 1.0).abs() < 1e-12);
        assert!(calibration_error(&[0.25; 4], &truth) < 1e-12);
        assert_eq!(reliability(&[0.25; 4], &truth).len(), 1);
        assert!(auc(&[0.1, 0.2], &[true, true]).is_none() && auc(&[], &[]).is_none());
        assert!(lift(&[0.1], &[false], 0.1).is_none());
    }
    #[test]
    fn delongs_interval() {
        // by hand: placements 1, .5 and 1, .5, variances .125/2 each
        let found = auc(&[0.9, 0.5, 0.7, 0.3], &[true, true, false, false]).unwrap();
        assert!((found.value - 0.75).abs() < 1e-12 && (found.low - (0.75 - 1.959_964 * 0.125f64.sqrt())).abs() < 1e-6);
    }
    #[test]
    fn equal_shares_are_stable() {
        assert!(stability(&[100, 200], &[50, 100]).abs() < 1e-4);
        assert!(stability(&[100, 0], &[0, 100]) > 1.0);
        assert_eq!(difference(&[1.0, 3.0], &[0.0, 0.0]), (2.0, 1.0));
    }
}
