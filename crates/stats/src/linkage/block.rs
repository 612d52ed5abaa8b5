//! Which pairs are looked at: those that share a key of at least one pass. Passes are tried from the cheapest to the dearest,
//! by the pairs each would add, until the budget is spent; keys that very many rows share are skipped.

use super::{
    Kind,
    column::{Column, EMPTY},
    pairs::{hash, mix},
};
use std::collections::HashMap;

/// Keys that more rows share tell nobody apart.
const LARGEST: usize = 120;

/// A part of a value that may be shared by rows that are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Whole,
    /// The first letters of a name.
    Beginning,
    /// A name as it sounds.
    Sound,
    /// The n-th rarest word.
    Rare(usize),
    /// Two names whatever their order: a pass of two columns that may be exchanged.
    Either,
    YearMonth,
    MonthDay,
    /// What stands before the @.
    Mailbox,
    /// The letters of a mailbox without its digits.
    MailboxLetters,
    LastDigits,
}

/// Row numbers with a key of the pass, sorted by key.
type Keyed = Vec<(u64, u32)>;

/// Pairs (smaller row first, no repeats); of two tables only pairs across.
pub(crate) fn candidates(columns: &[Column], rows: u32, left: Option<u32>, budget: usize) -> Vec<(u32, u32)> {
    let mut passes: Vec<(usize, Vec<(usize, Part)>)> = Vec::new();
    let mut parts = Parts::new();
    for keys in plans(columns) {
        let cost = cost(&keyed(columns, &mut parts, rows, &keys), left);
        if cost > 0 {
            passes.push((cost, keys));
        }
    }
    passes.sort_by_key(|(cost, keys)| (*cost, keys.len()));
    let mut found: Vec<u64> = Vec::new();
    let mut spent = 0;
    // sorting what was found so far pays once it has doubled
    let mut full = 8_000_000;
    for (cost, keys) in passes {
        if spent + cost > budget && spent > 0 {
            break;
        }
        spent += cost;
        each(&keyed(columns, &mut parts, rows, &keys), left, |a, b| found.push(u64::from(a) << 32 | u64::from(b)));
        if found.len() > full {
            found.sort_unstable();
            found.dedup();
            full = full.max(found.len() * 2);
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).collect()
}

/// All passes worth weighing: single parts, and two parts of different columns.
fn plans(columns: &[Column]) -> Vec<Vec<(usize, Part)>> {
    let parts: Vec<(usize, Part)> = columns.iter().enumerate().flat_map(|(i, c)| parts_of(c.kind).iter().map(move |p| (i, *p))).collect();
    let mut plans: Vec<Vec<(usize, Part)>> = parts.iter().map(|p| vec![*p]).collect();
    for (i, a) in parts.iter().enumerate() {
        for b in &parts[i + 1..] {
            let worth = |p: Part| !matches!(p, Part::Rare(2..) | Part::MailboxLetters);
            if a.0 != b.0 && worth(a.1) && worth(b.1) {
                plans.push(vec![*a, *b]);
            }
        }
    }
    for (i, column) in columns.iter().enumerate() {
        if let Some(j) = column.exchanged.filter(|j| *j > i) {
            plans.push(vec![(i, Part::Either), (j, Part::Either)]);
        }
    }
    plans
}

fn parts_of(kind: Kind) -> &'static [Part] {
    match kind {
        Kind::Name => &[Part::Whole, Part::Beginning, Part::Sound],
        Kind::Text => &[Part::Whole, Part::Rare(0), Part::Rare(1), Part::Rare(2), Part::Rare(3)],
        Kind::Date => &[Part::Whole, Part::YearMonth, Part::MonthDay],
        Kind::Code | Kind::Category | Kind::Number => &[Part::Whole],
        Kind::Email => &[Part::Whole, Part::Mailbox, Part::MailboxLetters],
        Kind::Phone => &[Part::Whole, Part::LastDigits],
        Kind::Ignored => &[],
    }
}

/// Parts of the distinct values of columns: computed once, not for each row and pass.
type Parts = HashMap<(usize, Part), Vec<u64>>;

fn keyed(columns: &[Column], parts: &mut Parts, rows: u32, keys: &[(usize, Part)]) -> Keyed {
    for (c, part) in keys {
        parts.entry((*c, *part)).or_insert_with(|| (0..columns[*c].distinct()).map(|v| part_of(&columns[*c], v, *part)).collect());
    }
    let tables: Vec<&Vec<u64>> = keys.iter().filter_map(|key| parts.get(key)).collect();
    let mut out = Keyed::new();
    'rows: for row in 0..rows {
        let mut key = 0;
        for ((column, _), table) in keys.iter().zip(&tables) {
            let code = columns[*column].codes[row as usize];
            let part = if code == EMPTY { 0 } else { table[code as usize] };
            if part == 0 {
                continue 'rows;
            }
            key = match keys[0].1 {
                Part::Either => u64::wrapping_add(key, part),
                _ => mix(key ^ part).wrapping_add(*column as u64),
            };
        }
        out.push((key, row));
    }
    out.sort_unstable();
    out
}

