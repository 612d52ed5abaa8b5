//! Tables that are not objects, and the version of their schema.

use store::ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec};

/// Raised when stored data of an older program must be changed, or a newer program's data must not be touched.
pub(crate) const SCHEMA_VERSION: i64 = 1;

/// A table by name, columns as `name kind` and index column lists.
pub(crate) fn table(name: &str, columns: &[(&str, ColumnKind)], primary_key: &[&str], autoincrement: bool, indexes: &[&[&str]]) -> TableSpec {
    let index =
        |columns: &&[&str]| IndexSpec { name: format!("i_{name}_{}", columns.join("_")), columns: columns.iter().map(|c| ((*c).to_owned(), Order::Asc)).collect(), unique: false, filter: None };
    TableSpec {
        name: name.into(),
        columns: columns.iter().map(|(name, kind)| ColumnSpec { name: (*name).into(), kind: *kind, not_null: false, default: None }).collect(),
        primary_key: primary_key.iter().map(|c| (*c).to_owned()).collect(),
        autoincrement,
        indexes: indexes.iter().map(index).collect(),
    }
}

pub(crate) fn tables() -> Vec<TableSpec> {
    use ColumnKind::{Int, Text};
    vec![
        table("sys_state", &[("id", Int), ("schema_version", Int), ("rights_epoch", Int), ("registry_version", Int), ("created_at", Int), ("seeded", Int)], &["id"], false, &[]),
        table("sys_setting", &[("key", Text), ("value", Text)], &["key"], false, &[]),
        // layer: overlay (changes of a standard object) or custom (a whole object)
        table("sys_definition", &[("object", Text), ("layer", Text), ("json", Text), ("changed_at", Int)], &["object"], false, &[]),
        // plain, sealed: old values by field id; sealed ones are encrypted with the key of `subject`
        table(
            "sys_history",
            &[
                ("seq", Int),
                ("object", Text),
                ("record", Text),
                ("version", Int),
                ("at", Int),
                ("by", Text),
                ("through", Text),
                ("change_set", Text),
                ("kind", Text),
                ("subject", Text),
                ("plain", Text),
                ("sealed", Text),
            ],
            &["seq"],
            true,
            &[&["record", "seq"], &["change_set", "seq"], &["object", "at"], &["subject"]],
        ),
        // ids made by one chunk of a bulk create
        table("sys_change_chunk", &[("seq", Int), ("change_set", Text), ("object", Text), ("at", Int), ("ids", Text)], &["seq"], true, &[&["change_set", "seq"], &["object", "at"]]),
        table(
            "sys_change_set",
            &[
                ("id", Text),
                ("kind", Text),
                ("by", Text),
                ("at", Int),
                ("status", Text),
                ("counts", Text),
                ("undoes", Text),
                ("restored", Int),
                ("skipped", Text),
                ("progress", Text),
                ("fields", Text),
            ],
            &["id"],
            false,
            &[&["at"]],
        ),
        // what an undo under way comes back to: records on which something hung
        table("sys_undo_left", &[("seq", Int), ("undoing", Text), ("object", Text), ("record", Text)], &["seq"], true, &[&["undoing", "seq"]]),
        // xact: number of the transaction, so that a follower on PostgreSQL misses nothing that commits late
        table(
            "sys_outbox",
            &[("seq", Int), ("xact", Int), ("at", Int), ("event", Text), ("object", Text), ("record", Text), ("version", Int), ("change_set", Text), ("payload", Text)],
            &["seq"],
            true,
            &[],
        ),
        table("sys_person_key", &[("subject", Text), ("wrapped", Text), ("created_at", Int)], &["subject"], false, &[]),
        // objects whose stored formulas are still being computed, and the last id done
        table("sys_fill", &[("object", Text), ("after", Text)], &["object"], false, &[]),
        table("sys_counter", &[("name", Text), ("value", Int)], &["name"], false, &[]),
        // people of large disclosures, in blocks of sorted ids
        table(
            "sys_disclosed",
            &[("seq", Int), ("disclosure", Text), ("party", Text), ("first", Text), ("last", Text), ("ids", ColumnKind::Blob)],
            &["seq"],
            true,
            &[&["party", "first"], &["disclosure"]],
        ),
        // who was erased: ids only
        table(
            "sys_erasure",
            &[("id", Text), ("object", Text), ("record", Text), ("at", Int), ("by", Text), ("status", Text), ("counts", Text), ("files", Text)],
            &["id"],
            false,
            &[&["record"], &["status"]],
        ),
        // which record went into which; the pointer of an archived one
        table(
            "sys_merge",
            &[("id", Text), ("object", Text), ("winner", Text), ("loser", Text), ("change_set", Text), ("by", Text), ("at", Int), ("undone_at", Int)],
            &["id"],
            false,
            &[&["winner"], &["loser"]],
        ),
        // pairs that may be the same, without values: open, or distinct as somebody said
        table(
            "sys_duplicate",
            &[("id", Text), ("object", Text), ("a", Text), ("b", Text), ("rank", Int), ("clues", Text), ("state", Text), ("by", Text), ("at", Int)],
            &["id"],
            false,
            &[&["object", "state", "rank"], &["a"], &["b"]],
        ),
        // journals of what programs read that are in the database
        table("sys_read_journal", &[("name", Text)], &["name"], false, &[]),
    ]
}
