use super::files::ExportFile;
use super::names::canonical;
use super::records::Record;
use crate::import::reader::{Limits, Notices, OpenError, OpenOptions, RawCell, open_csv_bytes};
use std::collections::HashMap;

/// A csv file of one sObject. Rows without an `Id` are records of their own only where no tree has this sObject; otherwise
/// they are the same records a second time (sample data often holds both) and are left out, which is told.
pub(super) fn read(file: &ExportFile, sobject: &str, in_trees: bool, limits: &Limits, list: &mut Vec<Record>, notices: &mut Notices) -> Result<(), OpenError> {
    let options = OpenOptions { limits: limits.clone(), ..OpenOptions::default() };
    let mut source = match open_csv_bytes(file.bytes.clone(), &options) {
        Ok(source) => source,
        Err(OpenError::Empty) => return Ok(()),
        Err(error) => {
            notices.add(None, "broken_file", format!("{}: {error}", file.path));
            return Ok(());
        }
    };
    let names: Vec<String> = source.columns().iter().map(|c| canonical(c.original.trim())).collect();
    let id = names.iter().position(|n| n.eq_ignore_ascii_case("id"));
    if id.is_none() && in_trees {
        let mut rows = 0;
        while let Some(row) = source.next() {
            rows += usize::from(row.is_ok());
        }
        notices.add(None, "same_records", format!("{}: {rows} rows without ids, of an sObject ({sobject}) that the trees hold; they were taken for the same records and left out", file.path));
        return Ok(());
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    while let Some(row) = source.next() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                notices.add(Some(error.line), "broken_row", format!("{}: {error}", file.path));
                continue;
            }
        };
        let own = id.and_then(|at| row.cells.get(at)).map(RawCell::to_text).unwrap_or_default();
        let own = own.trim();
        if !own.is_empty()
            && let Some(first) = seen.insert(own.to_owned(), row.line)
        {
            notices.add(Some(row.line), "same_id", format!("{}: the id of line {first} occurs again; the later row counts", file.path));
            list.retain(|r: &Record| !(r.sobject == sobject && r.external_id == own));
        }
        let values = names.iter().cloned().zip(row.cells).enumerate().filter(|(at, _)| Some(*at) != id).map(|(_, v)| v).collect();
        list.push(Record {
            sobject: sobject.to_owned(),
            external_id: if own.is_empty() { format!("{}-{}", file.stem(), row.line) } else { own.to_owned() },
            position: 0,
            aliases: if own.is_empty() { Vec::new() } else { vec![own.to_owned()] },
            folder: file.folder().to_owned(),
            source: format!("{}, line {}", file.path, row.line),
            values,
        });
    }
    Ok(())
}
