//! From tables to links.

use super::{
    Evidence, Field, Kind, Refused, Settings, Table, block, cluster,
    column::{Column, exchange},
    evidence::{evidence, rarity},
    kind::guess,
    model::{Model, Seen, fit, probability},
    pairs::{Dice, FIELDS, level_of, pattern},
    text::fold,
};
use std::collections::HashMap;

/// Two rows that are held to be the same; of two tables the second one's rows are counted on from the first.
#[derive(Clone, Debug)]
pub struct Link {
    pub left: u32,
    pub right: u32,
    pub probability: f64,
    /// Bits of evidence above even odds.
    pub bits: f64,
    /// Not itself sure enough, but both belong to one group.
    pub through_group: bool,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug)]
pub struct Linked {
    pub links: Vec<Link>,
    /// The group of each row: the number of one of its rows.
    pub groups: Vec<u32>,
    pub fields: Vec<Field>,
    /// Columns that were not compared.
    pub ignored: Vec<String>,
    pub candidates: usize,
    /// Expected number of true pairs among the candidates.
    pub expected: f64,
    /// Probabilities of the pairs that were asked for, in their order.
    pub asked: Vec<f64>,
}

/// Pairs drawn at random to see what strangers agree on.
const STRANGERS: u32 = 100_000;
/// Below this a pair is not worth keeping for groups.
const KEEP_BITS: f64 = -12.0;

/// # Errors
/// Where there is nothing to compare.
pub fn link(tables: &[Table], settings: &Settings) -> Result<Linked, Refused> {
    if tables.is_empty() || tables.len() > 2 {
        return Err(Refused::Tables);
    }
    let rows: u32 = tables.iter().map(|t| t.rows.len() as u32).sum();
    let left = (tables.len() == 2).then(|| tables[0].rows.len() as u32);
    if rows < 2 || left.is_some_and(|first| first == 0 || first == rows) {
        return Err(Refused::Rows);
    }
    let (columns, ignored) = columns(tables, settings)?;
    let mut found = block::candidates(&columns, rows, left, budget(rows as usize, settings.pairs_per_row as usize));
    found.extend(settings.known.iter().map(|k| order(k.left, k.right)));
    found.extend(settings.ask.iter().map(|(a, b)| order(*a, *b)));
    found.sort_unstable();
    found.dedup();
    let patterns: Vec<u64> = found.iter().map(|(a, b)| pattern(&columns, *a, *b)).collect();
    let model = learn(&columns, rows, left, &found, &patterns, settings);

    let mut scored = Vec::new();
    let mut expected = 0.0;
    for ((a, b), pattern) in found.iter().zip(&patterns) {
        let bits = bits(&model, &columns, *a, *pattern);
        expected += probability(bits);
        if bits > KEEP_BITS {
            scored.push((*a, *b, bits));
        }
    }
    let shift = (settings.threshold / (1.0 - settings.threshold)).log2();
    let above: Vec<(u32, u32, f64)> = scored.iter().map(|(a, b, bits)| (*a, *b, bits - shift)).collect();
    let groups = if left.is_some() { cluster::groups(rows, &[]) } else { cluster::groups(rows, &above) };
    let mut links = Vec::new();
    let make = |a: u32, b: u32, bits: f64, through_group: bool| Link {
        left: a,
        right: b,
        probability: probability(bits),
        bits,
        through_group,
        evidence: evidence(&model, &columns, a, pattern(&columns, a, b), &columns),
    };
    if left.is_some() {
        let rivals = if one_to_one(&above) { best(&above) } else { HashMap::new() };
        let beaten = |a: &u32, b: &u32, bits: f64| [a, b].into_iter().any(|row| rivals.get(row).is_some_and(|best| bits < *best));
        links.extend(above.iter().filter(|(a, b, bits)| *bits >= 0.0 && !beaten(a, b, *bits)).map(|(a, b, bits)| make(*a, *b, bits + shift, false)));
    } else {
        let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
        for (row, group) in groups.iter().enumerate() {
            members.entry(*group).or_default().push(row as u32);
        }
        for group in members.values().filter(|g| g.len() > 1) {
            for (i, a) in group.iter().enumerate() {
                for b in &group[i + 1..] {
                    let bits = bits(&model, &columns, *a, pattern(&columns, *a, *b));
                    links.push(make(*a, *b, bits, bits < shift));
                }
            }
        }
    }
    links.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.left, x.right).cmp(&(y.left, y.right))));
    let judged: HashMap<(u32, u32), f64> = links.iter().map(|l| ((l.left, l.right), l.probability)).collect();
    let asked = settings.ask.iter().map(|(a, b)| {
        let (a, b) = order(*a, *b);
        let alone = || probability(bits(&model, &columns, a, pattern(&columns, a, b)));
        // a pair that its rivals beat is no link, however alike
        judged.get(&(a, b)).copied().unwrap_or_else(|| if left.is_some() { alone().min(0.49) } else { alone() })
    });
    let asked = asked.collect();
    Ok(Linked { links, groups, fields: model.fields, ignored, candidates: found.len(), expected, asked })
}

/// The weight of the surest link of each row.
fn best(scored: &[(u32, u32, f64)]) -> HashMap<u32, f64> {
    let mut best: HashMap<u32, f64> = HashMap::new();
    for (a, b, bits) in scored {
        for row in [a, b] {
            let known = best.entry(*row).or_insert(*bits);
            *known = known.max(*bits);
        }
    }
    best
}

