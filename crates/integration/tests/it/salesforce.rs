use crate::{objects, shared};
use integration::import::detect::Locale;
use integration::import::reader::Limits;
use integration::import::salesforce::{ObjectBatch, SalesforceExport, Targets, read};
use integration::import::target::Target;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::Path;

struct All(Vec<objects::Object>);
impl Targets for All {
    fn target(&self, object: &str) -> Option<&dyn Target> {
        self.0.iter().find(|o| o.object() == object).map(|o| o as &dyn Target)
    }
}
fn export(path: &Path) -> SalesforceExport {
    let locale = Locale { region: Some("US".into()), ..Locale::default() };
    let export = read(path, &All(objects::all()), &locale, &Limits::default()).unwrap();
    check_references(&export);
    export
}
/// Every reference by external id leads to a row of the export, and to an earlier batch unless its field is late.
fn check_references(export: &SalesforceExport) {
    let keys: HashSet<(String, String)> = export.batches.iter().flat_map(|b| b.rows.iter().map(|r| (b.object.clone(), r.fields["external_id"].as_str().unwrap().to_owned()))).collect();
    assert_eq!(keys.len(), export.batches.iter().map(|b| b.rows.len()).sum::<usize>(), "external ids are distinct");
    let ids: HashSet<&String> = keys.iter().map(|(_, id)| id).collect();
    for batch in &export.batches {
        for row in &batch.rows {
            for (field, value) in &row.fields {
                if value.get("by").and_then(Value::as_str) == Some("external_id") {
                    let id = value["value"].as_str().unwrap().to_owned();
                    match value.get("object").and_then(Value::as_str) {
                        Some(object) => assert!(keys.contains(&(object.to_owned(), id.clone())), "{}: {field} leads nowhere: {value}", row.source),
                        None => assert!(ids.contains(&id), "{}: {field} leads nowhere: {value}", row.source),
                    }
                }
            }
        }
    }
    assert!(!export.notices.iter().any(|n| matches!(n.code, "unresolved_reference" | "rejected" | "odd_value")), "{:?}", export.notices);
}
fn counts(export: &SalesforceExport) -> BTreeMap<&str, usize> {
    export.batches.iter().map(|b| (b.object.as_str(), b.rows.len())).collect()
}
fn sum(batch: &ObjectBatch, field: &str, keep: impl Fn(&serde_json::Map<String, Value>) -> bool) -> (usize, String) {
    let mut cents = 0i64;
    let mut n = 0;
    for row in batch.rows.iter().filter(|r| keep(&r.fields)) {
        let amount = row.fields[field]["amount"].as_str().unwrap();
        cents += amount.replace('.', "").parse::<i64>().unwrap();
        n += 1;
    }
    (n, format!("{}.{:02}", cents / 100, cents % 100))
}

#[test]
fn the_three_trees_are_exact() {
    let Some(folder) = shared::set("export-salesforce") else { return };
    let reference = shared::reference(&folder);
    for (app, expected) in [
        ("dreamhouse", &[("broker", 8), ("contact", 5), ("property", 12)][..]),
        ("ebikes", &[("account", 3), ("product", 16), ("product_family", 4)]),
        ("easyspaces", &[("account", 12), ("contact", 12), ("lead", 11), ("market", 11), ("reservation", 2), ("space", 132)]),
    ] {
        let export = export(&folder.join(app));
        assert_eq!(counts(&export), expected.iter().copied().collect(), "{app}");
        // As many records as the second opinion counts in the trees.
        let trees: u64 = reference.as_object().unwrap().iter().filter(|(k, _)| k.starts_with(app)).filter_map(|(_, v)| v["records"].as_u64()).sum();
        assert_eq!(export.records.values().sum::<usize>() as u64, trees, "{app}");
    }
}

