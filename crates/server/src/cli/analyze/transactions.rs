//! Methods that look at transactions: who bought, when, for how much.

use analytical::{Refusal, clv, cohort, rfm, transactions::Columns};
use clap::{Args, ValueEnum};
use serde_json::Value as Json;
use std::path::PathBuf;

/// Which columns hold transactions.
#[derive(Args, Clone, Debug)]
pub(super) struct Transactions {
    /// One row a transaction
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    #[arg(long, value_name = "COL")]
    customer: String,
    #[arg(long, value_name = "COL")]
    date: String,
    #[arg(long, value_name = "COL")]
    amount: Option<String>,
    /// Rows with the same value here are lines of one purchase
    #[arg(long, value_name = "COL")]
    order: Option<String>,
    /// The last day that is looked at [default: the last one in the file]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}
impl Transactions {
    fn columns(&self) -> Columns {
        Columns { file: self.file.clone(), customer: self.customer.clone(), date: self.date.clone(), amount: self.amount.clone(), order: self.order.clone(), until: self.until.clone() }
    }
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Rfm {
    #[command(flatten)]
    of: Transactions,
    /// What reaching one customer costs: with --margin tells the response from which a mailing pays
    #[arg(long, value_name = "AMOUNT")]
    cost: Option<f64>,
    /// Share of a sale that is left, such as 0.3
    #[arg(long, value_name = "SHARE")]
    margin: Option<f64>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Cohort {
    #[command(flatten)]
    of: Transactions,
    #[arg(long, value_enum, default_value_t = Unit::Month)]
    unit: Unit,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Clv {
    #[command(flatten)]
    of: Transactions,
    /// Buying until a silent end (bgnbd, paretonbd), or contracts that are renewed each unit (sbg)
    #[arg(long, value_enum, default_value_t = Model::Bgnbd)]
    model: Model,
    /// Units to look ahead [default: a year]
    #[arg(long, value_name = "N")]
    horizon: Option<f64>,
    #[arg(long, value_enum, default_value_t = Unit::Week)]
    unit: Unit,
    /// Discount a month, as a share
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    discount: f64,
}
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
}
impl Unit {
    fn of(self) -> cohort::Unit {
        match self {
            Unit::Day => cohort::Unit::Day,
            Unit::Week => cohort::Unit::Week,
            Unit::Month => cohort::Unit::Month,
        }
    }
    fn year(self) -> f64 {
        match self {
            Unit::Day => 365.0,
            Unit::Week => 52.0,
            Unit::Month => 12.0,
        }
    }
}
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Model {
    Bgnbd,
    Paretonbd,
    Sbg,
}

impl Rfm {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        rfm::run(&self.of.columns(), rfm::Mailing { cost: self.cost, margin: self.margin })
    }
}
impl Cohort {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        cohort::run(&self.of.columns(), self.unit.of())
    }
}
impl Clv {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        let model = match self.model {
            Model::Bgnbd => clv::Model::BgNbd,
            Model::Paretonbd => clv::Model::ParetoNbd,
            Model::Sbg => clv::Model::Sbg,
        };
        clv::run(&self.of.columns(), clv::Question { model, horizon: self.horizon.unwrap_or(self.unit.year()), unit: self.unit.of(), discount: self.discount })
    }
}
