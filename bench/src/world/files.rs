//! The files that are imported, and how their columns are meant.

use super::{LONG, Size, names, rep};
use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
};

const CITIES: [&str; 16] = ["Berlin", "Wien", "Praha", "Łódź", "Milano", "Lyon", "Porto", "Aarhus", "Turku", "Split", "Graz", "Gent", "Malmö", "Basel", "Kraków", "Sevilla"];
const COUNTRIES: [&str; 8] = ["DE", "AT", "CZ", "PL", "IT", "FR", "PT", "DK"];
const TITLES: [&str; 10] = ["Buyer", "Head of purchasing", "Engineer", "Managing director", "Assistant", "Accountant", "Plant manager", "Consultant", "Secretary", "Partner"];
const DEPARTMENTS: [&str; 6] = ["Purchasing", "Finance", "Engineering", "Management", "Logistics", "Marketing"];
const SOURCES: [&str; 6] = ["Fair", "Website", "Referral", "Phone", "Newsletter", "Partner"];
const INDUSTRIES: [&str; 3] = ["retail", "food", "energy"];
const TRADES: [&str; 12] = ["Bau", "Werke", "Labs", "Logistik", "Foods", "Energie", "Druck", "Optik", "Metall", "Papier", "Textil", "Medizin"];
const FORMS: [&str; 5] = ["GmbH", "AG", "Ltd", "SA", "KG"];
const STAGES: [&str; 6] = ["Qualify", "Discover", "Propose", "Negotiate", "Won", "Lost"];
const KINDS: [&str; 4] = ["email", "call", "meeting", "letter"];
const ABOUT: [&str; 24] = [
    "the offer",
    "the delivery",
    "an invoice",
    "the contract",
    "a complaint",
    "the fair",
    "spare parts",
    "the training",
    "a visit",
    "prices",
    "the project",
    "a reminder",
    "new products",
    "the schedule",
    "quality",
    "the audit",
    "support",
    "the order",
    "a sample",
    "terms of payment",
    "the newsletter",
    "a meeting",
    "the installation",
    "warranty",
];
const VERBS: [&str; 8] = ["Question about", "Answer about", "Call about", "Follow-up on", "News on", "Agreement on", "Notes on", "Thanks for"];

fn pick<'a>(list: &[&'a str], n: usize, what: u64) -> &'a str {
    list[names::random(n, what) % list.len()]
}
fn owner(size: Size, account: usize) -> String {
    rep(names::random(account, 20) % size.reps())
}
fn account_of(size: Size, contact: usize) -> usize {
    contact % size.rows("account")
}

pub(super) fn write(size: Size, object: &str, file: &Path, map: &Path) {
    let (columns, row): (&[(&str, &str)], fn(Size, usize) -> String) = match object {
        "account" => (&[("external_id", ""), ("name", ""), ("industry", ""), ("city", ""), ("country", ""), ("owner", "email")], account),
        "contact" => (
            &[
                ("external_id", ""),
                ("salutation", ""),
                ("first_name", ""),
                ("last_name", ""),
                ("email", ""),
                ("phone", ""),
                ("mobile", ""),
                ("title", ""),
                ("department", ""),
                ("account", "external_id"),
                ("owner", "email"),
                ("status", ""),
                ("street", ""),
                ("city", ""),
                ("postal_code", ""),
                ("country", ""),
                ("language", ""),
                ("source", ""),
                ("birth_date", ""),
                ("description", ""),
            ],
            contact,
        ),
        "opportunity" => (&[("name", ""), ("account", "external_id"), ("stage", "name"), ("amount", ""), ("close_date", ""), ("owner", "email")], opportunity),
        _ => (&[("kind", ""), ("direction", ""), ("subject", ""), ("at", ""), ("contact", "external_id"), ("staff", "email")], interaction),
    };
    let mut text = format!("object = \"{object}\"\ncurrency = \"EUR\"\ndecimal = \"dot\"\ndate = \"ymd\"\nlost_zero = \"keep\"\n");
    for (name, by) in columns {
        let by = if by.is_empty() { String::new() } else { format!("match = \"{by}\"\n") };
        text.push_str(&format!("[[column]]\nfrom = \"{name}\"\nto = \"{name}\"\n{by}"));
    }
    fs::write(map, text).unwrap();
    let mut out = BufWriter::new(File::create(file).unwrap());
    let head: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    writeln!(out, "{}", head.join(",")).unwrap();
    for n in 0..size.rows(object) {
        writeln!(out, "{}", row(size, n)).unwrap();
    }
    out.flush().unwrap();
}
fn account(size: Size, n: usize) -> String {
    let name = format!("{} {} {}", names::last(n + 7_000_000), pick(&TRADES, n, 10), pick(&FORMS, n, 11));
    format!("a{n},{name},{},{},{},{}", INDUSTRIES[n % 3], pick(&CITIES, n, 12), pick(&COUNTRIES, n, 13), owner(size, n))
}
fn contact(size: Size, n: usize) -> String {
    let (first, last, account) = (names::first(n), names::last(n), account_of(size, n));
    let email = format!("{}.{}{n}@firma{account}.example", kernel::fold(first), kernel::fold(&last).replace('ß', "ss"));
    format!(
        "c{n},{},{first},{last},{email},+49 30 {:07},+49 170 {:07},{},{},a{account},{},active,{}gasse {},{},{:05},{},{},{},19{:02}-0{}-1{},Met in {}",
        if n.is_multiple_of(9) { "Dr." } else { "" },
        2_000_000 + n,
        2_000_000 + n,
        pick(&TITLES, n, 30),
        pick(&DEPARTMENTS, n, 31),
        owner(size, account),
        names::last(n % 900),
        n % 200 + 1,
        pick(&CITIES, n, 32),
        10_000 + names::random(n, 33) % 80_000,
        pick(&COUNTRIES, account, 13),
        ["de", "en", "fr"][n % 3],
        pick(&SOURCES, n, 34),
        n % 60 + 40,
        n % 9 + 1,
        n % 10,
        pick(&CITIES, n, 35)
    )
}
fn opportunity(size: Size, n: usize) -> String {
    let account = names::random(n, 40) % size.rows("account");
    format!(
        "{} for {} {n},a{account},{},{}.00,2026-{:02}-{:02},{}",
        pick(&TRADES, n, 41),
        pick(&CITIES, n, 42),
        pick(&STAGES, n, 43),
        names::random(n, 44) % 90_000 + 100,
        n % 12 + 1,
        n % 28 + 1,
        owner(size, account)
    )
}
fn interaction(size: Size, n: usize) -> String {
    let contact = if n < LONG.min(size.contacts) { 0 } else { names::random(n, 50) % size.contacts };
    let at = format!("202{}-{:02}-{:02}T{:02}:{:02}:00Z", names::random(n, 51) % 3 + 4, names::random(n, 52) % 12 + 1, n % 28 + 1, n % 24, n % 60);
    format!("{},{},{} {},{at},c{contact},{}", pick(&KINDS, n, 53), ["out", "in"][n % 2], pick(&VERBS, n, 54), pick(&ABOUT, n, 55), owner(size, account_of(size, contact)))
}
