use super::number::shown;
use super::{Coerced, Refusal, refuse};
use crate::import::detect::{DateReading, Form, Style, excel_serial, read_date};
use crate::import::reader::RawCell;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, TimestampRound, Unit};

/// `YYYY-MM-DD`. A time with a zone is first brought to the zone of the workspace.
pub(super) fn date(cell: &RawCell, style: &Style, zone: &TimeZone) -> Result<Coerced, Refusal> {
    let date = match read(cell)? {
        Read::Civil(at) => at.date(),
        Read::Reading(reading) => match instant(&reading, style)? {
            At::Instant(instant) => instant.to_zoned(zone.clone()).date(),
            At::Civil(at) => at.date(),
        },
    };
    in_range(date)?;
    Ok(Coerced::of(date.to_string()))
}

/// RFC 3339 with milliseconds and Z. A time without a zone is in the zone of the workspace; a day alone begins at midnight.
pub(super) fn date_time(cell: &RawCell, style: &Style, zone: &TimeZone) -> Result<Coerced, Refusal> {
    let instant = match read(cell)? {
        Read::Civil(at) => local(at, zone),
        Read::Reading(reading) => match instant(&reading, style)? {
            At::Instant(instant) => Some(instant),
            At::Civil(at) => local(at, zone),
        },
    };
    let Some(instant) = instant.and_then(|i| i.round(TimestampRound::new().smallest(Unit::Millisecond)).ok()) else {
        return refuse("wrong_type", "this time is out of range");
    };
    in_range(instant.to_zoned(TimeZone::UTC).date())?;
    Ok(Coerced::of(format!("{instant:.3}")))
}

/// The gap of a clock change takes the later time, the fold the earlier one.
fn local(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(at).compatible().ok()
}
fn in_range(date: Date) -> Result<(), Refusal> {
    match (1600..=9999).contains(&date.year()) {
        true => Ok(()),
        false => refuse("no_such_day", format!("{date} is no date of this era")),
    }
}

enum Read {
    Civil(DateTime),
    Reading(DateReading),
}
fn read(cell: &RawCell) -> Result<Read, Refusal> {
    Ok(match cell {
        RawCell::Date(date) => Read::Civil(date.at(0, 0, 0, 0)),
        RawCell::DateTime(at) => Read::Civil(*at),
        RawCell::Number(text) => match text.parse().ok().and_then(excel_serial) {
            Some(at) => Read::Civil(at),
            None => match read_date(text) {
                Some(reading) => Read::Reading(reading),
                None => return refuse("wrong_type", format!("{text} is no date")),
            },
        },
        RawCell::Text(text) => match read_date(text) {
            Some(reading) => Read::Reading(reading),
            None => return refuse("wrong_type", format!("{:?} is no date", shown(text))),
        },
        cell => return refuse("wrong_type", format!("a date is expected, not {:?}", shown(&cell.to_text()))),
    })
}

enum At {
    Instant(Timestamp),
    Civil(DateTime),
}
fn instant(reading: &DateReading, style: &Style) -> Result<At, Refusal> {
    if let Form::Epoch(ms) = reading.form {
        return match Timestamp::from_millisecond(ms) {
            Ok(instant) => Ok(At::Instant(instant)),
            Err(_) => refuse("wrong_type", "this time is out of range"),
        };
    }
    if let Form::Serial(days) = reading.form {
        return match excel_serial(days) {
            Some(at) => Ok(At::Civil(at)),
            None => refuse("wrong_type", format!("{days} is no date")),
        };
    }
    let Some(date) = reading.date(style.date) else {
        return refuse("no_such_day", "there is no such day in the order of day and month that this column has");
    };
    let at = reading.time.map_or_else(|| date.at(0, 0, 0, 0), |time| date.to_datetime(time));
    match &reading.zone {
        Some(zone) => match zone.instant(at) {
            Some(instant) => Ok(At::Instant(instant)),
            None => refuse("wrong_type", "this time is out of range"),
        },
        None => Ok(At::Civil(at)),
    }
}
