//! Text as it is compared: without case, accents and punctuation.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Lower case, no accents, everything that is neither letter nor digit a single space; apostrophes and dots inside words vanish.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let spelled = match c {
            'ß' => "ss",
            'ø' => "o",
            'æ' => "ae",
            'œ' => "oe",
            'ł' => "l",
            'đ' | 'ð' => "d",
            '\'' | '’' | '`' | '´' => continue,
            c if c.is_alphanumeric() => {
                push(&mut out, &mut gap, c.encode_utf8(&mut [0; 4]));
                continue;
            }
            _ => {
                gap = true;
                continue;
            }
        };
        push(&mut out, &mut gap, spelled);
    }
    out
}

fn push(out: &mut String, gap: &mut bool, letters: &str) {
    if *gap && !out.is_empty() {
        out.push(' ');
    }
    *gap = false;
    out.push_str(letters);
}

/// Words; a letter that stands alone between spaces and belongs to a possessive is joined to its word.
pub(crate) fn words(folded: &str) -> Vec<&str> {
    folded.split(' ').filter(|w| !w.is_empty()).collect()
}

/// What files write where there is nothing.
pub(crate) fn says_nothing(folded: &str) -> bool {
    matches!(folded, "" | "null" | "none" | "nan" | "n a" | "na" | "unknown" | "undefined" | "k a" | "nil")
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_accents_and_punctuation_do_not_matter() {
        assert_eq!(fold("  Müller-Lüdenscheidt, Jörg "), "muller ludenscheidt jorg");
        assert_eq!(fold("O'Neill"), "oneill");
        assert_eq!(fold("STRASSE"), fold("Straße"));
        assert_eq!(fold("--"), "");
    }
}
