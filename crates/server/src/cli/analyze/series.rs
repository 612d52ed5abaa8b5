//! How series of numbers go on.

use analytical::{Refusal, forecast};
use clap::{Args, ValueEnum};
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Forecast {
    /// One row a series and date
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Names the series [default: the file is one]
    #[arg(long, value_name = "COL")]
    series: Option<String>,
    #[arg(long, value_name = "COL")]
    date: String,
    #[arg(long, value_name = "COL")]
    value: String,
    /// Steps to look ahead
    #[arg(long, value_name = "N")]
    horizon: usize,
    /// Steps of a season; 1 for none [default: what the dates suggest and the values show]
    #[arg(long, value_name = "N")]
    season: Option<usize>,
    /// Adds values up by this [default: as the dates follow]
    #[arg(long, value_enum)]
    unit: Option<Step>,
    /// The last day that is looked at; what follows tells how good the forecast is
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Step {
    Day,
    Workday,
    Week,
    Month,
    Quarter,
    Year,
}
impl Step {
    fn of(self) -> forecast::Unit {
        match self {
            Step::Day => forecast::Unit::Day,
            Step::Workday => forecast::Unit::Workday,
            Step::Week => forecast::Unit::Week,
            Step::Month => forecast::Unit::Month,
            Step::Quarter => forecast::Unit::Quarter,
            Step::Year => forecast::Unit::Year,
        }
    }
}

impl Forecast {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        forecast::run(&forecast::Question {
            file: self.file.clone(),
            series: self.series.clone(),
            date: self.date.clone(),
            value: self.value.clone(),
            horizon: self.horizon,
            season: self.season,
            unit: self.unit.map(Step::of),
            until: self.until.clone(),
        })
    }
}
