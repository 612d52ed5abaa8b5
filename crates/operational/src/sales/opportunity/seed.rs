//! The default pipeline (MODEL 2).

use kernel::Result;
use records::Tx;
use serde_json::{Map, Value as Json, json};

const STAGES: [(&str, &str, &str, &str); 6] = [
    ("Qualify", "open", "10", "pipeline"),
    ("Discover", "open", "20", "pipeline"),
    ("Propose", "open", "50", "best_case"),
    ("Negotiate", "open", "75", "commit"),
    ("Won", "won", "100", "closed"),
    ("Lost", "lost", "0", "omitted"),
];

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
pub(crate) fn seed(tx: &mut Tx) -> Result<()> {
    let pipeline = tx.create("pipeline", &map(json!({"name": "Sales"})))?;
    for (position, (name, kind, probability, category)) in STAGES.iter().enumerate() {
        let row = json!({"pipeline": pipeline.id.to_string(), "name": name, "position": position + 1, "kind": kind, "probability": probability, "forecast_category": category, "rotting_days": if *kind == "open" { json!(30) } else { Json::Null }});
        tx.create("stage", &map(row))?;
    }
    Ok(())
}
