//! Logistic regression with a small ridge penalty, by Newton's method (le Cessie, van Houwelingen, Applied Statistics 41, 1992).

use super::{Frame, chance, design::Design, log_odds};
use crate::linear::{back, cholesky};

#[derive(Clone, Debug)]
pub struct Logistic {
    design: Design,
    intercept: f64,
    weights: Vec<f64>,
    /// Mean of each place among the rows learnt from.
    means: Vec<f64>,
}
/// Steps at most; a handful is usual.
const STEPS: usize = 50;

impl Logistic {
    /// `None` where no step can be made: nothing to learn from.
    #[must_use]
    pub fn fit(frame: &Frame, truth: &[bool], rows: &[usize], ridge: f64) -> Option<Logistic> {
        let design = Design::learn(frame, rows);
        let places = design.owners.len();
        let lines: Vec<(Vec<(usize, f64)>, f64)> = rows.iter().map(|i| (design.row(frame, *i), f64::from(truth[*i]))).collect();
        let n = count(lines.len());
        if lines.is_empty() {
            return None;
        }
        let mut means = vec![0.0; places];
        for (at, v) in lines.iter().flat_map(|l| &l.0) {
            means[*at] += v / n;
        }
        // the last weight is the intercept
        let mut weights = vec![0.0; places + 1];
        weights[places] = log_odds(lines.iter().map(|l| l.1).sum::<f64>() / n);
        let mut lost = objective(&lines, &weights, ridge);
        for _ in 0..STEPS {
            let (slope, curve) = curvature(&lines, &weights, ridge);
            let step = back(&cholesky(&curve)?, &slope);
            let mut share = 1.0;
            let (next, value) = loop {
                let next: Vec<f64> = weights.iter().zip(&step).map(|(w, s)| w - share * s).collect();
                let value = objective(&lines, &next, ridge);
                if value <= lost || share < 1e-6 {
                    break (next, value);
                }
                share *= 0.5;
            };
            if value.is_nan() || value > lost {
                break;
            }
            let settled = lost - value <= 1e-10 * (1.0 + lost.abs());
            (weights, lost) = (next, value);
            if settled {
                break;
            }
        }
        let intercept = weights.pop().filter(|w| w.is_finite())?;
        Some(Logistic { design, intercept, weights, means })
    }
    #[must_use]
    pub fn scores(&self, frame: &Frame, rows: &[usize]) -> Vec<f64> {
        rows.iter().map(|i| chance(self.intercept + self.design.row(frame, *i).iter().map(|(at, v)| v * self.weights[*at]).sum::<f64>())).collect()
    }
    /// What each column adds to the log odds of a row, beside a row that is the mean of all.
    #[must_use]
    pub fn parts(&self, frame: &Frame, row: usize) -> Vec<f64> {
        let mut out = vec![0.0; frame.columns.len()];
        for ((owner, weight), mean) in self.design.owners.iter().zip(&self.weights).zip(&self.means) {
            out[*owner] -= weight * mean;
        }
        for (at, v) in self.design.row(frame, row) {
            out[self.design.owners[at]] += v * self.weights[at];
        }
        out
    }
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}
fn raw(line: &[(usize, f64)], weights: &[f64]) -> f64 {
    weights.last().copied().unwrap_or(0.0) + line.iter().map(|(at, v)| v * weights[*at]).sum::<f64>()
}
fn objective(lines: &[(Vec<(usize, f64)>, f64)], weights: &[f64], ridge: f64) -> f64 {
    let lost: f64 = lines
        .iter()
        .map(|(line, y)| {
            let eta = raw(line, weights);
            // ln(1 + e^eta) without overflow
            eta.max(0.0) + (-eta.abs()).exp().ln_1p() - y * eta
        })
        .sum();
    lost + 0.5 * ridge * weights.iter().rev().skip(1).map(|w| w * w).sum::<f64>()
}
fn curvature(lines: &[(Vec<(usize, f64)>, f64)], weights: &[f64], ridge: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let last = weights.len() - 1;
    let (mut slope, mut curve) = (vec![0.0; last + 1], vec![vec![0.0; last + 1]; last + 1]);
    for (line, y) in lines {
        let p = chance(raw(line, weights));
        let (off, w) = (p - y, (p * (1.0 - p)).max(1e-12));
        for (i, (at, v)) in line.iter().enumerate() {
            slope[*at] += off * v;
            curve[last][*at] += w * v;
            for (other, u) in &line[..=i] {
                curve[*at][*other] += w * v * u;
            }
        }
        slope[last] += off;
        curve[last][last] += w;
    }
    for at in 0..last {
        slope[at] += ridge * weights[at];
        curve[at][at] += ridge;
    }
    (slope, curve)
}

#[cfg(test)]
mod tests {
    use super::Logistic;
    use crate::predict::{Column, Frame, log_odds};

    #[test]
    fn a_two_by_two_table_is_its_odds_ratio() {
        // 30 of 40 against 10 of 40: log odds ratio ln 9
        let codes: Vec<f64> = (0..80).map(|i| f64::from(i < 40)).collect();
        let truth: Vec<bool> = (0..80).map(|i| i < 30 || (40..50).contains(&i)).collect();
        let frame = Frame { columns: vec![Column::Number(codes)], rows: 80 };
        let model = Logistic::fit(&frame, &truth, &(0..80).collect::<Vec<_>>(), 1e-9).unwrap();
        let scores = model.scores(&frame, &[0, 79]);
        assert!((scores[0] - 0.75).abs() < 1e-6 && (scores[1] - 0.25).abs() < 1e-6, "{scores:?}");
        assert!((model.parts(&frame, 0)[0] - 9f64.ln() / 2.0).abs() < 1e-6);
    }
    #[test]
    fn what_is_parted_whole_stays_finite() {
        let frame = Frame { columns: vec![Column::Category((0..40).map(|i| (i > 2).then_some(u32::from(i > 20))).collect()), Column::Number(vec![f64::NAN; 40])], rows: 40 };
        let truth: Vec<bool> = (0..40).map(|i| i > 20).collect();
        let model = Logistic::fit(&frame, &truth, &(0..40).collect::<Vec<_>>(), 1.0).unwrap();
        let scores = model.scores(&frame, &[0, 10, 39]);
        assert!(scores.iter().all(|s| s.is_finite()) && scores[2] > 0.8 && scores[1] < 0.2, "{scores:?}");
        assert!(log_odds(scores[2]).is_finite());
        assert!(Logistic::fit(&frame, &truth, &[], 1.0).is_none());
    }
}
