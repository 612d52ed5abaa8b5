//! Backups that the server makes by itself: where they are due, each place gets one; each day the newest of every place is
//! restored on trial. What is known of them is kept in `DATA/backups/NAME/state.json`.

pub(crate) mod http;
mod keep;
mod make;
mod name;
mod place;
mod proof;
pub(crate) mod seal;
mod state;
mod status;

pub(crate) use keep::Keep;
pub(crate) use place::ERASURES;

use crate::{
    app::App,
    cli::io::{Io, Progress},
    config::Config,
    data::DataDir,
    workspaces::Open,
};
use keep::RETRY;
use kernel::{Actor, Code, Ctx, Error, Result, Secret, Through};
use place::Place;
use records::Workspace;
use state::State;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub(crate) struct Backups {
    places: Vec<Place>,
    folder: PathBuf,
    /// What is being done, by workspace: one thing at a time.
    doing: Mutex<HashMap<String, Doing>>,
    /// One writer of a state at a time.
    writing: Mutex<()>,
    warned: Mutex<HashMap<String, i64>>,
    /// How long the ledger of erasures was when the places got it.
    ledgers: Mutex<HashMap<String, u64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Backup,
    Proof,
}
impl Doing {
    fn word(self) -> &'static str {
        match self {
            Doing::Backup => "backup",
            Doing::Proof => "proof",
        }
    }
}

impl Backups {
    pub(crate) fn new(config: &Config, data: &DataDir) -> Backups {
        let folder = data.path().join("backups");
        let places = match config.backup.to.as_slice() {
            [] => vec![Place { path: folder.clone(), own: true }],
            to => to.iter().map(|path| Place { path: path.clone(), own: false }).collect(),
        };
        Backups { places, folder, doing: Mutex::default(), writing: Mutex::default(), warned: Mutex::default(), ledgers: Mutex::default() }
    }

    fn file(&self, workspace: &str) -> PathBuf {
        self.folder.join(workspace).join("state.json")
    }
    fn state(&self, workspace: &str) -> Result<State> {
        State::load(&self.file(workspace))
    }
    fn remember(&self, workspace: &str, change: impl FnOnce(&mut State)) -> Result<()> {
        let _writing = lock(&self.writing);
        let mut state = self.state(workspace)?;
        change(&mut state);
        state.save(&self.file(workspace))
    }

    fn begin(&self, workspace: &str, what: Doing) -> Result<Busy<'_>> {
        let mut doing = lock(&self.doing);
        if let Some(other) = doing.get(workspace) {
            let words = match other {
                Doing::Backup => "A backup is being made.",
                Doing::Proof => "A backup is being proven.",
            };
            return Err(Error::new(Code::Conflict, "backup_busy", format!("{words} Try again when that is done.")));
        }
        doing.insert(workspace.to_owned(), what);
        Ok(Busy { backups: self, workspace: workspace.to_owned() })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Busy<'a> {
    backups: &'a Backups,
    workspace: String,
}
impl Drop for Busy<'_> {
    fn drop(&mut self) {
        lock(&self.backups.doing).remove(&self.workspace);
    }
}

/// Makes a backup in every place, now. Blocking.
///
/// # Errors
/// 403 without the capability; 409 while another is made; what went wrong in a place.
pub(crate) fn back_up(app: &App, open: &Open, ctx: &Ctx) -> Result<()> {
    let _busy = app.backups.begin(open.name(), Doing::Backup)?;
    make::make(app, open, ctx, &|_| true)
}

/// Proves the newest backup of every place, now. Blocking.
///
/// # Errors
/// 409 while something else is done; what is wrong with a backup.
pub(crate) fn prove(app: &App, open: &Open) -> Result<()> {
    let _busy = app.backups.begin(open.name(), Doing::Proof)?;
    proof::prove(app, open)
}

