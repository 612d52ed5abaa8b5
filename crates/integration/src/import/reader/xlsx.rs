use super::{Column, Notice, Notices, OpenError, OpenOptions, RawCell, RawRow, RowError, Source, header_row, name_columns, zip_guard};
use calamine::{Cell, DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};
use jiff::civil;
use std::fs::File;
use std::io::BufReader;
use std::sync::mpsc;

/// Rows in the channel between the thread that reads the sheet and the one that asks for rows.
const AHEAD: usize = 256;
/// Rows in which the header is looked for.
const LOOK_AT: usize = 60;

/// A sheet of a workbook. The workbook and the reader that borrows it live in a thread of their own, so that a sheet of a
/// million rows streams like a text file; only the shared strings are in memory.
pub(super) struct XlsxSource {
    columns: Vec<Column>,
    first_rows: std::collections::VecDeque<RawRow>,
    rows: mpsc::Receiver<Result<RawRow, RowError>>,
    notices: Notices,
    done: bool,
}

impl XlsxSource {
    pub(super) fn open(mut file: File, options: &OpenOptions) -> Result<Self, OpenError> {
        zip_guard::check(&mut file, &options.limits)?;
        let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(|e| OpenError::Broken(format!("it is no workbook that can be read ({e})")))?;
        let mut notices = Notices::default();
        let sheet = choose(&mut workbook, options.sheet.as_deref(), &mut notices)?;
        let (send, rows) = mpsc::sync_channel(AHEAD);
        let max_columns = options.limits.columns;
        std::thread::Builder::new()
            .name("read-sheet".into())
            .spawn(move || {
                // A receiver that is gone means that nobody wants more rows.
                if let Err((line, detail)) = send_rows(&mut workbook, &sheet, max_columns, &send) {
                    let _gone = send.send(Err(RowError { line, code: "broken", detail, cells: Vec::new(), fatal: true }));
                }
            })
            .map_err(OpenError::Io)?;

        let mut first_rows = Vec::new();
        while first_rows.len() < LOOK_AT {
            match rows.recv() {
                Ok(Ok(row)) => first_rows.push(row),
                Ok(Err(error)) => return Err(OpenError::Broken(error.to_string())),
                Err(_) => break,
            }
        }
        let texts: Vec<Vec<String>> = first_rows.iter().map(|r| r.cells.iter().map(RawCell::to_text).collect()).collect();
        let header = header_row::find(&texts);
        let Some(names) = texts.get(header) else { return Err(OpenError::Empty) };
        if header > 0 {
            notices.add(Some(1), "skipped_lines", format!("the rows before the header row (row {}) were left out", first_rows[header].line));
        }
        if header_row::looks_like_data(names) {
            notices.add(Some(first_rows[header].line), "no_header", "the first row looks like values, not like names of columns");
        }
        let mut names = names.clone();
        while names.len() > 1 && names.last().is_some_and(|n| n.trim().is_empty()) {
            names.pop();
        }
        let columns = name_columns(names, &options.limits, &mut notices)?;
        Ok(XlsxSource { columns, first_rows: first_rows.into_iter().skip(header + 1).collect(), rows, notices, done: false })
    }
}

impl Source for XlsxSource {
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn next(&mut self) -> Option<Result<RawRow, RowError>> {
        if self.done {
            return None;
        }
        let row = match self.first_rows.pop_front() {
            Some(row) => Ok(row),
            None => self.rows.recv().ok()?,
        };
        Some(match row {
            Ok(mut row) => {
                if row.cells.iter().skip(self.columns.len()).any(|c| !c.is_empty()) {
                    self.notices.add(Some(row.line), "beyond_header", "values to the right of the last header were left out");
                }
                for cell in &mut row.cells {
                    if matches!(cell, RawCell::Text(text) if text.starts_with(ERROR_MARK)) {
                        self.notices.add(Some(row.line), "error_value", "a cell holds an error of Excel (#N/A, #REF! …) and counts as empty");
                        *cell = RawCell::Empty;
                    }
                }
                row.cells.resize(self.columns.len(), RawCell::Empty);
                Ok(row)
            }
            Err(error) => {
                self.done = true;
                Err(error)
            }
        })
    }
    fn notices(&self) -> &[Notice] {
        self.notices.list()
    }
}

