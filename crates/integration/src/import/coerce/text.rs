use super::{Coerced, Refusal, read_phone, refuse};
use crate::import::detect::is_empty_marker;
use crate::import::reader::RawCell;
use serde_json::{Value, json};

/// The text of a cell without control characters, trimmed; `true` when something was taken out.
fn clean(cell: &RawCell, lines: bool) -> Result<(String, bool), Refusal> {
    let text = match cell {
        RawCell::Json(Value::Array(list)) if list.iter().all(Value::is_string) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        RawCell::Json(_) => return refuse("wrong_type", "text is expected, not a JSON object or list"),
        cell => cell.to_text(),
    };
    if !text.chars().any(char::is_control) {
        let trimmed = text.trim();
        return Ok((if trimmed.len() == text.len() { text } else { trimmed.to_owned() }, false));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let changed = kept.len() != text.len();
    let kept = kept.trim();
    let kept = match lines {
        true => kept.to_owned(),
        false => kept.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", "),
    };
    Ok((kept, changed))
}
fn taken(text: String, changed: bool) -> Coerced {
    let out = Coerced::of(text);
    if changed { out.warn("control_characters", "characters that cannot be shown were taken out") } else { out }
}

pub(super) fn line(cell: &RawCell, max: u32) -> Result<Coerced, Refusal> {
    let (text, changed) = clean(cell, false)?;
    let length = text.chars().count();
    match length <= max as usize {
        true => Ok(taken(text, changed)),
        false => refuse("too_long", format!("at most {max} characters fit; this has {length}")),
    }
}
pub(super) fn long(cell: &RawCell) -> Result<Coerced, Refusal> {
    let (text, changed) = clean(cell, true)?;
    match text.len() <= 1_000_000 {
        true => Ok(taken(text, changed)),
        false => refuse("too_long", format!("at most 1,000,000 bytes fit; this has {}", text.len())),
    }
}

/// The values of a cell that holds several: Google joins them by ` ::: `, others by semicolons or lines. A star marks
/// Google's primary one.
fn several(text: &str, separators: &[&str]) -> Vec<String> {
    if !text.starts_with('*') && !separators.iter().any(|s| text.contains(s)) {
        let text = text.trim();
        return if is_empty_marker(text, true) { Vec::new() } else { vec![text.to_owned()] };
    }
    let mut parts = vec![text.to_owned()];
    for separator in separators {
        parts = parts.iter().flat_map(|p| p.split(separator)).map(str::to_owned).collect();
    }
    let parts: Vec<String> = parts.iter().map(|p| p.trim().trim_start_matches("* ").trim().to_owned()).filter(|p| !is_empty_marker(p, true)).collect();
    let mut distinct: Vec<String> = Vec::new();
    for part in parts {
        if !distinct.iter().any(|d| d.eq_ignore_ascii_case(&part)) {
            distinct.push(part);
        }
    }
    distinct
}

/// `Ada <ada@example.org>` and `mailto:ada@example.org` give the address; an odd address keeps its text.
pub(super) fn email(cell: &RawCell) -> Result<Coerced, Refusal> {
    let (text, _) = clean(cell, true)?;
    let list: Vec<String> = several(&text, &[":::", ";", "\n", ", "]).iter().map(|p| bare_address(p)).collect();
    let Some((first, further)) = list.split_first() else { return Ok(Coerced::default()) };
    // Commas and blanks inside one odd address are not a list: only when all parts are addresses.
    let (first, further) = match further.is_empty() || list.iter().all(|p| crate::import::detect::looks_like_email(p)) {
        true => (first.clone(), further),
        false => (text.trim().to_owned(), &[][..]),
    };
    if first.chars().count() > 320 {
        return refuse("too_long", "an e-mail address has at most 320 characters");
    }
    let sound = crate::import::detect::looks_like_email(&first);
    let mut out = Coerced::of(first);
    out.points = further.iter().map(|value| json!({"kind": "email", "value": value})).collect();
    Ok(if sound { out } else { out.warn("odd_email", "this is no usual e-mail address; its text was kept") })
}
fn bare_address(text: &str) -> String {
    let inner = match (text.rfind('<'), text.rfind('>')) {
        (Some(start), Some(end)) if start < end => &text[start + 1..end],
        _ => text,
    };
    let inner = inner.trim();
    let inner = inner.get(..7).filter(|p| p.eq_ignore_ascii_case("mailto:")).map_or(inner, |p| &inner[p.len()..]);
    inner.trim().to_owned()
}

/// E.164 when the number is possible, else its text with a warning.
pub(super) fn phone(cell: &RawCell, region: Option<&str>) -> Result<Coerced, Refusal> {
    let (text, _) = clean(cell, true)?;
    let list = several(&text, &[":::", ";", "\n"]);
    let Some((first, further)) = list.split_first() else { return Ok(Coerced::default()) };
    if first.chars().count() > 80 {
        return refuse("too_long", "a phone number has at most 80 characters");
    }
    let mut out = match read_phone(first, region) {
        Some(phone) => {
            let mut out = Coerced::of(phone.e164.clone());
            if let Some(extension) = phone.extension {
                // E.164 has no place for an extension: the number to dial stays whole as a further contact point.
                out.points.push(json!({"kind": "phone", "value": format!("{} ext. {extension}", phone.e164)}));
                out = out.warn("extension", format!("the extension {extension} is kept in a contact point of its own"));
            }
            out
        }
        None => Coerced::of(first.clone()).warn("odd_phone", "this is no possible phone number; its text was kept"),
    };
    out.points.extend(further.iter().map(|value| {
        let value = read_phone(value, region).map_or_else(|| value.clone(), |p| p.e164);
        json!({"kind": "phone", "value": value})
    }));
    Ok(out)
}

/// One address; several are contact points beyond the first.
pub(super) fn url(cell: &RawCell) -> Result<Coerced, Refusal> {
    let (text, _) = clean(cell, true)?;
    let list = several(&text, &[":::", "\n", " "]);
    let Some((first, further)) = list.split_first() else { return Ok(Coerced::default()) };
    if first.chars().count() > 2_000 {
        return refuse("too_long", "a web address has at most 2,000 characters");
    }
    if first.split_once(':').is_some_and(|(scheme, _)| !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") && !scheme.contains('.')) {
        return refuse("wrong_type", "a web address begins with http:// or https://");
    }
    let mut out = Coerced::of(first.clone());
    out.points = further.iter().map(|value| json!({"kind": "url", "value": value})).collect();
    Ok(out)
}
