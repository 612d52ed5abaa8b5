use crate::{objects, shared};
use integration::import::assemble::{Assembler, ImportRow};
use integration::import::detect::{Locale, Profiler, QuestionKind};
use integration::import::mapping::Mapping;
use integration::import::plan::Plan;
use integration::import::reader::{OpenOptions, open};
use integration::import::reject::{RejectWriter, Rejected};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) struct Outcome {
    pub(crate) plan: Plan,
    pub(crate) rows: Vec<ImportRow>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) questions: Vec<QuestionKind>,
}
pub(crate) fn import(object: &str, path: &Path, map: &str, accept: bool) -> Outcome {
    let target = objects::object(object);
    let mapping = Mapping::parse(map).unwrap();
    let locale = Locale { region: Some("US".into()), ..Locale::default() };
    let options = OpenOptions { encoding: mapping.encoding.clone(), ..OpenOptions::default() };
    let mut source = open(path, &options).unwrap();
    let mut profiler = Profiler::new(source.columns().len());
    while let Some(row) = source.next() {
        if let Ok(row) = row {
            profiler.observe(&row);
        }
    }
    let profiles = profiler.finish();
    let plan = Plan::build(&target, source.columns(), Some(&profiles), &mapping, accept, &locale).unwrap();
    let mut source = open(path, &options).unwrap();
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    let mut questions: Vec<QuestionKind> = plan.questions.iter().map(|q| q.kind).collect();
    let mut assembler = Assembler::new(&plan, &locale);
    while let Some(row) = source.next() {
        match row.map_err(Rejected::from).and_then(|r| assembler.row(&r)) {
            Ok(row) => rows.push(row),
            Err(error) => rejected.push(error),
        }
    }
    questions.extend(assembler.questions().iter().map(|q| q.kind));
    Outcome { plan, rows, rejected, questions }
}
fn text(object: &str, text: &str, map: &str) -> Outcome {
    let (_folder, path) = shared::file("a.csv", text);
    import(object, &path, map, false)
}
fn get<'a>(row: &'a ImportRow, field: &str) -> &'a Value {
    row.fields.get(field).unwrap_or(&Value::Null)
}
fn count<'a>(rows: &'a [ImportRow], key: impl Fn(&'a ImportRow) -> String) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(key(row)).or_insert(0) += 1;
    }
    counts
}

