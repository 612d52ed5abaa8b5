//! Labelled pairs with a published split: learnt from the first two parts, judged on the third.

use crate::measure::{Quality, folder};
use stats::linkage::{Label, Settings, Table, link};
use std::{collections::HashMap, path::Path};

struct Pairs {
    tables: Vec<Table>,
    learn: Vec<Label>,
    test: Vec<Label>,
}

/// Lines of "COL a VAL x COL b VAL y", a tab, the other row, a tab, the answer.
fn pairs(d: &Path, drop: &str) -> Pairs {
    let mut tables = vec![Table::default(), Table::default()];
    let mut known: [HashMap<String, u32>; 2] = Default::default();
    let mut labels = [Vec::new(), Vec::new()];
    for (file, part) in [("train.txt", 0), ("valid.txt", 0), ("test.txt", 1)] {
        for line in std::fs::read_to_string(d.join(file)).expect("file").lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            let mut at = [0, 0];
            for side in 0..2 {
                let next = tables[side].rows.len() as u32;
                at[side] = *known[side].entry(parts[side].trim().to_owned()).or_insert(next);
                if at[side] == next {
                    let text = format!(" {}", parts[side]);
                    let cells = text.split(" COL ").skip(1).map(|f| f.split_once(" VAL").unwrap_or((f, "")));
                    let cells: Vec<(String, String)> = cells.map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned())).filter(|(n, _)| n != drop).collect();
                    tables[side].columns = cells.iter().map(|(n, _)| n.clone()).collect();
                    tables[side].rows.push(cells.into_iter().map(|(_, v)| Some(v)).collect());
                }
            }
            labels[part].push(Label { left: at[0], right: at[1], same: parts[2] == "1" });
        }
    }
    let first = tables[0].rows.len() as u32;
    let [learn, test] = labels.map(|l| l.into_iter().map(|l| Label { right: l.right + first, ..l }).collect::<Vec<_>>());
    Pairs { tables, learn, test }
}

fn judged(pairs: &Pairs, learn: bool) -> Quality {
    let known = if learn { pairs.learn.clone() } else { Vec::new() };
    let ask = pairs.test.iter().map(|l| (l.left, l.right)).collect();
    let linked = link(&pairs.tables, &Settings { known, ask, ..Settings::default() }).expect("linked");
    let mut q = Quality::default();
    for (p, label) in linked.asked.iter().zip(&pairs.test) {
        match (*p >= 0.5, label.same) {
            (true, true) => q.right += 1,
            (true, false) => q.wrong += 1,
            (false, true) => q.missed += 1,
            (false, false) => {}
        }
    }
    q
}

fn check(name: &str, reference: f64, bar: f64) {
    let Some(d) = folder(name) else { return };
    let pairs = pairs(&d, "class");
    let (alone, learnt) = (judged(&pairs, false), judged(&pairs, true));
    println!("{name}: reference {reference}, ours {:.4} learnt from labels {learnt:?}, {:.4} without any label {alone:?}, bar {bar}", learnt.f1(), alone.f1());
    assert!(learnt.f1() >= bar, "{name}: {:.4} is below {bar}", learnt.f1());
    // without labels a single pair of the 22 may be wrong
    assert!(alone.f1() >= 0.97, "{name}: {:.4} without labels", alone.f1());
}

#[test]
fn organisations_of_two_directories() {
    check("dedupe-fodors", 1.0, 0.98);
}

#[test]
fn papers_of_two_libraries() {
    check("dedupe-dblpacm-Structured", 0.984, 0.975);
}
