//! A table from a file of separated values: delimiter and encoding are told from the bytes.

use crate::Refusal;
use std::path::Path;

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub columns: Vec<String>,
    /// Empty cells are nothing; short rows are filled up with it.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows that had more or fewer cells than the header.
    pub ragged: usize,
}

impl Table {
    /// # Errors
    /// A file that cannot be read or holds no header.
    pub fn read(path: &Path) -> Result<Table, Refusal> {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|e| Refusal(format!("{shown} could not be read: {e}")))?;
        Table::parse(&text(&bytes)).map_err(|why| Refusal(format!("{shown}: {why}")))
    }

    fn parse(text: &str) -> Result<Table, String> {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let columns: Vec<String> = reader.headers().map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
        if columns.iter().all(String::is_empty) {
            return Err("the file is empty. The first line must name the columns.".into());
        }
        let mut table = Table { columns, ..Table::default() };
        for record in reader.records() {
            let record = record.map_err(|e| e.to_string())?;
            if record.len() != table.columns.len() {
                table.ragged += 1;
            }
            let mut row: Vec<Option<String>> = record.iter().take(table.columns.len()).map(|cell| (!cell.is_empty()).then(|| cell.to_owned())).collect();
            row.resize(table.columns.len(), None);
            table.rows.push(row);
        }
        Ok(table)
    }

    /// Where a column stands, by its name as written or without case.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name).or_else(|| self.columns.iter().position(|c| c.eq_ignore_ascii_case(name)))
    }

    /// # Errors
    /// A name that no column has; says which there are.
    pub fn column(&self, name: &str) -> Result<usize, Refusal> {
        self.position(name).ok_or_else(|| Refusal(format!("There is no column \"{name}\". The columns are: {}.", self.columns.join(", "))))
    }
}

/// UTF-8 or UTF-16 with a mark, UTF-8 without, else the code page of western Windows.
fn text(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// The sign that most evenly parts the first lines.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(20).collect();
    let count = |line: &str, sign: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|b| {
                quoted ^= *b == b'"';
                !quoted && *b == sign
            })
            .count()
    };
    let score = |sign: u8| {
        let header = lines.first().map_or(0, |l| count(l, sign));
        let even = lines.iter().filter(|l| count(l, sign) == header).count();
        header.min(1) * (even * 100 + header)
    };
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|sign| score(*sign)).filter(|sign| score(*sign) > 0).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::{Table, delimiter, text};

    #[test]
    fn delimiters_and_encodings() {
        assert_eq!(delimiter("a;b\n1,5;2\n2,5;3"), b';');
        assert_eq!(delimiter("a\tb\n1\t2"), b'\t');
        assert_eq!(delimiter("a,b\n\"x;y;z\",2"), b',');
        assert_eq!(delimiter("only\none"), b',');
        assert_eq!(text(b"M\xfcller"), "Müller");
        assert_eq!(text(b"\xef\xbb\xbfa"), "a");
    }

    #[test]
    fn short_and_long_rows_are_kept() {
        let table = Table::parse("a,b\n1\n1,2,3\n , x\n").unwrap();
        assert_eq!((table.rows.len(), table.ragged), (3, 2));
        assert_eq!(table.rows[2], [None, Some("x".into())]);
        assert!(Table::parse("").is_err());
    }
}
