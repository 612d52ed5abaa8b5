use crate::{objects, plans, shared};
use integration::export::{ExportColumn, ExportFormat, Row, writer};
use integration::import::target::Target;
use serde_json::{Value, json};

fn columns(object: &str, names: &[&str]) -> Vec<ExportColumn> {
    let target = objects::object(object);
    names.iter().map(|n| ExportColumn { name: (*n).into(), kind: target.field(n).unwrap().kind.clone() }).collect()
}
fn export(format: ExportFormat, object: &str, columns: Vec<ExportColumn>, rows: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let mut sink = writer(format, object, columns, zone, &mut out).unwrap();
    for row in rows {
        sink.write(row.as_object().unwrap()).unwrap();
    }
    assert_eq!(sink.finish().unwrap(), rows.len() as u64);
    out
}

#[test]
fn csv_is_safe_and_comes_back_equal() {
    let rows = [
        json!({"name": "=HYPERLINK(\"http://evil\")", "amount": {"amount": "-12.50", "currency": "CHF"}, "probability": "40", "close_date": "2024-02-29", "next_step": "'=x", "source": "a;b,\"c\"\nd"}),
        json!({"name": "-5", "amount": null, "probability": null, "close_date": null, "next_step": "+49 30 1", "source": "＝1"}),
    ];
    let names = ["name", "amount", "probability", "close_date", "next_step", "source"];
    let out = String::from_utf8(export(ExportFormat::Csv, "opportunity", columns("opportunity", &names), &rows)).unwrap();
    assert!(out.starts_with("\u{feff}name,amount,amount_currency,probability,close_date,next_step,source\r\n\"'=HYPERLINK(\"\"http://evil\"\")\",-12.50,CHF,40,2024-02-29,''=x,"), "{out}");
    assert!(out.contains("\r\n-5,,,,,'+49 30 1,'＝1\r\n"), "{out}");
    let (_folder, path) = shared::file("a.csv", out);
    let back = plans::import("opportunity", &path, "percent = 'points'", false);
    assert_eq!((back.rejected.len(), back.plan.unmapped.len(), back.questions.len()), (0, 0, 0));
    for (row, sent) in back.rows.iter().zip(&rows) {
        for name in names {
            let expected = if name == "source" { json!(sent[name].as_str().unwrap().replace('\n', ", ")) } else { sent[name].clone() };
            assert_eq!(row.fields.get(name).unwrap_or(&Value::Null), &expected, "{name}");
        }
    }
}

#[test]
fn xlsx_has_real_types_and_comes_back_equal() {
    let rows = [
        json!({"name": "=1+1", "amount": {"amount": "1234567.89", "currency": "EUR"}, "probability": "12.5", "close_date": "2024-02-29", "created_at": "2024-07-01T10:00:00.000Z", "rate": "123456789.123456789"}),
    ];
    let names = ["name", "amount", "probability", "close_date", "created_at", "rate"];
    let out = export(ExportFormat::Xlsx, "opportunity", columns("opportunity", &names), &rows);
    let (_folder, path) = shared::file("a.xlsx", &out);
    let mut source = integration::import::reader::open(&path, &Default::default()).unwrap();
    let row = source.next().unwrap().unwrap();
    use integration::import::reader::RawCell as Cell;
    let day = jiff::civil::date(2024, 2, 29);
    assert_eq!(
        row.cells,
        [
            Cell::Text("=1+1".into()),
            Cell::Number("1234567.89".into()),
            Cell::Text("EUR".into()),
            Cell::Number("12.5".into()),
            Cell::Date(day),
            Cell::DateTime(jiff::civil::date(2024, 7, 1).at(12, 0, 0, 0)),
            Cell::Text("123456789.123456789".into())
        ]
    );
    let back = plans::import("opportunity", &path, "", false);
    assert_eq!(back.rows[0].fields["amount"], rows[0]["amount"]);
    assert_eq!(back.rows[0].fields["probability"], json!("12.5"));
}

