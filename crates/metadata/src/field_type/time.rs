use super::{Refusal, text::kind_of};
use crate::value::Value;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value as Json;

fn word<'a>(json: &'a Json, what: &str) -> Result<&'a str, Refusal> {
    json.as_str().ok_or_else(|| ("wrong_type", format!("{what} is expected, not {}.", kind_of(json))))
}
/// `YYYY-MM-DD`, years 1 to 9999.
pub(super) fn date(json: &Json) -> Result<Value, Refusal> {
    let text = word(json, "A date")?;
    let sound = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match text.parse::<Date>() {
        Ok(date) if sound && date.year() > 0 => Ok(Value::Date(date)),
        _ => Err(("bad_date", "This is not a date. Write it like 2026-11-21.".into())),
    }
}
pub(super) fn date_time(json: &Json) -> Result<Value, Refusal> {
    let text = word(json, "A date with time")?;
    parse_date_time(text).map(Value::DateTime).ok_or_else(|| ("bad_date_time", "This is not a date with time. Write it like 2026-11-21T09:30:00Z.".into()))
}
/// Milliseconds since 1970 UTC of an RFC 3339 instant; a bare date is its start in UTC.
pub fn parse_date_time(text: &str) -> Option<i64> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        let ms = instant.as_millisecond();
        return (-62_135_596_800_000..=253_402_300_799_999).contains(&ms).then_some(ms);
    }
    let date: Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
    date.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().as_millisecond())
}
/// Writes `2026-11-21T09:30:00.000Z`.
pub fn write_date_time(ms: i64, out: &mut Vec<u8>) {
    use std::io::Write;
    let Ok(instant) = Timestamp::from_millisecond(ms) else { return };
    let t = TimeZone::UTC.to_datetime(instant);
    let Ok(year @ 0..=9_999) = u16::try_from(t.year()) else {
        let _infallible = write!(out, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second(), t.millisecond());
        return;
    };
    // By hand: a list of 50 has hundreds of instants, and the formatting machinery costs several times the digits.
    let small = |n: i8| u16::try_from(n).unwrap_or(0);
    let parts = [(4, year), (2, small(t.month())), (2, small(t.day())), (2, small(t.hour())), (2, small(t.minute())), (2, small(t.second())), (3, u16::try_from(t.millisecond()).unwrap_or(0))];
    for ((digits, mut n), behind) in parts.into_iter().zip(*b"--T::.Z") {
        let mut text = [b'0'; 4];
        for slot in text.iter_mut().rev() {
            *slot = b'0' + u8::try_from(n % 10).unwrap_or(0);
            n /= 10;
        }
        out.extend_from_slice(text.get(4 - digits..).unwrap_or_default());
        out.push(behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn instants_round_trip() {
        for (text, back) in [("2026-11-21T09:30:00Z", "2026-11-21T09:30:00.000Z"), ("2026-11-21T10:30:00.5+01:00", "2026-11-21T09:30:00.500Z"), ("2017-03-01", "2017-03-01T00:00:00.000Z")] {
            let mut out = Vec::new();
            write_date_time(parse_date_time(text).unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), back);
        }
        assert_eq!(parse_date_time("2026-13-01"), None);
        assert_eq!(parse_date_time("yesterday"), None);
    }
}
