//! The question of a list, from a query string or from a body: the same words, the same meaning.

use crate::input::{
    query::Params,
    shape::{LIMIT_MAX, instant, word, wrong},
};
use kernel::{Error, Result};
use metadata::Archived;
use records::{CountMode, Find, Get, Paging};
use serde_json::{Map, Value as Json};

pub(crate) fn from_query(object: String, q: &Params) -> Result<Find> {
    Ok(Find {
        object,
        filter: q.json("filter")?,
        sort: q.list("sort")?.unwrap_or_default(),
        limit: q.limit()?,
        cursor: q.text("cursor").map(str::to_owned),
        fields: q.list("fields")?,
        include: q.list("include")?.unwrap_or_default(),
        count: count(q.text("count")),
        archived: archived(q.text("archived")),
        as_of: q.instant("as_of")?,
    })
}

/// # Errors
/// 400 naming the member that cannot be read or is unknown.
pub(crate) fn from_body(object: String, body: &Map<String, Json>) -> Result<Find> {
    const KNOWN: [&str; 9] = ["filter", "sort", "limit", "cursor", "fields", "include", "count", "archived", "as_of"];
    if let Some(odd) = body.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(Error::parameter(odd, "unknown_parameter", format!("\"{odd}\" is not a parameter here; there are {}.", KNOWN.join(", "))));
    }
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    let text = |name: &str| given(name).map(|v| v.as_str().ok_or_else(|| wrong(name, "text"))).transpose();
    let list = |name: &str| given(name).map(|v| texts(v).ok_or_else(|| wrong(name, "a list of names"))).transpose();
    let limit =
        given("limit").map(|v| v.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=LIMIT_MAX).contains(n)).ok_or_else(|| wrong("limit", &format!("a whole number from 1 to {LIMIT_MAX}"))));
    for (name, words) in [("count", &["exact", "estimate"][..]), ("archived", &["exclude", "include", "only"])] {
        if let Some(value) = text(name)? {
            word(name, value, words)?;
        }
    }
    Ok(Find {
        object,
        filter: given("filter").cloned(),
        sort: list("sort")?.unwrap_or_default(),
        limit: limit.transpose()?,
        cursor: text("cursor")?.map(str::to_owned),
        fields: list("fields")?,
        include: list("include")?.unwrap_or_default(),
        count: count(text("count")?),
        archived: archived(text("archived")?),
        as_of: text("as_of")?.map(|value| instant("as_of", value)).transpose()?,
    })
}

/// What a single record is read with.
pub(crate) fn get(q: &Params) -> Result<Get> {
    Ok(Get { fields: q.list("fields")?, include: q.list("include")?.unwrap_or_default(), as_of: q.instant("as_of")? })
}
pub(crate) fn paging(q: &Params) -> Result<Paging> {
    Ok(Paging { limit: q.limit()?, cursor: q.text("cursor").map(str::to_owned) })
}

fn texts(value: &Json) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().filter(|text| !text.is_empty()).map(str::to_owned)).collect()
}
fn count(word: Option<&str>) -> CountMode {
    match word {
        Some("exact") => CountMode::Exact,
        Some("estimate") => CountMode::Estimate,
        _ => CountMode::None,
    }
}
fn archived(word: Option<&str>) -> Archived {
    match word {
        Some("include") => Archived::Include,
        Some("only") => Archived::Only,
        _ => Archived::Exclude,
    }
}
