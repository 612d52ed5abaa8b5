//! What the parts of a formula are, as far as it can be known before any record is seen.

use crate::field_type::{FieldType, ReferenceTo};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Null,
    Bool,
    /// Whole numbers, decimals, percents (in points) and durations (in seconds): all exact.
    Number,
    Money,
    Text,
    Date,
    Instant,
    Ref,
    List(Box<Ty>),
    /// Address, person name, place: its parts are named after a point.
    Parts(Composite),
    /// Known at run time only: elements of mixed lists, accumulators of macros.
    Any,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Composite {
    Text,
    Place,
}

impl Ty {
    /// The type of a field's values; `None` where a formula cannot use it (roll-ups have the type of what they measure).
    pub(crate) fn of(kind: &FieldType) -> Option<Ty> {
        use FieldType as T;
        Some(match kind.value_type() {
            T::Text { .. } | T::LongText {} | T::RichText {} | T::Email {} | T::Phone {} | T::Url {} | T::Choice { .. } | T::Autonumber { .. } => Ty::Text,
            T::Integer {} | T::Duration {} | T::Decimal { .. } | T::Percent {} => Ty::Number,
            T::Money {} => Ty::Money,
            T::Boolean {} => Ty::Bool,
            T::Date {} => Ty::Date,
            T::DateTime {} => Ty::Instant,
            T::MultiChoice { .. } => Ty::List(Box::new(Ty::Text)),
            T::Reference { to: ReferenceTo::One(_) | ReferenceTo::Several(_), .. } | T::User {} | T::File {} => Ty::Ref,
            T::Address {} | T::PersonName {} => Ty::Parts(Composite::Text),
            T::GeoPoint {} => Ty::Parts(Composite::Place),
            // What a list of references holds depends on who looks.
            T::ManyToMany { .. } | T::Formula { .. } | T::RollUp { .. } => return None,
        })
    }
    pub(crate) fn is(&self, other: &Ty) -> bool {
        self == other || matches!(self, Ty::Any | Ty::Null) || matches!(other, Ty::Any)
    }
    /// The type that both branches of a choice have; `None` if they differ.
    pub(crate) fn join(&self, other: &Ty) -> Option<Ty> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (Ty::Null, other) | (other, Ty::Null) => Some(other.clone()),
            (Ty::Any, _) | (_, Ty::Any) => Some(Ty::Any),
            (Ty::Money, Ty::Number) | (Ty::Number, Ty::Money) => Some(Ty::Money),
            (Ty::List(a), Ty::List(b)) => a.join(b).map(|t| Ty::List(Box::new(t))),
            _ => None,
        }
    }
    /// Whether `==` between the two can ever hold.
    pub(crate) fn comparable(&self, other: &Ty) -> bool {
        self.join(other).is_some() || matches!((self, other), (Ty::Ref, Ty::Text) | (Ty::Text, Ty::Ref))
    }
    /// Whether a result of this type can be stored as `kind`.
    pub(crate) fn fits(&self, kind: &FieldType) -> bool {
        use FieldType as T;
        #[expect(clippy::match_like_matches_macro, reason = "one line a pair reads better")]
        match (self, kind) {
            (Ty::Null | Ty::Any, _) => true,
            (Ty::Text, T::Text { .. } | T::LongText {} | T::RichText {} | T::Email {} | T::Phone {} | T::Url {} | T::Choice { .. }) => true,
            (Ty::Number, T::Integer {} | T::Duration {} | T::Decimal { .. } | T::Percent {} | T::Money {}) => true,
            (Ty::Money, T::Money {}) | (Ty::Bool, T::Boolean {}) | (Ty::Date, T::Date {}) | (Ty::Instant, T::DateTime {}) => true,
            _ => false,
        }
    }
}
/// Types a formula may have as its result.
pub(crate) fn is_result(kind: &FieldType) -> bool {
    use FieldType as T;
    matches!(
        kind,
        T::Text { .. }
            | T::LongText {}
            | T::RichText {}
            | T::Email {}
            | T::Phone {}
            | T::Url {}
            | T::Choice { .. }
            | T::Integer {}
            | T::Duration {}
            | T::Decimal { .. }
            | T::Percent {}
            | T::Money {}
            | T::Boolean {}
            | T::Date {}
            | T::DateTime {}
    )
}
impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ty::Null => "null",
            Ty::Bool => "true or false",
            Ty::Number => "a number",
            Ty::Money => "an amount of money",
            Ty::Text => "text",
            Ty::Date => "a date",
            Ty::Instant => "a date with time",
            Ty::Ref => "a reference",
            Ty::List(_) => "a list",
            Ty::Parts(_) => "a value of several parts",
            Ty::Any => "any value",
        })
    }
}
