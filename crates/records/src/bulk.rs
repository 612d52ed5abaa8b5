//! Many changes at once, each item alone unless atomic, all under one change set that can be undone.

use crate::{
    OrDb,
    tx::Tx,
    write::{IfMatch, Input, Saved},
};
use access::Action;
use kernel::{Code, Error, FieldError, RecordId, Result};
use metadata::Object;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use store::Sql;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkMode {
    Create,
    Upsert,
    Update,
    Delete,
}
/// How a chunk of an import or a bulk request is run.
#[derive(Clone, Debug)]
pub struct BulkOptions {
    pub mode: BulkMode,
    /// Unique field that finds the record for `upsert`; `id` otherwise.
    pub key: Option<String>,
    pub atomic: bool,
    /// Odd phones and e-mails keep their text (imports).
    pub lenient: bool,
}
pub(crate) const MAX_ITEMS: usize = 5_000;
const MAX_ATOMIC: usize = 500;

impl Tx<'_> {
    /// `POST /records/{object}/bulk`.
    pub fn bulk(&mut self, object: &str, body: &Json) -> Result<Json> {
        self.must_write()?;
        let map = body.as_object().ok_or_else(|| Error::malformed("bad_body", "An object with \"mode\" and \"items\" is expected."))?;
        if let Some(odd) = map.keys().find(|k| !matches!(k.as_str(), "mode" | "key" | "items" | "atomic")) {
            return Err(Error::parameter(odd, "unknown_parameter", format!("There is no \"{odd}\" here.")));
        }
        let mode = match map.get("mode").and_then(Json::as_str) {
            Some("create") => BulkMode::Create,
            Some("upsert") => BulkMode::Upsert,
            Some("update") => BulkMode::Update,
            Some("delete") => BulkMode::Delete,
            _ => return Err(Error::parameter("mode", "bad_mode", "mode is create, upsert, update or delete.")),
        };
        let items = map.get("items").and_then(Json::as_array).ok_or_else(|| Error::parameter("items", "bad_items", "\"items\" is a list of records."))?;
        let atomic = match map.get("atomic") {
            None | Some(Json::Null) => false,
            Some(Json::Bool(atomic)) => *atomic,
            Some(_) => return Err(Error::parameter("atomic", "wrong_type", "\"atomic\" is true or false.")),
        };
        let key = match map.get("key") {
            None | Some(Json::Null) => None,
            Some(Json::String(key)) => Some(key.clone()),
            Some(_) => return Err(Error::parameter("key", "wrong_type", "\"key\" is the name of a unique field.")),
        };
        if items.len() > MAX_ITEMS || atomic && items.len() > MAX_ATOMIC {
            return Err(Error::parameter("items", "too_many", format!("At most {MAX_ITEMS} items fit, {MAX_ATOMIC} with \"atomic\".")));
        }
        let options = BulkOptions { mode, key, atomic, lenient: false };
        let object = self.object(object)?;
        if let Some(key) = options.key.as_deref().filter(|key| *key != "id" && object.field(key).is_none_or(|field| !field.is_unique())) {
            let unique: Vec<_> = object.live_fields().filter(|f| f.is_unique()).map(|f| f.name()).collect();
            return Err(Error::parameter("key", "not_unique", format!("\"{key}\" is no unique field. Unique are: {}.", unique.join(", "))));
        }
        match mode {
            BulkMode::Create => self.check_create(&object)?,
            BulkMode::Upsert | BulkMode::Update if !self.rights().can(&object, Action::Update) => {
                return Err(Error::forbidden(format!("Your role may not change {}.", object.def.plural_label.to_lowercase())));
            }
            BulkMode::Delete if !self.rights().can(&object, Action::Delete) => return Err(Error::forbidden(format!("Your role may not archive {}.", object.def.plural_label.to_lowercase()))),
            _ => {}
        }
        let set = self.open_change_set(&format!("bulk_{}", map.get("mode").and_then(Json::as_str).unwrap_or("")))?;
        let answers = self.bulk_items(&object.name.clone(), items, &options, set)?;
        self.close_change_set(set, &answers)?;
        Ok(json!({"change_set": set.to_string(), "items": answers}))
    }
    /// Runs items under an open change set; answers in their order.
    ///
    /// # Errors
    /// Only what spoils the whole: a database failure, or with `atomic` the first refusal.
    pub fn bulk_items(&mut self, object: &str, items: &[Json], options: &BulkOptions, set: RecordId) -> Result<Vec<Json>> {
        self.must_write()?;
        let object = self.object(object)?;
        let (had_set, had_lenient) = (self.change_set.replace(set), std::mem::replace(&mut self.lenient, options.lenient));
        let out = if options.mode == BulkMode::Create { self.bulk_create(&object, items, options.atomic) } else { self.bulk_one_by_one(&object, items, options) };
        self.change_set = had_set;
        self.lenient = had_lenient;
        out
    }
    /// Creates go together: one look-up per reference field, one statement, one history row.
    fn bulk_create(&mut self, object: &Arc<Object>, items: &[Json], atomic: bool) -> Result<Vec<Json>> {
        self.chunked = Some(vec![]);
        let mut inputs: Vec<Input> = items
            .iter()
            .map(|item| match item.as_object() {
                Some(map) => self.read_input(object, map, true),
                None => Input { errors: vec![FieldError::new("", "wrong_type", "A record is an object.")], ..Input::default() },
            })
            .collect();
        self.resolve_links(&mut inputs)?;
        if self.catalogue().rules(&object.name).iter().any(|rules| rules.before.is_some()) {
            self.will_follow(&inputs);
        }
        let (mut answers, mut records, mut changes, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut taken: std::collections::HashSet<(String, String)> = std::collections::HashSet::new();
        for (index, input) in inputs.into_iter().enumerate() {
            match self.prepare_create(object, input) {
                Ok((record, change)) => {
                    let doubles: Vec<_> = object
                        .live_fields()
                        .filter(|f| f.is_unique() && !record.get(f.name()).is_null())
                        .filter(|f| !taken.insert((f.name().to_owned(), format!("{:?}", record.get(f.name())))))
                        .map(|f| FieldError::new(f.name(), "value_taken", format!("{} must be unique; an earlier item has this value.", f.def.label)))
                        .collect();
                    if doubles.is_empty() {
                        answers.push(json!({"index": index, "status": 201, "id": record.id().to_string(), "version": 1}));
                        places.push(index);
                        records.push(record);
                        changes.push(change);
                    } else {
                        answers.push(failed(index, &Error::invalid(doubles)));
                    }
                }
                Err(error) => answers.push(refused(index, error)?),
            }
        }
        if atomic && let Some(error) = answers.iter().find(|a| a.get("status") != Some(&json!(201))) {
            self.chunked = None;
            self.forget_followed();
            return Err(atomic_error(error));
        }
        self.forget_followed();
        let out_of_reach = self.insert_chunk(object, &records, &changes)?;
        if !out_of_reach.is_empty() {
            if atomic {
                self.chunked = None;
                return Err(Error::forbidden("With these values some records would be out of your reach."));
            }
            for (place, record) in places.iter().zip(&records) {
                if let Some(slot) = answers.get_mut(*place).filter(|_| out_of_reach.contains(&record.id())) {
                    *slot = failed(*place, &Error::forbidden("With these values the record would be out of your reach."));
                }
            }
            records.retain(|record| !out_of_reach.contains(&record.id()));
        }
        let ids: Vec<RecordId> = records.iter().map(crate::Record::id).collect();
        self.chunked = None;
        self.finish_chunk(object, &records, &ids)?;
        Ok(answers)
    }
    fn forget_followed(&mut self) {
        self.followed.clear();
        self.followable.clear();
    }
    /// Inserts, and takes back what would be out of the asker's reach; that is returned.
    fn insert_chunk(&mut self, object: &Arc<Object>, records: &[crate::Record], changes: &[access::Authorized<access::Change>]) -> Result<Vec<RecordId>> {
        let rights = self.rights().clone();
        let reach = if rights.can(object, Action::Update) { Action::Update } else { Action::Read };
        // What only the engine writes is in nobody's reach, and is not asked for here.
        let of_engine = object.def.system && self.is_system();
        if of_engine || rights.rows(object, reach).is_true() || !rights.can(object, reach) {
            self.insert(object, changes, records)?;
            return Ok(vec![]);
        }
        self.insert(object, changes, records)?;
        let ids: Vec<RecordId> = records.iter().map(crate::Record::id).collect();
        let allowed = self.allowed(object, &ids, reach)?;
        let denied: Vec<RecordId> = ids.into_iter().filter(|id| !allowed.contains(id)).collect();
        // Nothing hangs on the rows yet. Going back to a savepoint would do too, but with one open SQLite copies every page
        // before it changes: a sixth of the CPU of a large import.
        for chunk in denied.chunks(500) {
            let mut q = Sql::new(format!("DELETE FROM {} WHERE \"id\" IN (", self.db().table(&object.name)));
            q.list(chunk.iter().map(ToString::to_string)).push(")");
            self.db().exec(&q).or_db()?;
        }
        Ok(denied)
    }
    /// Begins a part that may be taken back alone.
    pub(crate) fn begin_part(&mut self, savepoint: &str) -> Result<()> {
        self.logged_before.push(self.logged.len());
        self.db().savepoint(savepoint).or_db()
    }
    pub(crate) fn keep_part(&mut self, savepoint: &str) -> Result<()> {
        self.logged_before.pop();
        self.db().release(savepoint).or_db()
    }
    /// Undoes everything since a part began. Keys made since are gone with it.
    pub(crate) fn take_back(&mut self, savepoint: &str) -> Result<()> {
        self.db().rollback_to(savepoint).or_db()?;
        self.db().release(savepoint).or_db()?;
        self.logged.truncate(self.logged_before.pop().unwrap_or(0));
        self.person_keys.clear();
        self.rates.clear();
        Ok(())
    }
    fn finish_chunk(&mut self, object: &Arc<Object>, records: &[crate::Record], ids: &[RecordId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write_chunk(object, ids)?;
        self.emit_chunk(&object.name, ids)?;
        self.index_later_many(object, ids)?;
        if !self.brings_whole_past() && self.catalogue().rules(&object.name).iter().any(|r| r.after.is_some()) {
            for record in records {
                self.run_after(object, None, record)?;
            }
        }
        for id in ids.iter().take(200) {
            self.announce(&object.name, *id, 1, "created");
        }
        Ok(())
    }
    fn bulk_one_by_one(&mut self, object: &Arc<Object>, items: &[Json], options: &BulkOptions) -> Result<Vec<Json>> {
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.begin_part("item")?;
            match self.bulk_item(object, item, options) {
                Ok((saved, status)) => {
                    self.keep_part("item")?;
                    out.push(json!({"index": index, "status": status, "id": saved.id.to_string(), "version": saved.version}));
                }
                Err(error) => {
                    self.take_back("item")?;
                    let answer = refused(index, error)?;
                    if options.atomic {
                        return Err(atomic_error(&answer));
                    }
                    out.push(answer);
                }
            }
        }
        Ok(out)
    }
    fn bulk_item(&mut self, object: &Arc<Object>, item: &Json, options: &BulkOptions) -> Result<(Saved, u16)> {
        let map = item.as_object().ok_or_else(|| Error::field("", "wrong_type", "A record is an object."))?;
        let key = options.key.as_deref().unwrap_or("id");
        match options.mode {
            BulkMode::Create => Ok((self.create(&object.name, map)?, 201)),
            BulkMode::Upsert if key != "id" => {
                let value = map.get(key).map(text_of).filter(|v| !v.is_empty()).ok_or_else(|| Error::field(key, "required", format!("\"{key}\" finds the record; it is needed.")))?;
                let (saved, created) = self.upsert(&object.name, key, &value, map, IfMatch::Any)?;
                Ok((saved, if created { 201 } else { 200 }))
            }
            BulkMode::Upsert if !map.contains_key("id") => Ok((self.create(&object.name, map)?, 201)),
            BulkMode::Upsert | BulkMode::Update => {
                let (id, m, fields) = self.addressed(object, map, key)?;
                Ok((self.update(&object.name, id, &fields, m)?, 200))
            }
            BulkMode::Delete => {
                let (id, m, _) = self.addressed(object, map, key)?;
                self.archive(&object.name, id, m)?;
                Ok((Saved { id, version: 0 }, 204))
            }
        }
    }
    /// Id, expected version and the remaining fields of an item.
    fn addressed(&mut self, object: &Arc<Object>, map: &Map<String, Json>, key: &str) -> Result<(RecordId, IfMatch, Map<String, Json>)> {
        let mut fields = map.clone();
        let value = fields.shift_remove(key).map(|v| text_of(&v)).unwrap_or_default();
        let m = match fields.shift_remove("version") {
            None | Some(Json::Null) => IfMatch::Any,
            Some(version) => IfMatch::Version(version.as_i64().ok_or_else(|| Error::field("version", "wrong_type", "A version is a whole number."))?),
        };
        let id = if key == "id" {
            value.parse().map_err(|()| Error::field("id", "bad_id", "This is not an id."))?
        } else {
            let field = self.unique_field(object, key)?;
            self.find_unique(object, &field, &value)?.ok_or_else(|| Error::not_found(&object.def.label.to_lowercase()))?
        };
        Ok((id, m, fields))
    }
}

fn text_of(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
/// Refusals of one item are its answer; failures of ours spoil the whole.
fn refused(index: usize, error: Error) -> Result<Json> {
    match error.code {
        Code::Internal | Code::Unavailable | Code::DiskFull => Err(error),
        _ => Ok(failed(index, &error)),
    }
}
fn failed(index: usize, error: &Error) -> Json {
    let errors = if error.fields.is_empty() { json!([{"field": "", "code": error.reason, "detail": error.detail}]) } else { json!(error.fields) };
    json!({"index": index, "status": error.status(), "code": error.reason, "errors": errors})
}
fn atomic_error(answer: &Json) -> Error {
    let index = answer.get("index").and_then(Json::as_u64).unwrap_or(0);
    let fields = answer.get("errors").and_then(Json::as_array).map(|errors| {
        errors
            .iter()
            .map(|e| FieldError::new(format!("items.{index}.{}", e.get("field").and_then(Json::as_str).unwrap_or("")), "refused", e.get("detail").and_then(Json::as_str).unwrap_or("").to_owned()))
            .collect()
    });
    Error { detail: format!("Item {index} was refused; nothing was written."), ..Error::invalid(fields.unwrap_or_default()) }
}
