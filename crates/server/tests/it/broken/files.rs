//! Files that are not what they say, and forms that are no forms.

use super::{case::Case, house::House};
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

const FORM: &str = "multipart/form-data; boundary=XX";

fn text(name: &str, value: &str) -> Vec<u8> {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}
fn file(name: &str, content: &[u8]) -> Vec<u8> {
    [format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes(), content, b"\r\n"].concat()
}
fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"--XX--\r\n".to_vec()].concat()
}

/// An archive of parts, each with its name and what it unpacks to.
fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fn workbook(sheet: Vec<u8>) -> Vec<u8> {
    let part = |text: &str| text.as_bytes().to_vec();
    archive(&[("[Content_Types].xml", part(TYPES)), ("xl/workbook.xml", part(WORKBOOK)), ("xl/_rels/workbook.xml.rels", part(RELATIONS)), ("xl/worksheets/sheet1.xml", sheet)])
}

/// Name and content of files that cannot be imported as contacts.
fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let mut out: Vec<(&'static str, Vec<u8>)> = vec![
        ("empty.csv", Vec::new()),
        ("blank.csv", b"\n\n   \n".to_vec()),
        ("only-header.jsonl", b"{".to_vec()),
        ("list.jsonl", b"[1, 2, 3]\n".to_vec()),
        ("cut.jsonl", b"{\"last_name\":".to_vec()),
        ("page.html", b"<html><body>Sign in</body></html>".to_vec()),
        ("table.pdf", b"%PDF-1.7 nothing".to_vec()),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing".to_vec()),
        ("packed.csv", b"\x1f\x8b\x08 nothing".to_vec()),
        ("text.xlsx", b"last_name\nA\n".to_vec()),
        ("zeros.csv", vec![0; 10_000]),
        ("noise.csv", (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()),
        ("cut.vcf", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A".to_vec()),
        ("not.vcf", b"FN:A\r\nEND:VCARD\r\n".to_vec()),
        ("no-archive.xlsx", b"PK\x03\x04 nothing".to_vec()),
        ("nothing-inside.xlsx", archive(&[("a.txt", b"x".to_vec())])),
        ("slip.xlsx", archive(&[("../../../etc/cron.d/x", b"x".to_vec()), ("/etc/passwd", b"x".to_vec()), ("..\\..\\x", b"x".to_vec())])),
        ("bomb.xlsx", workbook(vec![b' '; 300 << 20])),
        ("no-sheet.xlsx", workbook(b"<worksheet".to_vec())),
        (
            "entities.xlsx",
            workbook(format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]><worksheet>&b;</worksheet>", "x".repeat(1_000), "&a;".repeat(1_000)).into_bytes()),
        ),
        ("parts.xlsx", archive(&(0..6_000).map(|_| ("x", Vec::new())).enumerate().map(|(i, (_, c))| (&*Box::leak(format!("p{i}").into_boxed_str()), c)).collect::<Vec<_>>())),
        ("wide.csv", format!("{}\n{}\n", (0..10_000).map(|i| format!("c{i}")).collect::<Vec<_>>().join(","), "x,".repeat(10_000)).into_bytes()),
    ];
    let whole = workbook(b"<worksheet/>".to_vec());
    out.push(("cut.xlsx", whole[..whole.len() / 2].to_vec()));
    out
}

fn imports() -> Vec<Case> {
    let post = |body: Vec<u8>| Case::new("imports", "POST", "/imports").bytes(FORM, body);
    let good = || file("a.csv", b"last_name\nA\n");
    let mut out: Vec<Case> = unreadable().into_iter().map(|(name, content)| post(form(&[text("object", "contact"), file(name, &content)])).names("file").status(422)).collect();
    out.extend([
        post(form(&[good()])).names("object").status(422),
        post(form(&[text("object", "contact")])).names("file").status(422),
        post(form(&[text("object", "nothing"), good()])).names("object").status(422),
        post(form(&[text("object", "contact\0"), good()])).names("object").status(422),
        post(form(&[text("object", "contact"), text("dry_run", "maybe"), good()])).names("dry_run").status(422),
        post(form(&[text("object", "contact"), text("key", "no_such_field"), good()])).names("key").status(422),
        post(form(&[text("object", "contact"), text("mapping", "= no toml"), good()])).names("mapping").status(422),
        post(form(&[text("object", "contact"), text("mapping", "{\"column\": 7}"), good()])).names("mapping").status(422),
        post(form(&[text("object", "contact"), text("mapping", "encoding = \"klingon\""), good()])).names("mapping").status(422),
        post(form(&[text("object", "contact"), text("colour", "red"), good()])).names("colour").status(422),
        post(form(&[text("object", "contact"), good(), good()])).names("file").status(422),
        post(form(&[text("object", "contact"), file("big.csv", &vec![b'x'; (16 << 20) + 1])])).names("file"),
        post(form(&[text("object", "contact"), text("mapping", &"x".repeat(2 << 20)), good()])).status(413),
        post(form(&(0..2_000).map(|i| text(&format!("p{i}"), "x")).collect::<Vec<_>>())).status(422),
    ]);
    out.push(Case::new("imports", "POST", "/imports").bytes("text/csv", b"last_name\nA\n".to_vec()).status(415));
    out
}

fn forms(path: &str) -> Vec<Case> {
    let post = |kind: &str, body: &[u8]| Case::new("forms", "POST", path).bytes(kind, body);
    let part = file("a.txt", b"x");
    vec![
        post("multipart/form-data", b"x").status(400),
        post("multipart/form-data; boundary=", b"x"),
        post(&format!("multipart/form-data; boundary={}", "x".repeat(500)), b"x"),
        post(FORM, b"no parts").status(400),
        post(FORM, &part).status(400),
        post(FORM, &form(&[b"--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n".to_vec()])),
        post(FORM, &form(&[b"--XX\r\nno header\r\n\r\nx\r\n".to_vec()])),
        post(FORM, &form(&[format!("--XX\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\nx\r\n", "n".repeat(100_000)).into_bytes()])),
        post(FORM, &form(&[b"--XX\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n\xff\xfe\r\n".to_vec()])),
        post("multipart/mixed; boundary=XX", &form(&[part])).status(415),
        post("application/json", b"{}").status(415),
    ]
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    [imports(), forms("/imports"), forms(&format!("/records/contact/{}/files", house.id("contact")))].concat()
}
