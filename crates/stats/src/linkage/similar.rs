//! How alike two short texts are.

/// Jaro-Winkler, 0 to 1 (Winkler 1990).
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    // lengths that differ by more than two thirds cannot reach any band in use
    if a.len() * 3 < b.len() || b.len() * 3 < a.len() {
        return 0.0;
    }
    strsim::jaro_winkler(a, b)
}

/// Edits with neighbours swapped counted once (optimal string alignment).
pub(crate) fn edits(a: &str, b: &str) -> usize {
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 3 && long.is_ascii() && short.is_ascii() {
        return long.len() - short.len();
    }
    strsim::osa_distance(a, b)
}

/// A mistyped word: one edit in four letters or more, two in eight or more, and alike throughout.
pub(crate) fn mistyped(a: &str, b: &str) -> bool {
    if a.len().abs_diff(b.len()) > 2 || a.len().min(b.len()) < 4 {
        return false;
    }
    if a.bytes().chain(b.bytes()).any(|c| c.is_ascii_digit()) {
        return false;
    }
    let e = edits(a, b);
    e <= 1 || (e == 2 && a.len().min(b.len()) >= 8)
}

#[cfg(test)]
mod tests {
    use super::{edits, jaro_winkler, mistyped};

    /// Values of Winkler (1990), also table 1 of Cohen, Ravikumar and Fienberg (2003).
    #[test]
    fn the_values_of_the_literature() {
        for (a, b, expected) in [("martha", "marhta", 0.9611), ("dwayne", "duane", 0.8400), ("dixon", "dicksonx", 0.8133)] {
            assert!((jaro_winkler(a, b) - expected).abs() < 5e-5, "{a} {b}: {}", jaro_winkler(a, b));
        }
    }

    #[test]
    fn swapped_neighbours_are_one_edit() {
        assert_eq!(edits("1956", "1965"), 1);
        assert!(mistyped("street", "streeet") && !mistyped("1915", "1916") && !mistyped("ann", "ant"));
    }
}
