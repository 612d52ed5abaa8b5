//! What a server does beside answering: jobs of each open workspace, ends of logins, housekeeping.

use crate::{app::App, ports::imports, workspaces::Open};
use integration::run::Job;
use jobs::{Every, Jobs, purge_dead, purge_outbox};
use kernel::{Actor, Ctx, Result, Through};
use records::{Change, Tx, Workspace};
use std::{
    path::Path,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{Handle, Runtime},
    sync::broadcast::error::RecvError,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// Starts the work of workspaces that are open, and of each that is opened from now on.
pub(super) fn start(runtime: &Runtime, app: &Arc<App>) {
    let handle = runtime.handle().clone();
    let (weak, heads) = (Arc::downgrade(app), crate::heads::folder(app));
    app.workspaces.on_open(Box::new(move |open| start_workspace(&handle, &weak, open, &heads)));
    let ballast = app.ballast.clone();
    drop(runtime.spawn_blocking(move || {
        if let Err(e) = ballast.make() {
            tracing::warn!(error = %e, "there is no room for the ballast");
        }
    }));
}

fn start_workspace(runtime: &Handle, app: &Weak<App>, open: &Arc<Open>, heads: &Path) {
    let _inside = runtime.enter();
    let jobs = Jobs { kinds: Vec::new(), schedule: schedule(app, open, heads), followers: Vec::new() };
    drop(jobs.start(open.workspace.clone(), open.stopping()));
    let resuming = open.clone();
    drop(runtime.spawn_blocking(move || {
        if let Err(e) = resume_imports(&resuming) {
            tracing::error!(workspace = resuming.name(), error = %e, "imports that were cut off could not be looked for");
        }
        if let Err(e) = resume_undos(&resuming.workspace) {
            tracing::error!(workspace = resuming.name(), error = %e, "an undo that was cut off could not be finished");
        }
    }));
    drop(runtime.spawn(watch_logins(Arc::downgrade(open), open.workspace.subscribe())));
}

fn schedule(app: &Weak<App>, open: &Arc<Open>, heads: &Path) -> Vec<Every> {
    let auth = Arc::downgrade(open);
    let (logging, heads) = (Arc::downgrade(open), heads.to_owned());
    let purge = |name, run: fn(&mut Tx) -> Result<u64>| Every { name, every: HOUR, run: Arc::new(move |workspace: &Workspace| until_none(workspace, run)) };
    vec![
        purge("purge_idempotency", api::purge_idempotency),
        Every { name: "tend_reads", every: Duration::from_secs(1), run: Arc::new(|workspace: &Workspace| workspace.tend_reads()) },
        Every { name: "finish_erasures", every: Duration::from_secs(60), run: Arc::new(|workspace: &Workspace| workspace.finish_erasures()) },
        purge("purge_dead_jobs", purge_dead),
        purge("purge_outbox", |tx| purge_outbox(tx, &[])),
        Every {
            name: "purge_exports",
            every: HOUR,
            run: Arc::new(|workspace: &Workspace| {
                let files = workspace.files_dir().to_owned();
                until_none(workspace, move |tx| api::purge_exports(tx, &files))
            }),
        },
        Every { name: "keep_head", every: HOUR, run: Arc::new(move |_workspace: &Workspace| logging.upgrade().map_or(Ok(()), |open| crate::heads::keep(&open, &heads))) },
        Every { name: "find_duplicates", every: Duration::from_secs(600), run: find_duplicates() },
        Every { name: "tend_backups", every: Duration::from_secs(5), run: tend_backups(app, open) },
        Every { name: "purge_logins", every: HOUR, run: Arc::new(move |_workspace: &Workspace| auth.upgrade().map_or(Ok(()), |open| open.auth.purge_blocking())) },
    ]
}

/// Looks for duplicates beside everything else: with many records it takes minutes, for which neither the index nor other
/// chores wait. One at a time.
fn find_duplicates() -> Arc<dyn Fn(&Workspace) -> Result<()> + Send + Sync> {
    let busy = Arc::new(AtomicBool::new(false));
    Arc::new(move |workspace: &Workspace| {
        if busy.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let (busy, workspace) = (busy.clone(), workspace.clone());
        drop(tokio::task::spawn_blocking(move || {
            if let Err(error) = customer::duplicates::scan_where_due(&workspace) {
                tracing::error!(workspace = workspace.name(), %error, "the search for duplicates stopped; it is tried again");
            }
            busy.store(false, Ordering::Release);
        }));
        Ok(())
    })
}

/// Makes and proves backups beside everything else. One at a time: a place on another machine may hang.
fn tend_backups(app: &Weak<App>, open: &Arc<Open>) -> Arc<dyn Fn(&Workspace) -> Result<()> + Send + Sync> {
    let (app, open, busy) = (app.clone(), Arc::downgrade(open), Arc::new(AtomicBool::new(false)));
    Arc::new(move |_workspace: &Workspace| {
        let (Some(app), Some(open)) = (app.upgrade(), open.upgrade()) else { return Ok(()) };
        if busy.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let busy = busy.clone();
        drop(tokio::task::spawn_blocking(move || {
            if let Err(error) = crate::backups::tend(&app, &open) {
                tracing::error!(workspace = open.name(), %error, "the backups could not be looked after; it is tried again");
            }
            busy.store(false, Ordering::Release);
        }));
        Ok(())
    })
}

/// Goes on with imports that a stop or a kill cut off, behind the last rows that are in. One of the command line, whose
/// file is not ours, waits for the same command: whoever typed it has seen it end.
fn resume_imports(open: &Open) -> Result<()> {
    let workspace = &open.workspace;
    let ctx = || Ctx::new(Actor::System("jobs"), Through::Job, workspace.now_ms());
    for job in workspace.read_blocking(&ctx(), Job::unfinished)? {
        let ours = Path::new(&job.file).starts_with(workspace.files_dir());
        match job.by.parse().ok().filter(|_| ours) {
            Some(by) => {
                tracing::info!(workspace = open.name(), import = %job.id, done = job.done, rows = job.rows, "an import that was cut off goes on");
                // a token with scopes starts no import: nothing to be narrowed by
                let ctx = Ctx::new(access::actor_of(by), Through::Import, workspace.now_ms());
                imports::work(workspace, &ctx, job.id);
            }
            None => workspace.write_blocking(&ctx(), move |tx| job.note_cut_off(tx))?,
        }
    }
    Ok(())
}

/// Goes on with undos that a stop or a kill cut off.
fn resume_undos(workspace: &Workspace) -> Result<()> {
    let ctx = Ctx::new(Actor::System("jobs"), Through::Job, workspace.now_ms());
    for (undoing, asker) in workspace.read_blocking(&ctx, |tx| tx.unfinished_undos())? {
        tracing::info!(change_set = %undoing, "an undo that was cut off goes on");
        workspace.finish_undo(&asker, undoing, &mut |_| {})?;
    }
    Ok(())
}

/// Removes in small bites until nothing is left, so that writers of screens come in between.
fn until_none(workspace: &Workspace, bite: impl Fn(&mut Tx) -> Result<u64> + Clone + Send + 'static) -> Result<()> {
    loop {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, workspace.now_ms());
        let bite = bite.clone();
        if workspace.write_blocking(&ctx, move |tx| bite(tx))? == 0 {
            return Ok(());
        }
    }
}

/// Ends what people hold who were switched off, so that it stays ended when they are switched on again. That it opens
/// nothing meanwhile is seen to by rights, at once.
async fn watch_logins(open: Weak<Open>, mut changes: tokio::sync::broadcast::Receiver<Arc<Change>>) {
    loop {
        match changes.recv().await {
            Ok(change) if &*change.object != "user" || change.what == "created" => continue,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        let Some(open) = open.upgrade() else { return };
        if *open.stopping().borrow() {
            return;
        }
        if let Err(e) = open.auth.sweep().await {
            tracing::warn!(workspace = open.name(), error = %e, "sessions of people who were switched off could not be ended; rights refuse them all the same");
        }
    }
}
