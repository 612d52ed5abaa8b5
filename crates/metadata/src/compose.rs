//! Composes the layers of definitions and says what is wrong with them.

use crate::{
    definition::{FieldDef, Layer, MAX_FIELDS, ObjectDef, Person, Sharing},
    field_type::{FieldType, ReferenceTo, Storage},
    query::MeasureFn,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// What an organisation changed on a standard object: never a type or an id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overlay {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plural_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
    /// Changed standard fields, whole, by name: only label, help, default, options, required and archived may differ.
    pub fields: BTreeMap<String, FieldDef>,
    /// Added fields.
    pub custom_fields: Vec<FieldDef>,
}

/// Standard definitions + overlays + custom objects.
pub fn compose(standard: &[ObjectDef], overlays: &BTreeMap<String, Overlay>, custom: &[ObjectDef]) -> Vec<ObjectDef> {
    let mut out: Vec<ObjectDef> = standard.to_vec();
    out.extend(custom.iter().cloned().map(|mut def| {
        def.layer = Layer::Custom;
        def.complete();
        def
    }));
    for def in &mut out {
        let Some(overlay) = overlays.get(&def.name) else { continue };
        let set = |slot: &mut String, new: &Option<String>| {
            if let Some(new) = new {
                slot.clone_from(new);
            }
        };
        set(&mut def.label, &overlay.label);
        set(&mut def.plural_label, &overlay.plural_label);
        set(&mut def.description, &overlay.description);
        set(&mut def.icon, &overlay.icon);
        if let Some(sharing) = overlay.sharing.filter(|_| def.sharing != Sharing::Owner) {
            def.sharing = sharing;
        }
        for field in &mut def.fields {
            if let Some(change) = overlay.fields.get(&field.name) {
                field.label.clone_from(&change.label);
                field.help.clone_from(&change.help);
                field.default.clone_from(&change.default);
                field.required |= change.required;
                field.archived = change.archived;
                if field.kind.name() == change.kind.name() && matches!(field.kind, FieldType::Choice { .. } | FieldType::MultiChoice { .. }) {
                    field.kind = change.kind.clone();
                }
            }
        }
        def.fields.extend(overlay.custom_fields.iter().cloned().map(|f| FieldDef { custom: true, ..f }));
    }
    out
}

pub fn is_name(name: &str) -> bool {
    (1..=63).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') && !name.contains("__")
}

/// Everything wrong with a set of definitions, each sentence naming object and field.
pub fn problems(defs: &[ObjectDef]) -> Vec<String> {
    let mut out = Vec::new();
    let mut names = HashSet::new();
    let mut plurals = HashSet::new();
    let known = |name: &str| defs.iter().any(|d| d.name == name && !d.archived);
    for def in defs {
        let object = &def.name;
        if !is_name(object) {
            out.push(format!("The object name \"{object}\" is not snake_case of at most 63 letters, digits and single underscores."));
        }
        if !names.insert(object.as_str()) {
            out.push(format!("There are two objects named \"{object}\"."));
        }
        if !is_name(&def.plural) {
            out.push(format!("{object}: the plural \"{}\" is not snake_case of at most 63 letters, digits and single underscores.", def.plural));
        }
        for (what, text) in [("label", &def.label), ("plural_label", &def.plural_label), ("description", &def.description), ("icon", &def.icon)] {
            out.extend(text_problem(object, what, text));
        }
        if !plurals.insert(def.plural.as_str()) {
            out.push(format!("Two objects share the plural \"{}\".", def.plural));
        }
        if def.fields.len() > MAX_FIELDS {
            out.push(format!("{object} would have {} fields; at most {MAX_FIELDS} fit into one object. Put some into an object of their own.", def.fields.len()));
        }
        let mut fields = HashSet::new();
        let mut columns = HashSet::new();
        let has = |name: &str| def.fields.iter().any(|f| f.name == name);
        for field in &def.fields {
            let at = format!("{object}.{}", field.name);
            if !is_name(&field.name) {
                out.push(format!("The field name \"{at}\" is not snake_case of at most 63 letters, digits and single underscores."));
            }
            if !fields.insert(field.name.as_str()) {
                out.push(format!("There are two fields named {at}."));
            }
            if field.kind.storage() != Storage::None && !columns.insert(field.column.as_str()) {
                out.push(format!("Two fields of {object} share the column \"{}\".", field.column));
            }
            out.extend(text_problem(&at, "label", &field.label));
            out.extend(field.help.as_deref().and_then(|help| text_problem(&at, "help", help)));
            field_problems(&at, &field.kind, &known, &mut out);
            if let FieldType::RollUp { related, via, field: measured, function, .. } = &field.kind {
                roll_up_problems(&at, object, defs, related, via.as_deref(), measured.as_deref(), function, &mut out);
            }
        }
        let person = match &def.person {
            Person::Word(word) if word == "self" => vec![],
            Person::Word(word) => vec![word],
            Person::Fields(names) => names.iter().collect(),
        };
        let named =
            def.search.iter().chain(&def.parents).chain(&def.timeline).chain(def.subtitle.iter()).chain(def.timeline_at.iter()).chain(def.timeline_title.iter()).chain(def.timeline_body.iter());
        for name in named.chain(def.indexes.iter().flatten()).chain(def.require_any.iter().flatten()).chain(person).chain([&def.title]) {
            if !has(name) {
                out.push(format!("{object} names the field \"{name}\", which it does not have."));
            }
        }
        if def.sharing == Sharing::Parent && def.parents.is_empty() {
            out.push(format!("{object} follows its parent, but names none."));
        }
        if def.sharing == Sharing::Chosen && !def.fields.iter().any(|f| f.name == "shared" && matches!(f.kind, FieldType::Choice { .. })) {
            out.push(format!("Each {object} should say who sees it, but there is no choice \"shared\"."));
        }
    }
    out
}

