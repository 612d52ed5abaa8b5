use super::{Limits, OpenError, Source, csv::CsvSource, jsonl::JsonSource, vcf::VcfSource, xlsx::XlsxSource};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Jsonl,
    Vcf,
}
impl Format {
    /// By the name of a file: `csv tsv txt xlsx xlsm jsonl ndjson json vcf vcard`.
    pub fn of_extension(extension: &str) -> Option<Format> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "tab" | "txt" => Format::Csv,
            "xlsx" | "xlsm" => Format::Xlsx,
            "jsonl" | "ndjson" | "json" => Format::Jsonl,
            "vcf" | "vcard" => Format::Vcf,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// `None`: by content, then by name.
    pub format: Option<Format>,
    /// A WHATWG label such as `windows-1252`; `None`: detected.
    pub encoding: Option<String>,
    /// `None`: detected.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook; `None`: the first visible one with content.
    pub sheet: Option<String>,
    pub limits: Limits,
}

/// Opens a file of any of the formats. What it is, is decided by its content; its name only settles doubt.
pub fn open(path: &Path, options: &OpenOptions) -> Result<Box<dyn Source>, OpenError> {
    let mut file = File::open(path)?;
    let mut head = vec![0; 4096];
    let size = super::encoding::read_full(&mut file, &mut head)?;
    head.truncate(size);
    file.seek(SeekFrom::Start(0))?;
    let by_name = path.extension().and_then(|e| e.to_str()).and_then(Format::of_extension);
    let format = match options.format {
        Some(format) => format,
        None => by_content(&head, by_name)?,
    };
    Ok(match format {
        Format::Csv => Box::new(CsvSource::open(file, options)?),
        Format::Xlsx => Box::new(XlsxSource::open(file, options)?),
        Format::Jsonl => Box::new(JsonSource::open(file, options)?),
        Format::Vcf => Box::new(VcfSource::open(file, options)?),
    })
}

fn by_content(head: &[u8], by_name: Option<Format>) -> Result<Format, OpenError> {
    let unsupported = |what, advice| Err(OpenError::Unsupported { what, advice });
    if head.is_empty() {
        return Err(OpenError::Empty);
    }
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return Ok(Format::Xlsx),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return unsupported("an old Excel file (.xls) or a workbook with a password", "save it as .xlsx without a password"),
        [0x1F, 0x8B, ..] => return unsupported("a gzip file", "unpack it first"),
        [b'%', b'P', b'D', b'F', ..] => return unsupported("a PDF", "export the data as csv or xlsx"),
        _ => {}
    }
    let text = plain_start(head);
    if text.to_ascii_uppercase().starts_with("BEGIN:VCARD") {
        return Ok(Format::Vcf);
    }
    if text.starts_with('<') && by_name != Some(Format::Csv) {
        return unsupported("an XML or HTML file", "export the data as csv or xlsx");
    }
    if text.starts_with(['{', '[']) && by_name != Some(Format::Csv) {
        return Ok(Format::Jsonl);
    }
    match by_name {
        // Named so, but it is not: say it here rather than in the reader's words.
        Some(Format::Xlsx) => unsupported("not a workbook, although its name says so", "save it as .xlsx again, or name it .csv if it is text"),
        Some(format) => Ok(format),
        None => Ok(Format::Csv),
    }
}

/// The first visible characters, whatever the encoding.
fn plain_start(head: &[u8]) -> String {
    let text: String = match encoding_rs::Encoding::for_bom(head) {
        Some((encoding, size)) => encoding.decode_without_bom_handling(&head[size..]).0.into_owned(),
        None => head.iter().filter(|b| **b != 0).map(|b| char::from(*b)).collect(),
    };
    text.trim_start().chars().take(32).collect()
}

/// A file that can be read from the start again.
pub(super) fn rewound(mut file: File) -> Result<File, OpenError> {
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
