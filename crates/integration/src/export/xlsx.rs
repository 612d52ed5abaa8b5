use super::values::{currency, headers, text};
use super::{ExportColumn, ExportError, Row, RowWriter};
use crate::import::target::FieldKind;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use serde_json::Value;
use std::io::{Seek, SeekFrom, Write};

/// Rows of a sheet, the header among them.
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of a cell.
const CELL_CHARS: usize = 32_767;

/// A workbook with real numbers, dates and booleans. Rows go to a temporary file, so the memory stays the same; text is
/// written as text and never taken for a formula.
pub(super) struct XlsxWriter<W: Write> {
    output: W,
    book: Workbook,
    sheet: usize,
    object: String,
    columns: Vec<ExportColumn>,
    zone: TimeZone,
    formats: Formats,
    next: u32,
    rows: u64,
}
struct Formats {
    header: Format,
    date: Format,
    time: Format,
    percent: Format,
}

impl<W: Write> XlsxWriter<W> {
    pub(super) fn new(output: W, object: &str, columns: Vec<ExportColumn>, zone: TimeZone) -> Result<Self, ExportError> {
        let formats = Formats {
            header: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            // Points with a sign of their own: 40 is shown as 40 % and read back as 40.
            percent: Format::new().set_num_format("0.####\" %\""),
        };
        let mut writer = XlsxWriter { output, book: Workbook::new(), sheet: 0, object: object.to_owned(), columns, zone, formats, next: 0, rows: 0 };
        writer.add_sheet()?;
        Ok(writer)
    }
    fn add_sheet(&mut self) -> Result<(), ExportError> {
        let names = headers(&self.columns);
        let number = self.book.worksheets().len() + 1;
        let name: String = self.object.chars().take(24).collect();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(if number == 1 { name } else { format!("{name} {number}") })?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, name) in names.iter().enumerate() {
            sheet.write_string_with_format(0, u16::try_from(at).unwrap_or(u16::MAX), name, &self.formats.header)?;
        }
        self.sheet = number - 1;
        self.next = 1;
        Ok(())
    }
}

impl<W: Write> RowWriter for XlsxWriter<W> {
    fn write(&mut self, row: &Row) -> Result<(), ExportError> {
        if self.next >= SHEET_ROWS {
            self.add_sheet()?;
        }
        let at = self.next;
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        let mut place: u16 = 0;
        for column in &self.columns {
            let value = row.get(&column.name).unwrap_or(&Value::Null);
            cell(sheet, at, place, value, &column.kind, &self.formats, &self.zone)?;
            place += 1;
            if column.kind == FieldKind::Money {
                string(sheet, at, place, currency(value))?;
                place += 1;
            }
        }
        self.next += 1;
        self.rows += 1;
        Ok(())
    }
    fn finish(mut self: Box<Self>) -> Result<u64, ExportError> {
        // The zip of a workbook needs a file in which one can go back.
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        std::io::copy(&mut file, &mut self.output)?;
        self.output.flush()?;
        Ok(self.rows)
    }
}

fn cell(sheet: &mut Worksheet, row: u32, column: u16, value: &Value, kind: &FieldKind, formats: &Formats, zone: &TimeZone) -> Result<(), ExportError> {
    let written = text(value, kind);
    if written.is_empty() {
        return Ok(());
    }
    match (kind, value) {
        (FieldKind::Boolean, Value::Bool(yes)) => {
            sheet.write_boolean(row, column, *yes)?;
        }
        (FieldKind::Date, Value::String(text)) => match date(text) {
            Some(date) => drop(sheet.write_datetime_with_format(row, column, date, &formats.date)?),
            None => string(sheet, row, column, text)?,
        },
        (FieldKind::DateTime, Value::String(text)) => match date_time(text, zone) {
            Some(at) => drop(sheet.write_datetime_with_format(row, column, at, &formats.time)?),
            None => string(sheet, row, column, text)?,
        },
        (FieldKind::Percent, _) if fits_float(&written) => {
            sheet.write_number_with_format(row, column, written.parse::<f64>().unwrap_or_default(), &formats.percent)?;
        }
        (FieldKind::Integer | FieldKind::Duration | FieldKind::Decimal { .. } | FieldKind::Money, _) if fits_float(&written) => {
            sheet.write_number(row, column, written.parse::<f64>().unwrap_or_default())?;
        }
        _ => string(sheet, row, column, &written)?,
    }
    Ok(())
}
/// A workbook holds 15 significant digits; a longer number is written as text so that none is lost.
fn fits_float(plain: &str) -> bool {
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    digits <= 15 && digits > 0 && plain.parse::<f64>().is_ok_and(f64::is_finite)
}
fn string(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), ExportError> {
    if text.is_empty() {
        return Ok(());
    }
    if text.chars().count() <= CELL_CHARS && text.encode_utf16().count() <= CELL_CHARS {
        sheet.write_string(row, column, text)?;
        return Ok(());
    }
    const MARK: &str = " […] (cut: a cell of a workbook holds 32,767 characters; export as csv or jsonl for the whole text)";
    let mut kept = String::new();
    let mut left = CELL_CHARS - MARK.encode_utf16().count();
    for c in text.chars() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        kept.push(c);
    }
    kept.push_str(MARK);
    sheet.write_string(row, column, kept)?;
    Ok(())
}
/// Excel begins in 1900; earlier days are text.
fn date(text: &str) -> Option<ExcelDateTime> {
    let date: jiff::civil::Date = text.parse().ok()?;
    if date.year() < 1900 {
        return None;
    }
    ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8).ok()
}
fn date_time(text: &str, zone: &TimeZone) -> Option<ExcelDateTime> {
    let at = text.parse::<jiff::Timestamp>().ok()?.to_zoned(zone.clone()).datetime();
    let day = date(&at.date().to_string())?;
    let seconds = f64::from(at.second()) + f64::from(at.subsec_nanosecond()) / 1e9;
    day.and_hms(at.hour() as u16, at.minute() as u8, seconds).ok()
}
