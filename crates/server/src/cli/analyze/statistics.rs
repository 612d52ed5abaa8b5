//! What a table holds, and what in it differs or goes together.

use analytical::{Refusal, cluster, correlate, crosstab, describe, profit, test};
use clap::{Args, ValueEnum};
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Describe {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Crosstab {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Whose values go down
    #[arg(long, value_name = "COL")]
    rows: String,
    /// Whose values go across
    #[arg(long, value_name = "COL")]
    columns: String,
    /// Told beside the counts
    #[arg(long, value_name = "COL")]
    value: Option<String>,
    /// What is made of --value
    #[arg(long = "fn", value_enum, default_value_t = Fold::Sum)]
    fold: Fold,
}
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Fold {
    Sum,
    Mean,
    Count,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Test {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// A number, or one of two values such as yes and no
    #[arg(long, value_name = "COL")]
    value: String,
    #[arg(long, value_name = "COL")]
    group: String,
    /// Sizes that the groups were meant to have, such as a=1,b=1
    #[arg(long, value_name = "GROUP=SHARE", value_delimiter = ',')]
    expected: Vec<String>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Correlate {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// [default: all columns of numbers]
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    columns: Vec<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Cluster {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// [default: all columns of numbers]
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    columns: Vec<String>,
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
    /// How many groups [default: those that stand apart best]
    #[arg(long, value_name = "N")]
    k: Option<usize>,
}
#[derive(Args, Clone, Debug)]
pub(crate) struct Profit {
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    #[arg(long, value_name = "COL")]
    customer: String,
    #[arg(long, value_name = "COL")]
    revenue: String,
    /// Costs as amounts; may be given several times
    #[arg(long = "cost", value_name = "COL", value_delimiter = ',')]
    costs: Vec<String>,
    /// How often something is done, and what it costs once; may be given several times
    #[arg(long = "driver", value_name = "COL=RATE", value_delimiter = ',')]
    drivers: Vec<String>,
}

impl Describe {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        describe::run(&describe::Question { file: self.file.clone(), ignore: self.ignore.clone() })
    }
}
impl Crosstab {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        let fold = match self.fold {
            Fold::Sum => crosstab::Fold::Sum,
            Fold::Mean => crosstab::Fold::Mean,
            Fold::Count => crosstab::Fold::Count,
        };
        crosstab::run(&crosstab::Question { file: self.file.clone(), rows: self.rows.clone(), columns: self.columns.clone(), value: self.value.clone(), fold })
    }
}
impl Test {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        test::run(&test::Question { file: self.file.clone(), value: self.value.clone(), group: self.group.clone(), expected: self.expected.clone() })
    }
}
impl Correlate {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        correlate::run(&correlate::Question { file: self.file.clone(), columns: self.columns.clone(), ignore: self.ignore.clone() })
    }
}
impl Cluster {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        cluster::run(&cluster::Question { file: self.file.clone(), columns: self.columns.clone(), id: self.id.clone(), ignore: self.ignore.clone(), k: self.k })
    }
}
impl Profit {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        profit::run(&profit::Question { file: self.file.clone(), customer: self.customer.clone(), revenue: self.revenue.clone(), costs: self.costs.clone(), drivers: self.drivers.clone() })
    }
}
