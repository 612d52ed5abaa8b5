//! Functions the two engines lack or spell differently.

use crate::Dialect;
use jiff::{Timestamp, tz::TimeZone};

/// First and last millisecond for which a local date has four digits in every zone: years 1 to 9999, two days inside.
const MIN_MS: i64 = -62_135_596_800_000 + 2 * 86_400_000;
const MAX_MS: i64 = 253_402_300_799_999 - 2 * 86_400_000;

/// The text of an expression giving the local date `YYYY-MM-DD` of `expr` (milliseconds since 1970 UTC) in the time
/// zone `tz_arg`, a placeholder or quoted literal holding an IANA name. Null stays null; a moment outside the years
/// 1 to 9999 is null. The zone must be checked with [`is_zone`] before: PostgreSQL takes names SQLite's function refuses.
pub fn local_date(dialect: Dialect, expr: &str, tz_arg: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("local_date({expr}, {tz_arg})"),
        Dialect::Postgres => format!(
            "CASE WHEN {expr} BETWEEN {MIN_MS} AND {MAX_MS} THEN \
             to_char((TIMESTAMPTZ 'epoch' + {expr} * INTERVAL '1 millisecond') AT TIME ZONE ({tz_arg})::text, 'YYYY-MM-DD') END"
        ),
    }
}

/// True if `name` is a time zone both engines know (IANA name such as `Europe/Berlin`, or `UTC`).
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The text of an expression for the number of the running transaction, to be kept in a column of a log that others
/// follow (the outbox). PostgreSQL gives out row numbers before the rows can be seen, so that a follower that keeps the
/// highest number it saw would miss the rows of a transaction that commits later: follow by `(transaction, number)`, up
/// to what is [`settled`]. On SQLite rows are seen in the order of their numbers, and this is 0.
pub fn transaction_number(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "0",
        Dialect::Postgres => "pg_catalog.pg_current_xact_id()::text::bigint",
    }
}

/// The text of a condition that holds for rows whose transaction, kept by [`transaction_number`] in `column`, and every
/// earlier one has ended: no row can appear before them any more.
pub fn settled(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => "1 = 1".into(),
        Dialect::Postgres => format!("{column} < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint"),
    }
}

/// The date behind SQLite's `local_date`.
pub(crate) fn date_in(ms: i64, zone: &TimeZone) -> Option<String> {
    if !(MIN_MS..=MAX_MS).contains(&ms) {
        return None;
    }
    let moment = Timestamp::from_millisecond(ms).ok()?;
    let date = zone.to_datetime(moment).date();
    Some(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()))
}
