//! Roll-ups: one grouped question over the page, under the reader's rights.

use super::projection::Projected;
use crate::{formulas::rolled_value, tx::Tx};
use access::Action;
use kernel::{Code, Decimal, Money, Result};
use metadata::{Aggregate, Archived, Cond, Field, FieldType, Measure, MeasureFn, Object, Op, Operand, Path, Value, bind, query::GroupBy};
use serde_json::{Value as Json, json};
use std::{collections::HashMap, sync::Arc};

impl Tx<'_> {
    pub(crate) fn add_roll_ups(&mut self, object: &Arc<Object>, fields: &[(Arc<Field>, bool)], rows: &mut [Projected]) -> Result<()> {
        let home = self.settings().currency();
        for (field, shown) in fields {
            let FieldType::RollUp { function, .. } = field.kind() else { continue };
            // Masked where it measures or tests what is masked for the asker: the record itself is still read.
            let (found, masked) = match self.roll_up(object, field, rows) {
                Ok(found) => (found, false),
                Err(error) if matches!(error.code, Code::Invalid | Code::Malformed) => (HashMap::new(), true),
                Err(error) => return Err(error),
            };
            let none = if !masked && matches!(function.as_str(), "count" | "count_distinct") { json!(0) } else { Json::Null };
            for row in rows.iter_mut() {
                let value = found.get(&row.id.to_string()).unwrap_or(&none);
                row.inputs.push((field.name().to_owned(), rolled_value(self.registry(), field.kind(), value, home)?));
                if *shown {
                    row.add(field.name(), value.to_string().as_bytes());
                }
            }
        }
        Ok(())
    }
    fn roll_up(&mut self, object: &Arc<Object>, field: &Field, rows: &[Projected]) -> Result<HashMap<String, Json>> {
        let mut out = HashMap::new();
        let FieldType::RollUp { related, via, function, field: measured, filter, scope } = field.kind() else { return Ok(out) };
        let (Some(child), Ok(function)) = (self.registry().object(related).cloned(), function.parse::<MeasureFn>()) else { return Ok(out) };
        let Some(way) = object.referrers.iter().find(|r| r.object == child.name && via.as_deref().is_none_or(|v| v == r.field.name())).map(|r| r.field.clone()) else { return Ok(out) };
        let all = scope.as_deref() == Some("all");
        if !all && !self.rights().can(&child, Action::Read) || rows.is_empty() {
            return Ok(out);
        }
        let ids: Vec<Value> = rows.iter().map(|r| Value::Ref(r.id)).collect();
        let ours = Cond::Test { path: Path::of(&way), op: Op::In, operand: Operand::Many(ids) };
        let filter = match filter {
            Some(json) => bind(&self.bind_ctx(), &child, json)?,
            None => Cond::TRUE,
        };
        let path = measured.as_deref().and_then(|m| child.field(m)).map(Path::of);
        let plan = Aggregate {
            object: child,
            filter: ours.and(filter),
            group_by: vec![GroupBy { path: Path::of(&way), bucket: None }],
            measures: vec![Measure { function, path }],
            archived: Archived::Exclude,
            time_zone: self.settings().time_zone.clone(),
            fiscal_start: self.settings().fiscal_start,
            limit: 500,
        };
        let plan = self.rights().authorize_roll_up(field, plan)?;
        for (key, mut values) in self.run_aggregate(&plan)? {
            if let Some(Json::String(id)) = key.into_iter().next() {
                out.insert(id, values.pop().unwrap_or(Json::Null));
            }
        }
        Ok(out)
    }
}

/// A number of a field's type as `CONTRACT.md` 4 writes it.
pub(crate) fn number_json(kind: &FieldType, units: i64, home: kernel::Currency) -> Json {
    match kind.value_type() {
        FieldType::Money {} => json!({"amount": Money { minor: units, currency: home }.amount(), "currency": home.as_str()}),
        FieldType::Decimal { .. } | FieldType::Percent {} => json!(Decimal { units, scale: kind.scale() }.to_string()),
        FieldType::DateTime {} => crate::json::instant(units),
        FieldType::Boolean {} => json!(units != 0),
        _ => json!(units),
    }
}