#[test]
fn pipeline_maven_by_the_example_mappings() {
    let Some(folder) = shared::set("pipeline-maven") else { return };
    let reference = shared::reference(&folder);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/pipeline-maven");
    let run = |object: &str, file: &str, map: &str| {
        let outcome = import(object, &folder.join(file), &std::fs::read_to_string(examples.join(map)).unwrap(), false);
        assert_eq!((outcome.rejected.len(), outcome.plan.unmapped.len()), (0, 0), "{file}: {:?} {:?}", outcome.rejected, outcome.plan.unmapped);
        outcome
    };
    let users = run("user", "sales_teams.csv", "sales_teams.toml");
    assert_eq!((users.rows.len() as u64, count(&users.rows, |r| get(r, "manager")["value"].to_string()).len()), (reference["agents"].as_u64().unwrap(), 6));
    assert_eq!(get(&users.rows[0], "manager"), &json!({"by": "name", "value": "Dustin Brinkmann", "missing": "create"}));

    let accounts = run("account", "accounts.csv", "accounts.toml");
    assert_eq!(accounts.rows.len() as u64, reference["accounts"].as_u64().unwrap());
    assert_eq!(get(&accounts.rows[0], "annual_revenue"), &json!({"amount": "1100040000.00", "currency": "USD"}));
    assert_eq!((get(&accounts.rows[0], "industry"), get(&accounts.rows[0], "sector")), (&json!("technology"), &json!("technolgy")));
    assert_eq!(accounts.rows.iter().filter(|r| get(r, "country") == "Philippines").count(), 1);
    assert_eq!(accounts.rows.iter().filter(|r| !get(r, "parent").is_null()).count(), 15);
    assert_eq!(accounts.plan.new_fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["sector", "year_established"]);

    assert_eq!(run("product", "products.csv", "products.toml").rows.len(), 7);
    let prices = run("price_book_entry", "products.csv", "prices.toml");
    assert_eq!((prices.rows.len(), get(&prices.rows[1], "unit_price"), get(&prices.rows[1], "currency")), (7, &json!("4821"), &json!("USD")));

    let deals = run("opportunity", "sales_pipeline.csv", "sales_pipeline.toml");
    assert_eq!(deals.rows.len() as u64, reference["rows"].as_u64().unwrap());
    let empty = |row: &ImportRow, field: &str| get(row, field).is_null();
    let open: Vec<&ImportRow> = deals.rows.iter().filter(|r| matches!(get(r, "stage")["value"].as_str(), Some("Qualify" | "Discover"))).collect();
    assert_eq!(open.len(), 2_089);
    assert!(open.iter().all(|r| empty(r, "amount") && empty(r, "close_date")));
    assert_eq!(deals.rows.iter().filter(|r| empty(r, "account")).count() as u64, reference["null_account"].as_u64().unwrap());
    for (stage, expected) in reference["stages"].as_object().unwrap() {
        assert_eq!(deals.rows.iter().filter(|r| get(r, "deal_stage") == stage).count() as u64, expected.as_u64().unwrap(), "{stage}");
    }
    let won = |row: &&ImportRow| get(row, "stage")["value"] == "Won";
    let amount = |row: &ImportRow| get(row, "amount")["amount"].as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!(deals.rows.iter().filter(won).map(amount).sum::<f64>(), reference["kpi"]["won_value"].as_f64().unwrap());
    for (product, expected) in reference["won_value_by_product"].as_object().unwrap() {
        let sum: f64 = deals.rows.iter().filter(won).filter(|r| get(r, "product")["value"] == *product).map(amount).sum();
        assert_eq!(Some(sum), expected.as_f64(), "{product}");
    }
    assert!(deals.rows.iter().filter(|r| get(r, "stage")["value"] == "Lost").all(|r| empty(r, "amount")));
    assert_eq!((deals.questions, deals.plan.past), (vec![QuestionKind::LostZero], vec!["close_date".to_owned()]));
    assert_eq!((get(&deals.rows[1], "name"), get(&deals.rows[1], "started_on")), (&json!("GTX Pro, Isdom"), &json!("2016-10-25")));
}

#[test]
fn a_google_row_is_shared_out() {
    let file = "First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,Address 1 - Postal Code,Address 1 - Country,Address 2 - City,Labels,Birthday,Notes,Event 1 - Value,Photo\n\
        Ada,Lovelace,Acme,* Work,ada@acme.example,Home,ada@home.example ::: a2@home.example,Mobile,0171 1234567,Work,030 1234567,* Home,Hauptstraße 1,Berlin,10115,Germany,Bonn,* myContacts ::: Navy,1815-12-10,Met at a ball,1840-01-01,https://x/y\n";
    let outcome = text("contact", file, "");
    assert_eq!(outcome.plan.unmapped, Vec::<String>::new());
    let row = &outcome.rows[0];
    for (field, value) in [
        ("first_name", json!("Ada")),
        ("account", json!({"by": "name", "value": "Acme", "missing": "create"})),
        ("email", json!("ada@acme.example")),
        ("mobile", json!("+491711234567")),
        ("phone", json!("+49301234567")),
        ("street", json!("Hauptstraße 1")),
        ("city", json!("Berlin")),
        ("birth_date", json!("1815-12-10")),
        ("description", json!("Met at a ball\n\nEvent 1 - Value: 1840-01-01")),
    ] {
        assert_eq!(get(row, field), &value, "{field}");
    }
    assert_eq!(get(row, "tags")[1], json!({"by": "name", "value": "Navy"}));
    let points: Vec<(&str, &str)> = row.points.iter().map(|p| (p["kind"].as_str().unwrap(), p["value"].as_str().unwrap())).collect();
    assert_eq!(points, [("email", "a2@home.example"), ("email", "ada@home.example"), ("address", "Bonn")]);
}

