//! The rules of imports, each through the command line or the interface.

use crate::kit::{Client, Engine, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(
    columns_find_their_fields,
    references_and_repairs,
    keys_and_rows_of_one_record,
    numbers_and_dates_are_read_by_the_column,
    refused_and_odd_rows_are_told,
    the_past_needs_its_right,
    undoing_an_import
);

struct Desk {
    place: Place,
    server: Server,
    client: Client,
}
impl Desk {
    fn new(engine: Engine) -> Desk {
        let place = Place::new(engine);
        place.person("ada@example.org", "admin");
        let token = place.token("ada@example.org", &[]);
        let server = Server::start(&place);
        let client = server.client().bearer(&token);
        Desk { place, server, client }
    }
    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.place.beside(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
    /// `rapport import OBJECT FILE --json ...`
    fn import(&self, object: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Json {
        let file = self.write("rows.csv", text);
        let words: Vec<&str> = ["import", object, &file, "--json"].iter().chain(more).copied().collect();
        serde_json::from_str(self.place.run(&words).ok().trim().lines().last().unwrap()).unwrap()
    }
    fn mapped(&self, object: &str, text: &str, map: &str, more: &[&str]) -> Json {
        let map = self.write("map.toml", map);
        let more: Vec<&str> = ["--map", &map].iter().chain(more).copied().collect();
        self.import(object, text, &more)
    }
    /// A trial tells what the import then does.
    fn tried_and_done(&self, object: &str, text: &str, map: &str) -> Json {
        let tried = self.mapped(object, text, map, &["--dry-run"]);
        let done = self.mapped(object, text, map, &[]);
        for name in ["rows", "created", "updated", "unchanged", "rejected", "missing", "references_created", "duplicates", "odd_values"] {
            assert_eq!(tried[name], done[name], "{name}\n{tried}\n{done}");
        }
        done
    }
    /// Records in the order of their names; paths are `reference.field`.
    fn all(&self, object: &str, fields: &str) -> Vec<Json> {
        let name = if matches!(object, "contact" | "lead") { "last_name" } else { "name" };
        let paths: Vec<&str> = fields.split(',').collect();
        let references: Vec<&str> = paths.iter().filter_map(|p| Some(p.split_once('.')?.0)).collect();
        let mut items = self.client.get(&format!("/api/v1/records/{object}?limit=500&include={}", references.join(","))).ok()["items"].as_array().unwrap().clone();
        for item in &mut items {
            for path in paths.iter().filter_map(|p| p.split_once('.')) {
                item[format!("{}.{}", path.0, path.1)] = item[format!("{}_record", path.0)][path.1].clone();
            }
        }
        items.sort_by_key(|item| item[name].as_str().unwrap_or("").to_owned());
        items
    }
    fn values(&self, object: &str, field: &str) -> Vec<Json> {
        self.all(object, field).iter().map(|r| r[field].clone()).collect()
    }
    /// Takes a change set back, to the end.
    fn undo(&self, set: &Json) -> Json {
        let begun = self.client.post(&format!("/api/v1/change-sets/{}/undo", set.as_str().unwrap()), &json!({})).ok();
        loop {
            let state = self.client.get(&format!("/api/v1/change-sets/{}", begun["id"].as_str().unwrap())).ok();
            if state["status"] != "running" {
                return state;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    fn stop(self) {
        self.server.stop();
    }
}

fn columns_find_their_fields(engine: Engine) {
    let desk = Desk::new(engine);
    // names and labels, whatever their case, accents, blanks, _ and -; what nobody knows is told and goes nowhere
    let done = desk.import("contact", "FIRST-NAME,last_name,É-mail,Job Title,Shoe size,Blood type\nAda,Lovelace,ada@example.com,Countess,39,A\n", &[]);
    assert_eq!((&done["created"], &done["unmapped"]), (&json!(1), &json!(["Shoe size", "Blood type"])), "{done}");
    let ada = &desk.all("contact", "first_name,last_name,email,title")[0];
    assert_eq!((&ada["first_name"], &ada["last_name"], &ada["email"], &ada["title"]), (&json!("Ada"), &json!("Lovelace"), &json!("ada@example.com"), &json!("Countess")));
    // what is only alike is listed, and taken when it is said so
    let alike = "Last name,Departmnt\nBabbage,Engines\n";
    let listed = desk.import("contact", alike, &[]);
    assert_eq!((&listed["created"], desk.values("contact", "department").iter().all(Json::is_null)), (&json!(1), true), "{listed}");
    let taken = desk.import("contact", alike, &["--accept"]);
    assert_eq!((&taken["created"], desk.values("contact", "department").contains(&json!("Engines"))), (&json!(1), true), "{taken}");
    // a mapping that names what is not there says what there is
    let (file, map) = (desk.write("a.csv", "Name\nX\n"), desk.write("bad.toml", "[[column]]\nfrom = \"Nam\"\nto = \"name\"\n"));
    let said = desk.place.run(&["import", "account", &file, "--map", &map]).fails(1);
    assert!(said.contains("no column \"Nam\"") && said.contains("it has: Name"), "{said}");
    let map = desk.write("bad.toml", "[[column]]\nfrom = \"Name\"\nto = \"nam\"\n");
    let said = desk.place.run(&["import", "account", &file, "--map", &map]).fails(1);
    assert!(said.contains("is it name?"), "{said}");
    let map = desk.write("bad.toml", "[[column]]\nfrom = \"Name\"\nto = \"parent\"\nmatch = \"shoe\"\n");
    let said = desk.place.run(&["import", "account", &file, "--map", &map]).fails(1);
    assert!(said.contains("account has no field \"shoe\""), "{said}");
    desk.stop();
}

fn references_and_repairs(engine: Engine) {
    let desk = Desk::new(engine);
    desk.import("account", "Name\nAcme\nTwin\nTwin\n", &[]);
    let rows = "Last,Company,Second\nA,Acme,Acme\nB,New One,Nobody\nC,New One,Twin\nD,acme inc.,\n";
    let map = "[[column]]\nfrom = \"Last\"\nto = \"last_name\"\n[[column]]\nfrom = \"Company\"\nto = \"account\"\nmatch = \"name\"\nmissing = \"create\"\nvalues = { \"acme inc.\" = \"Acme\" }\n\
               [[column]]\nfrom = \"Second\"\nto = \"second\"\nmatch = \"name\"\nmissing = \"report\"\ncreate = { reference = { to = \"account\" } }\n";
    let done = desk.tried_and_done("contact", rows, map);
    assert_eq!((&done["created"], &done["references_created"]), (&json!(4), &json!({"account": 1})), "{done}");
    assert_eq!(done["missing"], json!([{"field": "second", "value": "Nobody", "rows": 1}, {"field": "second", "value": "Twin", "rows": 1}]), "not found, and not unique");
    let names = desk.values("contact", "account.name");
    assert_eq!(names, [json!("Acme"), json!("New One"), json!("New One"), json!("Acme")]);
    assert_eq!(desk.values("contact", "second.name"), [json!("Acme"), Json::Null, Json::Null, Json::Null], "the field was made");
    // empty: the row is taken, the value is counted only
    let done = desk.tried_and_done(
        "contact",
        "Last,Company\nE,Nowhere\nF,Elsewhere\n",
        "[[column]]\nfrom = \"Company\"\nto = \"account\"\nmatch = \"name\"\nmissing = \"empty\"\n[[column]]\nfrom = \"Last\"\nto = \"last_name\"\n",
    );
    assert_eq!((&done["created"], &done["missing"]), (&json!(2), &json!([{"field": "account", "value": null, "rows": 2}])));
    // rows of one file point at each other, up and down, and at nothing
    let done = desk.tried_and_done("account", "Name,Parent Account\nLeaf,Root\nRoot,\nLoop,Loop\nOrphan,Gone\n", "");
    assert_eq!((&done["created"], done["missing"].as_array().unwrap().len()), (&json!(4), 2), "{done}");
    let parents: Vec<Json> = desk.all("account", "parent.name").into_iter().filter(|a| ["Leaf", "Loop", "Orphan"].contains(&a["name"].as_str().unwrap())).map(|a| a["parent.name"].clone()).collect();
    assert_eq!(parents, [json!("Root"), Json::Null, Json::Null]);
    // columns that are left out
    let done = desk.mapped("account", "Name,City\nSkipped,Bern\n", "[[column]]\nfrom = \"City\"\nskip = true\n", &[]);
    assert_eq!((&done["created"], &done["unmapped"], desk.values("account", "city").iter().filter(|c| !c.is_null()).count()), (&json!(1), &json!([]), 0));
    desk.stop();
}

fn keys_and_rows_of_one_record(engine: Engine) {
    let desk = Desk::new(engine);
    let rows = "Record ID,Company Name,City\n1,A,Bern\n2,B,Basel\n1,A,Chur\n";
    let done = desk.tried_and_done("account", rows, "key = \"external_id\"\n");
    assert_eq!((&done["created"], &done["updated"], &done["unchanged"]), (&json!(2), &json!(1), &json!(0)), "the third row changes the first: {done}");
    assert_eq!(desk.values("account", "city"), [json!("Chur"), json!("Basel")]);
    let done = desk.tried_and_done("account", "Record ID,Company Name,City\n1,A,Chur\n2,B,Genf\n3,C,\n", "key = \"external_id\"\n");
    assert_eq!((&done["created"], &done["updated"], &done["unchanged"]), (&json!(1), &json!(1), &json!(1)), "{done}");
    // a unique value twice, without a key: the second row comes back
    let done = desk.tried_and_done("account", "Record ID,Company Name\n9,X\n9,Y\n2,Z\n", "");
    assert_eq!((&done["created"], &done["rejected"]), (&json!(1), &json!(2)), "{done}");
    // by a field that is not unique, and one of two that have the value cannot be told
    desk.import("account", "Name\nTwin\nTwin\n", &[]);
    let done = desk.tried_and_done("account", "Name,City\nA,Thun\nTwin,Olten\nNew,Uster\nNew,Wil\n", "key = \"name\"\n");
    assert_eq!((&done["created"], &done["updated"], &done["rejected"]), (&json!(1), &json!(2), &json!(1)), "{done}");
    // many rows of few records, over many transactions: a trial still tells what the import does
    let mut many = "Record ID,Company Name,City\n".to_owned();
    for n in 0..4_000 {
        many += &format!("k{},M{},C{}\n", n % 1_500, n % 1_500, n / 1_500 % 2);
    }
    let done = desk.tried_and_done("account", &many, "key = \"external_id\"\n");
    assert_eq!((&done["created"], &done["updated"], &done["rejected"]), (&json!(1_500), &json!(2_500), &json!(0)), "{done}");
    // and of a unique value over many transactions, without a key
    let mut many = "Record ID,Company Name\n".to_owned();
    for n in 0..4_000 {
        many += &format!("u{},M\n", n % 2_500);
    }
    let done = desk.tried_and_done("account", &many, "");
    assert_eq!((&done["created"], &done["rejected"]), (&json!(2_500), &json!(1_500)), "{done}");
    desk.stop();
}

fn numbers_and_dates_are_read_by_the_column(engine: Engine) {
    let desk = Desk::new(engine);
    // one value over 12 decides for the column
    let done = desk.import("contact", "Last name,Birthday\nA,03/04/1980\nB,25/12/1981\n", &[]);
    assert_eq!((&done["questions"], desk.values("contact", "birth_date")), (&json!([]), vec![json!("1980-04-03"), json!("1981-12-25")]), "{done}");
    // where nothing decides it is asked; a mapping answers
    let unclear = "Last name,Birthday\nC,03/04/1980\n";
    let asked = desk.import("contact", unclear, &["--dry-run"]);
    assert_eq!((&asked["questions"][0]["column"], &asked["questions"][0]["kind"]), (&json!("Birthday"), &json!("date_order")), "{asked}");
    let done = desk.mapped("contact", unclear, "date = \"mdy\"\n", &[]);
    assert_eq!((&done["questions"], desk.values("contact", "birth_date")[2].clone()), (&json!([]), json!("1980-03-04")), "{done}");
    // percents: 0 to 1 or 0 to 100
    desk.import("pipeline", "Name\nP\n", &[]);
    let probabilities = "Name,Pipeline,Kind,Position,Probability\nOne,P,open,1,0.4\nTwo,P,open,2,1\n";
    let asked = desk.import("stage", probabilities, &["--dry-run"]);
    assert_eq!(asked["questions"][0]["kind"], json!("percent"), "{asked}");
    let done = desk.mapped("stage", probabilities, "percent = \"fraction\"\n", &[]);
    let found: Vec<Json> = desk.client.get("/api/v1/records/stage?filter=%7B%22field%22%3A%22pipeline.name%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22P%22%7D&sort=position&fields=probability").ok()
        ["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["probability"].clone())
        .collect();
    assert_eq!((&done["created"], found), (&json!(2), vec![json!("40"), json!("100")]), "{done}");
    // lost deals with the amount 0
    let deals = "Name,Stage,Amount,Close date\nL,Lost,0,2024-01-31\nW,Won,12.50,2024-01-31\n";
    let asked = desk.import("opportunity", deals, &["--dry-run"]);
    assert!(asked["questions"].as_array().unwrap().iter().any(|q| q["kind"] == "lost_zero"), "{asked}");
    desk.mapped("opportunity", deals, "lost_zero = \"empty\"\n", &[]);
    desk.mapped("opportunity", deals, "lost_zero = \"keep\"\ncurrency = \"USD\"\n", &[]);
    let amounts = desk.values("opportunity", "amount");
    let (eur, usd) = (json!({"amount": "12.50", "currency": "EUR"}), json!({"amount": "12.50", "currency": "USD"}));
    assert_eq!(amounts.len(), 4);
    for expected in [Json::Null, eur, json!({"amount": "0.00", "currency": "USD"}), usd] {
        assert!(amounts.contains(&expected), "{expected}: {amounts:?}");
    }
    // decimal commas, another encoding, another delimiter: found out, or said
    let windows = [b"Name;Umsatz;Ort\nM\xfcller;1.234,50;K\xf6ln\n".as_slice()].concat();
    desk.import("account", &windows, &[]);
    let said = desk.mapped("account", "Name|Umsatz\nX|1,234\n", "delimiter = \"|\"\ndecimal = \"comma\"\nencoding = \"utf-8\"\n", &[]);
    assert_eq!(said["created"], 1, "{said}");
    let found: Vec<(Json, Json)> = desk.all("account", "name,annual_revenue").into_iter().map(|a| (a["name"].clone(), a["annual_revenue"]["amount"].clone())).collect();
    assert_eq!(found, [(json!("Müller"), json!("1234.50")), (json!("X"), json!("1.23"))]);
    desk.stop();
}

fn refused_and_odd_rows_are_told(engine: Engine) {
    let desk = Desk::new(engine);
    desk.import("contact", "Last name,E-mail\nOld,same@example.com\n", &[]);
    let rows = "Last name,E-mail,Phone,Birthday\nA,same@example.com,+41 44 668 18 00,\n,,,\nB,not an address,call me,1980-01-01\nC,c@example.com,,soon\n,x@example.com,,\nD,dd@example.com,,\nE,dd@example.com,,\n";
    let done = desk.tried_and_done("contact", rows, "");
    // A, B, the one with an address only, D and E; of these A looks like the old one, E like D
    assert_eq!((&done["created"], &done["rejected"], &done["odd_values"], &done["duplicates"]), (&json!(5), &json!(1), &json!(2), &json!(2)), "{done}");
    let odd: Vec<&Json> = done["warnings"].as_array().unwrap().iter().map(|w| &w["code"]).collect();
    assert_eq!(odd, [&json!("odd_email"), &json!("odd_phone")], "{done}");
    let named = |name: &str| desk.all("contact", "phone").into_iter().find(|c| c["last_name"] == name).unwrap();
    assert_eq!((&named("B")["phone"], &named("B")["email"], &named("A")["phone"]), (&json!("call me"), &json!("not an address"), &json!("+41446681800")));
    // the rejected row as it came, with its reason
    let url = done["errors_url"].as_str().unwrap();
    let file = desk.client.get(url).body;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "line,reason,Last name,E-mail,Phone,Birthday"), "{file}");
    assert!(lines[1].starts_with("5,") && lines[1].ends_with(",C,c@example.com,,soon") && lines[1].contains("Birthday"), "{file}");
    // mended and sent again it is taken: its two columns of its own are known
    let mended = desk.import("contact", file.replace("soon", "2001-02-03"), &[]);
    assert_eq!((&mended["created"], &mended["rejected"], &mended["unmapped"]), (&json!(1), &json!(0), &json!([])), "{mended}");
    // refused on writing: its cells are those of the file too
    let done = desk.import("account", "Company Name,Record ID,Shoe size\nX,7,39\nY,7,40\n", &[]);
    let file = desk.client.get(done["errors_url"].as_str().unwrap()).body;
    assert!(file.lines().nth(1).unwrap().ends_with(",Y,7,40"), "{file}");
    // exit codes
    let file = desk.write("strict.csv", "Last name,Birthday\nA,soon\n");
    desk.place.run(&["import", "contact", &file]).ok();
    assert_eq!(desk.place.run(&["import", "contact", &file, "--strict"]).code, 1);
    desk.stop();
}

fn the_past_needs_its_right(engine: Engine) {
    let desk = Desk::new(engine);
    // a role of the organisation's own in place of the shipped one
    let definition = "name = \"data_steward\"\nlabel = \"Clerk\"\ncapabilities = [\"import\"]\n[objects]\n\"*\" = { read = \"none\" }\nuser = { read = \"all\" }\nteam = { read = \"all\" }\ncontact = { create = true, read = \"all\", update = \"all\" }\n";
    assert_eq!(desk.client.post("/api/v1/records/role", &json!({"name": "data_steward", "label": "Clerk", "definition": definition})).status, 201);
    desk.place.person("clerk@example.org", "data_steward");
    let file = desk.write("past.csv", "Last name,Created At,Owner\nA,2019-05-06,ada@example.org\n");
    let done = desk.place.run(&["import", "contact", &file, "--json"]).ok();
    let done: Json = serde_json::from_str(done.trim().lines().last().unwrap()).unwrap();
    let found = &desk.all("contact", "created_at,owner.email")[0];
    assert_eq!((&done["created"], &found["owner.email"]), (&json!(1), &json!("ada@example.org")), "{done}");
    assert!(found["created_at"].as_str().unwrap().starts_with("2019-05-0"), "{found}");
    // a role without the right: refused by the columns' names, nothing is written
    let said = desk.place.run(&["import", "contact", &file, "--as", "clerk@example.org"]).fails(1);
    assert!(said.contains("Created At") && said.contains("import the past"), "{said}");
    let plain = desk.write("plain.csv", "Last name\nB\n");
    desk.place.run(&["import", "contact", &plain, "--as", "clerk@example.org"]).ok();
    assert_eq!(desk.values("contact", "last_name"), [json!("A"), json!("B")]);
    // nor may this role write what it may not create, and hears so before any row
    let said = desk.place.run(&["import", "account", &plain, "--as", "clerk@example.org"]).code;
    assert_eq!(said, 1);
    desk.stop();
}

fn undoing_an_import(engine: Engine) {
    let desk = Desk::new(engine);
    desk.import("contact", "Record ID,Last name,City\n1,Old,Bern\n", &[]);
    let rows = "Record ID,Last name,City,Company,E-mail,E-mail 2,Shoe\n1,Old,Basel,Acme,,,\n2,New,Chur,Acme,n@example.com,second@example.com,39\n3,Edited,Thun,Kept,,,40\n4,Other,Wil,Gone,,,41\n";
    let map =
        "key = \"external_id\"\n[[column]]\nfrom = \"Company\"\nto = \"account\"\nmatch = \"name\"\nmissing = \"create\"\n[[column]]\nfrom = \"Shoe\"\nto = \"shoe\"\ncreate = { integer = {} }\n";
    let done = desk.tried_and_done("contact", rows, map);
    assert_eq!((&done["created"], &done["updated"], &done["references_created"]), (&json!(3), &json!(1), &json!({"account": 3})), "{done}");
    assert_eq!(desk.values("contact_point", "value"), [json!("second@example.com")]);
    // somebody goes on working
    let edited = desk.all("contact", "last_name,id").into_iter().find(|c| c["last_name"] == "Edited").unwrap()["id"].clone();
    let path = format!("/api/v1/records/contact/{}", edited.as_str().unwrap());
    desk.client.with("if-match", "*").send("PATCH", &path, Some(("application/json", "{\"city\":\"Uster\"}"))).ok();

    let state = desk.undo(&done["change_set"]);
    assert_eq!(state["status"], "done", "{state}");
    let left: Vec<Json> = desk.values("contact", "last_name");
    assert_eq!((left, desk.values("contact", "city")), (vec![json!("Edited"), json!("Old")], vec![json!("Uster"), json!("Bern")]), "{state}");
    assert_eq!(desk.values("account", "name"), [json!("Kept")], "what an edited record hangs on stays");
    assert_eq!(desk.values("contact_point", "value"), Vec::<Json>::new());
    let skipped = state["skipped"].as_array().unwrap();
    let why = |object: &str| skipped.iter().find(|s| s["object"] == object && s["id"] != Json::Null).map(|s| s["why"].as_str().unwrap().to_owned());
    assert_eq!((why("contact"), why("account")), (Some("It was changed since.".into()), Some("A contact hangs on it that stays.".into())), "{state}");
    assert!(skipped.iter().any(|s| s["field"] == "shoe" && s["why"] == "It has values that stay."), "{state}");
    assert_eq!(desk.client.post(&format!("/api/v1/change-sets/{}/undo", done["change_set"].as_str().unwrap()), &json!({})).problem(409), "already_undone");

    // the undoing taken back brings all of it again; then, forced, all goes
    assert_eq!(desk.undo(&state["id"])["status"], "done");
    assert_eq!((desk.values("contact", "city").len(), desk.values("account", "name").len(), desk.values("contact_point", "value").len()), (4, 3, 1));
    let again = desk.mapped("contact", "Record ID,Last name,Company,Shoe\n9,Nine,Fresh,44\n", map, &[]);
    desk.client
        .with("if-match", "*")
        .send(
            "PATCH",
            &format!("/api/v1/records/contact/{}", desk.all("contact", "id").iter().find(|c| c["last_name"] == "Nine").unwrap()["id"].as_str().unwrap()),
            Some(("application/json", "{\"city\":\"Uster\"}")),
        )
        .ok();
    let forced: Json = serde_json::from_str(&desk.place.run(&["undo", again["change_set"].as_str().unwrap(), "--force"]).ok()).unwrap();
    assert_eq!((&forced["status"], &forced["restored"], &forced["skipped"]), (&json!("done"), &json!(2), &json!([])), "{forced}");
    desk.stop();
}
