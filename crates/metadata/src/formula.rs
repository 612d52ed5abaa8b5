//! Formulas: CEL expressions over a record (`CONTRACT.md` 5).
//!
//! The crate `cel` reads the text; types and running are ours, because CEL's own numbers are binary fractions that lose
//! cents, and because a definition must be refused, with the position, before a million rows are computed by it.
//!
//! - Numbers (integer, decimal, percent in points, duration in seconds) and amounts are exact decimals of 28 digits;
//!   the result is rounded once, half away from zero, to the scale of its type.
//! - Amounts of different currencies meet in workspace currency; where a rate is missing the result is empty. A bare
//!   number beside an amount is an amount in workspace currency, as in conditions.
//! - Empty in gives empty out; `&&`, `||`, `? :`, `coalesce`, `is_empty`, `==`, `min` and `max` look at what is there.
//!   Whatever cannot be computed (division by zero, too large, too long) is empty. Nothing panics, nothing runs on.
//! - Text is compared by `==` exactly, by `<` and `contains` folded, as in conditions. Days are days of the
//!   workspace's time zone.
//! - A formula over its own record without `today`, `now` or `me` is stored; the others are live: computed when read.

mod check;
mod functions;
mod run;
#[cfg(test)]
mod tests;
mod ty;
mod val;

use crate::{
    definition::{FieldDef, ObjectDef},
    field_type::FieldType,
    value::Value,
};
use jiff::tz::TimeZone;
use kernel::{Currency, RecordId};
use std::{
    collections::HashMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// What a formula sees beside the record.
pub struct Env {
    pub now_ms: i64,
    /// The workspace's, so that two readers never see two days.
    pub zone: TimeZone,
    pub me: Option<RecordId>,
    pub currency: Currency,
}

/// A formula that has been checked.
pub struct Formula {
    /// Fields and paths that it names, its formulas' included.
    pub inputs: Vec<String>,
    /// Computed when read: it names today, now, me, a roll-up, or a field behind a reference.
    pub live: bool,
    /// Differs where the meaning differs; comparable within one process only.
    pub fingerprint: u64,
    /// How deep it nests, the formulas that it names included.
    depth: usize,
    result: FieldType,
    root: check::Node,
}
impl fmt::Debug for Formula {
    /// Short: a formula may hold others many times over.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "formula {:x}", self.fingerprint)
    }
}
impl Formula {
    /// The value for a record whose inputs `input` gives by their text. Empty where it cannot be computed.
    pub fn evaluate(&self, env: &Env, input: &dyn Fn(&str) -> Value) -> Value {
        run::run(self, env, input)
    }
}

/// What is wrong, and at which character, from 1.
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) what: String,
}

enum State {
    Open,
    Done(Result<Arc<Formula>, String>),
}
/// Checks the formulas of a set of definitions, each once, whatever names it first.
pub(crate) struct Analysis<'d> {
    defs: &'d [ObjectDef],
    states: HashMap<(String, String), State>,
    /// How deep the formulas nest that are being checked, each because the one before names it.
    depth: usize,
}
impl<'d> Analysis<'d> {
    fn object(&self, name: &str) -> Option<&'d ObjectDef> {
        self.defs.iter().find(|d| d.name == name && !d.archived)
    }
    fn formula(&mut self, object: &ObjectDef, field: &FieldDef) -> Result<Arc<Formula>, String> {
        let key = (object.name.clone(), field.name.clone());
        match self.states.get(&key) {
            Some(State::Done(done)) => return done.clone().map_err(|_| format!("\"{}\" is a formula that is wrong itself", field.name)),
            Some(State::Open) => return Err(format!("\"{}\" needs itself: formulas may not name each other in a circle", field.name)),
            None => {}
        }
        self.states.insert(key.clone(), State::Open);
        let done = self.check(object, field);
        self.states.insert(key, State::Done(done.clone()));
        done.map_err(|_| format!("\"{}\" is a formula that is wrong itself, or names this one", field.name))
    }
    fn check(&mut self, object: &ObjectDef, field: &FieldDef) -> Result<Arc<Formula>, String> {
        let at = format!("{}.{}", object.name, field.name);
        let FieldType::Formula { expression, result } = &field.kind else { return Err(format!("{at} is not a formula.")) };
        if !ty::is_result(&result.0) {
            return Err(format!("{at}: a formula cannot give {}; possible are text, choice, integer, duration, decimal, percent, money, boolean, date, date_time.", result.0.name()));
        }
        let checked = check::check(self, object, expression).map_err(|w| format!("{at}: the formula is wrong at character {}: {}.", w.at, w.what))?;
        if !checked.ty.fits(&result.0) {
            return Err(format!("{at}: the formula is wrong at character 1: it gives {}, which is no {}.", checked.ty, result.0.name()));
        }
        let mut hash = DefaultHasher::new();
        format!("{:?} {:?}", checked.node, result.0).hash(&mut hash);
        Ok(Arc::new(Formula { inputs: checked.inputs, live: checked.live, fingerprint: hash.finish(), depth: checked.depth, result: result.0.clone(), root: checked.node }))
    }
}

/// Checked formulas by `(object, field)`.
pub(crate) type Formulas = HashMap<(String, String), Arc<Formula>>;

/// Every formula that is not archived, and what is wrong with the others.
pub(crate) fn all(defs: &[ObjectDef]) -> (Formulas, Vec<String>) {
    let mut analysis = Analysis { defs, states: HashMap::new(), depth: 0 };
    let (mut out, mut problems) = (HashMap::new(), Vec::new());
    for object in defs.iter().filter(|d| !d.archived) {
        for field in object.fields.iter().filter(|f| !f.archived && matches!(f.kind, FieldType::Formula { .. })) {
            let key = (object.name.clone(), field.name.clone());
            // The first call checks it and those it names; what is wrong is told for each under its own name.
            let _told_below = analysis.formula(object, field);
            match analysis.states.remove(&key) {
                Some(State::Done(Ok(formula))) => {
                    out.insert(key.clone(), formula.clone());
                    analysis.states.insert(key, State::Done(Ok(formula)));
                }
                Some(State::Done(Err(problem))) => {
                    problems.push(problem.clone());
                    analysis.states.insert(key, State::Done(Err(problem)));
                }
                Some(State::Open) | None => {}
            }
        }
    }
    (out, problems)
}
