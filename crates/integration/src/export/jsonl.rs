use super::{ExportColumn, ExportError, Row, RowWriter};
use serde_json::{Map, Value};
use std::io::{BufWriter, Write};

/// An object per line, with the columns only, each present.
pub(super) struct JsonlWriter<W: Write> {
    output: BufWriter<W>,
    columns: Vec<ExportColumn>,
    rows: u64,
}
impl<W: Write> JsonlWriter<W> {
    pub(super) fn new(output: W, columns: Vec<ExportColumn>) -> Self {
        JsonlWriter { output: BufWriter::with_capacity(64 << 10, output), columns, rows: 0 }
    }
}
impl<W: Write> RowWriter for JsonlWriter<W> {
    fn write(&mut self, row: &Row) -> Result<(), ExportError> {
        let object: Map<String, Value> = self.columns.iter().map(|c| (c.name.clone(), row.get(&c.name).cloned().unwrap_or(Value::Null))).collect();
        serde_json::to_writer(&mut self.output, &object).map_err(std::io::Error::from)?;
        self.output.write_all(b"\n")?;
        self.rows += 1;
        Ok(())
    }
    fn finish(mut self: Box<Self>) -> Result<u64, ExportError> {
        self.output.flush()?;
        Ok(self.rows)
    }
}
