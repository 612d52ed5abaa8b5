use super::{IfMatch, Saved, check_version};
use crate::{OrDb, catalogue::Draft, record::Record, tx::Tx};
use access::{Action, Authorized, Change, ChangeKind};
use kernel::{Code, Error, RecordId, Result};
use metadata::{Field, Object, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use store::compile;

/// Fields whose change can move a row in or out of somebody's reach.
fn moves_rights(tx: &Tx, object: &Object, field: &Field) -> bool {
    matches!(field.name(), "owner" | "team" | "archived_at") || matches!(field.kind(), metadata::FieldType::Reference { .. }) || tx.policy().rules.iter().any(|r| r.object == *object.name)
}

impl Tx<'_> {
    /// Changes the fields given. Nothing is written where nothing differs.
    ///
    /// # Errors
    /// 404, 403, 428 without a version, 412 with an old one, 422 with all field errors, in this order.
    pub fn update(&mut self, object: &str, id: RecordId, input: &Map<String, Json>, m: IfMatch) -> Result<Saved> {
        self.must_write()?;
        let object = self.object(object)?;
        let before = self.changeable_record(&object, id, Action::Update)?;
        if m == IfMatch::None {
            return Err(Error::new(Code::PreconditionRequired, "if_match_required", "Send If-Match with the version you change (the ETag you read), or * for any."));
        }
        check_version(&before, m)?;
        self.update_record(&object, before, input)
    }
    pub(crate) fn update_record(&mut self, object: &Arc<Object>, before: Record, input: &Map<String, Json>) -> Result<Saved> {
        let mut inputs = [self.read_input(object, input, false)];
        self.refuse_unreached(object, before.id(), &mut inputs[0])?;
        self.resolve_links(&mut inputs)?;
        let [input] = inputs;
        let mut after = before.clone();
        for (field, value) in &input.set {
            let value = self.with_unseen_items(field, before.get(field.name()), value.clone())?;
            after.set(field.name(), value);
        }
        if before.is_archived() && input.errors.is_empty() && !input.set.is_empty() {
            return Err(Error::new(Code::Conflict, "archived", format!("This {} is archived. Restore it before you change it.", object.def.label.to_lowercase())));
        }
        for (field, value) in &input.past {
            after.set(field.name(), value.clone());
        }
        self.fill_workspace_amounts(&mut after)?;
        let mut draft = Draft { object, id: before.id(), before: Some(&before), after, errors: input.errors };
        self.run_before(&mut draft)?;
        self.fill_workspace_amounts(&mut draft.after)?;
        self.validate(&mut draft)?;
        if !draft.errors.is_empty() {
            return Err(Error::invalid(draft.errors));
        }
        for field in object.live_fields() {
            if let metadata::FieldType::Autonumber { pattern } = field.kind()
                && draft.changed(field.name())
                && let Some(given) = draft.get(field.name()).as_text().map(str::to_owned)
            {
                self.take_number(&object.name, field.name(), pattern, &given)?;
            }
        }
        let mut after = draft.after;
        let client: Vec<Arc<Field>> = input.set.iter().map(|(f, _)| f.clone()).collect();
        let changed = changed_fields(&before, &after);
        if changed.is_empty() {
            return Ok(Saved { id: before.id(), version: before.version() });
        }
        let (set, derived): (Vec<_>, Vec<_>) = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).partition(|(f, _)| client.iter().any(|c| c.name() == f.name()));
        let change = self.stamp(object, &before, &mut after, ChangeKind::Update, set, derived)?;
        self.write_change(&before, &after, change, changed, "updated", "updated")?;
        Ok(Saved { id: after.id(), version: after.version() })
    }
    /// A field is written by a role that reaches the record itself: of several roles, one does not lend the other its rows.
    fn refuse_unreached(&mut self, object: &Arc<Object>, id: RecordId, input: &mut super::Input) -> Result<()> {
        let rights = self.rights().clone();
        let mut kept = Vec::new();
        for (field, value) in std::mem::take(&mut input.set) {
            if self.may_set(object, id, &field)? {
                kept.push((field, value));
            } else {
                input.errors.push(rights.refused(object, &field));
            }
        }
        input.set = kept;
        Ok(())
    }
    /// Whether a role that lets the field be written reaches this record.
    pub(crate) fn may_set(&mut self, object: &Arc<Object>, id: RecordId, field: &Field) -> Result<bool> {
        let Some(rows) = self.rights().writing_rows(object, field) else { return Ok(true) };
        let q = compile::exists(self.db(), &object.name, id, &rows);
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    /// Adds version, time and author to a change.
    pub(crate) fn stamp(
        &mut self,
        object: &Arc<Object>,
        before: &Record,
        after: &mut Record,
        kind: ChangeKind,
        set: Vec<(Arc<Field>, Value)>,
        mut derived: Vec<(Arc<Field>, Value)>,
    ) -> Result<Authorized<Change>> {
        self.mark(object, before, after, &mut derived)?;
        if object.def.system && self.is_system() {
            self.rights().authorize_engine_change(object, before.id(), set, derived)
        } else {
            self.rights().authorize_change(object, before.id(), kind, set, derived)
        }
    }
    /// A child that follows its parent needs no right of its own: the right on the parent decided.
    pub(crate) fn stamp_child(&mut self, object: &Arc<Object>, before: &Record, after: &mut Record, mut derived: Vec<(Arc<Field>, Value)>) -> Result<Authorized<Change>> {
        self.mark(object, before, after, &mut derived)?;
        self.rights().authorize_engine_change(object, before.id(), vec![], derived)
    }
    fn mark(&mut self, object: &Object, before: &Record, after: &mut Record, derived: &mut Vec<(Arc<Field>, Value)>) -> Result<()> {
        after.set("version", Value::Int(before.version() + 1));
        after.set("updated_at", Value::DateTime(self.now_ms()));
        after.set("updated_by", Value::Ref(self.me()));
        for name in ["version", "updated_at", "updated_by"] {
            if let Some(field) = object.field(name) {
                derived.push((field.clone(), after.get(name).clone()));
            }
        }
        let now = self.now_ms();
        self.compute_formulas(after, now)?;
        for field in object.live_fields().filter(|f| f.formula.is_some() && before.get(f.name()) != after.get(f.name())) {
            derived.push((field.clone(), after.get(field.name()).clone()));
        }
        Ok(())
    }
    /// Row, history, outbox, rules that follow.
    pub(crate) fn write_change(&mut self, before: &Record, after: &Record, change: Authorized<Change>, old: Vec<(Arc<Field>, Value)>, kind: &str, what: &'static str) -> Result<()> {
        let object = before.object.clone();
        let q = compile::update(self.db(), &change, before.version());
        if self.db().exec(&q).or_db()? != 1 {
            return Err(Error::new(Code::Stale, "stale_version", "This record has just been changed by someone else. Read it again and repeat your change."));
        }
        if old.iter().any(|(f, _)| moves_rights(self, &object, f)) && kind == "updated" {
            self.check_after(&object, &[before.id()])?;
        }
        self.write_history(after, kind, &old)?;
        self.record_changed(after, what)?;
        self.run_after(&object, Some(before), after)
    }
}

/// Fields that differ, with their old values. Version and the like do not count, nor what formulas compute from the rest.
pub(crate) fn changed_fields(before: &Record, after: &Record) -> Vec<(Arc<Field>, Value)> {
    let object = &before.object;
    object
        .fields
        .values()
        .filter(|f| !matches!(f.name(), "id" | "version" | "updated_at" | "updated_by" | "created_at" | "created_by") && f.storage != metadata::Storage::None && f.formula.is_none())
        .filter(|f| before.get(f.name()) != after.get(f.name()))
        .map(|f| (f.clone(), before.get(f.name()).clone()))
        .collect()
}
