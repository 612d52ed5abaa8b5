//! Columns as numbers of a linear model: numbers in standard deviations from their mean, values of categories as 0 and 1, a mark
//! where a number is missing. Rows hold what is not 0.

use super::{Column, Frame};

/// Values with fewer rows share one coefficient.
const RARE: usize = 5;

#[derive(Clone, Debug)]
enum Part {
    Number {
        at: usize,
        mean: f64,
        deviation: f64,
        missing: Option<usize>,
    },
    /// Place of each value; of what is missing; of rare ones.
    Category {
        places: Vec<Option<usize>>,
        missing: Option<usize>,
        rare: Option<usize>,
    },
}
#[derive(Clone, Debug)]
pub struct Design {
    parts: Vec<Part>,
    /// The column that each place belongs to.
    pub owners: Vec<usize>,
}
impl Design {
    #[must_use]
    pub fn learn(frame: &Frame, rows: &[usize]) -> Design {
        let mut owners = Vec::new();
        let parts = frame.columns.iter().enumerate().map(|(column, of)| {
            let mut place = || {
                owners.push(column);
                owners.len() - 1
            };
            match of {
                Column::Number(values) => {
                    let known: Vec<f64> = rows.iter().filter_map(|i| values.get(*i).copied()).filter(|v| v.is_finite()).collect();
                    #[expect(clippy::cast_precision_loss, reason = "counts")]
                    let n = known.len().max(1) as f64;
                    let mean = known.iter().sum::<f64>() / n;
                    let deviation = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
                    let at = place();
                    Part::Number { at, mean, deviation, missing: (rows.len() >= known.len() + RARE).then(place) }
                }
                Column::Category(codes) => {
                    let (mut counts, mut missing): (Vec<usize>, usize) = (Vec::new(), 0);
                    for code in rows.iter().filter_map(|i| codes.get(*i)) {
                        match code.and_then(|c| usize::try_from(c).ok()) {
                            Some(code) => {
                                counts.resize(counts.len().max(code + 1), 0);
                                counts[code] += 1;
                            }
                            None => missing += 1,
                        }
                    }
                    let places = counts.iter().map(|n| (*n >= RARE).then(&mut place)).collect();
                    let rare: usize = counts.iter().filter(|n| **n < RARE).sum();
                    Part::Category { places, missing: (missing >= RARE).then(&mut place), rare: (rare >= RARE).then(&mut place) }
                }
            }
        });
        let parts = parts.collect();
        Design { parts, owners }
    }
    /// What is not 0 in a row.
    #[must_use]
    pub fn row(&self, frame: &Frame, row: usize) -> Vec<(usize, f64)> {
        let mut out = Vec::with_capacity(self.parts.len());
        for (part, column) in self.parts.iter().zip(&frame.columns) {
            match (part, column) {
                (Part::Number { at, mean, deviation, missing }, Column::Number(values)) => match values.get(row).filter(|v| v.is_finite()) {
                    // far beyond what was learnt from, a straight line says too much
                    Some(v) if *deviation > 0.0 => out.push((*at, ((v - mean) / deviation).clamp(-20.0, 20.0))),
                    Some(_) => {}
                    None => out.extend(missing.map(|at| (at, 1.0))),
                },
                (Part::Category { places, missing, rare }, Column::Category(codes)) => {
                    let at = match codes.get(row).copied().flatten() {
                        Some(code) => usize::try_from(code).ok().and_then(|c| places.get(c).copied().flatten()).or(*rare),
                        None => *missing,
                    };
                    out.extend(at.map(|at| (at, 1.0)));
                }
                _ => {}
            }
        }
        out
    }
}
