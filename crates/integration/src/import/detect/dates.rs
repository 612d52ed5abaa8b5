//! Reads one date, with or without a time and a zone, as far as it can be read without its column.

use super::months::{is_weekday, month};
use super::zones::Zone;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// The order of the parts of a date made of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    Ymd,
    Dmy,
    Mdy,
}

/// What is certain about the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// One meaning only: `2024-03-12`, `12 March 2024`, `20240312`.
    Fixed(Date),
    /// Two numbers and a year: day and month stand in an order that the column decides. Dots mean day first by custom.
    Numeric { first: i8, second: i8, year: i16, dotted: bool },
    /// A number that Excel shows as a date; days since 30 December 1899.
    Serial(f64),
    /// Seconds since 1970, in milliseconds.
    Epoch(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub struct DateReading {
    pub form: Form,
    pub time: Option<Time>,
    pub zone: Option<Zone>,
}
impl DateReading {
    /// The day, given the order of the column; `None`: there is no such day.
    pub fn date(&self, order: DateOrder) -> Option<Date> {
        match self.form {
            Form::Fixed(date) => Some(date),
            Form::Numeric { first, second, year, .. } => match order {
                DateOrder::Mdy => Date::new(year, first, second).ok(),
                _ => Date::new(year, second, first).ok(),
            },
            Form::Serial(days) => excel_serial(days).map(|at| at.date()),
            Form::Epoch(ms) => jiff::Timestamp::from_millisecond(ms).ok().map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date()),
        }
    }
    pub fn is_day_under(&self, order: DateOrder) -> bool {
        self.date(order).is_some()
    }
}

/// Excel's day number (1900 system) with its fraction of a day; numbers before 1927 and after 2119 are no dates in
/// practice: a year such as 2024 must not become a day of 1905.
pub fn excel_serial(days: f64) -> Option<jiff::civil::DateTime> {
    if !(10_000.0..80_000.0).contains(&days) {
        return None;
    }
    let day = jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(days.trunc() as i64)).ok()?;
    let seconds = (days.fract() * 86_400.0).round() as i64;
    day.at(0, 0, 0, 0).checked_add(jiff::Span::new().seconds(seconds)).ok()
}

/// Reads a date; `None`: it is none.
pub fn read_date(text: &str) -> Option<DateReading> {
    let text = text.trim();
    if text.len() < 5 || text.len() > 64 || !text.bytes().any(|b| b.is_ascii_digit()) || text.contains('@') {
        return None;
    }
    if let Some(found) = compact(text) {
        return Some(found);
    }
    let (day, time) = cut_time(text);
    let mut clock = None;
    let mut late_year = None;
    if let Some(time) = time {
        let (found, rest) = read_time(time)?;
        let (found, rest) = half_day(found, rest)?;
        let (rest, year) = trailing_year(rest);
        late_year = year;
        let zone = match rest.trim() {
            "" => None,
            rest => Some(Zone::parse(rest)?),
        };
        clock = Some((found, zone));
    }
    let form = read_day(day, late_year)?;
    let (time, zone) = clock.map_or((None, None), |(t, z)| (Some(t), z));
    Some(DateReading { form, time, zone })
}

