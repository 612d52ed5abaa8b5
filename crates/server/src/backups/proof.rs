//! The daily proof: the newest backup of each place is restored on trial.

use super::{
    Doing, Quiet, RETRY,
    keep::due,
    place::{Found, Place},
    seal,
    state::{Known, Proof, Trouble},
};
use crate::{
    app::App,
    check,
    cli::io::reading,
    data::file_error,
    transfer::{Proven, prove as try_out},
    workspaces::Open,
};
use kernel::{Code, Error, Result};
use records::Workspace;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Instant,
};

/// Proves the newest backup of every place.
///
/// # Errors
/// What is wrong, of every place.
pub(super) fn prove(app: &App, open: &Open) -> Result<()> {
    let workspace = open.name();
    let now = open.workspace.now_ms();
    app.backups.remember(workspace, |state| state.proof_tried = Some(now))?;
    let mut whole: HashMap<String, Proven> = HashMap::new();
    let mut wrong = Vec::new();
    for place in &app.backups.places {
        let began = Instant::now();
        let found = place.list(workspace).and_then(|list| list.into_iter().next().ok_or_else(|| no_backup(place)));
        let proved = match &found {
            Ok(newest) => prove_one(app, open, newest, &mut whole),
            Err(e) => Err(e.clone()),
        };
        if super::go_on(open).is_err() {
            // the server stops: nothing is known of the backup
            return Ok(());
        }
        let now = open.workspace.now_ms();
        let failed = proved.as_ref().err().map(|e| e.detail.clone());
        let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        match &failed {
            None => tracing::info!(workspace, place = place.name(), took_ms, "the newest backup was restored on trial and is whole"),
            Some(why) => tracing::error!(workspace, place = place.name(), why, "the newest backup could not be restored: make a new one"),
        }
        app.backups.remember(workspace, |state| {
            let kept = state.places.entry(place.name()).or_default();
            kept.unproven = failed.clone().map(|detail| Trouble { at: now, detail });
            if failed.is_none() {
                kept.proven = Some(now);
            }
            if let Ok(newest) = &found {
                let known: &mut Known = state.files.entry(newest.path.display().to_string()).or_default();
                known.proof = Some(Proof { at: now, took_ms, failed: failed.clone(), figures: proved.as_ref().ok().copied() });
            }
        })?;
        wrong.extend(proved.err().map(|e| format!("{}: {}", place.name(), e.detail)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::new(Code::Malformed, "not_proven", wrong.join(" "))) }
}

fn no_backup(place: &Place) -> Error {
    Error::new(Code::NotFound, "no_backup", format!("There is no backup in {}.", place.name()))
}

/// The same bytes as in another place need not be restored again.
fn prove_one(app: &App, open: &Open, newest: &Found, whole: &mut HashMap<String, Proven>) -> Result<Proven> {
    let hash = check::hash(&newest.path).map_err(|e| reading(&newest.path, &e))?;
    let known = app.backups.state(open.name())?.files.get(&newest.path.display().to_string()).and_then(|k| k.hash.clone());
    if known.is_some_and(|known| known != hash) {
        return Err(Error::new(Code::Malformed, "changed_backup", format!("{} is not what was written: its content has changed since, or it is cut off.", newest.path.display())));
    }
    if let Some(proven) = whole.get(&hash) {
        return Ok(*proven);
    }
    let tmp = app.data.tmp();
    let folder = tempfile::Builder::new().prefix("prove-").tempdir_in(&tmp).map_err(|e| file_error(&tmp, &e))?;
    let archive = opened(app, &newest.path, folder.path())?;
    let proven = try_out(&app.workspaces, open.name(), &archive, &Workspace::ledger(open.workspace.files_dir()), folder.path(), &mut Quiet::of(open))?;
    whole.insert(hash, proven);
    Ok(proven)
}

fn opened(app: &App, file: &Path, folder: &Path) -> Result<PathBuf> {
    if !seal::is_sealed(file)? {
        return Ok(file.to_owned());
    }
    let key_file = app.config.backup.key_file.as_deref().ok_or_else(|| Error::new(Code::Malformed, "no_key_file", "The backup is encrypted and the settings name no backup.key_file."))?;
    let plain = folder.join("plain");
    seal::unseal(file, &plain, &seal::passphrase(key_file)?)?;
    Ok(plain)
}

/// Proves what waits for it: each day, and at once what no proof has succeeded for yet.
pub(super) fn prove_where_due(app: &App, open: &Open) -> Result<()> {
    let state = app.backups.state(open.name())?;
    let (now, every) = (open.workspace.now_ms(), super::ms(app.config.backup.prove));
    let waits = |place: &Place| {
        let kept = state.places.get(&place.name()).cloned().unwrap_or_default();
        kept.made.is_some() && due(now, every, 12 * RETRY, i64::MIN / 2, kept.proven, state.proof_tried)
    };
    if !app.backups.places.iter().any(waits) {
        return Ok(());
    }
    let Ok(_busy) = app.backups.begin(open.name(), Doing::Proof) else { return Ok(()) };
    prove(app, open)
}
