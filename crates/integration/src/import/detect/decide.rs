use super::column::ColumnProfile;
use super::dates::DateOrder;
use super::numbers::DecimalMark;
use crate::import::target::FieldKind;
use kernel::Currency;
use serde::{Deserialize, Serialize};

/// What the workspace is used to; `None` where it has no custom, and then the importing person is asked.
#[derive(Clone, Debug)]
pub struct Locale {
    pub date: Option<DateOrder>,
    pub decimal: Option<DecimalMark>,
    pub currency: Currency,
    /// ISO 3166 code for numbers without a country code.
    pub region: Option<String>,
    /// For times without a zone.
    pub time_zone: jiff::tz::TimeZone,
}
impl Default for Locale {
    fn default() -> Self {
        Locale { date: None, decimal: None, currency: Currency::EUR, region: None, time_zone: jiff::tz::TimeZone::UTC }
    }
}
impl Locale {
    /// The customs of a language tag such as `de-DE`, `en-US`, `en`; a bare `en` has no date order of its own.
    pub fn of_language(tag: &str, currency: Currency, time_zone: jiff::tz::TimeZone) -> Locale {
        let (language, region) = tag.split_once(['-', '_']).unwrap_or((tag, ""));
        let region = (region.len() == 2).then(|| region.to_ascii_uppercase());
        let date = match (language, region.as_deref()) {
            ("en", Some("US" | "PH")) => Some(DateOrder::Mdy),
            ("en", Some("ZA" | "CA")) => Some(DateOrder::Ymd),
            ("en", None) => None,
            ("ja" | "zh" | "ko" | "hu" | "lt" | "sv", _) => Some(DateOrder::Ymd),
            _ => Some(DateOrder::Dmy),
        };
        let decimal = match (language, region.as_deref()) {
            ("en" | "ja" | "zh" | "ko" | "he" | "th" | "hi", _) | ("de", Some("CH" | "LI")) | ("es", Some("MX" | "US")) => DecimalMark::Dot,
            _ => DecimalMark::Comma,
        };
        Locale { date, decimal: Some(decimal), currency, region, time_zone }
    }
}

/// How numbers without a percent sign in a percent field are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PercentScale {
    /// 0.4 is 40 %.
    Fraction,
    /// 40 is 40 %.
    Points,
}

/// How the values of one column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Style {
    pub date: DateOrder,
    pub decimal: DecimalMark,
    pub percent: PercentScale,
    /// `0` of a lost opportunity means that nobody knows.
    pub lost_zero_empty: bool,
}
impl Default for Style {
    fn default() -> Self {
        Style { date: DateOrder::Dmy, decimal: DecimalMark::Dot, percent: PercentScale::Points, lost_zero_empty: true }
    }
}

/// What a person fixed by hand, in MAP.toml or in the wizard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub date: Option<DateOrder>,
    pub decimal: Option<DecimalMark>,
    pub percent: Option<PercentScale>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    DateOrder,
    Decimal,
    Percent,
    /// Lost opportunities with the amount 0.
    LostZero,
}
/// Something that the file cannot tell. The import goes on with `assumed` when nobody answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    pub column: String,
    pub kind: QuestionKind,
    pub detail: String,
    /// The answers, as MAP.toml takes them.
    pub answers: Vec<&'static str>,
    pub assumed: &'static str,
}

/// A style, what must be asked, and what was odd.
#[derive(Clone, Debug)]
pub struct Decision {
    pub style: Style,
    pub questions: Vec<Question>,
    pub remarks: Vec<String>,
}

/// Decides how a column is read that goes to a field of this kind. A value that has one meaning only decides; then what a
/// person fixed; then the custom of the workspace; else a question with a safe assumption.
pub fn decide(column: &str, profile: &ColumnProfile, kind: &FieldKind, locale: &Locale, fixed: Choice) -> Decision {
    let mut decision = Decision { style: Style::default(), questions: Vec::new(), remarks: Vec::new() };
    if kind.is_temporal() {
        dates(column, profile, locale, fixed.date, &mut decision);
    }
    if kind.is_fractional() || matches!(kind, FieldKind::Integer | FieldKind::Duration | FieldKind::GeoPoint) {
        decimals(column, profile, locale, fixed.decimal, kind, &mut decision);
    }
    if *kind == FieldKind::Percent {
        percents(column, profile, fixed.percent, &mut decision);
    }
    decision
}

