//! Ids and rows.
//!
//! An id is computed from the seed, the object and two numbers, so that any part of the world can refer to any other
//! without keeping it in memory. Its time is the day on which the customer came, so that the rows of one customer lie
//! together and new rows go to the end of the index.

use super::{
    calendar::{DAY_MS, Day, date_json, instant_json},
    rng::{hash, name_hash},
};
use kernel::RecordId;
use serde_json::{Map, Value as Json, json};

/// `n` counts within (object, group).
pub(super) fn record_id(seed: u64, object: &str, day: Day, group: u64, n: u64) -> RecordId {
    let tail = hash(&[seed, name_hash(object), group, n]).to_be_bytes();
    let [a, b, c, d, e, f, g, h] = tail;
    // Within a day ids ascend by group and number: twelve bits of each follow the time.
    let ms = i64::from(day) * DAY_MS + i64::try_from(group % 86_000_000).unwrap_or(0) / 4;
    let count = u16::try_from(n & 0x0fff).unwrap_or(0).to_be_bytes();
    RecordId::new(ms, [count[0], count[1], a, b, c, d, e, f, g, h])
}

/// One record on its way into a batch. Empty text and null are left out.
pub(super) struct Row(Map<String, Json>);

impl Row {
    pub(super) fn new(id: RecordId) -> Row {
        let mut map = Map::new();
        map.insert("id".into(), json!(id.to_string()));
        Row(map)
    }
    /// When the record was made and by whom, both in the past.
    pub(super) fn made(self, at_ms: i64, by: RecordId) -> Row {
        self.at("created_at", at_ms).link("created_by", by)
    }
    pub(super) fn owned(self, owner: RecordId, team: RecordId) -> Row {
        self.link("owner", owner).link("team", team)
    }
    pub(super) fn set(mut self, field: &str, value: impl Into<Json>) -> Row {
        let value = value.into();
        if !(value.is_null() || value.as_str() == Some("")) {
            self.0.insert(field.to_owned(), value);
        }
        self
    }
    pub(super) fn link(self, field: &str, id: RecordId) -> Row {
        self.set(field, id.to_string())
    }
    pub(super) fn maybe(self, field: &str, id: Option<RecordId>) -> Row {
        match id {
            Some(id) => self.link(field, id),
            None => self,
        }
    }
    /// A reference that may point at several objects.
    pub(super) fn any(self, field: &str, target: Option<(&str, RecordId)>) -> Row {
        match target {
            Some((object, id)) => self.set(field, json!({"object": object, "id": id.to_string()})),
            None => self,
        }
    }
    pub(super) fn links(self, field: &str, ids: &[RecordId]) -> Row {
        if ids.is_empty() { self } else { self.set(field, Json::Array(ids.iter().map(|id| json!(id.to_string())).collect())) }
    }
    pub(super) fn on(self, field: &str, day: Day) -> Row {
        self.set(field, date_json(day))
    }
    pub(super) fn maybe_on(self, field: &str, day: Option<Day>) -> Row {
        match day {
            Some(day) => self.on(field, day),
            None => self,
        }
    }
    pub(super) fn at(self, field: &str, ms: i64) -> Row {
        self.set(field, instant_json(ms))
    }
    pub(super) fn maybe_at(self, field: &str, ms: Option<i64>) -> Row {
        match ms {
            Some(ms) => self.at(field, ms),
            None => self,
        }
    }
    pub(super) fn into_map(self) -> Map<String, Json> {
        self.0
    }
}
