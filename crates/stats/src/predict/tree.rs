//! One tree on histograms, grown leaf by leaf: the leaf that gains most is split next (Ke et al., `LightGBM`, NIPS 2017). The gain is
//! that of second order (Chen, Guestrin, KDD 2016); with a curvature of 1 it is the fall of the sum of squares of CART.

use super::bins::Binned;

/// What holds a tree back.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    pub leaves: usize,
    /// Least rows of a leaf.
    pub least: usize,
    /// Added to the curvature of each leaf.
    pub ridge: f64,
    /// Added to the curvature where values of a category are sorted and where they part the rows: few rows a value mislead.
    pub category_ridge: f64,
    /// Values of a category with fewer rows are not told apart.
    pub group: usize,
}
/// Values of a category on the left.
pub type Set = [u64; 4];
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Numbers up to a bin go left, and so do missing ones where it says so.
    UpTo {
        bin: u8,
        missing: bool,
    },
    Among(Set),
}
impl Way {
    #[must_use]
    pub fn is_left(&self, bin: u8) -> bool {
        match self {
            Way::UpTo { missing, .. } if bin == 0 => *missing,
            Way::UpTo { bin: last, .. } => bin <= *last,
            Way::Among(set) => has(set, bin),
        }
    }
}
fn has(set: &Set, bin: u8) -> bool {
    set[usize::from(bin >> 6)] >> (bin & 63) & 1 == 1
}
fn put(set: &mut Set, bin: u8) {
    set[usize::from(bin >> 6)] |= 1 << (bin & 63);
}
#[derive(Clone, Copy, Debug)]
pub struct Split {
    pub column: usize,
    pub way: Way,
    pub left: usize,
    pub right: usize,
    pub gain: f64,
}
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub split: Option<Split>,
    /// What a row here gets if it goes no further.
    pub value: f64,
    pub n: usize,
    /// Sums of slope and curvature.
    pub slope: f64,
    pub curve: f64,
}
/// Nodes, the root first.
#[derive(Clone, Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
}
impl Tree {
    /// The nodes on a row's way, from the root to its leaf.
    pub fn path<'a>(&'a self, binned: &'a Binned, row: usize) -> impl Iterator<Item = &'a Node> {
        let mut at = Some(0);
        std::iter::from_fn(move || {
            let node = self.nodes.get(at?)?;
            at = node.split.map(|s| if s.way.is_left(binned.columns[s.column][row]) { s.left } else { s.right });
            Some(node)
        })
    }
    #[must_use]
    pub fn value(&self, binned: &Binned, row: usize) -> f64 {
        self.path(binned, row).last().map_or(0.0, |n| n.value)
    }
}

