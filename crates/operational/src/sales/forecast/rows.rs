//! Whole lists and whole totals, page by page, under the asker's rights.

use kernel::{Currency, Error, Money, RecordId, Result};
use records::{Find, Tx};
use serde_json::{Map, Value as Json, json};

/// Records beyond this are a job, not an answer.
const MOST: usize = 200_000;
pub(crate) type Item = Map<String, Json>;

/// All live records that match and that the asker may read; only some of their fields.
///
/// # Errors
/// 400 where there are more than an answer holds.
pub(crate) fn rows(tx: &mut Tx, find: &Find, filter: &Json, fields: &[&str]) -> Result<Vec<Item>> {
    let mut find = Find { filter: Some(filter.clone()), limit: Some(500), fields: Some(fields.iter().map(|f| (*f).to_owned()).collect()), ..find.clone() };
    let mut out = Vec::new();
    loop {
        let page: Json = serde_json::from_slice(&tx.find(&find)?).map_err(|e| Error::internal(format!("a page cannot be read: {e}")))?;
        out.extend(page.get("items").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object).cloned());
        find.cursor = page.get("next_cursor").and_then(Json::as_str).map(str::to_owned);
        if find.cursor.is_none() {
            return Ok(out);
        }
        if out.len() > MOST {
            return Err(too_many());
        }
    }
}
pub(crate) fn too_many() -> Error {
    Error::parameter("team", "too_many_rows", format!("More than {MOST} records stand behind this. Narrow it by team or pipeline."))
}

/// Groups of a total: keys by name, and the measures in their order.
pub(crate) fn groups(tx: &mut Tx, object: &str, filter: &Json, group_by: &[&str], measures: &Json) -> Result<Vec<(Item, Vec<Json>)>> {
    let keys: Vec<Json> = group_by.iter().map(|field| json!({"field": field})).collect();
    let mut body = json!({"filter": filter, "group_by": keys, "measures": measures, "limit": 5_000});
    let mut out = Vec::new();
    loop {
        let page = tx.aggregate(object, &body)?;
        for item in page.get("items").and_then(Json::as_array).into_iter().flatten() {
            let key = item.get("key").and_then(Json::as_object).cloned().unwrap_or_default();
            let values = item.get("values").and_then(Json::as_array).cloned().unwrap_or_default();
            out.push((key, values));
        }
        match page.get("next_cursor").filter(|cursor| !cursor.is_null()) {
            Some(cursor) => body["cursor"] = cursor.clone(),
            None => return Ok(out),
        }
    }
}

pub(crate) fn text<'a>(item: &'a Item, field: &str) -> Option<&'a str> {
    item.get(field).and_then(Json::as_str)
}
pub(crate) fn id(item: &Item, field: &str) -> Option<RecordId> {
    text(item, field)?.parse().ok()
}
/// Minor units of an amount in that currency; none where it is empty.
pub(crate) fn minor(value: &Json, currency: Currency) -> Option<i64> {
    Money::parse(value.get("amount")?.as_str()?, currency).map(|money| money.minor)
}
/// An amount in its own currency.
pub(crate) fn money(value: &Json) -> Option<Money> {
    let currency = value.get("currency")?.as_str()?.parse().ok()?;
    Money::parse(value.get("amount")?.as_str()?, currency)
}
