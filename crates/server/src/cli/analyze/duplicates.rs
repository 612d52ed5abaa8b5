//! Which rows are about the same.

use super::super::io::Io;
use analytical::{Refusal, duplicates};
use clap::Args;
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub(crate) struct Duplicates {
    /// One file, or two whose rows are to be paired
    #[arg(value_name = "FILE.csv", num_args = 1..=2, required = true)]
    files: Vec<PathBuf>,
    /// Column that names a row in the answer
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Column that holds the same value where rows are the same, or a file of known pairs or groups: tells how good the answer is
    #[arg(long, value_name = "COL|FILE")]
    truth: Option<String>,
    /// Known pairs to learn from: two columns of ids and one of 1 and 0
    #[arg(long, value_name = "FILE")]
    learn: Option<PathBuf>,
    /// Columns to leave out
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Probability from which two rows are the same [default: 0.5]
    #[arg(long, value_name = "P")]
    threshold: Option<f64>,
    /// What a column holds, where the guess is wrong: name, text, date, code, number, email, phone, category, ignored
    #[arg(long = "kind", value_name = "COL=KIND", value_delimiter = ',')]
    kinds: Vec<String>,
}

impl Duplicates {
    pub(super) fn ask(&self) -> Result<Json, Refusal> {
        duplicates::run(&duplicates::Question {
            files: self.files.clone(),
            id: self.id.clone(),
            truth: self.truth.clone(),
            learn: self.learn.clone(),
            ignore: self.ignore.clone(),
            threshold: self.threshold,
            kinds: self.kinds.clone(),
        })
    }
}

/// Pairs for a person: what was compared, how good it is, the pairs.
pub(super) fn tell(answer: &Json, io: &mut dyn Io) -> kernel::Result<()> {
    let text = |v: &Json| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let list = |v: &Json| v.as_array().cloned().unwrap_or_default();
    let rows = list(&answer["rows"]);
    io.say(format!("{} rows, {} pairs looked at, {} are the same.", answer["n"], answer["parameters"]["candidates"], rows.len()))?;
    let fields: Vec<String> = list(&answer["parameters"]["fields"]).iter().map(|f| format!("{} ({})", text(&f["column"]), text(&f["kind"]))).collect();
    io.say(format!("Compared: {}.", fields.join(", ")))?;
    if !answer["quality"]["f1"].is_null() {
        io.say(format!("Against the truth: F1 {}, precision {}, recall {}.", answer["quality"]["f1"], answer["quality"]["precision"], answer["quality"]["recall"]))?;
    }
    for warning in list(&answer["warnings"]) {
        io.say(format!("Note: {}", text(&warning["detail"])))?;
    }
    for row in rows {
        let reasons: Vec<String> =
            list(&row["evidence"]).iter().filter(|e| e["verdict"] != "neither").map(|e| format!("{} {} ({:+.1})", text(&e["column"]), text(&e["says"]), e["weight"].as_f64().unwrap_or(0.0))).collect();
        io.say(format!("{}\t{}\t{:.4}\t{}", text(&row["id"]), text(&row["other"]), row["probability"].as_f64().unwrap_or(0.0), reasons.join("; ")))?;
    }
    Ok(())
}
