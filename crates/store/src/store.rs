//! A workspace's database: consistent reads, durable writes.
//! No thread belongs to a workspace: work runs on the runtime's blocking threads, so idle workspaces cost nothing.

use crate::{
    Db, Dialect, Error, Options,
    engine::{Engine, Purpose, Stop, StopOnDrop},
    queue::{Job, Jobs, Queue, Task, run_batch},
    wait::block_on,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    runtime::Handle,
    sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot},
};

/// Batches a writer of a shared pool runs before it gives its place to other workspaces.
const ROUNDS: usize = 32;

/// One workspace's database. Cheap to clone; all clones share connections and the write queue.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Box<dyn Engine>,
    options: Options,
    readers: Arc<Semaphore>,
    queue: Mutex<Queue>,
    /// told whenever a writer ends
    ended: Notify,
    watchers: Mutex<Vec<Arc<dyn Fn() + Send + Sync>>>,
}

impl Store {
    pub(crate) fn new(engine: Box<dyn Engine>, mut options: Options) -> Store {
        options.readers = options.readers.max(1);
        match engine.dialect() {
            Dialect::Sqlite => options.max_writers = 1,
            Dialect::Postgres => options.batch = 1,
        }
        options.max_writers = options.max_writers.max(1);
        let readers = Arc::new(Semaphore::new(options.readers));
        let (queue, ended, watchers) = (Mutex::default(), Notify::new(), Mutex::default());
        Store(Arc::new(Inner { engine, options, readers, queue, ended, watchers }))
    }

    pub fn dialect(&self) -> Dialect {
        self.0.engine.dialect()
    }

    /// Runs `f` in one read transaction that sees one state of the database from its first statement to its end.
    /// If the caller goes away, the query is stopped. `f` must not use this store itself: with every connection taken it
    /// would wait for its own.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = self.0.reading_place().await?;
        let inner = self.0.clone();
        let stop = Stop::default();
        let _guard = StopOnDrop(stop.clone());
        let work = move || {
            let _place = place;
            inner.run_read(&stop, f)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            Err(_stopping) => Err(Error::Closed.into()),
        }
    }

    /// [`Store::read`] for a few rows by their key. On SQLite it runs at once on this thread, which saves a third of the
    /// cost of such a read; nothing longer than some 100 us may run so, or other requests wait behind it.
    pub async fn read_quick<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if self.dialect() == Dialect::Sqlite
            && let Ok(_place) = self.0.readers.clone().try_acquire_owned()
        {
            return self.0.run_read(&Stop::default(), f);
        }
        self.read(f).await
    }

    /// [`Store::read`] on this thread: for the command line and for blocking threads, never inside async code.
    pub fn read_blocking<T, E: From<Error>>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E>) -> Result<T, E> {
        let _place = block_on(self.0.reading_place())?;
        self.0.run_read(&Stop::default(), f)
    }

    /// Runs `f` in one transaction; when this answers `Ok`, the changes are on disk. An `Err` of `f` undoes its changes
    /// and nobody else's; so does a panic. Once begun, `f` runs to its end even if the caller goes away; not begun, it is
    /// dropped with its caller. [`Error::Busy`] if too many writes wait already.
    /// `f` holds the workspace's only write lock on SQLite: no network, no long computing in it.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answered(self.0.submit(f, false)?.await)
    }

    /// Writes that have not begun yet: how far behind the workspace is.
    pub fn waiting_writes(&self) -> usize {
        lock(&self.0.queue).jobs.len()
    }

    /// [`Store::write`] in a transaction shared with no other job: for changes of tables.
    pub async fn write_alone<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answered(self.0.submit(f, true)?.await)
    }

    /// [`Store::write`] for the command line and for blocking threads, never inside async code.
    pub fn write_blocking<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answered(block_on(self.0.submit(f, false)?))
    }

    /// [`Store::write_alone`] for the command line and for blocking threads, never inside async code.
    pub fn write_alone_blocking<T, E>(&self, f: impl FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answered(block_on(self.0.submit(f, true)?))
    }

    /// `f` is called after every commit that changed something, before the writers of it are answered. It must be
    /// quick and must not use this store: it is there to wake somebody.
    pub fn on_commit(&self, f: Arc<dyn Fn() + Send + Sync>) {
        lock(&self.0.watchers).push(f);
    }

    /// Lets queued writes and running reads end, refuses new ones with [`Error::Closed`], closes the connections and
    /// folds SQLite's log into its file.
    pub async fn close(&self) {
        lock(&self.0.queue).closed = true;
        loop {
            let ended = self.0.ended.notified();
            if self.0.is_idle() {
                break;
            }
            ended.await;
        }
        // all places free means no read is running
        let all = u32::try_from(self.0.options.readers).unwrap_or(u32::MAX);
        if let Ok(places) = self.0.readers.acquire_many(all).await {
            self.0.readers.close();
            drop(places);
        }
        let inner = self.0.clone();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || inner.engine.close()).await),
            Err(_none) => self.0.engine.close(),
        }
    }

    /// [`Store::close`] outside async code.
    pub fn close_blocking(&self) {
        lock(&self.0.queue).closed = true;
        block_on(self.close());
    }

    /// Gathers statistics for the query planner; after a large import or change of many rows. Blocks: for a blocking
    /// thread or the command line.
    pub fn optimize(&self) -> Result<(), Error> {
        let _place = block_on(self.0.reading_place())?;
        self.0.engine.optimize()
    }

    /// Writes the database anew, so that what was deleted is in no page and no log of it any more. On PostgreSQL old
    /// versions of rows are given up for reuse. Blocks; needs room for a second copy of a SQLite file.
    pub fn compact(&self) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Sqlite => {
                self.outside("VACUUM")?;
                self.outside("PRAGMA wal_checkpoint(TRUNCATE)")
            }
            Dialect::Postgres => {
                let tables = self.read_blocking(|db| Ok::<_, Error>(crate::ddl::tables(db)?.iter().map(|name| db.table(name)).collect::<Vec<_>>()))?;
                tables.iter().try_for_each(|table| self.outside(&format!("VACUUM {table}")))
            }
        }
    }

    /// Runs one text outside any transaction, alone among this store's texts of that kind.
    pub(crate) fn outside(&self, text: &str) -> Result<(), Error> {
        let _place = block_on(self.0.reading_place())?;
        self.0.engine.outside(text)
    }
}

