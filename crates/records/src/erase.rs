//! Taking a person out of everything at once: values of rows, old values, the person's key, the index, what waits to be
//! told. Ids stay, so that counts and amounts do: a skeleton that says nothing about anybody. Which records go and which
//! the law keeps, the privacy part decides.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::{Error, RecordId, Result};
use metadata::{Field, FieldType, Object, Storage};
use std::{collections::BTreeSet, sync::Arc};
use store::Sql;

/// What a field that may not be empty, or that names the record, says afterwards.
const ERASED: &str = "Erased";

/// Records about one person.
pub struct About {
    pub object: Arc<Object>,
    pub ids: Vec<RecordId>,
}

impl Tx<'_> {
    /// All records about a person, archived ones too, whoever may read them: those whose first filled-in field of a person
    /// names them. The person's own record is not among them.
    pub fn records_about(&mut self, party: &str, id: RecordId) -> Result<Vec<About>> {
        let objects: Vec<Arc<Object>> = self.registry().all_objects().cloned().collect();
        let mut out = Vec::new();
        for object in objects {
            let mut found = BTreeSet::new();
            for field in object.person_fields().into_iter().filter(|f| may_name(f, party)) {
                let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE ", self.db().table(&object.name)));
                q.ident(&field.def.column).push(" = ").arg(id.to_string());
                if field.storage == Storage::AnyRef {
                    q.push(" AND ").ident(&format!("{}__obj", field.def.column)).push(" = ").arg(party);
                }
                found.extend(self.db().rows(&q).or_db()?.iter().filter_map(|row| row.first()?.as_str()?.parse::<RecordId>().ok()));
            }
            let found: Vec<RecordId> = found.into_iter().collect();
            let mut ids = Vec::new();
            for chunk in found.chunks(500) {
                // A relationship says as much about the one as about the other.
                let both = &*object.name == "relationship";
                ids.extend(self.load_many(&object, chunk)?.iter().filter(|r| both || self.subject_of(r) == id).map(Record::id));
            }
            if !ids.is_empty() {
                out.push(About { object, ids });
            }
        }
        Ok(out)
    }
    /// Empties records and archives them. With `whole`, all that a field can say is taken; otherwise what is personal, free
    /// text, or a file.
    ///
    /// # Errors
    /// 403 without the capability `erase`.
    pub fn wipe(&mut self, object: &Arc<Object>, ids: &[RecordId], whole: bool) -> Result<()> {
        self.must_write()?;
        self.may_erase()?;
        let fields: Vec<Arc<Field>> = object.fields.values().filter(|f| wiped(object, f, whole)).cloned().collect();
        let now = self.now_ms();
        for chunk in ids.chunks(500) {
            let texts: Vec<String> = chunk.iter().map(ToString::to_string).collect();
            let mut q = Sql::new(format!("UPDATE {} SET \"version\" = \"version\" + 1, \"updated_at\" = ", self.db().table(&object.name)));
            q.arg(now).push(", \"updated_by\" = ").arg(self.me().to_string()).push(", \"archived_at\" = COALESCE(\"archived_at\", ").arg(now).push(")");
            for field in &fields {
                let named = is_words(field) && (field.def.required || object.def.title == *field.name());
                for (i, column) in field.columns().iter().enumerate() {
                    q.push(", ").ident(column).push(" = ");
                    match i {
                        0 if named => q.arg(ERASED),
                        1 if named && field.storage == Storage::FoldedText => q.arg(kernel::fold(ERASED)),
                        _ => q.push("NULL"),
                    };
                }
            }
            q.push(" WHERE \"id\" IN (").list(texts.iter().cloned()).push(")");
            self.db().exec(&q).or_db()?;
            for table in ["sys_history", "sys_outbox"] {
                let set = if table == "sys_history" { "\"plain\" = NULL, \"sealed\" = NULL" } else { "\"payload\" = NULL" };
                let mut q = Sql::new(format!("UPDATE {} SET {set} WHERE \"record\" IN (", self.db().table(table)));
                q.list(texts.iter().cloned()).push(")");
                self.db().exec(&q).or_db()?;
            }
            for record in self.load_many(object, chunk)? {
                self.write_history(&record, "erased", &[])?;
                self.record_changed(&record, "archived")?;
            }
        }
        Ok(())
    }
    /// # Errors
    /// 403: erasing is for the privacy officer, and for the replay of what was erased before.
    pub fn may_erase(&self) -> Result<()> {
        if self.rights().capability("erase") || self.is_system() {
            return Ok(());
        }
        Err(Error::forbidden("Your role may not erase. Ask the privacy officer."))
    }
    /// After this nothing that was sealed for the person can be read, here or in a copy of the rows.
    pub fn destroy_key(&mut self, subject: RecordId) -> Result<()> {
        self.may_erase()?;
        self.person_keys.remove(&subject);
        let q = Sql::with(format!("DELETE FROM {} WHERE \"subject\" = $1", self.db().table("sys_person_key")), [subject.to_string()]);
        self.db().exec(&q).or_db()?;
        let q = Sql::with(format!("UPDATE {} SET \"sealed\" = NULL WHERE \"subject\" = $1", self.db().table("sys_history")), [subject.to_string()]);
        self.db().exec(&q).or_db().map(drop)
    }
    /// Hashes of contents that no file row names any more, of those that these rows named.
    pub fn contents_of(&mut self, files: &[RecordId]) -> Result<Vec<String>> {
        let Some(object) = self.registry().object("file").cloned() else { return Ok(vec![]) };
        let mut out = Vec::new();
        for chunk in files.chunks(500) {
            for record in self.load_many(&object, chunk)? {
                let hash = record.text("hash").to_owned();
                let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"hash\" = ", self.db().table("file")));
                q.arg(hash.as_str());
                let others = self.db().rows(&q).or_db()?;
                let alone = others.iter().filter_map(|row| row.first()?.as_str()).all(|id| files.iter().any(|f| f.to_string() == id));
                if alone && !hash.is_empty() && !out.contains(&hash) {
                    out.push(hash);
                }
            }
        }
        Ok(out)
    }
    /// Words that stand in no document any more, from the list that typing errors are looked up in.
    pub(crate) fn prune_words(&mut self) -> Result<()> {
        let sqlite = self.db().dialect() == store::Dialect::Sqlite;
        let words = self.db().table("sys_search_word");
        let q = if sqlite {
            self.db().exec(&Sql::new("DROP TABLE IF EXISTS \"sys_search_terms\"")).or_db()?;
            self.db().exec(&Sql::new("CREATE VIRTUAL TABLE \"sys_search_terms\" USING fts5vocab('sys_search_fts', 'row')")).or_db()?;
            Sql::new(format!("DELETE FROM {words} WHERE \"word\" NOT IN (SELECT \"term\" FROM \"sys_search_terms\")"))
        } else {
            let docs = self.db().table("sys_search").replace('\'', "''");
            Sql::new(format!("DELETE FROM {words} WHERE \"word\" NOT IN (SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', coalesce(\"text\", '''')) FROM {docs}'))"))
        };
        self.db().exec(&q).or_db()?;
        if sqlite {
            self.db().exec(&Sql::new("DROP TABLE \"sys_search_terms\"")).or_db()?;
        }
        Ok(())
    }
    /// Rewrites the index on SQLite without what was removed from it: its deletions are only marked.
    pub(crate) fn rewrite_index(&mut self) -> Result<()> {
        if self.db().dialect() == store::Dialect::Sqlite {
            self.db().exec(&Sql::new("INSERT INTO \"sys_search_fts\"(\"sys_search_fts\") VALUES('optimize')")).or_db()?;
        }
        Ok(())
    }
}

fn may_name(field: &Field, party: &str) -> bool {
    match field.kind() {
        FieldType::Reference { to, .. } => to.allows(party),
        kind => kind.target() == Some(party),
    }
}
fn is_words(field: &Field) -> bool {
    matches!(field.kind().value_type(), FieldType::Text { .. } | FieldType::LongText {} | FieldType::RichText {} | FieldType::Email {} | FieldType::Phone {} | FieldType::Url {})
}
fn wiped(object: &Object, field: &Field, whole: bool) -> bool {
    if field.storage == Storage::None || field.def.base && field.name() != "external_id" || object.person_fields().iter().any(|f| f.name() == field.name()) {
        return false;
    }
    if field.is_personal() || is_words(field) || matches!(field.kind().value_type(), FieldType::Address {} | FieldType::PersonName {} | FieldType::GeoPoint {} | FieldType::File {}) {
        return true;
    }
    // Options that a record must have stay: they say of what kind it was.
    whole && !field.def.required && !matches!(field.kind().value_type(), FieldType::Autonumber { .. })
}
