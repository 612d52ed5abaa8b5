//! Every sortable field, up and down, alone and in company: all pages together are all rows, each once, in the order of
//! `eval::sort_order`, empty last, ties by id.

use crate::{
    agree::proving,
    world::{World, find},
    zoo::Zoo,
};
use kernel::RecordId;
use metadata::{Path, bind_path, eval};
use records::{CountMode, Find};
use serde_json::json;
use std::cmp::Ordering;

crate::both!(pages_are_complete_and_in_order, counts_and_cursors);

fn paged(w: &World, base: &Find) -> Vec<RecordId> {
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = w.find(&w.system(), Find { cursor: cursor.clone(), ..base.clone() }).unwrap();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|i| i["id"].as_str().unwrap().parse::<RecordId>().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => {
                assert_eq!(items.len(), usize::try_from(base.limit.unwrap()).unwrap(), "only the last page is short");
                cursor = Some(next.to_owned());
            }
            None => return seen,
        }
    }
}
fn pages_are_complete_and_in_order(w: &World) {
    let zoo = Zoo::build(w, 60, 5);
    let object = zoo.registry.object("animal").unwrap().clone();
    let mut paths: Vec<String> = object.live_fields().filter(|f| f.sortable()).map(|f| f.name().to_owned()).collect();
    paths.extend(["cage.name", "cage.cost", "mother.born", "mother.cage.size", "mother.price"].map(str::to_owned));
    let mut sorts: Vec<Vec<String>> = Vec::new();
    for (i, a) in paths.iter().enumerate() {
        let b = &paths[(i * 7 + 3) % paths.len()];
        sorts.push(vec![a.clone()]);
        sorts.push(vec![format!("-{a}")]);
        sorts.push(vec![a.clone(), format!("-{b}")]);
        sorts.push(vec![format!("-{a}"), b.clone(), "-kind".into()]);
    }
    sorts.push(vec![]);
    for sort in sorts {
        let keys: Vec<(Path, bool)> =
            sort.iter().map(|s| s.strip_prefix('-').map_or((s.as_str(), false), |s| (s, true))).map(|(text, down)| (bind_path(&zoo.registry, &object, text).unwrap(), down)).collect();
        let mut expected = zoo.live("animal");
        let down = keys.first().is_some_and(|k| k.1);
        expected.sort_by(|a, b| {
            let (x, y) = (zoo.row(*a).unwrap(), zoo.row(*b).unwrap());
            let by = keys.iter().map(|(path, down)| eval::sort_order(&path.field, &eval::read(path, &x), &eval::read(path, &y), *down)).find(|o| o.is_ne());
            by.unwrap_or(if down { b.cmp(a) } else { a.cmp(b) })
        });
        for limit in if proving() { vec![1, 3, 7, 500] } else { vec![7] } {
            let got = paged(w, &Find { sort: sort.clone(), limit: Some(limit), fields: Some(vec![]), ..find("animal") });
            assert!(got == expected, "{sort:?} by {limit}: {}", first_difference(&zoo, &keys, &got, &expected));
        }
    }
}
fn first_difference(zoo: &Zoo, keys: &[(Path, bool)], got: &[RecordId], expected: &[RecordId]) -> String {
    let show = |id: Option<&RecordId>| id.map(|id| keys.iter().map(|(p, _)| eval::read(p, &zoo.row(*id).unwrap())).collect::<Vec<_>>());
    let at = got.iter().zip(expected).position(|(a, b)| a.cmp(b) != Ordering::Equal).unwrap_or(got.len().min(expected.len()));
    format!("{} rows for {}, first different at {at}: {:?} where {:?} belongs", got.len(), expected.len(), show(got.get(at)), show(expected.get(at)))
}
fn counts_and_cursors(w: &World) {
    let zoo = Zoo::build(w, 60, 5);
    let filter = json!({"field": "tame", "op": "eq", "value": true});
    let all = w.find(&w.system(), Find { filter: Some(filter.clone()), count: CountMode::Exact, limit: Some(2), ..find("animal") }).unwrap();
    let n = zoo.live("animal").into_iter().filter(|id| zoo.rows[id].values["tame"] == metadata::Value::Bool(true)).count();
    assert_eq!(all["total"], n);
    let cursor = all["next_cursor"].as_str().map(str::to_owned);
    let other = Find { filter: Some(json!({"field": "tame", "op": "eq", "value": false})), cursor: cursor.clone(), limit: Some(2), ..find("animal") };
    assert_eq!(w.find(&w.system(), other).unwrap_err().status(), 400, "a cursor is bound to its question");
    let theirs = Find { filter: Some(filter), cursor, limit: Some(2), ..find("animal") };
    assert_eq!(w.find(&w.ctx(zoo.ids.users[0]), theirs).unwrap_err().status(), 400, "and to its asker");
    for (archived, expected) in [(metadata::Archived::Include, 60), (metadata::Archived::Only, 2)] {
        assert_eq!(w.find(&w.system(), Find { archived, count: CountMode::Estimate, ..find("animal") }).unwrap()["total"], expected);
    }
}
