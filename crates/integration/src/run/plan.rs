//! From a file and a mapping to a plan, with what must be asked.

use super::{
    job::{Job, NewJob},
    registry::ObjectTarget,
};
use crate::import::{
    assemble::Assembler,
    coerce::usual_match,
    detect::{Locale, Profiler, Question},
    headers::Meaning,
    mapping::{Mapping, MappingError},
    plan::Plan,
    reader::{OpenError, OpenOptions, open},
};
use kernel::{Ctx, Error, FieldError, Result};
use records::Workspace;
use serde_json::{Value as Json, json};
use std::{fs::File, io::Read as _, path::Path};

/// Notices that are kept.
const NOTICES: usize = 200;

/// Everything known about an import before its first row is written.
pub struct Prepared {
    pub plan: Plan,
    pub locale: Locale,
    pub options: OpenOptions,
    /// Rows in the file, unreadable ones included.
    pub rows: u64,
    pub questions: Vec<Question>,
    /// What was odd about the file, in sentences; the first hundred of a kind.
    pub notices: Vec<String>,
    /// Unique fields that columns fill.
    pub(crate) unique: Vec<String>,
    /// Fields by which rows of the file may point at each other.
    pub(crate) own_ways: Vec<String>,
    samples: Vec<Vec<String>>,
    headers: Vec<String>,
}

pub(super) fn open_error(error: &OpenError) -> Error {
    Error::field("file", "unreadable", format!("The file cannot be imported: {error}."))
}
pub(super) fn mapping_error(error: MappingError) -> Error {
    Error::invalid(error.problems.into_iter().map(|p| FieldError::new("mapping", "bad_mapping", format!("{}.", p.trim_end_matches('.')))).collect())
}

