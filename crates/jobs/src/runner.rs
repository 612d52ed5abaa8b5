//! One task a workspace: wakes when something was committed or is due, works, sleeps again.

use crate::{
    follower::{Follower, advance, prepare},
    queue::{self, Claimed},
};
use kernel::{Actor, Ctx, Result, Through};
use records::{OrDb as _, Tx, Workspace};
use serde_json::Value as Json;
use std::{sync::Arc, time::Duration};
use store::{Dialect, Sql, Val};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{interval, sleep},
};

/// Commits are gathered for so long before they are worked on; the search index is behind by this at most and a batch.
const GATHER: Duration = Duration::from_millis(50);
/// Looks around this often even where nothing was heard: other nodes commit too.
const ROUND: Duration = Duration::from_secs(5);
const RENEW: Duration = Duration::from_secs(60);

type Work = Arc<dyn Fn(&Workspace, &Json) -> Result<()> + Send + Sync>;
type Chore = Arc<dyn Fn(&Workspace) -> Result<()> + Send + Sync>;

/// A kind of job, named in the imperative (`send_reminder`).
#[derive(Clone)]
pub struct Kind {
    pub name: &'static str,
    /// Blocking. Must leave the same behind when it runs twice.
    pub run: Work,
    /// Then the job is given up and kept for people to look at.
    pub most_attempts: u32,
}

/// Something that is done again and again.
#[derive(Clone)]
pub struct Every {
    pub name: &'static str,
    pub every: Duration,
    /// Blocking.
    pub run: Chore,
}

/// What is done in the background of a workspace.
#[derive(Clone, Default)]
pub struct Jobs {
    pub kinds: Vec<Kind>,
    pub schedule: Vec<Every>,
    pub followers: Vec<Arc<dyn Follower>>,
}

impl Jobs {
    /// Works until `stop` turns true; what is being done then is done to its end. Inside a runtime.
    pub fn start(self, workspace: Workspace, stop: watch::Receiver<bool>) -> JoinHandle<()> {
        let woken = Arc::new(Notify::new());
        let waker = Arc::downgrade(&woken);
        workspace.store().on_commit(Arc::new(move || {
            if let Some(woken) = waker.upgrade() {
                woken.notify_one();
            }
        }));
        let runner = Arc::new(Runner { workspace, jobs: self, woken, stop });
        tokio::spawn(runner.run())
    }
}

struct Runner {
    workspace: Workspace,
    jobs: Jobs,
    woken: Arc<Notify>,
    stop: watch::Receiver<bool>,
}

