use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The zone that a date with a time names.
#[derive(Clone, Debug, PartialEq)]
pub enum Zone {
    Offset(Offset),
    Named(TimeZone),
}
impl Zone {
    /// `Z`, `+02:00`, `+0200`, `+02`, `UTC`, `GMT+2`, `[Europe/Berlin]`, `America/New_York`, and the usual abbreviations of
    /// Europe and North America (fixed offsets: `EST` is standard time even in summer).
    pub fn parse(text: &str) -> Option<Zone> {
        let text = text.trim().trim_matches(|c| c == '(' || c == ')');
        if let Some(name) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            return TimeZone::get(name).ok().map(Zone::Named);
        }
        // `+02:00[Europe/Berlin]`: the name says more.
        if let Some((_, name)) = text.split_once('[') {
            return TimeZone::get(name.trim_end_matches(']')).ok().map(Zone::Named);
        }
        let upper = text.to_ascii_uppercase();
        let rest = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper).trim();
        if rest.is_empty() || rest == "Z" {
            return Some(Zone::Offset(Offset::UTC));
        }
        if let Some(seconds) = offset(rest) {
            return Offset::from_seconds(seconds).ok().map(Zone::Offset);
        }
        if text.contains('/') {
            return TimeZone::get(text).ok().map(Zone::Named);
        }
        let hours = match rest {
            "WET" => 0,
            "CET" | "MEZ" | "BST" | "WEST" => 1,
            "CEST" | "MESZ" | "EET" => 2,
            "EEST" | "MSK" => 3,
            "EST" => -5,
            "EDT" => -4,
            "CST" => -6,
            "CDT" => -5,
            "MST" => -7,
            "MDT" => -6,
            "PST" => -8,
            "PDT" => -7,
            _ => return None,
        };
        Some(Zone::Offset(Offset::constant(hours)))
    }
    /// The instant; in the gap of a clock change the later time, in the fold the earlier one (RFC 5545).
    pub fn instant(&self, at: DateTime) -> Option<Timestamp> {
        match self {
            Zone::Offset(offset) => offset.to_timestamp(at).ok(),
            Zone::Named(zone) => zone.to_ambiguous_timestamp(at).compatible().ok(),
        }
    }
}

fn offset(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_by_offset_name_and_abbreviation() {
        let at = jiff::civil::date(2024, 7, 1).at(12, 0, 0, 0);
        for (text, hour) in [("Z", 12), ("+02:00", 10), ("+0200", 10), ("-5", 17), ("UTC", 12), ("GMT+2", 10), ("Europe/Berlin", 10), ("+01:00[Europe/Berlin]", 10), ("CEST", 10), ("PDT", 19)] {
            let found = Zone::parse(text).and_then(|z| z.instant(at)).map(|t| t.to_string());
            assert_eq!(found, Some(format!("2024-07-01T{hour:02}:00:00Z")), "{text}");
        }
        assert_eq!(Zone::parse("Nowhere"), None);
        assert_eq!(Zone::parse("+99:00"), None);
    }
}
