//! Days as numbers since 1970, instants as milliseconds, and when people are busy.

use super::rng::Rng;
use jiff::{ToSpan, civil::Date};
use serde_json::Value as Json;

/// Days since 1970-01-01.
pub(super) type Day = i32;
pub(super) const DAY_MS: i64 = 86_400_000;
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

pub(super) fn day_of(date: Date) -> Day {
    date.since((jiff::Unit::Day, EPOCH)).map_or(0, |span| span.get_days())
}
pub(super) fn date_of(day: Day) -> Date {
    EPOCH.checked_add(day.days()).unwrap_or(EPOCH)
}
/// 0 is Monday; 1970 began on a Thursday.
pub(super) fn weekday(day: Day) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}
pub(super) fn date_json(day: Day) -> Json {
    Json::String(date_of(day).to_string())
}
pub(super) fn instant_json(ms: i64) -> Json {
    let mut out = Vec::with_capacity(24);
    metadata::field_type::write_date_time(ms, &mut out);
    Json::String(String::from_utf8(out).unwrap_or_default())
}
pub(super) fn day_of_ms(ms: i64) -> Day {
    Day::try_from(ms.div_euclid(DAY_MS)).unwrap_or(0)
}

/// The two years that the world knows.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    pub(super) start: Day,
    pub(super) today: Day,
    /// Busy-ness of months 1 to 12: organisations, private people.
    pub(super) seasons: [[f64; 12]; 2],
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    Business = 0,
    Home = 1,
}

impl Calendar {
    /// The last day on which something has happened.
    pub(super) fn yesterday(&self) -> Day {
        self.today - 1
    }
    /// Midnight (UTC) at which the last day begins: everything that has happened lies before it.
    pub(super) fn now_ms(&self) -> i64 {
        i64::from(self.today) * DAY_MS
    }
    /// How busy a day is, 0 to about 2: the month, the week, the holidays at the turn of the year, and growth of a
    /// tenth each year.
    pub(super) fn busy(&self, day: Day, season: Season) -> f64 {
        let date = date_of(day);
        let month = usize::try_from(date.month() - 1).unwrap_or(0);
        let [business, home] = &self.seasons;
        let of_month = if season == Season::Business { business } else { home }.get(month).copied().unwrap_or(1.0);
        let of_week = match (season, weekday(day)) {
            (Season::Business, 5 | 6) => 0.02,
            (Season::Business, 4) => 0.85,
            (Season::Home, 5) => 1.1,
            (Season::Home, 6) => 1.3,
            _ => 1.0,
        };
        let shut = season == Season::Business && matches!((date.month(), date.day()), (12, 24..=31) | (1, 1..=2) | (5, 1) | (10, 3));
        let years = f64::from(day - self.start) / 365.0;
        of_month * of_week * (1.0 + 0.1 * years) * if shut { 0.05 } else { 1.0 }
    }
    /// A day from `from` to `to` (both in), busy ones likelier; `from` where nothing fits.
    pub(super) fn busy_day(&self, rng: &mut Rng, from: Day, to: Day, season: Season) -> Day {
        if to <= from {
            return from;
        }
        for _ in 0..24 {
            let day = rng.day_between(from, to);
            if rng.unit() * 2.3 < self.busy(day, season) {
                return day;
            }
        }
        rng.day_between(from, to)
    }
    /// An instant of that day in working hours (evenings too for private people) at a place `utc_hours` east, in
    /// milliseconds. Kept within the day of UTC and of Berlin alike, so that one event has one date.
    pub(super) fn at(&self, rng: &mut Rng, day: Day, utc_hours: i32, season: Season) -> i64 {
        let local = match season {
            Season::Business => 480 + whole_minutes(rng, 540, 1.35),
            Season::Home => 450 + whole_minutes(rng, 840, 0.8),
        };
        let minute = (local - i64::from(utc_hours) * 60).clamp(5, 1_310);
        i64::from(day) * DAY_MS + minute * 60_000 + rng.between(0, 59) * 1_000
    }
}

/// Minutes from 0 to `width`, earlier ones likelier where `lean` is over 1.
fn whole_minutes(rng: &mut Rng, width: i64, lean: f64) -> i64 {
    super::rng::whole(rng.unit().powf(lean) * super::rng::small(usize::try_from(width).unwrap_or(0)))
}
