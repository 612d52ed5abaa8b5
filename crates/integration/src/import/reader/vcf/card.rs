use super::super::RowError;
use super::lines::Lines;
use super::text::{decode, split, unescape, unquote_printable};
use encoding_rs::Encoding;
use std::io::Read;

/// `item1.TEL;TYPE=work,voice:+49 30 1234`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// `item1`: properties with the same group belong together.
    pub group: Option<String>,
    /// In capitals.
    pub name: String,
    /// Names in capitals; the bare words of vCard 2.1 (`HOME`) are values of `TYPE`.
    pub params: Vec<(String, Vec<String>)>,
    /// Decoded, but still escaped: structured values are cut before the escapes are undone.
    pub value: String,
}
impl Property {
    pub fn text(&self) -> String {
        unescape(&self.value)
    }
    /// The parts of a structured value (`N`, `ADR`, `ORG`), each unescaped; several values of a part are joined by a comma.
    pub fn parts(&self) -> Vec<String> {
        split(&self.value, ';').into_iter().map(|p| split(p, ',').into_iter().map(|v| unescape(v).trim().to_owned()).collect::<Vec<_>>().join(", ")).collect()
    }
    /// The first part of a structured value in which a comma is nothing special (`ORG`, and `N` of vCard 2.1).
    pub fn list(&self) -> Vec<String> {
        split(&self.value, ',').into_iter().map(|v| unescape(v).trim().to_owned()).filter(|v| !v.is_empty()).collect()
    }
    pub fn param<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.params.iter().filter(move |(n, _)| n == name).flat_map(|(_, values)| values.iter().map(String::as_str))
    }
    /// Whether it has a type, whatever its case: `home`, `work`, `cell`, `pref` …
    pub fn is(&self, kind: &str) -> bool {
        self.param("TYPE").any(|t| t.eq_ignore_ascii_case(kind))
    }
    /// 1 is the most preferred; 100 without any word on it.
    pub fn preference(&self) -> u32 {
        match self.param("PREF").next().and_then(|p| p.parse().ok()) {
            Some(pref) => pref,
            None if self.is("pref") => 1,
            None => 100,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// The line of its `BEGIN`.
    pub line: u64,
    pub properties: Vec<Property>,
    /// Lines that could not be understood, with what was wrong; no value is quoted.
    pub oddities: Vec<(u64, String)>,
}
impl Card {
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> + 'a {
        self.properties.iter().filter(move |p| p.name == name)
    }
    pub fn first(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name == name)
    }
    /// `2.1`, `3.0`, `4.0`; empty when the card does not say.
    pub fn version(&self) -> String {
        self.first("VERSION").map(Property::text).unwrap_or_default()
    }
}

/// The cards of a file. A card inside another one (`AGENT` of vCard 2.1) comes as a card of its own, after its holder's start.
pub struct Cards<R> {
    lines: Lines<R>,
    default: &'static Encoding,
    open: Vec<Card>,
    limit: usize,
    done: bool,
}
/// Cards inside cards.
const DEPTH: usize = 16;
/// Properties of one card.
const PROPERTIES: usize = 10_000;

impl<R: Read> Cards<R> {
    /// `default`: the encoding of properties that do not name one; `limit`: bytes of one value.
    pub fn new(input: R, default: &'static Encoding, limit: usize) -> Self {
        Cards { lines: Lines::new(input, limit), default, open: Vec::new(), limit, done: false }
    }

    /// Reads on to the end of the card that is open.
    fn skip_card(&mut self) {
        self.open.pop();
        while let Ok(Some(line)) = self.lines.next() {
            if is(&line.bytes, b"END:VCARD") {
                return;
            }
        }
        self.done = true;
    }
}
impl<R: Read> Iterator for Cards<R> {
    type Item = Result<Card, RowError>;