/// Reads the whole file once. Blocking.
///
/// # Errors
/// 422 for a file that cannot be read or a mapping that does not fit; 403 for columns of the past without the right.
pub fn prepare(workspace: &Workspace, ctx: &Ctx, job: &Job) -> Result<Prepared> {
    let name = job.object.clone();
    let (target, locale, past) = workspace.read_blocking(ctx, move |tx| {
        let object = tx.registry().object(&name).cloned().ok_or_else(|| Error::field("object", "unknown_object", format!("\"{name}\" is not an object here.")))?;
        let settings = tx.settings();
        let mut locale = Locale::of_language(&settings.language, settings.currency(), settings.zone());
        locale.region.get_or_insert_with(|| settings.country.clone());
        Ok((ObjectTarget::of(&object), locale, tx.rights().capability("import_past")))
    })?;
    let mapping = job.mapping.as_deref().map_or_else(|| Ok(Mapping::default()), read_mapping)?;
    if mapping.object.as_ref().is_some_and(|o| *o != job.object) {
        return Err(Error::field("mapping", "wrong_object", format!("The mapping is for {}, not {}.", mapping.object.unwrap_or_default(), job.object)));
    }
    let options = OpenOptions { encoding: mapping.encoding.clone(), delimiter: mapping.delimiter, sheet: mapping.sheet.clone(), format: format_of(&job.file_name), ..OpenOptions::default() };
    let mut source = open(Path::new(&job.file), &options).map_err(|e| open_error(&e))?;
    let mut profiler = Profiler::new(source.columns().len());
    let (mut rows, mut samples) = (0, vec![Vec::new(); source.columns().len()]);
    while let Some(row) = source.next() {
        rows += 1;
        if let Ok(row) = row {
            profiler.observe(&row);
            for (column, cell) in samples.iter_mut().zip(&row.cells) {
                if column.len() < 5 && !cell.is_empty() {
                    column.push(cell.to_text());
                }
            }
        }
    }
    let notices = source.notices().iter().take(NOTICES).map(ToString::to_string).collect();
    let headers = source.columns().iter().map(|c| c.name.clone()).collect();
    let profiles = profiler.finish();
    let mut mapping = mapping;
    if let Some(key) = &job.key {
        mapping.key = Some(key.clone());
    }
    let plan = Plan::build(&target, source.columns(), Some(&profiles), &mapping, job.accept, &locale).map_err(mapping_error)?;
    if !plan.past.is_empty() && !past {
        let refused = plan
            .past
            .iter()
            .map(|c| FieldError::new(c.as_str(), "not_allowed", format!("The column \"{c}\" sets what only the right to import the past may set. Leave it out or ask an administrator.")))
            .collect();
        return Err(Error { fields: refused, ..Error::forbidden("Some columns need the right to import the past.") });
    }
    let (unique, own_ways) = checked(workspace, ctx, &plan)?;
    let mut questions = plan.questions.clone();
    if plan.object == "opportunity" && mapping.lost_zero.is_none() {
        questions.extend(lost_zeros(job, &options, &plan, &locale)?);
    }
    Ok(Prepared { plan, locale, options, rows, questions, notices, unique, own_ways, samples, headers })
}
/// Checks what only the workspace knows: whether the asker may write such records at all, and whether references can be
/// found as the mapping says. The unique fields that columns fill, and the fields by which rows may name each other.
fn checked(workspace: &Workspace, ctx: &Ctx, plan: &Plan) -> Result<(Vec<String>, Vec<String>)> {
    let plan = plan.clone();
    workspace.read_blocking(ctx, move |tx| {
        let object = tx.object(&plan.object)?;
        let may = tx.rights().can_create(&object) || plan.key.is_some() && tx.rights().can(&object, tx.update_action());
        if !may {
            return Err(Error::forbidden(format!("Your role may not create {}. Ask an administrator, or a colleague whose role may.", object.def.plural_label.to_lowercase())));
        }
        let (mut unique, mut own, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for column in &plan.columns {
            let Some(Meaning::Field { field, .. }) = &column.meaning else { continue };
            let Some(field) = plan.field(field) else { continue };
            if object.field(&field.name).is_some_and(|f| f.is_unique()) {
                unique.push(field.name.clone());
            }
            if field.reference_to.contains(&plan.object) {
                own.extend(column.rule.match_field.iter().cloned().chain([usual_match(&plan.object).to_owned(), "external_id".to_owned()]));
            }
            let Some(by) = &column.rule.match_field else { continue };
            for target in &field.reference_to {
                let there = tx.registry().object(target).is_some_and(|t| t.field(by).is_some());
                if !there && target != "*" {
                    problems.push(FieldError::new("mapping", "bad_mapping", format!("{}: {target} has no field \"{by}\" by which it could be found (\"match\")", column.header)));
                }
            }
        }
        own.sort_unstable();
        own.dedup();
        if problems.is_empty() { Ok((unique, own)) } else { Err(Error::invalid(problems)) }
    })
}
/// How many rows tell whether a file can be read at all.
const FIRST_ROWS: usize = 20;

/// Says at once what would spoil the whole import, before anything is kept of it: a file that is not what it says, a
/// mapping that cannot be read, a key that is no field. Blocking; reads the beginning of the file, and unpacks a workbook
/// once.
///
/// # Errors
/// 422 naming `object`, `mapping`, `key` or `file`.
pub fn look(workspace: &Workspace, ctx: &Ctx, new: &NewJob) -> Result<()> {
    let (name, key) = (new.object.clone(), new.key.clone());
    workspace.read_blocking(ctx, move |tx| {
        let object = tx.registry().object(&name).cloned().ok_or_else(|| Error::field("object", "unknown_object", format!("\"{name}\" is not an object here.")))?;
        match key.filter(|key| object.field(key).is_none()) {
            Some(odd) => Err(Error::field("key", "unknown_field", format!("{name} has no field \"{odd}\" to find its records by."))),
            None => Ok(()),
        }
    })?;
    let mapping = new.mapping.as_deref().map_or_else(|| Ok(Mapping::default()), read_mapping)?;
    if let Some(label) = mapping.encoding.as_deref().filter(|label| encoding_rs::Encoding::for_label(label.as_bytes()).is_none()) {
        return Err(Error::field("mapping", "bad_mapping", format!("\"{label}\" is no encoding. Write one such as utf-8 or windows-1252, or leave it out.")));
    }
    let options = OpenOptions { encoding: mapping.encoding, delimiter: mapping.delimiter, sheet: mapping.sheet, format: format_of(&new.file_name), ..OpenOptions::default() };
    is_what_it_says(&new.file, &options)?;
    let mut source = open(Path::new(&new.file), &options).map_err(|e| open_error(&e))?;
    let mut first = None;
    for _ in 0..FIRST_ROWS {
        match source.next() {
            Some(Ok(_)) => return Ok(()),
            Some(Err(error)) => drop(first.get_or_insert(error)),
            None => break,
        }
    }
    match first {
        Some(error) => Err(Error::field("file", "unreadable", format!("The file cannot be imported: not one of its first rows can be read ({error}). Mend it and send it again."))),
        None => Err(Error::field("file", "empty", "The file has no rows; there is nothing to import. Send one with a row of headers and rows below it.")),
    }
}
/// A name that ends in `.csv` makes no text of an archive, and not of noise.
fn is_what_it_says(file: &str, options: &OpenOptions) -> Result<()> {
    let unnamed = OpenOptions { format: None, ..options.clone() };
    if let Err(error @ OpenError::Unsupported { what, .. }) = open(Path::new(file), &unnamed)
        && !what.contains("XML")
    {
        return Err(open_error(&error));
    }
    let mut head = Vec::new();
    File::open(file).and_then(|file| file.take(4_096).read_to_end(&mut head)).map_err(|e| open_error(&OpenError::Io(e)))?;
    let packed = head.starts_with(b"PK");
    // UTF-16 has zeros, terminals have escapes: neither is text with one odd byte in fifty
    let odd = head.iter().filter(|b| **b != 0 && **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    if !packed && odd * 50 > head.len() {
        return Err(Error::field("file", "unreadable", "The file cannot be imported: it is no text. Export the data as csv or xlsx and send that."));
    }
    Ok(())
}
/// Whether lost deals stand with the amount 0 can only be told by reading the rows.
fn lost_zeros(job: &Job, options: &OpenOptions, plan: &Plan, locale: &Locale) -> Result<Vec<Question>> {
    let mut source = open(Path::new(&job.file), options).map_err(|e| open_error(&e))?;
    let mut assembler = Assembler::new(plan, locale);
    while let Some(row) = source.next() {
        if let Ok(row) = row {
            // Rows that will be refused say nothing about amounts.
            let _refused_later = assembler.row(&row);
        }
    }
    Ok(assembler.questions())
}
/// MAP.toml, or the same as JSON.
fn read_mapping(text: &str) -> Result<Mapping> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|e| Error::field("mapping", "bad_mapping", format!("The mapping cannot be read: {e}.")));
    }
    Mapping::parse(text).map_err(mapping_error)
}
fn format_of(name: &str) -> Option<crate::import::reader::Format> {
    name.rsplit_once('.').and_then(|(_, ending)| crate::import::reader::Format::of_extension(&ending.to_ascii_lowercase()))
}

