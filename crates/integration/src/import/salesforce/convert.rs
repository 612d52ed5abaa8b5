//! Cells to values: custom fields get a type from all their values, everything else goes the way of any import.

mod infer;

use super::names::{is_base_field, is_custom, label, may_extend, plural, snake};
use super::shape::Shaped;
use super::{BatchRow, ObjectBatch, Targets};
use crate::import::assemble::Assembler;
use crate::import::detect::{DateOrder, DecimalMark, Locale, PercentScale, Profiler};
use crate::import::mapping::{ColumnMapping, Mapping};
use crate::import::plan::Plan;
use crate::import::reader::{Column, Notices, OpenError, RawCell, RawRow};
use crate::import::reject::Rejected;
use crate::import::target::{FieldKind, Target, TargetField};
use infer::{infer, objects_in};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// A batch, and its fields that may point to several objects.
pub(super) struct Converted {
    pub(super) batch: ObjectBatch,
    pub(super) wide: BTreeSet<String>,
}

pub(super) fn convert(shaped: Vec<Shaped>, targets: &dyn Targets, locale: &Locale, notices: &mut Notices) -> Result<Vec<Converted>, OpenError> {
    let mut groups: Vec<(String, Vec<Shaped>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in shaped {
        let at = *places.entry(one.object.clone()).or_insert_with(|| {
            groups.push((one.object.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(one);
    }
    groups.into_iter().map(|(object, rows)| group(&object, rows, targets, locale, notices)).collect()
}

/// An object that the export brings along.
struct NewObject {
    name: String,
    label: String,
    fields: Vec<TargetField>,
}
impl Target for NewObject {
    fn object(&self) -> &str {
        &self.name
    }
    fn label(&self) -> &str {
        &self.label
    }
    fn fields(&self) -> &[TargetField] {
        &self.fields
    }
}
fn new_object(name: &str, sobject: &str) -> NewObject {
    let mut fields = vec![TargetField::new("external_id", "External id", FieldKind::Text { max: None, unique: true }), TargetField::new("owner", "Owner", FieldKind::User).to("user")];
    for (name, kind) in [("created_at", FieldKind::DateTime), ("created_by", FieldKind::User), ("updated_at", FieldKind::DateTime), ("updated_by", FieldKind::User)] {
        let mut field = TargetField::new(name, name, kind);
        field.past = name.starts_with("created");
        field.read_only = !field.past;
        fields.push(field);
    }
    NewObject { name: name.to_owned(), label: label(sobject), fields }
}

fn group(object: &str, rows: Vec<Shaped>, targets: &dyn Targets, locale: &Locale, notices: &mut Notices) -> Result<Converted, OpenError> {
    let mut sobjects: Vec<String> = rows.iter().map(|r| r.sobject.clone()).filter(|s| !s.is_empty()).collect();
    sobjects.dedup();
    sobjects.sort();
    sobjects.dedup();
    let first = sobjects.first().cloned().unwrap_or_else(|| object.to_owned());
    let made;
    let known = targets.target(object);
    let target: &dyn Target = match known {
        Some(target) => target,
        None => {
            made = new_object(object, &first);
            &made
        }
    };

    let mut names: Vec<String> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for row in &rows {
        for (name, _) in &row.cells {
            if !at.contains_key(name) {
                at.insert(name.clone(), names.len());
                names.push(name.clone());
            }
        }
    }
    let raw: Vec<RawRow> = rows
        .iter()
        .enumerate()
        .map(|(line, row)| {
            let mut cells = vec![RawCell::Empty; names.len()];
            for (name, cell) in &row.cells {
                cells[at[name]] = cell.clone();
            }
            RawRow { line: line as u64 + 1, cells }
        })
        .collect();
    let mut profiler = Profiler::new(names.len());
    raw.iter().for_each(|row| profiler.observe(row));
    let profiles = profiler.finish();

    let mut mapping = Mapping { date: Some(DateOrder::Ymd), decimal: Some(DecimalMark::Dot), percent: Some(PercentScale::Points), key: Some("external_id".to_owned()), ..Mapping::default() };
    for (place, name) in names.iter().enumerate() {
        let standard_field = target.field(name).is_some();
        if standard_field || !(is_custom(name) || known.is_none()) {
            continue;
        }
        let lookup_to = objects_in(raw.iter().map(|r| &r.cells[place]));
        let definition = infer(name, &profiles[place], &lookup_to, raw.iter().map(|r| &r.cells[place]));
        mapping.columns.push(custom_column(target, name, definition, notices));
    }
    let columns: Vec<Column> = names.iter().map(|n| Column { name: n.clone(), original: n.clone() }).collect();
    let plan = Plan::build(target, &columns, Some(&profiles), &mapping, false, locale).map_err(|e| OpenError::Broken(format!("{first}: {e}")))?;
    for header in plan.unmapped.iter().chain(plan.suggestions.iter().map(|(header, ..)| header)) {
        notices.add(None, "unmapped_field", format!("{first}: the field {header} has no place in {object}; it was left out"));
    }
    for remark in &plan.remarks {
        notices.add(None, "remark", format!("{first}: {remark}"));
    }

    let mut batch = ObjectBatch { object: object.to_owned(), sobjects, ..ObjectBatch::default() };
    let mut assembler = Assembler::new(&plan, locale);
    for (mut raw, Shaped { source, notes, .. }) in raw.into_iter().zip(rows) {
        let mut odd = Vec::new();
        let row = match assembler.row(&raw) {
            Ok(row) => row,
            // A value that its field cannot hold costs the value, which is told and kept as a note, not the record.
            Err(rejected) => {
                odd = blank(&mut raw, &columns, &rejected);
                match assembler.row(&raw) {
                    Ok(row) => row,
                    Err(again) => {
                        notices.add(None, "rejected", format!("{source}: {}", again.reason()));
                        continue;
                    }
                }
            }
        };
        let mut lines: Vec<String> = notes.iter().map(|(header, text)| format!("{header}: {text}")).collect();
        for (header, value, detail) in odd {
            notices.add(None, "odd_value", format!("{source}: {header}: {detail}; it is kept in the notes"));
            lines.push(format!("{header}: {value}"));
        }
        let mut done = BatchRow { fields: row.fields, points: row.points, objections: row.objections, note: row.note, warnings: row.warnings, source };
        keep(&mut done, &lines, plan.field("description").is_some());
        batch.rows.push(done);
    }
    match known {
        Some(_) => batch.new_fields = plan.new_fields.clone(),
        None => batch.definition = Some(definition(object, target.label(), &plan)),
    }
    let wide = plan.fields.iter().filter(|f| matches!(f.kind, FieldKind::Reference) && (f.reference_to.len() != 1 || f.reference_to[0] == "*")).map(|f| f.name.clone()).collect();
    Ok(Converted { batch, wide })
}

fn custom_column(target: &dyn Target, name: &str, definition: Value, notices: &mut Notices) -> ColumnMapping {
    let mut to = snake(name);
    let kind = FieldKind::of_definition(&definition);
    let taken = is_base_field(&to) && name != to;
    let same = target.field(&to).map(|f| fits(kind.as_ref(), f));
    let own = target.field(&to).is_some_and(|f| f.custom);
    let reuse = same == Some(true) && (own || may_extend(target.object())) && !taken;
    if !reuse && (taken || same.is_some()) {
        notices.add(None, "renamed_field", format!("{name}: {} has a field {to} already; this one is called {to}_c", target.object()));
        to = format!("{to}_c");
    }
    let create = (!reuse).then_some(definition);
    ColumnMapping { from: Some(name.to_owned()), to: Some(to), create, label: Some(label(name)), ..ColumnMapping::default() }
}
/// Whether the values of a custom field can go to a standard one of the same name.
fn fits(kind: Option<&FieldKind>, field: &TargetField) -> bool {
    if field.read_only {
        return false;
    }
    match (kind, &field.kind) {
        (Some(FieldKind::Reference), FieldKind::Reference) | (_, FieldKind::Text { .. } | FieldKind::LongText) if kind != Some(&FieldKind::Reference) || field.kind == FieldKind::Reference => true,
        (Some(a), b) => a.name() == b.name(),
        (None, _) => false,
    }
}
/// Empties the cells that were refused; returns what stood there.
fn blank(raw: &mut RawRow, columns: &[Column], rejected: &Rejected) -> Vec<(String, String, String)> {
    let mut odd = Vec::new();
    for problem in &rejected.problems {
        if let Some(at) = columns.iter().position(|c| c.name == problem.column) {
            let value = std::mem::replace(&mut raw.cells[at], RawCell::Empty).to_text();
            odd.push((problem.column.clone(), value, problem.detail.clone()));
        }
    }
    odd
}

/// Adds lines to the description, else to the note about the record.
fn keep(row: &mut BatchRow, lines: &[String], described: bool) {
    if lines.is_empty() {
        return;
    }
    let before = if described { row.fields.get("description").and_then(Value::as_str).map(str::to_owned) } else { row.note.take() };
    let whole = before.into_iter().chain(lines.iter().cloned()).collect::<Vec<_>>().join("\n");
    match described {
        true => drop(row.fields.insert("description".to_owned(), whole.into())),
        false => row.note = Some(whole),
    }
}

/// The definition of a custom object, as `POST /objects` takes it.
fn definition(object: &str, label: &str, plan: &Plan) -> Value {
    let fields: Vec<Value> = plan.new_fields.iter().map(|f| json!({"name": f.name, "label": f.label, "type": f.definition})).collect();
    let text = |name: &str| plan.new_fields.iter().any(|f| f.name == name && f.definition.get("text").is_some());
    let title = if text("name") { Some("name") } else { plan.new_fields.iter().find(|f| f.definition.get("text").is_some()).map(|f| f.name.as_str()) };
    let mut definition = json!({"name": object, "plural": plural(object), "label": label, "plural_label": plural(label), "fields": fields});
    if let Some(title) = title {
        definition["title"] = title.into();
    }
    definition
}
