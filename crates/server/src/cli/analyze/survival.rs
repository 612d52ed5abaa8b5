//! How long until something happens.

use analytical::{Refusal, survival};
use clap::Args;
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Survival {
    /// One row a subject
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// How long each was observed
    #[arg(long, value_name = "COL")]
    duration: String,
    /// 1 where it happened then, 0 where it had not yet
    #[arg(long, value_name = "COL")]
    event: String,
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
    /// A column of two groups to be compared
    #[arg(long, value_name = "COL")]
    treatment: Option<String>,
}

impl Survival {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        survival::run(&survival::Question {
            file: self.file.clone(),
            duration: self.duration.clone(),
            event: self.event.clone(),
            id: self.id.clone(),
            ignore: self.ignore.clone(),
            treatment: self.treatment.clone(),
        })
    }
}
