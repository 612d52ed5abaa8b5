//! Functions registered on every connection.

use crate::functions::date_in;
use jiff::tz::TimeZone;
use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
};
use std::sync::Mutex;

/// `local_date(ms INTEGER, tz TEXT) -> TEXT`. Declared deterministic: within one statement it is, and no index uses it.
pub(super) fn register(raw: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    // a report asks one zone a million times: keep the last one
    let last: Mutex<Option<(String, TimeZone)>> = Mutex::new(None);
    raw.create_scalar_function("local_date", 2, flags, move |ctx: &Context<'_>| {
        let Some(ms) = ctx.get::<Option<i64>>(0)? else { return Ok(None) };
        let name = ctx.get_raw(1).as_str()?;
        let mut last = crate::store::lock(&last);
        if let Some((known, zone)) = &*last
            && known == name
        {
            return Ok(date_in(ms, zone));
        }
        let zone = TimeZone::get(name).map_err(|_unknown| user_error("local_date: unknown time zone"))?;
        let date = date_in(ms, &zone);
        *last = Some((name.to_owned(), zone));
        Ok(date)
    })
}

fn user_error(text: &str) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(text.into())
}
