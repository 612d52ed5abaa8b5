//! Sessions and tokens that were just used, so that a request need not ask the database for its credential. A revoked
//! one is gone from here before the revocation is answered.

use super::{holder::Holder, secret_text::Hash};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

/// More are forgotten all at once: asking the database again is cheap, order keeping is not.
const MOST: usize = 50_000;

pub(crate) struct Known {
    pub(crate) holder: Holder,
    /// When it was last used.
    pub(crate) seen: AtomicI64,
    /// When the database was told.
    pub(crate) told: AtomicI64,
    read_at: i64,
}

impl Known {
    pub(crate) fn new(holder: Holder, now_ms: i64) -> Known {
        let seen = holder.seen_at;
        Known { holder, seen: AtomicI64::new(seen), told: AtomicI64::new(seen), read_at: now_ms }
    }
}

pub(crate) struct Cache {
    known: RwLock<State>,
    /// How long an entry is believed: for ever where this process alone writes, briefly where others may revoke.
    believed_ms: i64,
}
#[derive(Default)]
struct State {
    entries: HashMap<Hash, Arc<Known>>,
    revocations: u64,
}

impl Cache {
    pub(crate) fn new(believed_ms: i64) -> Cache {
        Cache { known: RwLock::default(), believed_ms }
    }

    /// The entry, or the number to hand to [`Cache::put`] with what the database says.
    pub(crate) fn get(&self, hash: &Hash, now_ms: i64) -> Result<Arc<Known>, u64> {
        let state = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match state.entries.get(hash) {
            Some(known) if now_ms.saturating_sub(known.read_at) <= self.believed_ms => Ok(known.clone()),
            _ => Err(state.revocations),
        }
    }

    /// Keeps an entry, unless something was revoked since it was looked for: it may be what was revoked.
    pub(crate) fn put(&self, hash: Hash, known: &Arc<Known>, asked_at: u64) {
        let mut state = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if state.revocations == asked_at {
            if state.entries.len() >= MOST {
                state.entries.clear();
            }
            state.entries.insert(hash, known.clone());
        }
    }

    /// Forgets everything; after the commit of a revocation.
    pub(crate) fn clear(&self) {
        let mut state = self.known.write().unwrap_or_else(PoisonError::into_inner);
        state.revocations += 1;
        state.entries.clear();
    }
}

impl Known {
    /// Notes a use. True about once a minute, when the database should hear of it.
    pub(crate) fn use_now(&self, now_ms: i64) -> bool {
        const MINUTE: i64 = 60_000;
        self.seen.fetch_max(now_ms, Ordering::Relaxed);
        let told = self.told.load(Ordering::Relaxed);
        now_ms - told >= MINUTE && self.told.compare_exchange(told, now_ms, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, Holder, Known};
    use crate::auth::holder::Kind;
    use kernel::RecordId;
    use std::sync::Arc;

    fn known(now: i64) -> Arc<Known> {
        let id = RecordId::fixed(7);
        Arc::new(Known::new(Holder { kind: Kind::Session, id, user: id, scopes: None, until: None, seen_at: now }, now))
    }

    #[test]
    fn a_revocation_beats_a_reading_that_began_before_it() {
        let cache = Cache::new(i64::MAX);
        let asked = cache.get(&[1; 32], 0).err().unwrap();
        cache.clear();
        cache.put([1; 32], &known(0), asked);
        let asked = cache.get(&[1; 32], 0).err().unwrap();
        cache.put([1; 32], &known(0), asked);
        assert!(cache.get(&[1; 32], 0).is_ok());
        cache.clear();
        assert!(cache.get(&[1; 32], 0).is_err());
    }

    #[test]
    fn entries_are_believed_as_long_as_said() {
        let cache = Cache::new(1_000);
        let asked = cache.get(&[1; 32], 0).err().unwrap();
        cache.put([1; 32], &known(0), asked);
        assert!(cache.get(&[1; 32], 1_000).is_ok());
        assert!(cache.get(&[1; 32], 1_001).is_err());
    }

    #[test]
    fn the_database_hears_of_uses_once_a_minute() {
        let known = known(0);
        assert!(!known.use_now(59_000));
        assert!(known.use_now(60_000));
        assert!(!known.use_now(61_000));
        assert_eq!(known.seen.load(std::sync::atomic::Ordering::Relaxed), 61_000);
    }
}
