//! `within`: last, next and this, in a time zone. Ends are exclusive.

use jiff::{Span, ToSpan, Zoned, civil::Date};

/// The civil days `[from, to)` that `{"last": 30, "unit": "day"}` means on `today`.
///
/// `this week` is the whole of the current week (from Monday); `last 3 month` the three whole months before this one
/// for units over a day, and for days the n days up to and including today; `next` mirrors it.
pub fn days(today: Date, direction: &str, count: i64, unit: &str, fiscal_start: i8) -> Option<(Date, Date)> {
    let start = start_of(today, unit, fiscal_start)?;
    let span = |n: i64| -> Option<Span> {
        Some(match unit {
            "day" => n.days(),
            "week" => (n.checked_mul(7)?).days(),
            "month" => n.months(),
            "quarter" => (n.checked_mul(3)?).months(),
            "year" | "fiscal_year" => n.years(),
            "fiscal_quarter" => (n.checked_mul(3)?).months(),
            _ => return None,
        })
    };
    if !(0..=10_000).contains(&count) {
        return None;
    }
    let add = |date: Date, n: i64| date.checked_add(span(n)?).ok();
    match (direction, unit) {
        ("this", _) => Some((start, add(start, 1)?)),
        ("last", "day") => Some((add(today, 1 - count)?, add(today, 1)?)),
        ("next", "day") => Some((today, add(today, count)?)),
        ("last", _) => Some((add(start, -count)?, start)),
        ("next", _) => Some((add(start, 1)?, add(start, count + 1)?)),
        _ => None,
    }
}

/// First day of the span that holds `date`.
pub fn start_of(date: Date, unit: &str, fiscal_start: i8) -> Option<Date> {
    let month_start = Date::new(date.year(), date.month(), 1).ok()?;
    let back = |first: i8, length: i8| -> Option<Date> {
        let behind = (date.month() - first).rem_euclid(length);
        month_start.checked_sub(i64::from(behind).months()).ok()
    };
    match unit {
        "day" => Some(date),
        "week" => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok(),
        "month" => Some(month_start),
        "quarter" => back(1, 3),
        "year" => back(1, 12),
        "fiscal_quarter" => back(fiscal_start, 3),
        "fiscal_year" => back(fiscal_start, 12),
        _ => None,
    }
}

/// Milliseconds of hours and minutes around `now`, for fields with a time.
pub fn instants(now: &Zoned, direction: &str, count: i64, unit: &str) -> Option<(i64, i64)> {
    let size = match unit {
        "minute" => 60_000i64,
        "hour" => 3_600_000,
        _ => return None,
    };
    let now_ms = now.timestamp().as_millisecond();
    let span = size.checked_mul(count)?;
    match direction {
        "last" => Some((now_ms.checked_sub(span)?, now_ms + 1)),
        "next" => Some((now_ms, now_ms.checked_add(span)?)),
        "this" => Some((now_ms - now_ms.rem_euclid(size), now_ms - now_ms.rem_euclid(size) + size)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn spans_are_whole_and_exclusive() {
        let today = date(2026, 11, 21);
        for (direction, count, unit, from, to) in [
            ("this", 1, "week", date(2026, 11, 16), date(2026, 11, 23)),
            ("last", 30, "day", date(2026, 10, 23), date(2026, 11, 22)),
            ("next", 7, "day", date(2026, 11, 21), date(2026, 11, 28)),
            ("last", 1, "month", date(2026, 10, 1), date(2026, 11, 1)),
            ("next", 1, "quarter", date(2027, 1, 1), date(2027, 4, 1)),
            ("this", 1, "fiscal_year", date(2026, 4, 1), date(2027, 4, 1)),
        ] {
            assert_eq!(days(today, direction, count, unit, 4), Some((from, to)), "{direction} {count} {unit}");
        }
        assert_eq!(days(today, "last", 1, "fortnight", 1), None);
    }
}
