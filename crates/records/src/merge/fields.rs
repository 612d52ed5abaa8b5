//! Whose value counts, field by field.

use crate::{catalogue::Draft, record::Record, tx::Tx};
use kernel::{Error, FieldError, RecordId, Result};
use metadata::{Field, FieldType, Object, Storage, Value};
use serde_json::{Map, Value as Json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What was asked: who goes, and which values were chosen.
pub(super) struct Asked {
    pub(super) loser: RecordId,
    /// By name; true: the loser's.
    choices: HashMap<String, bool>,
    /// Fields that the asker is shown on the winner and not on the loser: what the loser has there stays with it, or the merge
    /// would be a way to read it.
    stays: HashSet<String>,
}
impl Asked {
    pub(super) fn leave(&mut self, fields: HashSet<String>) {
        self.stays = fields;
    }
    pub(super) fn chosen(&self, field: &str) -> bool {
        self.choices.contains_key(field)
    }
}

pub(super) fn read(object: &Object, body: &Map<String, Json>) -> Result<Asked> {
    let mut errors = Vec::new();
    for key in body.keys().filter(|k| !matches!(k.as_str(), "loser" | "fields")) {
        errors.push(FieldError::new(key.as_str(), "unknown_field", "Known are loser and fields."));
    }
    let loser = body.get("loser").and_then(Json::as_str).and_then(|id| id.parse().ok());
    if loser.is_none() {
        errors.push(FieldError::new("loser", "required", "Name the id of the record that goes."));
    }
    let mut choices = HashMap::new();
    match body.get("fields") {
        None | Some(Json::Null) => {}
        Some(Json::Object(map)) => {
            for (name, side) in map {
                let field = object.field(name).filter(|f| chooses(f));
                match (field, side.as_str()) {
                    (Some(_), Some("winner")) => drop(choices.insert(name.clone(), false)),
                    (Some(_), Some("loser")) => drop(choices.insert(name.clone(), true)),
                    (None, _) => errors.push(FieldError::new(format!("fields.{name}"), "unknown_field", "There is no such field that could be chosen.")),
                    (Some(_), _) => errors.push(FieldError::new(format!("fields.{name}"), "unknown_option", "Whose value counts: winner or loser.")),
                }
            }
        }
        Some(_) => errors.push(FieldError::new("fields", "wrong_type", "An object of fields, each with winner or loser, is expected here.")),
    }
    match loser {
        Some(loser) if errors.is_empty() => Ok(Asked { loser, choices, stays: HashSet::new() }),
        _ => Err(Error::invalid(errors)),
    }
}

/// Fields that hold a value of their own. Owner and team stay the winner's, so that no merge moves rights unseen.
fn chooses(field: &Field) -> bool {
    let own = !field.def.base || matches!(field.name(), "external_id" | "owner" | "team");
    own && field.storage != Storage::None && field.formula.is_none() && field.writable() && !matches!(field.kind(), FieldType::Autonumber { .. })
}
fn is_unique(field: &Field) -> bool {
    field.name() == "external_id" || matches!(field.kind(), FieldType::Text { unique: true, .. })
}
fn value_of(field: &Field, winner: &Record, loser: &Record, asked: &Asked) -> Value {
    let (mine, theirs) = (winner.get(field.name()), loser.get(field.name()));
    match asked.choices.get(field.name()) {
        _ if asked.stays.contains(field.name()) => mine.clone(),
        // the loser cannot let go of it
        _ if is_unique(field) && field.def.required => mine.clone(),
        Some(true) => theirs.clone(),
        Some(false) => mine.clone(),
        None if matches!(field.name(), "owner" | "team") => mine.clone(),
        None if joins(field) => joined(mine, theirs),
        None if mine.is_null() => theirs.clone(),
        None => mine.clone(),
    }
}
fn joins(field: &Field) -> bool {
    matches!(field.kind(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. })
}

impl Tx<'_> {
    /// The winner as it will be: its own values, the loser's where it has none, lists joined, choices as made.
    pub(super) fn merged_fields(&mut self, object: &Arc<Object>, winner: &Record, loser: &Record, asked: &Asked) -> Result<Record> {
        let mut after = winner.clone();
        let mut refused = Vec::new();
        for field in object.live_fields().filter(|f| chooses(f)).cloned().collect::<Vec<_>>() {
            let name = field.name();
            let mine = winner.get(name);
            let value = value_of(&field, winner, loser, asked);
            if asked.choices.get(name) == Some(&true) && asked.stays.contains(name) {
                refused.push(FieldError::new(format!("fields.{name}"), "unknown_field", format!("You are not shown the {} of the record that goes.", field.def.label.to_lowercase())));
            } else if asked.chosen(name) && value != *mine && !self.may_set(object, winner.id(), &field)? {
                refused.push(self.rights().refused(object, &field));
            }
            // a superior, a parent that would be the record itself
            let own = value == Value::Ref(winner.id()) || value == Value::Ref(loser.id());
            after.set(name, if own && matches!(field.kind(), FieldType::Reference { to, .. } if to.allows(&object.name)) { Value::Null } else { value });
        }
        self.fill_workspace_amounts(&mut after)?;
        let mut draft = Draft { object, id: winner.id(), before: Some(winner), after, errors: refused };
        self.run_before(&mut draft)?;
        self.fill_workspace_amounts(&mut draft.after)?;
        self.validate(&mut draft)?;
        if draft.errors.is_empty() { Ok(draft.after) } else { Err(Error::invalid(draft.errors)) }
    }
    /// Takes from the loser what is unique and goes to the winner.
    pub(super) fn free_unique(&mut self, object: &Arc<Object>, winner: &Record, loser: &Record, asked: &Asked) -> Result<()> {
        let mut freed = loser.clone();
        for field in object.live_fields().filter(|f| is_unique(f)) {
            let name = field.name();
            if !field.def.required && value_of(field, winner, loser, asked) == *loser.get(name) {
                freed.set(name, Value::Null);
            }
        }
        let changed = crate::write::changed_fields(loser, &freed);
        if changed.is_empty() {
            return Ok(());
        }
        let derived = changed.iter().map(|(f, _)| (f.clone(), freed.get(f.name()).clone())).collect();
        let change = self.stamp(object, loser, &mut freed, access::ChangeKind::Update, vec![], derived)?;
        self.write_change(loser, &freed, change, changed, "updated", "updated")
    }
}

fn joined(mine: &Value, theirs: &Value) -> Value {
    match (mine, theirs) {
        (Value::List(a), Value::List(b)) => {
            let mut all = a.clone();
            all.extend(b.iter().filter(|item| !a.contains(item)).cloned());
            Value::List(all)
        }
        (Value::Null, other) => other.clone(),
        (own, _) => own.clone(),
    }
}
