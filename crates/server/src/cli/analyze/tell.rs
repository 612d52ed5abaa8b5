//! An answer as text for a person.

use super::super::io::Io;
use serde_json::Value as Json;

/// The answer for a person: what was learnt, what to heed, then the rows as a table.
pub(super) fn tell(answer: &Json, io: &mut dyn Io) -> kernel::Result<()> {
    let text = |v: &Json| v.as_str().map_or_else(|| if v.is_null() { "-".to_owned() } else { v.to_string() }, str::to_owned);
    io.say(format!("{}, n = {}", text(&answer["method"]), answer["n"]))?;
    if !answer["log_likelihood"].is_null() {
        io.say(format!("log-likelihood: {}", answer["log_likelihood"]))?;
    }
    for part in ["parameters", "quality"] {
        for (name, value) in answer[part].as_object().into_iter().flatten() {
            io.say(format!("{name}: {}", text(value)))?;
        }
    }
    for warning in answer["warnings"].as_array().into_iter().flatten() {
        io.say(format!("Note: {}", text(&warning["detail"])))?;
    }
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    let Some(names) = rows.first().and_then(Json::as_object).map(|row| row.keys().cloned().collect::<Vec<_>>()) else { return Ok(()) };
    io.say(names.join("\t"))?;
    for row in &rows {
        io.say(names.iter().map(|name| text(&row[name.as_str()])).collect::<Vec<_>>().join("\t"))?;
    }
    Ok(())
}
