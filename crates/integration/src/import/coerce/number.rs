use super::{Coerced, Refusal, Rule, multiply, refuse, round_plain};
use crate::import::detect::{NumberReading, PercentScale, Style, boolean as read_boolean, read_number};
use crate::import::reader::RawCell;
use kernel::Currency;
use serde_json::{Value, json};

/// The plain number of a cell under the style of its column, with the reading for currency and percent sign.
fn plain(cell: &RawCell, rule: &Rule, style: &Style) -> Result<(String, Option<NumberReading>), Refusal> {
    let (plain, reading) = match cell {
        RawCell::Number(text) => (text.clone(), None),
        RawCell::Boolean(value) => (u8::from(*value).to_string(), None),
        RawCell::Text(text) => {
            let found = read_number(text).and_then(|r| r.plain(style.decimal).map(|p| (p, Some(r))));
            match found {
                Some(found) => found,
                None => return refuse("wrong_type", format!("{:?} is no number", shown(text))),
            }
        }
        cell => return refuse("wrong_type", format!("a number is expected, not {:?}", shown(&cell.to_text()))),
    };
    let Some(by) = &rule.multiply else { return Ok((plain, reading)) };
    match multiply(&plain, by) {
        Some(product) => Ok((product, reading)),
        None => refuse("too_large", format!("{plain} times {by} is too large")),
    }
}
/// The start of a value, for a message.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.trim().chars().take(40).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    short
}

pub(super) fn integer(cell: &RawCell, rule: &Rule, style: &Style) -> Result<Coerced, Refusal> {
    let (plain, _) = plain(cell, rule, style)?;
    let (rounded, lost) = round_plain(&plain, 0);
    if lost {
        return refuse("wrong_type", format!("a whole number is expected, not {plain}"));
    }
    match rounded.parse::<i64>() {
        Ok(number) => Ok(Coerced::of(number)),
        Err(_) => refuse("too_large", format!("{plain} is too large")),
    }
}

/// Digits beyond the scale are rounded, with a warning.
fn rounded(plain: &str, scale: usize) -> Coerced {
    let (text, lost) = round_plain(plain, scale);
    let out = Coerced::of(text);
    if lost { out.warn("rounded", format!("{plain} was rounded to {scale} digits after the point")) } else { out }
}
/// Whether the units of a decimal fit 64 bits.
fn fits(plain: &str, scale: usize) -> bool {
    let digits = plain.trim_start_matches('-').split('.').next().map_or(0, |w| w.trim_start_matches('0').len());
    digits + scale <= 18
}

pub(super) fn decimal(cell: &RawCell, scale: u8, rule: &Rule, style: &Style) -> Result<Coerced, Refusal> {
    let (plain, _) = plain(cell, rule, style)?;
    match fits(&plain, scale.into()) {
        true => Ok(rounded(&plain, scale.into())),
        false => refuse("too_large", format!("{plain} is too large")),
    }
}

/// Points: `0.4` of a column of fractions, `40` and `40 %` all give `"40"`.
pub(super) fn percent(cell: &RawCell, rule: &Rule, style: &Style) -> Result<Coerced, Refusal> {
    let (mut plain, reading) = plain(cell, rule, style)?;
    let signed = reading.is_some_and(|r| r.percent);
    if style.percent == PercentScale::Fraction && !signed {
        plain = match multiply(&plain, "100") {
            Some(points) => points,
            None => return refuse("too_large", format!("{plain} is too large")),
        };
    }
    match fits(&plain, 4) {
        true => Ok(rounded(&plain, 4)),
        false => refuse("too_large", format!("{plain} is too large")),
    }
}

