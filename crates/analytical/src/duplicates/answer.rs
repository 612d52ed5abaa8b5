//! The answer as JSON, in the shape that all analyses share.

use super::{
    Ids,
    truth::{Score, Truth},
};
use serde_json::{Value as Json, json};
use stats::linkage::{Evidence, Field, Linked, Verdict};

pub(crate) fn answer(linked: &Linked, ids: &Ids, truth: Option<&Truth>, threshold: f64, ragged: usize, tables: usize) -> Json {
    let first = (tables == 2).then_some(ids.first);
    let rows: Vec<Json> = linked
        .links
        .iter()
        .map(|link| {
            json!({
                "id": ids.names[link.left as usize],
                "other": ids.names[link.right as usize],
                "probability": round(link.probability, 6),
                "weight": round(link.bits, 3),
                "group": ids.names[linked.groups[link.left as usize] as usize],
                "through_group": link.through_group,
                "evidence": link.evidence.iter().map(evidence).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut quality = json!({});
    if let Some(truth) = truth {
        let score = truth.score(linked.links.iter().map(|l| (l.left, l.right)), &linked.asked, threshold, first);
        quality = measured(score);
    }
    json!({
        "method": "duplicates",
        "n": ids.names.len(),
        "parameters": {
            "threshold": threshold,
            "candidates": linked.candidates,
            "expected_pairs": round(linked.expected, 1),
            "id": ids.column,
            "fields": linked.fields.iter().map(field).collect::<Vec<_>>(),
            "ignored": linked.ignored,
        },
        "quality": quality,
        "warnings": warnings(linked, ids, ragged),
        "rows": rows,
    })
}

fn measured(s: Score) -> Json {
    let share = |part: u64, all: u64| if all == 0 { Json::Null } else { round(part as f64 / all as f64, 6) };
    json!({
        "f1": share(2 * s.right, 2 * s.right + s.wrong + s.missed),
        "precision": share(s.right, s.right + s.wrong),
        "recall": share(s.right, s.right + s.missed),
        "true_positives": s.right, "false_positives": s.wrong, "false_negatives": s.missed,
    })
}

fn field(field: &Field) -> Json {
    let levels =
        field.levels().iter().enumerate().map(|(i, level)| json!({"level": level, "m": round(field.m[i], 6), "u": round(field.u[i], 8), "weight": round((field.m[i] / field.u[i]).log2(), 3)}));
    json!({"column": field.name, "kind": field.kind.word(), "levels": levels.collect::<Vec<_>>()})
}

fn evidence(e: &Evidence) -> Json {
    let verdict = match e.verdict {
        Verdict::For => "for",
        Verdict::Against => "against",
        Verdict::Neither => "neither",
    };
    json!({"column": e.column, "says": if e.rare { format!("{}, a rare value", e.level) } else { e.level.to_owned() }, "weight": round(e.bits, 2), "verdict": verdict})
}

fn warnings(linked: &Linked, ids: &Ids, ragged: usize) -> Vec<Json> {
    let mut out = Vec::new();
    if ids.names.len() < 50 {
        out.push(json!({"kind": "too_little_data", "detail": format!("{} rows are few to learn from: the weights are mostly what is usual, not what these rows show.", ids.names.len())}));
    }
    if linked.fields.len() < 2 {
        out.push(json!({"kind": "too_little_data", "detail": "Only one column can be compared. Rows that share its value are not necessarily the same."}));
    }
    if ragged > 0 {
        out.push(json!({"kind": "ragged_rows", "detail": format!("{ragged} rows have more or fewer cells than the header; missing ones were taken as empty, further ones left out.")}));
    }
    out
}

fn round(x: f64, digits: i32) -> Json {
    let scale = 10f64.powi(digits);
    json!((x * scale).round() / scale)
}
