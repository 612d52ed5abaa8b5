//! `rapport log`: who did what with rights and data, and whether the log is whole.

use super::Call;
use crate::{
    app::App,
    cli::{
        args::Log,
        io::{Io, Progress},
        run::Failure,
    },
    data::file_error,
    heads, people,
};
use http::Method;
use kernel::Error;
use serde_json::{Value as Json, json};
use std::{fs, path::PathBuf, sync::Arc};

pub(super) fn run(app: &Arc<App>, call: &Call, command: &Log, io: &mut dyn Io) -> Result<(), Failure> {
    match command {
        Log::List { kind, by, since, saw, limit } => list(app, call, &Asked { kind, by: by.as_deref(), since: since.as_deref(), saw: saw.as_deref(), limit: *limit }, io),
        Log::Head { output } => head(app, call, output.as_ref(), io),
        Log::Paused { resume } => paused(app, call, resume.as_deref(), io),
        Log::Verify { heads } => verify(app, call, heads, io),
    }
}

struct Asked<'a> {
    kind: &'a [String],
    by: Option<&'a str>,
    since: Option<&'a str>,
    saw: Option<&'a [String]>,
    limit: u32,
}

fn list(app: &Arc<App>, call: &Call, asked: &Asked, io: &mut dyn Io) -> Result<(), Failure> {
    let inside = call.inside(app)?;
    let mut asking = form_urlencoded::Serializer::new(String::new());
    let q = &mut asking;
    if !asked.kind.is_empty() {
        q.append_pair("kind", &asked.kind.join(","));
    }
    if let Some(by) = asked.by {
        // a person by e-mail, or a session or token by its id
        let (name, value) = if by.contains('@') { ("by", people::by_email(&inside.open, by)?.id.to_string()) } else { ("via", by.to_owned()) };
        q.append_pair(name, &value);
    }
    if let Some(since) = asked.since {
        q.append_pair("from", since);
    }
    if let Some([object, id]) = asked.saw {
        q.append_pair("object", object).append_pair("saw", id);
    }
    let (asking, mut left) = (asking.finish(), asked.limit);
    let mut cursor: Option<String> = None;
    while left > 0 {
        let mut q = form_urlencoded::Serializer::new(asking.clone());
        q.append_pair("limit", &left.min(500).to_string());
        if let Some(cursor) = &cursor {
            q.append_pair("cursor", cursor);
        }
        let page = inside.send(Method::GET, &format!("/log?{}", q.finish()), None)?.json()?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        for item in &items {
            io.say(if call.global.json { item.to_string() } else { line(item) })?;
        }
        left = left.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    Ok(())
}

/// `2026-11-28T14:00:00.000Z  sign_in  Ann Reed  ...`
fn line(item: &Json) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let mut parts = vec![text("at"), text("kind"), item["by"]["name"].as_str().or(item["by"]["id"].as_str()).unwrap_or("nobody known").to_owned()];
    parts.extend([text("object"), text("record")].into_iter().filter(|t| !t.is_empty()));
    if let Some(detail) = item["detail"].as_object().filter(|d| !d.is_empty()) {
        parts.extend(detail.iter().filter(|(name, _)| *name != "ids").map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))));
    }
    parts.join("  ")
}

fn head(app: &Arc<App>, call: &Call, output: Option<&PathBuf>, io: &mut dyn Io) -> Result<(), Failure> {
    let head = call.inside(app)?.send(Method::GET, "/log/head", None)?.json()?;
    let note = head["note"].as_str().unwrap_or_default();
    if output.is_none() {
        return Ok(io.out(if call.global.json { format!("{head}\n") } else { note.to_owned() }.as_bytes())?);
    }
    let folder = tempfile::Builder::new().prefix("head-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let file = folder.path().join("head");
    fs::write(&file, note).map_err(|e| file_error(&file, &e))?;
    io.deliver(&file, output.map(PathBuf::as_path), true)?;
    io.note(&format!("The log's head over {} entries. Keep it where nobody who can change the database can change it.", head["size"]))?;
    Ok(())
}

fn paused(app: &Arc<App>, call: &Call, resume: Option<&str>, io: &mut dyn Io) -> Result<(), Failure> {
    let inside = call.inside(app)?;
    if let Some(reader) = resume {
        let answer = inside.send(Method::POST, "/log/paused/resume", Some(json!({ "reader": reader }).to_string()))?;
        if !answer.status.is_success() {
            answer.json()?;
        }
        return Ok(io.note(&format!("{reader} may read again, and is left alone for a day."))?);
    }
    let answer = inside.send(Method::GET, "/log/paused", None)?.json()?;
    for item in answer["items"].as_array().into_iter().flatten() {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let line = format!("{}  {}  {}  {} records, usually {}", text("at"), text("reader"), item["by"]["name"].as_str().unwrap_or_default(), item["records"], item["usual"]);
        io.say(if call.global.json { item.to_string() } else { line })?;
    }
    Ok(())
}

fn verify(app: &Arc<App>, call: &Call, given: &[PathBuf], io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let ctx = call.ctx(&open)?;
    let mut notes = Vec::new();
    for named in given {
        let file = io.input(named)?;
        let text = fs::read_to_string(&file).map_err(|e| file_error(&file, &e))?;
        let found = heads::notes(&text);
        if found.is_empty() {
            return Err(Failure::Usage(format!("{} holds no head.", named.display())));
        }
        notes.extend(found);
    }
    // of what is kept here, heads of a workspace that had this name before are not ours
    let ours = heads::kept(&heads::file(&heads::folder(app), open.name()))?;
    notes.extend(ours.into_iter().filter(|note| open.workspace.read_head(note).is_ok()));
    io.progress(&Progress { what: "log".into(), done: 0, total: 1 })?;
    let found = open.workspace.read_blocking(&ctx, move |tx| tx.verify_log(&notes))?;
    io.progress(&Progress { what: "log".into(), done: 1, total: 1 })?;
    if call.global.json {
        io.say(json!(found).to_string())?;
    } else if found.findings.is_empty() {
        io.say(format!("{}: {} entries are as they were written, held against {} signed heads.", open.name(), found.entries, found.heads))?;
        if found.heads == 0 {
            io.note("No head was kept yet: that the end was not cut off cannot be told. Keep one: rapport log head -o FILE")?;
        }
    } else {
        for finding in &found.findings {
            io.say(&finding.what)?;
        }
    }
    if found.findings.is_empty() { Ok(()) } else { Err(Failure::Failed(Error::internal(format!("The log is not as it was written: {} things were found.", found.findings.len())))) }
}
