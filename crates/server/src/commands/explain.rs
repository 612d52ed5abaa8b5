//! Commands that need no data: settings, and the description of the interface.

use crate::{cli::io::Io, compose, config::Config};
use kernel::{Error, Result};
use serde_json::json;

/// Every setting with its value, source and meaning.
pub(crate) fn explain(config: &Config, as_json: bool, io: &mut dyn Io) -> Result<()> {
    for setting in &config.explained {
        if as_json {
            io.say(json!({ "key": setting.key, "value": setting.value, "source": setting.source, "doc": setting.doc }).to_string())?;
        } else {
            let value = if setting.value.is_empty() { "-" } else { &setting.value };
            io.say(format!("{:<32} {value}", setting.key))?;
            io.say(format!("{:<32} from {}. {}", "", setting.source, setting.doc))?;
        }
    }
    for warning in &config.warnings {
        io.note(&format!("rapport: {warning}"))?;
    }
    Ok(())
}

/// The OpenAPI document of the standard objects.
pub(crate) fn openapi(io: &mut dyn Io) -> Result<()> {
    let document = api::document(&*compose::catalogue()?);
    let text = serde_json::to_string_pretty(&document).map_err(|e| Error::internal(e.to_string()))?;
    io.say(text)
}
