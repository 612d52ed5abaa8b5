//! Even steps of time, told from the dates of a column.

use jiff::{ToSpan as _, civil::Date};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    /// Monday to Friday.
    Workday,
    Week,
    Month,
    Quarter,
    Year,
}
impl Unit {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Workday => "workday",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
        }
    }
    /// Rhythms worth looking for, the longest first: a year; for months also a quarter, as long as there is no more than that to see.
    pub(super) fn seasons(self) -> &'static [usize] {
        match self {
            Unit::Day => &[7],
            Unit::Workday => &[5],
            Unit::Week => &[52],
            Unit::Month => &[12, 3],
            Unit::Quarter => &[4],
            Unit::Year => &[],
        }
    }
    /// From how far days lie apart; `None` where that is no even step.
    pub(super) fn of(series: &[Vec<Date>]) -> Option<Unit> {
        let mut gaps: Vec<i64> = series.iter().flat_map(|days| days.windows(2).map(|w| number(w[1]) - number(w[0]))).collect();
        gaps.sort_unstable();
        // the lower of two middle ones: gaps only ever make days lie further apart
        let unit = match *gaps.get(gaps.len().checked_sub(1)? / 2)? {
            1 => Unit::Day,
            7 => Unit::Week,
            28..=31 => Unit::Month,
            89..=92 => Unit::Quarter,
            365 | 366 => Unit::Year,
            _ => return None,
        };
        let weekend = || series.iter().flatten().any(|d| d.weekday().to_monday_zero_offset() > 4);
        Some(if unit == Unit::Day && gaps.last() >= Some(&3) && gaps.len() >= 10 && !weekend() { Unit::Workday } else { unit })
    }
}
/// Days since 1970.
fn number(day: Date) -> i64 {
    crate::transactions::days_between(jiff::civil::date(1970, 1, 1), day)
}

