//! Numbers as people write them. Whether a comma or a dot parts the decimals is told from the whole column.

/// How a column writes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    decimal_comma: bool,
}
impl Style {
    /// From all cells of a column. Where nothing tells, a dot parts the decimals.
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Style {
        let (mut comma, mut dot) = (0usize, 0usize);
        for cell in cells {
            match (cell.rfind(','), cell.rfind('.')) {
                (Some(c), Some(d)) if c > d => comma += 1,
                (Some(_), Some(_)) => dot += 1,
                // one comma with other than three digits behind it, or a leading zero, is no thousands mark
                (Some(c), None) if decimals(cell, c) => comma += 1,
                (None, Some(d)) if decimals(cell, d) => dot += 1,
                _ => {}
            }
        }
        Style { decimal_comma: comma > dot }
    }
    /// A number with a sign (also `(12)` and `12-` of accounts), thousands marks, a currency or `%` beside it. `None` for what
    /// is no number.
    #[must_use]
    pub fn read(self, cell: &str) -> Option<f64> {
        let mut text: String = cell.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{2019}' | '_' | '$' | '\u{20ac}' | '\u{a3}' | '\u{a5}')).collect();
        for word in ["EUR", "USD", "GBP", "CHF"] {
            text = text.strip_prefix(word).or_else(|| text.strip_suffix(word)).map_or(text.clone(), str::to_owned);
        }
        let percent = text.strip_suffix('%').map(str::to_owned);
        let text = percent.unwrap_or(text).replace('\u{2212}', "-");
        let (negative, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => (true, inner.to_owned()),
            None => match text.strip_suffix('-') {
                Some(before) if !before.is_empty() => (true, before.to_owned()),
                _ => (false, text),
            },
        };
        let text = if self.decimal_comma { text.replace('.', "").replace(',', ".") } else { text.replace(',', "") };
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
        let number: f64 = text.parse().ok().filter(|n: &f64| plain && n.is_finite())?;
        Some(if negative { -number } else { number })
    }
}
fn decimals(cell: &str, mark: usize) -> bool {
    let sign = cell.as_bytes().get(mark);
    let alone = cell.bytes().filter(|b| Some(b) == sign).count() == 1;
    let behind = cell[mark + 1..].bytes().take_while(u8::is_ascii_digit).count();
    alone && (behind != 3 || cell.trim_start_matches(['-', '+', ' ']).starts_with("0"))
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn a_column_tells_its_style() {
        let dot = Style::of(["1,234.50", "3"].into_iter());
        assert_eq!(dot.read("1,234.50"), Some(1_234.5));
        let comma = Style::of(["1.234,50", "2,5"].into_iter());
        assert_eq!((comma.read("1.234,50"), comma.read("12")), (Some(1_234.5), Some(12.0)));
        let whole = Style::of(["1,234", "5"].into_iter());
        assert_eq!(whole.read("1,234"), Some(1_234.0));
        assert_eq!(whole.read("$ 12.5"), Some(12.5));
        assert_eq!(whole.read("(12.5)"), Some(-12.5));
        assert_eq!(whole.read("12-"), Some(-12.0));
        assert_eq!(whole.read("1e3"), Some(1_000.0));
        assert_eq!(whole.read("10 EUR"), Some(10.0));
        for odd in ["", "abc", "12a", "nan", "inf", "1.2.3"] {
            assert_eq!(whole.read(odd), None, "{odd}");
        }
    }
}
