//! How long until something happens, where some are still waiting when the observation ends.

mod concordance;
mod cox;
mod kaplan_meier;
mod log_rank;

pub use concordance::concordance;
pub use cox::{Cox, CoxError};
pub use kaplan_meier::{Step, kaplan_meier};
pub use log_rank::{LogRank, log_rank};

/// One subject: how long it was observed, and whether it happened then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    pub time: f64,
    pub event: bool,
}