    fn next(&mut self) -> Option<Result<Card, RowError>> {
        while !self.done {
            let line = match self.lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => {
                    self.done = true;
                    break;
                }
                Err(error) => {
                    self.done = true;
                    return Some(Err(problem(0, "broken", format!("the file cannot be read on: {error}"), true)));
                }
            };
            if line.bytes.trim_ascii().is_empty() {
                continue;
            }
            if is(&line.bytes, b"BEGIN:VCARD") {
                if self.open.len() >= DEPTH {
                    self.done = true;
                    return Some(Err(problem(line.number, "too_deep", format!("cards are nested deeper than {DEPTH} levels"), true)));
                }
                self.open.push(Card { line: line.number, ..Card::default() });
            } else if is(&line.bytes, b"END:VCARD") {
                if let Some(card) = self.open.pop() {
                    return Some(Ok(card));
                }
            } else if let Some(card) = self.open.last_mut() {
                if line.cut || line.bytes.len() >= self.limit {
                    let start = card.line;
                    self.skip_card();
                    return Some(Err(problem(start, "too_long", format!("a value on line {} is longer than {} bytes", line.number, self.limit), false)));
                }
                match parse(&line.bytes, self.default) {
                    Some(property) if card.properties.len() < PROPERTIES => card.properties.push(property),
                    Some(_) => {
                        let start = card.line;
                        self.skip_card();
                        return Some(Err(problem(start, "too_long", format!("the card has more than {PROPERTIES} properties"), false)));
                    }
                    None => card.oddities.push((line.number, "the line has no name before a colon and was left out".into())),
                }
            }
        }
        let card = self.open.pop()?;
        Some(Err(problem(card.line, "broken", "the card has no END:VCARD".into(), false)))
    }
}
fn is(bytes: &[u8], what: &[u8]) -> bool {
    bytes.trim_ascii().eq_ignore_ascii_case(what)
}
fn problem(line: u64, code: &'static str, detail: String, fatal: bool) -> RowError {
    RowError { line, code, detail, cells: Vec::new(), fatal }
}

fn parse(line: &[u8], default: &'static Encoding) -> Option<Property> {
    let mut quoted = false;
    let colon = line.iter().position(|b| {
        quoted ^= *b == b'"';
        *b == b':' && !quoted
    });
    // A quote that is never closed is a character like any other.
    let colon = colon.or_else(|| line.iter().position(|b| *b == b':'))?;
    let head = decode(&line[..colon], None, default);
    let mut pieces = cut(&head).into_iter();
    let full = pieces.next()?;
    let (group, name) = match full.rsplit_once('.') {
        Some((group, name)) => (Some(group.trim().to_owned()), name),
        None => (None, full.as_str()),
    };
    let name = name.trim().to_ascii_uppercase();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return None;
    }
    let params: Vec<(String, Vec<String>)> = pieces.map(|p| param(&p)).collect();
    let value_of = |wanted: &str| params.iter().find(|(n, _)| n == wanted).and_then(|(_, v)| v.first()).map(String::as_str);
    let printable = params.iter().any(|(n, v)| (n == "ENCODING" || n == "TYPE") && v.iter().any(|v| v.eq_ignore_ascii_case("QUOTED-PRINTABLE")));
    let raw = &line[colon + 1..];
    let value = match printable {
        true => decode(&unquote_printable(raw), value_of("CHARSET"), default),
        false => decode(raw, value_of("CHARSET"), default),
    };
    Some(Property { group, name, params, value })
}
/// Cuts `TEL;TYPE="a;b";PREF=1` at the semicolons outside quotes.
fn cut(head: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for c in head.chars() {
        quoted ^= c == '"';
        match c {
            ';' if !quoted => pieces.push(String::new()),
            c => pieces.last_mut().expect("the list begins with one piece").push(c),
        }
    }
    pieces
}
fn param(piece: &str) -> (String, Vec<String>) {
    let Some((name, values)) = piece.split_once('=') else {
        return ("TYPE".to_owned(), vec![piece.trim().to_owned()]); // vCard 2.1
    };
    let mut list = vec![String::new()];
    let mut quoted = false;
    for c in values.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => list.push(String::new()),
            c => list.last_mut().expect("the list begins with one value").push(c),
        }
    }
    // `TYPE="home,work"` of some programs means two types.
    let name = name.trim().to_ascii_uppercase();
    if name == "TYPE" {
        list = list.iter().flat_map(|v| v.split(',')).map(|v| v.trim().to_owned()).collect();
    }
    (name, list.into_iter().map(|v| uncaret(&v)).collect())
}
/// RFC 6868.
fn uncaret(value: &str) -> String {
    if !value.contains('^') {
        return value.to_owned();
    }
    value.replace("^n", "\n").replace("^'", "\"").replace("^^", "^")
}
