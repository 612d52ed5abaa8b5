//! What is exported can be imported again, and is the same.

use crate::kit::{Client, Engine, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(exported_and_imported_again_it_is_the_same);

struct Desk {
    place: Place,
    _server: Server,
    client: Client,
}
fn desk(engine: Engine) -> Desk {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let server = Server::start(&place);
    let client = server.client().bearer(&token);
    Desk { place, _server: server, client }
}
impl Desk {
    fn make(&self, object: &str, body: &Json) -> Json {
        self.client.post(&format!("/api/v1/records/{object}"), body).ok()["id"].clone()
    }
    fn export(&self, object: &str, fields: &str, format: &str) -> String {
        let file = self.place.beside(&format!("{object}.{format}"));
        self.place.run(&["export", object, "--fields", fields, "-o", file.to_str().unwrap()]).ok();
        file.display().to_string()
    }
    /// The fields of all records, in the order of their external ids, references by the external id of what they lead to.
    fn all(&self, object: &str, fields: &[&str]) -> Vec<Vec<Json>> {
        let mut items = self.client.get(&format!("/api/v1/records/{object}?limit=500")).ok()["items"].as_array().unwrap().clone();
        items.sort_by_key(|i| i["external_id"].as_str().unwrap_or("").to_owned());
        items.iter().map(|i| fields.iter().map(|f| i[*f].clone()).collect()).collect()
    }
}
const CONTACT: &str = "external_id,salutation,first_name,last_name,email,phone,mobile,title,street,city,postal_code,country,birth_date,description,status";
const ACCOUNT: &str = "external_id,name,kind,website,phone,industry,employees,annual_revenue,city,country,description";
const DEAL: &str = "external_id,name,account.external_id,stage.name,amount,close_date,started_on,probability,next_step";
const ORDER: &str = "external_id,account.external_id,kind,ordered_at,status,total,net";
const LINE: &str = "external_id,order.external_id,description,quantity,unit_price,net,tax_rate";
const SITE: &str = "external_id,name,depth,share,opened,seen_at,fee,open,colours";

fn exported_and_imported_again_it_is_the_same(engine: Engine) {
    let from = desk(engine);
    let site = json!({"name": "site", "plural": "sites", "label": "Site", "plural_label": "Sites", "title": "name", "fields": [
        {"name": "name", "label": "Name", "type": {"text": {}}}, {"name": "depth", "label": "Depth", "type": {"decimal": {"scale": 3}}}, {"name": "share", "label": "Share", "type": {"percent": {}}},
        {"name": "opened", "label": "Opened", "type": {"date": {}}}, {"name": "seen_at", "label": "Seen", "type": {"date_time": {}}}, {"name": "fee", "label": "Fee", "type": {"money": {}}},
        {"name": "open", "label": "Open", "type": {"boolean": {}}},
        {"name": "colours", "label": "Colours", "type": {"multi_choice": {"options": [{"value": "red", "label": "Red"}, {"value": "green", "label": "Green, light"}]}}}]});
    from.client.post("/api/v1/objects", &site).ok();
    for (n, name) in ["Acme", "=cmd|' /C calc'!A0", "+1 Ltd", "\u{ff1d}wide", "\tTab & Söhne", "Line\nbreak; \"quoted\""].iter().enumerate() {
        let id = format!("a{n}");
        let account = from.make("account", &json!({"external_id": id, "name": name, "kind": "organisation", "city": "Zürich", "country": "CH", "employees": 12, "annual_revenue": {"amount": "1234567.89", "currency": "USD"}, "description": "-1+1\n@SUM(A1)\n'quoted'"}));
        from.make("contact", &json!({"external_id": format!("c{n}"), "salutation": "Dr.", "first_name": "Ada", "last_name": name, "email": format!("a{n}@example.com"), "phone": "+41446681800", "mobile": "+41791234567", "title": "=1+1", "birth_date": "1980-02-29", "street": "Weg 1", "city": "Bern", "postal_code": "3000", "country": "CH", "description": "two\nlines"}));
        from.make("opportunity", &json!({"external_id": format!("d{n}"), "name": name, "account": account, "amount": {"amount": format!("{n}.50"), "currency": "EUR"}, "close_date": "2027-03-04", "started_on": "2026-12-11"}));
        let order = from.make("order", &json!({"external_id": format!("o{n}"), "account": account, "kind": "sale", "status": "placed", "ordered_at": "2026-01-02T03:04:05.678Z"}));
        from.make("order_line", &json!({"external_id": format!("l{n}"), "order": order, "description": name, "quantity": "2.5", "unit_price": "0.123456", "tax_rate": "8.1"}));
        from.make("site", &json!({"external_id": format!("s{n}"), "name": name, "depth": "-12.345", "share": "40", "opened": "1899-12-31", "seen_at": "2026-01-02T03:04:05.678Z", "fee": {"amount": "9007199254740.99", "currency": "EUR"}, "open": n % 2 == 0, "colours": ["red", "green"]}));
    }
    for format in ["csv", "xlsx", "jsonl"] {
        let to = desk(engine);
        to.client.post("/api/v1/objects", &site).ok();
        for (object, fields) in [("account", ACCOUNT), ("contact", CONTACT), ("opportunity", DEAL), ("order", ORDER), ("order_line", LINE), ("site", SITE)] {
            let file = from.export(object, fields, format);
            if format == "csv" {
                defused(&std::fs::read_to_string(&file).unwrap());
            }
            let map = to.place.beside("map.toml");
            let by = |field: &str| {
                if fields.contains(&format!("{field}.external_id")) { format!("[[column]]\nfrom = \"{field}.external_id\"\nto = \"{field}\"\nmatch = \"external_id\"\n") } else { String::new() }
            };
            let stage = if object == "opportunity" { "[[column]]\nfrom = \"stage.name\"\nto = \"stage\"\nmatch = \"name\"\n" } else { "" };
            std::fs::write(&map, format!("date = \"ymd\"\npercent = \"points\"\ndecimal = \"dot\"\n{}{}{stage}", by("account"), by("order"))).unwrap();
            let said = to.place.run(&["import", object, &file, "--map", map.to_str().unwrap(), "--json"]).ok();
            let done: Json = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
            assert_eq!((&done["created"], &done["rejected"], &done["missing"], &done["unmapped"]), (&json!(6), &json!(0), &json!([]), &json!([])), "{format} {object}: {done}");
            let names: Vec<&str> = fields.split(',').filter(|f| !f.contains('.')).collect();
            let (before, after) = (from.all(object, &names), to.all(object, &names));
            for (b, a) in before.iter().zip(&after) {
                for ((name, b), a) in names.iter().zip(b).zip(a) {
                    // blanks around a value are nobody's intention
                    let plain = |v: &Json| v.as_str().map_or_else(|| v.clone(), |t| json!(t.trim()));
                    assert_eq!(plain(a), plain(b), "{format} {object}.{name}");
                }
            }
            let linked = to.client.get(&format!("/api/v1/records/{object}?limit=500")).ok()["items"].as_array().unwrap().iter().filter(|i| i["account"].is_string() || i["order"].is_string()).count();
            assert_eq!(linked, if fields.contains(".external_id") { 6 } else { 0 }, "{format} {object}");
        }
    }
    vcards(&from, engine);
}
/// OWASP: no cell begins with what a spreadsheet takes for a formula, wide forms, tabs and line ends included.
fn defused(csv: &str) {
    let mut reader = csv::ReaderBuilder::new().from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    for record in reader.records() {
        for cell in record.unwrap().iter() {
            let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
            assert!(!risky || cell.parse::<f64>().is_ok() || cell.starts_with('+') && cell[1..].bytes().all(|b| b.is_ascii_digit()), "{cell:?}");
        }
    }
}
fn vcards(from: &Desk, engine: Engine) {
    let file = from.export("contact", CONTACT, "vcf");
    let to = desk(engine);
    let said = to.place.run(&["import", "contact", &file, "--json"]).ok();
    let done: Json = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
    assert_eq!((&done["created"], &done["rejected"]), (&json!(6), &json!(0)), "{done}");
    let names = ["last_name", "first_name", "salutation", "email", "phone", "mobile", "title", "birth_date", "street", "city", "postal_code", "country", "description"];
    let sorted = |desk: &Desk| {
        let mut all = desk.all("contact", &names);
        all.sort_by_key(|row| row[3].to_string());
        all
    };
    let trimmed = |rows: Vec<Vec<Json>>| -> Vec<Vec<String>> { rows.iter().map(|r| r.iter().map(|v| v.as_str().unwrap_or("").trim().to_owned()).collect()).collect() };
    assert_eq!(trimmed(sorted(&to)), trimmed(sorted(from)));
}
