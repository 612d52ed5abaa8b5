//! Which backups stay, and when the next is due.

use std::collections::HashSet;

/// For how many of the last hours, days and months the last backup of each is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keep {
    pub(crate) hourly: usize,
    pub(crate) daily: usize,
    pub(crate) monthly: usize,
}

impl Keep {
    /// Those of `times` that stay. The newest always does. Hours, days and months (UTC) are counted by what there is: while no
    /// backups are made none go.
    pub(super) fn staying(self, times: &[i64]) -> HashSet<i64> {
        let mut times = times.to_vec();
        times.sort_unstable_by(|a, b| b.cmp(a));
        let mut staying: HashSet<i64> = times.first().copied().into_iter().collect();
        for (most, bucket) in [(self.hourly, "%Y%m%d%H"), (self.daily, "%Y%m%d"), (self.monthly, "%Y%m")] {
            let mut seen = HashSet::new();
            for &at in &times {
                let fresh = seen.insert(super::name::utc(at, bucket));
                if seen.len() > most {
                    break;
                }
                if fresh {
                    staying.insert(at);
                }
            }
        }
        staying
    }
}

/// Whether something that is done every `every` ms is due: `done` is when it last went well, `tried` when it was last tried.
pub(super) fn due(now: i64, every: i64, retry: i64, since: i64, done: Option<i64>, tried: Option<i64>) -> bool {
    let rested = tried.is_none_or(|at| now - at >= retry.min(every));
    // after the first start there is time to look around, and nothing yet to lose
    every > 0 && rested && done.map_or(now - since >= every.min(FIRST), |at| now - at >= every)
}

/// After a failure it is tried again in this time.
pub(super) const RETRY: i64 = 300_000;
const FIRST: i64 = 600_000;

#[cfg(test)]
mod tests {
    use super::{Keep, due};

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;

    #[test]
    fn hours_become_days_and_days_months() {
        let keep = Keep { hourly: 24, daily: 14, monthly: 12 };
        // two years of hours, thinned each time as the server does
        let begin: i64 = 1_735_689_600_000; // 2025-01-01
        let mut there: Vec<i64> = Vec::new();
        let end = begin + 730 * DAY;
        let mut now = begin;
        while now < end {
            there.push(now);
            let staying = keep.staying(&there);
            there.retain(|at| staying.contains(at));
            now += HOUR;
        }
        let ages: Vec<i64> = there.iter().rev().map(|at| end - HOUR - at).collect();
        assert_eq!(ages[..24], (0..24).map(|n| n * HOUR).collect::<Vec<_>>());
        assert!(ages.len() <= 24 + 13 + 12, "{}", ages.len());
        assert!((23..=24 + 13).contains(&ages.iter().filter(|age| **age <= 14 * DAY).count()));
        let months = ages.iter().filter(|age| **age > 14 * DAY).count();
        assert!((10..=12).contains(&months), "{months}");
        assert!(*ages.last().unwrap() > 300 * DAY);
    }

    #[test]
    fn the_newest_stays_and_two_of_one_hour_are_one() {
        assert_eq!(Keep { hourly: 0, daily: 0, monthly: 0 }.staying(&[1, 2, 3]), [3].into());
        assert_eq!(Keep { hourly: 2, daily: 0, monthly: 0 }.staying(&[10, 20, HOUR + 1, HOUR + 2]), [20, HOUR + 2].into());
        assert_eq!(Keep { hourly: 0, daily: 7, monthly: 0 }.staying(&(0..30).map(|n| n * DAY).collect::<Vec<_>>()).len(), 7);
        assert!(Keep { hourly: 1, daily: 1, monthly: 1 }.staying(&[]).is_empty());
    }

    #[test]
    fn a_failure_is_tried_again_soon_and_a_success_after_its_time() {
        let (minute, since) = (60_000, 0);
        assert!(!due(5 * minute, HOUR, 5 * minute, since, None, None), "a new workspace waits");
        assert!(due(10 * minute, HOUR, 5 * minute, since, None, None));
        assert!(!due(12 * minute, HOUR, 5 * minute, since, None, Some(10 * minute)));
        assert!(due(15 * minute, HOUR, 5 * minute, since, None, Some(10 * minute)));
        assert!(!due(69 * minute, HOUR, 5 * minute, since, Some(10 * minute), Some(10 * minute)));
        assert!(due(70 * minute, HOUR, 5 * minute, since, Some(10 * minute), Some(10 * minute)));
        assert!(!due(DAY, 0, 5 * minute, since, None, None), "never");
    }
}
