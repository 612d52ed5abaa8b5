//! Making a backup: packed once, then copied to each place that waits for one.

use super::{Doing, Quiet, RETRY, keep::due, name, place::Place, seal, state::Known, state::Trouble};
use crate::{app::App, commands::packed, transfer::Form, workspaces::Open};
use kernel::{Ctx, Error, Result};
use records::Workspace;
use std::{path::Path, time::Instant};

/// Makes a backup in each place that `wants` one.
///
/// # Errors
/// What went wrong, of every place; the others have one.
pub(super) fn make(app: &App, open: &Open, ctx: &Ctx, wants: &dyn Fn(&Place) -> bool) -> Result<()> {
    let workspace = open.name();
    let began = open.workspace.now_ms();
    app.backups.remember(workspace, |state| state.tried = Some(began))?;
    let mut ready = Vec::new();
    let mut failed = Vec::new();
    for place in app.backups.places.iter().filter(|p| wants(p)) {
        match place.ready(workspace) {
            Ok(()) => ready.push(place),
            Err(e) => failed.push((place, e)),
        }
    }
    if !ready.is_empty() {
        match put_all(app, open, ctx, &ready) {
            Ok(more) => failed.extend(more),
            Err(e) => failed.extend(ready.into_iter().map(|place| (place, e.clone()))),
        }
    }
    let now = open.workspace.now_ms();
    app.backups.remember(workspace, |state| {
        for (place, e) in &failed {
            state.places.entry(place.name()).or_default().error = Some(Trouble { at: now, detail: e.detail.clone() });
        }
    })?;
    for (place, e) in &failed {
        tracing::error!(workspace, place = place.name(), error = %e, "a backup could not be made; it is tried again");
    }
    match failed.as_slice() {
        [] => Ok(()),
        [(_, e)] => Err(e.clone()),
        [(_, e), ..] => Err(Error { detail: failed.iter().map(|(_, e)| e.detail.as_str()).collect::<Vec<_>>().join(" "), ..e.clone() }),
    }
}

/// Packs, and copies to the places; those that did not take it.
fn put_all<'a>(app: &'a App, open: &Open, ctx: &Ctx, places: &[&'a Place]) -> Result<Vec<(&'a Place, Error)>> {
    let began = Instant::now();
    let at = open.workspace.now_ms();
    let phrase = app.config.backup.key_file.as_deref().map(seal::passphrase).transpose()?;
    let whom = places.iter().map(|p| p.name()).collect::<Vec<_>>().join(", ");
    let packed = packed(app, open, ctx, Form::Backup, phrase.as_ref(), &format!("whoever holds the files in {whom}"), &mut Quiet::of(open))?;
    let file = name::of(open.name(), at, phrase.is_some());
    let mut failed = Vec::new();
    for place in places {
        let done = place.put(open.name(), &file, &packed.path, &|| super::go_on(open)).and_then(|path| {
            let took = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
            app.backups.remember(open.name(), |state| {
                let kept = state.places.entry(place.name()).or_default();
                (kept.made, kept.error) = (Some(at), None);
                state.files.insert(path.display().to_string(), Known { hash: Some(packed.hash.clone()), took_ms: Some(took), proof: None });
            })?;
            place.keep_erasures(open.name(), &Workspace::ledger(open.workspace.files_dir()))?;
            thin(app, open, place)
        });
        if let Err(e) = done {
            failed.push((*place, e));
        }
    }
    Ok(failed)
}

/// Removes what is too old to be kept, but never the last one that was proven.
fn thin(app: &App, open: &Open, place: &Place) -> Result<()> {
    let found = place.list(open.name())?;
    let staying = app.config.backup.keep.staying(&found.iter().map(|f| f.at).collect::<Vec<_>>());
    let known = app.backups.state(open.name())?.files;
    let is_proven = |path: &Path| known.get(&path.display().to_string()).and_then(|k| k.proof.as_ref()).is_some_and(|p| p.failed.is_none());
    let proven = found.iter().find(|f| is_proven(&f.path)).map(|f| f.at);
    for old in found.iter().filter(|f| !staying.contains(&f.at) && Some(f.at) != proven) {
        crate::data::remove_file(&old.path).map_err(|e| crate::data::file_error(&old.path, &e))?;
        tracing::info!(workspace = open.name(), file = %old.path.display(), "an old backup was removed");
    }
    app.backups.remember(open.name(), |state| state.files.retain(|path, _| !path.starts_with(&place.name()) || Path::new(path).exists()))
}

/// Makes the backups that are due by the clock.
pub(super) fn make_where_due(app: &App, open: &Open) -> Result<()> {
    let state = app.backups.state(open.name())?;
    let (now, every) = (open.workspace.now_ms(), super::ms(app.config.backup.every));
    let is_due = |place: &Place| due(now, every, RETRY, state.since, state.places.get(&place.name()).and_then(|p| p.made), state.tried);
    if !app.backups.places.iter().any(is_due) {
        return Ok(());
    }
    // somebody asked for something meanwhile: this one waits for the next round
    let Ok(_busy) = app.backups.begin(open.name(), Doing::Backup) else { return Ok(()) };
    make(app, open, &super::by_itself(open), &is_due)
}
