//! Work that nobody waits for: a queue of jobs, a schedule, followers of the outbox, the search index.
//!
//! Everything here runs at least once. A job that was cut off runs again, so each must leave the same behind when it
//! runs twice. State is in the workspace's database: a job is queued in the transaction that needs it, and is gone or
//! there with it.

mod follower;
mod queue;
mod runner;
mod tables;

pub use follower::{Event, Follower, purge_outbox};
pub use queue::{enqueue, purge_dead};
pub use runner::{Every, Jobs, Kind};
pub use tables::module;