#[test]
fn jsonl_comes_back_equal() {
    let row = json!({"last_name": "Ä\u{2028}\"", "birth_date": "1815-12-10", "email": "a@b.de", "description": "two\nlines", "account": {"by": "name", "value": "Acme"}});
    let names = ["last_name", "birth_date", "email", "description", "account", "phone"];
    let out = export(ExportFormat::Jsonl, "contact", columns("contact", &names), std::slice::from_ref(&row));
    let parsed: Row = serde_json::from_slice(&out).unwrap();
    assert_eq!((parsed.len(), &parsed["phone"]), (6, &Value::Null));
    let (_folder, path) = shared::file("a.jsonl", &out);
    let back = plans::import("contact", &path, "", false);
    assert_eq!(back.rows[0].fields["account"]["value"], "Acme");
    for name in ["birth_date", "email", "description"] {
        assert_eq!(back.rows[0].fields[name], row[name], "{name}");
    }
}

#[test]
fn vcards_come_back_equal() {
    let row = json!({
        "id": "0190f0c2-0000-7000-8000-000000000001", "salutation": "Dr.", "first_name": "Ada", "last_name": "King; Lovelace, née Byron", "full_name": "Dr. Ada Lovelace", "email": "ada@example.org",
        "phone": "+49301234567", "mobile": "+491711234567", "title": "Countess", "street": "Weg 1, Hof", "city": "Köln", "postal_code": "50667", "country": "DE", "birth_date": "1815-12-10",
        "description": "ä".repeat(200) + "\nline", "account_record": {"name": "Acme, Inc."}, "department": "R&D", "contact_points": [{"kind": "email", "value": "b@example.org", "label": "home"}, {"kind": "fax", "value": "+49301"}]
    });
    let out = String::from_utf8(export(ExportFormat::Vcf, "contact", Vec::new(), std::slice::from_ref(&row))).unwrap();
    assert!(out.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n") && out.ends_with("END:VCARD\r\n") && out.lines().all(|l| l.len() <= 75));
    let (_folder, path) = shared::file("a.vcf", &out);
    let back = plans::import("contact", &path, "", false);
    let found = &back.rows[0];
    for name in ["salutation", "first_name", "last_name", "email", "phone", "mobile", "title", "street", "city", "postal_code", "country", "birth_date", "description", "department"] {
        assert_eq!(found.fields.get(name), row.get(name), "{name}");
    }
    assert_eq!(found.fields["account"]["value"], "Acme, Inc.");
    assert_eq!(found.points, [json!({"kind": "email", "value": "b@example.org", "label": "home"}), json!({"kind": "fax", "value": "+49301", "label": "fax"})]);
    assert!(writer(ExportFormat::Vcf, "account", Vec::new(), jiff::tz::TimeZone::UTC, Vec::new()).is_err());
}

#[test]
fn large_exports_stream() {
    let columns = columns("contact", &["last_name", "email"]);
    for format in [ExportFormat::Csv, ExportFormat::Xlsx, ExportFormat::Jsonl] {
        let mut out = Vec::new();
        let mut sink = writer(format, "contact", columns.clone(), jiff::tz::TimeZone::UTC, &mut out).unwrap();
        let row = json!({"last_name": "Lovelace", "email": "ada@example.org"});
        for _ in 0..20_000 {
            sink.write(row.as_object().unwrap()).unwrap();
        }
        assert_eq!(sink.finish().unwrap(), 20_000);
        assert!(out.len() > 1_000);
    }
    let long = json!({"last_name": "x".repeat(40_000), "email": null});
    let out = export(ExportFormat::Xlsx, "contact", columns, &[long]);
    let (_folder, path) = shared::file("a.xlsx", out);
    let mut source = integration::import::reader::open(&path, &Default::default()).unwrap();
    assert!(source.next().unwrap().unwrap().cells[0].to_text().ends_with("for the whole text)"));
}
