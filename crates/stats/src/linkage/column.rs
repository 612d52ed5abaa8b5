//! A column as numbers of distinct values, so that equality is one comparison and a value is prepared once.

use super::{
    Kind,
    text::words,
    value::{Value, parts, prepare},
};
use std::collections::HashMap;

/// The code of an empty cell.
pub(crate) const EMPTY: u32 = u32::MAX;

pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// One code a row.
    pub(crate) codes: Vec<u32>,
    pub(crate) values: Vec<Value>,
    /// Rows that hold a value, by code.
    pub(crate) count: Vec<u32>,
    /// What equality of a value says beyond equality of any, in bits, by code.
    pub(crate) rare: Vec<f64>,
    /// Rows that hold any value.
    pub(crate) filled: u32,
    /// Words of all values, their rarity, and in how many rows they stand.
    pub(crate) dictionary: Vec<Word>,
    /// The column whose values may stand here by mistake: the other half of a name.
    pub(crate) exchanged: Option<usize>,
}

pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) rows: u32,
    pub(crate) weight: f64,
}

impl Column {
    pub(crate) fn new(name: &str, kind: Kind, raw: &[Option<&str>]) -> Column {
        let mut by_raw: HashMap<&str, u32> = HashMap::new();
        let mut by_text: HashMap<String, u32> = HashMap::new();
        let mut column =
            Column { name: name.to_owned(), kind, codes: Vec::with_capacity(raw.len()), values: Vec::new(), count: Vec::new(), rare: Vec::new(), filled: 0, dictionary: Vec::new(), exchanged: None };
        for cell in raw {
            let code = match cell {
                None => EMPTY,
                Some(text) => *by_raw.entry(text).or_insert_with(|| match prepare(kind, text) {
                    None => EMPTY,
                    Some(value) => {
                        let next = column.values.len() as u32;
                        let code = *by_text.entry(value.text.clone()).or_insert(next);
                        if code == next {
                            column.values.push(value);
                        }
                        code
                    }
                }),
            };
            column.codes.push(code);
        }
        column.count = vec![0; column.values.len()];
        for &code in column.codes.iter().filter(|c| **c != EMPTY) {
            column.count[code as usize] += 1;
            column.filled += 1;
        }
        column.rate();
        if matches!(kind, Kind::Text | Kind::Name) {
            column.words();
        }
        column
    }

    /// Rare values more, common ones less (Winkler 2000).
    fn rate(&mut self) {
        let (chance, filled) = (self.chance(), f64::from(self.filled.max(1)));
        // the value of the pair itself says nothing about others: at least as if it stood there twice
        self.rare = self.count.iter().map(|count| (chance / (f64::from((*count).max(2)) / filled)).log2().clamp(-4.0, 3.0)).collect();
    }

    fn words(&mut self) {
        let mut known: HashMap<String, u32> = HashMap::new();
        for (value, count) in self.values.iter_mut().zip(&self.count) {
            let mut of_value = Vec::new();
            for word in parts(value) {
                let next = self.dictionary.len() as u32;
                let code = *known.entry(word.to_owned()).or_insert(next);
                if code == next {
                    self.dictionary.push(Word { text: word.to_owned(), rows: 0, weight: 0.0 });
                }
                if !of_value.contains(&code) {
                    self.dictionary[code as usize].rows += count;
                }
                of_value.push(code);
            }
            value.words = of_value;
        }
        let n = f64::from(self.filled.max(1));
        for word in &mut self.dictionary {
            // never nothing: a word that stands everywhere still is one
            word.weight = (1.0 + n / f64::from(word.rows)).ln();
        }
    }

    pub(crate) fn distinct(&self) -> usize {
        self.values.len()
    }

    /// The chance that two rows drawn at random hold the same value.
    pub(crate) fn chance(&self) -> f64 {
        let n = f64::from(self.filled);
        let same: f64 = self.count.iter().map(|&c| f64::from(c) * (f64::from(c) - 1.0)).sum();
        (same / (n * (n - 1.0)).max(1.0)).max(1e-7)
    }

    pub(crate) fn value(&self, row: u32) -> Option<&Value> {
        let code = self.codes[row as usize];
        (code != EMPTY).then(|| &self.values[code as usize])
    }

    pub(crate) fn first_word<'a>(&self, value: &'a Value) -> &'a str {
        words(&value.text).first().copied().unwrap_or("")
    }
}

/// Finds columns of names that hold each other's values now and then; each column has one such partner at most.
pub(crate) fn exchange(columns: &mut [Column]) {
    for i in 0..columns.len() {
        for j in i + 1..columns.len() {
            let free = columns[i].exchanged.is_none() && columns[j].exchanged.is_none();
            if free && columns[i].kind == Kind::Name && columns[j].kind == Kind::Name && common(&columns[i], &columns[j]) {
                columns[i].exchanged = Some(j);
                columns[j].exchanged = Some(i);
            }
        }
    }
}

/// At least one row in fifty holds what other rows hold in the other column, both ways.
fn common(a: &Column, b: &Column) -> bool {
    let of = |c: &Column| c.values.iter().zip(&c.count).map(|(v, n)| (v.text.clone(), *n)).collect::<HashMap<String, u32>>();
    let (x, y) = (of(a), of(b));
    let rows = |here: &HashMap<String, u32>, there: &HashMap<String, u32>| here.iter().filter(|(text, _)| there.contains_key(*text)).map(|(_, n)| *n).sum::<u32>();
    rows(&x, &y) * 50 >= a.filled && rows(&y, &x) * 50 >= b.filled
}
