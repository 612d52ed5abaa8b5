use super::{parse, reader::Reader};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// What is logged.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// As tracing-subscriber's filters: `info`, `rapport=debug,info`.
    pub(crate) level: String,
    pub(crate) format: LogFormat,
    /// Also to `logs/rapport.log` of the data directory.
    pub(crate) file: bool,
    /// Where signed heads of the workspaces' logs are kept.
    pub(crate) heads: Option<PathBuf>,
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Log {
        Log {
            level: reader.get("log.level", "info", "error, warn, info, debug or trace, also per part: store=debug,info.", level),
            format: reader.get("log.format", "text", "text or json.", format),
            file: reader.get("log.file", "true", "Log to logs/rapport.log of the data directory too.", parse::boolean),
            heads: reader.get(
                "log.heads",
                "",
                "Folder for the signed heads of the log of actions, one file a workspace, best on another disk; logs/heads of the data directory unless given.",
                optional_path,
            ),
        }
    }
}

fn optional_path(text: &str) -> Result<Option<PathBuf>, String> {
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

fn level(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|e| format!("is not a log level: {e}"))
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither text nor json".into()),
    }
}
