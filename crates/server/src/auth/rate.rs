//! Calls a minute of one session or token, where the settings limit them.

use kernel::{Code, Error, RecordId, Result};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

const MINUTE: i64 = 60_000;

pub(crate) struct Rate {
    most: u64,
    counted: Mutex<Window>,
}
#[derive(Default)]
struct Window {
    began: i64,
    calls: HashMap<RecordId, u64>,
}

impl Rate {
    /// `most` 0 means no limit.
    pub(crate) fn new(most: u64) -> Rate {
        Rate { most, counted: Mutex::default() }
    }

    /// # Errors
    /// 429 with the seconds until the next minute begins.
    pub(crate) fn count(&self, who: RecordId, now_ms: i64) -> Result<()> {
        if self.most == 0 {
            return Ok(());
        }
        let mut window = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if !(0..MINUTE).contains(&(now_ms - window.began)) {
            window.began = now_ms;
            window.calls.clear();
        }
        let left = MINUTE - (now_ms - window.began);
        let calls = window.calls.entry(who).or_default();
        *calls += 1;
        if *calls <= self.most {
            return Ok(());
        }
        let seconds = u32::try_from(left / 1_000 + 1).unwrap_or(60);
        Err(Error { retry_after: Some(seconds), ..Error::new(Code::TooMany, "too_many_calls", format!("More than {} calls in a minute. Wait {seconds} seconds.", self.most)) })
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;
    use kernel::RecordId;

    #[test]
    fn each_caller_has_their_own_minute() {
        let rate = Rate::new(2);
        let (ada, bob) = (RecordId::fixed(1), RecordId::fixed(2));
        assert!(rate.count(ada, 0).is_ok() && rate.count(ada, 1).is_ok());
        assert_eq!(rate.count(ada, 30_000).unwrap_err().retry_after, Some(31));
        assert!(rate.count(bob, 30_000).is_ok());
        assert!(rate.count(ada, 60_000).is_ok());
        assert!((0..1_000).all(|n| Rate::new(0).count(ada, n).is_ok()));
    }
}
