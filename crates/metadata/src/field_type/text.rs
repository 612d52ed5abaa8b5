use super::{ChoiceOption, Refusal};
use crate::value::Value;
use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

pub(super) const LINE_MAX: u32 = 1_000;
const LONG_MAX: usize = 1_000_000;

/// Text in NFC without control characters that no database stores alike.
fn clean(json: &Json, lines: bool) -> Result<String, Refusal> {
    let text = json.as_str().ok_or_else(|| ("wrong_type", format!("Text is expected, not {}.", kind_of(json))))?;
    if let Some(bad) = text.chars().find(|c| c.is_control() && !(matches!(c, '\t') || lines && matches!(c, '\n' | '\r'))) {
        return Err(("bad_character", format!("The character U+{:04X} cannot be stored here. Remove it.", u32::from(bad))));
    }
    Ok(if text.is_ascii() { text.to_owned() } else { text.nfc().collect() })
}
pub(super) fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

pub(super) fn line(json: &Json, max: u32) -> Result<Value, Refusal> {
    let text = clean(json, false).or_else(|e| if e.0 == "bad_character" { clean(json, true).map(|t| t.replace(['\r', '\n'], " ")) } else { Err(e) })?;
    let length = text.chars().count();
    if length > usize::try_from(max).unwrap_or(usize::MAX) {
        return Err(("too_long", format!("At most {max} characters fit; this has {length}.")));
    }
    Ok(Value::Text(text))
}
pub(super) fn long(json: &Json) -> Result<Value, Refusal> {
    let text = clean(json, true)?;
    if text.len() > LONG_MAX {
        return Err(("too_long", format!("At most {LONG_MAX} bytes fit; this has {}.", text.len())));
    }
    Ok(Value::Text(text))
}
/// One `@`, something on both sides, no blanks: deliverability is found out by sending (RFC 5321 section 4.5.3 for lengths).
pub(super) fn email(json: &Json, lenient: bool) -> Result<Value, Refusal> {
    let Value::Text(text) = line(json, 320)? else { return Ok(Value::Null) };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let sound = text
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && local.len() <= 64 && domain.len() >= 3 && !domain.contains("..") && !domain.starts_with(['.', '-']) && !domain.ends_with('.'))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
        && (text.starts_with('"') || text.matches('@').count() == 1);
    if sound || lenient { Ok(Value::Text(text)) } else { Err(("bad_email", "This is not an e-mail address. Write it like name@example.org.".into())) }
}
/// Digits with the usual marks. With a country code it is stored as E.164; otherwise as typed.
pub(super) fn phone(json: &Json, lenient: bool) -> Result<Value, Refusal> {
    let Value::Text(text) = line(json, 80)? else { return Ok(Value::Null) };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let marks_only = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}'));
    if marks_only && text.starts_with('+') && !text.contains("(0)") && (7..=15).contains(&digits.len()) {
        return Ok(Value::Text(format!("+{digits}")));
    }
    if lenient || digits.len() >= 3 { Ok(Value::Text(text)) } else { Err(("bad_phone", "This is not a phone number. Write it like +49 30 123456.".into())) }
}
pub(super) fn url(json: &Json, lenient: bool) -> Result<Value, Refusal> {
    let Value::Text(text) = line(json, 2_000)? else { return Ok(Value::Null) };
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let sound = !text.contains(char::is_whitespace) && !host.is_empty() && host.split_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok());
    if sound || lenient && !text.contains(':') { Ok(Value::Text(text)) } else { Err(("bad_url", "This is not a web address. Write it like https://example.org.".into())) }
}
pub(super) fn choice(json: &Json, options: &[ChoiceOption]) -> Result<Value, Refusal> {
    let text = clean(json, false)?;
    if options.iter().any(|o| o.value == text) { Ok(Value::Text(text)) } else { Err(unknown_option(options)) }
}
fn unknown_option(options: &[ChoiceOption]) -> Refusal {
    let known: Vec<_> = options.iter().filter(|o| !o.archived).take(20).map(|o| o.value.as_str()).collect();
    ("unknown_option", format!("Not one of the options: {}.", known.join(", ")))
}
/// Options in the order of the definition, each once.
pub(super) fn multi_choice(json: &Json, options: &[ChoiceOption]) -> Result<Value, Refusal> {
    let items = json.as_array().ok_or_else(|| ("wrong_type", format!("A list of options is expected, not {}.", kind_of(json))))?;
    let mut chosen = Vec::with_capacity(items.len());
    for item in items {
        match choice(item, options)? {
            Value::Text(value) => chosen.push(value),
            _ => return Err(unknown_option(options)),
        }
    }
    let ordered: Vec<_> = options.iter().filter(|o| chosen.contains(&o.value)).map(|o| o.value.clone()).collect();
    Ok(if ordered.is_empty() { Value::Null } else { Value::List(ordered) })
}
