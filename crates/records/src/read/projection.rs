//! Which fields an answer has, and how a row becomes JSON.

use crate::{json, tx::Tx};
use access::{Action, FieldAccess};
use kernel::{Error, RecordId, Result};
use metadata::{AnyRef, Field, FieldType, Formula, Object, Path, Storage, Value, bind_path};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};
use store::{Row, compile};

enum Source {
    /// Cells starting there.
    Cells(usize),
    /// A reference starting there, of which is known only with the whole page whether it may be seen.
    Late(usize),
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
    /// Roll-ups to compute, and whether each is shown or only named by a formula.
    pub(crate) roll_ups: Vec<(Arc<Field>, bool)>,
    /// Formulas computed when read.
    pub(crate) formulas: Vec<(Arc<Field>, Arc<Formula>)>,
    /// What they name, beside roll-ups: text, path, first cell.
    inputs: Vec<(String, Path, usize)>,
    pub(crate) includes: Vec<Arc<Field>>,
    include_at: Vec<usize>,
    shown: OnceLock<String>,
}

/// A row on its way out: an open JSON object, to be closed by [`Projected::close`].
pub(crate) struct Projected {
    pub(crate) id: RecordId,
    pub(crate) version: i64,
    pub(crate) json: Vec<u8>,
    /// Ids behind the references to be included.
    pub(crate) included: Vec<Option<RecordId>>,
    /// What late references point at, in the order of the columns; empty where they stand in `json` already.
    pub(crate) late: Vec<Option<(String, RecordId)>>,
    /// Values that formulas name, by their text; roll-ups are added when they are known.
    pub(crate) inputs: Vec<(String, Value)>,
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
        let mut out = Projection {
            columns: vec![],
            select: vec![],
            id_at: 0,
            version_at: 0,
            width: 0,
            roll_ups: vec![],
            formulas: vec![],
            inputs: vec![],
            includes: vec![],
            include_at: vec![],
            shown: OnceLock::new(),
        };
        for (field, access) in wanted {
            let source = match (access, field.storage) {
                (FieldAccess::Masked | FieldAccess::Hidden, _) => Source::Masked,
                (_, Storage::None) => {
                    match &field.formula {
                        Some(formula) => out.formulas.push((field.clone(), formula.clone())),
                        None => out.roll_ups.push((field.clone(), true)),
                    }
                    Source::Later
                }
                _ if self.rights().guards_late(&field) && self.rights().guard(object, &field).is_some() => Source::Late(out.select_path(self, object, Path { late: true, ..Path::of(&field) })?),
                _ => Source::Cells(out.select_field(self, object, &field)?),
            };
            out.columns.push(Column { field, source });
        }
        let named: Vec<String> = out.formulas.iter().flat_map(|(_, f)| f.inputs.iter().cloned()).collect();
        for text in named {
            let path = bind_path(self.registry(), object, &text)?;
            if path.field.is_live() {
                if !out.roll_ups.iter().any(|(f, _)| f.name() == text) {
                    out.roll_ups.push((path.field.clone(), false));
                }
            } else if !out.inputs.iter().any(|(have, ..)| *have == text) {
                let at = out.select_path(self, object, path)?;
                let Some(path) = out.select.iter().find(|p| p.text() == text && !p.late).cloned() else { continue };
                out.inputs.push((text, path, at));
            }
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
    /// Names of the fields that answers show, with commas between.
    pub(crate) fn shown(&self) -> &str {
        self.shown.get_or_init(|| self.columns.iter().filter(|c| !matches!(c.source, Source::Masked)).map(|c| c.field.name()).collect::<Vec<_>>().join(","))
    }
    fn select_field(&mut self, tx: &Tx, object: &Arc<Object>, field: &Arc<Field>) -> Result<usize> {
        self.select_path(tx, object, Path::of(field))
    }
    fn select_path(&mut self, tx: &Tx, object: &Arc<Object>, mut path: Path) -> Result<usize> {
        let (text, late) = (path.text(), path.late);
        let mut at = 0;
        for path in &self.select {
            if path.text() == text && path.late == late {
                return Ok(at);
            }
            at += compile::width(&path.field);
        }
        tx.rights().guard_path(object, &mut path)?;
        self.select.push(path);
        self.width = at + self.select.last().map_or(0, |p| compile::width(&p.field));
        Ok(at)
    }
    fn late(&self) -> impl Iterator<Item = (&Arc<Field>, usize)> {
        self.columns.iter().filter_map(|c| match c.source {
            Source::Late(at) => Some((&c.field, at)),
            _ => None,
        })
    }
    pub(crate) fn write(&self, row: &dyn Row) -> Projected {
        let id = |at: usize| row.cell(at).as_str().and_then(|s| s.parse().ok());
        let mut out = Vec::with_capacity(64 * self.columns.len());
        out.push(b'{');
        let mut first = true;
        for column in &self.columns {
            if matches!(column.source, Source::Later | Source::Late(_)) {
                continue;
            }
            if !first {
                out.push(b',');
            }
            first = false;
            json::key(column.field.name(), &mut out);
            match column.source {
                Source::Cells(at) => compile::write_json(&column.field, row, at, &mut out),
                Source::Masked | Source::Later | Source::Late(_) => out.extend_from_slice(b"null"),
            }
        }
        Projected {
            id: id(self.id_at).unwrap_or(RecordId::fixed(0)),
            version: row.cell(self.version_at).as_int().unwrap_or(0),
            json: out,
            included: self.include_at.iter().map(|at| id(*at)).collect(),
            late: self.late().map(|(field, at)| pointed_at(field, row, at)).collect(),
            inputs: self.inputs.iter().map(|(text, path, at)| (text.clone(), compile::read(&path.field, row, *at))).collect(),
        }
    }
    /// The same from a record in memory (as it was in the past): `shows` says which fields may, `behind` reads a path
    /// with its guards.
    pub(crate) fn write_record(&self, record: &crate::Record, shows: impl Fn(&Field) -> bool, mut behind: impl FnMut(&Path) -> Result<Value>) -> Result<Projected> {
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
                Source::Cells(_) if matches!(column.field.kind(), FieldType::ManyToMany { .. }) => {
                    let value = self.select.iter().find(|p| p.steps.is_empty() && p.field.name() == column.field.name()).map_or(Ok(Value::Null), &mut behind)?;
                    json::value(&value.to_json(), &mut out);
                }
                Source::Cells(_) | Source::Late(_) if shows(&column.field) => json::value(&record.get(column.field.name()).to_json(), &mut out),
                _ => out.extend_from_slice(b"null"),
            }
        }
        let included = self.includes.iter().map(|f| if shows(f) { record.reference(f.name()) } else { None }).collect();
        let inputs = self.inputs.iter().map(|(text, path, _)| Ok((text.clone(), behind(path)?))).collect::<Result<_>>()?;
        Ok(Projected { id: record.id(), version: record.version(), json: out, included, late: vec![], inputs })
    }
}

