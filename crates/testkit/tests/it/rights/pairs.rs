//! Pairs in the queue of duplicates: neighbours by id, whatever they say. Who may see them is asked, not whether they are alike.

use super::{
    house::{House, id},
    proof::world,
};
use kernel::{Actor, Ctx, Through};
use records::{Paging, Pair, Tx};
use serde_json::{Value as Json, json};
use testkit::policy::Row;

pub(crate) const OBJECTS: [&str; 3] = ["account", "contact", "lead"];

pub(crate) fn pairs_of<'a, 'r>(rows: &'r [&'a Row]) -> impl Iterator<Item = (&'a Row, &'a Row)> + 'r {
    rows.windows(2).map(|two| (two[0], two[1]))
}

pub(crate) fn put(house: &House) {
    let world = world(house);
    let jobs = Ctx::new(Actor::System("jobs"), Through::Job, house.workspace.now_ms());
    for object in OBJECTS {
        let rows: Vec<&Row> = world.rows_of(object).collect();
        let pairs: Vec<Pair> = pairs_of(&rows).map(|(a, b)| Pair { a: id(&a.id), b: id(&b.id), probability: 0.9, clues: vec![] }).collect();
        house.write(&jobs, move |tx| tx.save_pairs(object, &pairs));
    }
}

/// The whole queue, in small pages.
pub(crate) fn ask(tx: &mut Tx, object: &str) -> kernel::Result<Json> {
    let (mut pairs, mut cursor) = (Vec::new(), None);
    loop {
        let page = tx.duplicates(object, &Paging { limit: Some(3), cursor })?;
        let two = |item: &Json| [item["left"]["id"].as_str().unwrap_or("").to_owned(), item["right"]["id"].as_str().unwrap_or("").to_owned()];
        pairs.extend(page["items"].as_array().into_iter().flatten().map(two));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    pairs.sort_unstable();
    Ok(json!(pairs))
}
