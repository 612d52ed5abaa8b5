//! Series at even steps, from rows of series, date and value.

use super::{
    Question,
    calendar::{Calendar, Unit, whole},
};
use crate::{Refusal, dates, numbers, table::Table};
use jiff::civil::{Date, DateTime};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// More steps than this are not looked back.
const LOOK_BACK: usize = 2_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub(super) id: String,
    /// The step of the last value of the history.
    pub(super) last: i64,
    pub(super) history: Vec<f64>,
    /// What came after the last day that is looked at, by its step.
    pub(super) later: BTreeMap<i64, f64>,
}
#[derive(Debug)]
pub(super) struct Read {
    pub(super) calendar: Calendar,
    pub(super) series: Vec<Series>,
    /// Whether several rows of a step were added up.
    pub(super) summed: bool,
    pub(super) warnings: Vec<Json>,
}

pub(super) fn read(q: &Question) -> Result<Read, Refusal> {
    let table = Table::read(&q.file)?;
    let (when, worth) = (table.column(&q.date)?, table.column(&q.value)?);
    let which = q.series.as_deref().map(|name| table.column(name)).transpose()?;
    let until = match &q.until {
        None => None,
        Some(text) => Some(dates::Style::of(std::iter::once(text.as_str())).read(text).map(DateTime::date).ok_or_else(|| Refusal(format!("--until {text} is no date. Write it as 2017-09-30.")))?),
    };
    let mut warnings = Vec::new();
    let rows = rows(&table, which, when, worth, &mut warnings);
    if rows.is_empty() {
        return Err(Refusal(format!("No row of {} has a date in \"{}\" and a number in \"{}\".", q.file.display(), q.date, q.value)));
    }
    let mut by_series: BTreeMap<&str, Vec<(Date, f64)>> = BTreeMap::new();
    // one series is named after what it counts
    for (id, day, value) in &rows {
        by_series.entry(id.unwrap_or(&table.columns[worth])).or_default().push((*day, *value));
    }
    let distinct: Vec<Vec<Date>> = by_series.values().map(|rows| rows.iter().map(|(d, _)| *d).collect::<BTreeSet<_>>().into_iter().collect()).collect();
    let unit = match q.unit {
        Some(unit) => unit,
        None => Unit::of(&distinct)
            .ok_or_else(|| Refusal(format!("The dates of \"{}\" do not follow in days, weeks, months, quarters or years. --unit month (or another of these) adds the values up.", q.date)))?,
    };
    let summed = {
        let plain = Calendar::new(unit, &[], true);
        by_series.values().any(|rows| rows.iter().map(|(d, _)| plain.step(*d)).collect::<BTreeSet<_>>().len() < rows.len())
    };
    let days: Vec<Date> = distinct.into_iter().flatten().collect();
    let calendar = Calendar::new(unit, &days, summed);
    let mut read = Read { calendar, series: Vec::new(), summed, warnings };
    read.fill(by_series, until)?;
    if summed {
        read.warnings.push(json!({"kind": "summed", "detail": format!("Several rows fall on one {}; their values are added up.", unit.word())}));
        let last = until.or(days.iter().max().copied());
        let open = |d: &Date| d.tomorrow().is_ok_and(|next| calendar.step(next) == calendar.step(*d));
        if let Some(last) = last.filter(open).filter(|_| unit != Unit::Workday) {
            read.warnings.push(json!({"kind": "partial_period", "detail": format!("The last {} is looked at until {last} only and may not be complete; --until the end of the one before leaves it out.", unit.word())}));
        }
    }
    Ok(read)
}
/// Rows with a date and a number; the others are counted.
fn rows<'a>(table: &'a Table, which: Option<usize>, when: usize, worth: usize, warnings: &mut Vec<Json>) -> Vec<(Option<&'a str>, Date, f64)> {
    let cells = |at: usize| table.rows.iter().filter_map(move |row| row[at].as_deref());
    let days = {
        let texts: Vec<String> = cells(when).map(whole).collect();
        dates::Style::of(texts.iter().map(String::as_str))
    };
    let numbers = numbers::Style::of(cells(worth));
    let rows: Vec<(Option<&str>, Date, f64)> = table
        .rows
        .iter()
        .filter_map(|row| {
            let id = match which {
                Some(at) => Some(row[at].as_deref()?),
                None => None,
            };
            Some((id, days.read(&whole(row[when].as_deref()?))?.date(), numbers.read(row[worth].as_deref()?)?))
        })
        .collect();
    if rows.len() < table.rows.len() {
        warnings.push(json!({"kind": "left_out", "detail": format!("{} of {} rows have no date or no number and are left out.", table.rows.len() - rows.len(), table.rows.len())}));
    }
    if days.ambiguous {
        warnings.push(json!({"kind": "ambiguous_dates", "column": table.columns[when], "detail": "Nothing in this column tells whether the day or the month comes first; the month was taken to."}));
    }
    rows
}

