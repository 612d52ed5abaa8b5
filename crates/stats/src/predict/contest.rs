//! Which model tells best what is not known yet: each is fitted on some of the rows it may learn from and tried on the others.

use super::{
    Frame,
    boost::{Boosted, MOST},
    drawn,
    logistic::Logistic,
    metrics,
};

/// From this many rows on, three parts tell as well as five.
const MANY: usize = 20_000;
/// Every sixth row that a model learns from says how far to go.
const WATCHED: f64 = 1.0 / 6.0;
/// Less of what the base rate leaves open (McFadden's R2) is no help to anybody, however sure it is with many rows.
const LEAST: f64 = 0.01;
/// Penalties that are tried.
const RIDGES: [f64; 3] = [1.0, 10.0, 100.0];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    BaseRate,
    Logistic,
    Boosted,
}
/// A model that can be asked.
#[derive(Clone, Debug)]
pub enum Model {
    BaseRate(f64),
    Logistic(Logistic),
    Boosted(Boosted),
}
impl Model {
    #[must_use]
    pub fn scores(&self, frame: &Frame, rows: &[usize]) -> Vec<f64> {
        match self {
            Model::BaseRate(share) => vec![*share; rows.len()],
            Model::Logistic(model) => model.scores(frame, rows),
            Model::Boosted(model) => model.scores(frame, rows),
        }
    }
}
/// Chances of the rows learnt from, each from models that did not see it.
#[derive(Clone, Debug)]
pub struct Contest {
    pub chosen: Kind,
    /// The chosen one's gain on the base rate is beyond chance (the 95 % interval of the mean gain in log loss is above 0), and
    /// worth having.
    pub has_skill: bool,
    /// Gain in log loss on the base rate of the better model, a row, with its interval.
    pub gain: (f64, f64, f64),
    /// In the order of the rows.
    pub base: Vec<f64>,
    pub logistic: Vec<f64>,
    pub boosted: Vec<f64>,
    /// What the final fits go by.
    pub ridge: f64,
    pub trees: usize,
}
impl Contest {
    #[must_use]
    pub fn held_out(&self, kind: Kind) -> &[f64] {
        match kind {
            Kind::BaseRate => &self.base,
            Kind::Logistic => &self.logistic,
            Kind::Boosted => &self.boosted,
        }
    }
    /// Fits on all rows that may be learnt from.
    #[must_use]
    pub fn fit(&self, kind: Kind, frame: &Frame, truth: &[bool], rows: &[usize]) -> Model {
        let base = Model::BaseRate(share(truth, rows));
        match kind {
            Kind::BaseRate => base,
            Kind::Logistic => Logistic::fit(frame, truth, rows, self.ridge).map_or(base, Model::Logistic),
            Kind::Boosted => Model::Boosted(Boosted::fit(frame, truth, rows, &[], self.trees)),
        }
    }
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn share(truth: &[bool], rows: &[usize]) -> f64 {
    // half a row of each keeps it off 0 and 1
    (rows.iter().filter(|i| truth[**i]).count() as f64 + 0.5) / (rows.len() as f64 + 1.0)
}
fn losses(scores: &[f64], truth: &[bool], rows: &[usize]) -> Vec<f64> {
    scores.iter().zip(rows).map(|(s, i)| metrics::loss(*s, truth[*i])).collect()
}
/// The penalty that tells watched rows best.
fn ridge(frame: &Frame, truth: &[bool], taught: &[usize], watched: &[usize]) -> f64 {
    let told = |ridge: f64| Logistic::fit(frame, truth, taught, ridge).map_or(f64::INFINITY, |m| losses(&m.scores(frame, watched), truth, watched).iter().sum());
    RIDGES.map(|r| (r, told(r))).into_iter().fold((1.0, f64::INFINITY), |best, new| if new.1 < best.1 { new } else { best }).0
}
/// Holds the contest among the rows that may be learnt from.
#[must_use]
pub fn contest(frame: &Frame, truth: &[bool], rows: &[usize]) -> Contest {
    let folds: u8 = if rows.len() < MANY { 5 } else { 3 };
    let fold = |i: usize| (0..folds).find(|k| drawn(i as u64, 11) * f64::from(folds) < f64::from(k + 1)).unwrap_or(0);
    let mut out =
        Contest { chosen: Kind::BaseRate, has_skill: false, gain: (0.0, 0.0, 0.0), base: vec![0.0; rows.len()], logistic: vec![0.0; rows.len()], boosted: vec![0.0; rows.len()], ridge: 1.0, trees: 0 };
    let (mut ridges, mut trees) = (Vec::new(), Vec::new());
    for k in 0..folds {
        let (held, learnt): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|at| fold(rows[*at]) == k);
        let learnt: Vec<usize> = learnt.into_iter().map(|at| rows[at]).collect();
        let asked: Vec<usize> = held.iter().map(|at| rows[*at]).collect();
        let (watched, taught): (Vec<usize>, Vec<usize>) = learnt.iter().partition(|i| drawn(**i as u64, 12) < WATCHED);
        let base = share(truth, &learnt);
        let penalty = ridge(frame, truth, &taught, &watched);
        let straight = Logistic::fit(frame, truth, &learnt, penalty).map_or_else(|| vec![base; asked.len()], |m| m.scores(frame, &asked));
        let model = Boosted::fit(frame, truth, &taught, &watched, MOST);
        let grown = model.scores(frame, &asked);
        for ((at, s), g) in held.iter().zip(straight).zip(grown) {
            (out.base[*at], out.logistic[*at], out.boosted[*at]) = (base, s, g);
        }
        ridges.push(penalty);
        trees.push(model.trees());
    }
    ridges.sort_by(f64::total_cmp);
    trees.sort_unstable();
    out.ridge = ridges[ridges.len() / 2];
    out.trees = trees[trees.len() / 2];
    choose(&mut out, truth, rows);
    out
}
fn choose(out: &mut Contest, truth: &[bool], rows: &[usize]) {
    let [base, straight, grown] = [&out.base, &out.logistic, &out.boosted].map(|s| losses(s, truth, rows));
    // the one that people can read, unless the other is better by more than its error
    let (ahead, error) = metrics::difference(&straight, &grown);
    let (kind, best) = if ahead > error && out.trees > 0 { (Kind::Boosted, &grown) } else { (Kind::Logistic, &straight) };
    let (gain, error) = metrics::difference(&base, best);
    out.gain = (gain, gain - 1.96 * error, gain + 1.96 * error);
    let lost: f64 = base.iter().sum::<f64>() / count(rows.len().max(1));
    out.has_skill = rows.len() > 1 && out.gain.1 > 0.0 && gain >= LEAST * lost;
    out.chosen = if out.has_skill { kind } else { Kind::BaseRate };
}