fn dates(column: &str, profile: &ColumnProfile, locale: &Locale, fixed: Option<DateOrder>, out: &mut Decision) {
    let tally = &profile.dates;
    let (day, month) = (tally.only_day_first, tally.only_month_first);
    if let Some(order) = fixed {
        out.style.date = order;
        let against = if order == DateOrder::Mdy { day } else { month };
        if against > 0 && order != DateOrder::Ymd {
            out.remarks.push(format!("{column}: {against} dates contradict the order that was chosen"));
        }
        return;
    }
    if day > 0 && month > 0 {
        out.style.date = if month > day { DateOrder::Mdy } else { DateOrder::Dmy };
        let (rare, line) = if month > day { ("day", tally.only_day_first_line) } else { ("month", tally.only_month_first_line) };
        out.remarks.push(format!("{column}: most dates with a number over 12 stand one way, but {} have the {rare} first (line {}); they will be rejected", day.min(month), line.unwrap_or(0)));
        return;
    }
    out.style.date = match () {
        _ if day > 0 => DateOrder::Dmy,
        _ if month > 0 => DateOrder::Mdy,
        _ if tally.either == 0 => locale.date.unwrap_or(DateOrder::Dmy),
        _ if tally.dotted == tally.either => DateOrder::Dmy,
        _ => match locale.date {
            Some(order @ (DateOrder::Dmy | DateOrder::Mdy)) => order,
            _ => {
                let example = tally.example.as_deref().unwrap_or_default();
                out.questions.push(Question {
                    column: column.to_owned(),
                    kind: QuestionKind::DateOrder,
                    detail: format!("{} dates such as {example:?} can be read day first or month first, and no value tells", tally.either),
                    answers: vec!["dmy", "mdy"],
                    assumed: "dmy",
                });
                DateOrder::Dmy
            }
        },
    };
}

fn decimals(column: &str, profile: &ColumnProfile, locale: &Locale, fixed: Option<DecimalMark>, kind: &FieldKind, out: &mut Decision) {
    let tally = &profile.numbers;
    if let Some(mark) = fixed {
        out.style.decimal = mark;
        return;
    }
    let either = tally.either_dot + tally.either_comma;
    out.style.decimal = match () {
        _ if tally.dot > 0 && tally.comma > 0 => {
            let mark = if tally.dot >= tally.comma { DecimalMark::Dot } else { DecimalMark::Comma };
            out.remarks.push(format!("{column}: {} numbers have a decimal point and {} a decimal comma", tally.dot, tally.comma));
            mark
        }
        _ if tally.dot > 0 => DecimalMark::Dot,
        _ if tally.comma > 0 => DecimalMark::Comma,
        _ if either == 0 => locale.decimal.unwrap_or(DecimalMark::Dot),
        // Groups of thousands are the only reading in which a whole number makes sense.
        _ if matches!(kind, FieldKind::Integer | FieldKind::Duration) => {
            if tally.either_dot > 0 {
                DecimalMark::Comma
            } else {
                DecimalMark::Dot
            }
        }
        _ => match locale.decimal {
            Some(mark) => mark,
            None => {
                // Three digits after a mark are thousands far more often than thousandths.
                let (mark, assumed) = if tally.either_dot > 0 { (DecimalMark::Comma, "comma") } else { (DecimalMark::Dot, "dot") };
                let example = tally.either_example.as_deref().unwrap_or_default();
                out.questions.push(Question {
                    column: column.to_owned(),
                    kind: QuestionKind::Decimal,
                    detail: format!("{either} numbers such as {example:?} can be thousands or fractions, and no value tells"),
                    answers: vec!["dot", "comma"],
                    assumed,
                });
                mark
            }
        },
    };
}

fn percents(column: &str, profile: &ColumnProfile, fixed: Option<PercentScale>, out: &mut Decision) {
    let tally = &profile.numbers;
    if let Some(scale) = fixed {
        out.style.percent = scale;
        return;
    }
    if tally.percent_signs == tally.numbers || tally.above_one > 0 || tally.numbers == tally.zero {
        return; // points: with a sign always, or some value is above 1
    }
    let assumed = if tally.fractions > 0 { PercentScale::Fraction } else { PercentScale::Points };
    out.style.percent = assumed;
    out.questions.push(Question {
        column: column.to_owned(),
        kind: QuestionKind::Percent,
        detail: format!("all {} values lie between 0 and 1: is 0.5 a half or half a percent?", tally.numbers),
        answers: vec!["fraction", "points"],
        assumed: if assumed == PercentScale::Fraction { "fraction" } else { "points" },
    });
}