#[test]
fn custom_objects_have_types_and_references() {
    let Some(folder) = shared::set("export-salesforce") else { return };
    let dream = export(&folder.join("dreamhouse"));
    let property = dream.batch("property").unwrap();
    let definition = property.definition.as_ref().unwrap();
    let kind = |name: &str| definition["fields"].as_array().unwrap().iter().find(|f| f["name"] == name).map(|f| f["type"].clone()).unwrap_or_default();
    assert_eq!((definition["name"].as_str(), definition["plural"].as_str(), definition["title"].as_str()), (Some("property"), Some("properties"), Some("name")));
    for (name, expected) in [
        ("price", json!({"money": {}})),
        ("beds", json!({"integer": {}})),
        ("zip", json!({"text": {}})),
        ("location", json!({"geo_point": {}})),
        ("picture", json!({"url": {}})),
        ("broker", json!({"reference": {"to": "broker"}})),
    ] {
        assert_eq!(kind(name), expected, "{name}");
    }
    let row = &property.rows[0].fields;
    assert_eq!((&row["external_id"], &row["broker"]), (&json!("18HenryStRef"), &json!({"by": "external_id", "value": "CarolineBrookerRef"})));
    assert_eq!((&row["price"], &row["location"]), (&json!({"amount": "975000.00", "currency": "EUR"}), &json!({"lat": 42.35663, "lon": -71.11095})));
    let places: Vec<&str> = dream.batches.iter().map(|b| b.object.as_str()).collect();
    assert!(places.iter().position(|o| *o == "broker") < places.iter().position(|o| *o == "property"), "{places:?}");

    let spaces = export(&folder.join("easyspaces"));
    let space = spaces.batch("space").unwrap();
    assert_eq!(space.rows[0].fields["type"].as_array().unwrap().len(), 5, "a pick-list of several words");
    let contact = spaces.batch("contact").unwrap();
    assert_eq!(contact.new_fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["reservation_status"]);
    assert_eq!(contact.rows[0].fields["mobile"], json!("+14085051578"));
    assert!(contact.rows.iter().all(|r| r.fields["account"]["by"] == "external_id"));
    assert_eq!(spaces.notices.iter().filter(|n| n.code == "same_records").count(), 4, "the csv files hold the same records again");

    let bikes = export(&folder.join("ebikes"));
    let product = bikes.batch("product").unwrap();
    assert!(product.definition.is_none() && product.new_fields.iter().any(|f| f.name == "msrp"), "Product__c extends our product");
    assert_eq!(product.rows[0].fields["product_family"], json!({"by": "external_id", "value": "FuseRef"}));
    assert!(product.rows[0].fields["description"].as_str().unwrap().starts_with("Lorem"));
}

