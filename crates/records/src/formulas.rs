//! Stored formulas are computed with the row that they belong to; changed ones are filled in for the rows that are there.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::{Error, Result};
use metadata::{Field, FieldType, Object, Registry, Storage, Value, formula::Env};
use std::sync::Arc;
use store::{Sql, Val, compile};

/// Rows that are computed within the change of a definition; more are left to the job.
const AT_ONCE: usize = 20_000;
const CHUNK: usize = 500;

impl Tx<'_> {
    pub(crate) fn formula_env(&self) -> Env {
        let settings = self.settings();
        Env { now_ms: self.now_ms(), zone: settings.zone(), me: Some(self.me()), currency: settings.currency() }
    }
    /// Sets the stored formulas of a record from its other fields.
    pub(crate) fn compute_formulas(&mut self, record: &mut Record, at_ms: i64) -> Result<()> {
        let object = record.object.clone();
        let env = self.formula_env();
        for field in object.live_fields().filter(|f| !f.is_live()) {
            let Some(formula) = &field.formula else { continue };
            let value = formula.evaluate(&env, &|name| record.get(name).clone());
            let value = self.with_workspace_amount(value, at_ms)?;
            record.set(field.name(), value);
        }
        Ok(())
    }

    /// Computes what a change of definitions has made stale. Large tables are noted for [`crate::Workspace::fill_formulas`].
    pub(crate) fn refresh_formulas(&mut self, before: &Registry) -> Result<()> {
        let stale: Vec<(Arc<Object>, Arc<Field>)> = self.registry().objects().flat_map(|object| stale_fields(before, object).into_iter().map(|f| (object.clone(), f))).collect();
        let mut objects: Vec<Arc<Object>> = Vec::new();
        for (object, _) in stale {
            if !objects.iter().any(|o| o.name == object.name) {
                objects.push(object);
            }
        }
        for object in objects {
            let mut after = String::new();
            let mut done = 0;
            while done < AT_ONCE {
                let (rows, last) = self.fill_chunk(&object, &after)?;
                done += rows;
                match last {
                    Some(last) => after = last,
                    None => break,
                }
            }
            if done >= AT_ONCE {
                let mut q = Sql::new(format!("INSERT INTO {} (\"object\", \"after\") VALUES (", self.db().table("sys_fill")));
                q.arg(&*object.name).push(", ").arg(after).push(") ON CONFLICT (\"object\") DO UPDATE SET \"after\" = excluded.\"after\"");
                self.db().exec(&q).or_db()?;
            }
        }
        Ok(())
    }
    /// One chunk of what is left over. True: there is more.
    pub(crate) fn fill_next(&mut self) -> Result<bool> {
        let q = Sql::new(format!("SELECT \"object\", \"after\" FROM {} ORDER BY \"object\" LIMIT 1", self.db().table("sys_fill")));
        let (name, after) = match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(name), Val::Text(after)]) => (name.clone(), after.clone()),
            _ => return Ok(false),
        };
        let object = self.registry().object(&name).cloned();
        let last = match &object {
            Some(object) => self.fill_chunk(object, &after)?.1,
            None => None,
        };
        let table = self.db().table("sys_fill");
        let q = match last {
            Some(last) => Sql::with(format!("UPDATE {table} SET \"after\" = $1 WHERE \"object\" = $2"), [last, name]),
            None => Sql::with(format!("DELETE FROM {table} WHERE \"object\" = $1"), [name]),
        };
        self.db().exec(&q).or_db()?;
        Ok(true)
    }
    /// Recomputes the formulas of the rows behind `after`; number of rows, and the last id if there may be more. Not a
    /// change of the record: no version, no history.
    fn fill_chunk(&mut self, object: &Arc<Object>, after: &str) -> Result<(usize, Option<String>)> {
        let mut q = Sql::new(format!("SELECT {} FROM {} t0 WHERE t0.\"id\" > ", Record::columns(object, "t0"), self.db().table(&object.name)));
        q.arg(after).push(&format!(" ORDER BY t0.\"id\" LIMIT {CHUNK}"));
        let mut records = Vec::new();
        self.db()
            .query(&q, &mut |row| {
                records.push(Record::read(object, row));
                Ok(())
            })
            .or_db()?;
        let now = self.now_ms();
        for before in &records {
            let mut record = before.clone();
            self.compute_formulas(&mut record, now)?;
            let changed: Vec<&Arc<Field>> = object.live_fields().filter(|f| f.formula.is_some() && !f.is_live() && before.get(f.name()) != record.get(f.name())).collect();
            if changed.is_empty() {
                continue;
            }
            let mut q = Sql::new(format!("UPDATE {} SET ", self.db().table(&object.name)));
            let mut vals = Vec::new();
            let mut columns = Vec::new();
            for field in changed {
                columns.extend(field.columns());
                compile::vals(field, record.get(field.name()), &mut vals);
            }
            for (i, (column, val)) in columns.iter().zip(vals).enumerate() {
                q.push(if i > 0 { ", " } else { "" }).push(&format!("{} = ", store::quote(column))).arg(val);
            }
            // A row that somebody changes meanwhile computes its formulas itself.
            q.push(" WHERE \"id\" = ").arg(record.id().to_string()).push(" AND \"version\" = ").arg(record.version());
            self.db().exec(&q).or_db()?;
        }
        let more = records.len() == CHUNK;
        Ok((records.len(), records.last().filter(|_| more).map(|r| r.id().to_string())))
    }
}

/// Stored formulas that were not there before, or mean something else now.
fn stale_fields(before: &Registry, object: &Object) -> Vec<Arc<Field>> {
    let had = before.all_objects().find(|o| o.name == object.name);
    let print = |f: &Field| f.formula.as_ref().filter(|_| f.storage != Storage::None).map(|f| f.fingerprint);
    object.live_fields().filter(|f| print(f).is_some() && print(f) != had.and_then(|o| o.fields.get(f.name())).and_then(|f| print(f))).cloned().collect()
}

/// A roll-up's answer as a value that a formula can use.
pub(crate) fn rolled_value(registry: &Registry, kind: &FieldType, json: &serde_json::Value, home: kernel::Currency) -> Result<Value> {
    let FieldType::RollUp { related, field, .. } = kind else { return Err(Error::internal("Only roll-ups are read so.")) };
    let measured = registry.object(related).zip(field.as_deref()).and_then(|(o, f)| o.field(f).cloned());
    let ctx = metadata::ParseCtx { currency: home, lenient: true };
    Ok(match (json, measured) {
        (serde_json::Value::Number(n), _) if n.is_i64() => Value::Int(n.as_i64().unwrap_or(0)),
        // The mean of whole numbers; nine digits are more than it was rounded to.
        (serde_json::Value::Number(n), _) => FieldType::Decimal { scale: 9 }.parse(&format!("{:.9}", n.as_f64().unwrap_or(0.0)).into(), ctx).unwrap_or(Value::Null),
        (json, Some(field)) => match field.kind().value_type() {
            FieldType::Decimal { .. } | FieldType::Percent {} => FieldType::Decimal { scale: 9 }.parse(json, ctx).unwrap_or(Value::Null),
            FieldType::Money {} if json.get("amount").is_none_or(serde_json::Value::is_null) => Value::Null,
            kind => kind.parse(json, ctx).unwrap_or(Value::Null),
        },
        _ => Value::Null,
    })
}
