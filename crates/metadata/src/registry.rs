//! The composed definitions of a workspace: one immutable snapshot with a version. Nothing derived is cached elsewhere.

use crate::{
    definition::{FieldDef, ObjectDef, Person, Sensitivity},
    field_type::{FieldType, Storage},
    formula::{self, Formula},
};
use indexmap::IndexMap;
use std::{collections::HashMap, sync::Arc};

/// A field with what is derived from it.
#[derive(Debug)]
pub struct Field {
    pub def: FieldDef,
    /// Name of the object it belongs to.
    pub object: Arc<str>,
    pub storage: Storage,
    /// Of a formula that is not archived.
    pub formula: Option<Arc<Formula>>,
}
impl Field {
    pub fn name(&self) -> &str {
        &self.def.name
    }
    pub fn kind(&self) -> &FieldType {
        &self.def.kind
    }
    pub fn column(&self) -> &str {
        &self.def.column
    }
    /// Physical column names in the order of [`Storage`].
    pub fn columns(&self) -> Vec<String> {
        let c = &self.def.column;
        match self.storage {
            Storage::Text | Storage::Int => vec![c.clone()],
            Storage::FoldedText => vec![c.clone(), format!("{c}__f")],
            Storage::Money => vec![c.clone(), format!("{c}__cur"), format!("{c}__ws")],
            Storage::AnyRef => vec![c.clone(), format!("{c}__obj")],
            Storage::None => vec![],
        }
    }
    pub fn is_unique(&self) -> bool {
        matches!(self.def.kind, FieldType::Text { unique: true, .. } | FieldType::Autonumber { .. })
    }
    /// Set by clients: not read only, not computed.
    pub fn writable(&self) -> bool {
        !self.def.read_only && !self.def.kind.computed()
    }
    /// The form in which its text is compared where case does not count: with a folded twin beside the column by that,
    /// otherwise (phones, numbers, options) by letters of ASCII alone, as the databases do it.
    pub fn fold(&self, text: &str) -> String {
        if self.storage == Storage::FoldedText { kernel::fold(text) } else { text.to_ascii_lowercase() }
    }
    pub fn is_archived(&self) -> bool {
        self.def.archived
    }
    /// No column: a roll-up, or a formula over more than its own record. It cannot be filtered, sorted or grouped.
    pub fn is_live(&self) -> bool {
        self.storage == Storage::None
    }
    /// Whether rows may be ordered and grouped by it.
    pub fn sortable(&self) -> bool {
        !self.is_live() && self.def.kind.sortable()
    }
    pub fn is_personal(&self) -> bool {
        self.def.sensitivity >= Sensitivity::Personal
    }
}

/// A field of another object that refers to this one.
#[derive(Clone, Debug)]
pub struct Referrer {
    pub object: Arc<str>,
    pub field: Arc<Field>,
}

#[derive(Debug)]
pub struct Object {
    pub def: ObjectDef,
    pub name: Arc<str>,
    /// Live and archived fields by name, base fields first.
    pub fields: IndexMap<String, Arc<Field>>,
    /// References from elsewhere (and from itself) to this object; poly references included.
    pub referrers: Vec<Referrer>,
}
impl Object {
    /// A field that is not archived.
    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        self.fields.get(name).filter(|f| !f.is_archived())
    }
    pub fn live_fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.fields.values().filter(|f| !f.is_archived())
    }
    pub fn title_field(&self) -> Option<&Arc<Field>> {
        self.field(&self.def.title)
    }
    /// References in whose record's name old personal values are sealed; empty means the record itself.
    pub fn person_fields(&self) -> Vec<&Arc<Field>> {
        match &self.def.person {
            Person::Word(word) if word == "self" => vec![],
            Person::Word(word) => self.field(word).into_iter().collect(),
            Person::Fields(names) => names.iter().filter_map(|n| self.field(n)).collect(),
        }
    }
}

