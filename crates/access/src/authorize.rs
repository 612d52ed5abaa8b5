//! The gate: checks every field that is named anywhere and adds the asker's rows. What comes out may run.

use crate::{
    fields::{FieldAccess, When},
    rights::{Action, Rights},
};
use kernel::{Error, RecordId, Result};
use metadata::{Aggregate, Cond, Field, Object, Path, Query, Value};
use std::sync::Arc;

/// Something that may run. Cannot be made outside this crate.
#[derive(Clone, Debug)]
pub struct Authorized<T>(T);
impl<T> Authorized<T> {
    pub fn get(&self) -> &T {
        &self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Create,
    Update,
    /// Archive or restore.
    Archive,
}

impl Authorized<Query> {
    /// The query's rows and something more: narrowing needs no new question of rights.
    pub fn narrowed(&self, extra: Cond) -> Authorized<Cond> {
        Authorized(self.0.filter.clone().and(extra))
    }
}

/// A change of one row of one object. `rows` holds where it may happen.
#[derive(Clone, Debug)]
pub struct Change {
    pub object: Arc<Object>,
    pub id: RecordId,
    pub kind: ChangeKind,
    pub set: Vec<(Arc<Field>, Value)>,
    pub rows: Cond,
}

impl Rights {
    /// # Errors
    /// 422 `unknown_field` where a field is named that the asker may not read.
    pub fn authorize_query(&self, mut query: Query) -> Result<Authorized<Query>> {
        let object = query.object.clone();
        for path in &mut query.select {
            self.guard_path(&object, path)?;
        }
        for sort in &mut query.sort {
            self.guard_path(&object, &mut sort.path)?;
        }
        query.filter = self.guard_condition(&object, query.filter, When::Now)?.and(self.rows(&object, Action::Read));
        Ok(Authorized(query))
    }
    pub fn authorize_aggregate(&self, mut plan: Aggregate) -> Result<Authorized<Aggregate>> {
        let object = plan.object.clone();
        for group in &mut plan.group_by {
            self.guard_path(&object, &mut group.path)?;
        }
        for path in plan.measures.iter_mut().filter_map(|m| m.path.as_mut()) {
            self.guard_path(&object, path)?;
        }
        plan.filter = self.guard_condition(&object, plan.filter, When::Now)?.and(self.rows(&object, Action::Read));
        Ok(Authorized(plan))
    }
    /// The plan behind a roll-up. With the scope `all` it counts every row, whatever the asker may read: an administrator
    /// defined it so, over nothing personal.
    ///
    /// # Errors
    /// 422 where it names a field that the asker may not read.
    pub fn authorize_roll_up(&self, roll_up: &Field, plan: Aggregate) -> Result<Authorized<Aggregate>> {
        match roll_up.kind() {
            metadata::FieldType::RollUp { scope: Some(scope), .. } if scope == "all" => Ok(Authorized(plan)),
            _ => self.authorize_aggregate(plan),
        }
    }
    /// The rows on which an action is allowed, as a condition that may run.
    pub fn authorized_rows(&self, object: &Arc<Object>, action: Action) -> Authorized<Cond> {
        Authorized(self.rows(object, action))
    }
    /// One of the reasons why rows may be read, to be tried on a row.
    pub fn authorized_ground(&self, ground: &crate::grounds::Ground) -> Authorized<Cond> {
        Authorized(ground.rows.clone())
    }
    /// Rows that disclose a field, where not all do: see [`Rights::disclosed`].
    pub fn authorized_disclosure(&self, object: &Arc<Object>, field: &Arc<Field>) -> Option<Authorized<Cond>> {
        self.disclosed(object, field).map(Authorized)
    }
    /// A condition of a rule or a definition, checked and guarded for this asker.
    pub fn authorize_condition(&self, object: &Arc<Object>, cond: Cond) -> Result<Authorized<Cond>> {
        self.guard_condition(object, cond, When::Now).map(Authorized)
    }
    /// The same, to be tried on records as they were: see [`When::Then`].
    pub fn authorize_past(&self, object: &Arc<Object>, cond: Cond) -> Result<Authorized<Cond>> {
        self.guard_condition(object, cond, When::Then).map(Authorized)
    }
    /// Checks the action and every field that a client sets. Fields that rules of a slice derive go in `derived`.
    ///
    /// # Errors
    /// 403 where the role lacks the action; 422 for each field that may not be written.
    pub fn authorize_change(&self, object: &Arc<Object>, id: RecordId, kind: ChangeKind, set: Vec<(Arc<Field>, Value)>, derived: Vec<(Arc<Field>, Value)>) -> Result<Authorized<Change>> {
        let rows = match kind {
            ChangeKind::Create if self.can_create(object) => Cond::TRUE,
            ChangeKind::Update if self.can(object, Action::Update) => self.rows(object, Action::Update),
            ChangeKind::Archive if self.can(object, Action::Delete) => self.rows(object, Action::Delete),
            ChangeKind::Create => return Err(Error::forbidden(format!("Your role may not create a {}.", object.def.label.to_lowercase()))),
            ChangeKind::Update => return Err(Error::forbidden(format!("Your role may not change a {}.", object.def.label.to_lowercase()))),
            ChangeKind::Archive => return Err(Error::forbidden(format!("Your role may not archive a {}.", object.def.label.to_lowercase()))),
        };
        let refused: Vec<_> = set.iter().filter_map(|(field, _)| if kind == ChangeKind::Create { self.refuses_new(object, field) } else { self.refuses_change(object, field) }).collect();
        if !refused.is_empty() {
            return Err(Error::invalid(refused));
        }
        Ok(Authorized(Change { object: object.clone(), id, kind, set: set.into_iter().chain(derived).collect(), rows }))
    }
    /// A change the engine itself makes: rows of objects that only it writes, and children that follow their parent.
    /// `set` is still checked field by field.
    pub fn authorize_engine_change(&self, object: &Arc<Object>, id: RecordId, set: Vec<(Arc<Field>, Value)>, derived: Vec<(Arc<Field>, Value)>) -> Result<Authorized<Change>> {
        let refused: Vec<_> = set.iter().filter(|(field, _)| self.field(object, field) != FieldAccess::Write).map(|(field, _)| self.refused(object, field)).collect();
        if !refused.is_empty() {
            return Err(Error::invalid(refused));
        }
        Ok(Authorized(Change { object: object.clone(), id, kind: ChangeKind::Create, set: set.into_iter().chain(derived).collect(), rows: Cond::TRUE }))
    }
    fn readable(&self, object: &Object, field: &Field) -> bool {
        matches!(self.field(object, field), FieldAccess::Write | FieldAccess::Read)
    }
    /// Checks a path and fills in what the asker may see along it.
    pub fn guard_path(&self, object: &Arc<Object>, path: &mut Path) -> Result<()> {
        self.guard_path_when(object, path, When::Now)
    }
    fn guard_path_when(&self, object: &Arc<Object>, path: &mut Path, when: When) -> Result<()> {
        let text = path.text();
        let unknown = || Error::field(&text, "unknown_field", format!("{} has no field \"{text}\".", object.name));
        let (mut at, mut when) = (object.clone(), when);
        for step in &mut path.steps {
            if !self.readable(&at, &step.field) {
                return Err(unknown());
            }
            step.guard = self.rows(&step.target, Action::Read);
            step.open = self.disclosed_when(&at, &step.field, when).map(Box::new);
            // what a record points at is read as it is now
            (at, when) = (step.target.clone(), When::Now);
        }
        // An object the asker cannot read at all has no row whose field could show: empty, not an error.
        if self.can(&at, Action::Read) && !self.readable(&at, &path.field) {
            return Err(unknown());
        }
        path.guard = if path.late { self.disclosed_when(&at, &path.field, when).map(Box::new) } else { self.guard_when(&at, &path.field, when) };
        if let metadata::FieldType::ManyToMany { to } = path.field.kind()
            && let Some(target) = self.registry().object(to)
        {
            let rows = self.rows(target, Action::Read);
            path.items = (!rows.is_true()).then(|| Box::new((target.clone(), rows)));
        }
        Ok(())
    }
    fn guard_condition(&self, object: &Arc<Object>, cond: Cond, when: When) -> Result<Cond> {
        Ok(match cond {
            Cond::All(parts) => Cond::All(parts.into_iter().map(|p| self.guard_condition(object, p, when)).collect::<Result<_>>()?),
            Cond::Any(parts) => Cond::Any(parts.into_iter().map(|p| self.guard_condition(object, p, when)).collect::<Result<_>>()?),
            Cond::Not(inner) => Cond::Not(Box::new(self.guard_condition(object, *inner, when)?)),
            Cond::Test { mut path, op, operand } => {
                self.guard_path_when(object, &mut path, when)?;
                self.guard_named(&mut path, op, &operand, when);
                Cond::Test { path, op, operand }
            }
            Cond::Related { object: other, via, filter, count } => {
                if self.can(&other, Action::Read) && !self.readable(&other, &via) {
                    return Err(Error::field(via.name(), "unknown_field", format!("{} has no field \"{}\".", other.name, via.name())));
                }
                let filter = self.guard_condition(&other, *filter, When::Now)?.and(self.rows(&other, Action::Read));
                Cond::Related { object: other, via, filter: Box::new(filter), count }
            }
            other @ (Cond::Through { .. } | Cond::Shared { .. } | Cond::Ids(_)) => other,
        })
    }
}
