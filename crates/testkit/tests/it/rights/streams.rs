//! What people hear while records change: everything they may read, nothing else, and no gap that tells of the rest.

use super::{
    decision::{Decision, Door},
    house::{House, id, map},
    plan::Plan,
    proof::{Asked, world},
    rng::Rng,
};
use records::IfMatch;
use serde_json::{Value as Json, json};
use testkit::policy::{Action, Asker, Row, View, World};

/// Texts on which neither a right nor a rule of a slice hangs.
const TOUCHED: [(&str, &str); 14] = [
    ("account", "description"),
    ("contact", "title"),
    ("opportunity", "next_step"),
    ("case", "resolution"),
    ("lead", "company"),
    ("project", "secret"),
    ("project_step", "name"),
    ("wiki", "name"),
    ("task", "subject"),
    ("note", "body"),
    ("participant", "address"),
    ("contact_point", "label"),
    ("product", "unit"),
    ("user", "position"),
];

/// Opens streams, changes records, and answers what each listener heard, beside the world as it is then.
pub(crate) fn listen(house: &House, plan: &Plan, seed: u64, listeners: usize) -> (World, Vec<Asked>) {
    let before = world(house);
    let mut rng = Rng::new(seed ^ 0x57EA);
    let touched: Vec<&Row> = (0..12).filter_map(|_| touchable(&before, &mut rng, |_| true)).collect();
    let mut open = Vec::new();
    for _ in 0..listeners * 4 {
        if open.len() == listeners {
            break;
        }
        let scopes = rng.chance(15).then(|| vec!["contact:read".to_owned(), "project:read".to_owned()]);
        let asker = Asker { user: rng.pick(&plan.made["user"]).clone(), scopes };
        let Some(view) = View::of(&before, &asker) else { continue };
        // The last thing each hears is a record that they may read: then nothing more is to come.
        let last = touchable(&before, &mut rng, |row| view.may(Action::Read, &row.object, &row.id) && !touched.iter().any(|t| t.id == row.id));
        let (Some(last), Some(events)) = (last, house.listen(&asker)) else { continue };
        open.push((asker.clone(), last, events));
    }
    let mut all = house.workspace.subscribe();
    for row in &touched {
        // What hangs on a withheld mail is out of the command line's reach, and stays as it is.
        let _touched = touch(house, &mut rng, row);
    }
    let about = json!({"body": rng.word(), "about": {"object": "account", "id": rng.pick(&plan.made["account"])}});
    house.write(&house.cli(), move |tx| tx.create("note", &map(&about)));
    open.retain(|(_, last, _)| touch(house, &mut rng, last));
    let mut changes = Vec::new();
    while let Ok(change) = all.try_recv() {
        changes.push((change.object.to_string(), change.id.to_string(), change.version, change.what));
    }
    let asked = open.into_iter().map(|(asker, last, mut events)| {
        let until = changes.iter().position(|(_, id, ..)| *id == last.id).unwrap();
        let answer = Json::Array(house.hear(&mut events, &last.id));
        Asked { decision: Decision { asker, door: Door::Heard { changes: changes[..until].to_vec() } }, answer }
    });
    (world(house), asked.collect())
}
fn touchable<'w>(world: &'w World, rng: &mut Rng, fits: impl Fn(&Row) -> bool) -> Option<&'w Row> {
    let rows: Vec<&Row> = TOUCHED.iter().flat_map(|(object, _)| world.live(object)).filter(|row| fits(row)).collect();
    (!rows.is_empty()).then(|| *rng.pick(&rows))
}
fn touch(house: &House, rng: &mut Rng, row: &Row) -> bool {
    let field = TOUCHED.iter().find(|(object, _)| *object == row.object).unwrap().1;
    let (object, record, input) = (row.object.clone(), id(&row.id), map(&json!({ field: rng.word() })));
    house.workspace.write_blocking(&house.cli(), move |tx| tx.update(&object, record, &input, IfMatch::Any)).is_ok()
}
