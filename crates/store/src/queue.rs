//! Write jobs: queued, run in batches, answered after the commit.

use crate::{Db, Error, engine::Conn, store::caught};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// A queued write of any result type.
pub(crate) trait Job: Send {
    /// Runs it; false if its changes must be undone.
    fn run(&mut self, db: &mut dyn Db) -> bool;
    /// Makes the job a failed one, whatever it gave.
    fn refuse(&mut self, e: Error);
    /// Answers the caller: with what `run` gave, or with the reason the commit failed.
    fn finish(self: Box<Self>, commit: Result<(), Error>);
    /// Never shares a transaction with others.
    fn alone(&self) -> bool;
}

pub(crate) type Jobs = VecDeque<Box<dyn Job>>;

pub(crate) struct Task<F, T, E> {
    f: Option<F>,
    out: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    alone: bool,
}

impl<F, T, E> Task<F, T, E> {
    pub(crate) fn new(f: F, alone: bool) -> (Task<F, T, E>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Task { f: Some(f), out: None, reply, alone }, answer)
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnOnce(&mut dyn Db) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, db: &mut dyn Db) -> bool {
        let Some(f) = self.f.take().filter(|_| !self.reply.is_closed()) else { return false };
        self.out.insert(caught("write", || f(db))).is_ok()
    }

    fn refuse(&mut self, e: Error) {
        if !matches!(self.out, Some(Err(_))) {
            self.out = Some(Err(e.into()));
        }
    }

    fn finish(self: Box<Self>, commit: Result<(), Error>) {
        let answer = match (self.out, commit) {
            (Some(Err(e)), _) => Err(e),
            (_, Err(e)) => Err(e.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::other("the job was not run").into()),
        };
        // the caller may have gone away: its write stands, nobody needs to hear of it
        let _ = self.reply.send(answer);
    }

    fn alone(&self) -> bool {
        self.alone
    }
}

/// Jobs waiting, and how many writers are at work on them.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) jobs: Jobs,
    pub(crate) writers: usize,
    pub(crate) closed: bool,
}

impl Queue {
    /// The next jobs to share a transaction: up to `most`, never a lone one with others.
    pub(crate) fn next(&mut self, most: usize) -> Jobs {
        let shared = self.jobs.iter().take(most.max(1)).take_while(|job| !job.alone()).count();
        let n = shared.max(1).min(self.jobs.len());
        self.jobs.drain(..n).collect()
    }

    pub(crate) fn put_back(&mut self, mut jobs: Jobs) {
        while let Some(job) = jobs.pop_back() {
            self.jobs.push_front(job);
        }
    }
}

/// Runs one batch as one durable transaction. A job that fails undoes itself only. `committed` is called after a commit
/// that changed something, before the jobs are answered. Returns the jobs that were not begun (the time was up, or the
/// transaction was lost).
pub(crate) fn run_batch(conn: &mut dyn Conn, mut jobs: Jobs, time: Duration, committed: &dyn Fn()) -> Jobs {
    if let Err(e) = conn.begin_write() {
        for job in jobs {
            job.finish(Err(e.clone()));
        }
        return Jobs::new();
    }
    if jobs.len() == 1 {
        run_single(conn, jobs, committed);
        return Jobs::new();
    }
    let started = Instant::now();
    let mut ran = Jobs::new();
    let mut any = false;
    let mut lost = None;
    while let Some(mut job) = jobs.pop_front() {
        let kept = in_savepoint(conn, &mut *job);
        ran.push_back(job);
        match kept {
            Ok(kept) => any |= kept,
            Err(e) => lost = Some(e),
        }
        if lost.is_some() || started.elapsed() > time {
            break;
        }
    }
    let end = match lost {
        Some(e) => {
            conn.rollback();
            Err(e)
        }
        None if any => conn.commit(),
        None => {
            conn.rollback();
            Ok(())
        }
    };
    if any && end.is_ok() {
        committed();
    }
    for job in ran {
        job.finish(end.clone());
    }
    jobs
}

/// A job alone needs no savepoint: its transaction is its savepoint.
fn run_single(conn: &mut dyn Conn, jobs: Jobs, committed: &dyn Fn()) {
    for mut job in jobs {
        let end = if job.run(conn.as_db()) {
            conn.commit().inspect(|()| committed())
        } else {
            conn.rollback();
            Ok(())
        };
        job.finish(end);
    }
}

const SAVEPOINT: &str = "job of a batch";

