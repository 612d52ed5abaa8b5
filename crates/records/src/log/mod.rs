//! The log of what was done with rights and with data: who signed in, who read and searched what, what left, who granted
//! what, who changed settings and definitions. Entries are only ever appended; each is a leaf of a Merkle tree (RFC 9162),
//! and the tree's root, signed, can be kept where nobody who can change the database can change it too. Entries hold ids
//! and names of fields; what is personal in them is sealed under a person's key, so that an erasure breaks no proof.

mod append;
mod ask;
mod heads;
mod note;
mod tree;
mod verify;

pub use ask::LogQuestion;
pub use note::Head;
pub use verify::{Finding, Verified};

use kernel::RecordId;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// Every kind of entry there is, with what it says.
pub const LOG_KINDS: [(&str, &str); 14] = [
    ("sign_in", "Somebody signed in."),
    ("sign_in_refused", "A sign-in was refused."),
    ("sign_in_means", "A password, second factor, token or session was made, changed or ended."),
    ("read", "Records were shown to a person or handed to a program, gathered over some minutes."),
    ("search", "Somebody searched; the words are kept as a keyed hash."),
    ("log_read", "Somebody read this log."),
    ("disclosure", "Data left: an export, a file, a copy, a backup."),
    ("grant", "A person, team, role or share was changed: who may do what."),
    ("definition", "An object or field was made or changed."),
    ("setting", "A setting was changed."),
    ("mass_change", "An import, bulk change, merge or undo began."),
    ("erasure", "A person was erased."),
    ("restore", "The workspace was put back to what a backup holds."),
    ("paused", "Somebody read far more than usual, and was paused."),
];

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    WhoeverActs,
    User(RecordId),
    Nobody,
}

/// Under this name's key stands what is personal about people whom nobody knows, such as the address from which they tried
/// to sign in.
pub const STRANGER: RecordId = RecordId::fixed(0);

/// An entry on its way into the log.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub(crate) kind: &'static str,
    pub(crate) by: By,
    pub(crate) via: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) record: Option<String>,
    pub(crate) detail: Map<String, Json>,
    pub(crate) sealed: Option<(RecordId, Json)>,
    pub(crate) seen: BTreeSet<RecordId>,
}
impl LogEntry {
    /// One of [`LOG_KINDS`], by whoever acts.
    pub fn new(kind: &'static str) -> LogEntry {
        debug_assert!(LOG_KINDS.iter().any(|(known, _)| *known == kind), "{kind} is no kind of entry");
        LogEntry { kind, by: By::WhoeverActs, via: None, object: None, record: None, detail: Map::new(), sealed: None, seen: BTreeSet::new() }
    }
    /// By somebody else than the one in whose name the transaction runs.
    #[must_use]
    pub fn by(mut self, user: RecordId) -> LogEntry {
        self.by = By::User(user);
        self
    }
    /// By somebody whom nobody knows.
    #[must_use]
    pub fn by_nobody(mut self) -> LogEntry {
        self.by = By::Nobody;
        self
    }
    /// The session or token that was used.
    #[must_use]
    pub fn via(mut self, name: impl Into<String>) -> LogEntry {
        self.via = Some(name.into());
        self
    }
    #[must_use]
    pub fn object(mut self, name: impl Into<String>) -> LogEntry {
        self.object = Some(name.into());
        self
    }
    /// What it is about: an id of any kind, or a keyed hash.
    #[must_use]
    pub fn record(mut self, id: impl ToString) -> LogEntry {
        self.record = Some(id.to_string());
        self
    }
    /// Never anything personal.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Json>) -> LogEntry {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
    /// What is personal, under the key of whom it is about.
    #[must_use]
    pub fn sealed(mut self, about: RecordId, values: Json) -> LogEntry {
        self.sealed = Some((about, values));
        self
    }
    /// Which records were shown.
    #[must_use]
    pub(crate) fn seen(mut self, ids: BTreeSet<RecordId>) -> LogEntry {
        self.seen = ids;
        self
    }
}

/// What an entry's leaf is the hash of. The order is part of the format.
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) by: Option<String>,
    pub(crate) through: String,
    pub(crate) via: Option<String>,
    pub(crate) kind: String,
    pub(crate) object: Option<String>,
    pub(crate) record: Option<String>,
    pub(crate) detail: String,
    pub(crate) subject: Option<String>,
    pub(crate) sealed: Option<String>,
}
impl Row {
    pub(crate) fn leaf(&self) -> tree::Hash {
        let text = json!(["rapport log 1", self.seq, self.at, self.by, self.through, self.via, self.kind, self.object, self.record, self.detail, self.subject, self.sealed]);
        tree::leaf(text.to_string().as_bytes())
    }
}
/// SHA-256 over the ids of records that were shown, sorted, 16 bytes each: it stands in the entry, the ids beside it.
pub(crate) fn hash_of_ids<'a>(ids: impl IntoIterator<Item = &'a [u8]>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    ids.into_iter().for_each(|id| hash.update(id));
    hex(&hash.finalize())
}
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn tables() -> Vec<store::ddl::TableSpec> {
    use crate::system::table;
    use store::ddl::ColumnKind::{Blob, Int, Text};
    vec![
        table(
            "sys_log",
            &[("seq", Int), ("at", Int), ("by", Text), ("through", Text), ("via", Text), ("kind", Text), ("object", Text), ("record", Text), ("detail", Text), ("subject", Text), ("sealed", Text)],
            &["seq"],
            false,
            &[&["at"], &["kind", "seq"], &["by", "seq"], &["via", "seq"], &["record", "seq"]],
        ),
        // hashes of complete subtrees: number of the last leaf, and height (0 is the leaf itself)
        table("sys_log_node", &[("last", Int), ("height", Int), ("hash", Blob)], &["last", "height"], false, &[]),
        // which records a reading showed, in blocks of sorted ids
        table("sys_log_seen", &[("entry", Int), ("block", Int), ("object", Text), ("first", Text), ("last", Text), ("ids", Blob)], &["entry", "block"], false, &[&["object", "last"]]),
    ]
}
