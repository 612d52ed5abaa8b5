//! What is known about the rows: a column of groups, a file of groups, or a file of pairs with or without an answer.

use super::Ids;
use crate::{Refusal, table::Table};
use std::{collections::HashMap, path::Path};

pub(crate) struct Truth {
    /// The column that holds it; it is no evidence.
    pub(crate) column: Option<String>,
    known: Known,
}

enum Known {
    /// The group of each row, where one is named.
    Groups(Vec<Option<String>>),
    /// Pairs; all others are unknown where some of them are said to differ, else all others differ.
    Pairs { pairs: Vec<(u32, u32, bool)>, complete: bool },
}

/// Pairs found against pairs that are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) right: u64,
    pub(crate) wrong: u64,
    pub(crate) missed: u64,
}

impl Truth {
    pub(crate) fn read(said: &str, tables: &[Table], ids: &Ids) -> Result<Truth, Refusal> {
        if tables.iter().all(|t| t.position(said).is_some()) {
            let groups = tables.iter().flat_map(|t| {
                let at = t.position(said);
                t.rows.iter().map(move |row| at.and_then(|at| row[at].clone()))
            });
            let column = tables[0].column(said).map(|at| tables[0].columns[at].clone())?;
            return Ok(Truth { column: Some(column), known: Known::Groups(groups.collect()) });
        }
        let path = Path::new(said);
        if !path.is_file() {
            return Err(Refusal(format!("--truth names a column of the file or a file of known pairs; \"{said}\" is neither. The columns are: {}.", tables[0].columns.join(", "))));
        }
        let file = Table::read(path)?;
        if tables.len() == 1 && file.columns.len() == 2 && is_groups(&file, ids) {
            let of: HashMap<&str, &str> = file.rows.iter().filter_map(|r| Some((r[0].as_deref()?, r[1].as_deref()?))).collect();
            let groups = ids.names.iter().map(|name| of.get(name.as_str()).map(|g| (*g).to_owned())).collect();
            return Ok(Truth { column: None, known: Known::Groups(groups) });
        }
        let pairs = read_pairs(&file, tables, ids, said)?;
        let complete = pairs.iter().all(|(_, _, same)| *same);
        Ok(Truth { column: None, known: Known::Pairs { pairs, complete } })
    }

