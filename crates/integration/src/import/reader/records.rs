//! Records of separated values with the exact line on which each begins and a bound on each. The `csv` crate counts the
//! blank lines before a record, and the line feed after a carriage return, into the record; its core lets us count ourselves.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, Read};

pub(super) struct Records<R> {
    input: R,
    core: Reader,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    output: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
    limit: usize,
}
pub(super) enum Record {
    /// The line it begins on, and its values.
    Row(u64, Vec<String>),
    /// The line it begins on; the input is not read beyond the limit.
    TooLong(u64),
    End,
}

impl<R: Read> Records<R> {
    /// `limit`: bytes of one record.
    pub(super) fn new(input: R, delimiter: u8, limit: usize) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).build();
        Records { input, core, buffer: vec![0; 64 << 10], start: 0, end: 0, at_end: false, output: vec![0; 4096], ends: vec![0; 64], line: 1, limit }
    }

    pub(super) fn next(&mut self) -> io::Result<Record> {
        let (mut out, mut ends) = (0, 0);
        let mut begun: Option<u64> = None;
        loop {
            if self.start == self.end && !self.at_end {
                self.end = self.input.read(&mut self.buffer)?;
                self.start = 0;
                self.at_end = self.end == 0;
            }
            let (result, read, written, fields) = self.core.read_record(&self.buffer[self.start..self.end], &mut self.output[out..], &mut self.ends[ends..]);
            for byte in &self.buffer[self.start..self.start + read] {
                if begun.is_none() && !matches!(byte, b'\n' | b'\r') {
                    begun = Some(self.line);
                }
                self.line += u64::from(*byte == b'\n');
            }
            self.start += read;
            out += written;
            ends += fields;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.output.len() >= self.limit => return Ok(Record::TooLong(begun.unwrap_or(self.line))),
                ReadRecordResult::OutputFull => self.output.resize((self.output.len() * 2).min(self.limit), 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= self.limit / 8 => return Ok(Record::TooLong(begun.unwrap_or(self.line))),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(Record::End),
            }
        }
        let mut start = 0;
        let fields = self.ends[..ends].iter().map(|end| {
            let text = String::from_utf8_lossy(&self.output[start..*end]).into_owned();
            start = *end;
            text
        });
        Ok(Record::Row(begun.unwrap_or(self.line), fields.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_exact_whatever_ends_them() {
        for newline in ["\n", "\r\n"] {
            let text = "\na,b\n\n\n\"x\ny\",2\n3,4".replace('\n', newline);
            let mut records = Records::new(text.as_bytes(), b',', 1 << 20);
            let mut lines = Vec::new();
            while let Record::Row(line, _) = records.next().unwrap() {
                lines.push(line);
            }
            assert_eq!(lines, [2, 5, 7], "{newline:?}");
        }
    }
}
