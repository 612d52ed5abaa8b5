use std::io::{self, BufRead, BufReader, Read};

/// Logical lines of a vCard file as bytes: continuation lines joined, soft line breaks of quoted-printable and the bare
/// base64 blocks of vCard 2.1 too.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    next: Option<Physical>,
    number: u64,
    limit: usize,
}
struct Physical {
    number: u64,
    bytes: Vec<u8>,
}
pub(super) struct Logical {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// The line was longer than the limit and is cut.
    pub(super) cut: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Lines { input: BufReader::with_capacity(64 << 10, input), next: None, number: 0, limit }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Logical>> {
        let Some(first) = self.take()? else { return Ok(None) };
        let mut line = Logical { number: first.number, bytes: first.bytes, cut: false };
        let head = line.bytes.iter().position(|b| *b == b':').map(|end| line.bytes[..end].to_ascii_uppercase()).unwrap_or_default();
        let has = |word: &[u8]| head.windows(word.len()).any(|w| w == word);
        let (printable, base64) = (has(b"QUOTED-PRINTABLE"), has(b"BASE64") || has(b"ENCODING=B"));
        while let Some(next) = self.peek()? {
            let folded = matches!(next.bytes.first(), Some(b' ' | b'\t'));
            if printable && line.bytes.last() == Some(&b'=') {
                line.bytes.pop();
                let more = self.take()?.map(|p| p.bytes).unwrap_or_default();
                // Outlook folds such lines besides, so that one leading blank is not part of the text.
                self.append(&mut line, more.strip_prefix(b"\t").unwrap_or(&more));
            } else if folded {
                let more = self.take()?.map(|p| p.bytes).unwrap_or_default();
                match base64 {
                    true => self.append(&mut line, more.trim_ascii()),
                    false => self.append(&mut line, more.get(1..).unwrap_or_default()),
                }
            } else if base64 && !next.bytes.is_empty() && next.bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)) {
                let more = self.take()?.map(|p| p.bytes).unwrap_or_default();
                self.append(&mut line, &more);
            } else {
                break;
            }
        }
        Ok(Some(line))
    }
    fn append(&self, line: &mut Logical, more: &[u8]) {
        let room = self.limit.saturating_sub(line.bytes.len());
        line.cut |= more.len() > room;
        line.bytes.extend_from_slice(&more[..more.len().min(room)]);
    }
    fn peek(&mut self) -> io::Result<Option<&Physical>> {
        if self.next.is_none() {
            self.next = self.read()?;
        }
        Ok(self.next.as_ref())
    }
    fn take(&mut self) -> io::Result<Option<Physical>> {
        match self.next.take() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }
    /// A line without its end; no more than the limit of it is kept.
    fn read(&mut self) -> io::Result<Option<Physical>> {
        let mut bytes = Vec::new();
        let mut any = false;
        loop {
            let ahead = self.input.fill_buf()?;
            if ahead.is_empty() {
                break;
            }
            any = true;
            let end = ahead.iter().position(|b| *b == b'\n');
            let size = end.unwrap_or(ahead.len());
            let room = self.limit.saturating_sub(bytes.len()).min(size);
            bytes.extend_from_slice(&ahead[..room]);
            self.input.consume(size + usize::from(end.is_some()));
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        while bytes.last() == Some(&b'\r') {
            bytes.pop(); // iPhones wrote two
        }
        Ok(Some(Physical { number: self.number, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn all(text: &str) -> Vec<(u64, String)> {
        let mut lines = Lines::new(text.as_bytes(), 1 << 20);
        std::iter::from_fn(|| lines.next().unwrap()).map(|l| (l.number, String::from_utf8(l.bytes).unwrap())).collect()
    }

    #[test]
    fn folded_lines_are_joined() {
        assert_eq!(all("NOTE:a\r\n b\r\n\t c\r\nFN:x"), [(1, "NOTE:ab c".into()), (4, "FN:x".into())]);
        assert_eq!(all("NOTE;ENCODING=QUOTED-PRINTABLE:a=\nb=0A=\nc\nFN:x"), [(1, "NOTE;ENCODING=QUOTED-PRINTABLE:ab=0Ac".into()), (4, "FN:x".into())]);
        assert_eq!(all("PHOTO;BASE64:\r\n AAA\r\n BBB=\r\n\r\nFN:x")[0], (1, "PHOTO;BASE64:AAABBB=".into()));
        assert_eq!(all("PHOTO;ENCODING=B:AAA\nBBB+/=\nEND:VCARD")[1].1, "END:VCARD");
    }
}