/// Begins one of the two in the background; how it ended is in the status.
///
/// # Errors
/// 409 while something else is done.
pub(crate) fn start(app: &Arc<App>, open: &Arc<Open>, ctx: &Ctx, what: Doing) -> Result<()> {
    // said at once, before somebody else begins: then it is theirs that is told
    let busy = app.backups.begin(open.name(), what)?;
    std::mem::forget(busy);
    let (app, open, ctx) = (app.clone(), open.clone(), ctx.clone());
    drop(app.runtime.clone().spawn_blocking(move || {
        let _busy = Busy { backups: &app.backups, workspace: open.name().to_owned() };
        // logged and kept in the state where it goes wrong
        let _told = match what {
            Doing::Backup => make::make(&app, &open, &ctx, &|_| true),
            Doing::Proof => proof::prove(&app, &open),
        };
    }));
    Ok(())
}

/// What the clock asks for: called again and again. Blocking.
pub(crate) fn tend(app: &App, open: &Open) -> Result<()> {
    let now = open.workspace.now_ms();
    let state = app.backups.state(open.name())?;
    if state.since == 0 {
        app.backups.remember(open.name(), |state| state.since = now)?;
    }
    if ms(app.config.backup.every) == 0 {
        return Ok(());
    }
    if let Err(error) = hand_out_erasures(app, open) {
        tracing::warn!(workspace = open.name(), %error, "ids of erased people could not be put beside the backups; the next backup does it");
    }
    // logged and kept in the state where they go wrong: the one does not keep the other from being tried
    let _told = (make::make_where_due(app, open), proof::prove_where_due(app, open));
    warn(app, open)
}

/// Whoever is erased between two backups is known beside the older ones at once.
fn hand_out_erasures(app: &App, open: &Open) -> Result<()> {
    let ledger = Workspace::ledger(open.workspace.files_dir());
    let length = std::fs::metadata(&ledger).map_or(0, |file| file.len());
    if lock(&app.backups.ledgers).insert(open.name().to_owned(), length) == Some(length) || length == 0 {
        return Ok(());
    }
    // a place that is not there gets it with its next backup
    app.backups.places.iter().filter(|place| place.knows(open.name())).try_for_each(|place| place.keep_erasures(open.name(), &ledger))
}

/// Says each hour what an administrator should know.
fn warn(app: &App, open: &Open) -> Result<()> {
    let now = open.workspace.now_ms();
    let alarms = status::alarms(app, &app.backups.state(open.name())?, now);
    let mut warned = lock(&app.backups.warned);
    if alarms.is_empty() {
        warned.remove(open.name());
    } else if warned.get(open.name()).is_none_or(|at| now - at >= 12 * RETRY) {
        warned.insert(open.name().to_owned(), now);
        for alarm in alarms {
            tracing::warn!(workspace = open.name(), place = alarm.place, reason = alarm.reason, detail = alarm.detail, "alarm: the backups are not in order");
        }
    }
    Ok(())
}

pub(crate) use status::status;

/// Who makes backups by the clock.
fn by_itself(open: &Open) -> Ctx {
    Ctx::new(Actor::System("backup"), Through::Job, open.workspace.now_ms())
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn go_on(open: &Open) -> Result<()> {
    if *open.stopping().borrow() { Err(Error::new(Code::Unavailable, "stopping", "The server is stopping.")) } else { Ok(()) }
}

/// Nobody watches; work ends when the workspace is closed.
struct Quiet(tokio::sync::watch::Receiver<bool>);

impl Quiet {
    fn of(open: &Open) -> Quiet {
        Quiet(open.stopping())
    }
}

impl Io for Quiet {
    fn out(&mut self, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }
    fn note(&mut self, _line: &str) -> Result<()> {
        Ok(())
    }
    fn progress(&mut self, _progress: &Progress) -> Result<()> {
        if *self.0.borrow() { Err(Error::new(Code::Unavailable, "stopping", "The server is stopping.")) } else { Ok(()) }
    }
    fn input(&mut self, named: &Path) -> Result<PathBuf> {
        Ok(named.to_owned())
    }
    fn deliver(&mut self, _file: &Path, _to: Option<&Path>, _replace: bool) -> Result<()> {
        Ok(())
    }
    fn line(&mut self) -> Result<Secret<String>> {
        Err(Error::malformed("no_input", "Nobody is there to be asked."))
    }
}
