//! Pages as SCIM counts them: from 1, by number.

use super::LIST;
use kernel::{Error, Result};
use records::{CountMode, Find, Tx};
use serde_json::{Map, Value as Json, json};

/// Resources of a page at most.
pub(super) const MOST: usize = 200;
const DEFAULT: usize = 100;
/// Records of one question at most.
const BITE: u32 = 500;

/// Which page, from the query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    start: usize,
    count: usize,
}

impl Page {
    pub(super) fn read(start: Option<&str>, count: Option<&str>) -> Result<Page> {
        let number = |name: &str, text: Option<&str>| text.map(|text| text.parse::<i64>().map_err(|_| Error::parameter(name, "bad_number", format!("{name} is a whole number.")))).transpose();
        // RFC 7644, 3.4.2.4: below 1 means 1, a negative count means 0
        let start = number("startIndex", start)?.unwrap_or(1).max(1);
        let count = number("count", count)?.map_or(DEFAULT, |n| usize::try_from(n.max(0)).unwrap_or(MOST));
        Ok(Page { start: usize::try_from(start).unwrap_or(usize::MAX), count: count.min(MOST) })
    }

    pub(super) fn answer(self, total: usize, resources: Vec<Json>) -> Json {
        json!({ "schemas": [LIST], "totalResults": total, "startIndex": self.start, "itemsPerPage": resources.len(), "Resources": resources })
    }

    /// The records of the page among those that `keep` keeps, and how many there are in all.
    pub(super) fn of(self, tx: &mut Tx, object: &str, filter: &Json, keep: impl Fn(&Map<String, Json>) -> bool) -> Result<(usize, Vec<Map<String, Json>>)> {
        let (mut total, mut out) = (0, Vec::new());
        all(tx, object, filter, |record| {
            if keep(&record) {
                total += 1;
                if total >= self.start && out.len() < self.count {
                    out.push(record);
                }
            }
        })?;
        Ok((total, out))
    }
}

/// Hands out every record for which the filter holds, oldest first.
pub(super) fn all(tx: &mut Tx, object: &str, filter: &Json, mut take: impl FnMut(Map<String, Json>)) -> Result<()> {
    let mut cursor = None;
    loop {
        let find = Find { object: object.to_owned(), filter: Some(filter.clone()), sort: vec!["created_at".into()], limit: Some(BITE), cursor, count: CountMode::None, ..Find::default() };
        let mut found: Json = serde_json::from_slice(&tx.find(&find)?).map_err(|e| Error::internal(format!("a list is no JSON: {e}")))?;
        for item in found["items"].as_array_mut().map(std::mem::take).unwrap_or_default() {
            if let Json::Object(record) = item {
                take(record);
            }
        }
        match found["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Page};

    #[test]
    fn pages_are_read_leniently_as_the_standard_says() {
        let page = |start, count| Page::read(start, count).map(|p| (p.start, p.count));
        assert_eq!(page(None, None).unwrap(), (1, 100));
        assert_eq!(page(Some("0"), Some("-3")).unwrap(), (1, 0));
        assert_eq!(page(Some("11"), Some("100000")).unwrap(), (11, MOST));
        assert!(page(Some("x"), None).is_err());
    }
}
