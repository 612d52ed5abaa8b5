//! What the domain crates hand in: objects, rules, verbs, events. `server` joins the modules; `Tx` carries the result.

use crate::{record::Record, tx::Tx};
use kernel::{Error, FieldError, RecordId, Result};
use metadata::{Field, Object, ObjectDef, Value};
use serde_json::{Map, Value as Json};
use std::{collections::HashMap, sync::Arc};
use store::ddl::TableSpec;

/// A record on its way into the table. Rules look at it, derive fields, and refuse.
pub struct Draft<'a> {
    pub object: &'a Arc<Object>,
    pub id: RecordId,
    /// As it stands in the table; `None` at a create.
    pub before: Option<&'a Record>,
    /// As it will be.
    pub after: Record,
    /// Everything wrong with it; all are told at once.
    pub errors: Vec<FieldError>,
}
impl Draft<'_> {
    pub fn get(&self, field: &str) -> &Value {
        self.after.get(field)
    }
    /// Sets a field on the system's behalf, read-only ones too. Unknown names are ignored: a field may be archived.
    pub fn set(&mut self, field: &str, value: Value) {
        self.after.set(field, value);
    }
    pub fn changed(&self, field: &str) -> bool {
        self.before.map_or(!self.after.get(field).is_null(), |b| b.get(field) != self.after.get(field))
    }
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }
    pub fn refuse(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(field, code, detail));
    }
    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        self.object.field(name)
    }
}
/// A record that has just been written, in the same transaction.
pub struct Written<'a> {
    pub before: Option<&'a Record>,
    pub after: &'a Record,
}
impl Written<'_> {
    pub fn changed(&self, field: &str) -> bool {
        self.before.map_or(!self.after.get(field).is_null(), |b| b.get(field) != self.after.get(field))
    }
}

/// Rules of a slice: no I/O but the transaction, 50 ms at most.
#[derive(Clone, Copy)]
pub struct Rules {
    pub object: &'static str,
    /// Derives and refuses, before the write.
    pub before: Option<fn(&mut Tx, &mut Draft) -> Result<()>>,
    /// Writes what follows from it, after the write.
    pub after: Option<fn(&mut Tx, &Written) -> Result<()>>,
}

pub struct VerbAnswer {
    pub status: u16,
    pub json: Vec<u8>,
}
/// A domain verb, served at `/{plural}/{id}/{name}`: screens, API, automation and assistants call this same one.
#[derive(Clone, Copy)]
pub struct Verb {
    pub name: &'static str,
    pub object: &'static str,
    /// `POST`, or `DELETE` for the way back.
    pub method: &'static str,
    pub summary: &'static str,
    /// JSON Schema of the body.
    pub input: fn() -> Json,
    pub run: fn(&mut Tx, RecordId, &Map<String, Json>) -> Result<VerbAnswer>,
}
/// Parameters of a question, by name; none is empty.
pub type Params = std::collections::BTreeMap<String, String>;

/// A question about many records that a domain part answers, under the asker's rights.
#[derive(Clone, Copy)]
pub struct Report {
    pub name: &'static str,
    pub run: fn(&mut Tx, &Params) -> Result<Json>,
}
/// An event of the catalogue, in the past tense.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub name: &'static str,
    pub summary: &'static str,
}

#[derive(Default)]
pub struct Module {
    pub name: &'static str,
    /// Texts of TOML definitions.
    pub objects: Vec<&'static str>,
    /// Tables of its own that are not objects.
    pub tables: Vec<TableSpec>,
    pub rules: Vec<Rules>,
    pub verbs: Vec<Verb>,
    pub reports: Vec<Report>,
    pub events: Vec<Event>,
    /// Runs once in a new workspace: default pipelines, purposes.
    pub seed: Option<fn(&mut Tx) -> Result<()>>,
    /// What may leave: the privacy part's.
    pub gate: Option<crate::Gate>,
    /// Lets go of what it keeps of people outside records.
    pub eraser: Option<crate::Eraser>,
    /// Does its part when two records become one.
    pub merger: Option<crate::Merger>,
    /// Finds records that may be the same.
    pub matcher: Option<crate::Matcher>,
}

