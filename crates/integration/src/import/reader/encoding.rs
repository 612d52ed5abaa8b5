//! Which encoding a text file has, and a reader that turns it into UTF-8 without holding the file.

use super::{Notices, OpenError};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read, Seek, SeekFrom};

const CHUNK: usize = 64 << 10;

/// What `detect` found. `bom` bytes are to be skipped at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    pub encoding: &'static Encoding,
    pub bom: usize,
}

/// Reads the whole file once and decides: a byte order mark; else zeros in every second byte (UTF-16); else valid UTF-8;
/// else Windows-1252, the superset of Latin-1 that browsers use. The file is rewound. `forced` is a WHATWG label.
pub fn detect<F: Read + Seek>(file: &mut F, forced: Option<&str>, notices: &mut Notices) -> Result<Detected, OpenError> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = vec![0; 4096];
    let size = read_full(file, &mut head)?;
    head.truncate(size);
    if head.is_empty() {
        return Err(OpenError::Empty);
    }
    let by_mark = Encoding::for_bom(&head);
    if let Some(label) = forced {
        let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| OpenError::UnknownEncoding { name: label.to_owned() })?;
        file.seek(SeekFrom::Start(0))?;
        return Ok(Detected { encoding, bom: by_mark.filter(|(e, _)| *e == encoding).map_or(0, |(_, size)| size) });
    }
    let found = match by_mark.or_else(|| utf16_without_mark(&head).map(|e| (e, 0))) {
        Some((encoding, bom)) => Detected { encoding, bom },
        None => {
            file.seek(SeekFrom::Start(0))?;
            eight_bit(file, notices)?
        }
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}

/// Text in a Latin script has a zero in every second byte of UTF-16.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match () {
        _ if pairs < 4 => None,
        _ if odd * 10 > pairs * 4 && even * 10 < pairs => Some(UTF_16LE),
        _ if even * 10 > pairs * 4 && odd * 10 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

fn eight_bit<F: Read>(file: &mut F, notices: &mut Notices) -> Result<Detected, OpenError> {
    let mut scan = Utf8Scan::default();
    let mut buffer = vec![0; CHUNK];
    loop {
        let size = read_full(file, &mut buffer)?;
        scan.feed(&buffer[..size]);
        if size < buffer.len() {
            break;
        }
    }
    scan.end();
    if scan.nuls > 0 && scan.nuls * 100 > scan.bytes {
        return Err(OpenError::Unsupported { what: "a binary file, not text", advice: "give a csv, xlsx, jsonl or vcf file" });
    }
    let encoding = match scan.invalid {
        0 => UTF_8,
        // A file in UTF-8 with a few broken characters, not one in an old code page with a few lucky ones.
        n if scan.multi_byte >= n * 10 => {
            notices.add(Some(scan.first_invalid_line), "broken_characters", format!("the file is UTF-8, but {n} bytes are not; they are shown as \u{FFFD}"));
            UTF_8
        }
        _ => {
            notices.add(Some(scan.first_invalid_line), "old_encoding", "the file is not UTF-8; it was read as Windows-1252 (Latin-1). If letters look wrong, name the encoding");
            WINDOWS_1252
        }
    };
    Ok(Detected { encoding, bom: 0 })
}

/// Counts valid and invalid sequences of UTF-8 over chunk borders.
#[derive(Default)]
struct Utf8Scan {
    rest: Vec<u8>,
    bytes: u64,
    nuls: u64,
    multi_byte: u64,
    invalid: u64,
    lines: u64,
    first_invalid_line: u64,
}
impl Utf8Scan {
    fn feed(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        if self.rest.is_empty() {
            return self.walk(chunk);
        }
        let mut joined = std::mem::take(&mut self.rest);
        joined.extend_from_slice(chunk);
        self.walk(&joined);
    }
    fn walk(&mut self, mut bytes: &[u8]) {
        loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => return self.valid(text),
                Err(error) => {
                    let (good, bad) = bytes.split_at(error.valid_up_to());
                    self.valid(std::str::from_utf8(good).unwrap_or_default());
                    let Some(size) = error.error_len() else {
                        self.rest = bad.to_vec();
                        return;
                    };
                    self.wrong();
                    bytes = &bad[size..];
                }
            }
        }
    }
    fn valid(&mut self, text: &str) {
        if text.is_ascii() {
            self.nuls += text.bytes().filter(|b| *b == 0).count() as u64;
            self.lines += text.bytes().filter(|b| *b == b'\n').count() as u64;
            return;
        }
        for c in text.chars() {
            match c {
                '\n' => self.lines += 1,
                '\0' => self.nuls += 1,
                c if !c.is_ascii() => self.multi_byte += 1,
                _ => {}
            }
        }
    }
    fn wrong(&mut self) {
        if self.invalid == 0 {
            self.first_invalid_line = self.lines + 1;
        }
        self.invalid += 1;
    }
    fn end(&mut self) {
        if !self.rest.is_empty() {
            self.wrong();
        }
    }
}

