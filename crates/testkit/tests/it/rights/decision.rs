//! One question to one door.

use serde_json::Value as Json;
use testkit::policy::Asker;

#[derive(Clone, Debug)]
pub(crate) enum Filter {
    None,
    Eq(String, Json),
    Ne(String, Json),
    Empty(String, bool),
    Contains(String, String),
    Mine,
    Related { object: String, via: String, at_least: Option<i64> },
}
impl Filter {
    pub(crate) fn json(&self) -> Option<Json> {
        use serde_json::json;
        Some(match self {
            Filter::None => return None,
            Filter::Eq(path, value) => json!({"field": path, "op": "eq", "value": value}),
            Filter::Ne(path, value) => json!({"field": path, "op": "ne", "value": value}),
            Filter::Empty(path, yes) => json!({"field": path, "op": "is_empty", "value": yes}),
            Filter::Contains(path, word) => json!({"field": path, "op": "contains", "value": word}),
            Filter::Mine => json!({"field": "owner", "op": "eq", "value": {"me": true}}),
            Filter::Related { object, via, at_least: None } => json!({"related": object, "via": via}),
            Filter::Related { object, via, at_least: Some(n) } => json!({"related": object, "via": via, "count": {"op": "gte", "value": n}}),
        })
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archived {
    Exclude,
    Include,
    Only,
}
#[derive(Clone, Debug)]
pub(crate) enum Door {
    /// All pages, with everything in them, in their order, and the exact number.
    List {
        object: String,
        filter: Filter,
        sort: Option<(String, bool)>,
        archived: Archived,
        include: Option<String>,
        past: bool,
        limit: u32,
    },
    One {
        object: String,
        id: String,
        include: Option<String>,
        past: bool,
    },
    Groups {
        object: String,
        key: String,
        distinct: String,
        filter: Filter,
    },
    Search {
        word: String,
    },
    Timeline {
        object: String,
        id: String,
    },
    History {
        object: String,
        id: String,
    },
    WhoCanSee {
        object: String,
        id: String,
    },
    Files {
        object: String,
        id: String,
    },
    FileOut {
        id: String,
    },
    Definition {
        object: String,
    },
    Update {
        object: String,
        id: String,
        field: String,
        value: Json,
    },
    Archive {
        object: String,
        id: String,
    },
    Restore {
        object: String,
        id: String,
    },
    BulkUpdate {
        object: String,
        ids: Vec<String>,
        field: String,
        value: Json,
    },
    BulkArchive {
        object: String,
        ids: Vec<String>,
    },
    Upsert {
        object: String,
        external_id: String,
        field: String,
        value: Json,
    },
    /// Creates a record that refers to another one: by id, or by that one's external id.
    CreateUnder {
        object: String,
        input: Json,
        reference: String,
        target: (String, String),
        by_external_id: Option<String>,
    },
    Share {
        object: String,
        id: String,
        user: Option<String>,
        team: Option<String>,
        level: String,
    },
    /// A cursor of the asker, used by somebody else.
    StolenCursor {
        object: String,
        thief: Asker,
    },
}
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) asker: Asker,
    pub(crate) door: Door,
}
