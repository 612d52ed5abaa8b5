use crate::shared;
use integration::import::reader::{Limits, OpenError, OpenOptions, RawCell, RawRow, RowError, Source, open};
use std::path::Path;

type Rows = Vec<Result<RawRow, RowError>>;

fn read_with(path: &Path, options: &OpenOptions) -> Result<(Box<dyn Source>, Rows), OpenError> {
    let mut source = open(path, options)?;
    let mut rows = Vec::new();
    while let Some(row) = source.next() {
        rows.push(row);
    }
    Ok((source, rows))
}
fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<(Box<dyn Source>, Rows), OpenError> {
    let (_folder, path) = shared::file(name, bytes);
    read_with(&path, &OpenOptions::default())
}
fn texts(rows: &Rows) -> Vec<(u64, Vec<String>)> {
    rows.iter().flatten().map(|r| (r.line, r.cells.iter().map(RawCell::to_text).collect())).collect()
}
fn columns(source: &dyn Source) -> Vec<&str> {
    source.columns().iter().map(|c| c.name.as_str()).collect()
}
fn codes(source: &dyn Source) -> Vec<(Option<u64>, &'static str)> {
    source.notices().iter().map(|n| (n.line, n.code)).collect()
}
fn row(line: u64, values: &[&str]) -> (u64, Vec<String>) {
    (line, values.iter().map(|v| (*v).to_owned()).collect())
}

#[test]
fn csv_with_quoted_newlines_keeps_line_numbers() {
    for newline in ["\n", "\r\n"] {
        let text = "Name;Note\nAda;\"two\nlines\"\nBob;x\n\n\nCem;\"say \"\"hi\"\"\"\n".replace('\n', newline);
        let (source, rows) = read("a.csv", &text).unwrap();
        assert_eq!(columns(&*source), ["Name", "Note"]);
        let two = format!("two{newline}lines");
        assert_eq!(texts(&rows), [row(2, &["Ada", &two]), row(4, &["Bob", "x"]), row(7, &["Cem", "say \"hi\""])], "{newline:?}");
    }
}
#[test]
fn ragged_rows_are_reported_with_their_line() {
    let (source, rows) = read("a.csv", "a,b,c\n1,2\n1,2,3,\n1,2,3,4\n5,6,7\n").unwrap();
    assert_eq!(texts(&rows), [row(2, &["1", "2", ""]), row(3, &["1", "2", "3"]), row(5, &["5", "6", "7"])]);
    let error = rows.iter().find_map(|r| r.as_ref().err()).unwrap();
    assert_eq!((error.line, error.code, error.cells.len(), error.fatal), (4, "too_many_values", 4, false));
    assert_eq!(codes(&*source), [(Some(2), "short_row")]);
}
#[test]
fn equal_and_empty_headers_become_distinct() {
    let (source, _) = read("a.csv", "Email,email,,Email \nx,y,z,w\n").unwrap();
    assert_eq!(columns(&*source), ["Email", "email (2)", "Column 3", "Email (3)"]);
    assert_eq!(codes(&*source), [(None, "duplicate_header"), (None, "empty_header"), (None, "duplicate_header")]);
}
#[test]
fn what_exports_put_around_the_table_is_left_out() {
    let linkedin = "Notes:\n\"When exporting your connection data, some may be missing, or not\"\n\nFirst Name,Last Name,URL,Email Address\nAda,Lovelace,x,y\n";
    let (source, rows) = read("Connections.csv", linkedin).unwrap();
    assert_eq!((columns(&*source)[0], texts(&rows)), ("First Name", vec![row(5, &["Ada", "Lovelace", "x", "y"])]));
    let (source, rows) = read("a.csv", "sep=;\r\na;b\r\n1,5;2\r\n").unwrap();
    assert_eq!((columns(&*source), texts(&rows)), (vec!["a", "b"], vec![row(3, &["1,5", "2"])]));
    let (source, rows) = read("a.csv", "a;b;\n1;2;\n").unwrap();
    assert_eq!((columns(&*source), texts(&rows)), (vec!["a", "b"], vec![row(2, &["1", "2"])]));
    let (source, rows) = read("mac.csv", "a,b\r1,2\r3,4\r").unwrap();
    assert_eq!((columns(&*source), texts(&rows)), (vec!["a", "b"], vec![row(2, &["1", "2"]), row(3, &["3", "4"])]));
}
#[test]
fn the_apostrophe_before_a_formula_is_taken_off() {
    let (_, rows) = read("a.csv", "a,b\n'=1+1,'tis\n'-5,'+49\n").unwrap();
    assert_eq!(texts(&rows), [row(2, &["=1+1", "'tis"]), row(3, &["-5", "+49"])]);
}
#[test]
fn an_unclosed_quote_ends_with_its_line_not_with_the_memory() {
    let mut text = String::from("a,b\n1,2\n3,\"never closed\n");
    text.push_str(&"4,5\n".repeat(10_000_000));
    let (_, rows) = read("a.csv", text).unwrap();
    let error = rows[1].as_ref().unwrap_err();
    assert!(rows.len() == 2 && error.fatal && error.line == 3 && error.detail.contains("never closed"), "{error}");
}
#[test]
fn long_values_are_refused_and_the_next_row_is_read() {
    let options = OpenOptions { limits: Limits { field_bytes: 1000, ..Limits::default() }, ..OpenOptions::default() };
    let (_folder, path) = shared::file("a.csv", format!("a,b\n1,{}\n3,4\n", "x".repeat(1001)));
    let (_, rows) = read_with(&path, &options).unwrap();
    assert_eq!(rows[0].as_ref().unwrap_err().code, "too_long");
    assert_eq!(texts(&rows), [row(3, &["3", "4"])]);
}
#[test]
fn a_million_rows_stream() {
    let (_folder, path) = shared::file("a.csv", "id,name,email\n".to_owned() + &"1,Ada Lovelace,ada@example.org\n".repeat(1_000_000));
    let mut source = open(&path, &OpenOptions::default()).unwrap();
    let before = resident_kib();
    let mut rows = 0;
    while let Some(row) = source.next() {
        rows += row.is_ok() as u64;
    }
    assert_eq!(rows, 1_000_000);
    // Other tests run beside this one: the bound is far above what the reader needs and far below the file held as rows.
    assert!(resident_kib().saturating_sub(before) < 150_000);
}
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}

