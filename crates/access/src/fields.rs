//! Which fields of a row an asker may read and write.

use crate::{
    authorize::Authorized,
    rights::{Action, Rights},
    role::{FieldRight, ObjectRights, Reach, Role},
};
use kernel::FieldError;
use metadata::{Cond, Field, FieldType, Object, Op, Operand, Path, Storage, Value};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldAccess {
    Write,
    Read,
    /// Reads null; may not be named in a question.
    Masked,
    Hidden,
}

/// Of which state of a record a guard is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    /// As it was once. Today's rights decide on the record as it is today, so whether a role reaches it is not asked of its
    /// past; what an entry withheld then, and references that are out of sight today, stay hidden.
    Then,
}

impl Rights {
    /// What the asker may do with a field, over all their roles: the most that one of them gives.
    pub fn field(&self, object: &Object, field: &Field) -> FieldAccess {
        let best = self.granted(object).iter().filter(|(_, r)| r.read > Reach::None || r.create).map(|(role, r)| field_right(role, r, field)).max();
        // A formula tells of what it names: masked there, masked here.
        if field.formula.as_ref().is_some_and(|f| best > Some(FieldRight::Masked) && !f.inputs.iter().all(|path| self.shows(object, path))) {
            return FieldAccess::Masked;
        }
        match best {
            None | Some(FieldRight::Hidden) => FieldAccess::Hidden,
            Some(FieldRight::Masked) => FieldAccess::Masked,
            Some(FieldRight::Read) => FieldAccess::Read,
            Some(FieldRight::Write) if !field.writable() => FieldAccess::Read,
            Some(FieldRight::Write) => FieldAccess::Write,
        }
    }
    /// Whether the asker may read every field along a path that a formula names.
    fn shows(&self, object: &Object, path: &str) -> bool {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let Some(field) = object.field(first) else { return false };
        if !matches!(self.field(object, field), FieldAccess::Write | FieldAccess::Read) {
            return false;
        }
        match (rest, field.kind().target().and_then(|t| self.registry().object(t))) {
            (None, _) => true,
            // Of an object that may not be read at all nothing shows anyway.
            (Some(rest), Some(target)) => !self.can(target, Action::Read) || self.shows(target, rest),
            (Some(_), None) => false,
        }
    }
    /// The condition under which a readable field of a readable row shows its value; `None` is always.
    pub fn guard(&self, object: &Arc<Object>, field: &Arc<Field>) -> Option<Box<Cond>> {
        self.guard_when(object, field, When::Now)
    }
    pub fn guard_when(&self, object: &Arc<Object>, field: &Arc<Field>, when: When) -> Option<Box<Cond>> {
        match (self.disclosed_when(object, field, when), self.reference_guard(object, field, when)) {
            (Some(disclosed), Some(reference)) => Some(Box::new(disclosed.and(*reference))),
            (Some(disclosed), None) => Some(Box::new(disclosed)),
            (None, reference) => reference,
        }
    }
    /// Where the value shows at all, whatever it is: by a role that opens the field and reaches the row, and by what
    /// a private mailbox withholds. `None` is everywhere.
    pub fn disclosed(&self, object: &Arc<Object>, field: &Arc<Field>) -> Option<Cond> {
        self.disclosed_when(object, field, When::Now)
    }
    pub(crate) fn disclosed_when(&self, object: &Arc<Object>, field: &Arc<Field>, when: When) -> Option<Cond> {
        if when == When::Then {
            return self.content_guard(object, field);
        }
        match (self.opened(object, field), self.content_guard(object, field)) {
            (Some(opened), Some(content)) => Some(opened.and(content)),
            (opened, content) => opened.or(content),
        }
    }
    /// Several roles add up record by record: a field that one role masks shows only where another role, which opens
    /// it, reaches the record too. Otherwise two harmless roles would give together what neither gives.
    fn opened(&self, object: &Arc<Object>, field: &Field) -> Option<Cond> {
        let (opening, near) = self.roles_with(object, field, FieldRight::Read, |r| r.read > Reach::None || r.create);
        if opening == near || opening == 0 {
            return None;
        }
        let rows = self.part(opening).rows(object, Action::Read);
        (!rows.is_true()).then_some(rows)
    }
    /// Roles that give at least this right on a field, and all that come near the object, as bits.
    fn roles_with(&self, object: &Object, field: &Field, least: FieldRight, near: impl Fn(&ObjectRights) -> bool) -> (u64, u64) {
        let (mut giving, mut all) = (0, 0);
        for (i, role) in self.roles().iter().enumerate().take(64) {
            let Some(rights) = role.object(&object.name, &object.def.area).filter(|r| near(r)) else { continue };
            all |= 1 << i;
            if field_right(role, rights, field) >= least {
                giving |= 1 << i;
            }
        }
        (giving, all)
    }
    /// Why a client may not set a field of a new record.
    pub fn refuses_new(&self, object: &Object, field: &Field) -> Option<FieldError> {
        let (writing, _) = self.roles_with(object, field, FieldRight::Write, |r| r.create);
        (writing == 0 || !field.writable()).then(|| self.refused(object, field))
    }
    /// Why a client may not change a field of any record.
    pub fn refuses_change(&self, object: &Object, field: &Field) -> Option<FieldError> {
        let (writing, _) = self.roles_with(object, field, FieldRight::Write, |r| r.update > Reach::None);
        (writing == 0 || !field.writable()).then(|| self.refused(object, field))
    }
    /// The rows whose field may be changed, where they are fewer than the rows that may be changed: a role that lets
    /// the field be written must itself reach the record.
    pub fn writing_rows(&self, object: &Arc<Object>, field: &Field) -> Option<Authorized<Cond>> {
        let (writing, near) = self.roles_with(object, field, FieldRight::Write, |r| r.update > Reach::None);
        let rows = (writing != near).then(|| self.part(writing).authorized_rows(object, Action::Update))?;
        (!rows.get().is_true()).then_some(rows)
    }
    /// What a client hears of a field that it may not write.
    pub fn refused(&self, object: &Object, field: &Field) -> FieldError {
        match self.field(object, field) {
            FieldAccess::Write | FieldAccess::Read => FieldError::new(field.name(), "read_only", format!("{} cannot be written.", field.def.label)),
            FieldAccess::Masked | FieldAccess::Hidden => FieldError::new(field.name(), "unknown_field", format!("{} has no field \"{}\".", object.name, field.name())),
        }
    }
    /// What a private mailbox withholds of its entries.
    fn content_guard(&self, object: &Arc<Object>, field: &Field) -> Option<Cond> {
        if &*object.name == "interaction" && matches!(field.name(), "subject" | "body" | "summary" | "transcript" | "recording") {
            let visibility = object.field("visibility")?;
            let shown: &[&str] = if field.name() == "subject" { &["full", "subject"] } else { &["full"] };
            let open = Cond::is_in(visibility, shown.iter().map(|w| Value::Text((*w).into())).collect());
            return Some(Cond::any([open, Cond::empty(visibility, true), self.mine(object)]));
        }
        None
    }
    /// Which record a reference to any object is compared with says which object's rows must be looked at: the guard over
    /// all objects would be hundreds of times as long.
    pub(crate) fn guard_named(&self, path: &mut Path, op: Op, operand: &Operand, when: When) {
        let named: Vec<&str> = match (op, operand) {
            (Op::Eq, Operand::One(Value::AnyRef(any))) => vec![&any.object],
            _ => return,
        };
        let at = path.steps.last().map(|s| s.target.clone()).or_else(|| self.registry().object(&path.field.object).cloned());
        let (Some(at), true) = (at, path.guard.is_some()) else { return };
        let targets: Vec<_> = named.iter().filter_map(|name| self.registry().object(name)).map(|target| (target.clone(), self.rows(target, Action::Read))).collect();
        let disclosed = self.disclosed_when(&at, &path.field, if path.steps.is_empty() { when } else { When::Now });
        // All of whose records show needs no guard: what is compared holds the object too.
        if targets.len() == named.len() && targets.iter().all(|(_, rows)| rows.is_true()) {
            path.guard = disclosed.map(Box::new);
            return;
        }
        let reference = Cond::any(targets.into_iter().map(|(target, rows)| Cond::Through { field: path.field.clone(), target, filter: Box::new(rows) }));
        path.guard = Some(Box::new(match disclosed {
            Some(disclosed) => disclosed.and(reference),
            None => reference,
        }));
    }
    /// Whether the guard of a reference is better looked up for a page at once than row by row.
    pub fn guards_late(&self, field: &Field) -> bool {
        let follows = |target: &str| self.registry().object(target).is_some_and(|o| o.def.sharing == metadata::Sharing::Parent);
        field.name() != "id" && matches!(field.kind(), FieldType::Reference { .. } | FieldType::File {}) && (field.storage == Storage::AnyRef || field.kind().target().is_some_and(follows))
    }
    fn reference_guard(&self, object: &Arc<Object>, field: &Arc<Field>, when: When) -> Option<Box<Cond>> {
        if let Some(formula) = field.formula.as_ref().filter(|_| !field.is_live()) {
            // A stored formula shows where everything it was computed from shows.
            let guards: Vec<Cond> = formula.inputs.iter().filter_map(|name| self.guard_when(object, object.field(name)?, when)).map(|g| *g).collect();
            return (!guards.is_empty()).then(|| Box::new(Cond::All(guards)));
        }
        if field.name() == "id" || !matches!(field.kind(), FieldType::Reference { .. } | FieldType::User {} | FieldType::File {}) {
            return None;
        }
        if field.storage == Storage::Text {
            let target = self.registry().object(field.kind().target()?)?;
            let rows = self.rows(target, Action::Read);
            return (!rows.is_true()).then(|| Box::new(Cond::Through { field: field.clone(), target: target.clone(), filter: Box::new(rows) }));
        }
        let FieldType::Reference { to, .. } = field.kind() else { return None };
        // What is its owner's alone is nowhere referred to, and would close "any" to those who read all other records.
        let meant = |o: &&Arc<Object>| to.allows(&o.name) && o.def.sharing != metadata::Sharing::Owner;
        let targets: Vec<_> = self.registry().objects().filter(meant).map(|t| (t.clone(), self.rows(t, Action::Read))).collect();
        if targets.iter().all(|(_, rows)| rows.is_true()) {
            return None;
        }
        Some(Box::new(Cond::any(targets.into_iter().filter(|(_, rows)| !rows.is_false()).map(|(target, rows)| Cond::Through { field: field.clone(), target, filter: Box::new(rows) }))))
    }
}

fn field_right(role: &Role, rights: &ObjectRights, field: &Field) -> FieldRight {
    match rights.fields.get(field.name()) {
        Some(right) => *right,
        None if role.mask_from.is_some_and(|from| field.def.sensitivity >= from) => FieldRight::Masked,
        None => FieldRight::Write,
    }
}
