use encoding_rs::Encoding;

/// Undoes `\n`, `\,`, `\;`, `\\` and the `\:` and `\"` that some programs write. An unknown escape keeps its backslash.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => out.push(c),
            _ => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c @ ('\\' | ',' | ';' | ':' | '"')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push('\\'),
            },
        }
    }
    out
}

/// Cuts at a separator that no backslash precedes.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// RFC 2045 quoted-printable; what is no valid escape stays as it is.
pub(super) fn unquote_printable(bytes: &[u8]) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'='
            && let (Some(high), Some(low)) = (bytes.get(at + 1).copied().and_then(hex), bytes.get(at + 2).copied().and_then(hex))
        {
            out.push(high << 4 | low);
            at += 3;
            continue;
        }
        out.push(bytes[at]);
        at += 1;
    }
    out
}

/// `charset`: the parameter of the property; `default`: what the file was found to be.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>, default: &'static Encoding) -> String {
    let encoding = charset.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(default);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A text value as RFC 6350 wants it.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ',' => out.push_str("\\,"),
            ';' => out.push_str("\\;"),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}

/// Lines of at most 75 bytes, continued with a blank (RFC 6350, 3.2), never inside a character; with the final CRLF.
pub fn fold_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 30);
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_go_both_ways() {
        for text in ["a,b;c\\d\ne", "plain", "\\n is no newline"] {
            assert_eq!(unescape(&escape(text)), text);
        }
        assert_eq!(split(r"a\;b;c;", ';'), [r"a\;b", "c", ""]);
    }
    #[test]
    fn quoted_printable_and_charsets() {
        assert_eq!(decode(&unquote_printable(b"M=C3=BCller =ZZ"), Some("UTF-8"), encoding_rs::WINDOWS_1252), "Müller =ZZ");
        assert_eq!(decode(&unquote_printable(b"M=FCller"), None, encoding_rs::WINDOWS_1252), "Müller");
    }
    #[test]
    fn folding_keeps_characters_whole() {
        let folded = fold_line(&"ä€".repeat(100));
        assert!(folded.lines().all(|l| l.len() <= 75) && folded.replace("\r\n ", "") == "ä€".repeat(100) + "\r\n");
    }
}
