//! The document: complete, sound, fresh.

use crate::world::{Engine, Who, World};
use records::Catalogue;
use serde_json::{Value as Json, json};
use std::{collections::HashSet, fs, path::Path};

fn real() -> Json {
    let modules = vec![customer::module(), operational::module(), privacy::module(), api::module()];
    api::document(&Catalogue::new(modules).unwrap())
}

#[test]
fn the_committed_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/openapi.json");
    let now = format!("{:#}\n", real());
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the program")]
    if std::env::var("UPDATE").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &now).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == now, "schema/openapi.json is not what the routes say. Run: UPDATE=1 cargo test -p api, and read the difference.");
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Json, json: &Json, used: &mut HashSet<String>) {
        match json {
            Json::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Json::as_str) {
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                    used.insert(reference.to_owned());
                }
                map.values().for_each(|value| walk(document, value, used));
            }
            Json::Array(items) => items.iter().for_each(|item| walk(document, item, used)),
            _ => {}
        }
    }
    let (document, mut used) = (real(), HashSet::new());
    walk(&document, &document, &mut used);
    for (kind, all) in document["components"].as_object().unwrap() {
        for name in all.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "nothing uses {kind}/{name}");
        }
    }
}

#[test]
fn operations_are_named_once_and_their_paths_are_described() {
    let document = real();
    let mut names = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}: named twice");
            let described: Vec<_> = operation["parameters"].as_array().unwrap().iter().filter_map(|p| p["$ref"].as_str()).filter_map(|r| r.strip_prefix("#/components/parameters/")).collect();
            let written: Vec<_> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(described, written, "{method} {path}");
            assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with(['2', '3'])), "{method} {path}: no good answer");
        }
    }
    for verb in ["/api/v1/opportunities/{id}/closure", "/api/v1/leads/{id}/conversion"] {
        assert!(document["paths"][verb]["post"].is_object() && document["paths"][verb]["delete"].is_object(), "{verb}");
    }
}

/// Every route that is described is there: who is nobody is asked for credentials, not sent away. Sign-in, backups, health and
/// figures are the server's.
#[test]
fn every_route_is_there() {
    let world = World::new(Engine::Sqlite);
    let elsewhere = |path: &str| !path.starts_with("/api/v1/") || path.starts_with("/api/v1/auth/") || path.starts_with("/api/v1/backups") || path == "/api/v1/me";
    let mut seen = 0;
    for (path, item) in world.document["paths"].as_object().unwrap().iter().filter(|(path, _)| !elsewhere(path)) {
        for (method, operation) in item.as_object().unwrap() {
            let real = path.replace("{id}", "0190f0c2-0000-7000-8000-000000000000").replace("{object}", "company").replace(['{', '}'], "");
            let got = world.raw(Who::Nobody, &method.to_uppercase(), &real, &[], "");
            let open = operation["security"] == json!([]);
            assert_eq!(got.status, if open { 200 } else { 401 }, "{method} {path}");
            seen += 1;
        }
    }
    assert!(seen >= 40, "{seen}");
}

#[test]
fn signed_in_the_document_names_objects() {
    let world = World::new(Engine::Sqlite);
    let schema = |who| world.get(who, "/openapi.json").expect(200).json()["components"]["parameters"]["object"]["schema"].clone();
    assert!(schema(Who::Nobody).get("enum").is_none());
    assert!(schema(Who::User(world.user("ann", "rep")))["enum"].as_array().unwrap().contains(&json!("company")));
}

/// The kinds of entries stand in the log; the document repeats them.
#[test]
fn kinds_of_log_entries_are_those_of_the_log() {
    let kinds: Vec<_> = records::LOG_KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(real()["components"]["schemas"]["LogEntry"]["properties"]["kind"]["enum"], json!(kinds));
}
