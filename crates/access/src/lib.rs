//! Who may do what: role files and sharing -> the rows and fields of an asker, as conditions. Pure; knows no SQL.
//! Only this crate can build an [`Authorized`], and `store` runs nothing else on objects.

mod authorize;
mod fields;
mod grounds;
mod leaving;
mod permit;
mod policy;
mod rights;
mod role;
mod scope;

pub use authorize::{Authorized, Change, ChangeKind};
pub use fields::{FieldAccess, When};
pub use grounds::{Ground, GroundKind};
pub use permit::{Exit, Permit};
pub use policy::{Policy, Restricted, SharingRule, Team, User};
pub use rights::{Action, Rights, actor_of, system_user};
pub use role::{CAPABILITIES, FieldRight, ObjectRights, Reach, Role, built_in_roles};
pub use scope::{Scope, parse_scope};
