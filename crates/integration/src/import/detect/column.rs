use super::booleans::boolean;
use super::dates::{DateOrder, Form, read_date};
use super::empties::is_empty_marker;
use super::numbers::{CurrencyMark, DecimalMark, Evidence, read_number};
use crate::import::reader::{RawCell, RawRow};
use std::collections::{BTreeMap, BTreeSet};

/// Distinct values that are kept; a column with more is no choice.
const DISTINCT: usize = 1_000;
const SAMPLES: usize = 5;
/// After this many values without a single date or number, only some are still tried for one: names stay names.
const SURE: u64 = 2_000;
const TRY_EVERY: u64 = 16;
/// Longer values are not kept as samples or distinct values.
const SAMPLE_CHARS: usize = 200;

/// What was seen in a column, in constant memory however many rows there are.
#[derive(Clone, Debug, Default)]
pub struct ColumnProfile {
    pub filled: u64,
    pub empty: u64,
    /// The first distinct values.
    pub samples: Vec<String>,
    /// Distinct values with their numbers; `None` once there are more than a thousand.
    pub distinct: Option<BTreeMap<String, u64>>,
    pub longest: usize,
    pub multi_line: bool,
    pub dates: DateTally,
    pub numbers: NumberTally,
    pub booleans: u64,
    /// Of these, written as `0` or `1`.
    pub bits: u64,
    pub emails: u64,
    pub urls: u64,
    pub json: u64,
    /// Values with `;` or `,` between short words.
    pub lists: u64,
}

