//! Which fields an answer has, and how a row becomes JSON.

use crate::{json, tx::Tx};
use access::FieldAccess;
use kernel::{Error, RecordId, Result};
use metadata::{Field, FieldType, Object, Path, Storage};
use std::sync::Arc;
use store::{Row, compile};

enum Source {
    /// Cells starting there.
    Cells(usize),
    /// Masked for the asker: null.
    Masked,
    /// Computed after the page is known.
    Later,
}
struct Column {
    field: Arc<Field>,
    source: Source,
}

pub(crate) struct Projection {
    columns: Vec<Column>,
    pub(crate) select: Vec<Path>,
    id_at: usize,
    version_at: usize,
    /// Cell behind the last one.
    pub(crate) width: usize,
    pub(crate) roll_ups: Vec<Arc<Field>>,
    pub(crate) includes: Vec<Arc<Field>>,
    include_at: Vec<usize>,
}

/// A row on its way out: an open JSON object, to be closed by [`Projected::close`].
pub(crate) struct Projected {
    pub(crate) id: RecordId,
    pub(crate) version: i64,
    pub(crate) json: Vec<u8>,
    /// Ids behind the references to be included.
    pub(crate) included: Vec<Option<RecordId>>,
}
impl Projected {
    pub(crate) fn add(&mut self, key: &str, value: &[u8]) {
        self.json.push(b',');
        json::key(key, &mut self.json);
        self.json.extend_from_slice(value);
    }
}

impl Tx<'_> {
    /// # Errors
    /// 422 naming a field that is unknown or not readable, or a reference that cannot be included.
    pub(crate) fn projection(&self, object: &Arc<Object>, fields: Option<&[String]>, include: &[String]) -> Result<Projection> {
        let unknown = |name: &str| Error::field(name, "unknown_field", format!("{} has no field \"{name}\".", object.name));
        let mut wanted: Vec<(Arc<Field>, FieldAccess)> = Vec::new();
        match fields {
            None => wanted.extend(object.live_fields().map(|f| (f.clone(), self.rights().field(object, f))).filter(|(_, a)| *a != FieldAccess::Hidden)),
            Some(names) => {
                for name in ["id"].into_iter().chain(names.iter().map(String::as_str)) {
                    let field = object.field(name).ok_or_else(|| unknown(name))?;
                    match self.rights().field(object, field) {
                        FieldAccess::Hidden => return Err(unknown(name)),
                        access if !wanted.iter().any(|(f, _)| f.name() == name) => wanted.push((field.clone(), access)),
                        _ => {}
                    }
                }
            }
        }
        let mut out = Projection { columns: vec![], select: vec![], id_at: 0, version_at: 0, width: 0, roll_ups: vec![], includes: vec![], include_at: vec![] };
        for (field, access) in wanted {
            let source = match (access, field.storage) {
                (FieldAccess::Masked | FieldAccess::Hidden, _) => Source::Masked,
                (_, Storage::None) => {
                    out.roll_ups.push(field.clone());
                    Source::Later
                }
                _ => Source::Cells(out.select_field(self, object, &field)?),
            };
            out.columns.push(Column { field, source });
        }
        let needed = |name: &str| object.field(name).cloned().ok_or_else(|| unknown(name));
        let (id, version) = (needed("id")?, needed("version")?);
        out.id_at = out.select_field(self, object, &id)?;
        out.version_at = out.select_field(self, object, &version)?;
        for name in include {
            let field = object.field(name).filter(|f| matches!(self.rights().field(object, f), FieldAccess::Read | FieldAccess::Write)).ok_or_else(|| unknown(name))?;
            if !matches!(field.kind(), FieldType::Reference { .. } | FieldType::User {} | FieldType::File {}) || field.storage != Storage::Text || field.name() == "id" {
                return Err(Error::field(name, "not_includable", format!("\"{name}\" is not a reference to one kind of record.")));
            }
            let at = out.select_field(self, object, field)?;
            out.include_at.push(at);
            out.includes.push(field.clone());
        }
        Ok(out)
    }
}

impl Projection {
    fn select_field(&mut self, tx: &Tx, object: &Arc<Object>, field: &Arc<Field>) -> Result<usize> {
        let mut at = 0;
        for path in &self.select {
            if path.field.name() == field.name() {
                return Ok(at);
            }
            at += compile::width(&path.field);
        }
        let mut path = Path::of(field);
        tx.rights().guard_path(object, &mut path)?;
        self.select.push(path);
        self.width = at + compile::width(field);
        Ok(at)
    }
    pub(crate) fn write(&self, row: &dyn Row) -> Projected {
        let id = |at: usize| row.cell(at).as_str().and_then(|s| s.parse().ok());
        let mut out = Vec::with_capacity(64 * self.columns.len());
        out.push(b'{');
        let mut first = true;
        for column in &self.columns {
            if matches!(column.source, Source::Later) {
                continue;
            }
            if !first {
                out.push(b',');
            }
            first = false;
            json::key(column.field.name(), &mut out);
            match column.source {
                Source::Cells(at) => compile::write_json(&column.field, row, at, &mut out),
                Source::Masked | Source::Later => out.extend_from_slice(b"null"),
            }
        }
        Projected { id: id(self.id_at).unwrap_or(RecordId::fixed(0)), version: row.cell(self.version_at).as_int().unwrap_or(0), json: out, included: self.include_at.iter().map(|at| id(*at)).collect() }
    }
    /// The same from a record in memory (as it was in the past): `readable` says which references may show.
    pub(crate) fn write_record(&self, record: &crate::Record, shows: impl Fn(&Field) -> bool) -> Projected {
        let mut out = vec![b'{'];
        let mut first = true;
        for column in &self.columns {
            if matches!(column.source, Source::Later) {
                continue;
            }
            if !first {
                out.push(b',');
            }
            first = false;
            json::key(column.field.name(), &mut out);
            match column.source {
                Source::Cells(_) if shows(&column.field) => json::value(&record.get(column.field.name()).to_json(), &mut out),
                _ => out.extend_from_slice(b"null"),
            }
        }
        let included = self.includes.iter().map(|f| if shows(f) { record.reference(f.name()) } else { None }).collect();
        Projected { id: record.id(), version: record.version(), json: out, included }
    }
}
