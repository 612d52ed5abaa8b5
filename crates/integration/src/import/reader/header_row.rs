//! Where the header row is: exports put titles, notes and empty lines before it.

const LOOK_AT: usize = 15;

/// The index of the header among the first records: the first that fills at least half as many columns as the fullest
/// does, when all before it hold at most two values. `0` otherwise, and always for narrow files.
pub(super) fn find(records: &[Vec<String>]) -> usize {
    let filled = |r: &Vec<String>| r.iter().filter(|v| !v.trim().is_empty()).count();
    let fullest = records.iter().take(60).map(filled).max().unwrap_or(0);
    if fullest < 4 {
        // LinkedIn: a note of one value per line before three or more columns; a file of one or two columns has no such sign.
        return match records.iter().take(LOOK_AT).position(|r| filled(r) >= 3) {
            Some(at) if records[..at].iter().all(|r| filled(r) <= 1) => at,
            _ => 0,
        };
    }
    match records.iter().take(LOOK_AT).position(|r| filled(r) * 2 >= fullest) {
        Some(at) if records[..at].iter().all(|r| filled(r) <= 2) => at,
        _ => 0,
    }
}

/// Whether a row looks like values and not like names: any address, date or number in it.
pub(super) fn looks_like_data(record: &[String]) -> bool {
    let values: Vec<&str> = record.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
    let odd = values.iter().filter(|v| v.contains('@') || is_number(v) || is_date(v)).count();
    values.len() > 1 && odd > 0 && odd * 3 >= values.len()
}
fn is_number(v: &str) -> bool {
    v.bytes().any(|b| b.is_ascii_digit()) && v.bytes().all(|b| b.is_ascii_digit() || b".,-+ ".contains(&b))
}
fn is_date(v: &str) -> bool {
    v.len() >= 8 && v.bytes().filter(u8::is_ascii_digit).count() >= 5 && v.bytes().all(|b| b.is_ascii_digit() || b"./-: T".contains(&b))
}

/// Whether a row directly below the header is a second header: technical names such as `NPSP__ACCOUNT1_NAME__C`.
pub(super) fn is_technical_twin(record: &[String]) -> bool {
    let values: Vec<&String> = record.iter().filter(|v| !v.is_empty()).collect();
    values.len() >= 3 && values.iter().all(|v| v.to_ascii_lowercase().ends_with("__c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&str]) -> Vec<Vec<String>> {
        rows.iter().map(|r| r.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn notes_before_the_header_are_skipped() {
        assert_eq!(find(&rows(&["First,Last,Email,Phone", "a,b,c,d"])), 0);
        assert_eq!(find(&rows(&["Notes:", "When exporting your connections", "First,Last,URL,Email", "a,b,c,d"])), 2);
        assert_eq!(find(&rows(&["Report,", ",", "First,Last,URL,Email", "a,b,,"])), 2);
        assert_eq!(find(&rows(&["name", "Ada"])), 0);
        assert_eq!(find(&rows(&["name,age", "Ada,3"])), 0);
        assert_eq!(find(&rows(&["a,b,c,d,e,f", "1,,,,,", "1,2,3,4,5,6"])), 0);
    }
    #[test]
    fn a_missing_header_is_noticed() {
        assert!(looks_like_data(&rows(&["Ada,ada@example.org,2024-01-02"])[0]));
        assert!(!looks_like_data(&rows(&["Name,E-mail 1,Created,2024"])[0]));
    }
}
