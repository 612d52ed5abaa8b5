//! `rapport export`

use super::Call;
use crate::{
    app::App,
    cli::{
        args::{Export, Format},
        io::{Io, Progress},
        run::Failure,
    },
    data::file_error,
};
use http::Method;
use kernel::Error;
use serde_json::{Value as Json, json};
use std::{path::Path, sync::Arc, thread::sleep, time::Duration};

const BEAT: Duration = Duration::from_millis(20);

pub(super) fn export(app: &Arc<App>, call: &Call, export: &Export, io: &mut dyn Io) -> Result<(), Failure> {
    let filter: Option<Json> = match &export.filter {
        Some(text) => Some(serde_json::from_str(text).map_err(|e| Failure::Usage(format!("--filter is no JSON: {e}")))?),
        None => None,
    };
    let format = export.format.unwrap_or_else(|| by_name(export.output.as_deref()));
    let word = match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Jsonl => "jsonl",
        Format::Vcf => "vcf",
    };
    let fields = (!export.fields.is_empty()).then_some(&export.fields);
    let inside = call.inside(app)?;
    let wanted = json!({ "object": export.object, "filter": filter, "fields": fields, "format": word });
    let mut state = inside.send(Method::POST, "/exports", Some(wanted.to_string()))?.json()?;
    let id = state["id"].as_str().unwrap_or_default().to_owned();
    while state["status"] == "running" {
        sleep(BEAT);
        state = inside.send(Method::GET, &format!("/exports/{id}"), None)?.json()?;
        io.progress(&Progress { what: format!("export {}", export.object), done: state["rows"].as_u64().unwrap_or(0), total: 0 })?;
    }
    if state["status"] != "done" {
        return Err(Error::malformed("export_failed", state["detail"].as_str().unwrap_or("The export failed.").to_owned()).into());
    }
    let folder = tempfile::Builder::new().prefix("export-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let file = folder.path().join("content");
    inside.fetch(&format!("/exports/{id}/content"), &file)?;
    io.deliver(&file, export.output.as_deref(), true)?;
    if export.output.is_some() {
        io.note(&format!("{} rows", state["rows"].as_u64().unwrap_or(0)))?;
    }
    Ok(())
}

fn by_name(output: Option<&Path>) -> Format {
    match output.and_then(Path::extension).and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("xlsx") => Format::Xlsx,
        Some("jsonl" | "ndjson") => Format::Jsonl,
        Some("vcf") => Format::Vcf,
        _ => Format::Csv,
    }
}
