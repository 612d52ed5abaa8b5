use super::{ExportError, Row, RowWriter};
use crate::import::reader::vcf::{escape, fold_line};
use serde_json::Value;
use std::io::{BufWriter, Write};

/// vCard 4.0 (RFC 6350). Reads the fields of a contact, the name of its account from `account_record` where it is
/// included, and further contact points from `contact_points`.
pub(super) struct VcfWriter<W: Write> {
    output: BufWriter<W>,
    rows: u64,
}
impl<W: Write> VcfWriter<W> {
    pub(super) fn new(output: W) -> Self {
        VcfWriter { output: BufWriter::with_capacity(64 << 10, output), rows: 0 }
    }
}
impl<W: Write> RowWriter for VcfWriter<W> {
    fn write(&mut self, row: &Row) -> Result<(), ExportError> {
        for line in card(row) {
            self.output.write_all(fold_line(&line).as_bytes())?;
        }
        self.rows += 1;
        Ok(())
    }
    fn finish(mut self: Box<Self>) -> Result<u64, ExportError> {
        self.output.flush()?;
        Ok(self.rows)
    }
}

fn card(row: &Row) -> Vec<String> {
    let get = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let parts = |names: &[&str]| names.iter().map(|n| escape(get(n))).collect::<Vec<_>>().join(";");
    let mut lines = vec!["BEGIN:VCARD".to_owned(), "VERSION:4.0".to_owned()];
    let mut add = |name: &str, value: String| {
        if value.bytes().any(|b| b != b';') {
            lines.push(format!("{name}:{value}"));
        }
    };
    let full = [get("full_name"), get("preferred_name"), get("email"), get("phone"), get("mobile")].into_iter().find(|t| !t.is_empty());
    let put_together = || ["first_name", "middle_name", "last_name"].iter().map(|n| get(n)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    let full = if get("full_name").is_empty() && !put_together().is_empty() { put_together() } else { full.unwrap_or("?").to_owned() };
    add("UID", if get("id").is_empty() { String::new() } else { format!("urn:uuid:{}", get("id")) });
    add("FN", escape(&full)); // the one property that a card must have
    add("N", parts(&["last_name", "first_name", "middle_name", "salutation", "suffix"]));
    add("NICKNAME", escape(get("preferred_name")));
    add("EMAIL;PREF=1", escape(get("email")));
    add("TEL;VALUE=text;TYPE=voice;PREF=1", escape(get("phone")));
    add("TEL;VALUE=text;TYPE=cell", escape(get("mobile")));
    let account = row.get("account_record").and_then(|a| a.get("name")).and_then(Value::as_str).unwrap_or_default();
    let org = if get("department").is_empty() { escape(account) } else { format!("{};{}", escape(account), escape(get("department"))) };
    add("ORG", org);
    add("TITLE", escape(get("title")));
    add("ADR", format!(";;{}", parts(&["street", "city", "region", "postal_code", "country"])));
    add("BDAY", get("birth_date").replace('-', ""));
    add("LANG", get("language").to_owned());
    add("TZ", escape(get("time_zone")));
    add("NOTE", escape(get("description")));
    add("REV", get("updated_at").replace(['-', ':'], "").split('.').next().map(|t| if t.is_empty() { String::new() } else { format!("{}Z", t.trim_end_matches('Z')) }).unwrap_or_default());
    for point in row.get("contact_points").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| point.get(key).and_then(Value::as_str).unwrap_or_default();
        let kind: String = text("label").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let typed = |name: &str| if kind.is_empty() { name.to_owned() } else { format!("{name};TYPE={kind}") };
        match text("kind") {
            "email" => add(&typed("EMAIL"), escape(text("value"))),
            "phone" => add(&typed("TEL;VALUE=text"), escape(text("value"))),
            "mobile" => add("TEL;VALUE=text;TYPE=cell", escape(text("value"))),
            "fax" => add("TEL;VALUE=text;TYPE=fax", escape(text("value"))),
            "url" => add(&typed("URL"), escape(text("value"))),
            "address" => add(&typed("ADR"), format!(";;{};;;;", escape(text("value")))),
            "handle" => add("IMPP", escape(&format!("{}:{}", if text("platform").is_empty() { "im" } else { text("platform") }, text("value")))),
            _ => {}
        }
    }
    lines.push("END:VCARD".to_owned());
    lines
}
