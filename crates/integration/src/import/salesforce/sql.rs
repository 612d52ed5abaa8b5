//! Data sets of CumulusCI: a dump of SQLite (`CREATE TABLE`, `INSERT INTO`) and a `mapping.yml` that says which table and
//! column is which sObject and field, and which columns refer to rows of other tables by number.

use super::files::ExportFile;
use super::names::canonical;
use super::records::Record;
use super::yaml::{self, Node};
use crate::import::reader::{Notices, OpenError, RawCell};
use std::collections::HashMap;

#[derive(Default)]
struct Tables {
    columns: HashMap<String, Vec<String>>,
    rows: Vec<(String, Vec<Option<String>>)>,
}

pub(super) fn read(file: &ExportFile, files: &[ExportFile], list: &mut Vec<Record>, notices: &mut Notices) -> Result<(), OpenError> {
    let tables = parse(&file.text()).map_err(|line| OpenError::Broken(format!("{}, line {line}: a statement that cannot be read", file.path)))?;
    if tables.rows.is_empty() {
        return Ok(());
    }
    let Some(mapping) = mapping_for(file, files) else {
        notices.add(None, "missing_file", format!("{}: a data set needs its mapping.yml beside it; it was left out", file.path));
        return Ok(());
    };
    // `Account_rt_mapping`: ids of record types and their names.
    let record_types: HashMap<&str, &str> =
        tables.rows.iter().filter(|(table, _)| table.ends_with("_rt_mapping")).filter_map(|(_, row)| Some((row.first()?.as_deref()?, row.get(1)?.as_deref()?))).collect();
    let steps: Vec<&Node> = mapping.children.iter().map(|(_, step)| step).collect();
    for (table, row) in &tables.rows {
        if table.ends_with("_rt_mapping") {
            continue;
        }
        let Some(step) = steps.iter().find(|s| s.text("table") == table) else {
            notices.add(None, "unmapped_table", format!("{}: the mapping does not name the table {table}; its rows were left out", file.path));
            continue;
        };
        let columns = &tables.columns[table];
        let value = |name: &str| columns.iter().position(|c| c.eq_ignore_ascii_case(name)).and_then(|at| row.get(at)).and_then(Option::as_deref).filter(|v| !v.is_empty());
        let key = value("id").or_else(|| value("sf_id")).unwrap_or_default();
        let own = row_name(table, key);
        let mut values = Vec::new();
        for (field, column) in step.get("fields").into_iter().flat_map(|f| &f.children) {
            let column = if column.value.is_empty() { field.as_str() } else { column.value.as_str() };
            let text = value(column).unwrap_or_default();
            let text = if field == "RecordTypeId" { record_types.get(text).copied().unwrap_or(text) } else { text };
            let name = if field == "RecordTypeId" { "RecordType" } else { field.as_str() };
            values.push((canonical(name), if text.is_empty() { RawCell::Empty } else { RawCell::Text(text.to_owned()) }));
        }
        for (field, lookup) in step.get("lookups").into_iter().flat_map(|l| &l.children) {
            let column = if lookup.text("key_field").is_empty() { field.as_str() } else { lookup.text("key_field") };
            // Without a key the column is called as the field, with or without its namespace.
            let found = value(column).or_else(|| value(&canonical(column)));
            let cell = found.map_or(RawCell::Empty, |key| RawCell::Text(format!("@@{}", row_name(lookup.text("table"), key))));
            values.push((canonical(field), cell));
        }
        list.push(Record {
            sobject: canonical(step.text("sf_object")),
            external_id: own.clone(),
            position: 0,
            aliases: vec![format!("@@{own}")],
            folder: file.folder().to_owned(),
            source: format!("{}, {table} {key}", file.path),
            values,
        });
    }
    Ok(())
}
/// `Contact-12`. Newer dumps write the table's name before the number themselves.
fn row_name(table: &str, key: &str) -> String {
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key.to_owned() } else { format!("{table}-{key}") }
}

