//! `rapport analyze METHOD FILE.csv`: needs no workspace and no data directory. One file a family of methods.

mod duplicates;
mod predict;
mod regress;
mod series;
mod statistics;
mod survival;
mod tell;
mod transactions;

use super::{io::Io, run::Failure};
use analytical::Refusal;
use clap::Subcommand;
use kernel::{Code, Error};
use serde_json::Value as Json;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Analyze {
    /// Rows of one file, or of two, that are about the same person, organisation or thing
    Duplicates(duplicates::Duplicates),
    /// Customers in fifths by how recently, how often and for how much they bought
    Rfm(transactions::Rfm),
    /// Customers by when they first bought, and how many of them buy again later
    Cohort(transactions::Cohort),
    /// What each customer will still buy, and what that is worth
    Clv(transactions::Clv),
    /// How long until something happens (Kaplan-Meier), and what hastens it (Cox)
    Survival(survival::Survival),
    /// The chance of something for each row, with reasons and warnings
    Score(predict::Score),
    /// Who will leave, why, and whom it pays to reach
    Churn(predict::Churn),
    /// What goes with an outcome and how much: linear, logistic, Poisson
    Regress(regress::Regress),
    /// One tree that people can read: who has an outcome, in rules
    Tree(predict::Tree),
    /// How series of numbers go on, with intervals
    Forecast(series::Forecast),
    /// What the columns of a table hold
    Describe(statistics::Describe),
    /// Counts by two columns, and whether the two have to do with one another
    Crosstab(statistics::Crosstab),
    /// Whether groups differ in a value
    Test(statistics::Test),
    /// Which columns of numbers go together
    Correlate(statistics::Correlate),
    /// Groups of rows that are alike
    Cluster(statistics::Cluster),
    /// Which customers make the profit, and which eat it
    Profit(statistics::Profit),
}

impl Analyze {
    fn ask(&self) -> Result<Json, Refusal> {
        match self {
            Analyze::Duplicates(question) => question.ask(),
            Analyze::Rfm(question) => question.ask(),
            Analyze::Cohort(question) => question.ask(),
            Analyze::Clv(question) => question.ask(),
            Analyze::Survival(question) => question.ask(),
            Analyze::Score(question) => question.ask(),
            Analyze::Churn(question) => question.ask(),
            Analyze::Regress(question) => question.ask(),
            Analyze::Tree(question) => question.ask(),
            Analyze::Forecast(question) => question.ask(),
            Analyze::Describe(question) => question.ask(),
            Analyze::Crosstab(question) => question.ask(),
            Analyze::Test(question) => question.ask(),
            Analyze::Correlate(question) => question.ask(),
            Analyze::Cluster(question) => question.ask(),
            Analyze::Profit(question) => question.ask(),
        }
    }
}

pub(crate) fn run(analyze: &Analyze, as_json: bool, io: &mut dyn Io) -> Result<(), Failure> {
    let answer = analyze.ask().map_err(|Refusal(why)| Failure::Usage(why))?;
    if as_json {
        let text = serde_json::to_string(&answer).map_err(|e| Error::new(Code::Internal, "answer", e.to_string()))?;
        io.say(text)?;
    } else if matches!(analyze, Analyze::Duplicates(_)) {
        duplicates::tell(&answer, io)?;
    } else {
        tell::tell(&answer, io)?;
    }
    Ok(())
}