/// `{"amount","currency"}`; the currency written in the cell goes before the row's.
pub(super) fn money(cell: &RawCell, rule: &Rule, style: &Style, default: Currency) -> Result<Coerced, Refusal> {
    if let RawCell::Json(Value::Object(parts)) = cell {
        let currency = match parts.get("currency").and_then(Value::as_str) {
            Some(code) => match code.parse::<Currency>() {
                Ok(currency) => currency,
                Err(()) => return refuse("wrong_type", format!("{:?} is no currency of ISO 4217", shown(code))),
            },
            None => default,
        };
        let amount = match parts.get("amount") {
            Some(Value::String(text)) => RawCell::Text(text.clone()),
            Some(Value::Number(number)) => RawCell::Number(crate::import::reader::plain_number(number)),
            _ => return refuse("wrong_type", "an amount has \"amount\" and \"currency\""),
        };
        // Our own JSON always has a decimal point.
        let style = Style { decimal: crate::import::detect::DecimalMark::Dot, ..*style };
        return money(&amount, rule, &style, currency);
    }
    let (plain, reading) = plain(cell, rule, style)?;
    let currency = reading.and_then(|r| r.currency).map_or(default, |mark| mark.resolve(default));
    let scale = usize::from(currency.digits());
    if !fits(&plain, scale) {
        return refuse("too_large", format!("{plain} is too large for an amount"));
    }
    let mut out = rounded(&plain, scale);
    if let Value::String(text) = &out.value {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let amount = if scale == 0 { whole.to_owned() } else { format!("{whole}.{part:0<scale$}") };
        out.value = json!({"amount": amount, "currency": currency.as_str()});
    }
    Ok(out)
}

pub(super) fn boolean(cell: &RawCell) -> Result<Coerced, Refusal> {
    let found = match cell {
        RawCell::Boolean(value) => Some(*value),
        RawCell::Json(_) => None,
        cell => read_boolean(&cell.to_text()),
    };
    match found {
        Some(value) => Ok(Coerced::of(value)),
        None => refuse("wrong_type", format!("{:?} is neither yes nor no", shown(&cell.to_text()))),
    }
}

/// Seconds: a bare number, `1:30:00`, `90 min`, `2h 30m`, `PT1H30M`.
pub(super) fn duration(cell: &RawCell, style: &Style) -> Result<Coerced, Refusal> {
    if let RawCell::Number(_) = cell {
        return integer(cell, &Rule::default(), style);
    }
    let text = cell.to_text();
    let seconds = clock(&text).or_else(|| spelled(&text));
    match seconds {
        Some(seconds) => Ok(Coerced::of(seconds)),
        None => integer(cell, &Rule::default(), style).or_else(|_| refuse("wrong_type", format!("{:?} is no length of time", shown(&text)))),
    }
}
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<i64> = text.trim().split(':').map(|p| p.parse().ok().filter(|n| (0..=1_000_000).contains(n))).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours, minutes] => Some(hours * 3600 + minutes * 60),
        [hours, minutes, seconds] => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}
fn spelled(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("pt").unwrap_or(&text);
    let (mut total, mut number, mut any) = (0f64, String::new(), false);
    let mut unit = String::new();
    let mut add = |number: &mut String, unit: &mut String| -> Option<()> {
        let size: f64 = number.replace(',', ".").parse().ok()?;
        let seconds = match unit.trim_end_matches('.') {
            "d" | "day" | "days" | "tag" | "tage" => 86_400.0,
            "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" => 3_600.0,
            "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => 60.0,
            "s" | "sec" | "secs" | "second" | "seconds" | "sek" | "sekunden" => 1.0,
            _ => return None,
        };
        total += size * seconds;
        any = true;
        number.clear();
        unit.clear();
        Some(())
    };
    for c in text.chars() {
        if c.is_ascii_digit() || c == '.' && unit.is_empty() || c == ',' && unit.is_empty() {
            if !unit.is_empty() {
                add(&mut number, &mut unit)?;
            }
            number.push(c);
        } else if c.is_alphabetic() || c == '.' {
            unit.push(c);
        } else if !c.is_whitespace() {
            return None;
        }
    }
    add(&mut number, &mut unit)?;
    (any && total.is_finite() && total.abs() < 1e12).then_some(total.round() as i64)
}
