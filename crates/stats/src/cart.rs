//! One tree that people can read: splits that part the outcome best (for yes and no the Gini index, for numbers the variance, which for 0
//! and 1 is half of it), cut back by cost and complexity with cross-validation and the rule of one standard error (Breiman, Friedman,
//! Olshen, Stone 1984).

use crate::predict::{Column, Frame, drawn};

/// Splits below each other, and rows of a leaf at least (or a two-hundredth of all).
const DEPTH: usize = 5;
const LEAF: usize = 20;
const FOLDS: u8 = 5;

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// At most this number.
    AtMost(f64),
    /// One of these values.
    Among(Vec<u32>),
}
#[derive(Clone, Debug)]
pub struct Split {
    pub column: usize,
    pub test: Test,
    /// Where rows go of which it is not known: with the larger side.
    pub missing_holds: bool,
    /// Those for which the test holds, and the others.
    pub children: [usize; 2],
}
#[derive(Clone, Debug)]
pub struct Node {
    pub n: usize,
    pub mean: f64,
    /// Sum of squares around the mean.
    pub spread: f64,
    pub split: Option<Split>,
}
/// The first node is the root.
#[derive(Clone, Debug)]
pub struct Cart {
    pub nodes: Vec<Node>,
}
#[expect(clippy::cast_precision_loss, reason = "counts")]
fn count(n: usize) -> f64 {
    n as f64
}
fn holds(column: &Column, test: &Test, row: usize) -> Option<bool> {
    match (column, test) {
        (Column::Number(values), Test::AtMost(most)) => values[row].is_finite().then(|| values[row] <= *most),
        (Column::Category(codes), Test::Among(set)) => codes[row].map(|code| set.contains(&code)),
        _ => None,
    }
}
/// Count, sum, sum of squares.
#[derive(Clone, Copy, Default)]
struct Sum(f64, f64, f64);
impl Sum {
    fn with(self, y: f64) -> Sum {
        Sum(self.0 + 1.0, self.1 + y, self.2 + y * y)
    }
    fn less(self, other: Sum) -> Sum {
        Sum(self.0 - other.0, self.1 - other.1, self.2 - other.2)
    }
    fn plus(self, other: Sum) -> Sum {
        Sum(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }
    fn mean(self) -> f64 {
        if self.0 > 0.0 { self.1 / self.0 } else { 0.0 }
    }
    fn spread(self) -> f64 {
        if self.0 > 0.0 { (self.2 - self.1 * self.1 / self.0).max(0.0) } else { 0.0 }
    }
}

impl Cart {
    /// Grows a tree and cuts it back to what holds on rows that it has not seen.
    #[must_use]
    pub fn learn(frame: &Frame, y: &[f64], rows: &[usize]) -> Cart {
        let leaf = LEAF.max(rows.len() / 200);
        let whole = Cart::grow(frame, y, rows.to_vec(), leaf);
        let mut prices = whole.prices();
        prices.push(f64::INFINITY);
        let fold = |row: usize| (0..FOLDS).find(|k| drawn(row as u64, 31) * f64::from(FOLDS) < f64::from(k + 1)).unwrap_or(0);
        // squares of errors, by price and row
        let mut errors = vec![Vec::with_capacity(rows.len()); prices.len()];
        for k in 0..FOLDS {
            let (held, taught): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| fold(**row) == k);
            let tree = Cart::grow(frame, y, taught, leaf);
            // a price of each row, as far as the tree knows a share of them
            let scale = count(tree.nodes[0].n) / count(rows.len().max(1));
            for (price, errors) in prices.iter().zip(&mut errors) {
                let cut = tree.cut(price * scale);
                errors.extend(held.iter().map(|row| (y[*row] - cut.mean_of(frame, *row)).powi(2)));
            }
        }
        let told: Vec<(f64, f64)> = errors
            .iter()
            .map(|e| {
                let n = count(e.len().max(1));
                let mean = e.iter().sum::<f64>() / n;
                (mean, (e.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n / n).sqrt())
            })
            .collect();
        let best = told.iter().copied().fold((f64::INFINITY, 0.0), |a, b| if b.0 < a.0 { b } else { a });
        let price = prices.iter().zip(&told).rev().find(|(_, t)| t.0 <= best.0 + best.1).map_or(0.0, |(p, _)| *p);
        whole.cut(price)
    }
    fn grow(frame: &Frame, y: &[f64], rows: Vec<usize>, leaf: usize) -> Cart {
        let mut tree = Cart { nodes: vec![node(y, &rows)] };
        let mut open = vec![(0, rows, 0)];
        while let Some((at, rows, depth)) = open.pop() {
            let Some((column, test, missing_holds)) = (depth < DEPTH).then(|| best(frame, y, &rows, leaf)).flatten() else { continue };
            let (yes, no): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| holds(&frame.columns[column], &test, **row).unwrap_or(missing_holds));
            let children = [tree.nodes.len(), tree.nodes.len() + 1];
            tree.nodes.extend([node(y, &yes), node(y, &no)]);
            tree.nodes[at].split = Some(Split { column, test, missing_holds, children });
            open.push((children[0], yes, depth + 1));
            open.push((children[1], no, depth + 1));
        }
        tree
    }
    /// Prices of a leaf at which the tree shrinks, from the lowest: between them it stays the same.
    fn prices(&self) -> Vec<f64> {
        let mut out = vec![0.0];
        let mut tree = self.clone();
        while tree.nodes[0].split.is_some() {
            let weakest = (0..tree.nodes.len()).filter(|at| tree.is_reached(*at) && tree.nodes[*at].split.is_some()).map(|at| {
                let (spread, leaves) = tree.below(at);
                (tree.nodes[at].spread - spread) / count(leaves - 1)
            });
            let price = weakest.fold(f64::INFINITY, f64::min).max(out.last().copied().unwrap_or(0.0));
            // the middle between two corners stands for both
            out.push((price * out.last().copied().unwrap_or(0.0).max(price / 4.0)).sqrt().max(price * 1e-9));
            let next = tree.cut(price * (1.0 + 1e-9) + 1e-12);
            if next.nodes.len() == tree.nodes.len() {
                break;
            }
            tree = next;
        }
        out
    }
    fn is_reached(&self, at: usize) -> bool {
        at == 0 || self.nodes.iter().any(|n| n.split.as_ref().is_some_and(|s| s.children.contains(&at)))
    }
    /// Spread and number of the leaves below.
    fn below(&self, at: usize) -> (f64, usize) {
        match &self.nodes[at].split {
            None => (self.nodes[at].spread, 1),
            Some(split) => split.children.iter().map(|c| self.below(*c)).fold((0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        }
    }
    /// The smallest tree of least cost, where each leaf costs so much beside its spread.
    fn cut(&self, price: f64) -> Cart {
        let mut out = Cart { nodes: vec![] };
        self.keep(0, price, &mut out);
        out
    }
    fn cost(&self, at: usize, price: f64) -> f64 {
        let alone = self.nodes[at].spread + price;
        match &self.nodes[at].split {
            None => alone,
            Some(split) => alone.min(split.children.iter().map(|c| self.cost(*c, price)).sum()),
        }
    }
    fn keep(&self, at: usize, price: f64, out: &mut Cart) -> usize {
        let place = out.nodes.len();
        out.nodes.push(Node { split: None, ..self.nodes[at].clone() });
        if let Some(split) = &self.nodes[at].split
            && split.children.iter().map(|c| self.cost(*c, price)).sum::<f64>() < self.nodes[at].spread + price
        {
            let children = split.children.map(|child| self.keep(child, price, out));
            out.nodes[place].split = Some(Split { children, ..split.clone() });
        }
        place
    }
    /// The leaf that a row falls into.
    #[must_use]
    pub fn leaf_of(&self, frame: &Frame, row: usize) -> usize {
        let mut at = 0;
        while let Some(split) = &self.nodes[at].split {
            let held = holds(&frame.columns[split.column], &split.test, row).unwrap_or(split.missing_holds);
            at = split.children[usize::from(!held)];
        }
        at
    }
    #[must_use]
    pub fn mean_of(&self, frame: &Frame, row: usize) -> f64 {
        self.nodes[self.leaf_of(frame, row)].mean
    }
}
fn node(y: &[f64], rows: &[usize]) -> Node {
    let sum = rows.iter().fold(Sum::default(), |sum, row| sum.with(y[*row]));
    Node { n: rows.len(), mean: sum.mean(), spread: sum.spread(), split: None }
}
/// The split that leaves least spread.
fn best(frame: &Frame, y: &[f64], rows: &[usize], leaf: usize) -> Option<(usize, Test, bool)> {
    let whole = node(y, rows);
    let mut found: Option<(f64, usize, Test, bool)> = None;
    for (column, values) in frame.columns.iter().enumerate() {
        // groups in an order in which they are cut once: numbers as they follow, values by their mean
        let (groups, missing) = groups(values, y, rows);
        let all = groups.iter().fold(Sum::default(), |a, g| a.plus(g.1));
        let mut left = Sum::default();
        for at in 0..groups.len().saturating_sub(1) {
            left = left.plus(groups[at].1);
            let right = all.less(left);
            let missing_holds = left.0 >= right.0;
            let (yes, no) = if missing_holds { (left.plus(missing), right) } else { (left, right.plus(missing)) };
            if yes.0.min(no.0) < count(leaf) {
                continue;
            }
            let gain = whole.spread - yes.spread() - no.spread();
            if gain > whole.spread * 1e-9 && found.as_ref().is_none_or(|f| gain > f.0) {
                let test = match values {
                    Column::Number(_) => Test::AtMost(f64::midpoint(groups[at].0, groups[at + 1].0)),
                    Column::Category(_) => Test::Among(groups[..=at].iter().filter_map(|g| g.2).collect()),
                };
                found = Some((gain, column, test, missing_holds));
            }
        }
    }
    found.map(|(_, column, test, missing)| (column, test, missing))
}
type Group = (f64, Sum, Option<u32>);
fn groups(values: &Column, y: &[f64], rows: &[usize]) -> (Vec<Group>, Sum) {
    let mut missing = Sum::default();
    let mut out: Vec<Group> = Vec::new();
    match values {
        Column::Number(values) => {
            let mut order: Vec<usize> = rows.iter().copied().filter(|row| values[*row].is_finite()).collect();
            order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
            for row in order {
                match out.last_mut().filter(|g| g.0 == values[row]) {
                    Some(group) => group.1 = group.1.with(y[row]),
                    None => out.push((values[row], Sum::default().with(y[row]), None)),
                }
            }
            missing = rows.iter().filter(|row| !values[**row].is_finite()).fold(missing, |sum, row| sum.with(y[*row]));
        }
        Column::Category(codes) => {
            for row in rows {
                match codes[*row] {
                    None => missing = missing.with(y[*row]),
                    Some(code) => match out.iter_mut().find(|g| g.2 == Some(code)) {
                        Some(group) => group.1 = group.1.with(y[*row]),
                        None => out.push((0.0, Sum::default().with(y[*row]), Some(code))),
                    },
                }
            }
            out.sort_by(|a, b| a.1.mean().total_cmp(&b.1.mean()).then(a.2.cmp(&b.2)));
        }
    }
    (out, missing)
}

#[cfg(test)]
mod tests {
    use super::{Cart, Test};
    use crate::predict::{Column, Frame, drawn};

    fn frame(n: u64) -> Frame {
        let x = Column::Number((0..n).map(|i| drawn(i, 1)).collect());
        let z = Column::Category((0..n).map(|i| u32::try_from(i % 3).ok()).collect());
        Frame { columns: vec![x, z], rows: usize::try_from(n).unwrap_or(0) }
    }
    #[test]
    fn a_step_is_found_and_noise_is_cut_away() {
        let frame = frame(1_000);
        let rows: Vec<usize> = (0..1_000).collect();
        let Column::Number(x) = &frame.columns[0] else { unreachable!() };
        let y: Vec<f64> = x.iter().zip(0..).map(|(x, i)| f64::from(drawn(i, 9) < if *x <= 0.4 { 0.2 } else { 0.7 })).collect();
        let tree = Cart::learn(&frame, &y, &rows);
        let split = tree.nodes[0].split.as_ref().unwrap();
        assert!(split.column == 0 && matches!(split.test, Test::AtMost(at) if (at - 0.4).abs() < 0.05), "{split:?}");
        assert_eq!(tree.nodes.len(), 3, "two leaves: {:?}", tree.nodes);
        let noise: Vec<f64> = (0..1_000).map(|i| f64::from(drawn(i, 9) < 0.4)).collect();
        assert_eq!(Cart::learn(&frame, &noise, &rows).nodes.len(), 1);
    }
    #[test]
    fn values_are_parted_and_numbers_are_told() {
        let frame = frame(600);
        let rows: Vec<usize> = (0..600).collect();
        let y: Vec<f64> = (0..600u64).map(|i| if i % 3 == 1 { 10.0 } else { 2.0 } + drawn(i, 5)).collect();
        let tree = Cart::learn(&frame, &y, &rows);
        let split = tree.nodes[0].split.as_ref().unwrap();
        let Test::Among(set) = &split.test else { panic!("{split:?}") };
        assert!(split.column == 1 && (set == &[1] || set.len() == 2 && !set.contains(&1)), "{set:?}");
        assert!((tree.mean_of(&frame, 1) - 10.5).abs() < 0.1 && (tree.mean_of(&frame, 0) - 2.5).abs() < 0.1);
    }
    #[test]
    fn few_rows_and_gaps_are_no_panic() {
        let gaps = Frame { columns: vec![Column::Number(vec![f64::NAN; 3]), Column::Category(vec![None; 3])], rows: 3 };
        for n in 0..=3 {
            assert_eq!(Cart::learn(&gaps, &[1.0, 0.0, 1.0], &(0..n).collect::<Vec<_>>()).nodes.len(), 1);
        }
    }
}
