//! Global search: every word matches as a prefix, with typos in longer ones. A write only notes the record's id; a
//! batch indexer follows within 100 ms, and what is still noted is searched in memory, so that a record is found as
//! soon as its write is acknowledged.

mod index;
mod query;
mod typo;

use store::{
    Db, Dialect, Error, Sql,
    ddl::{ColumnKind, TableSpec},
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub q: String,
    /// Empty: everything that can be searched.
    pub objects: Vec<String>,
    /// 1 to 500; 50 if not given.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// Longer words are cut: nobody types them.
const MAX_WORD: usize = 40;
const MAX_WORDS: usize = 400;

/// Words of a text: folded, letters and digits only. Scripts without blanks give runs, which match by prefix.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in kernel::fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if out.len() == MAX_WORDS {
            break;
        }
        out.push(word.chars().take(MAX_WORD).collect());
    }
    out
}

pub(crate) fn tables() -> Vec<TableSpec> {
    use ColumnKind::{Int, Text};
    let mut docs = crate::system::table("sys_search", &[("rid", Int), ("object", Text), ("record", Text), ("text", Text)], &["rid"], true, &[&["record"]]);
    docs.indexes.iter_mut().for_each(|i| i.unique = true);
    vec![
        docs,
        crate::system::table("sys_search_pending", &[("seq", Int), ("object", Text), ("record", Text)], &["seq"], true, &[]),
        // rev: the word backwards, so that words are found by their end too
        crate::system::table("sys_search_word", &[("word", Text), ("rev", Text)], &["word"], false, &[&["rev"]]),
    ]
}
/// The engine's own full-text index over the documents.
pub(crate) fn prepare(db: &mut dyn Db) -> Result<(), Error> {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "CREATE VIRTUAL TABLE IF NOT EXISTS \"sys_search_fts\" USING fts5(text, content='', contentless_delete=1, detail=none, prefix='2 3', tokenize=\"unicode61 remove_diacritics 0\")".to_owned()
        }
        Dialect::Postgres => format!("CREATE INDEX IF NOT EXISTS \"i_sys_search_tsv\" ON {} USING gin (to_tsvector('simple', coalesce(\"text\", '')))", db.table("sys_search")),
    };
    db.exec(&Sql::new(sql))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::words;
    #[test]
    fn words_are_folded_and_bare() {
        assert_eq!(words("Größwang GmbH & Co., anna@łódź.pl"), ["grosswang", "gmbh", "co", "anna", "lodz", "pl"]);
        assert_eq!(words("  --  "), Vec::<String>::new());
    }
}
