//! Boosted trees for the log loss (Friedman, Annals of Statistics 29, 2001), on histograms.

use super::{
    Frame,
    bins::{Binned, Bins},
    chance, log_odds, metrics,
    tree::{Growth, Lesson, Tree},
};

/// Small trees, many of them.
const GROWTH: Growth = Growth { leaves: 15, least: 20, ridge: 1.0, category_ridge: 10.0, group: 10 };
/// Share of each tree that is taken.
pub const RATE: f64 = 0.05;
/// Trees without a better validation after which no more are grown.
const PATIENCE: usize = 40;
/// Trees at most.
pub const MOST: usize = 1_000;

#[derive(Clone, Debug)]
pub struct Boosted {
    bins: Bins,
    start: f64,
    trees: Vec<Tree>,
}
impl Boosted {
    /// Learns from `rows`, at most `most` trees. With rows to watch, it ends where these are told best.
    #[must_use]
    pub fn fit(frame: &Frame, truth: &[bool], rows: &[usize], watched: &[usize], most: usize) -> Boosted {
        let bins = Bins::learn(frame, rows);
        let binned = bins.apply(frame);
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let share = rows.iter().filter(|i| truth[**i]).count() as f64 / rows.len().max(1) as f64;
        let start = log_odds(share);
        let mut raw = vec![start; frame.rows];
        let (mut slopes, mut curves) = (vec![0.0; frame.rows], vec![0.0; frame.rows]);
        let mut order: Vec<u32> = rows.iter().filter_map(|i| u32::try_from(*i).ok()).collect();
        let kept = order.clone();
        let mut trees: Vec<Tree> = Vec::new();
        let told = |raw: &[f64]| watched.iter().map(|i| metrics::loss(chance(raw[*i]), truth[*i])).sum::<f64>();
        let (mut best, mut best_at) = (told(&raw), 0);
        for _ in 0..most {
            for i in rows {
                let p = chance(raw[*i]);
                slopes[*i] = p - f64::from(truth[*i]);
                curves[*i] = (p * (1.0 - p)).max(1e-6);
            }
            order.copy_from_slice(&kept);
            let (tree, leaves) = Lesson { binned: &binned, slopes: &slopes, curves: &curves }.grow(&mut order, &GROWTH);
            if tree.nodes.len() == 1 {
                break;
            }
            for (node, range) in leaves {
                let step = RATE * tree.nodes[node].value;
                for row in &order[range] {
                    raw[*row as usize] += step;
                }
            }
            for row in watched {
                raw[*row] += RATE * tree.value(&binned, *row);
            }
            trees.push(tree);
            if !watched.is_empty() {
                let now = told(&raw);
                if now < best {
                    (best, best_at) = (now, trees.len());
                } else if trees.len() >= best_at + PATIENCE {
                    break;
                }
            }
        }
        if !watched.is_empty() {
            trees.truncate(best_at);
        }
        Boosted { bins, start, trees }
    }
    #[must_use]
    pub fn trees(&self) -> usize {
        self.trees.len()
    }
    #[must_use]
    pub fn binned(&self, frame: &Frame) -> Binned {
        self.bins.apply(frame)
    }
    /// Chances of some rows.
    #[must_use]
    pub fn scores(&self, frame: &Frame, rows: &[usize]) -> Vec<f64> {
        let binned = self.binned(frame);
        rows.iter().map(|row| chance(self.start + self.trees.iter().map(|t| RATE * t.value(&binned, *row)).sum::<f64>())).collect()
    }
    /// What each column adds to the log odds of a row, along its ways (Saabas 2014); with the rest they sum to its log odds.
    #[must_use]
    pub fn parts(&self, binned: &Binned, row: usize) -> Vec<f64> {
        let mut out = vec![0.0; binned.columns.len()];
        for tree in &self.trees {
            let mut before: Option<(usize, f64)> = None;
            for node in tree.path(binned, row) {
                if let Some((column, value)) = before {
                    out[column] += RATE * (node.value - value);
                }
                before = node.split.map(|s| (s.column, node.value));
            }
        }
        out
    }
    /// What splits by each column gained in all.
    #[must_use]
    pub fn gains(&self, columns: usize) -> Vec<f64> {
        let mut out = vec![0.0; columns];
        for split in self.trees.iter().flat_map(|t| &t.nodes).filter_map(|n| n.split) {
            out[split.column] += split.gain;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Boosted, RATE};
    use crate::predict::{Column, Frame, drawn, log_odds, metrics};

    fn made(n: u64, signal: f64) -> (Frame, Vec<bool>) {
        let x: Vec<f64> = (0..n).map(|i| drawn(i, 1)).collect();
        let z: Vec<f64> = (0..n).map(|i| drawn(i, 2)).collect();
        // an exclusive or: neither column tells alone
        let truth = (0..n).zip(x.iter().zip(&z)).map(|(i, (x, z))| drawn(i, 3) < if (*x > 0.5) == (*z > 0.5) { 0.5 + signal } else { 0.5 - signal }).collect();
        (Frame { columns: vec![Column::Number(x), Column::Number(z)], rows: usize::try_from(n).unwrap_or(0) }, truth)
    }
    #[test]
    fn what_two_columns_tell_together_is_learnt() {
        let (frame, truth) = made(3_000, 0.4);
        let parts = |k: usize| (0..3_000).filter(|i| i % 3 == k).collect::<Vec<_>>();
        let model = Boosted::fit(&frame, &truth, &parts(0), &parts(1), 500);
        let scores = model.scores(&frame, &parts(2));
        let truths: Vec<bool> = parts(2).iter().map(|i| truth[*i]).collect();
        let found = metrics::auc(&scores, &truths).unwrap().value;
        assert!(found > 0.86, "{found}");
        assert!(metrics::calibration_error(&scores, &truths) < 0.06);
        let binned = model.binned(&frame);
        let sum: f64 = model.parts(&binned, 2).iter().sum::<f64>() + model.start + model.trees.iter().map(|t| RATE * t.nodes[0].value).sum::<f64>();
        assert!((sum - log_odds(scores[0])).abs() < 1e-9);
    }
    #[test]
    fn nothing_is_learnt_from_noise() {
        let (frame, truth) = made(2_000, 0.0);
        let half = |k: usize| (0..2_000).filter(|i| i % 2 == k).collect::<Vec<_>>();
        let model = Boosted::fit(&frame, &truth, &half(0), &half(1), 500);
        assert!(model.trees() < 25, "{}", model.trees());
        assert!(Boosted::fit(&frame, &truth, &[], &[], 10).scores(&frame, &[0])[0] < 0.01);
    }
}