#[test]
fn german_lists_outlook_and_opt_outs() {
    let file = "Anrede;Titel;Vorname;Name;Firma;Straße;Hausnummer;PLZ;Ort;Telefon;E-Mail Opt Out;Do Not Call\nFrau;Dr.;Ada;Lovelace;Acme;Hauptstr.;1a;10115;Berlin;030 1234567;ja;nein\n";
    let outcome = text("contact", file, "");
    let row = &outcome.rows[0];
    assert_eq!((get(row, "salutation"), get(row, "last_name"), get(row, "street")), (&json!("Frau Dr."), &json!("Lovelace"), &json!("Hauptstr. 1a")));
    assert_eq!(row.objections.iter().map(|o| o.channel.as_str()).collect::<Vec<_>>(), ["email"]);
    let outcome = text("contact", "Name,Email\n\"Dr. Ada King Lovelace\",ada@example.org\n", "");
    assert_eq!((get(&outcome.rows[0], "salutation"), get(&outcome.rows[0], "last_name")), (&json!("Dr."), &json!("Lovelace")));
    let outcome = text("lead", "Name,Company,Phone,Second Phone,Rating\nAda M Lovelace,Acme,415-555-0143,415-555-0144,Hot\n", "");
    let row = &outcome.rows[0];
    assert_eq!((get(row, "first_name"), row.points.len()), (&json!("Ada M"), 0), "a lead has no middle name and no contact points");
    assert_eq!(get(row, "description"), &json!("phone: +14155550144\nRating: Hot"));
}

#[test]
fn ids_and_names_of_a_reference_stand_together() {
    let outcome = text("contact", "Last Name,Associated Company,Associated Company IDs\nA,Acme,17\nB,,18;19\n", "");
    assert_eq!(get(&outcome.rows[0], "account"), &json!({"by": "external_id", "value": "17", "or": {"by": "name", "value": "Acme", "missing": "create"}}));
    assert_eq!(get(&outcome.rows[1], "account"), &json!({"by": "external_id", "value": "18"}));
    assert_eq!(outcome.rows[1].warnings[0].code, "several_values");
}

#[test]
fn currencies_of_the_row_the_header_and_the_cell() {
    let outcome = text("opportunity", "Name,Amount,Currency\nA,\"1,000.00\",CHF\nB,€ 5.00,\nC,7,\nD,9,$\n", "currency = 'GBP'");
    let amounts: Vec<&Value> = outcome.rows.iter().map(|r| get(r, "amount")).collect();
    let money = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    assert_eq!(amounts, [&money("1000.00", "CHF"), &money("5.00", "EUR"), &money("7.00", "GBP"), &money("9.00", "USD")]);
    let outcome = text("account", "Name,annual_revenue,annual_revenue_currency\nA,1000.5,JPY\n", "");
    assert_eq!((get(&outcome.rows[0], "annual_revenue"), outcome.rows[0].warnings[0].code), (&money("1001", "JPY"), "rounded"));
}

#[test]
fn rejected_rows_come_back_as_a_file() {
    let file = "Name,Close Date,Probability,=cmd\nA,soon,200 apples,x\nB,2024-01-02,50,=1+1\nC,1,2,3,4\n";
    let outcome = text("opportunity", file, "");
    assert_eq!((outcome.rows.len(), outcome.rejected.len()), (1, 2));
    assert_eq!(outcome.rejected[0].problems.iter().map(|p| p.field.as_deref()).collect::<Vec<_>>(), [Some("close_date"), Some("probability")], "all problems of a row at once");
    let (_folder, path) = shared::file("a.csv", file);
    let source = open(&path, &OpenOptions::default()).unwrap();
    let mut out = Vec::new();
    let mut writer = RejectWriter::new(&mut out, source.columns()).unwrap();
    for rejected in &outcome.rejected {
        writer.write(rejected).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), 2);
    let written = String::from_utf8(out).unwrap();
    assert!(written.starts_with("line,reason,Name,Close Date,Probability,'=cmd\n2,\"Close Date: \"\"soon\"\" is no date;"), "{written}");
    // Corrected, the file can be imported as it is: the two columns in front are known.
    let again = text("opportunity", &written.replace("soon", "2024-01-03").replace("200 apples", "20"), "");
    assert_eq!(again.plan.unmapped, ["=cmd"]);
}

