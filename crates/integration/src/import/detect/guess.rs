use super::column::ColumnProfile;
use crate::import::target::FieldKind;

/// The type that fits every value of a column: for custom fields of other systems and for suggestions in the wizard.
/// Conservative: a column of digits with leading zeros is text, ten different words are no choice yet.
pub fn guess(profile: &ColumnProfile) -> FieldKind {
    let n = profile.filled;
    let text = || match profile.multi_line || profile.longest > 255 {
        true => FieldKind::LongText,
        false => FieldKind::Text { max: None, unique: false },
    };
    let numbers = &profile.numbers;
    match () {
        _ if n == 0 || profile.json > 0 => text(),
        _ if profile.booleans == n && profile.bits < n => FieldKind::Boolean,
        _ if profile.emails == n => FieldKind::Email,
        _ if profile.urls == n => FieldKind::Url,
        _ if numbers.numbers == n && numbers.codes == 0 => match () {
            _ if numbers.percent_signs == n => FieldKind::Percent,
            _ if numbers.plain == 0 => FieldKind::Money,
            _ if numbers.plain < n => text(),
            _ if numbers.whole == n => FieldKind::Integer,
            _ => FieldKind::Decimal { scale: numbers.scale.clamp(2, 9) as u8 },
        },
        _ if profile.dates.dates == n && profile.dates.serials + profile.dates.epochs == 0 => match profile.dates.with_time > 0 {
            true => FieldKind::DateTime,
            false => FieldKind::Date,
        },
        _ => text(),
    }
}

/// One `@`, a dot in the domain, no blanks: enough to tell a column of addresses.
pub(crate) fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let label = |l: &str| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-');
    !local.is_empty()
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"' | '('))
        && !domain.contains('@')
        && domain.contains('.')
        && domain.split('.').all(label)
}
pub(crate) fn looks_like_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).or_else(|| lower.strip_prefix("www."));
    rest.is_some_and(|r| r.len() > 2 && !r.contains(char::is_whitespace))
}