#[derive(Clone, Debug, Default)]
pub struct DateTally {
    /// Values that are dates in at least one reading.
    pub dates: u64,
    /// One meaning only.
    pub fixed: u64,
    /// Day first is possible, month first is not; the first such line.
    pub only_day_first: u64,
    pub only_day_first_line: Option<u64>,
    pub only_month_first: u64,
    pub only_month_first_line: Option<u64>,
    /// Both are possible (and day and month differ).
    pub either: u64,
    /// Of those, with dots.
    pub dotted: u64,
    pub serials: u64,
    pub epochs: u64,
    pub with_time: u64,
    pub with_zone: u64,
    /// Two different readings of one value, for the question.
    pub example: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct NumberTally {
    pub numbers: u64,
    /// Without sign of currency, percent or a word.
    pub plain: u64,
    pub whole: u64,
    /// Whole numbers that begin with a zero, such as postal codes, or have more than 15 digits: names made of digits.
    pub codes: u64,
    pub dot: u64,
    pub comma: u64,
    pub either_dot: u64,
    pub either_comma: u64,
    pub either_example: Option<String>,
    pub currencies: BTreeSet<String>,
    pub shared_currency_signs: u64,
    pub percent_signs: u64,
    pub negative: u64,
    pub zero: u64,
    /// Greater than 0 and less than 1.
    pub fractions: u64,
    /// Greater than 1 in size.
    pub above_one: u64,
    /// Digits after the point, at most.
    pub scale: usize,
}

impl ColumnProfile {
    fn observe(&mut self, cell: &RawCell, line: u64) {
        match cell {
            RawCell::Empty => self.empty += 1,
            RawCell::Json(_) => {
                self.filled += 1;
                self.json += 1;
            }
            RawCell::Boolean(value) => {
                self.filled += 1;
                self.booleans += 1;
                self.keep(&value.to_string());
            }
            RawCell::Date(_) | RawCell::DateTime(_) => {
                self.filled += 1;
                self.dates.dates += 1;
                self.dates.fixed += 1;
                self.dates.with_time += u64::from(matches!(cell, RawCell::DateTime(_)));
                self.keep(&cell.to_text());
            }
            RawCell::Number(text) => {
                self.filled += 1;
                self.number(text);
                self.date(text, line);
                self.keep(text);
            }
            RawCell::Text(text) => self.text(text.trim(), line),
        }
    }
    fn text(&mut self, text: &str, line: u64) {
        if is_empty_marker(text, true) {
            self.empty += 1;
            return;
        }
        self.filled += 1;
        self.multi_line |= text.contains('\n');
        self.keep(text);
        if boolean(text).is_some() {
            self.booleans += 1;
            self.bits += u64::from(text == "0" || text == "1");
        }
        if text.len() <= 2_000 {
            self.urls += u64::from(super::guess::looks_like_url(text));
        }
        if text.len() <= 80 {
            let tried = self.filled.is_multiple_of(TRY_EVERY);
            if tried || self.filled < SURE || self.numbers.numbers > 0 {
                self.number(text);
            }
            if tried || self.filled < SURE || self.dates.dates > 0 {
                self.date(text, line);
            }
            self.emails += u64::from(super::guess::looks_like_email(text));
            if text.contains(';') {
                let parts = || text.split(';').map(str::trim).filter(|p| !p.is_empty());
                self.lists += u64::from(parts().count() > 1 && parts().all(|p| p.len() <= 40));
            }
        }
    }
    fn keep(&mut self, text: &str) {
        if text.len() > self.longest {
            self.longest = self.longest.max(text.chars().count());
        }
        if text.len() > SAMPLE_CHARS {
            self.distinct = None;
            return;
        }
        if self.samples.len() < SAMPLES && !self.samples.iter().any(|s| s == text) {
            self.samples.push(text.to_owned());
        }
        if let Some(distinct) = &mut self.distinct {
            if let Some(count) = distinct.get_mut(text) {
                *count += 1;
            } else if distinct.len() < DISTINCT {
                distinct.insert(text.to_owned(), 1);
            } else {
                self.distinct = None;
            }
        }
    }
    fn number(&mut self, text: &str) {
        let Some(reading) = read_number(text) else { return };
        let tally = &mut self.numbers;
        tally.numbers += 1;
        tally.plain += u64::from(reading.currency.is_none() && !reading.percent);
        tally.percent_signs += u64::from(reading.percent);
        match reading.currency {
            Some(CurrencyMark::One(currency)) => {
                tally.currencies.insert(currency.to_string());
            }
            Some(CurrencyMark::OneOf(_)) => tally.shared_currency_signs += 1,
            None => {}
        }
        tally.negative += u64::from(reading.negative);
        let mark = match reading.evidence {
            Evidence::Silent => {
                tally.whole += 1;
                let digits = text.trim_start_matches(['-', '+']);
                tally.codes += u64::from((digits.len() > 1 && digits.starts_with('0')) || digits.len() > 15);
                DecimalMark::Dot
            }
            Evidence::Dot => {
                tally.dot += 1;
                DecimalMark::Dot
            }
            Evidence::Comma => {
                tally.comma += 1;
                DecimalMark::Comma
            }
            Evidence::Either(written) => {
                match written {
                    DecimalMark::Dot => tally.either_dot += 1,
                    DecimalMark::Comma => tally.either_comma += 1,
                }
                tally.either_example.get_or_insert_with(|| text.to_owned());
                // Large under one reading, small under the other: above 1 under both.
                written
            }
        };
        let Some(plain) = reading.plain(mark) else { return };
        tally.scale = tally.scale.max(plain.split_once('.').map_or(0, |(_, part)| part.len()));
        let size: f64 = plain.trim_start_matches('-').parse().unwrap_or(0.0);
        tally.zero += u64::from(size == 0.0);
        tally.fractions += u64::from(size > 0.0 && size < 1.0);
        tally.above_one += u64::from(size > 1.0);
    }
    fn date(&mut self, text: &str, line: u64) {
        let Some(reading) = read_date(text) else { return };
        let tally = &mut self.dates;
        tally.dates += 1;
        tally.with_time += u64::from(reading.time.is_some());
        tally.with_zone += u64::from(reading.zone.is_some());
        match reading.form {
            Form::Fixed(_) => tally.fixed += 1,
            Form::Serial(_) => tally.serials += 1,
            Form::Epoch(_) => tally.epochs += 1,
            Form::Numeric { first, second, dotted, .. } => match (reading.is_day_under(DateOrder::Dmy), reading.is_day_under(DateOrder::Mdy)) {
                (true, true) if first == second => tally.fixed += 1,
                (true, true) => {
                    tally.either += 1;
                    tally.dotted += u64::from(dotted);
                    tally.example.get_or_insert_with(|| text.to_owned());
                }
                (true, false) => {
                    tally.only_day_first += 1;
                    tally.only_day_first_line.get_or_insert(line);
                }
                (false, true) => {
                    tally.only_month_first += 1;
                    tally.only_month_first_line.get_or_insert(line);
                }
                (false, false) => {}
            },
        }
    }
}

/// Looks at every row of a file before any is written.
#[derive(Clone, Debug)]
pub struct Profiler {
    columns: Vec<ColumnProfile>,
    pub rows: u64,
}
impl Profiler {
    pub fn new(columns: usize) -> Self {
        let empty = ColumnProfile { distinct: Some(BTreeMap::new()), ..ColumnProfile::default() };
        Profiler { columns: vec![empty; columns], rows: 0 }
    }
    pub fn observe(&mut self, row: &RawRow) {
        self.rows += 1;
        for (profile, cell) in self.columns.iter_mut().zip(&row.cells) {
            profile.observe(cell, row.line);
        }
    }
    pub fn finish(self) -> Vec<ColumnProfile> {
        self.columns
    }
}