impl Read {
    fn fill(&mut self, by_series: BTreeMap<&str, Vec<(Date, f64)>>, until: Option<Date>) -> Result<(), Refusal> {
        let (calendar, summed) = (self.calendar, self.summed);
        let looked_at = |day: Date| until.is_none_or(|u| day <= u);
        // what is added up ends for all together: nothing is nothing
        let end = by_series.values().flatten().map(|(d, _)| *d).filter(|d| looked_at(*d)).max().map(|d| calendar.step(d));
        let (mut gaps, mut gapped, mut late, mut cut) = (0usize, 0usize, 0usize, 0usize);
        for (id, rows) in by_series {
            let mut steps: BTreeMap<i64, f64> = BTreeMap::new();
            let mut later: BTreeMap<i64, f64> = BTreeMap::new();
            for (day, value) in rows {
                *if looked_at(day) { &mut steps } else { &mut later }.entry(calendar.step(day)).or_default() += value;
            }
            let (Some(first), Some(own)) = (steps.keys().next().copied(), steps.keys().next_back().copied()) else {
                late += 1;
                continue;
            };
            let last = if summed { end.unwrap_or(own) } else { own };
            let steps_between = usize::try_from(last - first).unwrap_or(0) + 1;
            let begin = if steps_between > LOOK_BACK {
                cut += 1;
                last - i64::try_from(LOOK_BACK).unwrap_or(0) + 1
            } else {
                first
            };
            let history: Vec<f64> = (begin..=last).map(|s| steps.get(&s).copied().unwrap_or_else(|| if summed { 0.0 } else { between(&steps, s) })).collect();
            let missing = (begin..=last).filter(|s| !steps.contains_key(s)).count();
            (gaps, gapped) = (gaps + missing, gapped + usize::from(missing > 0));
            later.retain(|s, _| *s > last);
            self.series.push(Series { id: id.to_owned(), last, history, later });
        }
        let unit = calendar.unit.word();
        let many = self.series.len();
        if gaps > 0 {
            let how = if summed { "count as nothing" } else { "are filled in along a straight line" };
            self.warnings.push(json!({"kind": "gaps", "detail": format!("{gaps} {unit}s without a value in {gapped} of {many} series {how}.")}));
        }
        if late > 0 {
            self.warnings.push(json!({"kind": "left_out", "detail": format!("{late} series begin after --until and are left out.")}));
        }
        if cut > 0 {
            self.warnings.push(json!({"kind": "left_out", "detail": format!("Of {cut} series only the last {LOOK_BACK} {unit}s are looked at.")}));
        }
        if self.series.is_empty() {
            return Err(Refusal("Every series begins after --until.".into()));
        }
        Ok(())
    }
}
/// On the straight line between the values around a gap.
#[expect(clippy::cast_precision_loss, reason = "steps between two values")]
fn between(steps: &BTreeMap<i64, f64>, at: i64) -> f64 {
    match (steps.range(..at).next_back(), steps.range(at..).next()) {
        (Some((a, before)), Some((b, after))) => before + (after - before) * (at - a) as f64 / (b - a) as f64,
        (Some((_, v)), None) | (None, Some((_, v))) => *v,
        (None, None) => 0.0,
    }
}