/// All modules joined.
pub struct Catalogue {
    pub(crate) standard: Vec<ObjectDef>,
    pub(crate) tables: Vec<TableSpec>,
    rules: HashMap<&'static str, Vec<Rules>>,
    verbs: Vec<Verb>,
    reports: Vec<Report>,
    events: Vec<Event>,
    pub(crate) seeds: Vec<fn(&mut Tx) -> Result<()>>,
    gate: Option<crate::Gate>,
    erasers: Vec<crate::Eraser>,
    mergers: Vec<crate::Merger>,
    matcher: Option<crate::Matcher>,
}
impl Catalogue {
    /// # Errors
    /// The file that cannot be read and why: a mistake of the build, found by the first test.
    pub fn new(modules: Vec<Module>) -> Result<Catalogue, String> {
        let mut out = Catalogue {
            standard: vec![],
            tables: vec![],
            rules: HashMap::new(),
            verbs: vec![],
            reports: vec![],
            events: vec![],
            seeds: vec![],
            gate: None,
            erasers: vec![],
            mergers: vec![],
            matcher: None,
        };
        for module in std::iter::once(foundation()).chain(modules) {
            for text in &module.objects {
                out.standard.push(ObjectDef::from_toml(text).map_err(|e| format!("{}: {} in {:?}", module.name, e, text.lines().next().unwrap_or("")))?);
            }
            out.tables.extend(module.tables);
            for rules in module.rules {
                out.rules.entry(rules.object).or_default().push(rules);
            }
            out.verbs.extend(module.verbs);
            out.reports.extend(module.reports);
            out.events.extend(module.events);
            out.seeds.extend(module.seed);
            out.gate = out.gate.or(module.gate);
            out.erasers.extend(module.eraser);
            out.mergers.extend(module.merger);
            out.matcher = out.matcher.or(module.matcher);
        }
        Ok(out)
    }
    pub fn rules(&self, object: &str) -> &[Rules] {
        self.rules.get(object).map_or(&[], Vec::as_slice)
    }
    pub fn verb(&self, object: &str, name: &str, method: &str) -> Option<&Verb> {
        self.verbs.iter().find(|v| v.object == object && v.name == name && v.method == method)
    }
    /// # Errors
    /// 404 for a question that no part answers.
    pub fn report(&self, name: &str) -> Result<Report> {
        self.reports.iter().find(|report| report.name == name).copied().ok_or_else(|| Error::not_found("report of that name"))
    }
    pub fn erasers(&self) -> &[crate::Eraser] {
        &self.erasers
    }
    pub fn mergers(&self) -> &[crate::Merger] {
        &self.mergers
    }
    /// What finds duplicates of an object.
    ///
    /// # Errors
    /// 404 for an object that is not searched.
    pub fn matcher_of(&self, object: &str) -> Result<crate::Matcher> {
        self.matcher.filter(|m| m.objects.contains(&object)).ok_or_else(|| Error::not_found("search for duplicates of that object"))
    }
    pub fn gate(&self) -> Option<crate::Gate> {
        self.gate
    }
    pub fn verbs(&self) -> &[Verb] {
        &self.verbs
    }
    pub fn events(&self) -> &[Event] {
        &self.events
    }
    pub fn standard(&self) -> &[ObjectDef] {
        &self.standard
    }
}

/// The objects that rights themselves are made of.
pub fn foundation() -> Module {
    Module {
        name: "foundation",
        objects: vec![
            include_str!("../objects/user.toml"),
            include_str!("../objects/team.toml"),
            include_str!("../objects/team_membership.toml"),
            include_str!("../objects/role.toml"),
            include_str!("../objects/share.toml"),
            include_str!("../objects/sharing_rule.toml"),
        ],
        rules: crate::policy::rules(),
        ..Module::default()
    }
}