/// Words that screens show: not endless, nothing that moves a cursor.
fn text_problem(at: &str, what: &str, text: &str) -> Option<String> {
    let most = if matches!(what, "help" | "description") { 2_000 } else { 200 };
    if text.chars().count() > most {
        return Some(format!("{at}: the {what} has more than {most} characters."));
    }
    let odd = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'))?;
    Some(format!("{at}: the {what} has the character U+{:04X}, which cannot be shown. Remove it.", u32::from(odd)))
}

fn field_problems(at: &str, kind: &FieldType, known: &dyn Fn(&str) -> bool, out: &mut Vec<String>) {
    match kind {
        FieldType::Choice { options } | FieldType::MultiChoice { options } => {
            let mut seen = HashSet::new();
            if options.is_empty() {
                out.push(format!("{at} has no options."));
            }
            for option in options {
                if option.value.is_empty() || option.value.len() > 100 || option.value.contains(['"', '\\', '%', '\n']) {
                    out.push(format!("{at}: the option \"{}\" is empty, too long, or has a character that cannot be an option.", option.value));
                }
                if !seen.insert(option.value.as_str()) {
                    out.push(format!("{at} has the option \"{}\" twice.", option.value));
                }
            }
        }
        FieldType::Reference { to, .. } => {
            let targets: Vec<&str> = match to {
                ReferenceTo::One(name) if name == "*" => vec![],
                ReferenceTo::One(name) => vec![name],
                ReferenceTo::Several(names) => names.iter().map(String::as_str).collect(),
            };
            if matches!(to, ReferenceTo::Several(names) if names.is_empty()) {
                out.push(format!("{at} refers to no object. Name one, several, or \"*\" for any."));
            }
            for target in targets.into_iter().filter(|t| !known(t)) {
                out.push(format!("{at} refers to \"{target}\", which is not an object here."));
            }
        }
        FieldType::ManyToMany { to } if !known(to) => out.push(format!("{at} refers to \"{to}\", which is not an object here.")),
        kind if matches!(kind.value_type(), FieldType::Decimal { scale } if *scale > 9) => out.push(format!("{at}: at most 9 digits after the point fit.")),
        FieldType::Text { max: Some(max), .. } if *max == 0 || *max > 10_000 => out.push(format!("{at}: max is between 1 and 10,000.")),
        FieldType::Autonumber { pattern } if !pattern.contains('{') => out.push(format!("{at}: the pattern needs a counter such as {{0000}}.")),
        _ => {}
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one roll-up, named")]
fn roll_up_problems(at: &str, object: &str, defs: &[ObjectDef], related: &str, via: Option<&str>, measured: Option<&str>, function: &str, out: &mut Vec<String>) {
    let Some(child) = defs.iter().find(|d| d.name == related) else {
        out.push(format!("{at} sums over \"{related}\", which is not an object here."));
        return;
    };
    let refers = |f: &FieldDef| matches!(&f.kind, FieldType::Reference { to, .. } if to.allows(object)) || object == "user" && matches!(f.kind, FieldType::User {});
    let ways: Vec<_> = child.fields.iter().filter(|f| f.name != "id" && refers(f) && via.is_none_or(|v| v == f.name)).collect();
    if ways.len() != 1 {
        out.push(format!("{at}: {related} refers to {object} by {} fields; name one with via.", ways.len()));
    }
    match function.parse::<MeasureFn>() {
        Err(()) => out.push(format!("{at}: \"{function}\" is not count, sum, avg, min, max, median or count_distinct.")),
        Ok(MeasureFn::Count) => {}
        Ok(_) if measured.is_none_or(|m| !child.fields.iter().any(|f| f.name == m)) => out.push(format!("{at}: name the field of {related} to measure.")),
        Ok(_) => {}
    }
}
