//! `rapport analyze METHOD FILE.csv`: needs no workspace and no data directory.

use super::{io::Io, run::Failure};
use analytical::{Refusal, clv, cohort, duplicates, rfm, survival, transactions::Columns};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{Code, Error};
use serde_json::Value as Json;
use std::path::PathBuf;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Analyze {
    /// Rows of one file, or of two, that are about the same person, organisation or thing
    Duplicates(Duplicates),
    /// Customers in fifths by how recently, how often and for how much they bought
    Rfm(Rfm),
    /// Customers by when they first bought, and how many of them buy again later
    Cohort(Cohort),
    /// What each customer will still buy, and what that is worth
    Clv(Clv),
    /// How long until something happens (Kaplan-Meier), and what hastens it (Cox)
    Survival(Survival),
}

/// Which columns hold transactions.
#[derive(Args, Clone, Debug)]
pub(crate) struct Transactions {
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
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Unit {
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
pub(crate) enum Model {
    Bgnbd,
    Paretonbd,
    Sbg,
}

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

pub(crate) fn run(analyze: &Analyze, as_json: bool, io: &mut dyn Io) -> Result<(), Failure> {
    let answer = ask(analyze).map_err(|Refusal(why)| Failure::Usage(why))?;
    if as_json {
        let text = serde_json::to_string(&answer).map_err(|e| Error::new(Code::Internal, "answer", e.to_string()))?;
        io.say(text)?;
    } else if matches!(analyze, Analyze::Duplicates(_)) {
        tell_pairs(&answer, io)?;
    } else {
        tell(&answer, io)?;
    }
    Ok(())
}
fn ask(analyze: &Analyze) -> Result<Json, Refusal> {
    match analyze {
        Analyze::Duplicates(d) => duplicates::run(&duplicates::Question {
            files: d.files.clone(),
            id: d.id.clone(),
            truth: d.truth.clone(),
            learn: d.learn.clone(),
            ignore: d.ignore.clone(),
            threshold: d.threshold,
            kinds: d.kinds.clone(),
        }),
        Analyze::Rfm(r) => rfm::run(&r.of.columns(), rfm::Mailing { cost: r.cost, margin: r.margin }),
        Analyze::Cohort(c) => cohort::run(&c.of.columns(), c.unit.of()),
        Analyze::Clv(c) => {
            let model = match c.model {
                Model::Bgnbd => clv::Model::BgNbd,
                Model::Paretonbd => clv::Model::ParetoNbd,
                Model::Sbg => clv::Model::Sbg,
            };
            clv::run(&c.of.columns(), clv::Question { model, horizon: c.horizon.unwrap_or(c.unit.year()), unit: c.unit.of(), discount: c.discount })
        }
        Analyze::Survival(s) => survival::run(&survival::Question {
            file: s.file.clone(),
            duration: s.duration.clone(),
            event: s.event.clone(),
            id: s.id.clone(),
            ignore: s.ignore.clone(),
            treatment: s.treatment.clone(),
        }),
    }
}

/// The answer for a person: what was learnt, what to heed, then the rows as a table.
fn tell(answer: &Json, io: &mut dyn Io) -> kernel::Result<()> {
    let text = |v: &Json| v.as_str().map_or_else(|| if v.is_null() { "-".to_owned() } else { v.to_string() }, str::to_owned);
    io.say(format!("{}, n = {}", text(&answer["method"]), answer["n"]))?;
    if !answer["log_likelihood"].is_null() {
        io.say(format!("log-likelihood: {}", answer["log_likelihood"]))?;
    }
    for part in ["parameters", "quality"] {
        for (name, value) in answer[part].as_object().into_iter().flatten() {
            io.say(format!("{name}: {}", text(value)))?;
        }
    }
    for warning in answer["warnings"].as_array().into_iter().flatten() {
        io.say(format!("Note: {}", text(&warning["detail"])))?;
    }
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    let Some(names) = rows.first().and_then(Json::as_object).map(|row| row.keys().cloned().collect::<Vec<_>>()) else { return Ok(()) };
    io.say(names.join("\t"))?;
    for row in &rows {
        io.say(names.iter().map(|name| text(&row[name.as_str()])).collect::<Vec<_>>().join("\t"))?;
    }
    Ok(())
}

/// Pairs for a person: what was compared, how good it is, the pairs.
fn tell_pairs(answer: &Json, io: &mut dyn Io) -> kernel::Result<()> {
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
