//! What an object is: definitions as data, the closed set of field types, values, conditions, queries.
//! Pure: no SQL, no HTTP, no rights.

pub mod bind;
pub mod compose;
pub mod condition;
pub mod definition;
#[cfg(test)]
mod definition_tests;
pub mod eval;
pub mod field_type;
pub mod formula;
pub mod query;
pub mod registry;
pub mod value;
pub mod within;

pub use bind::{BindCtx, bind, bind_path, must_be_stored};
pub use condition::{Cond, Level, Op, Operand, Path, Step};
pub use definition::{FieldDef, Layer, ObjectDef, SHARED_WITH_EVERYBODY, SHARED_WITH_TEAM, Sensitivity, Sharing};
pub use field_type::{ChoiceOption, FieldType, OnDelete, ParseCtx, ReferenceTo, Storage};
pub use formula::Formula;
pub use query::{Aggregate, Archived, Bucket, GroupBy, Measure, MeasureFn, Query, Sort};
pub use registry::{Field, Object, Referrer, Registry};
pub use value::{AnyRef, Value};