/// Whether the job's changes stand; an error if the transaction can no longer be used for others.
fn in_savepoint(conn: &mut dyn Conn, job: &mut dyn Job) -> Result<bool, Error> {
    let db = conn.as_db();
    if let Err(e) = db.savepoint(SAVEPOINT) {
        job.refuse(e.clone());
        return Err(e);
    }
    if job.run(db) {
        match db.release(SAVEPOINT) {
            Ok(()) => return Ok(true),
            // a failed statement that the job swallowed: such a job is undone like a failed one
            Err(e) => job.refuse(e),
        }
    }
    let undone = db.rollback_to(SAVEPOINT).and_then(|()| db.release(SAVEPOINT));
    match (conn.lost(), undone) {
        (Some(e), _) | (None, Err(e)) => Err(e),
        (None, Ok(())) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, Row, Sql, Val, engine::Stop};
    use std::cell::Cell;

    /// A connection that fails where a disk would: at the commit, or in the middle.
    #[derive(Default)]
    struct Faulty {
        commit: Option<Error>,
        gone_after: Option<usize>,
        jobs: usize,
        log: Vec<String>,
    }

    impl Db for Faulty {
        fn dialect(&self) -> Dialect {
            Dialect::Sqlite
        }
        fn table(&self, name: &str) -> String {
            name.to_owned()
        }
        fn query(&mut self, _: &Sql, _: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error> {
            Ok(())
        }
        fn exec(&mut self, q: &Sql) -> Result<u64, Error> {
            self.log.push(q.text.split(' ').next().unwrap_or_default().to_owned());
            Ok(0)
        }
        fn bulk_insert(&mut self, _: &str, _: &[&str], _: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error> {
            Ok(0)
        }
        fn lock(&mut self, _: &str) -> Result<(), Error> {
            self.jobs += 1;
            match self.lost() {
                Some(e) => Err(e),
                None => Ok(()),
            }
        }
        fn rollback_to(&mut self, _: &str) -> Result<(), Error> {
            self.log.push("UNDO".into());
            Ok(())
        }
    }

    impl Conn for Faulty {
        fn begin_read(&mut self, _: Option<Duration>, _: &Stop) -> Result<(), Error> {
            Ok(())
        }
        fn begin_write(&mut self) -> Result<(), Error> {
            self.log.push("BEGIN".into());
            Ok(())
        }
        fn commit(&mut self) -> Result<(), Error> {
            self.log.push("COMMIT".into());
            self.commit.clone().map_or(Ok(()), Err)
        }
        fn rollback(&mut self) {
            self.log.push("ROLLBACK".into());
        }
        fn lost(&self) -> Option<Error> {
            self.gone_after.filter(|after| self.jobs > *after).map(|_| Error::DiskFull)
        }
        fn healthy(&self) -> bool {
            true
        }
        fn as_db(&mut self) -> &mut dyn Db {
            self
        }
    }

    type Answer = oneshot::Receiver<Result<usize, Error>>;

    fn jobs(n: usize) -> (Jobs, Vec<Answer>) {
        let make = |i: usize| {
            let (task, answer) = Task::new(move |db: &mut dyn Db| db.lock("").map(|()| i), false);
            (Box::new(task) as Box<dyn Job>, answer)
        };
        (0..n).map(make).unzip()
    }

    fn heard(answers: Vec<Answer>) -> Vec<Option<Result<usize, Error>>> {
        answers.into_iter().map(|mut answer| answer.try_recv().ok()).collect()
    }

    fn run(conn: &mut Faulty, jobs: Jobs) -> (Jobs, usize) {
        let told = Cell::new(0);
        let left = run_batch(conn, jobs, Duration::from_secs(1), &|| told.set(told.get() + 1));
        (left, told.get())
    }

    #[test]
    fn a_failed_commit_is_heard_by_every_job() {
        for n in [1, 3] {
            let mut conn = Faulty { commit: Some(Error::DiskFull), ..Faulty::default() };
            let (jobs, answers) = jobs(n);
            let (left, told) = run(&mut conn, jobs);
            assert_eq!(heard(answers), vec![Some(Err(Error::DiskFull)); n]);
            assert_eq!((left.len(), told), (0, 0));
        }
    }

    #[test]
    fn a_lost_transaction_takes_the_jobs_it_held_and_spares_the_rest() {
        let mut conn = Faulty { gone_after: Some(1), ..Faulty::default() };
        let (jobs, answers) = jobs(4);
        let (left, told) = run(&mut conn, jobs);
        assert_eq!(heard(answers)[..2], [Some(Err(Error::DiskFull)), Some(Err(Error::DiskFull))]);
        assert_eq!((left.len(), told), (2, 0));
        assert_eq!(conn.log.last().map(String::as_str), Some("ROLLBACK"));
    }

    #[test]
    fn a_lone_job_needs_no_savepoint() {
        let mut conn = Faulty::default();
        let (jobs, answers) = jobs(1);
        assert_eq!(run(&mut conn, jobs).1, 1);
        assert_eq!(heard(answers), [Some(Ok(0))]);
        assert_eq!(conn.log, ["BEGIN", "COMMIT"]);
    }

    #[test]
    fn the_time_of_a_batch_is_limited() {
        let mut conn = Faulty::default();
        let (jobs, answers) = jobs(5);
        let left = run_batch(&mut conn, jobs, Duration::ZERO, &|| ());
        assert_eq!(left.len(), 4, "one runs, the others wait for the next batch");
        assert_eq!(heard(answers).into_iter().flatten().count(), 1);
    }

    #[test]
    fn a_lone_job_is_never_batched() {
        let mut queue = Queue::default();
        for alone in [false, false, true, true, false] {
            queue.jobs.push_back(Box::new(Task::new(|_: &mut dyn Db| Ok::<_, Error>(()), alone).0));
        }
        let sizes: Vec<usize> = std::iter::from_fn(|| Some(queue.next(64).len()).filter(|n| *n > 0)).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
    }
}