/// How a series' steps are numbered and written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub(super) unit: Unit,
    /// On which day of the week weeks begin, counted from that of 1970-01-01.
    weekday: i64,
    /// Months, quarters and years are written by their last day.
    by_end: bool,
}
impl Calendar {
    /// As the file writes its days. `summed` weeks begin on Monday.
    pub(super) fn new(unit: Unit, days: &[Date], summed: bool) -> Calendar {
        let monday = 4;
        let weekday = if summed { monday } else { days.first().map_or(monday, |d| number(*d).rem_euclid(7)) };
        let by_end = !summed && !days.is_empty() && days.iter().all(|d| *d == d.last_of_month());
        Calendar { unit, weekday, by_end }
    }
    pub(super) fn step(self, day: Date) -> i64 {
        let months = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
        match self.unit {
            Unit::Day => number(day),
            Unit::Workday => {
                let monday = number(day) - i64::from(day.weekday().to_monday_zero_offset());
                // what falls on a weekend counts for the Friday
                (monday - 4).div_euclid(7) * 5 + i64::from(day.weekday().to_monday_zero_offset()).min(4)
            }
            Unit::Week => (number(day) - self.weekday).div_euclid(7),
            Unit::Month => months,
            Unit::Quarter => months.div_euclid(3),
            Unit::Year => i64::from(day.year()),
        }
    }
    /// The day that stands for a step; `None` beyond the calendar.
    pub(super) fn day(self, step: i64) -> Option<Date> {
        let from = |days: i64| jiff::civil::date(1970, 1, 1).checked_add(days.days()).ok();
        let month = |months: i64, length: i64| {
            let months = months + if self.by_end { length - 1 } else { 0 };
            let first = Date::new(months.div_euclid(12).try_into().ok()?, (months.rem_euclid(12) + 1).try_into().ok()?, 1).ok()?;
            Some(if self.by_end { first.last_of_month() } else { first })
        };
        // spans of more than the calendar's years are refused by panics of their constructors
        if step.abs() > 1_000_000 {
            return None;
        }
        match self.unit {
            Unit::Day => from(step),
            Unit::Workday => from(step.div_euclid(5) * 7 + step.rem_euclid(5) + 4),
            Unit::Week => from(step * 7 + self.weekday),
            Unit::Month => month(step, 1),
            Unit::Quarter => month(step * 3, 3),
            Unit::Year => month(step * 12, 12),
        }
    }
}
/// `2017`, `2017-03`, `2017M03`, `2017-Q1` as the first day of that time; others as they are.
pub(super) fn whole(cell: &str) -> String {
    let cell = cell.trim();
    let Some((year, rest)) = cell.split_at_checked(4).filter(|(year, _)| year.bytes().all(|b| b.is_ascii_digit())) else { return cell.to_owned() };
    let rest = rest.trim_start_matches(['-', '/', ' ']);
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() <= 2);
    let month = match rest.strip_prefix(['Q', 'q']) {
        Some(quarter) => number(quarter).filter(|q| (1..=4).contains(q)).map(|q| q * 3 - 2),
        None if rest.is_empty() => Some(1),
        None if cell.len() == 6 && !rest.starts_with(['M', 'm']) && !cell.contains(['-', '/', ' ']) => None,
        None => number(rest.trim_start_matches(['M', 'm'])).filter(|m| (1..=12).contains(m)),
    };
    month.map_or_else(|| cell.to_owned(), |m| format!("{year}-{m:02}-01"))
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Unit, whole};
    use jiff::civil::{Date, date};

    fn days(texts: &[&str]) -> Vec<Date> {
        texts.iter().map(|t| t.parse().unwrap()).collect()
    }
    #[test]
    fn the_step_is_told() {
        let of = |texts: &[&str]| Unit::of(&[days(texts)]);
        assert_eq!(of(&["2020-01-31", "2020-02-29", "2020-03-31"]), Some(Unit::Month));
        assert_eq!(of(&["2020-01-01", "2020-04-01", "2020-07-01"]), Some(Unit::Quarter));
        assert_eq!(of(&["2020-01-06", "2020-01-13", "2020-01-27"]), Some(Unit::Week));
        assert_eq!(of(&["2020-01-01", "2021-01-01"]), Some(Unit::Year));
        assert_eq!(of(&["2020-01-01", "2020-01-12", "2020-01-23"]), None);
        assert_eq!(of(&["2020-01-01"]), None);
        let work: Vec<Date> = (0..30).filter_map(|i| Calendar::new(Unit::Workday, &[], false).day(13_000 + i)).collect();
        assert_eq!(Unit::of(&[work]), Some(Unit::Workday));
    }
    #[test]
    fn steps_and_days_are_one() {
        for unit in [Unit::Day, Unit::Workday, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year] {
            for list in [days(&["2020-03-31", "2020-06-30"]), days(&["2020-01-01"])] {
                let calendar = Calendar::new(unit, &list, false);
                let step = calendar.step(date(2020, 3, 31));
                let day = calendar.day(step).unwrap();
                assert_eq!(calendar.step(day), step, "{unit:?} {day}");
                assert_eq!(calendar.step(calendar.day(step + 1).unwrap()), step + 1, "{unit:?}");
            }
        }
        let calendar = Calendar::new(Unit::Workday, &[], false);
        assert_eq!(calendar.day(calendar.step(date(2020, 1, 3)) + 1), Some(date(2020, 1, 6)));
        assert_eq!(Calendar::new(Unit::Month, &days(&["2020-01-31"]), false).day(2020 * 12 + 1), Some(date(2020, 2, 29)));
        assert_eq!(Calendar::new(Unit::Year, &[], true).day(i64::MAX), None);
        assert_eq!(Calendar::new(Unit::Week, &[], true).day(2_600).map(|d| d.weekday().to_monday_zero_offset()), Some(0));
    }
    #[test]
    fn times_without_a_day() {
        for (cell, day) in [
            ("2017", "2017-01-01"),
            ("2017-03", "2017-03-01"),
            ("2017M11", "2017-11-01"),
            ("2017-Q2", "2017-04-01"),
            ("2017Q4", "2017-10-01"),
            ("201703", "201703"),
            ("2017-13", "2017-13"),
            ("9/30/17", "9/30/17"),
            ("", ""),
        ] {
            assert_eq!(whole(cell), day);
        }
    }
}
