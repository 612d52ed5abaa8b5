//! Why two rows are held to be the same, field by field.

use super::{column::Column, compare, model::Model, pairs::level_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    For,
    Against,
    /// One of the two is empty, or the level is as frequent among strangers.
    Neither,
}

/// What one field says.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub column: String,
    /// In words: "same", "one letter off", "differs".
    pub level: &'static str,
    /// log2(m/u): each bit doubles the odds.
    pub bits: f64,
    /// Both hold a value that few others hold.
    pub rare: bool,
    pub verdict: Verdict,
}

/// What agreement on this very value says beyond agreement on any: rare values more, common ones less (Winkler 2000).
pub(crate) fn rarity(column: &Column, row: u32, level: usize) -> f64 {
    if level != compare::names(column.kind).len() {
        return 0.0;
    }
    column.rare.get(column.codes[row as usize] as usize).copied().unwrap_or(0.0)
}

/// `rated`: columns whose values are known to be rare or common, as many as there are fields, or none.
pub(crate) fn evidence(model: &Model, rated: &[Column], a: u32, pattern: u64, columns: &[Column]) -> Vec<Evidence> {
    let mut out: Vec<Evidence> = Vec::new();
    for (i, (field, column)) in model.fields.iter().zip(columns).enumerate() {
        let level = level_of(pattern, i);
        if level == 0 {
            continue;
        }
        let rare = rated.get(i).map_or(0.0, |rated| rarity(rated, a, level));
        let bits = (field.m[level - 1] / field.u[level - 1]).log2() + rare;
        let verdict = if bits > 0.5 {
            Verdict::For
        } else if bits < -0.5 {
            Verdict::Against
        } else {
            Verdict::Neither
        };
        out.push(Evidence { column: column.name.clone(), level: compare::names(column.kind)[level - 1], bits, rare: rare > 1.0, verdict });
    }
    out.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
    out
}
