//! What the cells of a column hold.

use crate::{Refusal, numbers::Style, table::Table};
use serde_json::{Value as Json, json};
use stats::compare::Interval;
use std::collections::{BTreeMap, BTreeSet};

/// A cell that says that nothing is known.
pub(crate) fn is_missing(cell: &str) -> bool {
    ["na", "n/a", "nan", "null", "-", "?"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}
/// The cells of a column that say something.
pub(crate) fn known(table: &Table, at: usize) -> Vec<Option<&str>> {
    table.rows.iter().map(|row| row[at].as_deref().filter(|cell| !is_missing(cell))).collect()
}
pub(crate) struct Numbers {
    pub(crate) values: Vec<Option<f64>>,
    /// Cells that say something else than a number.
    pub(crate) texts: usize,
}
impl Numbers {
    pub(crate) fn of(cells: &[Option<&str>]) -> Numbers {
        let style = Style::of(cells.iter().flatten().copied());
        let values: Vec<Option<f64>> = cells.iter().map(|cell| cell.and_then(|c| style.read(c))).collect();
        let texts = cells.iter().zip(&values).filter(|(cell, value)| cell.is_some() && value.is_none()).count();
        Numbers { values, texts }
    }
    pub(crate) fn is_whole(&self) -> bool {
        self.texts == 0 && self.values.iter().any(Option::is_some)
    }
}
/// The numbers of a column that must hold some; what holds none is warned of.
pub(crate) fn numbers_of(table: &Table, at: usize, warnings: &mut Vec<Json>) -> Result<Vec<Option<f64>>, Refusal> {
    let name = &table.columns[at];
    let found = Numbers::of(&known(table, at));
    if found.values.iter().all(Option::is_none) {
        return Err(Refusal(format!("Column \"{name}\" holds no number.")));
    }
    if found.texts > 0 {
        warnings.push(json!({"kind": "left_out", "column": name, "detail": format!("{} cells of this column are no numbers and are left out.", found.texts)}));
    }
    Ok(found.values)
}
/// Columns of numbers that differ: those of `names`, or all but `out`. Others are warned of where nobody named them, refused where somebody did.
pub(crate) fn varying(table: &Table, names: &[String], out: &BTreeSet<usize>, warnings: &mut Vec<Json>) -> Result<Vec<(usize, Vec<Option<f64>>)>, Refusal> {
    let named = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<usize> = if named.is_empty() { (0..table.columns.len()).filter(|at| !out.contains(at)).collect() } else { named.clone() };
    let mut kept = Vec::new();
    for at in all {
        let name = &table.columns[at];
        let found = Numbers::of(&known(table, at));
        let different = found.values.iter().flatten().map(|v| v.to_bits()).collect::<BTreeSet<_>>().len();
        if found.texts > 0 && !named.is_empty() {
            return Err(Refusal(format!("Column \"{name}\" holds texts: {} of its cells are no numbers.", found.texts)));
        }
        let why = match different {
            _ if found.texts > 0 => "holds texts",
            0 => "is empty",
            1 => "has the same value everywhere",
            _ => {
                kept.push((at, found.values));
                continue;
            }
        };
        warnings.push(json!({"kind": "left_out", "column": name, "detail": format!("This column {why} and is left out.")}));
    }
    Ok(kept)
}
/// Labels in the order of numbers where all are numbers, else of letters.
pub(crate) fn in_order<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<&str> = labels.collect::<BTreeSet<_>>().into_iter().collect();
    let number = |l: &str| l.parse::<f64>().ok();
    if found.iter().all(|l| number(l).is_some_and(f64::is_finite)) {
        found.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
    }
    found
}
/// The most frequent cells with their numbers, at most `most`.
pub(crate) fn frequent<'a>(cells: impl Iterator<Item = &'a str>, most: usize) -> (usize, Vec<(&'a str, usize)>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells {
        *counts.entry(cell).or_default() += 1;
    }
    let distinct = counts.len();
    let mut found: Vec<(&str, usize)> = counts.into_iter().collect();
    found.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    found.truncate(most);
    (distinct, found)
}
pub(crate) fn interval(of: Interval) -> Json {
    use crate::round::figure;
    json!({"value": figure(of.value), "low": figure(of.low), "high": figure(of.high)})
}
/// A count as a number to reckon with.
pub(crate) fn real(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::{Numbers, frequent, in_order};

    #[test]
    fn cells_and_labels() {
        let found = Numbers::of(&[Some("1,5"), None, Some("x")]);
        assert_eq!((found.values.clone(), found.texts, found.is_whole()), (vec![Some(1.5), None, None], 1, false));
        assert_eq!(in_order(["10", "9", "10"].into_iter()), ["9", "10"]);
        assert_eq!(in_order(["b", "10", "9"].into_iter()), ["10", "9", "b"]);
        assert_eq!(frequent(["a", "b", "b"].into_iter(), 1), (2, vec![("b", 2)]));
    }
}
