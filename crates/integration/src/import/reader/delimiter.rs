//! Which character separates the values of a text file.

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const RECORDS: usize = 200;

/// The beginning of a file, cut into records with one delimiter. A record that the sample may have cut off is left out.
pub(super) fn sample_records(sample: &str, delimiter: u8, complete: bool) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(sample.as_bytes());
    let mut records: Vec<Vec<String>> = Vec::new();
    for record in reader.records().take(RECORDS + 1).flatten() {
        records.push(record.iter().map(str::to_owned).collect());
    }
    if !complete && records.len() <= RECORDS {
        records.pop();
    }
    records.truncate(RECORDS);
    records
}

/// The delimiter under which most records have the same number of values (two or more). Excel's `sep=;` line decides by itself.
pub(super) fn detect(sample: &str, complete: bool) -> u8 {
    if let Some(named) = excel_sep_line(sample) {
        return named;
    }
    let mut best = (b',', 0.0, 1);
    for delimiter in CANDIDATES {
        let records = sample_records(sample, delimiter, complete);
        let (width, share) = usual_width(&records);
        // `1,5;2,5` is regular under both: then the header, which has no numbers, tells.
        let header_fits = records.iter().take(15).any(|r| r.len() == width && r.iter().all(|v| v.len() < 200));
        // Quotes in the middle of values are a sign that the values were cut at the wrong character.
        let stray = records.iter().filter(|r| r.iter().any(|v| v.contains('"'))).count() as f64 / records.len().max(1) as f64;
        let score = match width {
            0 | 1 => 0.0,
            _ => share * (1.0 - stray / 2.0) * if header_fits && first_full(&records, width) { 1.0 } else { 0.5 },
        };
        if score > best.1 + 1e-9 || (score > 0.0 && (score - best.1).abs() < 1e-9 && width > best.2) {
            best = (delimiter, score, width);
        }
    }
    best.0
}

/// `sep=;` in the first line: what Excel writes and obeys.
pub(super) fn excel_sep_line(sample: &str) -> Option<u8> {
    let line = sample.lines().next()?.trim_matches(|c| c == '"' || c == '\r');
    let named = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
    match named.as_bytes() {
        [one] => Some(*one),
        _ => None,
    }
}

fn usual_width(records: &[Vec<String>]) -> (usize, f64) {
    let mut counts = std::collections::BTreeMap::new();
    for record in records {
        *counts.entry(record.len()).or_insert(0usize) += 1;
    }
    let (width, most) = counts.into_iter().max_by_key(|(width, n)| (*n, *width)).unwrap_or((0, 0));
    (width, most as f64 / records.len().max(1) as f64)
}

/// Whether the first record with more than two values already has the usual width.
fn first_full(records: &[Vec<String>], width: usize) -> bool {
    records.iter().find(|r| r.iter().filter(|v| !v.trim().is_empty()).count() >= 2).is_some_and(|r| r.len() == width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        for (sample, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("Name;Preis;Ort\nA;1,50;\"Köln; Deutz\"\nB;2,50;X\n", b';'),
            ("a\tb\n1,2\t3\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("name\nAda\nBob\n", b','),
            ("sep=;\na,b;c\n", b';'),
            ("\"a, b\";\"c, d\"\n\"1, 2\";\"3, 4\"\n", b';'),
            ("id,note\n1,\"x;y\n;;;\n\"\n2,\"z\"\n", b','),
            ("name,tags\nA,x;y\nB,z;w\nC,q\n", b','),
        ] {
            assert_eq!(detect(sample, true) as char, delimiter as char, "{sample:?}");
        }
    }
}
