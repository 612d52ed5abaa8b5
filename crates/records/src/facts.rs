//! What rules of a slice write and ask in the name of a system actor: rows that follow from somebody's change.

use crate::{
    OrDb,
    record::Record,
    tx::Tx,
    write::{Saved, changed_fields},
};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::{ParseCtx, bind};
use serde_json::{Map, Value as Json};
use store::{Sql, compile};

impl Tx<'_> {
    /// Ids of live rows that match and that the current actor may read, by id.
    pub fn ids(&mut self, object: &str, filter: &Json, limit: u32) -> Result<Vec<RecordId>> {
        self.ids_where(object, filter, limit, " AND t0.\"archived_at\" IS NULL")
    }
    /// [`Tx::ids`] of archived rows, too: what is asked about a person does not end with an archive.
    ///
    /// # Errors
    /// Those of [`Tx::ids`].
    pub fn ids_archived_too(&mut self, object: &str, filter: &Json, limit: u32) -> Result<Vec<RecordId>> {
        self.ids_where(object, filter, limit, "")
    }
    fn ids_where(&mut self, object: &str, filter: &Json, limit: u32, live: &str) -> Result<Vec<RecordId>> {
        let object = self.object(object)?;
        let cond = bind(&self.bind_ctx(), &object, filter)?;
        let cond = self.rights().authorize_condition(&object, cond)?;
        let rows = self.rights().authorized_rows(&object, Action::Read);
        let (cond, rows) = (compile::condition_sql(self.db(), &object.name, &cond), compile::condition_sql(self.db(), &object.name, &rows));
        let mut q = Sql::new(format!("SELECT t0.\"id\" FROM {} t0 WHERE ", self.db().table(&object.name)));
        q.append(&cond).push(" AND ").append(&rows).push(&format!("{live} ORDER BY t0.\"id\" LIMIT {limit}"));
        let mut out = Vec::new();
        self.db()
            .query(&q, &mut |row| {
                out.extend(row.cell(0).as_str().and_then(|s| s.parse::<RecordId>().ok()));
                Ok(())
            })
            .or_db()?;
        Ok(out)
    }
    /// Ids of readable live rows by the exact values of a field, for those values that are there.
    ///
    /// # Errors
    /// 422 where the field is unknown or may not be read.
    pub fn find_by(&mut self, object: &str, field: &str, texts: &[String]) -> Result<std::collections::HashMap<String, Vec<RecordId>>> {
        let object = self.object(object)?;
        let field = object.field(field).filter(|f| matches!(self.rights().field(&object, f), access::FieldAccess::Read | access::FieldAccess::Write)).cloned();
        let field = field.ok_or_else(|| Error::field("by", "unknown_field", format!("{} cannot be found by this field.", object.name)))?;
        let mut out: std::collections::HashMap<String, Vec<RecordId>> = std::collections::HashMap::new();
        for chunk in texts.chunks(500) {
            self.look_up(&object, &field, chunk, |text, id| out.entry(text).or_default().push(id))?;
        }
        Ok(out)
    }
    /// Versions of records, whoever may read them: an import asks for those it has found, to tell changed ones from others.
    ///
    /// # Errors
    /// Those of the store.
    pub fn versions(&mut self, object: &str, ids: &[RecordId]) -> Result<std::collections::HashMap<RecordId, i64>> {
        let object = self.object(object)?;
        let mut out = std::collections::HashMap::new();
        for chunk in ids.chunks(500) {
            let mut q = Sql::new(format!("SELECT \"id\", \"version\" FROM {} WHERE \"id\" IN (", self.db().table(&object.name)));
            q.list(chunk.iter().map(ToString::to_string)).push(")");
            for row in self.db().rows(&q).or_db()? {
                if let [store::Val::Text(id), store::Val::Int(version)] = row.as_slice()
                    && let Ok(id) = id.parse()
                {
                    out.insert(id, *version);
                }
            }
        }
        Ok(out)
    }
    /// Creates a row whose fields are the engine's: read-only ones may be set.
    ///
    /// # Errors
    /// 403 unless a system actor acts (see [`Tx::as_system`]).
    pub fn write_fact(&mut self, object: &str, values: &Map<String, Json>) -> Result<()> {
        let object = self.engine_object(object)?;
        let mut input = crate::write::Input::default();
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: true };
        for (name, json) in values {
            let field = object.field(name).ok_or_else(|| Error::internal(format!("{} has no field {name}", object.name)))?;
            let value = field.kind().parse(json, ctx).map_err(|(code, detail)| Error::field(name, code, detail))?;
            if name == "id" {
                input.id = value.as_ref_id();
            }
            input.past.push((field.clone(), value));
        }
        let (record, change) = self.prepare_create(&object, input)?;
        self.insert(&object, &[change], std::slice::from_ref(&record))?;
        self.write_history(&record, "created", &[])?;
        self.record_changed(&record, "created")?;
        self.run_after(&object, None, &record)
    }
    /// Changes fields of a row, read-only ones too.
    pub fn change_fact(&mut self, object: &str, id: RecordId, values: &Map<String, Json>) -> Result<()> {
        let object = self.engine_object(object)?;
        let Some(before) = self.load(&object, id)? else { return Ok(()) };
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: true };
        let mut after = before.clone();
        for (name, json) in values {
            let field = object.field(name).ok_or_else(|| Error::internal(format!("{} has no field {name}", object.name)))?;
            let value = field.kind().parse(json, ctx).map_err(|(code, detail)| Error::field(name, code, detail))?;
            after.set(name, value);
        }
        self.fill_workspace_amounts(&mut after)?;
        self.save_derived(before, after).map(drop)
    }
    /// Writes what a rule or a verb made of a record, under the current actor's right to change it.
    pub(crate) fn save_derived(&mut self, before: Record, mut after: Record) -> Result<Saved> {
        let object = before.object.clone();
        let changed = changed_fields(&before, &after);
        if changed.is_empty() {
            return Ok(Saved { id: before.id(), version: before.version() });
        }
        let derived = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).collect();
        let change = self.stamp(&object, &before, &mut after, access::ChangeKind::Update, vec![], derived)?;
        self.write_change(&before, &after, change, changed, "updated", "updated")?;
        Ok(Saved { id: after.id(), version: after.version() })
    }
    fn engine_object(&self, name: &str) -> Result<std::sync::Arc<metadata::Object>> {
        self.must_write()?;
        if !self.is_system() {
            return Err(Error::forbidden("Only the system writes this."));
        }
        self.object(name)
    }
}
