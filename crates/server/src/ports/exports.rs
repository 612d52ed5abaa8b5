//! Exports meet the file formats.

use api::{Column, ExportWriter, Format};
use integration::{
    export::{ExportColumn, ExportError, ExportFormat, writer},
    import::target::FieldKind,
};
use jiff::tz::TimeZone;
use kernel::{Code, Error, Result};
use serde_json::{Map, Value as Json};
use std::{
    fs::File,
    io::{BufWriter, ErrorKind, Write as _},
};

pub(super) struct Files;

impl ExportWriter for Files {
    fn write(&self, _permit: &access::Permit, format: Format, columns: &[Column], rows: &mut dyn Iterator<Item = Result<Map<String, Json>>>, out: File) -> Result<u64> {
        // api hands over contacts only where vCards are asked for; other formats do not ask what the rows are
        let object = if format == Format::Vcf { "contact" } else { "records" };
        let format = match format {
            Format::Csv => ExportFormat::Csv,
            Format::Xlsx => ExportFormat::Xlsx,
            Format::Jsonl => ExportFormat::Jsonl,
            Format::Vcf => ExportFormat::Vcf,
        };
        let columns = columns.iter().map(|c| ExportColumn { name: c.name.clone(), kind: FieldKind::of_definition(&Json::from(c.kind)).unwrap_or(FieldKind::LongText) }).collect();
        let mut out = BufWriter::new(out);
        let mut sheet = writer(format, object, columns, TimeZone::UTC, &mut out).map_err(failed)?;
        for row in rows {
            sheet.write(&row?).map_err(failed)?;
        }
        let count = sheet.finish().map_err(failed)?;
        out.flush().map_err(|e| failed(e.into()))?;
        Ok(count)
    }
}

fn failed(e: ExportError) -> Error {
    match &e {
        ExportError::Io(io) if matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            Error::new(Code::DiskFull, "disk_full", "The disk is full. Nothing was kept. Free some space and try again.")
        }
        ExportError::NotContacts => Error::field("format", "unknown_option", "vcf is for contacts."),
        _ => Error::internal(e.to_string()),
    }
}
