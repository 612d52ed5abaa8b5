//! Headers that decide: content type, `If-Match`, `Idempotency-Key`.

use crate::ApiError;
use axum::http::{HeaderMap, header};
use kernel::{Error, Result};
use records::IfMatch;

/// Reads `If-Match` (RFC 9110 13.1.1). One strong tag or `*`.
///
/// # Errors
/// 400 `bad_if_match`: not a tag, a weak one (it can never match), or several.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<IfMatch> {
    let refuse = |detail: &str| Err(Error::malformed("bad_if_match", format!("{detail} Send the ETag of the record, such as If-Match: \"7\", or *.")));
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(IfMatch::None) };
    if values.next().is_some() {
        return refuse("If-Match is given twice.");
    }
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" {
        return Ok(IfMatch::Any);
    }
    if text.starts_with("W/") {
        return refuse("A weak tag cannot be used for a change.");
    }
    let Some(tag) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        return refuse("If-Match has no tag in quotes.");
    };
    if tag.contains('"') || tag.contains(',') {
        return refuse("If-Match takes one tag.");
    }
    // A tag that is no version of ours is a version that nothing has.
    let digits = !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_digit());
    Ok(IfMatch::Version(digits.then(|| tag.parse().ok()).flatten().unwrap_or(-1)))
}

/// # Errors
/// 400 `bad_idempotency_key` where it is empty, longer than 255 or not printable ASCII.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    let sound = (1..=255).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if !sound || values.next().is_some() {
        return Err(Error::malformed("bad_idempotency_key", "Idempotency-Key is one text of 1 to 255 printable ASCII characters."));
    }
    Ok(Some(text.to_owned()))
}

/// The media type in lower case without parameters; UTF-8 is the only charset.
///
/// # Errors
/// 415 where a charset other than UTF-8 is named.
pub(crate) fn media_type(headers: &HeaderMap) -> std::result::Result<Option<String>, ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let text = value.to_str().unwrap_or("").to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or("").to_owned();
    let charset = parts.find_map(|p| p.strip_prefix("charset=")).map(|c| c.trim_matches('"').to_owned());
    match charset {
        Some(charset) if charset != "utf-8" && charset != "utf8" => Err(ApiError::unsupported_media_type("JSON is UTF-8 here.")),
        _ => Ok(Some(essence)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn tags() {
        assert!(matches!(if_match(&HeaderMap::new()), Ok(IfMatch::None)));
        assert!(matches!(if_match(&with("if-match", &["*"])), Ok(IfMatch::Any)));
        assert!(matches!(if_match(&with("if-match", &["\"7\""])), Ok(IfMatch::Version(7))));
        for foreign in ["\"\"", "\"abc\"", "\"-7\"", "\"99999999999999999999\""] {
            assert!(matches!(if_match(&with("if-match", &[foreign])), Ok(IfMatch::Version(-1))), "{foreign}");
        }
        for bad in [&["7"][..], &["W/\"7\""], &["\"7\", \"8\""], &["\"7\"", "\"8\""], &["\"7"], &[""], &["**"]] {
            assert_eq!(if_match(&with("if-match", bad)).err().map(|e| e.status()), Some(400), "{bad:?}");
        }
    }
    #[test]
    fn keys() {
        assert_eq!(idempotency_key(&with("idempotency-key", &["a-1"])).unwrap().as_deref(), Some("a-1"));
        assert!(idempotency_key(&with("idempotency-key", &[""])).is_err());
        assert!(idempotency_key(&with("idempotency-key", &["a", "b"])).is_err());
        assert!(idempotency_key(&with("idempotency-key", &[Box::leak("x".repeat(256).into_boxed_str())])).is_err());
    }
    #[test]
    fn media_types() {
        assert_eq!(media_type(&with("content-type", &["Application/JSON; charset=UTF-8"])).unwrap().as_deref(), Some("application/json"));
        assert!(media_type(&with("content-type", &["application/json; charset=latin1"])).is_err());
    }
}
