//! JSON Lines: an object per line. A file that is one array of objects, or objects printed over several lines, is read too.

use super::{Column, Limits, Notice, Notices, OpenError, OpenOptions, RawCell, RawRow, RowError, Source, Utf8Reader, encoding, name_columns, open::rewound};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

pub(super) struct JsonSource {
    values: Values<Utf8Reader<File>>,
    columns: Vec<Column>,
    places: HashMap<String, usize>,
    notices: Notices,
    limits: Limits,
}

impl JsonSource {
    /// Reads the file once for the names of the columns: a key may occur in the last object only.
    pub(super) fn open(file: File, options: &OpenOptions) -> Result<Self, OpenError> {
        let mut notices = Notices::default();
        let mut file = rewound(file)?;
        let found = encoding::detect(&mut file, options.encoding.as_deref(), &mut notices)?;
        let limits = options.limits.clone();
        let mut keys: Vec<String> = Vec::new();
        let mut places = HashMap::new();
        let mut any = false;
        let mut scan = Values::new(Utf8Reader::new(file.try_clone()?, found), &limits);
        while let Some(value) = scan.next() {
            any = true;
            match value {
                Ok((_, object)) => {
                    for key in object.keys() {
                        if !places.contains_key(key) {
                            places.insert(key.clone(), keys.len());
                            keys.push(key.clone());
                        }
                    }
                }
                Err(error) if error.fatal => break,
                Err(_) => {}
            }
            if keys.len() > limits.columns {
                return Err(OpenError::TooManyColumns { found: keys.len(), limit: limits.columns });
            }
        }
        if !any {
            return Err(OpenError::Empty);
        }
        let columns = name_columns(keys, &limits, &mut notices)?;
        let values = Values::new(Utf8Reader::new(rewound(file)?, found), &limits);
        Ok(JsonSource { values, columns, places, notices, limits })
    }
}

impl Source for JsonSource {
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn next(&mut self) -> Option<Result<RawRow, RowError>> {
        let (line, object) = match self.values.next()? {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        let mut cells = vec![RawCell::Empty; self.columns.len()];
        for (key, value) in object {
            if let Value::String(text) = &value
                && text.len() > self.limits.field_bytes
            {
                let detail = format!("the value of {key:?} is longer than {} bytes", self.limits.field_bytes);
                return Some(Err(RowError { line, code: "too_long", detail, cells: Vec::new(), fatal: false }));
            }
            if let Some(place) = self.places.get(&key) {
                cells[*place] = cell(value);
            }
        }
        Some(Ok(RawRow { line, cells }))
    }
    fn notices(&self) -> &[Notice] {
        self.notices.list()
    }
}

fn cell(value: Value) -> RawCell {
    match value {
        Value::Null => RawCell::Empty,
        Value::Bool(value) => RawCell::Boolean(value),
        Value::Number(number) => RawCell::Number(plain_number(&number)),
        Value::String(text) if text.is_empty() => RawCell::Empty,
        Value::String(text) => RawCell::Text(text),
        json => RawCell::Json(json),
    }
}
/// `1e3` becomes `1000`: decimal notation without exponent.
pub(crate) fn plain_number(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => format!("{float}"),
        _ => number.to_string(),
    }
}

/// The objects of a stream, one by one, each held alone.
pub(crate) struct Values<R> {
    input: BufReader<R>,
    peeked: Option<u8>,
    line: u64,
    record_bytes: usize,
    depth: usize,
    mode: Mode,
    done: bool,
}
#[derive(PartialEq)]
enum Mode {
    Start,
    /// The first line is a whole value: then each line is one, and a broken line spoils no other.
    Lines,
    /// Values one after the other, or the elements of one array.
    Stream,
}

