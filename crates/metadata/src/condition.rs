//! Conditions bound to fields: the one shape for filters, rights, sharing rules and roll-ups.
//! `store` compiles them to SQL, `eval` runs them in memory; a test holds the two together.

use crate::{
    registry::{Field, Object},
    value::Value,
};
use kernel::RecordId;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    NotIn,
    Between,
    Contains,
    StartsWith,
    IsEmpty,
    Within,
}
impl Op {
    pub const ALL: [(&'static str, Op); 13] = [
        ("eq", Op::Eq),
        ("ne", Op::Ne),
        ("lt", Op::Lt),
        ("lte", Op::Lte),
        ("gt", Op::Gt),
        ("gte", Op::Gte),
        ("in", Op::In),
        ("not_in", Op::NotIn),
        ("between", Op::Between),
        ("contains", Op::Contains),
        ("starts_with", Op::StartsWith),
        ("is_empty", Op::IsEmpty),
        ("within", Op::Within),
    ];
    pub fn parse(word: &str) -> Option<Op> {
        Op::ALL.iter().find(|(name, _)| *name == word).map(|(_, op)| *op)
    }
}

/// What a field is compared with; relative dates are already resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    One(Value),
    Many(Vec<Value>),
    /// Both ends included (`between`); the end of `within` is exclusive and given as such.
    Range {
        from: Value,
        to: Value,
        end_included: bool,
    },
    /// `is_empty`: what it should be.
    Flag(bool),
}

/// One reference on the way to a field.
#[derive(Clone, Debug)]
pub struct Step {
    pub field: Arc<Field>,
    pub target: Arc<Object>,
    /// Rows of the target that the asker may read; the others behave as if the reference were empty.
    pub guard: Cond,
    /// Rows whose reference itself shows; `None` is all.
    pub open: Option<Box<Cond>>,
}

/// `account.industry`: references, then a field.
#[derive(Clone, Debug)]
pub struct Path {
    pub steps: Vec<Step>,
    pub field: Arc<Field>,
    /// Rows where the value may be read; in others it behaves as if empty. Filled in by `access`.
    pub guard: Option<Box<Cond>>,
    /// Of a list of references: what it points at, and which rows of it may be seen; the others are not in the list.
    pub items: Option<Box<(Arc<Object>, Cond)>>,
    /// Whoever selects it looks up for the whole page which of the records it points at may be seen, instead of a guard
    /// row by row: for references whose guard would be a long one.
    pub late: bool,
}
impl Path {
    pub fn of(field: &Arc<Field>) -> Path {
        Path { steps: vec![], field: field.clone(), guard: None, items: None, late: false }
    }
    /// As clients write it.
    pub fn text(&self) -> String {
        let mut out: Vec<&str> = self.steps.iter().map(|s| s.field.name()).collect();
        out.push(self.field.name());
        out.join(".")
    }
}

/// How strongly a record is shared by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Read,
    Update,
}

#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "conditions are few, and tests are most of them")]
pub enum Cond {
    /// All of them; empty is true.
    All(Vec<Cond>),
    /// Any of them; empty is false.
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Test {
        path: Path,
        op: Op,
        operand: Operand,
    },
    /// Rows of `object` whose `via` refers to this row and that match; archived ones never count.
    Related {
        object: Arc<Object>,
        via: Arc<Field>,
        filter: Box<Cond>,
        count: Option<(Op, i64)>,
    },
    /// The reference is set and its target matches (used by rights: rows that follow a parent).
    Through {
        field: Arc<Field>,
        target: Arc<Object>,
        filter: Box<Cond>,
    },
    /// Shared by hand with one of these.
    Shared {
        object: Arc<str>,
        level: Level,
        user: RecordId,
        teams: Arc<[RecordId]>,
        now_ms: i64,
    },
    /// Rows among these ids.
    Ids(Arc<[RecordId]>),
}

impl Cond {
    pub const TRUE: Cond = Cond::All(Vec::new());
    pub const FALSE: Cond = Cond::Any(Vec::new());
    pub fn is_true(&self) -> bool {
        matches!(self, Cond::All(all) if all.is_empty())
    }
    pub fn is_false(&self) -> bool {
        matches!(self, Cond::Any(any) if any.is_empty())
    }
    /// Both, simplified.
    pub fn and(self, other: Cond) -> Cond {
        match (self, other) {
            (a, b) if a.is_true() => b,
            (a, b) if b.is_true() => a,
            (a, _) if a.is_false() => a,
            (_, b) if b.is_false() => b,
            (Cond::All(mut all), b) => {
                all.push(b);
                Cond::All(all)
            }
            (a, b) => Cond::All(vec![a, b]),
        }
    }
    /// Either, simplified.
    pub fn any(parts: impl IntoIterator<Item = Cond>) -> Cond {
        let mut out = Vec::new();
        for part in parts {
            match part {
                part if part.is_true() => return Cond::TRUE,
                Cond::Any(inner) => out.extend(inner),
                part => out.push(part),
            }
        }
        if out.len() == 1 { out.remove(0) } else { Cond::Any(out) }
    }
    pub fn eq(field: &Arc<Field>, value: Value) -> Cond {
        Cond::Test { path: Path::of(field), op: Op::Eq, operand: Operand::One(value) }
    }
    pub fn is_in(field: &Arc<Field>, values: Vec<Value>) -> Cond {
        match values.len() {
            0 => Cond::FALSE,
            _ => Cond::Test { path: Path::of(field), op: Op::In, operand: Operand::Many(values) },
        }
    }
    pub fn empty(field: &Arc<Field>, yes: bool) -> Cond {
        Cond::Test { path: Path::of(field), op: Op::IsEmpty, operand: Operand::Flag(yes) }
    }
}
