use phonenumber::country::Id;
use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Mode, PhoneNumber};

/// A number that can exist: its length is one of the country's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+493012345678`
    pub e164: String,
    /// Digits to dial afterwards; E.164 has no place for them.
    pub extension: Option<String>,
}

/// Reads a number as people write it. `region` (ISO 3166) is for numbers without a country code. `None`: not possible.
pub fn read_phone(text: &str, region: Option<&str>) -> Option<Phone> {
    let text = text.trim();
    if !(3..=80).contains(&text.len()) || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let id: Option<Id> = region.and_then(|r| r.to_ascii_uppercase().parse().ok());
    // `+49 (0) 30 …`: the zero is for those who dial from inside.
    let tidy = text.replace("(0)", " ");
    // Digits and the usual marks that make a valid number as they stand: most numbers, at a third of the cost.
    if tidy.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}'))
        && let Some(e164) = as_written(&tidy, &digits_before_extension(&tidy, None), id)
    {
        return Some(Phone { e164, extension: None });
    }
    let number = phonenumber::parse(id, &tidy).ok()?;
    let extension = number.extension().map(|e| e.to_string());
    if number.is_valid() {
        return Some(Phone { e164: number.format().mode(Mode::E164).to_string(), extension });
    }
    // The parser takes a national prefix off numbers that only look as if they had one (+7 800 …): try the digits as they are.
    let digits = digits_before_extension(&tidy, extension.as_deref());
    if let Some(e164) = as_written(&tidy, &digits, id) {
        return Some(Phone { e164, extension });
    }
    possible(&number).then(|| Phone { e164: number.format().mode(Mode::E164).to_string(), extension })
}

fn digits_before_extension(text: &str, extension: Option<&str>) -> String {
    let mut digits: String = text.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    if let Some(extension) = extension
        && digits.ends_with(extension)
    {
        digits.truncate(digits.len() - extension.len());
    }
    digits
}

fn as_written(text: &str, digits: &str, id: Option<Id>) -> Option<String> {
    if text.trim_start_matches("tel:").trim_start().starts_with('+') {
        return (1..=3).find_map(|size| {
            let (code, national) = (digits.get(..size)?, digits.get(size..)?);
            let metas = DATABASE.by_code(&code.parse::<u16>().ok()?)?;
            metas.iter().any(|m| matches(m, national)).then(|| format!("+{digits}"))
        });
    }
    let meta = DATABASE.by_id(id?.as_ref())?;
    let code = meta.country_code();
    let prefix = meta.national_prefix().unwrap_or_default();
    let stripped = digits.strip_prefix(prefix).filter(|_| !prefix.is_empty());
    stripped.into_iter().chain([digits]).find(|n| matches(meta, n)).map(|n| format!("+{code}{n}"))
}

fn possible(number: &PhoneNumber) -> bool {
    let national = number.national().to_string();
    let Some(metas) = DATABASE.by_code(&number.code().value()) else { return false };
    metas.iter().any(|m| kinds(m).any(|kind| kind.possible_length().contains(&(national.len() as u16))))
}

/// The kinds of numbers that can be called from abroad. The general description carries no lengths in this metadata.
fn kinds(meta: &Metadata) -> impl Iterator<Item = &Descriptor> {
    let all = meta.descriptors();
    let list = [all.fixed_line(), all.mobile(), all.toll_free(), all.premium_rate(), all.shared_cost(), all.personal_number(), all.voip(), all.pager(), all.uan(), all.voicemail()];
    list.into_iter().flatten()
}
fn matches(meta: &Metadata, national: &str) -> bool {
    kinds(meta).any(|kind| kind.is_match(national))
}

#[cfg(test)]
mod tests {
    use super::read_phone;

    #[test]
    fn numbers_as_people_write_them() {
        for (text, region, e164) in [
            ("030 1234567", Some("DE"), Some("+49301234567")),
            ("+49 (0)30 123456-7", None, Some("+49301234567")),
            ("+49 (30) 1234567", Some("US"), Some("+49301234567")),
            ("(415) 555-0143", Some("us"), Some("+14155550143")),
            ("0044 20 7946 0018", Some("DE"), Some("+442079460018")),
            ("+7 800 123-45-67", None, Some("+78001234567")),
            ("030 1234567", None, None),
            ("call me", Some("DE"), None),
            ("12", Some("DE"), None),
            ("+1 617 555 01433333333", None, None),
        ] {
            assert_eq!(read_phone(text, region).map(|p| p.e164).as_deref(), e164, "{text}");
        }
        assert_eq!(read_phone("+1 415 555 0143 ext. 12", None).and_then(|p| p.extension).as_deref(), Some("12"));
    }
}
