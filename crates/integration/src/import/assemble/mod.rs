//! A row of the file becomes what is written: the values of the record, its further contact points, objections and notes.

mod contact;
mod values;

use super::coerce::{RowContext, country_code};
use super::detect::{Locale, Question, QuestionKind};
use super::headers::{AddressPart, Meaning};
use super::plan::{Plan, PlannedColumn, TemplatePiece};
use super::reader::{RawCell, RawRow};
use super::reject::{Problem, Rejected};
use kernel::Currency;
use serde::Serialize;
use serde_json::{Map, Value};

/// A value that was taken although it is odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellWarning {
    pub column: String,
    pub code: &'static str,
    pub detail: String,
}

/// "Do not write to me": said in the file, kept as consent records with the file as their source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// `email`, `phone`, `sms`, `post`, `fax`, `all`
    pub channel: String,
    /// The header that says so.
    pub source: String,
}

/// A row, ready to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportRow {
    pub line: u64,
    /// Values as the contract has them. A reference by name is `{"by","value"}`; with a second way to find it, `"or"` holds that.
    pub fields: Map<String, Value>,
    /// `{"kind","value","label"?,"platform"?}` for records of `contact_point`.
    pub points: Vec<Value>,
    pub objections: Vec<Objection>,
    /// Lines for which the object has no field; for a `note` about the record.
    pub note: Option<String>,
    pub warnings: Vec<CellWarning>,
}

/// Turns rows into values along a plan. Counts what must be asked at the end.
pub struct Assembler<'a> {
    plan: &'a Plan,
    locale: &'a Locale,
    lost_zeros: u64,
}

impl<'a> Assembler<'a> {
    pub fn new(plan: &'a Plan, locale: &'a Locale) -> Self {
        Assembler { plan, locale, lost_zeros: 0 }
    }

    /// The values of a row; all its problems at once when it cannot be taken.
    pub fn row(&mut self, raw: &RawRow) -> Result<ImportRow, Rejected> {
        let mut work = Work { plan: self.plan, raw, context: self.context(raw), row: ImportRow { line: raw.line, ..ImportRow::default() }, problems: Vec::new(), notes: Vec::new() };
        work.fields();
        work.name();
        work.contact();
        work.dates_in_parts();
        work.said_no();
        work.write_notes();
        self.lost_zeros += u64::from(work.lost_zero());
        match work.problems.is_empty() {
            true => Ok(work.row),
            false => Err(Rejected { line: raw.line, cells: raw.cells.iter().map(RawCell::to_text).collect(), problems: work.problems }),
        }
    }

    /// What only the rows could tell. Complete after the last row.
    pub fn questions(&self) -> Vec<Question> {
        if self.lost_zeros == 0 {
            return Vec::new();
        }
        let column = self.plan.column_for("amount").map(|c| c.header.clone()).unwrap_or_default();
        vec![Question {
            column,
            kind: QuestionKind::LostZero,
            detail: format!("{} lost opportunities have the amount 0: is that unknown (empty) or a price of nothing (keep)?", self.lost_zeros),
            answers: vec!["empty", "keep"],
            assumed: if self.plan.lost_zero_empty { "empty" } else { "keep" },
        }]
    }

    fn context(&self, raw: &RawRow) -> RowContext<'a> {
        let cell = |column: &PlannedColumn| column.index.and_then(|i| raw.cells.get(i)).map(RawCell::to_text).unwrap_or_default();
        let mut region = None;
        let mut currency = None;
        for column in &self.plan.columns {
            match &column.meaning {
                Some(Meaning::Address { part: AddressPart::Country, .. }) => region = region.or_else(|| country_code(&cell(column)).map(str::to_owned)),
                Some(Meaning::Field { field, .. }) if field == "country" => region = country_code(&cell(column)).map(str::to_owned).or(region),
                // An account's own currency is that of its figures.
                Some(Meaning::Field { field, .. }) if field == "currency" => currency = currency.or_else(|| currency_of(&cell(column))),
                Some(Meaning::Currency { of: None }) => currency = currency.or_else(|| currency_of(&cell(column))),
                _ => {}
            }
        }
        RowContext { locale: self.locale, region, currency: currency.unwrap_or(self.plan.currency) }
    }
}

/// A code or a sign: `EUR`, `eur`, `€`.
fn currency_of(text: &str) -> Option<Currency> {
    let text = text.trim();
    text.to_ascii_uppercase().parse().ok().or_else(|| super::detect::read_number(&format!("{text} 1")).and_then(|n| n.currency).map(|c| c.resolve(Currency::USD)))
}