#[test]
fn the_nonprofit_set_is_exact() {
    let Some(folder) = shared::set("export-salesforce-npsp") else { return };
    let export = export(&folder);
    let reference = shared::reference(&folder);
    let tables = reference["datasets/dev_org/test_data.sql"].as_object().unwrap();
    let rows: u64 = tables.iter().filter(|(name, _)| !name.ends_with("_rt_mapping")).map(|(_, t)| t["rows"].as_u64().unwrap()).sum();
    assert_eq!(export.records.values().sum::<usize>() as u64, rows);
    let found = counts(&export);
    for (object, table) in [
        ("account", "Account"),
        ("contact", "Contact"),
        ("opportunity", "Opportunity"),
        ("payment", "npe01__OppPayment__c"),
        ("party_credit", "Partial_Soft_Credit__c"),
        ("order_line", "Allocation__c"),
        ("product", "General_Accounting_Unit__c"),
        ("campaign", "Campaign"),
        ("campaign_member", "CampaignMember"),
        ("opportunity_contact_role", "OpportunityContactRole"),
        ("contact_point", "Address__c"),
        ("relationship", "npe4__Relationship__c"),
        ("recurring_donation", "npe03__Recurring_Donation__c"),
    ] {
        assert_eq!(found.get(object).copied().unwrap_or(0) as u64, tables[table]["rows"].as_u64().unwrap(), "{object}");
    }

    let contacts = export.batch("contact").unwrap();
    let set = |row: &serde_json::Map<String, Value>, field: &str| row.get(field).is_some_and(|v| !v.is_null());
    assert_eq!(export.batch("account").unwrap().rows.iter().filter(|r| r.fields["kind"] == "household").count(), 87);
    assert_eq!(contacts.rows.iter().filter(|r| set(&r.fields, "household") && set(&r.fields, "account")).count(), 100);

    let kind: BTreeMap<&str, &str> = export.batch("stage").unwrap().rows.iter().map(|r| (r.fields["external_id"].as_str().unwrap(), r.fields["kind"].as_str().unwrap())).collect();
    let gifts = export.batch("opportunity").unwrap();
    let stage = |row: &serde_json::Map<String, Value>| row["stage"]["value"].as_str().unwrap().to_owned();
    assert_eq!(sum(gifts, "amount", |r| kind[stage(r).as_str()] == "won"), (294, "217520.00".into()));
    assert_eq!(sum(gifts, "amount", |r| stage(r) == "Salesforce: Pledged"), (34, "2550.00".into()));
    let payments = export.batch("payment").unwrap();
    assert_eq!(sum(payments, "amount", |r| r["status"] == "paid"), (485, "373240.00".into()));
    assert_eq!(sum(payments, "amount", |r| r["status"] == "scheduled"), (153, "21582.00".into()));
    assert_eq!(sum(payments, "amount", |r| r["status"] == "written_off"), (6, "935.00".into()));
    assert_eq!(sum(export.batch("party_credit").unwrap(), "amount", |r| r["role"] == "soft"), (129, "5044.00".into()));
    assert_eq!(sum(export.batch("order_line").unwrap(), "net", |r| set(r, "fund")), (100, "16804.00".into()));
    assert!(export.batch("order").unwrap().rows.iter().all(|r| r.fields["kind"] == "donation" && (set(&r.fields, "account") || set(&r.fields, "contact"))));
    assert!(export.batch("payment").unwrap().rows.iter().all(|r| set(&r.fields, "order")));
    let closed = gifts.rows.iter().filter(|r| set(&r.fields, "closed_at")).count();
    assert_eq!(closed, 300, "294 won and 6 lost are closed on their own day");
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn csv_by_sobject_with_ids() {
    let folder = folder_with(&[
        (
            "Account.csv",
            "Id,Name,ParentId,BillingCity,ShippingCity,Type,OwnerId,Industry\n001000000000001AAA,Acme,,Berlin,Bonn,Prospect,005000000000001AAA,Energy\n001000000000002AAA,Sub,001000000000001,,,,,\n",
        ),
        (
            "Contact.csv",
            "Id,FirstName,LastName,AccountId,Phone,HomePhone,DoNotCall,HasOptedOutOfEmail,LeadSource,Level__c,CreatedDate\n003000000000001AAA,Ada,Lovelace,001000000000001AAA,(415) 555-0143,(415) 555-0144,true,0,Web,Primary,2020-01-02T03:04:05.000Z\n",
        ),
        ("User.csv", "Id,FirstName,LastName,Email,IsActive,ManagerId,ProfileId\n005000000000001AAA,Grace,Hopper,grace@example.org,true,,00e000000000001AAA\n"),
        ("Lead.csv", "Id,LastName,Company,Status,Rating\n00Q000000000001AAA,Byron,Poems,Working - Contacted,Hot\n00Q000000000002AAA,Odd,X,Somewhere,\n"),
        (
            "Opportunity.csv",
            "Id,Name,AccountId,StageName,Amount,CloseDate,Probability,IsWon,IsClosed,Type,MainCompetitors__c,ExpectedRevenue\n006000000000001AAA,Deal,001000000000001AAA,Signed,1000.5,2024-02-29,100,true,true,New Customer,IBM,1000.5\n006000000000002AAA,Open,001000000000001AAA,Prospecting,,,10,false,false,,,\n",
        ),
        ("OpportunityContactRole.csv", "Id,OpportunityId,ContactId,Role,IsPrimary\n00K000000000001AAA,006000000000001AAA,003000000000001AAA,Decision Maker,true\n"),
        ("Product2.csv", "Id,Name,ProductCode,IsActive,Family\n01t000000000001AAA,Widget,W-1,true,Things\n"),
        ("Pricebook2.csv", "Id,Name,IsActive\n01s000000000001AAA,Standard,true\n"),
        ("PricebookEntry.csv", "Id,Pricebook2Id,Product2Id,UnitPrice,CurrencyIsoCode\n01u000000000001AAA,01s000000000001AAA,01t000000000001AAA,9.99,USD\n"),
        ("OpportunityLineItem.csv", "Id,OpportunityId,PricebookEntryId,Quantity,UnitPrice,TotalPrice\n00k000000000001AAA,006000000000001AAA,01u000000000001AAA,2,9.99,19.98\n"),
        (
            "Task.csv",
            "Id,Subject,WhoId,WhatId,Status,Priority,ActivityDate,Description\n00T000000000001AAA,Call,003000000000001AAA,006000000000001AAA,Completed,High,2024-01-02,Spoke\n00T000000000002AAA,,00Q000000000001AAA,,Not Started,Normal,,\n",
        ),
        (
            "Event.csv",
            "Id,Subject,StartDateTime,EndDateTime,WhoId,WhatId,IsAllDayEvent\n00U000000000001AAA,Lunch,2024-01-02T12:00:00.000Z,2024-01-02T13:00:00.000Z,003000000000001AAA,001000000000001AAA,0\n",
        ),
        ("Case.csv", "Id,CaseNumber,Subject,Status,Priority,Origin,AccountId,ContactId\n500000000000001AAA,00001,Broken,Escalated,Medium,Phone,001000000000001AAA,003000000000001AAA\n"),
        ("Visit__c.csv", "Id,Name,Guest__c,Rating__c,Happened__c,User__c\na00000000000001AAA,V-1,003000000000001AAA,4.5,2024-01-02,005000000000001AAA\na00000000000002AAA,V-2,,5,,\n"),
        ("Profile.csv", "Id,Name\n00e000000000001AAA,Admin\n"),
        ("ReadMe.csv", "a,b\n1,2\n"),
    ]);
    let export = export(folder.path());
    let one = |object: &str, at: usize| &export.batch(object).unwrap().rows[at];
    let by = |id: &str| json!({"by": "external_id", "value": id});
    assert_eq!(one("account", 1).fields["parent"], by("001000000000001AAA"), "15 characters are the same id");
    assert_eq!(export.batch("account").unwrap().late, ["parent"]);
    assert_eq!((&one("account", 0).fields["city"], &one("account", 0).points[0]["value"]), (&json!("Berlin"), &json!("Bonn")));
    assert_eq!(one("account", 0).fields["owner"], by("005000000000001AAA"));
    assert_eq!(one("account", 0).fields["description"], json!("Type: Prospect"));
    let contact = one("contact", 0);
    assert_eq!((&contact.fields["phone"], &contact.fields["level"], &contact.fields["created_at"]), (&json!("+14155550143"), &json!("Primary"), &json!("2020-01-02T03:04:05.000Z")));
    assert_eq!(contact.objections.iter().map(|o| (o.channel.as_str(), o.source.as_str())).collect::<Vec<_>>(), [("phone", "DoNotCall")]);
    assert_eq!(one("user", 0).fields["name"], json!("Grace Hopper"));
    assert!(!one("user", 0).fields.contains_key("roles"));
    assert_eq!((&one("lead", 0).fields["status"], &one("lead", 1).fields["description"]), (&json!("working"), &json!("Status: Somewhere")));
    let deal = one("opportunity", 0);
    assert_eq!((&deal.fields["stage"], &deal.fields["type"], &deal.fields["contact"]), (&by("Salesforce: Signed"), &json!("new"), &by("003000000000001AAA")));
    assert_eq!((&deal.fields["closed_at"], &deal.fields["amount"]["amount"]), (&json!("2024-02-29T00:00:00.000Z"), &json!("1000.50")));
    assert_eq!(export.batch("stage").unwrap().rows.iter().map(|r| r.fields["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["open", "won"]);
    assert_eq!(one("opportunity_line", 0).fields["product"], by("01t000000000001AAA"));
    assert_eq!(one("price_book_entry", 0).fields["currency"], json!("USD"));
    assert_eq!((&one("task", 0).fields["status"], &one("task", 0).fields["contact"]), (&json!("done"), &by("003000000000001AAA")));
    assert_eq!(one("task", 0).fields["about"], json!({"object": "opportunity", "by": "external_id", "value": "006000000000001AAA"}));
    assert_eq!(one("task", 1).fields["about"]["object"], "lead");
    assert_eq!(one("meeting", 0).fields["account"], by("001000000000001AAA"));
    assert_eq!((&one("case", 0).fields["status"], &one("case", 0).fields["channel"]), (&json!("open"), &json!("phone")));
    let visit = export.batch("visit").unwrap();
    let kinds: Vec<String> = visit.definition.as_ref().unwrap()["fields"].as_array().unwrap().iter().map(|f| format!("{}: {}", f["name"].as_str().unwrap(), f["type"])).collect();
    assert_eq!(
        kinds,
        ["name: {\"text\":{}}", "guest: {\"reference\":{\"to\":\"contact\"}}", "rating: {\"decimal\":{\"scale\":4}}", "happened: {\"date\":{}}", "user: {\"reference\":{\"to\":\"user\"}}"]
    );
    for code in ["machinery", "not_of_the_export", "unknown_word"] {
        assert!(export.notices.iter().any(|n| n.code == code), "{code}");
    }
}

#[test]
fn a_zip_of_nested_trees_and_a_hostile_one() {
    let tree = json!({"records": [{"attributes": {"type": "Account", "referenceId": "A1"}, "Name": "Acme",
        "Contacts": {"records": [{"attributes": {"type": "Contact", "referenceId": "C1"}, "LastName": "Ada"}, {"attributes": {"type": "Contact", "referenceId": "C2"}, "LastName": "Bob", "ReportsToId": "@C1"}]}}]});
    let zip = |parts: &[(&str, Vec<u8>)]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let (_folder, path) = shared::file("a.zip", zip(&[("../../etc/Accounts.json", tree.to_string().into_bytes()), ("__MACOSX/x.json", b"{".to_vec())]));
    let export = export(&path);
    assert_eq!(counts(&export), [("account", 1), ("contact", 2)].into());
    let contacts = export.batch("contact").unwrap();
    assert_eq!((&contacts.rows[1].fields["account"]["value"], &contacts.rows[1].fields["reports_to"]["value"]), (&json!("A1"), &json!("C1")));
    assert_eq!(contacts.late, ["reports_to"]);

    let (_folder, path) = shared::file("b.zip", zip(&[("Account.csv", b"Id,Name\n".iter().copied().chain(std::iter::repeat_n(b' ', 80 << 20)).collect())]));
    assert!(read(&path, &All(objects::all()), &Locale::default(), &Limits::default()).is_err());
}

#[test]
fn two_exports_below_one_folder_keep_apart() {
    let tree = |name: &str| json!({"records": [{"attributes": {"type": "Account", "referenceId": "AccountRef1"}, "Name": name}]}).to_string();
    let people = json!({"records": [{"attributes": {"type": "Contact", "referenceId": "C"}, "LastName": "X", "AccountId": "@AccountRef1"}]}).to_string();
    let folder =
        folder_with(&[("a/Accounts.json", &tree("A")), ("b/Accounts.json", &tree("B")), ("b/Contacts.json", &people), ("broken.json", "{\"records\": ["), ("deep.json", &"[".repeat(100_000))]);
    let export = export(folder.path());
    let ids: Vec<&str> = export.batch("account").unwrap().rows.iter().map(|r| r.fields["external_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["AccountRef1", "b/AccountRef1"]);
    assert_eq!(export.batch("contact").unwrap().rows[0].fields["account"]["value"], "b/AccountRef1");
    assert_eq!(export.notices.iter().filter(|n| n.code == "broken_file").count(), 2);
}

#[test]
fn circles_and_lost_references_are_told() {
    let records = |kind: &str, list: Value| {
        json!({"records": list.as_array().unwrap().iter().map(|f| { let mut f = f.clone(); f["attributes"] = json!({"type": kind, "referenceId": f["ref"]}); f.as_object_mut().unwrap().remove("ref"); f }).collect::<Vec<_>>()}).to_string()
    };
    let folder = folder_with(&[
        ("A.json", &records("Alpha__c", json!([{"ref": "A", "Name": "a", "Beta__c": "@B"}]))),
        ("B.json", &records("Beta__c", json!([{"ref": "B", "Name": "b", "Alpha__c": "@A", "Gone__c": "@Nobody", "Owner__c": "x"}]))),
    ]);
    let export = read(folder.path(), &All(objects::all()), &Locale::default(), &Limits::default()).unwrap();
    assert_eq!(export.batches.iter().map(|b| b.late.len()).sum::<usize>(), 1, "one of the two must wait");
    assert!(export.notices.iter().any(|n| n.code == "unresolved_reference" && n.detail.contains("Gone__c")));
    assert!(export.batch("beta").unwrap().rows[0].fields.contains_key("owner_c"), "every object has an owner already");
    let folder = folder_with(&[("package.json", "{\"name\": \"x\"}")]);
    assert!(read(folder.path(), &All(Vec::new()), &Locale::default(), &Limits::default()).is_err());
}

#[test]
fn broken_exports_never_panic() {
    let sql = "BEGIN TRANSACTION;\nCREATE TABLE \"Contact\" (\n id INTEGER NOT NULL, \"LastName\" VARCHAR(255), \"AccountId\" VARCHAR(255), PRIMARY KEY (id)\n);\nINSERT INTO \"Contact\" VALUES(1,'O''Neil ä','7');\nCOMMIT;";
    let map = "Contact:\n    sf_object: Contact\n    table: Contact\n    fields:\n        LastName: LastName\n    lookups:\n        AccountId:\n            table: Account\n";
    let tree = "{\"records\":[{\"attributes\":{\"type\":\"Thing__c\",\"referenceId\":\"T\"},\"Name\":\"ä\",\"Other__c\":\"@T\",\"Place__Latitude__s\":1}]}";
    let csv = "Id,LastName,Birth__c\n003000000000001AAA,Ada,\"12. März 1980\"\n";
    let targets = All(objects::all());
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    for round in 0..400 {
        let mut files: Vec<Vec<u8>> = [sql, map, tree, csv].iter().map(|t| t.as_bytes().to_vec()).collect();
        for _ in 0..1 + round % 5 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let file = &mut files[(random % 4) as usize];
            if file.is_empty() {
                continue;
            }
            let at = (random >> 8) as usize % file.len();
            match random % 3 {
                0 => file[at] = b"\"'(),;:\n{}[]@_\xC3"[(random >> 40) as usize % 15],
                1 => drop(file.remove(at)),
                _ => file.truncate(at.max(1)),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in ["data.sql", "mapping.yml", "Things.json", "Contact.csv"].iter().zip(&files) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        drop(read(folder.path(), &targets, &Locale::default(), &Limits::default()));
    }
}