fn pointed_at(field: &Field, row: &dyn Row, at: usize) -> Option<(String, RecordId)> {
    match compile::read(field, row, at) {
        Value::AnyRef(any) => Some((any.object, any.id)),
        Value::Ref(id) => Some((field.kind().target()?.to_owned(), id)),
        _ => None,
    }
}

impl Tx<'_> {
    /// References whose targets are looked up for the whole page: one question for each object they point at.
    pub(crate) fn add_late(&mut self, projection: &Projection, rows: &mut [Projected]) -> Result<()> {
        let mut wanted: HashMap<String, HashSet<RecordId>> = HashMap::new();
        for (object, id) in rows.iter().flat_map(|r| r.late.iter().flatten()) {
            wanted.entry(object.clone()).or_default().insert(*id);
        }
        let mut seen: HashMap<String, HashSet<RecordId>> = HashMap::new();
        for (name, ids) in wanted {
            let Some(object) = self.registry().object(&name).cloned().filter(|o| self.rights().can(o, Action::Read)) else { continue };
            let ids: Vec<RecordId> = ids.into_iter().collect();
            seen.insert(name, self.allowed(&object, &ids, Action::Read)?);
        }
        let fields: Vec<Arc<Field>> = projection.late().map(|(field, _)| field.clone()).collect();
        for row in rows {
            for (field, target) in fields.iter().zip(std::mem::take(&mut row.late)) {
                let target = target.filter(|(object, id)| seen.get(object).is_some_and(|ids| ids.contains(id)));
                let value = match target {
                    None => Value::Null,
                    Some((object, id)) if field.storage == Storage::AnyRef => Value::AnyRef(AnyRef { object, id }),
                    Some((_, id)) => Value::Ref(id),
                };
                let mut out = Vec::new();
                json::value(&value.to_json(), &mut out);
                row.add(field.name(), &out);
            }
        }
        Ok(())
    }
    /// Formulas over more than the record itself, each from what was selected for it.
    pub(crate) fn add_formulas(&self, projection: &Projection, rows: &mut [Projected]) {
        if projection.formulas.is_empty() {
            return;
        }
        let env = self.formula_env();
        for row in rows {
            for (field, formula) in &projection.formulas {
                let value = formula.evaluate(&env, &|text| row.inputs.iter().find(|(have, _)| have == text).map_or(Value::Null, |(_, v)| v.clone()));
                let mut out = Vec::new();
                json::value(&value.to_json(), &mut out);
                row.add(field.name(), &out);
            }
        }
    }
}
