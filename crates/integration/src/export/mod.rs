//! Rows out: csv, xlsx, jsonl and vcf, one row after the other. Who may take which rows is decided before they come here.

mod csv;
mod formula;
mod jsonl;
mod values;
mod vcf;
mod xlsx;

pub(crate) use formula::was_made_safe;
pub use formula::{looks_like_formula, safe_csv_field};

use crate::import::target::FieldKind;
use serde_json::{Map, Value};
use std::io::Write;

/// A record as the interface gives it.
pub type Row = Map<String, Value>;

/// A field that is written, in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportColumn {
    /// The name of the field, which is the header too, so that the file can be imported again.
    pub name: String,
    pub kind: FieldKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Xlsx,
    Jsonl,
    /// vCard 4.0; contacts only.
    Vcf,
}
impl ExportFormat {
    /// `csv`, `xlsx`, `jsonl`, `vcf`
    pub fn parse(name: &str) -> Option<ExportFormat> {
        Some(match name {
            "csv" => ExportFormat::Csv,
            "xlsx" => ExportFormat::Xlsx,
            "jsonl" => ExportFormat::Jsonl,
            "vcf" => ExportFormat::Vcf,
            _ => return None,
        })
    }
    /// For the `Content-Type` of an answer.
    pub fn media_type(self) -> &'static str {
        match self {
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ExportFormat::Jsonl => "application/x-ndjson",
            ExportFormat::Vcf => "text/vcard; charset=utf-8",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the file cannot be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("the file cannot be written: {0}")]
    Csv(#[from] ::csv::Error),
    #[error("the workbook cannot be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    #[error("only contacts can be written as vCards")]
    NotContacts,
}

/// Takes rows one by one. What was written is complete only after `finish`.
pub trait RowWriter {
    fn write(&mut self, row: &Row) -> Result<(), ExportError>;
    /// The number of rows.
    fn finish(self: Box<Self>) -> Result<u64, ExportError>;
}

/// A writer of this format. `zone` is the one in which a workbook shows times, which know no zone there.
pub fn writer<'a, W: Write + 'a>(format: ExportFormat, object: &str, columns: Vec<ExportColumn>, zone: jiff::tz::TimeZone, output: W) -> Result<Box<dyn RowWriter + 'a>, ExportError> {
    Ok(match format {
        ExportFormat::Csv => Box::new(csv::CsvWriter::new(output, columns)?),
        ExportFormat::Xlsx => Box::new(xlsx::XlsxWriter::new(output, object, columns, zone)?),
        ExportFormat::Jsonl => Box::new(jsonl::JsonlWriter::new(output, columns)),
        ExportFormat::Vcf if object == "contact" => Box::new(vcf::VcfWriter::new(output)),
        ExportFormat::Vcf => return Err(ExportError::NotContacts),
    })
}
