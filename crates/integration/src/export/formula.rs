//! Spreadsheets run text that looks like a formula (CWE-1236). Such text is written with an apostrophe before it, which
//! spreadsheets show as plain text and our own import takes off again.

use std::borrow::Cow;

/// Whether a spreadsheet would take a text for a formula: its first visible character is one of `= + - @`, in full width
/// too, or it begins with a tab or a line break.
pub fn looks_like_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let visible = text.chars().find(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'));
    matches!(visible, Some('=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}' | '\u{2212}'))
}

/// Whether a text looks like one that `safe_csv_field` made: importing takes the apostrophe off, so exporting must add one.
pub(crate) fn was_made_safe(text: &str) -> bool {
    text.starts_with('\'') && looks_like_formula(text.trim_start_matches('\''))
}

/// A number may begin with its sign: `-5`, `+493012345`, `-1234.50`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(part)
}

/// The text as it may stand in a csv file.
pub fn safe_csv_field(text: &str) -> Cow<'_, str> {
    if was_made_safe(text) || (looks_like_formula(text) && !is_number(text)) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for text in ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{200b}=1", "\u{FF1D}1", "=cmd|' /C calc'!A0", "'=1", "-", "+49 30 1", "\n=1"] {
            assert_eq!(safe_csv_field(text), format!("'{text}"), "{text:?}");
        }
        for text in ["-5", "+493012345", "-1234.50", "a=b", "5-3", "", "'tis", "ada@example.org"] {
            assert_eq!(safe_csv_field(text), text);
        }
    }
}