impl<R: Read> Values<R> {
    pub(crate) fn new(reader: R, limits: &Limits) -> Self {
        Values { input: BufReader::with_capacity(64 << 10, reader), peeked: None, line: 1, record_bytes: limits.record_bytes, depth: limits.json_depth, mode: Mode::Start, done: false }
    }
    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        if self.peeked.is_none() {
            let mut one = [0];
            self.peeked = match self.input.read(&mut one)? {
                0 => None,
                _ => Some(one[0]),
            };
        }
        Ok(self.peeked)
    }
    fn take(&mut self) -> std::io::Result<Option<u8>> {
        let byte = self.peek()?;
        self.peeked = None;
        if byte == Some(b'\n') {
            self.line += 1;
        }
        Ok(byte)
    }

    pub(crate) fn next(&mut self) -> Option<Result<(u64, Map<String, Value>), RowError>> {
        if self.done {
            return None;
        }
        match self.step() {
            Ok(found) => found,
            Err(error) => {
                self.done = true;
                Some(Err(RowError { line: self.line, code: "broken", detail: format!("the file cannot be read on: {error}"), cells: Vec::new(), fatal: true }))
            }
        }
    }
    fn step(&mut self) -> std::io::Result<Option<Result<(u64, Map<String, Value>), RowError>>> {
        // White space and, in an array, the commas between its elements.
        while let Some(byte) = self.peek()? {
            let between = self.mode == Mode::Stream && (byte == b',' || byte == b']');
            if self.mode == Mode::Start && byte == b'[' {
                self.mode = Mode::Stream;
            } else if !byte.is_ascii_whitespace() && !between {
                break;
            }
            self.take()?;
        }
        if self.peek()?.is_none() {
            self.done = true;
            return Ok(None);
        }
        let line = self.line;
        let text = match self.mode {
            Mode::Stream => self.balanced()?,
            Mode::Lines => self.rest_of_line(Vec::new())?,
            Mode::Start => match self.rest_of_line(Vec::new())? {
                Ok(first) if serde_json::from_slice::<serde::de::IgnoredAny>(&first).is_ok() => {
                    self.mode = Mode::Lines;
                    Ok(first)
                }
                Ok(first) if first.starts_with(b"{") && unbalanced(&first) => {
                    self.mode = Mode::Stream;
                    self.balanced_from(first)?
                }
                other => {
                    self.mode = Mode::Lines;
                    other
                }
            },
        };
        Ok(Some(text.and_then(|bytes| self.parse(&bytes)).map(|object| (line, object)).map_err(|(code, detail)| RowError { line, code, detail, cells: Vec::new(), fatal: false })))
    }

    fn rest_of_line(&mut self, mut bytes: Vec<u8>) -> std::io::Result<Result<Vec<u8>, Problem>> {
        let mut long = false;
        if let Some(byte) = self.take()? {
            if byte == b'\n' {
                return Ok(Ok(bytes));
            }
            bytes.push(byte);
        }
        loop {
            let ahead = self.input.fill_buf()?;
            let end = ahead.iter().position(|b| *b == b'\n');
            let size = end.unwrap_or(ahead.len());
            match bytes.len() + size <= self.record_bytes {
                true => bytes.extend_from_slice(&ahead[..size]),
                false => long = true,
            }
            let at_end = ahead.is_empty();
            self.input.consume(size + usize::from(end.is_some()));
            if end.is_some() {
                self.line += 1;
            }
            if end.is_some() || at_end {
                break;
            }
        }
        Ok(if long { Err(self.too_long()) } else { Ok(bytes) })
    }
    fn balanced(&mut self) -> std::io::Result<Result<Vec<u8>, Problem>> {
        self.balanced_from(Vec::new())
    }
    /// Up to the bracket that closes the first one; a bare word or number up to the next comma or bracket.
    fn balanced_from(&mut self, mut bytes: Vec<u8>) -> std::io::Result<Result<Vec<u8>, Problem>> {
        let mut nest = Nesting::default();
        bytes.iter().for_each(|b| nest.feed(*b));
        let (mut long, mut deep) = (false, nest.deepest > self.depth);
        if !bytes.is_empty() {
            bytes.push(b'\n');
        }
        while let Some(byte) = self.peek()? {
            if nest.level == 0 && !nest.quoted && bytes.iter().any(|b| !b.is_ascii_whitespace()) && (byte == b',' || byte == b']') {
                break; // a bare value ends here
            }
            self.take()?;
            nest.feed(byte);
            deep |= nest.deepest > self.depth;
            match bytes.len() < self.record_bytes && !deep {
                true => bytes.push(byte),
                false => long |= !deep,
            }
            if nest.level == 0 && !nest.quoted && (byte == b'}' || byte == b']' || byte == b'"') {
                break;
            }
        }
        Ok(match (deep, long) {
            (true, _) => Err(self.too_deep()),
            (_, true) => Err(self.too_long()),
            _ => Ok(bytes),
        })
    }

    fn parse(&self, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        let mut nest = Nesting::default();
        bytes.iter().for_each(|b| nest.feed(*b));
        if nest.deepest > self.depth {
            return Err(self.too_deep());
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(("broken", "a row must be a JSON object: {\"name\": \"…\"}".into())),
            Err(error) => Err(("broken", format!("this is not JSON: {error}"))),
        }
    }
    fn too_deep(&self) -> Problem {
        ("too_deep", format!("objects and lists are nested deeper than {} levels", self.depth))
    }
    fn too_long(&self) -> Problem {
        ("too_long", format!("the row is longer than {} bytes", self.record_bytes))
    }
}
type Problem = (&'static str, String);

/// Follows brackets outside strings.
#[derive(Default)]
struct Nesting {
    level: usize,
    deepest: usize,
    quoted: bool,
    escaped: bool,
}
impl Nesting {
    fn feed(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            b'{' | b'[' if !self.quoted => {
                self.level += 1;
                self.deepest = self.deepest.max(self.level);
            }
            b'}' | b']' if !self.quoted => self.level = self.level.saturating_sub(1),
            _ => {}
        }
    }
}
fn unbalanced(bytes: &[u8]) -> bool {
    let mut nest = Nesting::default();
    bytes.iter().for_each(|b| nest.feed(*b));
    nest.level > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Result<(u64, String), (u64, &'static str)>> {
        let mut values = Values::new(text.as_bytes(), &Limits::default());
        std::iter::from_fn(|| values.next()).map(|v| v.map(|(l, o)| (l, Value::Object(o).to_string())).map_err(|e| (e.line, e.code))).collect()
    }

    #[test]
    fn lines_arrays_and_printed_objects() {
        let two = vec![Ok((1, r#"{"a":1}"#.to_owned())), Ok((2, r#"{"a":2}"#.to_owned()))];
        assert_eq!(all("{\"a\":1}\n{\"a\":2}\n"), two);
        assert_eq!(all("{\"a\":1}\r\n{\"a\":2}"), two);
        assert_eq!(all("[{\"a\":1},\n{\"a\":2}]\n"), two);
        assert_eq!(all("\n{\n \"a\": [1, {\"b\": \"}]\"}]\n}\n{\n \"a\": 2}"), vec![Ok((2, r#"{"a":[1,{"b":"}]"}]}"#.to_owned())), Ok((5, r#"{"a":2}"#.to_owned()))]);
    }
    #[test]
    fn a_broken_line_spoils_no_other() {
        assert_eq!(all("{\"a\":1}\n{\"a\":\n7\n{\"a\":2}"), vec![Ok((1, r#"{"a":1}"#.into())), Err((2, "broken")), Err((3, "broken")), Ok((4, r#"{"a":2}"#.into()))]);
        assert_eq!(all("[1, {\"a\":2}, \"x,y\", {\"a\":3}]").into_iter().filter(Result::is_ok).count(), 2);
    }
    #[test]
    fn bombs_are_refused_with_their_line() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(all(&format!("{{\"a\":1}}\n{{\"a\":{deep}}}\n{{\"a\":2}}")), vec![Ok((1, r#"{"a":1}"#.into())), Err((2, "too_deep")), Ok((3, r#"{"a":2}"#.into()))]);
        assert_eq!(all(&format!("[{{\"a\":1}},\n{{\"a\":{deep}}},\n{{\"a\":2}}]")), vec![Ok((1, r#"{"a":1}"#.into())), Err((2, "too_deep")), Ok((3, r#"{"a":2}"#.into()))]);
        let long = format!("{{\"a\":1}}\n{{\"a\":\"{}\"}}\n{{\"a\":2}}", "x".repeat(33 << 20));
        assert_eq!(all(&long)[1], Err((2, "too_long")));
        assert_eq!(all(&long).len(), 3);
    }
}
