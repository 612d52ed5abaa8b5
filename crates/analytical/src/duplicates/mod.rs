//! `rapport analyze duplicates`: which rows of one file, or of two, are about the same person, organisation or thing.

mod answer;
mod truth;

use crate::{Refusal, table::Table};
use serde_json::Value as Json;
use stats::linkage::{self, Kind, Label, Refused, Settings};
use std::path::PathBuf;
use truth::Truth;

#[derive(Clone, Debug, Default)]
pub struct Question {
    /// One file is searched for duplicates; of two files rows of the first are paired with rows of the second.
    pub files: Vec<PathBuf>,
    /// Column that names a row in the answer [the first whose values all differ, else the number of the row].
    pub id: Option<String>,
    /// Column that holds the same value where rows are the same, or a file of known pairs or groups.
    pub truth: Option<String>,
    /// File of known pairs to learn from.
    pub learn: Option<PathBuf>,
    pub ignore: Vec<String>,
    /// Pairs at least this probable [0.5].
    pub threshold: Option<f64>,
    /// column=kind, where the guess is wrong.
    pub kinds: Vec<String>,
}

/// # Errors
/// What is wrong with the question or the files.
pub fn run(question: &Question) -> Result<Json, Refusal> {
    let tables: Vec<Table> = question.files.iter().map(|f| Table::read(f)).collect::<Result<_, _>>()?;
    let ids = ids(&tables, question.id.as_deref())?;
    let truth = question.truth.as_deref().map(|t| Truth::read(t, &tables, &ids)).transpose()?;
    let learn = question.learn.as_deref().map(|file| truth::pairs(file, &tables, &ids)).transpose()?;
    let threshold = question.threshold.unwrap_or(0.5);
    if !(threshold > 0.0 && threshold < 1.0) {
        return Err(Refusal("--threshold is a probability between 0 and 1, for example 0.5.".into()));
    }
    let mut ignore: Vec<String> = question.ignore.clone();
    for name in &ignore {
        tables[0].column(name)?;
    }
    ignore.extend(ids.column.clone());
    ignore.extend(truth.as_ref().and_then(|t| t.column.clone()));
    let settings = Settings {
        kinds: question.kinds.iter().map(|k| kind(k, &tables[0])).collect::<Result<_, _>>()?,
        ignore,
        threshold,
        known: learn.map(|pairs| pairs.into_iter().map(|(left, right, same)| Label { left, right, same }).collect()).unwrap_or_default(),
        ask: truth.as_ref().map(Truth::asked).unwrap_or_default(),
        ..Settings::default()
    };
    let ragged = tables.iter().map(|t| t.ragged).sum();
    let plain: Vec<linkage::Table> = tables.into_iter().map(|t| linkage::Table { columns: t.columns, rows: t.rows }).collect();
    let linked = linkage::link(&plain, &settings).map_err(refused)?;
    Ok(answer::answer(&linked, &ids, truth.as_ref(), threshold, ragged, plain.len()))
}

fn refused(why: Refused) -> Refusal {
    Refusal(match why {
        Refused::Tables => "Name one file, or two whose rows are to be paired.".into(),
        Refused::Rows => "There is nothing to compare: one file needs two rows or more, of two files each needs one.".into(),
        Refused::NothingInCommon => "The two files have no column of the same name. Rename the columns that mean the same.".into(),
        Refused::NothingToCompare => {
            "No column tells the rows apart: all are empty, constant, numbers of rows, or ignored. Name what a column holds with --kind COLUMN=name|text|date|code|number|email|phone|category.".into()
        }
    })
}

const KINDS: [Kind; 9] = [Kind::Name, Kind::Text, Kind::Date, Kind::Code, Kind::Number, Kind::Email, Kind::Phone, Kind::Category, Kind::Ignored];

fn kind(said: &str, table: &Table) -> Result<(String, Kind), Refusal> {
    let (column, word) = said.split_once('=').unwrap_or((said, ""));
    let column = table.columns[table.column(column)?].clone();
    let kind = KINDS.into_iter().find(|k| k.word() == word);
    kind.map(|k| (column, k)).ok_or_else(|| Refusal(format!("--kind says COLUMN=KIND, where KIND is one of {}.", KINDS.map(Kind::word).join(", "))))
}

/// What rows are called in the answer.
pub(crate) struct Ids {
    pub(crate) column: Option<String>,
    pub(crate) names: Vec<String>,
    /// Rows of the first table.
    pub(crate) first: usize,
}
fn ids(tables: &[Table], said: Option<&str>) -> Result<Ids, Refusal> {
    let Some(first) = tables.first() else { return Err(refused(Refused::Tables)) };
    let differ = |table: &Table, at: usize| {
        let mut seen: Vec<&str> = table.rows.iter().filter_map(|r| r[at].as_deref()).collect();
        let filled = seen.len() == table.rows.len();
        seen.sort_unstable();
        seen.dedup();
        filled && seen.len() == table.rows.len() && seen.len() > 1
    };
    let column = match said {
        Some(name) => Some(first.columns[first.column(name)?].clone()),
        // only what is called so: an e-mail may well differ in every row and yet tell who it is
        None => first.columns.iter().enumerate().find(|(i, name)| is_called_id(name) && differ(first, *i)).map(|(_, name)| name.clone()),
    };
    let mut names = Vec::new();
    for table in tables {
        let at = column.as_deref().map(|name| table.position(name));
        if said.is_some() && at == Some(None) {
            return Err(Refusal(format!("The second file has no column \"{}\".", said.unwrap_or(""))));
        }
        names.extend(table.rows.iter().enumerate().map(|(i, row)| at.flatten().and_then(|at| row[at].clone()).unwrap_or_else(|| i.to_string())));
    }
    Ok(Ids { column, names, first: first.rows.len() })
}

fn is_called_id(name: &str) -> bool {
    let folded = linkage::fold(name);
    folded.split(' ').any(|w| matches!(w, "id" | "uuid" | "guid" | "key" | "rowid" | "recid")) || folded.is_empty()
}
