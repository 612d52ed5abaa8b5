//! What the store needs of a driver: connections, and transactions on them.

use crate::{Db, Dialect, Error};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, OwnedSemaphorePermit},
};

/// One connection: between `begin` and `commit`/`rollback` it is the [`Db`] of a job.
pub(crate) trait Conn: Db {
    fn begin_read(&mut self, limit: Option<Duration>, stop: &Stop) -> Result<(), Error>;
    fn begin_write(&mut self) -> Result<(), Error>;
    /// Makes the changes durable; on an error nothing of the transaction remains.
    fn commit(&mut self) -> Result<(), Error>;
    /// Never fails: a connection that cannot roll back is unhealthy and will be dropped.
    fn rollback(&mut self);
    /// Why the whole transaction is gone although nobody ended it (full disk, connection lost), if it is.
    fn lost(&self) -> Option<Error>;
    /// May this connection be used again?
    fn healthy(&self) -> bool;
    fn as_db(&mut self) -> &mut dyn Db;
}

/// The connections of one workspace.
pub(crate) trait Engine: Send + Sync {
    fn dialect(&self) -> Dialect;
    fn take(&self, purpose: Purpose) -> Result<Box<dyn Conn>, Error>;
    /// Takes a connection back; one that is not healthy is closed.
    fn give(&self, purpose: Purpose, conn: Box<dyn Conn>);
    /// A place among the connections shared with other workspaces; `None` where nothing is shared.
    fn place(&self) -> PlaceFuture;
    /// The runtime that must serve blocking work, where the driver needs one.
    fn runtime(&self) -> Option<&Handle>;
    /// Runs one text outside any transaction on a connection of its own kind (VACUUM, CREATE INDEX CONCURRENTLY).
    fn outside(&self, text: &str) -> Result<(), Error>;
    /// Gathers the statistics that the planner needs, and has connections see them.
    fn optimize(&self) -> Result<(), Error>;
    /// Closes idle connections, folds the log into the file.
    fn close(&self);
}

pub(crate) type PlaceFuture = futures_util::future::BoxFuture<'static, Result<Option<OwnedSemaphorePermit>, Error>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// Says to a running read that nobody waits for it any more.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<StopState>);

#[derive(Default)]
struct StopState {
    set: AtomicBool,
    told: Notify,
}

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.0.set.load(Ordering::Relaxed)
    }

    /// Ends when nobody waits any more. For one waiter at a time.
    pub(crate) async fn wait(&self) {
        while !self.is_set() {
            self.0.told.notified().await;
        }
    }
}

/// Sets its [`Stop`] when dropped.
pub(crate) struct StopOnDrop(pub(crate) Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.set.store(true, Ordering::Relaxed);
        // keeps for a waiter that comes later
        self.0.0.told.notify_one();
    }
}
