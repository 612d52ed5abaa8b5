//! Several columns may want the same field: one gets it, some share it, the rest is kept beside or told.

use super::Plan;
use crate::import::headers::{Certainty, Meaning, squash};
use crate::import::target::FieldKind;

/// Lower goes first.
fn rank(plan: &Plan, at: usize) -> u32 {
    let column = &plan.columns[at];
    match (column.by_hand, column.certainty) {
        (true, _) => 0,
        (_, Some(Certainty::Equal)) => 1,
        (_, Some(Certainty::Known)) => 2,
        _ => 3,
    }
}

pub(super) fn settle(plan: &mut Plan) {
    names(plan);
    let wanted: Vec<(usize, String)> = plan
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, c)| match &c.meaning {
            Some(Meaning::Field { field, .. }) => Some((at, field.clone())),
            _ => None,
        })
        .collect();
    let mut fields: Vec<String> = wanted.iter().map(|(_, field)| field.clone()).collect();
    fields.sort();
    fields.dedup();
    for field in fields {
        let mut places: Vec<usize> = wanted.iter().filter(|(_, f)| *f == field).map(|(at, _)| *at).collect();
        if places.len() < 2 {
            continue;
        }
        places.sort_by_key(|at| (rank(plan, *at), *at));
        share(plan, &field, &places);
    }
}

/// `Name` beside `Vorname` is the family name; a whole name beside its parts says nothing new.
fn names(plan: &mut Plan) {
    let has = |plan: &Plan, name: &str| plan.column_for(name).is_some();
    let (first, last) = (has(plan, "first_name"), has(plan, "last_name"));
    for at in 0..plan.columns.len() {
        if plan.columns[at].meaning != Some(Meaning::FullName) {
            continue;
        }
        if first && !last && matches!(squash(&plan.columns[at].header).as_str(), "name" | "nom" | "naam") && plan.field("last_name").is_some() {
            plan.columns[at].meaning = Some(Meaning::field("last_name"));
        }
    }
}

fn share(plan: &mut Plan, field: &str, places: &[usize]) {
    let kind = plan.field(field).map(|f| f.kind.clone());
    let reference = matches!(kind, Some(FieldKind::Reference | FieldKind::User));
    let winner = places[0];
    for at in places[1..].iter().copied() {
        let by = |at: usize| plan.columns[at].rule.match_field.clone();
        // An id and a name for the same record: the id is tried first, then the name.
        if reference && by(at) != by(winner) && !plan.columns[winner].by_hand {
            continue;
        }
        // `Anrede` and `Titel` stand together before the name.
        if field == "salutation" && !plan.columns[winner].by_hand {
            continue;
        }
        if plan.columns[at].by_hand && plan.columns[winner].by_hand {
            plan.remarks.push(format!("{} and {} both go to {field}; the first with a value counts", plan.columns[winner].header, plan.columns[at].header));
            continue;
        }
        let header = plan.columns[at].header.clone();
        let text = matches!(kind, Some(FieldKind::LongText | FieldKind::Text { .. }));
        plan.columns[at].meaning = match text || reference {
            true => Some(Meaning::Note),
            false => None,
        };
        plan.columns[at].certainty = None;
        let first = plan.columns[winner].header.clone();
        plan.remarks.push(match text || reference {
            true => format!("{first} fills {field}; {header} means the same and is kept in the notes"),
            false => format!("{first} fills {field}; {header} means the same and was left out"),
        });
    }
}
