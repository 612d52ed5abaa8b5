//! The export of another system as a folder or zip of tables, one file an object: each is imported by its known headers, in an
//! order in which references resolve, and all of it is one change set.

use super::{
    job::{Job, NewJob},
    plan::{Prepared, open_error, prepare},
    work::{at_now, run},
};
use crate::import::{
    headers::squash,
    reader::{Limits, check_zip},
};
use kernel::{Code, Ctx, Error, RecordId, Result};
use records::Workspace;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Systems whose headers are known.
pub const SYSTEMS: &[&str] = &["hubspot", "suitecrm", "sugarcrm", "espocrm", "twenty", "pipedrive", "zoho", "dynamics", "odoo"];

/// Our object, in the order of imports, and the words by which files of it are named.
const OBJECTS: &[(&str, &[&str])] = &[
    ("product", &["product", "products"]),
    ("campaign", &["campaign", "campaigns"]),
    ("account", &["account", "accounts", "company", "companies", "organization", "organizations", "organisation", "organisations"]),
    ("contact", &["contact", "contacts", "person", "persons", "people"]),
    ("lead", &["lead", "leads", "prospect", "prospects"]),
    ("opportunity", &["opportunity", "opportunities", "deal", "deals"]),
    ("case", &["case", "cases", "ticket", "tickets"]),
    ("task", &["task", "tasks"]),
    ("meeting", &["meeting", "meetings"]),
    ("interaction", &["call", "calls"]),
    ("note", &["note", "notes"]),
];
const ENDINGS: &[&str] = &["csv", "tsv", "xlsx", "jsonl", "vcf"];
/// Files looked at, and folders inside each other.
const FILES: usize = 1_000;
const DEPTH: usize = 6;
/// Lines of a kind in the answer.
const LISTED: usize = 500;

/// What came of it.
#[derive(Debug, Default)]
pub struct FilesReport {
    pub change_set: Option<RecordId>,
    pub rejected: i64,
    pub notices: Vec<String>,
    totals: BTreeMap<&'static str, i64>,
    objects: BTreeMap<String, i64>,
    files: Vec<Json>,
}
impl FilesReport {
    pub fn json(&self, dry_run: bool) -> Json {
        let total = |name: &str| self.totals.get(name).copied().unwrap_or(0);
        json!({"status": "done", "dry_run": dry_run, "rows": total("rows"), "created": total("created"), "updated": total("updated"), "unchanged": total("unchanged"), "rejected": total("rejected"),
            "change_set": self.change_set.map(|s| s.to_string()), "objects": self.objects, "files": self.files, "notices": self.notices})
    }
    fn counts(&self) -> Json {
        json!({"created": self.totals.get("created"), "updated": self.totals.get("updated"), "unchanged": self.totals.get("unchanged"), "rejected": self.totals.get("rejected")})
    }
    fn note(&mut self, line: String) {
        if self.notices.len() < LISTED {
            self.notices.push(line);
        }
    }
    fn add(&mut self, table: &Table, done: &Job, prepared: &Prepared) {
        self.rejected += done.rejected;
        for (name, n) in [("rows", done.rows), ("created", done.created), ("updated", done.updated), ("unchanged", done.unchanged), ("rejected", done.rejected)] {
            *self.totals.entry(name).or_default() += n;
        }
        *self.objects.entry(table.object.to_owned()).or_default() += done.rows;
        for question in &prepared.questions {
            self.note(format!("{}: {}: {} (taken: {})", table.name, question.column, question.detail, question.assumed));
        }
        for line in prepared.plan.remarks.iter().chain(&prepared.notices) {
            self.note(format!("{}: {line}", table.name));
        }
        for header in &prepared.plan.unmapped {
            self.note(format!("{}: {header}: goes nowhere; import this file by itself with --map to name a field for it", table.name));
        }
        let mut answer = done.json();
        if let Some(map) = answer.as_object_mut() {
            map.insert("file".into(), json!(table.name));
            map.insert("unmapped".into(), json!(prepared.plan.unmapped));
        }
        self.files.push(answer);
    }
}