/// Slope, curvature and number of rows.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    slope: f64,
    curve: f64,
    n: u32,
}
impl Sum {
    fn plus(self, o: Sum) -> Sum {
        Sum { slope: self.slope + o.slope, curve: self.curve + o.curve, n: self.n + o.n }
    }
    fn less(self, o: Sum) -> Sum {
        Sum { slope: self.slope - o.slope, curve: self.curve - o.curve, n: self.n.saturating_sub(o.n) }
    }
    fn worth(self, ridge: f64) -> f64 {
        let below = self.curve + ridge;
        if below > 0.0 { self.slope * self.slope / below } else { 0.0 }
    }
    fn value(self, ridge: f64) -> f64 {
        let below = self.curve + ridge;
        if below > 0.0 { -self.slope / below } else { 0.0 }
    }
}
#[derive(Clone, Copy, Debug)]
struct Found {
    gain: f64,
    column: usize,
    way: Way,
}
struct Leaf {
    node: usize,
    from: usize,
    to: usize,
    sums: Vec<Sum>,
    found: Option<Found>,
}
/// What is learnt from: slope and curvature of the loss of each row.
pub struct Lesson<'a> {
    pub binned: &'a Binned,
    pub slopes: &'a [f64],
    pub curves: &'a [f64],
}
impl Lesson<'_> {
    /// Grows a tree on these rows, which it puts in the order of leaves; also answers where each leaf's rows stand.
    #[must_use]
    pub fn grow(&self, rows: &mut [u32], growth: &Growth) -> (Tree, Vec<(usize, std::ops::Range<usize>)>) {
        let starts: Vec<usize> = self
            .binned
            .widths
            .iter()
            .scan(0, |at, w| {
                let here = *at;
                *at += w;
                Some(here)
            })
            .collect();
        let sums = self.sums(rows, &starts);
        let total = rows.iter().fold(Sum::default(), |s, r| s.plus(self.one(*r)));
        let node = |total: Sum| Node { split: None, value: total.value(growth.ridge), n: total.n as usize, slope: total.slope, curve: total.curve };
        let mut tree = Tree { nodes: vec![node(total)] };
        let found = self.best(&sums, &starts, total, growth);
        let mut leaves = vec![Leaf { node: 0, from: 0, to: rows.len(), sums, found }];
        while leaves.len() < growth.leaves {
            let best = (0..leaves.len()).filter_map(|i| Some((i, leaves[i].found?))).fold(None, |best: Option<(usize, Found)>, new| best.filter(|b| b.1.gain >= new.1.gain).or(Some(new)));
            let Some((at, found)) = best else { break };
            let leaf = leaves.swap_remove(at);
            let part = &mut rows[leaf.from..leaf.to];
            let column = &self.binned.columns[found.column];
            // stable, so that the answer does not hang on the order of earlier splits
            let (mut left, right): (Vec<u32>, Vec<u32>) = part.iter().partition(|r| found.way.is_left(column[**r as usize]));
            let middle = leaf.from + left.len();
            left.extend(right);
            part.copy_from_slice(&left);
            let small_left = middle - leaf.from <= leaf.to - middle;
            let small = if small_left { leaf.from..middle } else { middle..leaf.to };
            let few = self.sums(&rows[small], &starts);
            let many: Vec<Sum> = leaf.sums.iter().zip(&few).map(|(a, b)| a.less(*b)).collect();
            let (left_sums, right_sums) = if small_left { (few, many) } else { (many, few) };
            let first = tree.nodes.len();
            tree.nodes[leaf.node].split = Some(Split { column: found.column, way: found.way, left: first, right: first + 1, gain: found.gain });
            for (node_at, range, sums) in [(first, leaf.from..middle, left_sums), (first + 1, middle..leaf.to, right_sums)] {
                let total = rows[range.clone()].iter().fold(Sum::default(), |s, r| s.plus(self.one(*r)));
                tree.nodes.push(node(total));
                let found = self.best(&sums, &starts, total, growth);
                leaves.push(Leaf { node: node_at, from: range.start, to: range.end, sums, found });
            }
        }
        let places = leaves.into_iter().map(|l| (l.node, l.from..l.to)).collect();
        (tree, places)
    }
    fn one(&self, row: u32) -> Sum {
        let row = row as usize;
        Sum { slope: self.slopes[row], curve: self.curves[row], n: 1 }
    }
    fn sums(&self, rows: &[u32], starts: &[usize]) -> Vec<Sum> {
        let mut out = vec![Sum::default(); self.binned.widths.iter().sum()];
        for (column, start) in self.binned.columns.iter().zip(starts) {
            let part = &mut out[*start..];
            for row in rows {
                let at = *row as usize;
                let sum = &mut part[usize::from(column[at])];
                sum.slope += self.slopes[at];
                sum.curve += self.curves[at];
                sum.n += 1;
            }
        }
        out
    }
    fn best(&self, sums: &[Sum], starts: &[usize], total: Sum, growth: &Growth) -> Option<Found> {
        if (total.n as usize) < 2 * growth.least {
            return None;
        }
        let mut search = Search { total, growth, best: None };
        for (column, ((start, width), categorical)) in starts.iter().zip(&self.binned.widths).zip(&self.binned.categorical).enumerate() {
            let bins = &sums[*start..start + width];
            if *categorical { search.category(column, bins) } else { search.number(column, bins) }
        }
        search.best
    }
}
struct Search<'a> {
    total: Sum,
    growth: &'a Growth,
    best: Option<Found>,
}
impl Search<'_> {
    fn offer(&mut self, column: usize, left: Sum, ridge: f64, way: impl FnOnce() -> Way) {
        let right = self.total.less(left);
        if (left.n.min(right.n) as usize) < self.growth.least {
            return;
        }
        let gain = left.worth(ridge) + right.worth(ridge) - self.total.worth(self.growth.ridge);
        if gain > 1e-9 * (1.0 + self.total.worth(self.growth.ridge)) && self.best.is_none_or(|b| gain > b.gain) {
            self.best = Some(Found { gain, column, way: way() });
        }
    }
    fn number(&mut self, column: usize, bins: &[Sum]) {
        let [missing, known @ ..] = bins else { return };
        let mut left = Sum::default();
        for (bin, sum) in (1..=u8::MAX).zip(known) {
            left = left.plus(*sum);
            if sum.n == 0 {
                continue;
            }
            // where nothing is missing, what is missing later goes with the larger side
            let most = missing.n == 0 && 2 * left.n >= self.total.n;
            self.offer(column, left, self.growth.ridge, || Way::UpTo { bin, missing: most });
            if missing.n > 0 {
                self.offer(column, left.plus(*missing), self.growth.ridge, || Way::UpTo { bin, missing: true });
            }
        }
    }
    /// Values sorted by their mean, cut once (Fisher, JASA 53, 1958), from either end.
    fn category(&mut self, column: usize, bins: &[Sum]) {
        let mut order: Vec<(u8, Sum)> = (0..=u8::MAX).zip(bins.iter().copied()).filter(|(_, s)| s.n > 0 && s.n as usize >= self.growth.group).collect();
        let few = bins.iter().filter(|s| s.n > 0).count() <= 4;
        if few {
            for (bin, sum) in &order {
                self.offer(column, *sum, self.growth.ridge, || {
                    let mut set = Set::default();
                    put(&mut set, *bin);
                    Way::Among(set)
                });
            }
        }
        order.sort_by(|a, b| a.1.value(self.growth.category_ridge).total_cmp(&b.1.value(self.growth.category_ridge)).then(a.0.cmp(&b.0)));
        let ridge = if few { self.growth.ridge } else { self.growth.ridge + self.growth.category_ridge };
        for backwards in [false, true] {
            let (mut set, mut left) = (Set::default(), Sum::default());
            for i in 0..order.len() {
                let (bin, sum) = if backwards { order[order.len() - 1 - i] } else { order[i] };
                put(&mut set, bin);
                left = left.plus(sum);
                self.offer(column, left, ridge, || Way::Among(set));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Growth, Lesson};
    use crate::predict::{Column, Frame, bins::Bins};

    const CART: Growth = Growth { leaves: 4, least: 1, ridge: 0.0, category_ridge: 0.0, group: 1 };

    #[test]
    fn a_step_is_found_and_missing_values_go_where_they_belong() {
        let x = vec![1.0, 2.0, 3.0, 4.0, f64::NAN, f64::NAN];
        let y = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let frame = Frame { columns: vec![Column::Number(x)], rows: 6 };
        let binned = Bins::learn(&frame, &[0, 1, 2, 3, 4, 5]).apply(&frame);
        let slopes: Vec<f64> = y.iter().map(|v| -v).collect();
        let (tree, leaves) = Lesson { binned: &binned, slopes: &slopes, curves: &[1.0; 6] }.grow(&mut [0, 1, 2, 3, 4, 5], &CART);
        assert_eq!((tree.nodes.len(), leaves.len()), (3, 2));
        // 4 - 16/6 is what the sum of squares falls by
        assert!((tree.nodes[0].split.unwrap().gain - (4.0 - 16.0 / 6.0)).abs() < 1e-12);
        assert_eq!((0..6).map(|r| tree.value(&binned, r)).collect::<Vec<_>>(), y);
    }
    #[test]
    fn values_are_gathered_by_their_means() {
        let codes: Vec<Option<u32>> = (0..60).map(|i| Some(i % 6)).collect();
        let frame = Frame { columns: vec![Column::Category(codes)], rows: 60 };
        let binned = Bins::learn(&frame, &(0..60).collect::<Vec<_>>()).apply(&frame);
        let slopes: Vec<f64> = (0..60).map(|i| if i % 6 % 2 == 0 { -1.0 } else { 0.0 }).collect();
        let (tree, _) = Lesson { binned: &binned, slopes: &slopes, curves: &[1.0; 60] }.grow(&mut (0..60).collect::<Vec<_>>(), &CART);
        assert_eq!(tree.nodes.len(), 3);
        assert_eq!((tree.value(&binned, 0), tree.value(&binned, 1)), (1.0, 0.0));
    }
}
