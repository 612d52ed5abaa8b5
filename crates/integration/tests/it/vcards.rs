use crate::shared;
use integration::import::reader::vcf::{COLUMNS, Card, Cards, row_of};
use integration::import::reader::{OpenOptions, RawCell, open};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn cards(bytes: &[u8]) -> Vec<Card> {
    let default = if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 };
    Cards::new(bytes, default, 16 << 20).map(|c| c.unwrap()).collect()
}
fn values(card: &Card, name: &str) -> Vec<String> {
    card.all(name).map(|p| p.text()).collect()
}
fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|v| v.as_str().unwrap_or_default().replace("\\:", ":")).collect()
}

/// Every card of the collection: as many cards as there are, and the same names, addresses, numbers and dates as the
/// second opinion (vobject) found, where it could read the file.
#[test]
fn ezvcard_collection() {
    let Some(folder) = shared::set("vcard-ezvcard") else { return };
    let reference = shared::reference(&folder);
    let mut compared = 0;
    for (name, expected) in reference["files"].as_object().unwrap() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let found = cards(&bytes);
        assert_eq!(found.len() as u64, expected["cards_begin"].as_u64().unwrap(), "{name}");
        let Some(list) = expected["cards"].as_array() else { continue };
        for (card, want) in found.iter().zip(list) {
            compared += 1;
            let parts = card.first("N").map(|p| p.parts()).unwrap_or_default();
            let part = |i: usize| parts.get(i).cloned().unwrap_or_default();
            assert_eq!(values(card, "VERSION"), strings(&want["version"]), "{name}");
            // vobject takes a comma without a backslash in FN for the end of the value.
            let fulls = values(card, "FN");
            assert!(fulls.iter().zip(strings(&want["fn"])).all(|(a, b)| *a == b || a.starts_with(&format!("{b},"))), "{name}: {fulls:?}");
            assert_eq!((part(0), part(1)), (want["family"].as_str().unwrap_or_default().into(), want["given"].as_str().unwrap_or_default().into()), "{name}");
            assert_eq!(values(card, "EMAIL"), strings(&want["email"]), "{name}");
            assert_eq!(values(card, "TEL"), strings(&want["tel"]), "{name}");
            assert_eq!(values(card, "URL"), strings(&want["url"]), "{name}");
            assert_eq!(values(card, "BDAY"), strings(&want["bday"]), "{name}");
            assert_eq!(card.all("ADR").count() as u64, want["adr"].as_u64().unwrap(), "{name}");
            assert_eq!(card.all("PHOTO").count() as u64, want["photo"].as_u64().unwrap(), "{name}");
            assert_eq!(card.all("ORG").count(), want["org"].as_array().unwrap().len(), "{name}");
            let notes: u64 = values(card, "NOTE").iter().map(|n| n.chars().count() as u64).sum();
            match name.rsplit('/').next().unwrap() {
                "John_Doe_MS_OUTLOOK.vcf" => assert_eq!(notes, 731, "vobject loses what follows the first soft line break"),
                "John_Doe_MAC_ADDRESS_BOOK.vcf" => assert_eq!(notes, 776, "vobject keeps a second carriage return"),
                _ => assert_eq!(notes, want["note_chars"].as_u64().unwrap(), "{name}"),
            }
            assert_eq!(card.properties.len() as u64, want["properties"].as_u64().unwrap(), "{name}");
        }
    }
    assert!(compared >= 14, "{compared} cards compared");
}

fn contact(path: &Path) -> Vec<(String, String)> {
    let mut source = open(path, &OpenOptions::default()).unwrap();
    let row = source.next().unwrap().unwrap();
    let names: Vec<String> = source.columns().iter().map(|c| c.name.clone()).collect();
    names.into_iter().zip(row.cells.iter().map(RawCell::to_text)).filter(|(_, v)| !v.is_empty()).collect()
}
fn check(path: PathBuf, expected: &[(&str, &str)]) {
    let row = contact(&path);
    for (name, value) in expected {
        let found = row.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        assert_eq!(found, Some(*value), "{name} of {}", path.display());
    }
}

#[test]
fn a_card_becomes_a_contact() {
    let Some(folder) = shared::set("vcard-ezvcard") else { return };
    let text = folder.join("io/text");
    check(
        text.join("John_Doe_IPHONE.vcf"),
        &[
            ("first_name", "John"),
            ("last_name", "Doe"),
            ("email", "john.doe@ibm.com"),
            ("mobile", "905-555-1234"),
            ("phone", "905-666-1234"),
            ("account", "IBM"),
            ("department", "Accounting"),
            ("birth_date", "2012-06-06"),
        ],
    );
    check(text.join("John_Doe_MS_OUTLOOK.vcf"), &[("birth_date", "1980-03-22"), ("account", "IBM"), ("salutation", "Mr."), ("suffix", "Sr.")]);
    let points = |name: &str| -> Vec<Value> {
        let row = contact(&text.join(name));
        let text = row.iter().find(|(n, _)| n == "contact_points").map(|(_, v)| v.clone()).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    // Five addresses: one is the contact's own, four are further ones.
    assert_eq!(points("fullcontact.vcf").iter().filter(|p| p["kind"] == "email").count(), 4);
    assert_eq!(points("John_Doe_IPHONE.vcf").iter().filter(|p| p["kind"] == "fax").count(), 2);
}

#[test]
fn charsets_quotes_and_groups() {
    let file = b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:M\xFCller;J\xF6rg\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=\r\n=C3=9Fe=0AZeile 2\r\nTEL;HOME;CELL:0171 1\r\nTEL;WORK;VOICE:030 2\r\nTEL;WORK;FAX:030 3\r\nitem1.EMAIL;INTERNET:a@b.de\r\nitem1.X-ABLabel:_$!<Work>!$_\r\nitem2.EMAIL;type=INTERNET;type=pref:c@d.de\r\nADR;TYPE=\"home;x:y\":;;Weg 1\\, Hof;K\xF6ln;;50667;DE\r\nEND:VCARD\r\n";
    let card = cards(file).remove(0);
    let row = row_of(&card);
    let get = |name: &str| row[COLUMNS.iter().position(|c| *c == name).unwrap()].to_text();
    assert_eq!((get("last_name"), get("first_name"), get("description")), ("Müller".into(), "Jörg".into(), "Grüße\nZeile 2".into()));
    assert_eq!((get("mobile"), get("phone"), get("email")), ("0171 1".into(), "030 2".into(), "c@d.de".into()));
    assert_eq!((get("street"), get("city")), ("Weg 1, Hof".into(), "Köln".into()));
    let RawCell::Json(points) = &row[COLUMNS.len() - 1] else { panic!("no points") };
    assert_eq!(points, &serde_json::json!([{"kind": "email", "value": "a@b.de", "label": "work"}, {"kind": "fax", "value": "030 3", "label": "work"}]));
}

#[test]
fn broken_cards_do_not_spoil_the_others() {
    let (_folder, path) = shared::file("a.vcf", "BEGIN:VCARD\nFN:A\nno colon here\nEND:VCARD\nBEGIN:VCARD\nFN:B\n");
    let mut source = open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(source.next().unwrap().unwrap().line, 1);
    let error = source.next().unwrap().unwrap_err();
    assert_eq!((error.line, error.code), (5, "broken"));
    assert!(source.next().is_none());
    assert_eq!(source.notices()[0].line, Some(3));
}
