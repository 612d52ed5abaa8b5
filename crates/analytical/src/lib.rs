//! The analytical part: brings tables to the estimators of `stats` and their answers to people.

pub mod cluster;
pub mod clv;
pub mod cohort;
mod columns;
pub mod correlate;
pub mod crosstab;
pub mod dates;
pub mod describe;
pub mod duplicates;
pub mod features;
pub mod forecast;
pub mod numbers;
pub mod profit;
pub mod regress;
pub mod rfm;
mod round;
pub mod score;
pub mod survival;
pub mod table;
pub mod test;
pub mod transactions;
pub mod tree;

/// Why an analysis was not made: what is wrong with the question or the file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Refusal {}
