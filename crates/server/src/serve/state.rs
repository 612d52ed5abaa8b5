//! What a connection is doing, known to its socket and its requests alike.

use futures_util::task::AtomicWaker;
use std::{
    sync::atomic::{AtomicU8, Ordering},
    task::Waker,
};

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

/// Phase of one connection.
#[derive(Debug, Default)]
pub(super) struct State {
    phase: AtomicU8,
    /// Who waits for the client while an answer is on its way: it must hear of the end, to begin counting.
    reader: AtomicWaker,
}

impl State {
    pub(super) fn get(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Fresh,
            1 => Phase::Head,
            2 => Phase::Busy,
            _ => Phase::Idle,
        }
    }
    pub(super) fn set(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
        if phase == Phase::Idle {
            self.reader.wake();
        }
    }
    pub(super) fn on_idle(&self, waker: &Waker) {
        self.reader.register(waker);
    }
}
