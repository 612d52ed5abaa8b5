//! To which level two values of a field agree. Levels go up with agreement; 0 means that one of them is empty.

use super::{
    Kind,
    column::{Column, EMPTY},
    similar::{edits, jaro_winkler, mistyped},
    value::Value,
};

pub(crate) const MISSING: u8 = 0;
pub(crate) const DIFFERS: u8 = 1;
/// The level of a name that stands in the other column of the other row: given and family name exchanged.
pub(crate) const CROSSED: u8 = 4;

/// What the levels of a kind mean, from DIFFERS up; the last is equality.
pub(crate) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Name => &["differs", "alike", "same initial or short form", "stands in the other column", "very alike", "one letter off", "same"],
        Kind::Text => &["differs", "some words shared", "half of the words shared", "most words shared", "nearly all words shared", "same"],
        Kind::Date => &["differs", "within a year", "two parts of three the same", "one digit off, or day and month swapped", "same"],
        Kind::Code => &["differs", "same beginning", "two digits off", "one digit off", "same"],
        Kind::Number => &["differs", "close", "very close", "same"],
        Kind::Email => &["differs", "same mailbox provider and alike", "alike", "same name before the @", "one letter off", "same"],
        Kind::Phone => &["differs", "two digits off", "one digit off", "same"],
        Kind::Category => &["differs", "alike", "same"],
        Kind::Ignored => &["differs"],
    }
}

pub(crate) fn level(column: &Column, a: u32, b: u32) -> u8 {
    let (x, y) = (column.codes[a as usize], column.codes[b as usize]);
    if x == EMPTY || y == EMPTY {
        return MISSING;
    }
    if x == y {
        return names(column.kind).len() as u8;
    }
    unequal(column, &column.values[x as usize], &column.values[y as usize])
}

fn unequal(column: &Column, a: &Value, b: &Value) -> u8 {
    match column.kind {
        Kind::Name => name(&a.text, &b.text),
        Kind::Text => band(shared(column, a, b), &[0.3, 0.5, 0.7, 0.88]),
        Kind::Date => date(a, b),
        Kind::Code => code(&a.text, &b.text),
        Kind::Number => {
            let (off, scale) = ((a.number - b.number).abs(), a.number.abs().max(b.number.abs()));
            // years are close when they are neighbours, amounts when they differ by little of themselves
            let year = (1800.0..=2150.0).contains(&scale);
            if year { band(-off, &[-3.0, -1.0]) } else { band(-off / scale.max(1e-9), &[-0.1, -0.01]) }
        }
        Kind::Email => email(a, b),
        Kind::Phone => match edits(&a.text, &b.text) {
            1 => 3,
            2 if a.text.len() >= 7 => 2,
            _ => DIFFERS,
        },
        Kind::Category => {
            if jaro_winkler(&a.text, &b.text) >= 0.9 {
                2
            } else {
                DIFFERS
            }
        }
        Kind::Ignored => DIFFERS,
    }
}

/// Whether the name of one column stands in another column of the other row.
pub(crate) fn crossed(here: &Column, a: u32, there: &Column, b: u32) -> bool {
    match (here.value(a), there.value(b)) {
        (Some(x), Some(y)) => x.text == y.text || (x.text.len() >= 4 && edits(&x.text, &y.text) <= 1),
        _ => false,
    }
}

/// DIFFERS and one more for every bound that is reached.
fn band(x: f64, bounds: &[f64]) -> u8 {
    DIFFERS + bounds.iter().filter(|b| x >= **b).count() as u8
}

fn name(a: &str, b: &str) -> u8 {
    let similar = jaro_winkler(a, b);
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.len() >= 4 && edits(a, b) == 1 {
        return 6;
    }
    if similar >= 0.92 {
        return 5;
    }
    // "j" or "rob" for "john" or "robert"; one word of several
    if long.starts_with(short) || long.split(' ').any(|w| w == short) || sorted(a) == sorted(b) {
        return 3;
    }
    if similar >= 0.84 { 2 } else { DIFFERS }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split(' ').collect();
    words.sort_unstable();
    words
}

