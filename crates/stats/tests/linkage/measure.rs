//! How much of the truth was found.

use stats::linkage::{Settings, Table, link};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quality {
    pub(crate) right: u64,
    pub(crate) wrong: u64,
    pub(crate) missed: u64,
}
impl Quality {
    pub(crate) fn f1(self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

/// Links against the entity of each row; of two tables only pairs across count.
pub(crate) fn quality(links: impl Iterator<Item = (u32, u32)>, truth: &[String], left: Option<usize>) -> Quality {
    let mut groups: HashMap<&str, (u64, u64)> = HashMap::new();
    for (i, entity) in truth.iter().enumerate() {
        let group = groups.entry(entity).or_default();
        *(if left.is_some_and(|l| i >= l) { &mut group.1 } else { &mut group.0 }) += 1;
    }
    let all: u64 = groups.values().map(|(a, b)| if left.is_some() { a * b } else { a * (a - 1) / 2 }).sum();
    let mut q = Quality::default();
    for (a, b) in links {
        *(if truth[a as usize] == truth[b as usize] { &mut q.right } else { &mut q.wrong }) += 1;
    }
    q.missed = all - q.right;
    q
}

pub(crate) fn check(what: &str, tables: &[Table], truth: &[String], ignore: &[&str], reference: f64, bar: f64) {
    let left = (tables.len() == 2).then(|| tables[0].rows.len());
    let settings = Settings { ignore: ignore.iter().map(|s| (*s).to_owned()).collect(), ..Settings::default() };
    let linked = link(tables, &settings).expect("linked");
    let q = quality(linked.links.iter().map(|l| (l.left, l.right)), truth, left);
    println!("{what}: reference {reference}, ours {:.4}, bar {bar} ({q:?}, {} candidates)", q.f1(), linked.candidates);
    assert!(q.f1() >= bar, "{what}: {:.4} is below {bar}", q.f1());
}

/// A folder of real data, or nothing and a word about it.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("RAPPORT_SHARED_DATA").map(|d| PathBuf::from(d).join(name)).filter(|d| d.is_dir());
    if found.is_none() {
        println!("skipped: {name} is not in RAPPORT_SHARED_DATA");
    }
    found
}

/// Files without quotes.
pub(crate) fn read(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("file");
    let mut lines = text.lines();
    let cells = |line: &str| line.split(',').map(|c| c.trim().to_owned()).collect::<Vec<_>>();
    let columns = cells(lines.next().expect("header"));
    Table { columns, rows: lines.map(|l| cells(l).into_iter().map(|c| (!c.is_empty()).then_some(c)).collect()).collect() }
}