/// Digits alone, perhaps with a fraction: `20240312`, `20240312T091400Z`, seconds or milliseconds since 1970, Excel's numbers.
fn compact(text: &str) -> Option<DateReading> {
    let plain = |form| Some(DateReading { form, time: None, zone: None });
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (head, tail) = text.split_at(digits);
    match (digits, tail) {
        (8, "") => plain(Form::Fixed(eight(head)?)),
        (8, tail) if tail.starts_with(['T', 't']) && tail.len() >= 5 && tail.as_bytes()[1..5].iter().all(u8::is_ascii_digit) => {
            let clock = tail[1..].bytes().take_while(u8::is_ascii_digit).count();
            let (clock, zone) = tail[1..].split_at(clock);
            let part = |at: usize| clock.get(at..at + 2).unwrap_or("0").parse().ok();
            let time = Time::new(part(0)?, part(2)?, part(4)?, 0).ok()?;
            let zone = if zone.is_empty() { None } else { Some(Zone::parse(zone)?) };
            Some(DateReading { form: Form::Fixed(eight(head)?), time: Some(time), zone })
        }
        (10, "") => plain(Form::Epoch(head.parse::<i64>().ok()?.checked_mul(1000)?)),
        (13, "") => plain(Form::Epoch(head.parse().ok()?)),
        (5, tail) if tail.is_empty() || (tail.starts_with(['.', ',']) && tail.len() > 1 && tail[1..].bytes().all(|b| b.is_ascii_digit())) => {
            let days: f64 = text.replace(',', ".").parse().ok()?;
            excel_serial(days)?;
            plain(Form::Serial(days))
        }
        _ => None,
    }
}
fn eight(digits: &str) -> Option<Date> {
    let year: i16 = digits[..4].parse().ok()?;
    if !(1800..2200).contains(&year) {
        return None;
    }
    Date::new(year, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// Cuts before the hour of the first `hh:mm`.
fn cut_time(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else { return (text, None) };
    let digits = text[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = colon - digits;
    let day = text[..start].trim_end_matches(|c: char| c.is_whitespace() || c == ',' || c == 'T' || c == 't' || c == '-' || c == '\u{b7}' || c == '|');
    let folded = day.to_lowercase();
    let day = ["um", "at", "à", "om"].iter().find_map(|w| folded.strip_suffix(w).filter(|r| r.ends_with(char::is_whitespace)).and_then(|r| day.get(..r.len()))).unwrap_or(day);
    (day.trim_end_matches(|c: char| c.is_whitespace() || c == ','), Some(&text[start..]))
}

/// `9:14`, `09:14:05`, `09:14:05.123`; what follows is left over.
fn read_time(text: &str) -> Option<(Time, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let number = |at: &mut usize| -> Option<i8> {
        let size = bytes[*at..].iter().take(2).take_while(|b| b.is_ascii_digit()).count();
        let value = text[*at..*at + size].parse().ok()?;
        *at += size;
        Some(value)
    };
    let hour = number(&mut at)?;
    at += usize::from(bytes.get(at) == Some(&b':'));
    let minute = number(&mut at)?;
    let mut second = 0;
    let mut nanos = 0;
    if bytes.get(at) == Some(&b':') {
        at += 1;
        second = number(&mut at)?;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            at += 1;
            let size = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            let digits = &text[at..at + size.min(9)];
            nanos = digits.parse::<i32>().ok()? * 10i32.pow(9 - digits.len() as u32);
            at += size;
        }
    }
    let second = second.min(59); // a leap second
    let (hour, minute, second) = if (hour, minute, second) == (24, 0, 0) { (0, 0, 0) } else { (hour, minute, second) };
    Some((Time::new(hour, minute, second, nanos).ok()?, &text[at..]))
}

fn half_day(time: Time, rest: &str) -> Option<(Time, &str)> {
    let trimmed = rest.trim_start();
    let letters: String = trimmed.chars().take_while(|c| c.is_alphabetic() || *c == '.').collect();
    let afternoon = match letters.to_lowercase().replace('.', "").as_str() {
        "am" => false,
        "pm" => true,
        "uhr" | "h" => return Some((time, &trimmed[letters.len()..])),
        _ => return Some((time, rest)),
    };
    let hour = match (time.hour(), afternoon) {
        (hour @ 1..=11, true) => hour + 12,
        (12, false) => 0,
        (hour @ 0..=12, _) => hour,
        (hour, true) => hour, // `14:30 PM`
        _ => return None,
    };
    Some((time.with().hour(hour).build().ok()?, &trimmed[letters.len()..]))
}

/// `Tue Mar 12 10:00:00 CET 2024`: what Java and C print.
fn trailing_year(rest: &str) -> (&str, Option<i16>) {
    let trimmed = rest.trim_end();
    match trimmed.rsplit_once(' ') {
        Some((before, year)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => (before, year.parse().ok()),
        None if trimmed.len() == 4 && trimmed.bytes().all(|b| b.is_ascii_digit()) => ("", trimmed.parse().ok()),
        _ => (rest, None),
    }
}

enum Part {
    Number { value: i16, digits: usize },
    Month(i8),
}
/// The parts of a day, cut at separators; weekdays, ordinal endings and little words fall away.
fn parts(text: &str) -> Option<(Vec<Part>, bool)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    let mut dotted = false;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let size = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest[..size].parse().ok()?;
            found.push(Part::Number { value, digits: size });
            rest = &rest[size..];
            if let Some(ordinal) =
                ["st", "nd", "rd", "th", "er", "º", "ª"].iter().find(|o| rest.get(..o.len()).is_some_and(|r| r.eq_ignore_ascii_case(o)) && !rest[o.len()..].starts_with(char::is_alphabetic))
            {
                rest = &rest[ordinal.len()..];
            }
        } else if c.is_alphabetic() {
            let size = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let word = kernel::fold(&rest[..size]);
            match month(&word) {
                Some(number) => found.push(Part::Month(number)),
                None if is_weekday(&word) || ["de", "del", "of", "den", "le", "the", "年", "月", "日"].contains(&word.as_str()) => {}
                None => return None,
            }
            rest = &rest[size..];
        } else if matches!(c, '/' | '-' | '.' | ',' | '\'' | '’' | '\u{2010}'..='\u{2014}') || c.is_whitespace() {
            dotted |= c == '.';
            rest = &rest[c.len_utf8()..];
        } else {
            return None;
        }
    }
    Some((found, dotted))
}

