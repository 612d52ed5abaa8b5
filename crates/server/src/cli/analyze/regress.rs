//! What goes with an outcome, and how much.

use analytical::{
    Refusal,
    regress::{Family, Question, run},
};
use clap::{Args, ValueEnum};
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Regress {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// The outcome
    #[arg(long, value_name = "COL")]
    target: String,
    /// Where the outcome is a text: its value that is asked for
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// What the outcome is [default: logistic for two values, linear for numbers]
    #[arg(long, value_enum)]
    family: Option<Kind>,
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
}
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    #[value(alias = "ols", alias = "gaussian")]
    Linear,
    #[value(alias = "binomial")]
    Logistic,
    Poisson,
}
impl Regress {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        let family = self.family.map(|kind| match kind {
            Kind::Linear => Family::Gaussian,
            Kind::Logistic => Family::Binomial,
            Kind::Poisson => Family::Poisson,
        });
        run(&Question { file: self.file.clone(), target: self.target.clone(), positive: self.positive.clone(), family, id: self.id.clone(), ignore: self.ignore.clone() })
    }
}