    /// Pairs whose answer is asked for whether or not they share a key.
    pub(crate) fn asked(&self) -> Vec<(u32, u32)> {
        match &self.known {
            Known::Pairs { pairs, complete: false } => pairs.iter().map(|(a, b, _)| (*a, *b)).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn score(&self, links: impl Iterator<Item = (u32, u32)>, asked: &[f64], threshold: f64, first: Option<usize>) -> Score {
        let mut score = Score::default();
        match &self.known {
            Known::Groups(of) => {
                let mut groups: HashMap<&str, (u64, u64)> = HashMap::new();
                for (i, group) in of.iter().enumerate().filter_map(|(i, g)| Some((i, g.as_deref()?))) {
                    let sides = groups.entry(group).or_default();
                    *(if first.is_some_and(|f| i >= f) { &mut sides.1 } else { &mut sides.0 }) += 1;
                }
                let all: u64 = groups.values().map(|(a, b)| if first.is_some() { a * b } else { a * (a - 1) / 2 }).sum();
                for (a, b) in links {
                    let same = of[a as usize].is_some() && of[a as usize] == of[b as usize];
                    *(if same { &mut score.right } else { &mut score.wrong }) += 1;
                }
                score.missed = all - score.right;
            }
            Known::Pairs { pairs, complete: true } => {
                let known: std::collections::HashSet<(u32, u32)> = pairs.iter().map(|(a, b, _)| (*a.min(b), *a.max(b))).collect();
                for (a, b) in links {
                    *(if known.contains(&(a.min(b), a.max(b))) { &mut score.right } else { &mut score.wrong }) += 1;
                }
                score.missed = known.len() as u64 - score.right;
            }
            Known::Pairs { pairs, complete: false } => {
                for ((_, _, same), p) in pairs.iter().zip(asked) {
                    match (*same, *p >= threshold) {
                        (true, true) => score.right += 1,
                        (false, true) => score.wrong += 1,
                        (true, false) => score.missed += 1,
                        (false, false) => {}
                    }
                }
            }
        }
        score
    }
}

/// Known pairs of a file: two columns of ids, the first for rows of the first file, and one of 1 and 0 or yes and no.
pub(crate) fn pairs(path: &Path, tables: &[Table], ids: &Ids) -> Result<Vec<(u32, u32, bool)>, Refusal> {
    read_pairs(&Table::read(path)?, tables, ids, &path.display().to_string())
}

/// Two columns, of which only the first holds ids of rows: id and group.
fn is_groups(file: &Table, ids: &Ids) -> bool {
    let known: std::collections::HashSet<&str> = ids.names.iter().map(String::as_str).collect();
    let mut seen = std::collections::HashSet::new();
    let once = file.rows.iter().filter_map(|r| r[0].as_deref()).all(|id| seen.insert(id));
    let second_too = file.rows.iter().filter(|r| r[1].as_deref().is_some_and(|id| known.contains(id))).count() * 10 > file.rows.len() * 9;
    let named = file.columns[1].to_lowercase();
    once && (!second_too || ["cluster", "group", "entity", "truth"].iter().any(|w| named.contains(w)))
}

fn read_pairs(file: &Table, tables: &[Table], ids: &Ids, shown: &str) -> Result<Vec<(u32, u32, bool)>, Refusal> {
    let (left, right, answer) = shape(file).ok_or_else(|| Refusal(format!("{shown}: expected two columns of ids and, if some pairs differ, a column label of 1 and 0.")))?;
    let mut index: [HashMap<&str, u32>; 2] = Default::default();
    let sides = tables.len();
    for (i, name) in ids.names.iter().enumerate() {
        index[usize::from(sides == 2 && i >= ids.first)].entry(name).or_insert(i as u32);
    }
    let mut out = Vec::new();
    let mut unknown = 0;
    for row in &file.rows {
        let find = |at: usize, side: usize| row[at].as_deref().and_then(|id| index[side.min(sides - 1)].get(id).copied());
        match (find(left, 0), find(right, 1)) {
            (Some(a), Some(b)) if a != b => out.push((a, b, answer.is_none_or(|at| is_yes(row[at].as_deref().unwrap_or("0"))))),
            _ => unknown += 1,
        }
    }
    if out.is_empty() {
        return Err(Refusal(format!("{shown}: none of the {unknown} pairs names two rows. The ids must be those of --id.")));
    }
    Ok(out)
}

/// Which columns hold the two ids and the answer.
fn shape(file: &Table) -> Option<(usize, usize, Option<usize>)> {
    let names: Vec<String> = file.columns.iter().map(|c| c.to_lowercase()).collect();
    let answer = names.iter().position(|n| ["label", "match", "same", "score", "truth", "is_match", "duplicate"].iter().any(|w| n.contains(w)));
    let side =
        |ends: &[&str]| names.iter().position(|n| ends.iter().any(|e| n.ends_with(e) || n.starts_with(e.trim_start_matches('_'))) && (n.contains("id") || n.contains("left") || n.contains("right")));
    let ids: Vec<usize> = (0..names.len()).filter(|i| Some(*i) != answer).collect();
    let left = side(&["_l", "left", "_1", "_a"]).filter(|i| Some(*i) != answer);
    let right = side(&["_r", "right", "_2", "_b"]).filter(|i| Some(*i) != answer);
    match (left, right) {
        (Some(a), Some(b)) if a != b => Some((a, b, answer)),
        _ => Some((*ids.first()?, *ids.get(1)?, answer)),
    }
}

fn is_yes(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "yes" | "true" | "y" | "t" | "match" | "same") || text.trim().parse::<f64>().is_ok_and(|n| n >= 0.5)
}
