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
    Related { object: String, via: String, at_least: Option<i64>, inner: Box<Filter> },
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
            Filter::Related { object, via, at_least, inner } => {
                let mut out = json!({"related": object, "via": via});
                if let Some(n) = at_least {
                    out["count"] = json!({"op": "gte", "value": n});
                }
                if let Some(inner) = inner.json() {
                    out["where"] = inner;
                }
                out
            }
        })
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archived {
    Exclude,
    Include,
    Only,
}
/// What comes in pages.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    List { object: String },
    Groups { object: String, key: String },
    Search { word: String },
    Timeline { object: String, id: String },
    History { object: String, id: String },
    WhoCanSee { object: String, id: String },
}
impl Page {
    /// The door that shows all of it.
    pub(crate) fn whole(&self) -> Door {
        match self.clone() {
            Page::List { object } => {
                Door::List { object, filter: Filter::None, sort: None, archived: Archived::Exclude, fields: Some(vec!["id".into()]), include: vec![], past: false, limit: 500, estimate: false }
            }
            Page::Groups { object, key } => Door::Groups { object, distinct: key.clone(), key, sum: None, filter: Filter::None },
            Page::Search { word } => Door::Search { word },
            Page::Timeline { object, id } => Door::Timeline { object, id },
            Page::History { object, id } => Door::History { object, id },
            Page::WhoCanSee { object, id } => Door::WhoCanSee { object, id },
        }
    }
}
#[derive(Clone, Debug)]
pub(crate) enum Door {
    /// All pages, with everything in them, in their order, and the exact number.
    List {
        object: String,
        filter: Filter,
        sort: Option<(String, bool)>,
        archived: Archived,
        fields: Option<Vec<String>>,
        include: Vec<String>,
        past: bool,
        limit: u32,
        estimate: bool,
    },
    One {
        object: String,
        id: String,
        fields: Option<Vec<String>>,
        include: Vec<String>,
        past: bool,
    },
    Groups {
        object: String,
        key: String,
        distinct: String,
        sum: Option<String>,
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
    AddFile {
        object: String,
        id: String,
    },
    Definition {
        object: String,
    },
    /// Names of all objects, and what may be done with each.
    Objects,
    MyRights,
    ChangeDefinition {
        object: String,
    },
    ChangeSettings,
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
        atomic: bool,
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
        bulk: bool,
    },
    /// Creates a record that refers to another one: by id, or by a field of that one; alone or in bulk.
    CreateUnder {
        object: String,
        input: Json,
        reference: String,
        target: (String, String),
        by: Option<(String, String)>,
        bulk: Option<&'static str>,
    },
    Share {
        object: String,
        id: String,
        user: Option<String>,
        team: Option<String>,
        level: String,
    },
    Close {
        id: String,
        outcome: &'static str,
    },
    Reopen {
        id: String,
    },
    Convert {
        id: String,
        account: Customer,
        contact: Option<String>,
        deal: bool,
    },
    /// A mass change of the system, looked at and taken back by the asker.
    Undo {
        object: String,
        ids: Vec<String>,
        field: String,
        force: bool,
    },
    /// A file of records, then asked for by somebody else too.
    Export {
        object: String,
        fields: Option<Vec<String>>,
        filter: Filter,
        thief: Asker,
    },
    /// A cursor of the asker, used by somebody else.
    StolenCursor {
        page: Page,
        thief: Asker,
    },
    /// Two records into one.
    Merge {
        object: String,
        winner: String,
        loser: String,
    },
    /// What the asker heard while records changed: object, id, version and what, one after the other.
    Heard {
        changes: Vec<(String, String, i64, &'static str)>,
    },
}
impl Door {
    /// The record that is asked for.
    pub(crate) fn about(&self) -> Option<(&str, &str)> {
        Some(match self {
            Door::One { object, id, .. }
            | Door::Timeline { object, id }
            | Door::History { object, id }
            | Door::Merge { object, winner: id, .. }
            | Door::WhoCanSee { object, id }
            | Door::Files { object, id }
            | Door::AddFile { object, id }
            | Door::Update { object, id, .. }
            | Door::Archive { object, id }
            | Door::Restore { object, id }
            | Door::Share { object, id, .. } => (object, id),
            Door::Close { id, .. } | Door::Reopen { id } => ("opportunity", id),
            Door::Convert { id, .. } => ("lead", id),
            Door::BulkUpdate { object, ids, .. } => (object, ids.first()?),
            _ => return None,
        })
    }
}
/// Which account a conversion leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Customer {
    /// Of the lead's company.
    Made,
    Nothing,
    Known(String),
}
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) asker: Asker,
    pub(crate) door: Door,
}
