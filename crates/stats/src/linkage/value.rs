//! A value prepared once for all the comparisons it takes part in.

use super::{
    Kind,
    text::{fold, says_nothing, words},
};

/// One distinct value of a column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Value {
    /// As it is compared as a whole.
    pub(crate) text: String,
    /// Numbers of its words in the column's dictionary, for text; in order.
    pub(crate) words: Vec<u32>,
    pub(crate) number: f64,
    pub(crate) date: Option<(i32, u32, u32)>,
    /// Where in `text` an e-mail's domain begins.
    pub(crate) split: usize,
}

/// Nothing, where the text says nothing.
pub(crate) fn prepare(kind: Kind, raw: &str) -> Option<Value> {
    let folded = fold(raw);
    if says_nothing(&folded) {
        return None;
    }
    let text = match kind {
        Kind::Email => {
            let text: String = raw.trim().to_lowercase().split_whitespace().collect();
            let split = text.rfind('@').unwrap_or(text.len());
            return Some(Value { split, text, ..Value::default() });
        }
        Kind::Phone => {
            let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
            // zeros and country codes come and go; nine digits from the end name the line
            let start = digits.len().saturating_sub(9);
            digits[start..].to_owned()
        }
        Kind::Code => folded.split(' ').collect::<String>().trim_start_matches('0').to_owned(),
        Kind::Date => {
            let read = date(raw);
            let text = read.map_or_else(|| folded.split(' ').collect(), |(y, m, d)| format!("{y:04}{m:02}{d:02}"));
            return Some(Value { date: read, text, ..Value::default() });
        }
        Kind::Number => {
            let number = raw.trim().parse().ok()?;
            return Some(Value { number, text: folded, ..Value::default() });
        }
        _ => folded,
    };
    (!text.is_empty()).then(|| Value { text, ..Value::default() })
}

pub(crate) fn parts(value: &Value) -> Vec<&str> {
    words(&value.text)
}

pub(crate) fn is_uuid(text: &str) -> bool {
    let text = text.trim();
    text.len() == 36 && text.bytes().enumerate().all(|(i, c)| if matches!(i, 8 | 13 | 18 | 23) { c == b'-' } else { c.is_ascii_hexdigit() })
}

/// ISO dates with or without a time, eight digits, and days before months or after them; a day above 12 tells which.
pub(crate) fn date(text: &str) -> Option<(i32, u32, u32)> {
    let text = text.trim();
    let head = text.split(['T', ' ']).next()?;
    let parts: Vec<&str> = head.split(['-', '.', '/']).collect();
    let whole = |s: &str| s.parse::<u32>().ok();
    let (y, m, d) = match parts.as_slice() {
        [one] if one.len() == 8 && one.bytes().all(|c| c.is_ascii_digit()) => (whole(&one[..4])?, whole(&one[4..6])?, whole(&one[6..])?),
        [y, m, d] if y.len() == 4 => (whole(y)?, whole(m)?, whole(d)?),
        [a, b, y] if y.len() == 4 || y.len() == 2 => {
            let (first, second) = (whole(a)?, whole(b)?);
            let year = whole(y)?;
            let year = if y.len() == 4 {
                year
            } else if year > 30 {
                1900 + year
            } else {
                2000 + year
            };
            let american = head.contains('/') && first <= 12;
            if american { (year, first, second) } else { (year, second, first) }
        }
        _ => return None,
    };
    ((1800..=2150).contains(&y) && (1..=12).contains(&m) && (1..=31).contains(&d)).then(|| (y.cast_signed(), m, d))
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_of_several_styles() {
        for text in ["1990-04-03", "19900403", "3.4.1990", "04/03/1990", "1990-04-03T10:00:00Z", "03.04.90"] {
            assert_eq!(date(text), Some((1990, 4, 3)), "{text}");
        }
        assert_eq!(date("19901399"), None);
        assert_eq!(date("25/12/1990"), Some((1990, 12, 25)));
    }
}
