//! `rapport import` and `rapport undo`

use super::Call;
use crate::{
    app::App,
    cli::{
        args::Import,
        io::{Io, Progress},
        run::Failure,
    },
    data::file_error,
};
use integration::run::{self, Job, NewJob};
use kernel::{Ctx, Error};
use serde_json::{Value as Json, json};
use std::path::Path;

pub(super) fn import(app: &App, call: &Call, import: &Import, io: &mut dyn Io) -> Result<(), Failure> {
    let (object, named) = import.parts().map_err(Failure::Usage)?;
    let open = call.open(app)?;
    let workspace = &open.workspace;
    let ctx = Ctx { through: kernel::Through::Import, ..call.ctx(&open)? };
    let allowed = workspace.read_blocking(&ctx, |tx| Ok(tx.rights().capability("import")))?;
    if !allowed {
        return Err(Error::forbidden("Your role may not import. Ask an administrator for the capability \"import\".").into());
    }
    let file = io.input(named)?;
    let Some(object) = object else { return other_system(workspace, &ctx, import, &file, io) };
    let map = match &import.map {
        Some(map) => {
            let map = io.input(map)?;
            Some(std::fs::read_to_string(&map).map_err(|e| file_error(&map, &e))?)
        }
        None => None,
    };
    let file_name = named.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let (object, key, accept, dry_run) = (object.to_owned(), import.key.clone(), import.accept, import.dry_run);
    let job = workspace.write_blocking(&ctx, move |tx| {
        if tx.registry().object(&object).is_none() {
            return Err(Error::field("object", "unknown_object", format!("\"{object}\" is not an object here.")));
        }
        let id = tx.new_id();
        Job::insert(tx, &NewJob { id, object, file: file.display().to_string(), file_name, mapping: map, key, accept, dry_run })
    })?;
    let prepared = run::prepare(workspace, &ctx, &job)?;
    for question in &prepared.questions {
        io.note(&format!("{}: {} (taken: {})", question.column, question.detail, question.assumed))?;
    }
    for header in &prepared.plan.unmapped {
        io.note(&format!("{header}: goes nowhere; name a field for it with --map"))?;
    }
    if !import.accept {
        for (header, meaning, sure) in &prepared.plan.suggestions {
            io.note(&format!("{header}: looks like {} ({:.0} %); --accept takes it", serde_json::to_string(meaning).unwrap_or_default(), sure * 100.0))?;
        }
    }
    let what = format!("import {}", job.object);
    let mut told = Ok(());
    let done = run::run(workspace, &ctx, job, &prepared, &mut |done, total| {
        if told.is_ok() {
            told = io.progress(&Progress { what: what.clone(), done, total });
        }
    })?;
    told?;
    let mut answer = done.json();
    if dry_run && let Some(map) = answer.as_object_mut() {
        map.insert("status".into(), json!("done"));
    }
    tell(call, &answer, io)?;
    if import.strict && done.rejected > 0 { Err(Failure::Told) } else { Ok(()) }
}

fn other_system(workspace: &records::Workspace, ctx: &Ctx, import: &Import, path: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let system = import.from.as_deref().unwrap_or_default();
    if !system.eq_ignore_ascii_case("salesforce") {
        return Err(Failure::Usage(format!("exports of {system} are imported file by file: rapport import contact FILE; their headers are known")));
    }
    let mut told = Ok(());
    let report = run::import_salesforce(workspace, ctx, path, import.dry_run, &mut |done, total| {
        if told.is_ok() {
            told = io.progress(&Progress { what: "import from salesforce".into(), done, total });
        }
    })?;
    told?;
    for line in &report.notices {
        io.note(line)?;
    }
    io.say(report.json(import.dry_run).to_string())?;
    if import.strict && report.rejected > 0 { Err(Failure::Told) } else { Ok(()) }
}

/// The import object; for a person also what was left out.
fn tell(call: &Call, answer: &Json, io: &mut dyn Io) -> Result<(), Failure> {
    if !call.global.json {
        for missing in answer.get("missing").and_then(Json::as_array).into_iter().flatten() {
            io.note(&format!("{}: nothing here is called {} ({} rows); left empty", missing["field"].as_str().unwrap_or(""), missing["value"], missing["rows"]))?;
        }
    }
    io.say(answer.to_string())?;
    Ok(())
}

/// Takes a mass change back.
pub(super) fn undo(app: &App, call: &Call, change_set: &str, force: bool, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let id = change_set.parse().map_err(|()| Failure::Usage(format!("{change_set} is no change set's id")))?;
    let mode = if force { records::UndoMode::Force } else { records::UndoMode::Safe };
    let ctx = call.ctx(&open)?;
    let done = open.workspace.write_blocking(&ctx, move |tx| {
        let started = tx.undo(id, mode)?;
        let set = started["id"].as_str().and_then(|id| id.parse().ok());
        set.map_or(Ok(started), |set| tx.change_set(set))
    })?;
    io.say(done.to_string())?;
    Ok(())
}