/// One file and what it is about.
struct Table {
    object: &'static str,
    /// Its name in the export.
    name: String,
    path: PathBuf,
}

/// Imports all tables of an export. A dry run tries each file by itself: references to records of another file are then
/// reported as not found. Blocking.
///
/// # Errors
/// 422 for what cannot be read or holds no table that is known; 403 where the actor may not make such records.
pub fn import_files(workspace: &Workspace, ctx: &Ctx, path: &Path, dry_run: bool, progress: super::Progress) -> Result<FilesReport> {
    let mut report = FilesReport::default();
    let unpacked = TempDir::new_in(workspace.files_dir()).map_err(|e| Error::internal(format!("there is no place to unpack an export: {e}")))?;
    let mut tables = tables(path, unpacked.path(), &mut report)?;
    tables.sort_by_key(|t| OBJECTS.iter().position(|(object, _)| *object == t.object));
    if tables.is_empty() {
        return Err(Error::field(
            "file",
            "nothing_known",
            "No file of this export has a name that is known, such as contacts.csv, companies.csv or deals.csv. Import them one by one: rapport import contact FILE.",
        ));
    }
    // what nobody may write is said before anything is written
    let mut ready = Vec::new();
    for table in tables {
        let job = job(workspace, ctx, &table, dry_run)?;
        let prepared = prepare(workspace, ctx, &job).map_err(|e| named(&table, e))?;
        ready.push((table, job, prepared));
    }
    let total = ready.iter().map(|(_, _, p)| p.rows).sum();
    let (mut before, mut failed) = (0, None);
    for (table, mut job, prepared) in ready {
        if !dry_run {
            let set = report.change_set;
            job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
                let set = set.map_or_else(|| tx.open_change_set("import"), Ok)?;
                tx.finish_change_set(set, "running", &json!({}))?;
                job.change_set = Some(set);
                job.save(tx)?;
                Ok(job)
            })?;
            report.change_set = job.change_set;
        }
        match run(workspace, ctx, job, &prepared, &mut |done, _| progress(before + done, total)) {
            Ok(done) => report.add(&table, &done, &prepared),
            Err(error) => {
                failed = Some(named(&table, error));
                break;
            }
        }
        before += prepared.rows;
    }
    if let Some(set) = report.change_set {
        let (counts, status) = (report.counts(), if failed.is_some() { "failed" } else { "done" });
        workspace.write_blocking(&at_now(workspace, ctx), move |tx| tx.finish_change_set(set, status, &counts))?;
    }
    match failed {
        Some(error) => Err(Error { detail: format!("{} What is in can be taken back: rapport undo {}.", error.detail, report.change_set.map(|s| s.to_string()).unwrap_or_default()), ..error }),
        None => Ok(report),
    }
}
fn named(table: &Table, error: Error) -> Error {
    Error { detail: format!("{}: {}", table.name, error.detail), ..error }
}

/// A file with a column of ids changes the records it has made before. `id` is theirs there, not ours.
fn job(workspace: &Workspace, ctx: &Ctx, table: &Table, dry_run: bool) -> Result<Job> {
    let (object, file, name) = (table.object.to_owned(), table.path.display().to_string(), table.name.clone());
    let mapping = (object == "interaction").then(|| "[[column]]\ntemplate = \"call\"\nto = \"kind\"\n".to_owned());
    let mut job = workspace.write_blocking(&at_now(workspace, ctx), move |tx| {
        let id = tx.new_id();
        let mut job = Job::insert(tx, &NewJob { id, object, file, file_name: name, mapping, key: None, accept: false, dry_run, digest: None })?;
        job.status = "running".into();
        job.save(tx)?;
        Ok(job)
    })?;
    let plan = prepare(workspace, ctx, &job).map_err(|e| named(table, e))?.plan;
    let mut has_id = plan.column_for("external_id").is_some();
    if let Some(column) = plan.columns.iter().find(|c| !has_id && squash(&c.header) == "id") {
        // a JSON string is a TOML string
        let line = format!("[[column]]\nfrom = {}\nto = \"external_id\"\n", json!(column.header));
        job.mapping = Some(job.mapping.unwrap_or_default() + &line);
        has_id = true;
    }
    job.key = has_id.then(|| "external_id".to_owned());
    Ok(job)
}

