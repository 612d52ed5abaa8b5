//! Arithmetic on plain decimal notation (`-1234.5`), so that no amount ever passes through a float.

/// Rounds to `scale` digits after the point, half away from zero (EN 16931). Returns the number and whether digits were lost.
pub fn round_plain(plain: &str, scale: usize) -> (String, bool) {
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let part = part.trim_end_matches('0');
    if part.len() <= scale {
        return (join(whole, part), false);
    }
    let (kept, lost) = part.split_at(scale);
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |w| ("-", w));
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if lost.as_bytes().first().is_some_and(|b| *b >= b'5') {
        let mut at = digits.len();
        loop {
            if at == 0 {
                digits.insert(0, b'1');
                break;
            }
            at -= 1;
            if digits[at] == b'9' {
                digits[at] = b'0';
            } else {
                digits[at] += 1;
                break;
            }
        }
    }
    let point = digits.len() - scale;
    let text: String = digits.iter().map(|b| char::from(*b)).collect();
    let rounded = join(&text[..point], text[point..].trim_end_matches('0'));
    let zero = rounded.bytes().all(|b| b == b'0' || b == b'.');
    (if zero { rounded } else { format!("{sign}{rounded}") }, true)
}
fn join(whole: &str, part: &str) -> String {
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

/// The exact product of two plain numbers; `None`: one of them is none, or the product has more than 36 digits.
pub fn multiply(a: &str, b: &str) -> Option<String> {
    let ((a, a_scale), (b, b_scale)) = (units(a)?, units(b)?);
    let product = a.checked_mul(b)?;
    let scale = a_scale + b_scale;
    let digits = format!("{:0>width$}", product.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if product < 0 { "-" } else { "" };
    Some(format!("{sign}{}", join(whole, part.trim_end_matches('0'))))
}
fn units(plain: &str) -> Option<(i128, usize)> {
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let negative = whole.starts_with('-');
    let size: i128 = format!("{}{part}", whole.trim_start_matches('-')).parse().ok()?;
    Some((if negative { -size } else { size }, part.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        for (plain, scale, rounded, lost) in [
            ("12.345", 2, "12.35", true),
            ("-12.345", 2, "-12.35", true),
            ("12.344", 2, "12.34", true),
            ("9.999", 2, "10", true),
            ("-0.004", 2, "0", true),
            ("12.50", 2, "12.5", false),
            ("12", 0, "12", false),
            ("99.5", 0, "100", true),
        ] {
            assert_eq!(round_plain(plain, scale), (rounded.to_owned(), lost), "{plain}");
        }
    }
    #[test]
    fn multiplies_exactly() {
        assert_eq!(multiply("1100.04", "1000000").as_deref(), Some("1100040000"));
        assert_eq!(multiply("-0.1", "0.2").as_deref(), Some("-0.02"));
        assert_eq!(multiply("5", "0").as_deref(), Some("0"));
        assert_eq!(multiply(&"9".repeat(30), &"9".repeat(30)), None);
        assert_eq!(multiply("x", "1"), None);
    }
}
