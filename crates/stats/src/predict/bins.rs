//! Columns as small whole numbers, for histograms. Bin 0 is what is missing.

use super::{Column, Frame};

/// Bins of a column, with the one for what is missing.
const BINS: usize = 255;
/// Values that occur less often than this share a bin with values never seen.
const RARE: usize = 5;

#[derive(Clone, Debug)]
enum Cuts {
    /// Upper borders; a value at a border belongs below it.
    Number(Vec<f64>),
    /// Bin of each value; those not listed fall into bin 1.
    Category(Vec<u8>),
}
/// How columns are cut, learnt from some of the rows.
#[derive(Clone, Debug)]
pub struct Bins {
    cuts: Vec<Cuts>,
}
/// Rows by their bins, column after column.
#[derive(Clone, Debug)]
pub struct Binned {
    pub columns: Vec<Vec<u8>>,
    /// Number of bins in each column, bin 0 counted.
    pub widths: Vec<usize>,
    pub categorical: Vec<bool>,
}

impl Bins {
    #[must_use]
    pub fn learn(frame: &Frame, rows: &[usize]) -> Bins {
        let cuts = frame.columns.iter().map(|column| match column {
            Column::Number(values) => Cuts::Number(borders(rows.iter().filter_map(|i| values.get(*i).copied()).filter(|v| v.is_finite()).collect())),
            Column::Category(codes) => Cuts::Category(by_count(rows.iter().filter_map(|i| codes.get(*i).copied().flatten()))),
        });
        Bins { cuts: cuts.collect() }
    }
    #[must_use]
    pub fn apply(&self, frame: &Frame) -> Binned {
        let columns = self.cuts.iter().zip(&frame.columns).map(|(cuts, column)| match (cuts, column) {
            (Cuts::Number(cuts), Column::Number(values)) => values.iter().map(|v| if v.is_finite() { u8::try_from(1 + cuts.partition_point(|c| c < v)).unwrap_or(u8::MAX) } else { 0 }).collect(),
            (Cuts::Category(bins), Column::Category(codes)) => codes.iter().map(|c| c.map_or(0, |c| usize::try_from(c).ok().and_then(|c| bins.get(c)).copied().unwrap_or(1))).collect(),
            _ => vec![0; frame.rows],
        });
        let widths = self.cuts.iter().map(|cuts| match cuts {
            Cuts::Number(cuts) => cuts.len() + 2,
            Cuts::Category(bins) => bins.iter().map(|b| usize::from(*b)).max().unwrap_or(0).max(1) + 1,
        });
        Binned { columns: columns.collect(), widths: widths.collect(), categorical: self.cuts.iter().map(|c| matches!(c, Cuts::Category(_))).collect() }
    }
    /// The number that a bin of a column ends at; infinite for the last.
    #[must_use]
    pub fn border(&self, column: usize, bin: u8) -> Option<f64> {
        match self.cuts.get(column)? {
            Cuts::Number(cuts) => usize::from(bin).checked_sub(1).map(|at| cuts.get(at).copied().unwrap_or(f64::INFINITY)),
            Cuts::Category(_) => None,
        }
    }
    /// The bin of a value of a category.
    #[must_use]
    pub fn of_code(&self, column: usize, code: u32) -> u8 {
        match self.cuts.get(column) {
            Some(Cuts::Category(bins)) => usize::try_from(code).ok().and_then(|c| bins.get(c)).copied().unwrap_or(1),
            _ => 0,
        }
    }
}
/// Half way between neighbours where values are few, else at equal counts.
fn borders(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    let most = BINS - 1;
    let between = |a: f64, b: f64| if a + (b - a) / 2.0 < b { a + (b - a) / 2.0 } else { a };
    if distinct.len() <= most {
        return distinct.windows(2).filter_map(|w| if let [a, b] = w { Some(between(*a, *b)) } else { None }).collect();
    }
    let mut cuts: Vec<f64> = Vec::with_capacity(most);
    for k in 1..most {
        let value = values[k * values.len() / most];
        let next = distinct.partition_point(|d| *d <= value);
        let Some(above) = distinct.get(next) else { break };
        let cut = between(value, *above);
        if cuts.last().is_none_or(|last| *last < cut) {
            cuts.push(cut);
        }
    }
    cuts
}
/// Frequent values get bins of their own, from 2, the most frequent first.
fn by_count(codes: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut counts: Vec<usize> = Vec::new();
    for code in codes.filter_map(|c| usize::try_from(c).ok()) {
        if counts.len() <= code {
            counts.resize(code + 1, 0);
        }
        counts[code] += 1;
    }
    let mut order: Vec<usize> = (0..counts.len()).filter(|c| counts[*c] >= RARE).collect();
    order.sort_by_key(|c| (std::cmp::Reverse(counts[*c]), *c));
    let mut bins = vec![1u8; counts.len()];
    for (code, bin) in order.into_iter().zip(2u8..=254) {
        bins[code] = bin;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::Bins;
    use crate::predict::{Column, Frame};

    #[test]
    fn numbers_and_values_get_bins() {
        let mut codes = vec![Some(0); 10];
        codes.extend([Some(1), None]);
        let mut numbers: Vec<f64> = (0..11).map(f64::from).collect();
        numbers.push(f64::NAN);
        let frame = Frame { columns: vec![Column::Number(numbers), Column::Category(codes)], rows: 12 };
        let bins = Bins::learn(&frame, &(0..12).collect::<Vec<_>>());
        let binned = bins.apply(&frame);
        assert_eq!((binned.columns[0][0], binned.columns[0][10], binned.columns[0][11]), (1, 11, 0));
        assert_eq!((binned.columns[1][0], binned.columns[1][10], binned.columns[1][11]), (2, 1, 0));
        assert_eq!(bins.border(0, 1), Some(0.5));
        assert_eq!((binned.widths[0], binned.widths[1]), (12, 3));
    }
    #[test]
    fn many_values_fit_and_infinite_ones_are_missing() {
        let mut numbers: Vec<f64> = (0..5_000).map(f64::from).collect();
        numbers.push(f64::INFINITY);
        let frame = Frame { columns: vec![Column::Number(numbers)], rows: 5_001 };
        let binned = Bins::learn(&frame, &(0..5_001).collect::<Vec<_>>()).apply(&frame);
        assert!(binned.widths[0] <= 255 && binned.widths[0] > 240 && binned.columns[0][5_000] == 0);
        let empty = Frame { columns: vec![Column::Number(vec![f64::NAN])], rows: 1 };
        assert_eq!(Bins::learn(&empty, &[0]).apply(&empty).columns[0], [0]);
    }
}
