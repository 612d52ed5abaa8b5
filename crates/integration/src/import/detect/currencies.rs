use super::numbers::CurrencyMark;
use kernel::Currency;

/// Signs that stand for one currency, longest first; then those that several share.
const SIGNS: [(&str, &str); 33] = [
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("CAN$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("MX$", "MXN"),
    ("NT$", "TWD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("Rs.", "INR"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("SFr.", "CHF"),
    ("Fr.", "CHF"),
    ("lei", "RON"),
    ("лв", "BGN"),
    ("Euro", "EUR"),
];
const SHARED: [(&str, &[&str]); 4] =
    [("$", &["USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"]), ("¥", &["JPY", "CNY"]), ("￥", &["CNY", "JPY"]), ("kr", &["SEK", "NOK", "DKK", "ISK"])];

/// The mark at the start or end of a text, and the rest.
pub(super) fn take_mark(text: &str) -> (Option<CurrencyMark>, &str) {
    let text = text.trim();
    let mark = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ' | '-' | '(' | ')' | '%' | '\'');
    if !text.starts_with(mark) && !text.ends_with(|c| mark(c) || c == '.') {
        return (None, text);
    }
    for (sign, code) in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (code.parse().ok().map(CurrencyMark::One), rest.trim());
        }
    }
    for (start, end) in [(0, 3), (text.len().saturating_sub(3), text.len())] {
        if let Some(code) = text.get(start..end).filter(|c| c.len() == 3)
            && let Ok(currency) = code.to_ascii_uppercase().parse::<Currency>()
            && (code.chars().all(|c| c.is_ascii_uppercase()) || code.chars().all(|c| c.is_ascii_lowercase()))
        {
            let rest = if start == 0 { &text[3..] } else { &text[..start] };
            return (Some(CurrencyMark::One(currency)), rest.trim());
        }
    }
    for (sign, codes) in SHARED {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).or_else(|| text.strip_suffix("kr.").filter(|_| sign == "kr")) {
            return (Some(CurrencyMark::OneOf(codes)), rest.trim());
        }
    }
    (None, text)
}