/// The mapping in the folder of the dump, else in the nearest folder above.
fn mapping_for(file: &ExportFile, files: &[ExportFile]) -> Option<Node> {
    let mut folder = file.folder();
    loop {
        let mut found: Vec<&ExportFile> = files.iter().filter(|f| (f.is("yml") || f.is("yaml")) && f.folder() == folder && f.stem().contains("mapping")).collect();
        found.sort_by_key(|f| (f.stem() != "mapping", f.path.clone()));
        if let Some(mapping) = found.iter().find_map(|f| yaml::parse(&f.text()).filter(|n| n.children.iter().any(|(_, s)| !s.text("sf_object").is_empty()))) {
            return Some(mapping);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// The statements of a dump; the error is the line of the first that cannot be read.
fn parse(text: &str) -> Result<Tables, usize> {
    let mut tables = Tables::default();
    let mut rest = text;
    let line_of = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';' || c == '\u{feff}');
        if rest.is_empty() {
            return Ok(tables);
        }
        let here = rest;
        let fail = || line_of(here);
        let upper: String = rest.chars().take(32).collect::<String>().to_ascii_uppercase();
        if upper.starts_with("CREATE TABLE") {
            let (name, after) = quoted(rest["CREATE TABLE".len()..].trim_start()).ok_or_else(fail)?;
            let (columns, after) = columns(after).ok_or_else(fail)?;
            tables.columns.insert(name, columns);
            rest = after;
        } else if upper.starts_with("INSERT INTO") {
            let (name, after) = quoted(rest["INSERT INTO".len()..].trim_start()).ok_or_else(fail)?;
            let mut after = after.trim_start();
            if after.starts_with('(') {
                let (named, more) = columns(after).ok_or_else(fail)?;
                tables.columns.insert(name.clone(), named);
                after = more.trim_start();
            }
            let word = after.get(..6).filter(|w| w.eq_ignore_ascii_case("VALUES")).ok_or_else(fail)?;
            let (row, more) = values(after[word.len()..].trim_start()).ok_or_else(fail)?;
            if !tables.columns.contains_key(&name) {
                return Err(fail());
            }
            tables.rows.push((name, row));
            rest = more;
        } else {
            // BEGIN, COMMIT, PRAGMA, CREATE INDEX … say nothing of the records.
            let mut quote = None;
            let end = rest.char_indices().find(|(_, c)| {
                match quote {
                    Some(q) if *c == q => quote = None,
                    None if *c == '\'' || *c == '"' => quote = Some(*c),
                    _ => {}
                }
                *c == ';' && quote.is_none()
            });
            rest = end.map_or("", |(at, _)| &rest[at..]);
        }
    }
}
/// A name with or without quotes.
fn quoted(text: &str) -> Option<(String, &str)> {
    let close = match text.chars().next()? {
        '"' => '"',
        '`' => '`',
        '[' => ']',
        _ => {
            let end = text.find(|c: char| c.is_whitespace() || c == '(')?;
            return Some((text[..end].to_owned(), &text[end..]));
        }
    };
    let end = text[1..].find(close)? + 1;
    Some((text[1..end].to_owned(), &text[end + 1..]))
}
/// The names in `(id INTEGER NOT NULL, "Name" VARCHAR(255), PRIMARY KEY (id))`.
fn columns(text: &str) -> Option<(Vec<String>, &str)> {
    let text = text.trim_start().strip_prefix('(')?;
    let mut level = 1;
    let mut start = 0;
    let mut pieces = Vec::new();
    let mut end = None;
    let mut quoted_name = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted_name = !quoted_name,
            _ if quoted_name => {}
            '(' => level += 1,
            ')' => {
                level -= 1;
                if level == 0 {
                    pieces.push(&text[start..at]);
                    end = Some(at + 1);
                    break;
                }
            }
            ',' if level == 1 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    let names = pieces.iter().map(|p| p.trim()).filter(|p| {
        let upper = p.to_ascii_uppercase();
        !["PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CONSTRAINT", "CHECK"].iter().any(|w| upper.starts_with(w))
    });
    let names = names.map(|p| quoted(p).map_or_else(|| p.to_owned(), |(name, _)| name)).collect();
    Some((names, &text[end?..]))
}
/// `(1,'it''s',NULL,X'00')`
fn values(text: &str) -> Option<(Vec<Option<String>>, &str)> {
    let mut rest = text.strip_prefix('(')?;
    let mut row = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(mut inner) = rest.strip_prefix('\'') {
            let mut value = String::new();
            loop {
                let end = inner.find('\'')?;
                value.push_str(&inner[..end]);
                inner = &inner[end + 1..];
                match inner.strip_prefix('\'') {
                    Some(more) => {
                        value.push('\'');
                        inner = more;
                    }
                    None => break,
                }
            }
            row.push(Some(value));
            rest = inner;
        } else {
            let end = rest.find([',', ')'])?;
            let word = rest[..end].trim();
            row.push((!word.eq_ignore_ascii_case("null")).then(|| word.to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
        match rest.chars().next()? {
            ',' => rest = &rest[1..],
            ')' => return Some((row, &rest[1..])),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn statements_of_a_dump() {
        let tables = parse("BEGIN TRANSACTION;\nCREATE TABLE \"A\" (\n\tid INTEGER NOT NULL, \n\t\"Na,me\" VARCHAR(255), \n\tPRIMARY KEY (id)\n);\nINSERT INTO \"A\" VALUES(1,'it''s; (a)\nb',NULL);\nCREATE INDEX x ON A (id);\nCOMMIT;").unwrap();
        assert_eq!(tables.columns["A"], ["id", "Na,me"]);
        assert_eq!(tables.rows[0].1, [Some("1".into()), Some("it's; (a)\nb".into()), None]);
        assert_eq!(parse("BEGIN;\nINSERT INTO \"A\" VALUES(1,'x;").err(), Some(2));
        assert_eq!(parse("INSERT INTO \"B\" VALUES(1);").err(), Some(1));
    }
}
