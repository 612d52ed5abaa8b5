//! Who works at the same time: screens before bulk work. A lane takes so many at once and lets so many wait; the others
//! hear at once that they should come back, so that a flood does not make everybody slow.

use crate::config::Limits;
use http::Method;
use kernel::{Code, Error, Result};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Screens,
    Bulk,
}

impl Lane {
    /// By what is asked, below `/api/v1`.
    pub(crate) fn of(method: &Method, path: &str) -> Lane {
        let mut parts = path.trim_start_matches('/').split('/');
        let bulk = match (parts.next(), parts.next(), parts.next()) {
            (Some("records"), _, Some("bulk")) => true,
            (Some("exports"), _, Some("content")) => true,
            (Some("imports" | "exports"), _, _) => *method == Method::POST,
            (Some("change-sets"), _, Some("undo")) => true,
            _ => false,
        };
        if bulk { Lane::Bulk } else { Lane::Screens }
    }
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lane::Screens => "screens",
            Lane::Bulk => "bulk",
        }
    }
}

pub(crate) struct Lanes {
    screens: Places,
    bulk: Places,
}

struct Places {
    working: Arc<Semaphore>,
    /// Those who work or wait.
    present: Arc<Semaphore>,
}

/// A place in a lane, until dropped.
pub(crate) struct Place {
    _working: OwnedSemaphorePermit,
    _present: OwnedSemaphorePermit,
}

impl Lanes {
    pub(crate) fn new(limits: &Limits) -> Lanes {
        let places = |working: usize, waiting: usize| Places { working: Arc::new(Semaphore::new(working)), present: Arc::new(Semaphore::new(working + waiting)) };
        Lanes { screens: places(limits.screens, limits.screens_waiting), bulk: places(limits.bulk, limits.bulk_waiting) }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// 503 at once where too many wait already.
    pub(crate) async fn enter(&self, lane: Lane) -> Result<Place> {
        let places = match lane {
            Lane::Screens => &self.screens,
            Lane::Bulk => &self.bulk,
        };
        let full = || Error {
            retry_after: Some(if lane == Lane::Bulk { 10 } else { 1 }),
            ..Error::new(Code::Unavailable, "overloaded", "The server has too much to do at this moment. Nothing was done; try again.")
        };
        let present = places.present.clone().try_acquire_owned().map_err(|_full| full())?;
        let working = places.working.clone().acquire_owned().await.map_err(|_closed| full())?;
        Ok(Place { _working: working, _present: present })
    }
}

#[cfg(test)]
mod tests {
    use super::{Lane, Lanes};
    use crate::config::{Config, Sources};
    use http::Method;
    use kernel::Code;

    #[test]
    fn mass_work_has_its_own_lane() {
        for (method, path, lane) in [
            (Method::POST, "/records/contact/bulk", Lane::Bulk),
            (Method::POST, "/imports", Lane::Bulk),
            (Method::GET, "/imports/1", Lane::Screens),
            (Method::GET, "/exports/1/content", Lane::Bulk),
            (Method::POST, "/change-sets/1/undo", Lane::Bulk),
            (Method::GET, "/change-sets/1", Lane::Screens),
            (Method::POST, "/records/contact", Lane::Screens),
            (Method::GET, "/records/bulk/bulk", Lane::Bulk),
        ] {
            assert_eq!(Lane::of(&method, path), lane, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn who_comes_too_many_hears_it_at_once_and_lanes_do_not_block_each_other() {
        let mut limits = Config::load(Sources::default()).unwrap().limits;
        (limits.bulk, limits.bulk_waiting) = (1, 1);
        let lanes = std::sync::Arc::new(Lanes::new(&limits));
        let working = lanes.enter(Lane::Bulk).await.unwrap();
        let waiting = tokio::spawn({
            let lanes = lanes.clone();
            async move { lanes.enter(Lane::Bulk).await.map(drop) }
        });
        tokio::task::yield_now().await;
        let refused = lanes.enter(Lane::Bulk).await.err().unwrap();
        assert_eq!((refused.code, refused.retry_after), (Code::Unavailable, Some(10)));
        assert!(lanes.enter(Lane::Screens).await.is_ok());
        drop(working);
        waiting.await.unwrap().unwrap();
    }
}
