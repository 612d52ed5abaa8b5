//! Months, quarters and years of the fiscal calendar, by the first month of the fiscal year.

use jiff::{ToSpan, civil::Date};
use kernel::{Error, Result};
use serde_json::{Value as Json, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Month,
    Quarter,
    Year,
}
impl Kind {
    pub(crate) fn parse(word: &str) -> Option<Kind> {
        Some(match word {
            "month" => Kind::Month,
            "quarter" => Kind::Quarter,
            "year" => Kind::Year,
            _ => return None,
        })
    }
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Month => "month",
            Kind::Quarter => "quarter",
            Kind::Year => "year",
        }
    }
    fn months(self) -> i8 {
        match self {
            Kind::Month => 1,
            Kind::Quarter => 3,
            Kind::Year => 12,
        }
    }
}

/// First and last day, both within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) kind: Kind,
    pub(crate) start: Date,
    pub(crate) end: Date,
}
impl Period {
    /// The period of that kind in which a day lies. `fiscal_start` is the first month of the fiscal year, 1 to 12.
    ///
    /// # Errors
    /// 400 where the calendar of the program ends (year 9999).
    pub(crate) fn of(day: Date, kind: Kind, fiscal_start: i8) -> Result<Period> {
        let into = (day.month() - fiscal_start).rem_euclid(12) % kind.months();
        let beyond = |_| Error::parameter("period", "bad_parameter", "The period lies beyond the calendar. Choose a day of this age.");
        let start = day.first_of_month().checked_sub(into.months()).map_err(beyond)?;
        let end = start.checked_add(kind.months().months()).and_then(|next| next.checked_sub(1.day())).map_err(beyond)?;
        Ok(Period { kind, start, end })
    }
    pub(crate) fn json(&self) -> Json {
        json!({"kind": self.kind.word(), "start": self.start.to_string(), "end": self.end.to_string()})
    }
    pub(crate) fn days(&self) -> i64 {
        days_between(self.start, self.end) + 1
    }
}
/// Days from one to the other; negative backwards.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_follow_the_fiscal_year() {
        for (day, kind, fiscal, start, end) in [
            (date(2017, 11, 5), Kind::Quarter, 1, date(2017, 10, 1), date(2017, 12, 31)),
            (date(2017, 11, 5), Kind::Quarter, 2, date(2017, 11, 1), date(2018, 1, 31)),
            (date(2018, 1, 31), Kind::Quarter, 2, date(2017, 11, 1), date(2018, 1, 31)),
            (date(2017, 3, 31), Kind::Year, 4, date(2016, 4, 1), date(2017, 3, 31)),
            (date(2016, 2, 29), Kind::Month, 12, date(2016, 2, 1), date(2016, 2, 29)),
        ] {
            let period = Period::of(day, kind, fiscal).unwrap();
            assert_eq!((period.start, period.end), (start, end), "{day} {kind:?} {fiscal}");
        }
        assert_eq!(Period::of(date(2016, 2, 1), Kind::Month, 1).unwrap().days(), 29);
    }
}
