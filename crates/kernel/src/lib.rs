//! The words every crate shares: ids, time, money, who is acting, and how things fail. No I/O, no async, no CRM.

mod clock;
mod ctx;
mod decimal;
mod error;
mod fold;
mod id;
mod money;
mod secret;

pub use clock::{Clock, SystemClock, TestClock};
pub use ctx::{Actor, Ctx, Through};
pub use decimal::Decimal;
pub use error::{Code, Error, FieldError, Result};
pub use fold::fold;
pub use id::{Id, RecordId};
pub use money::{Currency, Money};
pub use secret::Secret;
