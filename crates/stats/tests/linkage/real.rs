//! Real sets with the entity of each row; skipped by name where they are absent.

use crate::measure::{check, folder, read};
use stats::linkage::Table;

/// "rec-1496-org" and "rec-1496-dup-3" are one person.
fn entity(table: &Table) -> Vec<String> {
    table.rows.iter().map(|r| r[0].as_deref().unwrap_or("").split('-').nth(1).unwrap_or("").to_owned()).collect()
}

#[test]
fn people_of_febrl() {
    let Some(d) = folder("dedupe-febrl") else { return };
    let three = read(&d.join("dataset3.csv"));
    let truth = entity(&three);
    check("febrl 3", std::slice::from_ref(&three), &truth, &["rec_id"], 0.9987, 0.985);
    check("febrl 3 without the number", &[three], &truth, &["rec_id", "soc_sec_id"], 0.9877, 0.97);
    let (a, b) = (read(&d.join("dataset4a.csv")), read(&d.join("dataset4b.csv")));
    let truth = [entity(&a), entity(&b)].concat();
    check("febrl 4, two files", &[a.clone(), b.clone()], &truth, &["rec_id"], 0.9987, 0.985);
    check("febrl 4, two files without the number", &[a, b], &truth, &["rec_id", "soc_sec_id"], 0.9877, 0.97);
}

#[test]
fn people_of_splink() {
    let Some(d) = folder("dedupe-splinkfake") else { return };
    let table = read(&d.join("fake_1000.csv"));
    let truth: Vec<String> = table.rows.iter().map(|r| r[6].clone().unwrap_or_default()).collect();
    check("splink fake", &[table], &truth, &["unique_id", "cluster"], 0.8843, 0.87);
}