impl Prepared {
    /// Columns as the wizard shows them.
    pub fn columns_json(&self) -> Json {
        let columns: Vec<Json> = self
            .headers
            .iter()
            .enumerate()
            .map(|(i, header)| {
                let planned = self.plan.columns.iter().find(|c| c.index == Some(i) && c.meaning.is_some());
                let suggestion = self.plan.suggestions.iter().find(|(h, ..)| h == header);
                let meaning = planned.and_then(|c| c.meaning.as_ref());
                let target = meaning.or(suggestion.map(|(_, m, _)| m)).map(|m| serde_json::to_value(m).unwrap_or(Json::Null));
                let field = target.as_ref().and_then(|t| t.get("field").or_else(|| t.pointer("/Field/field")).or_else(|| t.get("kind"))).cloned();
                let confidence = match (planned, suggestion) {
                    (Some(_), _) => json!(1.0),
                    (None, Some((_, _, c))) => json!(c),
                    _ => Json::Null,
                };
                let questions: Vec<_> = self.questions.iter().filter(|q| q.column == *header).collect();
                json!({"header": header, "samples": self.samples.get(i), "target": field, "meaning": target, "confidence": confidence, "questions": questions})
            })
            .collect();
        json!(columns)
    }
    /// Whether it may run without anybody being asked.
    pub fn is_clear(&self) -> bool {
        self.questions.is_empty() && self.plan.suggestions.is_empty() && self.plan.unmapped.is_empty()
    }
}
