//! Bad input: more than a thousand broken requests and files, made from tables of what can be wrong where. Each is refused
//! in words that name the field and say what to do; not a row is other than it was.

mod addresses;
mod bodies;
mod case;
mod definitions;
mod files;
mod house;
mod judge;
mod questions;
mod values;
mod work;

use self::{case::Case, house::House};
use crate::kit::Engine;
use serde_json::json;

crate::on_both!(broken_requests_are_refused_and_change_nothing, broken_files_are_refused_and_change_nothing, a_change_shows_in_the_picture);

/// Asks every case of a group, then compares the pictures; whatever is wrong is told at once, the worst of it first.
fn hold(house: &House, cases: &[Case]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before = house.settled();
    for group in cases.chunks(100) {
        for case in group {
            let answer = house.ask(case);
            wrong.extend(judge::fault(case, &answer));
        }
        let after = house.settled();
        if after != before {
            let tables: Vec<_> = after.iter().filter(|(name, rows)| before.get(*name) != Some(rows)).map(|(name, _)| name.as_str()).collect();
            let asked: Vec<_> = group.iter().map(|c| format!("{} {}", c.method, c.path.chars().take(120).collect::<String>())).collect();
            wrong.push(format!("CHANGED {}: one of {asked:#?}", tables.join(", ")));
            before = after;
        }
    }
    wrong
}

fn told(wrong: &[String], of: usize) {
    assert!(wrong.is_empty(), "{} of {of} broken requests were not refused as they should be:\n{}", wrong.len(), wrong.join("\n"));
}

fn broken_requests_are_refused_and_change_nothing(engine: Engine) {
    let house = House::new(engine);
    let groups = [values::cases(&house), bodies::cases(&house), questions::cases(&house), addresses::cases(&house), definitions::cases(&house), work::cases(&house)];
    let cases = groups.concat();
    assert!(cases.len() >= 1_000, "{}", cases.len());
    eprintln!("{} broken requests", cases.len());
    told(&hold(&house, &cases), cases.len());
    assert_eq!(house.client.get("/readyz").status, 200, "the server is well");
}

fn broken_files_are_refused_and_change_nothing(engine: Engine) {
    let house = House::new(engine);
    let cases = files::cases(&house);
    told(&hold(&house, &cases), cases.len());
    let left = |folder: &str| std::fs::read_dir(house.place.data().join("workspaces/main/files").join(folder)).map_or(0, Iterator::count);
    assert_eq!((left("imports"), left("incoming")), (0, 0), "files of refused requests are gone");
}

/// The picture sees what the tests above say did not happen.
fn a_change_shows_in_the_picture(engine: Engine) {
    let house = House::new(engine);
    let zoo = format!("/records/zoo/{}", house.id("zoo"));
    let planted = [
        Case::new("control", "PATCH", &zoo).json(&json!({"legs": 3})).any_version(),
        Case::new("control", "POST", "/records/zoo").json(&json!({"name": "New"})),
        Case::new("control", "POST", "/objects/zoo/fields").json(&json!({"name": "tail", "label": "Tail", "type": {"integer": {}}})),
        Case::new("control", "DELETE", &zoo),
    ];
    for case in planted {
        let wrong = hold(&house, &[case]);
        assert!(wrong.iter().any(|w| w.starts_with("CHANGED")) && wrong.iter().any(|w| w.contains("no refusal")), "{wrong:?}");
    }
}