#[cfg(test)]
mod tests {
    use super::{Kind, contest};
    use crate::predict::{Column, Frame, chance, drawn};

    fn frame(n: u64) -> Frame {
        let column = |k| Column::Number((0..n).map(|i| drawn(i, k)).collect());
        Frame { columns: vec![column(1), column(2), column(3)], rows: usize::try_from(n).unwrap_or(0) }
    }
    #[test]
    fn a_line_is_told_by_the_line_and_noise_by_the_base_rate() {
        let rows: Vec<usize> = (0..1_500).collect();
        let frame = frame(1_500);
        let Column::Number(x) = &frame.columns[0] else { unreachable!() };
        let line: Vec<bool> = (0..1_500u64).zip(x).map(|(i, x)| drawn(i, 9) < chance(5.0 * x - 2.5)).collect();
        let found = contest(&frame, &line, &rows);
        assert!(found.has_skill && found.chosen == Kind::Logistic, "{:?} {:?}", found.chosen, found.gain);
        let noise: Vec<bool> = (0..1_500).map(|i| drawn(i, 9) < 0.4).collect();
        let found = contest(&frame, &noise, &rows);
        assert!(!found.has_skill && found.chosen == Kind::BaseRate, "{:?}", found.gain);
    }
    #[test]
    fn few_rows_are_no_panic() {
        for n in 0..4 {
            let found = contest(&frame(4), &[true, false, true, false], &(0..n).collect::<Vec<_>>());
            assert_eq!((found.chosen, found.base.len()), (Kind::BaseRate, n));
        }
    }
}
