//! Words that are almost what was typed: one typo from 4 letters, two from 8 (Damerau-Levenshtein over prefixes).

use crate::{OrDb, tx::Tx};
use kernel::Result;
use std::collections::BTreeSet;
use store::{Sql, Val};

/// Typos allowed in a word of that many letters.
pub(crate) fn allowed(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Edits between `typed` and the nearest prefix of `word`, swapped neighbours counting once; `None` beyond `max`.
pub(crate) fn distance(typed: &str, word: &str, max: usize) -> Option<usize> {
    let a: Vec<char> = typed.chars().collect();
    let b: Vec<char> = word.chars().take(a.len() + max).collect();
    if b.len() + max < a.len() {
        return None;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let swap = if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) { rows.get(i - 1).and_then(|r| r.get(j - 1)).map(|d| d + 1) } else { None };
            let above = rows.last().and_then(|r| r.get(j + 1)).map_or(usize::MAX, |d| d + 1);
            let left = row.last().map_or(usize::MAX, |d| d + 1);
            let diagonal = rows.last().and_then(|r| r.get(j)).map_or(usize::MAX, |d| d + usize::from(x != y));
            row.push(above.min(left).min(diagonal).min(swap.unwrap_or(usize::MAX)));
        }
        rows.push(row);
    }
    // The best prefix of the word: the least of the last row.
    rows.last().and_then(|r| r.iter().min().copied()).filter(|d| *d <= max)
}

/// Every text one edit away; letters to put in are those of the alphabet and of the word itself.
fn variants(head: &str) -> BTreeSet<String> {
    let chars: Vec<char> = head.chars().collect();
    let letters: BTreeSet<char> = ('a'..='z').chain('0'..='9').chain(chars.iter().copied()).collect();
    let mut out = BTreeSet::from([head.to_owned()]);
    for i in 0..=chars.len() {
        let (left, right) = chars.split_at(i);
        if let Some((first, rest)) = right.split_first() {
            out.insert(left.iter().chain(rest).collect());
            if let Some((second, rest)) = rest.split_first() {
                out.insert(left.iter().chain([second, first]).chain(rest).collect());
            }
            out.extend(letters.iter().map(|c| left.iter().chain([c]).chain(rest).collect::<String>()));
        }
        out.extend(letters.iter().map(|c| left.iter().chain([c]).chain(right).collect::<String>()));
    }
    out.remove("");
    out
}

impl Tx<'_> {
    /// Known words within the allowed typos of a typed one, nearest first. A typo leaves the beginning nearly whole, or
    /// the end: both are looked up as ranges of the vocabulary, and every candidate is measured.
    pub(crate) fn near_words(&mut self, typed: &str) -> Result<Vec<String>> {
        let max = allowed(typed);
        if max == 0 {
            return Ok(vec![]);
        }
        let head: String = typed.chars().take(4).collect();
        let tail: String = typed.chars().rev().take(3).collect();
        let mut found = BTreeSet::new();
        let heads: Vec<String> = variants(&head).into_iter().collect();
        self.in_ranges("word", &heads, &mut found)?;
        self.in_ranges("rev", &[tail], &mut found)?;
        let mut near: Vec<(usize, String)> = found.into_iter().filter_map(|word| distance(typed, &word, max).map(|d| (d, word))).collect();
        near.sort();
        Ok(near.into_iter().take(40).map(|(_, word)| word).collect())
    }
    fn in_ranges(&mut self, column: &str, starts: &[String], found: &mut BTreeSet<String>) -> Result<()> {
        for chunk in starts.chunks(400) {
            let table = self.db().table("sys_search_word");
            let mut q = Sql::new("WITH r(lo, hi) AS (VALUES ");
            for (i, start) in chunk.iter().enumerate() {
                q.push(if i > 0 { ", (" } else { "(" }).arg(start.as_str()).push(", ").arg(format!("{start}\u{10ffff}")).push(")");
            }
            q.push(&format!(") SELECT w.\"word\" FROM r JOIN {table} w ON w.\"{column}\" >= r.lo AND w.\"{column}\" < r.hi LIMIT 20000"));
            for row in self.db().rows(&q).or_db()? {
                if let Some(Val::Text(word)) = row.into_iter().next() {
                    found.insert(word);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::distance;
    #[test]
    fn typos_are_counted_over_prefixes() {
        for (typed, word, max, expected) in [
            ("muller", "muller", 1, Some(0)),
            ("mulelr", "muller", 1, Some(1)),
            ("mler", "muller", 1, None),
            ("mull", "mullerson", 1, Some(0)),
            ("grosswnag", "grosswang", 2, Some(1)),
            ("groswamg", "grosswang", 2, Some(2)),
            ("xyz", "muller", 1, None),
        ] {
            assert_eq!(distance(typed, word, max), expected, "{typed} {word}");
        }
    }
}