#[test]
fn jsonl_takes_all_keys_as_columns() {
    let (source, rows) = read("a.jsonl", "{\"a\":1.50,\"b\":null}\n{\"c\":{\"x\":1},\"a\":true}\n").unwrap();
    assert_eq!(columns(&*source), ["a", "b", "c"]);
    let second = rows[1].as_ref().unwrap();
    assert_eq!(second.cells, [RawCell::Boolean(true), RawCell::Empty, RawCell::Json(serde_json::json!({"x": 1}))]);
    assert_eq!(rows[0].as_ref().unwrap().cells[0], RawCell::Number("1.5".into()));
    let (_, rows) = read("a.json", "[{\"a\":1},\n {\"a\":2}]").unwrap();
    assert_eq!(texts(&rows), [row(1, &["1"]), row(2, &["2"])]);
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Workbook)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}
#[test]
fn xlsx_cells_keep_their_types() {
    let bytes = workbook(|book| {
        book.add_worksheet().set_name("Empty").unwrap();
        let sheet = book.add_worksheet().set_name("Deals").unwrap();
        let (date, time) = (rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd"), rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm"));
        sheet.write_string(0, 0, "Report of today").unwrap();
        for (column, name) in ["Name", "Amount", "Close", "At", "Won"].iter().enumerate() {
            sheet.write_string(2, column as u16, *name).unwrap();
        }
        sheet.write_string(3, 0, "Ada").unwrap();
        sheet.write_number(3, 1, 0.1 + 0.2).unwrap();
        sheet.write_datetime_with_format(3, 2, rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 2, 29).unwrap(), &date).unwrap();
        sheet.write_datetime_with_format(3, 3, rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 2, 29).unwrap().and_hms(9, 14, 0).unwrap(), &time).unwrap();
        sheet.write_boolean(3, 4, true).unwrap();
        sheet.write_string(1_000_000, 0, "far below").unwrap();
    });
    let (source, rows) = read("a.xlsx", &bytes).unwrap();
    assert_eq!(columns(&*source), ["Name", "Amount", "Close", "At", "Won"]);
    let first = rows[0].as_ref().unwrap();
    let day = jiff::civil::date(2024, 2, 29);
    assert_eq!(first.cells, [RawCell::Text("Ada".into()), RawCell::Number("0.3".into()), RawCell::Date(day), RawCell::DateTime(day.at(9, 14, 0, 0)), RawCell::Boolean(true)]);
    assert_eq!((first.line, rows.len(), rows[1].as_ref().unwrap().line), (4, 2, 1_000_001));
    assert!(codes(&*source).iter().any(|c| c.1 == "other_sheets"));
}
#[test]
fn broken_and_hostile_workbooks_are_refused() {
    let bytes = workbook(|book| {
        book.add_worksheet().write_string(0, 0, "a").unwrap();
    });
    for size in [10, bytes.len() / 2, bytes.len() - 30] {
        assert!(read("a.xlsx", &bytes[..size]).is_err(), "cut at {size}");
    }
    assert!(matches!(
        read(
            "a.xlsx",
            workbook(|b| {
                b.add_worksheet();
            })
        ),
        Err(OpenError::Empty)
    ));
    let far = workbook(|book| {
        book.add_worksheet().write_string(0, 16_000, "a").unwrap();
    });
    assert!(read("a.xlsx", far).is_err());
    for (name, bytes, words) in [
        ("a.xls", &b"\xD0\xCF\x11\xE0\xA1\xB1"[..], "password"),
        ("a.csv.gz", b"\x1F\x8B\x08", "unpack"),
        ("a.xlsx", b"name,age\nAda,3\n", "not a workbook"),
        ("a.xlsx", b"<html><table>", "XML or HTML"),
        ("a.csv", b"", "empty"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
    ] {
        let text = read(name, bytes).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(text.contains(words), "{name}: {text}");
    }
}
#[test]
fn bytes_of_any_kind_never_panic() {
    let seeds: [&[u8]; 6] = [
        b"a,b\n\"1,2\n",
        b"{\"a\":[1,{\"b\":2}]}\n",
        b"BEGIN:VCARD\r\nN;X=\"y:Doe;J\r\nTEL;TYPE=a:1\r\nEND:VCARD\r\n",
        b"\xFF\xFEa\x00,\x00",
        b"PK\x03\x04\x14\x00",
        b"BEGIN:VCARD\nA.B.C;;=:=\nPHOTO;BASE64:\n AA\n",
    ];
    let mut random = 88172645463325252u64;
    for round in 0..600 {
        let mut bytes = seeds[round % seeds.len()].repeat(1 + round % 3);
        for _ in 0..round % 7 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let at = random as usize % bytes.len();
            bytes[at] = (random >> 32) as u8;
        }
        for name in ["a.csv", "a.jsonl", "a.vcf", "a.xlsx"] {
            drop(read(name, &bytes));
        }
    }
}