/// The tables of a folder or zip. Nothing is ever written to a path that an archive names.
fn tables(path: &Path, place: &Path, report: &mut FilesReport) -> Result<Vec<Table>> {
    let broken = |e: io::Error| Error::field("file", "unreadable", format!("The export cannot be read: {e}."));
    let mut found = Vec::new();
    if path.is_dir() {
        walk(path, "", 0, &mut found).map_err(broken)?;
    } else {
        let mut file = File::open(path).map_err(broken)?;
        check_zip(&mut file, &Limits::default()).map_err(|e| open_error(&e))?;
        let mut archive = zip::ZipArchive::new(file).map_err(|e| broken(e.into()))?;
        let mut left = Limits::default().unpacked_bytes;
        for at in 0..archive.len().min(FILES) {
            let mut entry = archive.by_index(at).map_err(|e| broken(e.into()))?;
            let name = entry.name().map_err(|e| broken(io::Error::other(e.to_string())))?.replace('\\', "/");
            if entry.is_dir() || ending(&name).is_none() {
                continue;
            }
            let to = place.join(format!("{at}.{}", ending(&name).unwrap_or_default()));
            let mut out = File::create_new(&to).map_err(broken)?;
            let copied = io::copy(&mut io::Read::by_ref(&mut entry).take(left + 1), &mut out).map_err(broken)?;
            left = left.checked_sub(copied).ok_or_else(|| Error::new(Code::TooLarge, "too_large", "The files of the export are too large together. Unpack it and name the folder."))?;
            found.push((name, to));
        }
    }
    found.sort();
    let mut tables = Vec::new();
    for (name, path) in found {
        match object_of(&name) {
            Some(object) => tables.push(Table { object, name, path }),
            None => report.note(format!("{name}: its name does not say what it is about; import it by itself: rapport import OBJECT FILE")),
        }
    }
    Ok(tables)
}
fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() && depth < DEPTH {
            walk(&entry.path(), &format!("{name}/"), depth + 1, found)?;
        } else if kind.is_file() && ending(&name).is_some() && found.len() < FILES {
            found.push((name, entry.path()));
        }
    }
    Ok(())
}
fn ending(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next()?;
    let lower = file.to_lowercase();
    ENDINGS.iter().find(|e| !lower.starts_with('.') && lower.ends_with(&format!(".{e}"))).copied()
}
/// By the words of the file's name, the last one first: `all-contacts-2026`, `Account_Contacts` is about contacts.
fn object_of(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next()?.to_lowercase();
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    stem.split(|c: char| !c.is_alphanumeric()).rev().find_map(|word| OBJECTS.iter().find(|(_, words)| words.contains(&word)).map(|(object, _)| *object))
}

#[cfg(test)]
mod tests {
    use super::{ending, object_of};

    #[test]
    fn names_say_what_a_file_is_about() {
        for (name, object) in [
            ("hubspot-crm-exports-all-contacts-2026-01-31.csv", Some("contact")),
            ("export/Companies.xlsx", Some("account")),
            ("Account_Contacts.csv", Some("contact")),
            ("deals.csv", Some("opportunity")),
            ("people.csv", Some("contact")),
            ("line_items.csv", None),
            ("readme.csv", None),
        ] {
            assert_eq!(object_of(name), object, "{name}");
        }
        assert_eq!((ending("a/.contacts.csv"), ending("x.CSV"), ending("contacts.pdf")), (None, Some("csv"), None));
    }
}
