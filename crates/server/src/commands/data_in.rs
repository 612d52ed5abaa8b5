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
use sha2::{Digest, Sha256};
use std::{io::Read as _, path::Path};

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
    let digest = digest(&file, &[&object, map.as_deref().unwrap_or(""), key.as_deref().unwrap_or(""), if accept { "accept" } else { "" }])?;
    let job = workspace.write_blocking(&ctx, move |tx| {
        if tx.registry().object(&object).is_none() {
            return Err(Error::field("object", "unknown_object", format!("\"{object}\" is not an object here.")));
        }
        let path = file.display().to_string();
        if let Some(cut_off) = Job::cut_off(tx, &digest)?.filter(|_| !dry_run) {
            return Ok(Job { file: path, status: "running".into(), error: None, ..cut_off });
        }
        let id = tx.new_id();
        Job::insert(tx, &NewJob { id, object, file: path, file_name, mapping: map, key, accept, dry_run, digest: Some(digest) })
    })?;
    if job.done > 0 {
        io.note(&format!("goes on behind row {}, where it was cut off (undo {} to begin anew)", job.done, job.change_set.map(|s| s.to_string()).unwrap_or_default()))?;
    }
    let prepared = run::prepare(workspace, &ctx, &job)?;
    let mut job = job;
    if let Some(map) = job.report.as_object_mut() {
        map.shift_remove("cut_off");
        map.insert("columns".into(), prepared.columns_json());
        map.insert("questions".into(), json!(prepared.questions));
        map.insert("unmapped".into(), json!(prepared.plan.unmapped));
        map.insert("remarks".into(), json!(prepared.plan.remarks));
        map.insert("notices".into(), json!(prepared.notices));
    }
    for line in prepared.plan.remarks.iter().chain(&prepared.notices) {
        io.note(line)?;
    }
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
    let what = format!("{} {}", if job.dry_run { "try" } else { "import" }, job.object);
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
    let system = import.from.as_deref().unwrap_or_default().to_lowercase();
    let mut told = Ok(());
    let mut progress = |done, total| {
        if told.is_ok() {
            told = io.progress(&Progress { what: format!("import from {system}"), done, total });
        }
    };
    let (answer, notices, rejected) = match system.as_str() {
        "salesforce" => {
            let report = run::import_salesforce(workspace, ctx, path, import.dry_run, &mut progress)?;
            (report.json(import.dry_run), report.notices, report.rejected)
        }
        known if run::SYSTEMS.contains(&known) => {
            let report = run::import_files(workspace, ctx, path, import.dry_run, &mut progress)?;
            (report.json(import.dry_run), report.notices, report.rejected)
        }
        other => {
            return Err(Failure::Usage(format!(
                "\"{other}\" is not a system whose exports are known; there are salesforce, {}. A single file is imported by: rapport import contact FILE",
                run::SYSTEMS.join(", ")
            )));
        }
    };
    told?;
    for line in &notices {
        io.note(line)?;
    }
    io.say(answer.to_string())?;
    if import.strict && rejected > 0 { Err(Failure::Told) } else { Ok(()) }
}

/// Stands for a file and how it is imported.
fn digest(file: &Path, how: &[&str]) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let mut source = std::fs::File::open(file).map_err(|e| file_error(file, &e))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source.read(&mut buffer).map_err(|e| file_error(file, &e))? {
            0 => break,
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    for part in how {
        hash.update([0]);
        hash.update(part);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
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
    let workspace = &open.workspace;
    let undoing = workspace.write_blocking(&ctx, move |tx| tx.begin_undo(id, mode))?;
    let mut told = Ok(());
    workspace.finish_undo(&ctx, undoing, &mut |restored| {
        if told.is_ok() {
            told = io.progress(&Progress { what: "undo".into(), done: u64::try_from(restored).unwrap_or(0), total: 0 });
        }
    })?;
    told?;
    let done = workspace.read_blocking(&ctx, move |tx| tx.change_set(undoing))?;
    io.say(done.to_string())?;
    Ok(())
}
