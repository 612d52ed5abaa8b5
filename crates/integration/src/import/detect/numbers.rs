//! Reads one number as far as it can be read without its column: sign, currency, percent, and the digits with their marks.

use super::currencies::take_mark;
use kernel::Currency;
use serde::{Deserialize, Serialize};

/// The character before the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    Dot,
    Comma,
}

/// What a value tells about the decimal mark of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Digits alone.
    Silent,
    Dot,
    Comma,
    /// `1.234`: a thousand under one, a little more than one under the other. Holds the mark that is written.
    Either(DecimalMark),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrencyMark {
    One(Currency),
    /// `$` and `kr` are used by many: the default currency when it is one of them, else the first.
    OneOf(&'static [&'static str]),
}
impl CurrencyMark {
    pub fn resolve(self, default: Currency) -> Currency {
        match self {
            CurrencyMark::One(currency) => currency,
            CurrencyMark::OneOf(codes) if codes.contains(&default.as_str()) => default,
            CurrencyMark::OneOf(codes) => codes.first().and_then(|c| c.parse().ok()).unwrap_or(default),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct NumberReading {
    pub negative: bool,
    pub currency: Option<CurrencyMark>,
    /// A percent sign was written: the number is in points.
    pub percent: bool,
    pub evidence: Evidence,
    /// Digits and marks; groups of thousands by blanks or apostrophes are joined already.
    body: String,
    /// `k`, `Mio`, `bn`: how many zeros.
    zeros: usize,
}
impl NumberReading {
    /// Plain notation (`-1234.5`) under a decimal mark; `None`: it is no number under that mark.
    pub fn plain(&self, mark: DecimalMark) -> Option<String> {
        let (point, group) = match mark {
            DecimalMark::Dot => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        };
        let (whole, part) = self.body.split_once(point).unwrap_or((&self.body, ""));
        if part.contains(group) || part.contains(point) || !grouped(whole, group) {
            return None;
        }
        let mut whole: String = whole.chars().filter(|c| *c != group).collect();
        let mut part = part.to_owned();
        for _ in 0..self.zeros {
            whole.push(if part.is_empty() { '0' } else { part.remove(0) });
        }
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if self.negative && (whole != "0" || part.bytes().any(|b| b != b'0')) { "-" } else { "" };
        Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
    }
}

/// Groups of three digits; India writes groups of two before the last three.
fn grouped(whole: &str, group: char) -> bool {
    let groups: Vec<&str> = whole.split(group).collect();
    let [first, middle @ .., last] = groups.as_slice() else { return true };
    if groups.len() == 1 {
        return true;
    }
    last.len() == 3 && (1..=3).contains(&first.len()) && (middle.iter().all(|g| g.len() == 3) || (first.len() <= 2 && middle.iter().all(|g| g.len() == 2)))
}

/// Reads a number; `None`: it is none.
pub fn read_number(text: &str) -> Option<NumberReading> {
    let text = text.trim();
    if text.is_empty() || text.len() > 80 || !text.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    // A name or an address with a digit in it: more letters than any currency and magnitude have together.
    if text.contains(['@', '/', ':', '"']) || text.chars().filter(|c| c.is_alphabetic()).take(16).count() > 15 {
        return None;
    }
    let mut negative = false;
    let mut currency = None;
    let mut percent = false;
    let mut zeros = 0;
    let mut rest = text;
    // Signs, brackets and marks come in any order: `($5)`, `-€5`, `€ -5`, `5- EUR`.
    for _ in 0..6 {
        let before = rest;
        rest = rest.trim();
        if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
            (negative, rest) = (true, inner);
        }
        // `5.-` and `5,--` are whole francs, not minus five.
        if let Some(inner) = [".--", ",--", ".-", ",-"].iter().find_map(|end| rest.strip_suffix(end)) {
            rest = inner;
        }
        if let Some(inner) = rest.strip_prefix(['-', '\u{2212}', '\u{2013}']).or_else(|| rest.strip_suffix('-')) {
            if negative {
                return None;
            }
            (negative, rest) = (true, inner);
        }
        rest = rest.strip_prefix('+').unwrap_or(rest).trim();
        if let Some(inner) = rest.strip_suffix('%').or_else(|| rest.strip_suffix('\u{FF05}')) {
            if percent {
                return None;
            }
            (percent, rest) = (true, inner.trim());
        }
        if currency.is_none() {
            (currency, rest) = take_mark(rest);
        }
        if zeros == 0 && rest.ends_with(|c: char| c.is_alphabetic() || c == '.') {
            (zeros, rest) = magnitude(rest);
        }
        if rest == before {
            break;
        }
    }
    let body = join_groups(rest)?;
    let (body, exponent) = scientific(body)?;
    let evidence = evidence(&body)?;
    Some(NumberReading { negative, currency, percent, evidence, body, zeros: zeros + exponent })
}

/// `1.5E+3` of Excel: only small positive exponents, whose digits can be written out.
fn scientific(body: String) -> Option<(String, usize)> {
    let Some((digits, exponent)) = body.split_once(['e', 'E']) else { return Some((body, 0)) };
    let exponent: usize = exponent.trim_start_matches('+').parse().ok()?;
    (exponent <= 30 && !digits.is_empty()).then(|| (digits.to_owned(), exponent))
}

fn magnitude(text: &str) -> (usize, &str) {
    let start = text.rfind(|c: char| !c.is_alphabetic() && c != '.').map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let word = text[start..].to_lowercase();
    // A dot that belongs to the number (`5.`) is no word.
    let zeros = match word.trim_matches('.') {
        "k" | "tsd" | "thousand" | "tausend" => 3,
        "m" | "mio" | "mn" | "mln" | "million" | "millionen" => 6,
        "b" | "bn" | "mrd" | "billion" | "milliarden" => 9,
        _ => return (0, text),
    };
    (zeros, text[..start].trim_end())
}

/// Blanks and apostrophes between groups of three digits fall away.
fn join_groups(text: &str) -> Option<String> {
    let is_gap = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '\u{2019}' | '_');
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',' || is_gap(c) || matches!(c, 'e' | 'E' | '+')) {
        return None;
    }
    if !text.chars().any(is_gap) {
        return Some(text.to_owned());
    }
    let groups: Vec<&str> = text.split(is_gap).collect();
    let (first, others) = groups.split_first()?;
    let last = others.len().checked_sub(1)?;
    let whole = others.iter().enumerate().all(|(at, g)| {
        let digits = g.bytes().take_while(u8::is_ascii_digit).count();
        digits == 3 && (g.len() == 3 || at == last)
    });
    ((1..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit()) && whole).then(|| groups.concat())
}

