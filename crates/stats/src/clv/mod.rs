//! What customers will buy, from when and how often they did: models of buying until they silently stop.
//!
//! A customer is (x, t_x, T): repeat purchases, the time of the last one and the time observed, both since the first
//! purchase and in one unit.

mod bgnbd;
mod gamma_gamma;
mod pareto_nbd;
mod sbg;

pub use bgnbd::BgNbd;
pub use gamma_gamma::GammaGamma;
pub use pareto_nbd::ParetoNbd;
pub use sbg::{Contract, Sbg};

use std::collections::BTreeMap;

/// One customer's past; see above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    pub x: f64,
    pub t_x: f64,
    pub t: f64,
}
/// Why nothing was fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FitError {
    /// Fewer customers, or fewer repeat purchases, than can tell anything.
    TooLittle(&'static str),
    /// The likelihood has no maximum that can be found.
    NoFit,
}

/// Equal pasts counted once: a million customers have some ten thousand of them.
fn grouped(histories: &[History]) -> Vec<(History, f64)> {
    let mut counts: BTreeMap<[u64; 3], (History, f64)> = BTreeMap::new();
    for h in histories {
        counts.entry([h.x.to_bits(), h.t_x.to_bits(), h.t.to_bits()]).or_insert((*h, 0.0)).1 += 1.0;
    }
    counts.into_values().collect()
}
/// Customers with at least one repeat purchase, or why nothing can be said.
fn must_repeat(histories: &[History]) -> Result<(), FitError> {
    let repeating = histories.iter().filter(|h| h.x > 0.0).count();
    if histories.len() < 10 || repeating < 5 {
        return Err(FitError::TooLittle("Ten customers, five of whom have bought again, are the least from which buying can be learnt."));
    }
    Ok(())
}