struct Work<'a> {
    plan: &'a Plan,
    raw: &'a RawRow,
    context: RowContext<'a>,
    row: ImportRow,
    problems: Vec<Problem>,
    notes: Vec<(String, String)>,
}
impl Work<'_> {
    fn cell(&self, column: &PlannedColumn) -> RawCell {
        match column.index {
            Some(index) => self.raw.cells.get(index).cloned().unwrap_or(RawCell::Empty),
            None => self.filled_template(&column.template),
        }
    }
    /// A column's value as its own rule means it: `GTXPro` is `GTX Pro` in a name put together too.
    fn meant(&self, index: usize) -> String {
        let written = self.raw.cells.get(index).map(RawCell::to_text).unwrap_or_default();
        let rule = self.plan.columns.iter().find(|c| c.index == Some(index) && c.by_hand && !c.rule.values.is_empty());
        rule.and_then(|c| c.rule.values.get(written.trim()).cloned()).unwrap_or(written)
    }
    /// Pieces of text between two values stay only when both are there. A template without columns is a constant.
    fn filled_template(&self, pieces: &[TemplatePiece]) -> RawCell {
        if let [TemplatePiece::Text(constant)] = pieces {
            return RawCell::Text(constant.clone());
        }
        let mut out = String::new();
        let mut pending = String::new();
        let mut any = false;
        for piece in pieces {
            match piece {
                TemplatePiece::Text(text) => pending.push_str(text),
                TemplatePiece::Column(index) => {
                    let value = self.meant(*index);
                    let value = value.trim();
                    if value.is_empty() {
                        // The text before the first value is a beginning, not a joint.
                        if any {
                            pending.clear();
                        }
                        continue;
                    }
                    out.push_str(&pending);
                    pending.clear();
                    out.push_str(value);
                    any = true;
                }
            }
        }
        if any { RawCell::Text(out + &pending) } else { RawCell::Empty }
    }
    fn problem(&mut self, column: &str, field: Option<&str>, code: &str, detail: String) {
        self.problems.push(Problem { column: column.to_owned(), field: field.map(str::to_owned), code: code.to_owned(), detail });
    }
    fn warn(&mut self, column: &str, code: &'static str, detail: impl Into<String>) {
        self.row.warnings.push(CellWarning { column: column.to_owned(), code, detail: detail.into() });
    }

    /// Objections: anything but a no counts, for nobody may be written to by a misread word.
    fn said_no(&mut self) {
        for column in &self.plan.columns {
            let Some(Meaning::Objection { channel }) = &column.meaning else { continue };
            let text = self.cell(column).to_text();
            let refused = !super::detect::is_empty_marker(&text, true) && super::detect::boolean(&text) != Some(false);
            if refused {
                self.row.objections.push(Objection { channel: channel.clone(), source: column.header.clone() });
            }
        }
    }
    fn dates_in_parts(&mut self) {
        use super::headers::DatePart;
        let mut found: Vec<(String, [i16; 3], Vec<String>)> = Vec::new();
        for column in &self.plan.columns {
            let Some(Meaning::DatePart { field, part }) = &column.meaning else { continue };
            let text = self.cell(column).to_text();
            let at = match found.iter().position(|(f, ..)| f == field) {
                Some(at) => at,
                None => {
                    found.push((field.clone(), [0; 3], Vec::new()));
                    found.len() - 1
                }
            };
            if let Ok(number) = text.trim().parse() {
                found[at].1[match part {
                    DatePart::Year => 0,
                    DatePart::Month => 1,
                    DatePart::Day => 2,
                }] = number;
                found[at].2.push(format!("{}: {}", column.header, text.trim()));
            }
        }
        for (field, [year, month, day], said) in found {
            let date = i8::try_from(month).ok().zip(i8::try_from(day).ok()).and_then(|(m, d)| jiff::civil::Date::new(year, m, d).ok()).filter(|_| year > 1000);
            match date {
                Some(date) => {
                    self.row.fields.insert(field, date.to_string().into());
                }
                None if !said.is_empty() => self.notes.push((field, said.join(", "))),
                None => {}
            }
        }
    }
    /// Columns without a field and what found no place become lines of the description, else a note of their own.
    fn write_notes(&mut self) {
        for column in &self.plan.columns {
            if column.meaning == Some(Meaning::Note) {
                let text = self.cell(column).to_text();
                if !super::detect::is_empty_marker(&text, false) {
                    self.notes.push((column.header.clone(), text.trim().to_owned()));
                }
            }
        }
        if self.notes.is_empty() {
            return;
        }
        let lines: Vec<String> = self.notes.iter().map(|(header, text)| format!("{header}: {text}")).collect();
        let lines = lines.join("\n");
        if self.plan.field("description").is_none() {
            self.row.note = Some(lines);
            return;
        }
        let before = self.row.fields.get("description").and_then(Value::as_str).map(str::to_owned);
        let whole = before.map_or_else(|| lines.clone(), |text| format!("{text}\n\n{lines}"));
        self.row.fields.insert("description".to_owned(), whole.into());
    }
    /// Empties the amount 0 of a lost opportunity, which is unknown and no price. Returns whether there was one.
    fn lost_zero(&mut self) -> bool {
        if self.plan.object != "opportunity" {
            return false;
        }
        let zero = |v: &Value| v.get("amount").and_then(Value::as_str).is_some_and(|a| a.bytes().all(|b| b == b'0' || b == b'.'));
        let word = ["stage", "outcome"].iter().find_map(|f| self.row.fields.get(*f)).map(|v| v.get("value").unwrap_or(v).as_str().unwrap_or_default().to_owned());
        let folded = kernel::fold(&word.unwrap_or_default());
        let lost = ["lost", "verloren", "perdu", "perdido", "perso", "closedlost", "disqualified", "dead"].iter().any(|w| folded.contains(w));
        let found = lost && self.row.fields.get("amount").is_some_and(zero);
        if found && self.plan.lost_zero_empty {
            self.row.fields.insert("amount".to_owned(), Value::Null);
        }
        found
    }
}