fn choose(workbook: &mut Xlsx<BufReader<File>>, wanted: Option<&str>, notices: &mut Notices) -> Result<String, OpenError> {
    let sheets = workbook.sheets_metadata().to_vec();
    let names: Vec<String> = sheets.iter().map(|s| s.name.clone()).collect();
    if let Some(name) = wanted {
        let found = names.iter().find(|n| n.eq_ignore_ascii_case(name));
        return found.cloned().ok_or_else(|| OpenError::NoSuchSheet { name: name.to_owned(), sheets: names.join(", ") });
    }
    for sheet in sheets.iter().filter(|s| s.visible == SheetVisible::Visible) {
        let filled = match workbook.worksheet_cells_reader(&sheet.name) {
            Ok(mut cells) => loop {
                match cells.next_cell() {
                    Ok(Some(cell)) if *cell.get_value() == DataRef::Empty => {}
                    Ok(Some(_)) => break true,
                    Ok(None) => break false,
                    Err(error) => return Err(OpenError::Broken(format!("the sheet {:?} cannot be read ({error})", sheet.name))),
                }
            },
            Err(XlsxError::NotAWorksheet(_)) => false, // a sheet that is a chart
            Err(error) => return Err(OpenError::Broken(format!("the sheet {:?} cannot be read ({error})", sheet.name))),
        };
        if filled {
            if names.len() > 1 {
                notices.add(
                    None,
                    "other_sheets",
                    format!("the sheet {:?} was read; the file also has: {}", sheet.name, names.iter().filter(|n| **n != sheet.name).cloned().collect::<Vec<_>>().join(", ")),
                );
            }
            return Ok(sheet.name.clone());
        }
    }
    Err(OpenError::Empty)
}

/// Gathers cells to rows. Empty rows are left out; a cell far to the right of the allowed columns ends the reading.
fn send_rows(workbook: &mut Xlsx<BufReader<File>>, sheet: &str, max_columns: usize, send: &mpsc::SyncSender<Result<RawRow, RowError>>) -> Result<(), (u64, String)> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|e| (1, format!("the sheet cannot be read ({e})")))?;
    let mut row = RawRow { line: 1, cells: Vec::new() };
    loop {
        let cell = cells.next_cell().map_err(|e| (row.line, format!("the sheet is broken after this row ({e})")))?;
        let line = cell.as_ref().map_or(u64::MAX, |c| u64::from(c.get_position().0) + 1);
        if line != row.line {
            let full = std::mem::replace(&mut row, RawRow { line, cells: Vec::new() });
            if full.cells.iter().any(|c| !c.is_empty()) && send.send(Ok(full)).is_err() {
                return Ok(());
            }
        }
        let Some(cell) = cell else { return Ok(()) };
        let place = cell.get_position().1 as usize;
        let value = raw(&cell);
        if value.is_empty() {
            continue;
        }
        if place >= max_columns {
            return Err((line, format!("a value stands in column {}; at most {max_columns} columns can be read", place + 1)));
        }
        if row.cells.len() <= place {
            row.cells.resize(place + 1, RawCell::Empty);
        }
        row.cells[place] = value;
    }
}

/// Marks an error value on its way through the channel; the character cannot occur in XML.
const ERROR_MARK: char = '\u{1}';

fn raw(cell: &Cell<DataRef<'_>>) -> RawCell {
    match cell.get_value() {
        DataRef::Empty => RawCell::Empty,
        DataRef::Int(number) => RawCell::Number(number.to_string()),
        DataRef::Float(number) => RawCell::Number(shortest(*number)),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(value) => RawCell::Boolean(*value),
        DataRef::DateTime(at) => date_cell(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(_) => RawCell::Text(ERROR_MARK.to_string()),
    }
}
fn text_cell(text: &str) -> RawCell {
    if text.is_empty() { RawCell::Empty } else { RawCell::Text(text.to_owned()) }
}
/// Excel keeps 15 significant digits: `0.1 + 0.2` is stored as 0.30000000000000004 and shown as 0.3.
fn shortest(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}
fn date_cell(at: &ExcelDateTime) -> RawCell {
    let value = at.as_f64();
    if at.is_duration() || (0.0..1.0).contains(&value) {
        let seconds = (value * 86_400.0).round() as i64;
        return RawCell::Text(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().and_then(|y| civil::Date::new(y, month as i8, day as i8).ok());
    let time = civil::Time::new(hour as i8, minute as i8, second as i8, i32::from(milli) * 1_000_000).ok();
    match (date, time) {
        (Some(date), Some(time)) if time != civil::Time::midnight() => RawCell::DateTime(date.to_datetime(time)),
        (Some(date), _) => RawCell::Date(date),
        _ => RawCell::Number(shortest(value)), // Excel's 29 February 1900
    }
}
