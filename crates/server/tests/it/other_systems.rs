//! Exports of other systems: a folder or a zip of tables becomes accounts, people and deals that hang together.

use crate::kit::{Engine, Place};
use serde_json::{Value as Json, json};
use std::{fs, io::Write as _};

crate::on_both!(a_hubspot_export_hangs_together_and_is_taken_back);

fn folder(place: &Place, name: &str, files: &[(&str, &str)]) -> String {
    let folder = place.beside(name);
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
    folder.display().to_string()
}
fn import(place: &Place, words: &[&str]) -> Json {
    let said = place.run(&[&["import", "--json"], words].concat()).ok();
    serde_json::from_str(said.trim().lines().last().unwrap()).unwrap()
}
fn total(place: &Place, object: &str) -> Json {
    place.api(&["GET", &format!("/records/{object}?count=exact&limit=1")])["total"].clone()
}
/// The one record whose field has this text, with what it refers to.
fn one(place: &Place, object: &str, field: &str, text: &str, include: &str) -> Json {
    let filter = json!({"field": field, "op": "eq", "value": text});
    let page = place.api(&["GET", &format!("/records/{object}?filter={filter}&include={include}")]);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
    page["items"][0].clone()
}

const HUBSPOT: [(&str, &str); 4] = [
    (
        "hubspot-crm-exports-all-companies-2026-01-31.csv",
        "Record ID,Company name,Company Domain Name,City,Industry\n501,Keller AG,keller.example,Bern,RETAIL\n502,Brunner GmbH,brunner.example,Wien,\n",
    ),
    (
        "hubspot-crm-exports-all-contacts-2026-01-31.csv",
        "Record ID,First Name,Last Name,Email,Associated Company IDs\n9001,Ada,Byron,ada@keller.example,501;502\n9002,Otto,Graf,otto@brunner.example,502\n9003,Lea,Moser,lea@nowhere.example,\n",
    ),
    (
        "hubspot-crm-exports-all-deals-2026-01-31.csv",
        "Record ID,Deal Name,Amount,Close Date,Associated Company IDs,Associated Contact IDs\n7001,Shop fitting,1200.50,2026-05-01,501,9001\n7002,Lamps,,,502,\n",
    ),
    ("notes-about-this-export.txt", "not a table"),
];

fn a_hubspot_export_hangs_together_and_is_taken_back(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let from = folder(&place, "hubspot", &HUBSPOT);
    let tried = import(&place, &["--from", "hubspot", &from, "--dry-run"]);
    assert_eq!((&tried["rows"], &tried["created"], total(&place, "contact")), (&json!(7), &json!(7), json!(0)), "{tried}");
    let done = import(&place, &["--from", "hubspot", &from]);
    assert_eq!((&done["created"], &done["rejected"], &done["objects"]), (&json!(7), &json!(0), &json!({"account": 2, "contact": 3, "opportunity": 2})), "{done}");
    let ada = one(&place, "contact", "last_name", "Byron", "account");
    assert_eq!((&ada["external_id"], &ada["account_record"]["name"]), (&json!("9001"), &json!("Keller AG")), "{ada}");
    let deal = one(&place, "opportunity", "name", "Shop fitting", "account,contact");
    assert_eq!((&deal["amount"]["amount"], &deal["account_record"]["name"], &deal["contact_record"]["last_name"]), (&json!("1200.50"), &json!("Keller AG"), &json!("Byron")), "{deal}");
    // the same again changes nothing
    let again = import(&place, &["--from", "HubSpot", &from]);
    assert_eq!((&again["created"], &again["unchanged"], total(&place, "contact")), (&json!(0), &json!(7), json!(3)), "{again}");
    place.run(&["undo", done["change_set"].as_str().unwrap()]).ok();
    assert_eq!((total(&place, "account"), total(&place, "contact"), total(&place, "opportunity")), (json!(0), json!(0), json!(0)));
}

#[test]
fn exports_of_other_products() {
    let place = Place::new(Engine::Sqlite);
    place.person("ada@example.org", "admin");
    let suite = folder(
        &place,
        "suite",
        &[
            ("Accounts.csv", "Name,ID,Website,Billing City\nSuite Works,acc-1,suite.example,Graz\n"),
            ("Contacts.csv", "First Name,Last Name,ID,Account ID,Email Address\nNora,Suite,con-1,acc-1,nora@suite.example\n"),
            ("Calls.csv", "Subject,ID,Start Date\nFirst call,call-1,2026-01-05 10:00\n"),
        ],
    );
    let done = import(&place, &["--from", "suitecrm", &suite]);
    assert_eq!((&done["created"], &done["rejected"]), (&json!(3), &json!(0)), "{done}");
    assert_eq!(one(&place, "contact", "last_name", "Suite", "account")["account_record"]["name"], "Suite Works");
    assert_eq!(one(&place, "interaction", "subject", "First call", "account")["kind"], "call");

    let espo = folder(
        &place,
        "espo",
        &[
            ("Account.csv", "id;name;billingAddressCity\ne1;Espo House;Linz\n"),
            ("Contact.csv", "id;firstName;lastName;accountId\np1;Emil;Espo;e1\n"),
            ("Opportunity.csv", "id;name;amount;amountCurrency;closeDate;accountId\no1;Espo deal;99;EUR;2026-03-01;e1\n"),
        ],
    );
    let done = import(&place, &["--from", "espocrm", &espo]);
    assert_eq!((&done["created"], &done["rejected"]), (&json!(3), &json!(0)), "{done}");
    assert_eq!(one(&place, "opportunity", "name", "Espo deal", "account")["account_record"]["name"], "Espo House");

    // a zip, as products hand it out
    let zipped = place.beside("twenty.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&zipped).unwrap());
    for (name, text) in
        [("companies.csv", "Id,Name,Domain Name / Link URL\nc1,Twenty Mills,https://mills.example\n"), ("people.csv", "Id,Name / First Name,Name / Last Name,Company ID\nq1,Hugo,Twenty,c1\n")]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let done = import(&place, &["--from", "twenty", zipped.to_str().unwrap()]);
    assert_eq!((&done["created"], &done["rejected"]), (&json!(2), &json!(0)), "{done}");
    assert_eq!(one(&place, "contact", "last_name", "Twenty", "account")["account_record"]["name"], "Twenty Mills");

    assert_eq!(place.run(&["import", "--from", "abacus", &suite]).code, 2);
    let empty = folder(&place, "empty", &[("readme.txt", "x")]);
    let said = place.run(&["import", "--from", "twenty", &empty]);
    assert!(said.code == 1 && said.err.contains("contacts.csv"), "{said:?}");
}