#[test]
fn mappings_that_cannot_work_say_why() {
    let target = objects::object("opportunity");
    let columns = |names: &[&str]| names.iter().map(|n| integration::import::reader::Column { name: (*n).into(), original: (*n).into() }).collect::<Vec<_>>();
    for (map, words) in [
        ("object = 'contact'", "the mapping is for contact"),
        ("key = 'nickname'", "no field of opportunity"),
        ("key = 'external_id'", "no column fills the key"),
        ("[[column]]\nfrom = 'Nmae'\nto = 'name'", "no column \"Nmae\"; it has: Name, Amount"),
        ("[[column]]\nfrom = 'Name'\nto = 'nam'", "is it name?"),
        ("[[column]]\nfrom = 'Name'\nto = 'rate'", "set by Rapport itself"),
        ("[[column]]\nfrom = 'Name'\nto = 'name'\nmatch = 'id'", "for references"),
        ("[[column]]\nfrom = 'Name'\nto = 'name'\nmultiply = 3", "for numbers"),
        ("[[column]]\nfrom = 'Name'\nto = 'x'\ncreate = { reference = {} }", "needs \"to\""),
        ("[[column]]\nfrom = 'Name'\nto = 'Deal X'\ncreate = { text = {} }", "deal_x"),
        ("[[column]]\ntemplate = '{Nmae}'\nto = 'name'", "no column \"Nmae\""),
    ] {
        let mapping = Mapping::parse(map).unwrap();
        let error = Plan::build(&target, &columns(&["Name", "Amount"]), None, &mapping, false, &Locale::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{map}: {error}");
    }
}

#[test]
fn suggestions_apply_only_when_accepted() {
    let (_folder, path) = shared::file("a.csv", "Lst Name,Emial,Shoe size\nA,a@b.de,42\n");
    let (careful, bold) = (import("contact", &path, "", false), import("contact", &path, "", true));
    assert_eq!(careful.plan.suggestions.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), ["Lst Name", "Emial"]);
    assert_eq!((careful.plan.unmapped, get(&careful.rows[0], "last_name")), (vec!["Shoe size".to_owned()], &Value::Null));
    assert_eq!((get(&bold.rows[0], "last_name"), get(&bold.rows[0], "email")), (&json!("A"), &json!("a@b.de")));
}

#[test]
fn choices_can_be_made_of_the_values() {
    let map = "[[column]]\nfrom = 'Size'\nto = 'size'\ncreate = 'choice'\n";
    let outcome = text("opportunity", "Name,Size\nA,Very Large\nB,small\nC,\n", map);
    assert_eq!(outcome.plan.new_fields[0].definition, json!({"choice": {"options": [{"value": "very_large", "label": "Very Large"}, {"value": "small", "label": "small"}]}}));
    assert_eq!(get(&outcome.rows[0], "size"), &json!("very_large"));
}

#[test]
fn a_vcard_file_becomes_contacts() {
    let Some(folder) = shared::set("vcard-ezvcard") else { return };
    let outcome = import("contact", &folder.join("io/text/fullcontact.vcf"), "", false);
    assert_eq!((outcome.rejected.len(), outcome.plan.unmapped.len()), (0, 0), "{:?}", outcome.plan.unmapped);
    let row = &outcome.rows[0];
    assert_eq!((get(row, "first_name"), get(row, "last_name"), get(row, "email")), (&json!("FirstName"), &json!("LastName"), &json!("home@example.com")));
    assert_eq!(row.points.iter().filter(|p| p["kind"] == "email").count(), 4);
}
