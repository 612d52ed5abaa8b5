use super::values::{currency, headers, text};
use super::{ExportColumn, ExportError, Row, RowWriter, safe_csv_field};
use crate::import::target::FieldKind;
use serde_json::Value;
use std::io::Write;

/// RFC 4180 in UTF-8 with a byte order mark, without which Excel takes it for an old code page.
pub(super) struct CsvWriter<W: Write> {
    writer: csv::Writer<W>,
    columns: Vec<ExportColumn>,
    rows: u64,
}
impl<W: Write> CsvWriter<W> {
    pub(super) fn new(mut output: W, columns: Vec<ExportColumn>) -> Result<Self, ExportError> {
        output.write_all(b"\xEF\xBB\xBF")?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(output);
        writer.write_record(headers(&columns))?;
        Ok(CsvWriter { writer, columns, rows: 0 })
    }
}
impl<W: Write> RowWriter for CsvWriter<W> {
    fn write(&mut self, row: &Row) -> Result<(), ExportError> {
        for column in &self.columns {
            let value = row.get(&column.name).unwrap_or(&Value::Null);
            let cell = text(value, &column.kind);
            self.writer.write_field(safe_csv_field(&cell).as_bytes())?;
            if column.kind == FieldKind::Money {
                self.writer.write_field(currency(value))?;
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        self.rows += 1;
        Ok(())
    }
    fn finish(mut self: Box<Self>) -> Result<u64, ExportError> {
        self.writer.flush()?;
        Ok(self.rows)
    }
}