/// Bytes of any encoding in, UTF-8 out; what cannot be read becomes U+FFFD.
pub struct Utf8Reader<R> {
    inner: R,
    /// `None`: the bytes are UTF-8 already and known to be sound.
    decoder: Option<Decoder>,
    input: Vec<u8>,
    start: usize,
    end: usize,
    skip: usize,
    at_end: bool,
    pending: Vec<u8>,
    pending_start: usize,
}
impl<R: Read> Utf8Reader<R> {
    /// `inner` stands at the start of the file.
    pub fn new(inner: R, found: Detected) -> Self {
        Utf8Reader {
            inner,
            decoder: Some(found.encoding.new_decoder_without_bom_handling()),
            input: vec![0; CHUNK],
            start: 0,
            end: 0,
            skip: found.bom,
            at_end: false,
            pending: Vec::new(),
            pending_start: 0,
        }
    }
    fn refill(&mut self) -> io::Result<()> {
        self.input.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let size = self.inner.read(&mut self.input[self.end..])?;
        self.at_end = size == 0;
        self.end += size;
        let skip = self.skip.min(self.end);
        self.start = skip;
        self.skip -= skip;
        Ok(())
    }
}
impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.pending_start < self.pending.len() {
                let size = (self.pending.len() - self.pending_start).min(out.len());
                out[..size].copy_from_slice(&self.pending[self.pending_start..self.pending_start + size]);
                self.pending_start += size;
                return Ok(size);
            }
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            if self.start == self.end && !self.at_end {
                self.refill()?;
                continue;
            }
            self.pending.resize(CHUNK * 2, 0);
            self.pending_start = 0;
            let last = self.at_end;
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(&self.input[self.start..self.end], &mut self.pending, last);
            self.start += read;
            self.pending.truncate(written);
            if let DecoderResult::Malformed(..) = result {
                self.pending.extend_from_slice("\u{FFFD}".as_bytes());
            }
            if result == DecoderResult::InputEmpty {
                if last {
                    self.decoder = None;
                } else if self.start == self.end {
                    self.refill()?;
                }
            }
        }
    }
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_full<R: Read>(file: &mut R, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            size => filled += size,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> (String, &'static str, Notices) {
        let mut notices = Notices::default();
        let mut file = Cursor::new(bytes);
        let found = detect(&mut file, None, &mut notices).unwrap();
        let mut text = String::new();
        Utf8Reader::new(file, found).read_to_string(&mut text).unwrap();
        (text, found.encoding.name(), notices)
    }
    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_found() {
        let text = "Name;Stadt\nMüller;Köln\n";
        assert_eq!(read(text.as_bytes()).0, text);
        assert_eq!(read(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()).0, text);
        let (latin, name, notices) = read(b"Name;Stadt\nM\xFCller;K\xF6ln \x80 5\n");
        assert_eq!((latin.as_str(), name), ("Name;Stadt\nMüller;Köln € 5\n", "windows-1252"));
        assert_eq!((notices.list()[0].line, notices.list()[0].code), (Some(2), "old_encoding"));
        for big in [false, true] {
            let mark = if big { [0xFE, 0xFF] } else { [0xFF, 0xFE] };
            assert_eq!(read(&utf16(text, big)).0, text, "UTF-16 without mark");
            assert_eq!(read(&[&mark[..], &utf16(text, big)].concat()).0, text, "UTF-16 with mark");
        }
    }
    #[test]
    fn a_few_broken_bytes_do_not_make_a_file_latin() {
        let mut bytes = format!("{}\nM", "Größe ".repeat(40)).into_bytes();
        bytes.extend_from_slice(b"\xFCller");
        let (text, name, notices) = read(&bytes);
        assert_eq!((name, notices.count("broken_characters")), ("UTF-8", 1));
        assert!(text.ends_with("M\u{FFFD}ller"), "{text}");
    }
    #[test]
    fn characters_on_chunk_borders_stay_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "a".repeat(CHUNK - 2 - shift), "€ä𝄞".repeat(50_000));
            let (out, name, notices) = read(text.as_bytes());
            assert!(out == text && name == "UTF-8" && notices.list().is_empty());
        }
    }
    #[test]
    fn binary_files_and_unknown_names_are_refused() {
        let mut notices = Notices::default();
        let bytes = [7u8, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 1].repeat(100);
        assert!(matches!(detect(&mut Cursor::new(bytes), None, &mut notices), Err(OpenError::Unsupported { .. })));
        assert!(matches!(detect(&mut Cursor::new(b"a"), Some("klingon"), &mut notices), Err(OpenError::UnknownEncoding { .. })));
        assert!(matches!(detect(&mut Cursor::new(b""), None, &mut notices), Err(OpenError::Empty)));
    }
}
