use super::records::{Record, Records};
use super::{Column, Limits, Notice, Notices, OpenError, OpenOptions, RawCell, RawRow, RowError, Source, Utf8Reader, delimiter, encoding, header_row, name_columns};
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// How much of the file the delimiter and the header are looked for in.
const SAMPLE: usize = 256 << 10;

/// Text with separated values.
pub(super) struct CsvSource<F: Read> {
    records: Records<Unix<Utf8Reader<F>>>,
    columns: Vec<Column>,
    limits: Limits,
    notices: Notices,
    /// The technical twin of the header is left out where there is one.
    first: bool,
    done: bool,
}

/// A table that is in memory already, as one part of an export of many files is.
pub(crate) fn open_csv_bytes(bytes: Vec<u8>, options: &OpenOptions) -> Result<Box<dyn Source>, OpenError> {
    Ok(Box::new(CsvSource::open(Cursor::new(bytes), options)?))
}

impl<F: Read + Seek> CsvSource<F> {
    pub(super) fn open(mut file: F, options: &OpenOptions) -> Result<Self, OpenError> {
        let limits = options.limits.clone();
        let mut notices = Notices::default();
        let found = encoding::detect(&mut file, options.encoding.as_deref(), &mut notices)?;
        let mut sample = vec![0; SAMPLE];
        let size = encoding::read_full(&mut Utf8Reader::new(&mut file, found), &mut sample)?;
        let complete = size < SAMPLE;
        sample.truncate(size);
        let sample = String::from_utf8_lossy(&sample);
        let delimiter = options.delimiter.unwrap_or_else(|| delimiter::detect(&sample, complete));
        let samples = delimiter::sample_records(&sample, delimiter, complete || !sample.contains('\n'));
        let sep_line = usize::from(delimiter::excel_sep_line(&sample).is_some());
        let skip = sep_line + header_row::find(samples.get(sep_line..).unwrap_or_default());

        file.seek(SeekFrom::Start(0))?;
        let mut records = Records::new(Unix { inner: Utf8Reader::new(file, found), cr_only: cr_only(&sample) }, delimiter, limits.record_bytes);
        let mut header = (1, Vec::new());
        for _ in 0..=skip {
            header = match records.next()? {
                Record::Row(line, values) => (line, values),
                Record::TooLong(line) => return Err(OpenError::Broken(too_long(line, &limits))),
                Record::End => return Err(OpenError::Empty),
            };
        }
        let (line, mut headers) = header;
        if skip > sep_line {
            notices.add(Some(1), "skipped_lines", format!("the lines before the header row (line {line}) were left out"));
        }
        // Each line may end with a delimiter.
        while headers.len() > 1 && headers.last().is_some_and(|h| h.trim().is_empty()) && samples.iter().all(|r| r.get(headers.len() - 1).is_none_or(|v| v.trim().is_empty())) {
            headers.pop();
        }
        if header_row::looks_like_data(&headers) {
            notices.add(Some(line), "no_header", "the first line looks like values, not like names of columns");
        }
        let columns = name_columns(headers.into_iter().map(as_meant).collect(), &limits, &mut notices)?;
        Ok(CsvSource { records, columns, limits, notices, first: true, done: false })
    }

    fn row(&mut self, line: u64, values: Vec<String>) -> Result<RawRow, RowError> {
        if let Some(long) = values.iter().position(|f| f.len() > self.limits.field_bytes) {
            let name = self.columns.get(long).map_or("a column without header", |c| c.name.as_str());
            let detail = format!("the value of {name:?} is longer than {} bytes", self.limits.field_bytes);
            return Err(RowError { line, code: "too_long", detail, cells: Vec::new(), fatal: false });
        }
        let width = self.columns.len();
        if values.len() > width && values[width..].iter().any(|f| !f.trim().is_empty()) {
            let detail = format!("{} values for {width} columns; a value that holds the delimiter must stand in quotes", values.len());
            return Err(RowError { line, code: "too_many_values", detail, cells: values, fatal: false });
        }
        if values.len() < width {
            self.notices.add(Some(line), "short_row", format!("{} values for {width} columns; the missing ones are empty", values.len()));
        }
        let mut cells: Vec<RawCell> = values.into_iter().take(width).map(cell).collect();
        cells.resize(width, RawCell::Empty);
        Ok(RawRow { line, cells })
    }
    fn end(&mut self, line: u64, detail: String) -> RowError {
        self.done = true;
        RowError { line, code: "broken", detail, cells: Vec::new(), fatal: true }
    }
}

/// The apostrophe that exports put before a formula is taken off again.
fn as_meant(mut text: String) -> String {
    if crate::export::was_made_safe(&text) {
        text.remove(0);
    }
    text
}
fn cell(text: String) -> RawCell {
    let text = as_meant(text);
    if text.is_empty() { RawCell::Empty } else { RawCell::Text(text) }
}

impl<F: Read + Seek + Send> Source for CsvSource<F> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn next(&mut self) -> Option<Result<RawRow, RowError>> {
        while !self.done {
            match self.records.next() {
                Ok(Record::Row(line, values)) => {
                    let twin = std::mem::take(&mut self.first) && header_row::is_technical_twin(&values);
                    let blank = values.iter().all(|f| f.trim().is_empty());
                    if !twin && !blank {
                        return Some(self.row(line, values));
                    }
                }
                Ok(Record::TooLong(line)) => return Some(Err(self.end(line, too_long(line, &self.limits.clone())))),
                Ok(Record::End) => self.done = true,
                Err(error) => return Some(Err(self.end(0, format!("the file cannot be read on: {error}")))),
            }
        }
        None
    }
    fn notices(&self) -> &[Notice] {
        self.notices.list()
    }
}

fn too_long(line: u64, limits: &Limits) -> String {
    format!("the row that begins on line {line} is longer than {} bytes: an opening quote is probably never closed", limits.record_bytes)
}

/// Files of old Macs end their lines with a carriage return alone.
fn cr_only(sample: &str) -> bool {
    sample.contains('\r') && !sample.contains('\n')
}
struct Unix<R> {
    inner: R,
    cr_only: bool,
}
impl<R: Read> Read for Unix<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.inner.read(buffer)?;
        if self.cr_only {
            buffer[..size].iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
        }
        Ok(size)
    }
}
