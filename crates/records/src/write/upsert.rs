use super::{IfMatch, Saved, check_version};
use crate::{OrDb, tx::Tx};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::{Field, Object, ParseCtx};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use store::{Sql, Val, compile};

impl Tx<'_> {
    /// Changes the record that has the value in a unique field, or creates it. True: created.
    ///
    /// # Errors
    /// 422 where the field is not unique; 403 where a record has the value that the asker may not change.
    pub fn upsert(&mut self, object: &str, field: &str, value: &str, input: &Map<String, Json>, m: IfMatch) -> Result<(Saved, bool)> {
        self.must_write()?;
        let object = self.object(object)?;
        if !self.rights().can(&object, Action::Read) {
            self.check_create(&object)?;
        }
        let field = self.unique_field(&object, field)?;
        let mut input = input.clone();
        if let Some(given) = input.get(field.name())
            && given.as_str() != Some(value)
        {
            return Err(Error::field(field.name(), "differs", "The value in the body differs from the one in the path."));
        }
        match self.find_unique(&object, &field, value)? {
            None => {
                if let IfMatch::Version(_) = m {
                    return Err(Error::new(kernel::Code::Stale, "stale_version", "There is no such record."));
                }
                input.insert(field.name().to_owned(), Json::from(value));
                Ok((self.create(&object.name, &input)?, true))
            }
            Some(id) => {
                if !self.may(&object.name, id, Action::Read)? {
                    // The declared exception to "nothing hidden shows": the value is taken, and nothing else is said.
                    return Err(Error::field(field.name(), "value_taken", "This value is taken. It must be unique."));
                }
                let record = self.changeable_record(&object, id, Action::Update)?;
                check_version(&record, m)?;
                input.shift_remove(field.name());
                let record = if record.is_archived() {
                    self.restore(&object.name, id, IfMatch::Any)?;
                    self.load(&object, id)?.ok_or_else(|| Error::not_found("record"))?
                } else {
                    record
                };
                Ok((self.update_record(&object, record, &input)?, false))
            }
        }
    }
    pub(crate) fn unique_field(&self, object: &Arc<Object>, name: &str) -> Result<Arc<Field>> {
        let field = object.field(name).filter(|f| matches!(self.rights().field(object, f), access::FieldAccess::Write | access::FieldAccess::Read));
        let field = field.ok_or_else(|| Error::field(name, "unknown_field", format!("{} has no field \"{name}\".", object.name)))?;
        if !field.is_unique() {
            let known: Vec<_> = object.live_fields().filter(|f| f.is_unique()).map(|f| f.name()).collect();
            return Err(Error::field(name, "not_unique", format!("\"{name}\" is not unique. Unique fields are: {}.", known.join(", "))));
        }
        Ok(field.clone())
    }
    pub(crate) fn find_unique(&mut self, object: &Arc<Object>, field: &Arc<Field>, value: &str) -> Result<Option<RecordId>> {
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: true };
        let value = field.kind().parse(&Json::from(value), ctx).map_err(|(code, detail)| Error::field(field.name(), code, detail))?;
        let mut vals = Vec::new();
        compile::vals(field, &value, &mut vals);
        let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE {} = ", self.db().table(&object.name), store::quote(field.column())));
        q.arg(vals.into_iter().next().unwrap_or(Val::Null));
        Ok(match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(id)]) => id.parse().ok(),
            _ => None,
        })
    }
}