fn read_day(text: &str, late_year: Option<i16>) -> Option<Form> {
    // A minus or an address part is no date: `-1-2-3`, `10.0.0.1`.
    if text.starts_with(['-', '+', '.', ',', '/']) {
        return None;
    }
    let (mut found, dotted) = parts(text)?;
    if let Some(year) = late_year {
        found.push(Part::Number { value: year, digits: 4 });
    }
    let year_of = |value: i16, digits: usize| match digits {
        4 => (1600..2500).contains(&value).then_some(value),
        2 => Some(if value < 69 { 2000 + value } else { 1900 + value }), // POSIX
        _ => None,
    };
    let day = |value: i16| i8::try_from(value).ok();
    match found.as_slice() {
        [Part::Number { value: year, digits: 4 }, Part::Number { value: month, .. }, Part::Number { value: date, .. }] => {
            Date::new(year_of(*year, 4)?, day(*month)?, day(*date)?).ok().map(Form::Fixed)
        }
        // A two-digit year that cannot be a day: `99-12-31`.
        [Part::Number { value: year @ 32..=99, digits: 2 }, Part::Number { value: month, .. }, Part::Number { value: date, digits: 1 | 2 }] => {
            Date::new(year_of(*year, 2)?, day(*month)?, day(*date)?).ok().map(Form::Fixed)
        }
        [Part::Number { value: first, digits: 1 | 2 }, Part::Number { value: second, digits: 1 | 2 }, Part::Number { value: year, digits }] => {
            let form = Form::Numeric { first: day(*first)?, second: day(*second)?, year: year_of(*year, *digits)?, dotted };
            let reading = DateReading { form, time: None, zone: None };
            (reading.is_day_under(DateOrder::Dmy) || reading.is_day_under(DateOrder::Mdy)).then_some(form)
        }
        [Part::Month(month), Part::Number { value: date, digits: 1 | 2 }, Part::Number { value: year, digits }]
        | [Part::Number { value: date, digits: 1 | 2 }, Part::Month(month), Part::Number { value: year, digits }]
        | [Part::Number { value: year, digits: digits @ 4 }, Part::Month(month), Part::Number { value: date, .. }] => Date::new(year_of(*year, *digits)?, *month, day(*date)?).ok().map(Form::Fixed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, order: DateOrder) -> Option<String> {
        let reading = read_date(text)?;
        let date = reading.date(order)?;
        let time = reading.time.map(|t| format!(" {t}")).unwrap_or_default();
        Some(format!("{date}{time}{}", if reading.zone.is_some() { " zoned" } else { "" }))
    }

    #[test]
    fn one_meaning_only() {
        for (text, expected) in [
            ("2024-03-12", "2024-03-12"),
            ("2024/3/2", "2024-03-02"),
            ("2024.03.12.", "2024-03-12"),
            ("20240312", "2024-03-12"),
            ("2024-03-12T09:14:00Z", "2024-03-12 09:14:00 zoned"),
            ("2024-03-12T09:14:00.000+0000", "2024-03-12 09:14:00 zoned"),
            ("2024-03-12 09:14", "2024-03-12 09:14:00"),
            ("20240312T091400Z", "2024-03-12 09:14:00 zoned"),
            ("12 March 2024", "2024-03-12"),
            ("12. März 2024", "2024-03-12"),
            ("Tue, 12 Mar 2024 10:00:00 +0100", "2024-03-12 10:00:00 zoned"),
            ("Tue Mar 12 10:00:00 CET 2024", "2024-03-12 10:00:00 zoned"),
            ("Mar 12, 2024 02:30 PM", "2024-03-12 14:30:00"),
            ("March 3rd, 2024", "2024-03-03"),
            ("12-Mar-24", "2024-03-12"),
            ("Mittwoch, 13. März 2024 um 8:05 Uhr", "2024-03-13 08:05:00"),
            ("3 de marzo de 2024", "2024-03-03"),
            ("1er août 2023", "2023-08-01"),
            ("45363", "2024-03-12"),
            ("1710234840", "2024-03-12"),
            ("1710234840000", "2024-03-12"),
            ("99-12-31", "1999-12-31"),
        ] {
            assert_eq!(at(text, DateOrder::Dmy).as_deref(), Some(expected), "{text}");
            assert_eq!(at(text, DateOrder::Mdy).as_deref(), Some(expected), "{text}");
        }
    }
    #[test]
    fn two_meanings() {
        for (text, dmy, mdy) in [
            ("03/04/2024", Some("2024-04-03"), Some("2024-03-04")),
            ("3/4/24", Some("2024-04-03"), Some("2024-03-04")),
            ("13/04/2024", Some("2024-04-13"), None),
            ("04-13-2024", None, Some("2024-04-13")),
            ("3/15/2024 2:30 PM", None, Some("2024-03-15 14:30:00")),
            ("31.12.1999", Some("1999-12-31"), None),
            ("1. 2. 2024", Some("2024-02-01"), Some("2024-01-02")),
            ("03/04/2024 12:00 AM", Some("2024-04-03 00:00:00"), Some("2024-03-04 00:00:00")),
        ] {
            assert_eq!((at(text, DateOrder::Dmy).as_deref(), at(text, DateOrder::Mdy).as_deref()), (dmy, mdy), "{text}");
        }
    }
    #[test]
    fn no_dates() {
        for text in [
            "",
            "2024",
            "1.5",
            "12345678901",
            "10.0.0.1",
            "99999999",
            "31/31/2024",
            "Ada 12 2024",
            "2024-13-01",
            "-1-2-2024",
            "1-2",
            "555-1234",
            "5/2024",
            "12:30",
            "2024-02-30",
            "March",
            "0000-00-00",
            "1,234.56",
        ] {
            assert_eq!(read_date(text).and_then(|r| r.date(DateOrder::Dmy).or(r.date(DateOrder::Mdy))), None, "{text}");
        }
    }
}