/// 0 where the value has no such part.
fn part_of(column: &Column, code: usize, part: Part) -> u64 {
    let value = &column.values[code];
    let text = value.text.as_str();
    match part {
        Part::Whole | Part::Either => hash(text.as_bytes(), 1),
        Part::Beginning => {
            let first = text.char_indices().nth(4).map_or(text, |(i, _)| &text[..i]);
            if first.len() < 3 { 0 } else { hash(first.as_bytes(), 2) }
        }
        Part::Sound => {
            let sound = sound(column.first_word(value));
            if sound.len() < 2 { 0 } else { hash(&sound, 3) }
        }
        Part::Rare(n) => {
            let mut words = value.words.clone();
            words.sort_by_key(|w| (column.dictionary[*w as usize].rows, *w));
            // the salt is the same for every n: a word meets itself wherever it ranks, by the passes before
            words.dedup();
            words.into_iter().filter(|w| column.dictionary[*w as usize].rows > 1).nth(n).map_or(0, |w| hash(column.dictionary[w as usize].text.as_bytes(), 4))
        }
        Part::YearMonth => value.date.map_or(0, |(y, m, _)| hash(&[y as u8, (y >> 8) as u8, m as u8], 5)),
        Part::MonthDay => value.date.map_or(0, |(_, m, d)| hash(&[m as u8, d as u8], 6)),
        Part::Mailbox => {
            let mailbox = &text[..value.split];
            if mailbox.len() < 4 { 0 } else { hash(mailbox.as_bytes(), 7) }
        }
        Part::MailboxLetters => {
            let letters: String = text[..value.split].chars().filter(|c| c.is_alphabetic()).take(7).collect();
            if letters.len() < 5 { 0 } else { hash(letters.as_bytes(), 8) }
        }
        Part::LastDigits => {
            if text.len() < 7 {
                0
            } else {
                hash(&text.as_bytes()[text.len() - 7..], 9)
            }
        }
    }
}

/// The first letter and the sounds of three consonants after it (Soundex, Russell 1918, as the United States census used it).
fn sound(word: &str) -> Vec<u8> {
    let class = |c: u8| match c {
        b'b' | b'f' | b'p' | b'v' => 1,
        b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => 2,
        b'd' | b't' => 3,
        b'l' => 4,
        b'm' | b'n' => 5,
        b'r' => 6,
        b'h' | b'w' => 7,
        _ => 0,
    };
    let mut letters = word.bytes().filter(u8::is_ascii_lowercase);
    let Some(first) = letters.next() else { return Vec::new() };
    let mut out = vec![first];
    let mut last = class(first);
    for c in letters {
        let now = class(c);
        if now == 7 {
            continue;
        }
        if now != 0 && now != last && out.len() < 4 {
            out.push(b'0' + now);
        }
        last = now;
    }
    out.resize(4, b'0');
    out
}

fn blocks(keyed: &Keyed) -> impl Iterator<Item = &[(u64, u32)]> {
    keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| (2..=LARGEST).contains(&block.len()))
}

fn cost(keyed: &Keyed, left: Option<u32>) -> usize {
    blocks(keyed)
        .map(|block| match left {
            None => block.len() * (block.len() - 1) / 2,
            Some(first) => {
                let here = block.iter().filter(|(_, row)| *row < first).count();
                here * (block.len() - here)
            }
        })
        .sum()
}

fn each(keyed: &Keyed, left: Option<u32>, mut take: impl FnMut(u32, u32)) {
    for block in blocks(keyed) {
        for (i, (_, a)) in block.iter().enumerate() {
            for (_, b) in &block[i + 1..] {
                // rows of a block stand in their order
                if left.is_none_or(|first| *a < first && *b >= first) {
                    take(*a, *b);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sound;

    /// Values of the census' own rules.
    #[test]
    fn names_that_sound_alike() {
        let of = |word: &str| String::from_utf8(sound(word)).unwrap();
        assert_eq!(of("robert"), "r163");
        assert_eq!(of("rupert"), "r163");
        assert_eq!(of("ashcraft"), "a261");
        assert_eq!(of("tymczak"), "t522");
    }
}
