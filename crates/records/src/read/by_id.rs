//! The question for one record, worked out once for an asker: only the id differs from one time to the next.

use super::{Get, projection::Projection};
use crate::tx::Tx;
use kernel::{Error, RecordId, Result};
use metadata::{Archived, Cond, Object, Query};
use std::sync::Arc;
use store::{Sql, Val, compile};

/// Stands for the id while the statement is written.
const ANY: RecordId = RecordId::fixed(0x0fff_ffff_ffff_ffff);

pub(crate) struct ById {
    pub(crate) projection: Arc<Projection>,
    sql: Sql,
    /// Places of the id among the values.
    at: Vec<usize>,
}
impl ById {
    pub(crate) fn statement(&self, id: RecordId) -> Sql {
        let mut sql = self.sql.clone();
        for place in &self.at {
            if let Some(value) = sql.args.get_mut(*place) {
                *value = Val::Text(id.to_string());
            }
        }
        sql
    }
}

impl Tx<'_> {
    /// # Errors
    /// As [`Tx::projection`].
    pub(crate) fn remembered_projection(&self, object: &Arc<Object>, fields: Option<&[String]>, include: &[String]) -> Result<Arc<Projection>> {
        self.rights().clone().remembered(&shape("fields", object, fields, include), || self.projection(object, fields, include))
    }
    /// # Errors
    /// As [`Tx::projection`].
    pub(crate) fn by_id(&mut self, object: &Arc<Object>, get: &Get) -> Result<Arc<ById>> {
        let key = shape("record", object, get.fields.as_deref(), &get.include);
        self.rights().clone().remembered(&key, || {
            let projection = self.remembered_projection(object, get.fields.as_deref(), &get.include)?;
            let query = Query { object: object.clone(), select: projection.select.clone(), filter: Cond::Ids([ANY].into()), sort: vec![], after: None, limit: 1, archived: Archived::Include };
            let query = self.rights().authorize_query(query)?;
            let sql = compile::page(self.db(), &query, 1).valued.ok_or_else(|| Error::internal("A record has no statement."))?;
            let any = Val::Text(ANY.to_string());
            let at = sql.args.iter().enumerate().filter(|(_, value)| **value == any).map(|(place, _)| place).collect();
            Ok(ById { projection, sql, at })
        })
    }
}
fn shape(what: &str, object: &Object, fields: Option<&[String]>, include: &[String]) -> String {
    let fields = fields.map_or_else(|| "*".to_owned(), |names| names.join(","));
    format!("{what} {} {fields} {}", object.name, include.join(","))
}