fn answered<T, E: From<Error>>(answer: Result<Result<T, E>, oneshot::error::RecvError>) -> Result<T, E> {
    // a job dropped unanswered: the runtime is going down
    answer.unwrap_or_else(|_dropped| Err(Error::Closed.into()))
}

/// Runs business code; its panic becomes an error that says where it was.
pub(crate) fn caught<T, E: From<Error>>(what: &str, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        tracing::error!(panic = text.unwrap_or("not a text"), "panic in a {what}");
        Err(Error::other(format!("an internal error in a {what}; the log has the details")).into())
    })
}

/// A lock whose holder panicked guards data that is whole all the same: every change under it is one assignment.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Place = (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>);

impl Inner {
    async fn reading_place(&self) -> Result<Place, Error> {
        let own = self.readers.clone().acquire_owned().await.map_err(|_closed| Error::Closed)?;
        Ok((own, self.engine.place().await?))
    }

    fn run_read<T, E: From<Error>>(&self, stop: &Stop, f: impl FnOnce(&mut dyn Db) -> Result<T, E>) -> Result<T, E> {
        if stop.is_set() {
            return Err(Error::Interrupted.into());
        }
        let mut conn = self.engine.take(Purpose::Read)?;
        let result = match conn.begin_read(self.options.read_timeout, stop) {
            Ok(()) => caught("read", || f(conn.as_db())),
            Err(e) => Err(e.into()),
        };
        conn.rollback();
        self.engine.give(Purpose::Read, conn);
        result
    }

    fn submit<F, T, E>(self: &Arc<Self>, f: F, alone: bool) -> Result<oneshot::Receiver<Result<T, E>>, Error>
    where
        F: FnOnce(&mut dyn Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (task, answer) = Task::new(f, alone);
        let start = {
            let mut queue = lock(&self.queue);
            if queue.closed {
                return Err(Error::Closed);
            }
            if queue.jobs.len() >= self.options.queue {
                return Err(Error::Busy);
            }
            queue.jobs.push_back(Box::new(task) as Box<dyn Job>);
            let start = queue.writers < self.options.max_writers;
            queue.writers += usize::from(start);
            start
        };
        if start {
            self.start_writer();
        }
        Ok(answer)
    }

    /// Puts a writer to work, already counted in `queue.writers`.
    fn start_writer(self: &Arc<Self>) {
        let shift = Shift { inner: self.clone(), worked: false };
        let runtime = self.engine.runtime().cloned().or_else(|| Handle::try_current().ok());
        match runtime {
            Some(runtime) if self.engine.dialect() == Dialect::Postgres => {
                let inner = self.clone();
                let blocking = runtime.clone();
                runtime.spawn(async move {
                    match inner.engine.place().await {
                        Ok(place) => {
                            let work = move || {
                                let _place = place;
                                shift.work();
                            };
                            // detached on purpose: the jobs answer for themselves
                            drop(blocking.spawn_blocking(work));
                        }
                        Err(_closed) => drop(shift),
                    }
                });
            }
            Some(runtime) => drop(runtime.spawn_blocking(move || shift.work())),
            None => drop(std::thread::spawn(move || shift.work())),
        }
    }

    fn is_idle(&self) -> bool {
        let queue = lock(&self.queue);
        queue.writers == 0 && queue.jobs.is_empty()
    }

    fn tell_watchers(&self) {
        let watchers = lock(&self.watchers).clone();
        for watcher in watchers {
            let told: Result<(), Error> = caught("commit watcher", || {
                watcher();
                Ok(())
            });
            drop(told); // already logged; a commit stands whatever its watchers do
        }
    }
}

/// A writer at work. Dropped without having worked (the runtime went down), it signs off and lets the jobs go.
struct Shift {
    inner: Arc<Inner>,
    worked: bool,
}

impl Shift {
    fn work(mut self) {
        self.worked = true;
        let inner = &self.inner;
        for _ in 0..ROUNDS {
            let jobs = lock(&inner.queue).next(inner.options.batch);
            if jobs.is_empty() {
                return; // the drop signs off
            }
            let mut conn = match inner.engine.take(Purpose::Write) {
                Ok(conn) => conn,
                Err(e) => {
                    for job in jobs {
                        job.finish(Err(e.clone()));
                    }
                    continue;
                }
            };
            let left = run_batch(&mut *conn, jobs, inner.options.batch_time, &|| inner.tell_watchers());
            inner.engine.give(Purpose::Write, conn);
            if !left.is_empty() {
                lock(&inner.queue).put_back(left);
            }
        }
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        let mut orphans = Jobs::new();
        let again = {
            let mut queue = lock(&self.inner.queue);
            let again = self.worked && !queue.jobs.is_empty();
            if !again {
                queue.writers -= 1;
                if !self.worked && queue.writers == 0 {
                    orphans = std::mem::take(&mut queue.jobs);
                }
            }
            again
        };
        for job in orphans {
            job.finish(Err(Error::Closed));
        }
        if again { self.inner.start_writer() } else { self.inner.ended.notify_waiters() }
    }
}
