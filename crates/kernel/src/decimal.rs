use std::fmt;

/// An exact decimal number: `units / 10^scale`. Scale is the field's, 0 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    pub units: i64,
    pub scale: u8,
}

impl Decimal {
    /// Reads `-12.5`, `12`, `.5`, `1e3` is refused. `None`: not a number, too many digits after the point, or too large.
    pub fn parse(text: &str, scale: u8) -> Option<Decimal> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() || !(whole.bytes().chain(part.bytes())).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = part.trim_end_matches('0');
        if part.len() > usize::from(scale) {
            return None;
        }
        let mut units: i64 = 0;
        let padding = usize::from(scale) - part.len();
        for b in whole.bytes().chain(part.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
            let digit = i64::from(b - b'0');
            units = units.checked_mul(10)?.checked_sub(digit)?; // counts downwards: i64::MIN has no positive twin
        }
        let units = if negative { units } else { units.checked_neg()? };
        Some(Decimal { units, scale })
    }
    pub fn as_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "only for display and statistics, never for sums of money")]
        {
            self.units as f64 / 10f64.powi(i32::from(self.scale))
        }
    }
    /// All digits after the point are written: 12.50 at scale 2.
    pub fn fixed(self) -> String {
        let divisor = 10u64.pow(u32::from(self.scale));
        let sign = if self.units < 0 { "-" } else { "" };
        let size = self.units.unsigned_abs();
        if self.scale == 0 {
            return format!("{sign}{size}");
        }
        format!("{sign}{}.{:0width$}", size / divisor, size % divisor, width = usize::from(self.scale))
    }
    /// `units * by / divisor` (`divisor` above zero) with one rounding, half away from zero (EN 16931). `None`: does not fit.
    pub fn mul_div(units: i64, by: i64, divisor: i64) -> Option<i64> {
        if divisor <= 0 {
            return None;
        }
        let (product, divisor) = (i128::from(units) * i128::from(by), i128::from(divisor));
        let half = if product < 0 { -(divisor / 2) } else { divisor / 2 };
        i64::try_from((product + half) / divisor).ok()
    }
}
impl fmt::Display for Decimal {
    /// Without needless zeros: `40`, `12.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.fixed();
        f.write_str(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text })
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn reads_and_writes() {
        for (text, scale, out) in [("12.50", 4, "12.5"), ("-0.0001", 4, "-0.0001"), (".5", 2, "0.5"), ("40", 4, "40"), ("100", 0, "100"), ("-9223372036854775808", 0, "-9223372036854775808")] {
            assert_eq!(Decimal::parse(text, scale).map(|d| d.to_string()).as_deref(), Some(out));
        }
    }
    #[test]
    fn refuses_what_it_cannot_hold() {
        for (text, scale) in [("", 2), (".", 2), ("1.234", 2), ("1e3", 2), ("12a", 2), ("99999999999999999999", 0), ("--1", 2)] {
            assert_eq!(Decimal::parse(text, scale), None, "{text}");
        }
    }
    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(Decimal::mul_div(5, 1, 2), Some(3));
        assert_eq!(Decimal::mul_div(-5, 1, 2), Some(-3));
        assert_eq!(Decimal::mul_div(4, 1, 3), Some(1));
        assert_eq!(Decimal::mul_div(i64::MAX, 2, 1), None);
        assert_eq!(Decimal::mul_div(1, 1, 0), None);
    }
}
