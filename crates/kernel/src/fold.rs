use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The form in which text is compared where case and accents do not count: compatibility decomposition without
/// combining marks, in lower case, with the letters that do not decompose spelt out (Unicode TR 15, and the usual
/// European transliterations). Sorting, `contains` and search all use it, so that they agree.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            c if is_combining_mark(c) => {} // 'İ' in lower case is i + a dot above
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_fall() {
        for (text, folded) in [("Größwang", "grosswang"), ("Łódź", "lodz"), ("İSTANBUL", "istanbul"), ("Ærø", "aero"), ("ﬁne", "fine"), ("青葉珈琲", "青葉珈琲"), ("ΟΔΟΣ", "οδοσ")]
        {
            assert_eq!(fold(text), folded);
        }
    }
    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Größwang", "İı", "ẞ", "Ǆ", "ΐ"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
