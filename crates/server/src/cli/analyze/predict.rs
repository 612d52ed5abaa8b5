//! The chance of something for each row.

use analytical::{
    Refusal,
    score::{Campaign, Question, run},
    tree,
};
use clap::Args;
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Score {
    /// One row a lead, a customer, a deal
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// The column that tells what came
    #[arg(long, value_name = "COL")]
    target: String,
    /// Its value that is asked for [default: yes, true, 1, won, ...]
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// Its only other value that counts; rows with any other are scored, not learnt from
    #[arg(long, value_name = "VALUE")]
    negative: Option<String>,
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Rows kept back to tell how good it is: row % 5 == 0, row >= 8000, signed_on >= '2020-01-01' [default: row % 5 == 0]
    #[arg(long, value_name = "TEST")]
    test: Option<String>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Churn {
    #[command(flatten)]
    of: Score,
    /// What a customer who stays is worth
    #[arg(long, value_name = "AMOUNT", default_value_t = 200.0)]
    worth: f64,
    /// What is offered to whoever is reached and stays
    #[arg(long, value_name = "AMOUNT", default_value_t = 10.0)]
    offer: f64,
    /// What reaching one customer costs
    #[arg(long, value_name = "AMOUNT", default_value_t = 1.0)]
    contact: f64,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Tree {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// The outcome: of two values, or a number
    #[arg(long, value_name = "COL")]
    target: String,
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Rows kept back to tell how good it is [default: row % 5 == 0]
    #[arg(long, value_name = "TEST")]
    test: Option<String>,
}
impl Tree {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        tree::run(&tree::Question { file: self.file.clone(), target: self.target.clone(), positive: self.positive.clone(), id: self.id.clone(), ignore: self.ignore.clone(), test: self.test.clone() })
    }
}
impl Score {
    fn question(&self, campaign: Option<Campaign>) -> Question {
        Question {
            file: self.file.clone(),
            target: self.target.clone(),
            positive: self.positive.clone(),
            negative: self.negative.clone(),
            id: self.id.clone(),
            ignore: self.ignore.clone(),
            test: self.test.clone(),
            campaign,
        }
    }
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        run(&self.question(None))
    }
}
impl Churn {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        run(&self.of.question(Some(Campaign { worth: self.worth, offer: self.offer, contact: self.contact })))
    }
}