/// Whether rows of two tables mostly have a single sure partner: then a second, less sure one is none.
fn one_to_one(scored: &[(u32, u32, f64)]) -> bool {
    let sure: Vec<&(u32, u32, f64)> = scored.iter().filter(|s| s.2 > 3.0).collect();
    let mut partners: HashMap<u32, u32> = HashMap::new();
    for (a, b, _) in &sure {
        *partners.entry(*a).or_default() += 1;
        *partners.entry(*b).or_default() += 1;
    }
    let several = partners.values().filter(|n| **n > 1).count();
    several * 5 < partners.len()
}

/// Pairs that may be looked at. Of many rows fewer each: what is cheap finds most, and a million rows must stay affordable.
fn budget(rows: usize, per_row: usize) -> usize {
    let many = 200_000;
    (rows.min(many) * per_row + rows.saturating_sub(many) * per_row / 4).max(500_000)
}

fn order(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// The weight of a pair: the more doubtful of the two yardsticks, with the rarity of what is equal.
fn bits(model: &Model, columns: &[Column], a: u32, pattern: u64) -> f64 {
    let (all, among) = model.weights(pattern);
    let rare: f64 = columns.iter().enumerate().map(|(i, c)| rarity(c, a, level_of(pattern, i))).sum();
    (all + rare).min(among + rare * 0.5)
}

fn learn(columns: &[Column], rows: u32, left: Option<u32>, found: &[(u32, u32)], patterns: &[u64], settings: &Settings) -> Model {
    let mut known: HashMap<(u32, u32), bool> = HashMap::new();
    for label in &settings.known {
        known.insert(order(label.left, label.right), label.same);
    }
    let mut counts: HashMap<(u64, Option<bool>), f64> = HashMap::new();
    for (pair, pattern) in found.iter().zip(patterns) {
        *counts.entry((*pattern, known.get(pair).copied())).or_default() += 1.0;
    }
    let mut seen: Vec<Seen> = counts.into_iter().map(|((pattern, known), count)| Seen { pattern, count, known }).collect();
    // sums of floating numbers depend on their order; the answer must not
    seen.sort_by_key(|s| (s.pattern, s.known));
    let kinds: Vec<(String, Kind)> = columns.iter().map(|c| (c.name.clone(), c.kind)).collect();
    let n = f64::from(rows);
    let all_pairs = left.map_or(n * (n - 1.0) / 2.0, |first| f64::from(first) * (n - f64::from(first)));
    fit(&kinds, strangers(columns, rows, left), &seen, all_pairs)
}

/// What pairs drawn at random agree on, level by level.
fn strangers(columns: &[Column], rows: u32, left: Option<u32>) -> Vec<Vec<f64>> {
    let mut dice = Dice(20_251);
    let mut count: Vec<Vec<f64>> = columns.iter().map(|c| vec![0.5; super::compare::names(c.kind).len()]).collect();
    let draws = STRANGERS.min(rows.saturating_mul(50));
    for _ in 0..draws {
        let (a, b) = match left {
            Some(first) => (dice.below(first), first + dice.below(rows - first)),
            None => (dice.below(rows), dice.below(rows)),
        };
        if a == b {
            continue;
        }
        let pattern = pattern(columns, a, b);
        for (i, levels) in count.iter_mut().enumerate() {
            let level = level_of(pattern, i);
            if level > 0 {
                levels[level - 1] += 1.0;
            }
        }
    }
    count.iter_mut().zip(columns).for_each(|(levels, column)| {
        let all: f64 = levels.iter().sum();
        levels.iter_mut().for_each(|l| *l /= all);
        // equality of rare values is not seen in a sample, but can be counted
        let last = levels.len() - 1;
        levels[last] = levels[last].min(column.chance().max(1e-6));
    });
    count
}

fn columns(tables: &[Table], settings: &Settings) -> Result<(Vec<Column>, Vec<String>), Refused> {
    let mut columns = Vec::new();
    let mut ignored = Vec::new();
    for (i, name) in tables[0].columns.iter().enumerate() {
        let other = tables.get(1).map(|t| t.columns.iter().position(|c| fold(c) == fold(name)));
        if other == Some(None) {
            ignored.push(name.clone());
            continue;
        }
        let first = tables[0].rows.iter().map(|r| cell(r, i));
        let raw: Vec<Option<&str>> = match other.flatten() {
            Some(j) => first.chain(tables[1].rows.iter().map(|r| cell(r, j))).collect(),
            None => first.collect(),
        };
        let said = settings.kinds.iter().find(|(c, _)| c == name).map(|(_, kind)| *kind);
        let unwanted = settings.ignore.iter().any(|c| fold(c) == fold(name));
        let kind = if unwanted { Kind::Ignored } else { said.unwrap_or_else(|| guess(name, &raw)) };
        if kind == Kind::Ignored {
            ignored.push(name.clone());
            continue;
        }
        let column = Column::new(name, kind, &raw);
        if column.distinct() < 2 {
            ignored.push(name.clone());
        } else {
            columns.push(column);
        }
    }
    if columns.is_empty() {
        let shared = tables.len() == 1 || tables[0].columns.iter().any(|c| tables[1].columns.iter().any(|d| fold(c) == fold(d)));
        return Err(if shared { Refused::NothingToCompare } else { Refused::NothingInCommon });
    }
    // the columns that tell most apart
    columns.sort_by_key(|c| std::cmp::Reverse(c.distinct().min(1_000) * c.filled as usize));
    let surplus = columns.split_off(FIELDS.min(columns.len()));
    ignored.extend(surplus.into_iter().map(|c| c.name));
    exchange(&mut columns);
    Ok((columns, ignored))
}

fn cell(row: &[Option<String>], at: usize) -> Option<&str> {
    row.get(at)?.as_deref().filter(|text| !text.trim().is_empty())
}
