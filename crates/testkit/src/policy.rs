//! A second opinion about rights: MODEL 4 written down again, naively, over rows in memory.
//!
//! It shares no code with the crate that decides in the program, reads role files and definitions with its own few
//! lines, and knows no SQL, so that the two can disagree. The proof asks both and compares every answer.

mod decide;
mod definition;
mod mutation;
mod role;
mod row;
mod show;

pub use decide::{Action, Asker, View};
pub use definition::{Definition, FieldFacts, Sharing, Sum, Target};
pub use mutation::Mutation;
pub use role::{Reach, Right, RoleFile};
pub use row::{Membership, Row, Rows, World};
