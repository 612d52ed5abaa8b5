//! Dates as files write them. Whether the day or the month comes first is told from the whole column.

use jiff::civil::{Date, DateTime, Time};

/// How a column writes its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    day_first: bool,
    /// Nothing in the column told which of the two comes first.
    pub ambiguous: bool,
}
impl Style {
    /// From all cells of a column. A number over 12 tells; a dot between numbers is written day first everywhere.
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Style {
        let (mut day, mut month, mut open) = (false, false, false);
        for cell in cells {
            let Some(([a, b, _], mark)) = parts(cell) else { continue };
            if cell.as_bytes().iter().take_while(|b| b.is_ascii_digit()).count() == 4 {
                continue;
            }
            day |= a > 12 || mark == b'.';
            month |= b > 12;
            open |= a <= 12 && b <= 12 && mark != b'.';
        }
        Style { day_first: day && !month, ambiguous: open && !day && !month }
    }
    /// `2017-09-30`, `20170930`, `30.9.2017`, `9/30/17`, `30 Sep 2017`, each with or without a time of day behind it.
    #[must_use]
    pub fn read(self, cell: &str) -> Option<DateTime> {
        let cell = cell.trim();
        let (date, time) = match cell.find(['T', ' ']).filter(|at| cell[..*at].bytes().any(|b| b.is_ascii_digit()) && cell[at + 1..].contains(':')) {
            Some(at) => (&cell[..at], Some(&cell[at + 1..])),
            None => (cell.strip_suffix("T00").unwrap_or(cell), None),
        };
        // "30 Sep 2017 10:00" has blanks before its time
        let (date, time) = match (time, cell.rfind(' ')) {
            (Some(time), Some(last)) if !time.trim_start().starts_with(|c: char| c.is_ascii_digit()) || time.trim().contains(' ') && named(&cell[..last]).is_some() => {
                (&cell[..last], Some(&cell[last + 1..]))
            }
            _ => (date, time),
        };
        let day = self.day(date)?;
        Some(day.to_datetime(time.map_or(Some(Time::midnight()), clock)?))
    }
    fn day(self, text: &str) -> Option<Date> {
        let text = text.trim();
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            return date(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?);
        }
        let Some(([a, b, c], _)) = parts(text) else { return named(text) };
        let first = text.bytes().take_while(u8::is_ascii_digit).count();
        if first == 4 {
            return date(a, b, c);
        }
        let (day, month) = if self.day_first { (a, b) } else { (b, a) };
        date(century(c, text), month, day)
    }
}
/// A year of two digits lies within 1970 and 2069, as POSIX reads it (from 69 on the last century).
fn century(year: i64, text: &str) -> i64 {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    match (digits, year) {
        (2, 0..69) => 2_000 + year,
        (2, _) => 1_900 + year,
        _ => year,
    }
}
fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}
/// Three numbers with one and the same mark between them.
fn parts(text: &str) -> Option<([i64; 3], u8)> {
    let text = text.trim();
    let text = text.split_once(['T', ' ']).map_or(text, |(date, _)| date);
    let mark = text.bytes().find(|b| !b.is_ascii_digit()).filter(|b| matches!(b, b'-' | b'/' | b'.'))?;
    let numbers: Vec<i64> = text.split(mark as char).map(str::parse).collect::<Result<_, _>>().ok()?;
    Some((numbers.try_into().ok()?, mark))
}
/// `30 Sep 2017`, `30-Sep-17`, `Sep 30, 2017`.
fn named(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split([' ', '-', ',', '/']).filter(|w| !w.is_empty()).collect();
    let month_of = |word: &str| word.get(..3).and_then(|w| MONTHS.iter().position(|m| w.eq_ignore_ascii_case(m))).and_then(|i| i64::try_from(i + 1).ok());
    let [a, b, c] = words.as_slice() else { return None };
    let (day, month) = match (month_of(a), month_of(b)) {
        (None, Some(month)) => (a.parse().ok()?, month),
        (Some(month), None) => (b.parse().ok()?, month),
        _ => return None,
    };
    date(century(c.parse().ok()?, c), month, day)
}
fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let (text, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(before), _) => (before.trim().to_owned(), Some(0)),
        (_, Some(before)) => (before.trim().to_owned(), Some(12)),
        _ => (upper, None),
    };
    // a zone behind the time is not heeded: days are those that the file writes
    let end = text.find(['Z', '+', ' ']).or_else(|| text.rfind('-')).unwrap_or(text.len());
    let mut numbers = text[..end].split(':');
    let mut hour: i8 = numbers.next()?.parse().ok()?;
    if let Some(half) = half {
        hour = hour % 12 + half;
    }
    let minute: i8 = numbers.next()?.parse().ok()?;
    let second: i8 = numbers.next().map_or(Some(0), |s| s.split('.').next()?.parse().ok())?;
    Time::new(hour, minute, second.min(59), 0).ok()
}

#[cfg(test)]
mod tests {
    use super::Style;

    fn read(column: &[&str], cell: &str) -> Option<String> {
        Style::of(column.iter().copied()).read(cell).map(|t| t.to_string())
    }
    #[test]
    fn the_column_tells_what_comes_first() {
        assert_eq!(read(&["1/2/2017", "9/30/2017"], "1/2/2017").as_deref(), Some("2017-01-02T00:00:00"));
        assert_eq!(read(&["1/2/2017", "30/9/2017"], "1/2/2017").as_deref(), Some("2017-02-01T00:00:00"));
        assert_eq!(read(&["1.2.2017"], "1.2.2017").as_deref(), Some("2017-02-01T00:00:00"));
        assert!(Style::of(["1/2/2017"].into_iter()).ambiguous);
        assert!(!Style::of(["2017-01-02"].into_iter()).ambiguous);
    }
    #[test]
    fn many_ways_to_write_a_day() {
        for way in ["2017-09-30", "20170930", "30.9.2017", "9/30/17", "30 Sep 2017", "Sep 30, 2017", "30-Sep-17", "2017/09/30"] {
            assert_eq!(read(&[way], way).as_deref(), Some("2017-09-30T00:00:00"), "{way}");
        }
        for way in ["2017-09-30 14:05", "2017-09-30T14:05:00Z", "2017-09-30T14:05:00.5+02:00", "9/30/2017 2:05 PM", "30 Sep 2017 14:05"] {
            assert_eq!(read(&[way], way).as_deref(), Some("2017-09-30T14:05:00"), "{way}");
        }
        for odd in ["", "soon", "2017-13-01", "31/31/2017", "20171301", "12:30"] {
            assert_eq!(read(&[odd], odd), None, "{odd}");
        }
    }
}