fn date(a: &Value, b: &Value) -> u8 {
    let off = edits(&a.text, &b.text);
    if off == 1 {
        return 4;
    }
    match (a.date, b.date) {
        (Some((y, m, d)), Some((yy, mm, dd))) => {
            if y == yy && m == dd && d == mm {
                return 4;
            }
            let same = u8::from(y == yy) + u8::from(m == mm) + u8::from(d == dd);
            // months and days counted together: near the turn of a year too
            let near = ((y - yy) * 372 + (m.cast_signed() - mm.cast_signed()) * 31 + d.cast_signed() - dd.cast_signed()).abs() <= 400;
            if same == 2 {
                3
            } else if near {
                2
            } else {
                DIFFERS
            }
        }
        _ => {
            if off == 2 {
                3
            } else {
                DIFFERS
            }
        }
    }
}

fn code(a: &str, b: &str) -> u8 {
    let long = a.len().min(b.len());
    match edits(a, b) {
        1 if long >= 2 => 4,
        2 if long >= 6 => 3,
        _ if long >= 3 && a.as_bytes()[..long - 1] == b.as_bytes()[..long - 1] => 2,
        _ if long >= 4 && a.as_bytes()[..long / 2] == b.as_bytes()[..long / 2] => 2,
        _ => DIFFERS,
    }
}

fn email(a: &Value, b: &Value) -> u8 {
    // other digits are another mailbox: anna12 and anna17 are two people
    let digits = |v: &Value| v.text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let numbered = digits(a) != digits(b);
    if !numbered && edits(&a.text, &b.text) <= 2 {
        return 5;
    }
    let (x, y) = (&a.text[..a.split], &b.text[..b.split]);
    if x == y && x.len() >= 4 {
        return 4;
    }
    let whole = jaro_winkler(&a.text, &b.text);
    let local = jaro_winkler(x, y);
    if !numbered && (local >= 0.92 || whole >= 0.93) {
        return 3;
    }
    if a.text[a.split..] == b.text[b.split..] && local >= 0.84 { 2 } else { DIFFERS }
}

/// Share of the words, rare ones counting more, that have a partner on the other side: the mean of both sides, or somewhat
/// less than all where everything on the shorter side has one.
fn shared(column: &Column, a: &Value, b: &Value) -> f64 {
    let (there, back) = (covered(column, &a.words, &b.words), covered(column, &b.words, &a.words));
    let both = (there.0 + back.0) / (there.1 + back.1).max(1e-9);
    let shorter = if there.1 < back.1 { there } else { back };
    let part = 0.8 * shorter.0 / shorter.1.max(1e-9);
    if both == 1.0 {
        // the same words in another order
        return 0.99;
    }
    both.max(part)
}

/// Weight of the words of `a` that `b` has too, and of all words of `a`.
fn covered(column: &Column, a: &[u32], b: &[u32]) -> (f64, f64) {
    let (mut found, mut all) = (0.0, 0.0);
    for &word in a {
        let here = &column.dictionary[word as usize];
        all += here.weight;
        if b.contains(&word) {
            found += here.weight;
            continue;
        }
        let best = b.iter().map(|&other| partner(&here.text, &column.dictionary[other as usize].text)).fold(0.0, f64::max);
        found += best * here.weight;
    }
    (found, all)
}

fn partner(a: &str, b: &str) -> f64 {
    if a.as_bytes()[0] == b.as_bytes()[0] {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        if short.len() == 1 && long.as_bytes()[0].is_ascii_alphabetic() {
            return 0.75;
        }
        if short.len() >= 2 && long.starts_with(short) && short.as_bytes()[0].is_ascii_alphabetic() {
            return 0.8;
        }
    }
    if mistyped(a, b) { 0.9 } else { 0.0 }
}
