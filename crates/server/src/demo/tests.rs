//! What must be true of every world, and of one of the usual size.

mod shape;
mod truth;

use super::{BATCH_ROWS, Batch, World};
use jiff::civil::{Date, date};
use serde_json::{Map, Value as Json};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

const TODAY: Date = date(2026, 11, 21);

/// The world of 5,000 contacts, made once for all tests.
fn usual() -> &'static Vec<Batch> {
    static WORLD: OnceLock<Vec<Batch>> = OnceLock::new();
    WORLD.get_or_init(|| World::new(1, 5_000, TODAY).batches().collect())
}
fn rows(batches: &'static [Batch], object: &'static str) -> impl Iterator<Item = &'static Map<String, Json>> {
    batches.iter().filter(move |b| b.object == object).flat_map(|b| &b.rows)
}
fn text<'a>(row: &'a Map<String, Json>, field: &str) -> &'a str {
    row.get(field).and_then(Json::as_str).unwrap_or("")
}
fn digest(batches: impl Iterator<Item = Batch>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for batch in batches {
        batch.object.hash(&mut hasher);
        for row in batch.rows {
            serde_json::to_string(&row).unwrap().hash(&mut hasher);
        }
    }
    hasher.finish()
}
fn counts(batches: &[Batch]) -> HashMap<&'static str, usize> {
    let mut out = HashMap::new();
    for batch in batches {
        *out.entry(batch.object).or_insert(0) += batch.rows.len();
    }
    out
}

#[test]
fn one_seed_is_one_world() {
    let world = World::new(7, 300, TODAY);
    let first = digest(world.batches());
    assert_eq!(first, digest(world.batches()), "iterating twice");
    assert_eq!(first, digest(World::new(7, 300, TODAY).batches()), "made twice");
    assert_ne!(first, digest(World::new(8, 300, TODAY).batches()), "another seed");
    assert_ne!(first, digest(World::new(7, 300, date(2026, 11, 22)).batches()), "another day");
}

#[test]
fn the_numbers_are_those_that_were_asked_for() {
    let counts = counts(usual());
    for (object, n) in [("contact", 5_000), ("account", 1_000), ("opportunity", 2_000), ("interaction", 25_000)] {
        assert_eq!(counts.get(object), Some(&n), "{object}");
    }
    let total: usize = counts.values().sum();
    let expected = usize::try_from(World::new(1, 5_000, TODAY).estimated_rows()).unwrap();
    assert!(total.abs_diff(expected) < expected / 7, "{total} rows, {expected} were expected");
}

#[test]
fn worlds_of_any_size_hold_together() {
    for contacts in [0, 1, 4, 9, 37, 120, 450] {
        let batches: Vec<Batch> = World::new(3, contacts, TODAY).batches().collect();
        let counts = counts(&batches);
        assert_eq!(counts.get("contact").copied().unwrap_or(0), contacts, "contacts of {contacts}");
        assert_eq!(counts.get("account").copied().unwrap_or(0), contacts / 5, "accounts of {contacts}");
        assert!(counts.get("user").is_some_and(|n| *n > 20), "staff of {contacts}");
        shape::references_point_backwards(&batches);
    }
}

#[test]
fn a_large_world_comes_in_pieces() {
    let world = World::new(1, 1_000_000, TODAY);
    let mut seen = 0;
    for batch in world.batches().take(60) {
        assert!(batch.rows.len() <= BATCH_ROWS && !batch.rows.is_empty(), "{} rows of {}", batch.rows.len(), batch.object);
        seen += batch.rows.len();
    }
    assert!(seen < 80_000, "{seen} rows within sixty batches: a chunk is not the whole world");
    let reps = world.batches().filter(|b| b.object == "user").take(4).map(|b| b.rows.len()).sum::<usize>();
    assert!(reps > 300, "a company of that size has more reps");
}
