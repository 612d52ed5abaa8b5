use super::{Input, Saved};
use crate::{
    OrDb,
    catalogue::{Draft, Written},
    record::Record,
    tx::Tx,
};
use access::{Action, Authorized, Change, ChangeKind};
use kernel::{Error, FieldError, RecordId, Result};
use metadata::{Field, FieldType, Object, ParseCtx, Storage, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use store::{Sql, Val, compile};

impl Tx<'_> {
    /// # Errors
    /// 403 without the right; 422 with all field errors.
    pub fn create(&mut self, object: &str, input: &Map<String, Json>) -> Result<Saved> {
        self.must_write()?;
        let object = self.object(object)?;
        self.check_create(&object)?;
        let mut inputs = [self.read_input(&object, input, true)];
        self.resolve_links(&mut inputs)?;
        let [input] = inputs;
        let (record, change) = self.prepare_create(&object, input)?;
        self.insert(&object, &[change], std::slice::from_ref(&record))?;
        self.check_after(&object, &[record.id()])?;
        self.write_history(&record, "created", &[])?;
        self.record_changed(&record, "created")?;
        self.run_after(&object, None, &record)?;
        Ok(Saved { id: record.id(), version: 1 })
    }
    pub(crate) fn check_create(&self, object: &Object) -> Result<()> {
        if self.rights().can_create(object) || object.def.system && self.is_system() {
            return Ok(());
        }
        if !self.rights().can(object, Action::Read) {
            return Err(Error::not_found("object of that name"));
        }
        Err(Error::forbidden(format!("Your role may not create a {}.", object.def.label.to_lowercase())))
    }
    /// Defaults, rules and checks; nothing is written yet.
    pub(crate) fn prepare_create(&mut self, object: &Arc<Object>, input: Input) -> Result<(Record, Authorized<Change>)> {
        let id = input.id.unwrap_or_else(|| self.new_id());
        let mut after = Record::empty(object);
        for (field, value) in input.set.iter().chain(&input.past) {
            after.set(field.name(), value.clone());
        }
        self.fill_defaults(object, &mut after, id, &input)?;
        self.fill_workspace_amounts(&mut after)?;
        let mut draft = Draft { object, id, before: None, after, errors: input.errors };
        self.run_before(&mut draft)?;
        self.fill_workspace_amounts(&mut draft.after)?;
        self.validate(&mut draft)?;
        if !draft.errors.is_empty() {
            return Err(Error::invalid(draft.errors));
        }
        // Last: a number is not spent on a record that is refused.
        self.fill_numbers(&mut draft)?;
        let now = self.now_ms();
        self.compute_formulas(&mut draft.after, now)?;
        let record = draft.after;
        let client: Vec<(Arc<Field>, Value)> = input.set.iter().map(|(f, _)| (f.clone(), record.get(f.name()).clone())).collect();
        // Every column, in the order of the definition: rows of one object share one statement.
        let derived =
            object.fields.values().filter(|f| f.storage != Storage::None && !input.set.iter().any(|(g, _)| g.name() == f.name())).map(|f| (f.clone(), record.get(f.name()).clone())).collect();
        let change = if object.def.system && self.is_system() {
            self.rights().authorize_engine_change(object, id, client, derived)?
        } else {
            self.rights().authorize_change(object, id, ChangeKind::Create, client, derived)?
        };
        Ok((record, change))
    }
    fn fill_defaults(&mut self, object: &Arc<Object>, after: &mut Record, id: RecordId, input: &Input) -> Result<()> {
        let (me, now) = (self.me(), self.now_ms());
        let given = |name: &str| input.set.iter().chain(&input.past).any(|(f, _)| f.name() == name);
        let ctx = ParseCtx { currency: self.settings().currency(), lenient: false };
        for field in object.live_fields() {
            if let Some(default) = &field.def.default
                && !given(field.name())
                && let Ok(value) = field.kind().parse(default, ctx)
            {
                after.set(field.name(), value);
            }
        }
        after.set("id", Value::Ref(id));
        after.set("version", Value::Int(1));
        for (at, by) in [("created_at", "created_by"), ("updated_at", "updated_by")] {
            let created = |n: &str| after.get(n).clone();
            let (past_at, past_by) = (created("created_at"), created("created_by"));
            if !given(at) {
                after.set(at, if at == "updated_at" && !past_at.is_null() { past_at } else { Value::DateTime(now) });
            }
            if !given(by) {
                after.set(by, if by == "updated_by" && !past_by.is_null() { past_by } else { Value::Ref(me) });
            }
        }
        if !given("owner") && !self.is_system() {
            after.set("owner", Value::Ref(me));
        }
        if !given("team") && !matches!(&*object.name, "team_membership" | "pipeline" | "queue") {
            let team = after.reference("owner").and_then(|owner| self.policy().users.get(&owner).and_then(|u| u.teams.first().copied()));
            after.set("team", team.map_or(Value::Null, Value::Ref));
        }
        Ok(())
    }
    fn fill_numbers(&mut self, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        for field in object.live_fields() {
            let FieldType::Autonumber { pattern } = field.kind() else { continue };
            match draft.get(field.name()).as_text().map(str::to_owned) {
                Some(given) => self.take_number(&object.name, field.name(), pattern, &given)?,
                None => {
                    let number = self.next_number(&object.name, field.name(), pattern)?;
                    draft.set(field.name(), number);
                }
            }
        }
        Ok(())
    }
    pub(crate) fn run_before(&mut self, draft: &mut Draft) -> Result<()> {
        let catalogue = self.catalogue().clone();
        for rules in catalogue.rules(&draft.object.name.clone()) {
            if let Some(before) = rules.before {
                before(self, draft)?;
            }
        }
        Ok(())
    }
    pub(crate) fn run_after(&mut self, object: &Arc<Object>, before: Option<&Record>, after: &Record) -> Result<()> {
        let catalogue = self.catalogue().clone();
        for rules in catalogue.rules(&object.name) {
            if let Some(run) = rules.after {
                run(self, &Written { before, after })?;
            }
        }
        Ok(())
    }
    pub(crate) fn insert(&mut self, object: &Arc<Object>, changes: &[Authorized<Change>], records: &[Record]) -> Result<()> {
        let Some(first) = changes.first() else { return Ok(()) };
        let mut columns = compile::insert_columns(first);
        columns.push("created_in".into());
        let set = self.change_set.map_or(Val::Null, |s| Val::Text(s.to_string()));
        if let [only] = changes {
            let mut q = Sql::new(format!("INSERT INTO {} (", self.db().table(&object.name)));
            q.push(&columns.iter().map(|c| store::quote(c)).collect::<Vec<_>>().join(", ")).push(") VALUES (");
            let mut vals = compile::insert_vals(only);
            vals.push(set);
            q.list(vals).push(")");
            self.db().exec(&q).or_db()?;
            return Ok(());
        }
        // In the order of the definition, not of each client's input.
        let fields: Vec<Arc<Field>> = object.fields.values().filter(|f| f.storage != Storage::None).cloned().collect();
        let names: Vec<String> = fields.iter().flat_map(|f| f.columns()).chain(["created_in".to_owned()]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut rows = records.iter().map(|record| {
            let mut vals = Vec::with_capacity(names.len());
            for field in &fields {
                compile::vals(field, record.get(field.name()), &mut vals);
            }
            vals.push(set.clone());
            vals
        });
        self.db().bulk_insert(&object.name, &names, &mut rows).or_db()?;
        Ok(())
    }
    /// After a write the row must still be within the asker's reach: nobody gives a record away that they may not
    /// give, nor takes one.
    pub(crate) fn check_after(&mut self, object: &Arc<Object>, ids: &[RecordId]) -> Result<()> {
        if object.def.system && self.is_system() {
            return Ok(());
        }
        let rights = self.rights().clone();
        let reach = if rights.can(object, Action::Update) { Action::Update } else { Action::Read };
        if !rights.can(object, reach) || rights.rows(object, reach).is_true() {
            return Ok(());
        }
        let allowed = self.allowed(object, ids, reach)?;
        if ids.iter().all(|id| allowed.contains(id)) {
            return Ok(());
        }
        Err(Error {
            fields: vec![FieldError::new("owner", "not_allowed", "With this owner or team the record would be out of your reach.")],
            ..Error::forbidden("With these values the record would be out of your reach. Ask a manager to hand it over.")
        })
    }
}
