//! What a connection is doing, known to its socket and its requests alike.

use std::sync::atomic::{AtomicU8, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Connected, no byte yet.
    Fresh,
    /// A request has begun, its headers are not complete.
    Head,
    /// A request is being answered.
    Busy,
    /// Between two requests.
    Idle,
}

/// Phase of one connection, and how many requests it brought (so that each idle time is a new one).
#[derive(Debug, Default)]
pub(super) struct State(AtomicU8);

impl State {
    pub(super) fn get(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            0 => Phase::Fresh,
            1 => Phase::Head,
            2 => Phase::Busy,
            _ => Phase::Idle,
        }
    }
    pub(super) fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Release);
    }
}
