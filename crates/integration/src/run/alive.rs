//! Imports that this process is working on: one of them is not taken for one that was cut off.

use kernel::RecordId;
use std::{
    collections::HashSet,
    sync::{LazyLock, Mutex, PoisonError},
};

static ALIVE: LazyLock<Mutex<HashSet<RecordId>>> = LazyLock::new(Mutex::default);

/// Alive as long as this is held.
pub(super) struct Alive(RecordId);
impl Alive {
    pub(super) fn new(id: RecordId) -> Alive {
        ALIVE.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Alive(id)
    }
}
impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
pub(super) fn is(id: RecordId) -> bool {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
}