impl Runner {
    async fn run(self: Arc<Self>) {
        let owns_database = self.workspace.store().dialect() == Dialect::Sqlite;
        if owns_database {
            self.blocking("take back", |runner| runner.write(|tx| queue::take_back(tx).map(drop))).await;
        }
        if !self.jobs.followers.is_empty() {
            self.blocking("index of the outbox", |runner| runner.write(prepare)).await;
        }
        let mut stop = self.stop.clone();
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = self.woken.notified() => sleep(GATHER).await,
                () = sleep(wait) => {}
                () = told(&mut stop) => return,
            }
            self.blocking("search index", Runner::index).await;
            self.blocking("followers", Runner::follow).await;
            self.chores().await;
            self.work().await;
            wait = self.until_due().await;
        }
    }

    fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    fn ctx(&self) -> Ctx {
        Ctx::new(Actor::System("jobs"), Through::Job, self.workspace.now_ms())
    }
    fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.workspace.write_blocking(&self.ctx(), f)
    }
    fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.workspace.read_blocking(&self.ctx(), f)
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.jobs.kinds.iter().map(|k| k.name).collect()
    }
    /// When the next job is due.
    fn due(&self) -> Result<Option<i64>> {
        let kinds = self.kinds();
        if kinds.is_empty() { Ok(None) } else { self.read(move |tx| queue::next_due(tx, &kinds)) }
    }

    /// Runs on a blocking thread; a failure is logged and tried again in the next round.
    async fn blocking<T: Default + Send + 'static>(self: &Arc<Self>, what: &'static str, f: impl FnOnce(&Runner) -> Result<T> + Send + 'static) -> T {
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || f(&this)).await;
        match done {
            Ok(Ok(value)) => value,
            Ok(Err(e)) => {
                if !self.stopping() {
                    tracing::warn!(workspace = self.workspace.name(), what, error = %e, "background work failed; it is tried again");
                }
                T::default()
            }
            Err(e) => {
                tracing::error!(workspace = self.workspace.name(), what, error = %e, "background work ended abnormally");
                T::default()
            }
        }
    }

    fn index(&self) -> Result<()> {
        // asked first: an empty write would wake this again
        if self.workspace.has_pending_index()? {
            self.workspace.index_pending()?;
        }
        while !self.stopping() && self.workspace.has_unfilled_formulas()? {
            self.workspace.fill_formulas()?;
        }
        Ok(())
    }

    fn follow(&self) -> Result<()> {
        for follower in &self.jobs.followers {
            while !self.stopping() {
                let follower = follower.clone();
                if self.write(move |tx| advance(tx, &*follower))? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// What the schedule says is due.
    async fn chores(self: &Arc<Self>) {
        for every in self.jobs.schedule.clone() {
            if self.stopping() {
                return;
            }
            self.blocking(every.name, move |runner| {
                let (name, ms) = (every.name, i64::try_from(every.every.as_millis()).unwrap_or(i64::MAX));
                if !runner.read(move |tx| Ok(ran_at(tx, name)?.is_none_or(|at| tx.now_ms() - at >= ms)))? {
                    return Ok(());
                }
                // noted first: a chore that always fails must not be all that is ever done
                runner.write(move |tx| note_run(tx, name))?;
                (every.run)(&runner.workspace)
            })
            .await;
        }
    }

    async fn work(self: &Arc<Self>) {
        while !self.stopping() {
            let job = self
                .blocking("queue", |runner| {
                    if runner.due()?.is_none_or(|at| at > runner.workspace.now_ms()) {
                        return Ok(None);
                    }
                    let kinds = runner.kinds();
                    runner.write(move |tx| queue::claim(tx, &kinds))
                })
                .await;
            let Some(job) = job else { return };
            self.run_job(job).await;
        }
    }

    async fn run_job(self: &Arc<Self>, job: Claimed) {
        let Some(kind) = self.jobs.kinds.iter().find(|k| k.name == job.kind).cloned() else { return };
        let (this, payload, run) = (self.clone(), job.payload.clone(), kind.run.clone());
        let mut work = tokio::task::spawn_blocking(move || run(&this.workspace, &payload));
        let mut renewing = interval(RENEW);
        let result = loop {
            tokio::select! {
                result = &mut work => break result,
                _ = renewing.tick() => self.blocking("lease", { let id = job.id; move |runner| runner.write(move |tx| queue::renew(tx, id)) }).await,
            }
        };
        let error = match result {
            Ok(Ok(())) => None,
            Ok(Err(e)) => Some(e.to_string()),
            Err(e) => Some(e.to_string()),
        };
        if let Some(error) = &error {
            tracing::warn!(workspace = self.workspace.name(), job = %job.id, kind = kind.name, attempt = job.attempts, error, "a job failed");
        }
        self.blocking("queue", move |runner| {
            runner.write(move |tx| match &error {
                None => queue::done(tx, job.id),
                Some(error) => queue::failed(tx, &job, kind.most_attempts, error),
            })
        })
        .await;
    }

    async fn until_due(self: &Arc<Self>) -> Duration {
        let due = self.blocking("queue", Runner::due).await;
        let ms = due.map_or(i64::MAX, |at| at - self.workspace.now_ms());
        Duration::from_millis(u64::try_from(ms).unwrap_or(0)).clamp(GATHER, ROUND)
    }
}

/// Waits for the word to stop; the end of who would say it is one too.
async fn told(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stopping| *stopping).await);
}

fn ran_at(tx: &mut Tx, name: &str) -> Result<Option<i64>> {
    let table = tx.db().table("job_schedule");
    let row = tx.db().one(&Sql::with(format!("SELECT \"ran_at\" FROM {table} WHERE \"name\" = $1"), [name])).or_db()?;
    Ok(row.and_then(|r| r[0].as_int()))
}

fn note_run(tx: &mut Tx, name: &str) -> Result<()> {
    let now = tx.now_ms();
    let table = tx.db().table("job_schedule");
    let q = Sql::with(format!("INSERT INTO {table} (\"name\", \"ran_at\") VALUES ($1, $2) ON CONFLICT (\"name\") DO UPDATE SET \"ran_at\" = excluded.\"ran_at\""), [Val::from(name), now.into()]);
    tx.db().exec(&q).or_db().map(drop)
}
