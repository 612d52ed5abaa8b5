//! How alike two short texts are.

/// Short texts of plain letters go a way without allocation: nearly all do, and there are millions of pairs.
const SHORT: usize = 64;

fn short(a: &str, b: &str) -> bool {
    a.len() <= SHORT && b.len() <= SHORT && a.is_ascii() && b.is_ascii()
}

/// Jaro-Winkler, 0 to 1 (Winkler 1990).
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    // lengths that differ by more than two thirds cannot reach any band in use
    if a.len() * 3 < b.len() || b.len() * 3 < a.len() {
        return 0.0;
    }
    if short(a, b) { of_bytes(a.as_bytes(), b.as_bytes()) } else { strsim::jaro_winkler(a, b) }
}

fn of_bytes(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b, mut common) = (0u64, 0u64, 0u32);
    for (i, x) in a.iter().enumerate() {
        let to = (i + reach + 1).min(b.len());
        for (j, y) in b.iter().enumerate().take(to).skip(i.saturating_sub(reach)) {
            if x == y && in_b >> j & 1 == 0 {
                in_a |= 1 << i;
                in_b |= 1 << j;
                common += 1;
                break;
            }
        }
    }
    if common == 0 {
        return 0.0;
    }
    let (mut swapped, mut rest) = (0u32, in_b);
    for i in (0..a.len()).filter(|i| in_a >> i & 1 == 1) {
        swapped += u32::from(a[i] != b[rest.trailing_zeros() as usize]);
        rest &= rest - 1;
    }
    let common = f64::from(common);
    let jaro = (common / a.len() as f64 + common / b.len() as f64 + (common - f64::from(swapped / 2)) / common) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    if jaro > 0.7 { jaro + 0.1 * prefix as f64 * (1.0 - jaro) } else { jaro }
}

/// Edits with neighbours swapped counted once (optimal string alignment); more than two are merely many.
pub(crate) fn edits(a: &str, b: &str) -> usize {
    const MANY: usize = 3;
    if short(a, b) {
        return if a.len().abs_diff(b.len()) > 2 { MANY } else { few(a.as_bytes(), b.as_bytes()).min(MANY) };
    }
    strsim::osa_distance(a, b).min(MANY)
}

fn few(a: &[u8], b: &[u8]) -> usize {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let mut before = [0u8; SHORT + 1];
    let mut last: [u8; SHORT + 1] = std::array::from_fn(|j| j as u8);
    for (i, x) in a.iter().enumerate() {
        let mut row = [0u8; SHORT + 1];
        row[0] = i as u8 + 1;
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + u8::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
            least = least.min(best);
        }
        if least > 3 {
            return usize::from(least);
        }
        (before, last) = (last, row);
    }
    usize::from(last[b.len()])
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
    fn the_short_way_is_the_long_one() {
        let words = ["", "a", "ab", "ba", "martha", "marhta", "jones", "johnson", "street", "streeet", "sterett", "anna.berg@post.example", "ana.berg@post.exmaple", "1956", "1965", "x"];
        for a in words {
            for b in words {
                if a != b && a.len() * 3 >= b.len() && b.len() * 3 >= a.len() {
                    assert!((jaro_winkler(a, b) - strsim::jaro_winkler(a, b)).abs() < 1e-12, "{a} {b}");
                }
                assert_eq!(edits(a, b), strsim::osa_distance(a, b).min(3), "{a} {b}");
            }
        }
    }

    #[test]
    fn swapped_neighbours_are_one_edit() {
        assert_eq!(edits("1956", "1965"), 1);
        assert!(mistyped("street", "streeet") && !mistyped("1915", "1916") && !mistyped("ann", "ant"));
    }
}