fn evidence(body: &str) -> Option<Evidence> {
    if !body.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') || !body.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (dots, commas) = (body.matches('.').count(), body.matches(',').count());
    let decides = |mark: DecimalMark| match mark {
        DecimalMark::Dot => Evidence::Dot,
        DecimalMark::Comma => Evidence::Comma,
    };
    let (written, other, count) = match (dots, commas) {
        (0, 0) => return Some(Evidence::Silent),
        (n, 0) => (DecimalMark::Dot, DecimalMark::Comma, n),
        (0, n) => (DecimalMark::Comma, DecimalMark::Dot, n),
        _ => {
            let mark = if body.rfind('.') > body.rfind(',') { DecimalMark::Dot } else { DecimalMark::Comma };
            return sound(body, mark).then(|| decides(mark));
        }
    };
    if count > 1 {
        return sound(body, other).then(|| decides(other)); // groups of thousands
    }
    let mark = if written == DecimalMark::Dot { '.' } else { ',' };
    let (whole, part) = body.split_once(mark)?;
    Some(match part.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
        true => Evidence::Either(written),
        false => decides(written),
    })
}
fn sound(body: &str, mark: DecimalMark) -> bool {
    let reading = NumberReading { negative: false, currency: None, percent: false, evidence: Evidence::Silent, body: body.to_owned(), zeros: 0 };
    reading.plain(mark).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Dot};

    #[test]
    fn numbers_of_many_habits() {
        for (text, mark, plain) in [
            ("1,234.56", Dot, "1234.56"),
            ("1.234,56", Comma, "1234.56"),
            ("1 234,56", Comma, "1234.56"),
            ("1\u{202f}234\u{202f}567,8", Comma, "1234567.8"),
            ("1'234.50", Dot, "1234.50"),
            ("12,34,567.8", Dot, "1234567.8"),
            ("(1,234.00)", Dot, "-1234.00"),
            ("5-", Dot, "-5"),
            ("\u{2212}7", Dot, "-7"),
            ("$1,234.50", Dot, "1234.50"),
            ("($5)", Dot, "-5"),
            ("-€ 5,00", Comma, "-5.00"),
            ("1.234,00 €", Comma, "1234.00"),
            ("EUR 12", Dot, "12"),
            ("12.5 kr.", Dot, "12.5"),
            ("40 %", Dot, "40"),
            ("$2.5M", Dot, "2500000"),
            ("10k", Dot, "10000"),
            ("1,5 Mio. €", Comma, "1500000"),
            (".5", Dot, "0.5"),
            ("007", Dot, "7"),
            ("-0.00", Dot, "0.00"),
            ("1.5E+3", Dot, "1500"),
        ] {
            assert_eq!(read_number(text).and_then(|n| n.plain(mark)).as_deref(), Some(plain), "{text}");
        }
    }
    #[test]
    fn no_numbers() {
        for text in ["", "-", "abc", "12a", "1.2.3", "1,23,4", "--5", "10.0.0.1", "2024-03-12", "12 34", "+49 30 1234567", "1,234,56", "5 apples", "%", "1e99", "e5"] {
            assert!(read_number(text).is_none_or(|n| n.plain(Dot).is_none() && n.plain(Comma).is_none()), "{text} became {:?}", read_number(text));
        }
    }
    #[test]
    fn evidence_of_the_mark() {
        for (text, evidence) in [
            ("1234", Evidence::Silent),
            ("1.5", Evidence::Dot),
            ("1,50", Evidence::Comma),
            ("1.234", Evidence::Either(Dot)),
            ("1,234", Evidence::Either(Comma)),
            ("0.123", Evidence::Dot),
            ("1234.567", Evidence::Dot),
            ("1.234.567", Evidence::Comma),
            ("1,234,567", Evidence::Dot),
            ("1.234,5", Evidence::Comma),
        ] {
            assert_eq!(read_number(text).map(|n| n.evidence), Some(evidence), "{text}");
        }
    }
    #[test]
    fn currencies() {
        let of = |text: &str, default: &str| read_number(text).and_then(|n| n.currency).map(|c| c.resolve(default.parse().unwrap()).to_string());
        assert_eq!(of("$5", "EUR").as_deref(), Some("USD"));
        assert_eq!(of("$5", "AUD").as_deref(), Some("AUD"));
        assert_eq!(of("5 zł", "EUR").as_deref(), Some("PLN"));
        assert_eq!(of("CHF 5.-", "EUR").as_deref(), Some("CHF"));
        assert_eq!(of("5", "EUR"), None);
    }
}
