/// Whether a value says that there is none. In text only what no text means (`NULL`, `#N/A`, `\N`): Ms Null and Mr None
/// exist, and so do the region `NA` and the note `-`. `typed` columns (numbers, dates, choices, references) know more words.
pub fn is_empty_marker(text: &str, typed: bool) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    if text.len() > 16 {
        return false;
    }
    if matches!(text, "\\N" | "#N/A" | "#NV" | "#NULL!" | "NULL" | "<null>" | "(null)") {
        return true;
    }
    typed
        && matches!(
            text.to_lowercase().as_str(),
            "null"
                | "none"
                | "nil"
                | "nan"
                | "n/a"
                | "na"
                | "n.a."
                | "k.a."
                | "k. a."
                | "undefined"
                | "-"
                | "--"
                | "---"
                | "–"
                | "—"
                | "."
                | "?"
                | "(none)"
                | "(blank)"
                | "(leer)"
                | "(empty)"
                | "--none--"
                | "-none-"
                | "keine"
                | "keine angabe"
                | "0000-00-00"
                | "00.00.0000"
                | "00/00/0000"
                | "no value"
        )
}

#[cfg(test)]
mod tests {
    use super::is_empty_marker;

    #[test]
    fn people_may_be_called_null() {
        assert!(!is_empty_marker("Null", false) && !is_empty_marker("None", false) && !is_empty_marker("NA", false));
        assert!(is_empty_marker("NULL", false) && is_empty_marker(" \u{a0}", false) && is_empty_marker("\\N", false));
        assert!(is_empty_marker("n/a", true) && is_empty_marker("—", true) && !is_empty_marker("0", true));
    }
}