#[derive(Debug, Default)]
pub struct Registry {
    pub version: i64,
    /// Areas switched off: nobody but the system reaches their objects.
    pub areas_off: Vec<String>,
    objects: IndexMap<String, Arc<Object>>,
}

impl Registry {
    /// Resolves definitions into a snapshot. All problems at once, each naming object and field.
    pub fn build(version: i64, defs: Vec<ObjectDef>) -> Result<Registry, Vec<String>> {
        let mut problems = crate::compose::problems(&defs);
        let (formulas, wrong) = formula::all(&defs);
        problems.extend(wrong);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut objects = IndexMap::new();
        let mut resolved: IndexMap<String, (ObjectDef, IndexMap<String, Arc<Field>>)> = IndexMap::new();
        let defs_by_name: HashMap<String, ObjectDef> = if formulas.is_empty() { HashMap::new() } else { defs.iter().map(|d| (d.name.clone(), d.clone())).collect() };
        for def in defs {
            let object: Arc<str> = def.name.as_str().into();
            let fields = def.fields.iter().map(|f| (f.name.clone(), Arc::new(resolved_field(&defs_by_name, &formulas, &object, f)))).collect();
            resolved.insert(def.name.clone(), (def, fields));
        }
        let mut referrers: IndexMap<String, Vec<Referrer>> = IndexMap::new();
        for (name, (def, fields)) in &resolved {
            if def.archived {
                continue;
            }
            for field in fields.values().filter(|f| !f.is_archived() && f.name() != "id") {
                for target in resolved.keys().filter(|t| points_at(field, t)) {
                    referrers.entry(target.clone()).or_default().push(Referrer { object: name.as_str().into(), field: field.clone() });
                }
            }
        }
        for (name, (def, fields)) in resolved {
            let referrers = referrers.shift_remove(&name).unwrap_or_default();
            objects.insert(name.clone(), Arc::new(Object { def, name: name.as_str().into(), fields, referrers }));
        }
        Ok(Registry { version, areas_off: vec![], objects })
    }
    /// An object that is not archived.
    pub fn object(&self, name: &str) -> Option<&Arc<Object>> {
        self.objects.get(name).filter(|o| !o.def.archived)
    }
    /// By the plural that domain verbs use in their paths.
    pub fn by_plural(&self, plural: &str) -> Option<&Arc<Object>> {
        self.objects().find(|o| o.def.plural == plural)
    }
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values().filter(|o| !o.def.archived)
    }
    /// Archived ones too: their tables exist.
    pub fn all_objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values()
    }
}

fn resolved_field(defs: &HashMap<String, ObjectDef>, formulas: &formula::Formulas, object: &Arc<str>, def: &FieldDef) -> Field {
    let mut def = def.clone();
    let mut storage = def.kind.storage();
    let mut formula = None;
    if matches!(def.kind, FieldType::Formula { .. }) {
        formula = formulas.get(&(object.to_string(), def.name.clone())).cloned();
        if formula.as_ref().is_none_or(|f| f.live) {
            storage = Storage::None;
        }
        // What is computed from personal values is personal.
        for input in formula.iter().flat_map(|f| &f.inputs) {
            def.sensitivity = def.sensitivity.max(sensitivity(defs, object, input));
        }
    }
    Field { def, object: object.clone(), storage, formula }
}
/// The most personal of the fields along a path.
fn sensitivity(defs: &HashMap<String, ObjectDef>, object: &str, path: &str) -> Sensitivity {
    let (mut at, mut out) = (defs.get(object), Sensitivity::Public);
    for name in path.split('.') {
        let Some(field) = at.and_then(|d| d.fields.iter().find(|f| f.name == name)) else { break };
        out = out.max(field.sensitivity);
        at = field.kind.target().and_then(|t| defs.get(t));
    }
    out
}

fn points_at(field: &Field, target: &str) -> bool {
    match field.kind() {
        FieldType::Reference { to, .. } => to.allows(target),
        FieldType::User {} => target == "user",
        FieldType::File {} => target == "file",
        _ => false,
    }
}
