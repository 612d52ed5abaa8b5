//! What a refusal must look like. The judge is itself held against answers that it has to find wrong.

use super::case::Case;
use crate::kit::Answer;
use serde_json::Value as Json;

/// What is wrong with an answer to a broken request; nothing where it is a proper refusal.
pub(super) fn fault(case: &Case, answer: &Answer) -> Option<String> {
    let told = |what: &str| Some(format!("{}: {} {} {}: {what}: {} {}", case.kind, case.method, short(&case.path), short(&String::from_utf8_lossy(&case.body)), answer.status, short(&answer.body)));
    if !(400..500).contains(&answer.status) {
        return told("no refusal");
    }
    if answer.headers.get("content-type").map(String::as_str) != Some("application/problem+json") {
        return told("no problem of RFC 9457");
    }
    let Ok(json) = serde_json::from_str::<Json>(&answer.body) else { return told("no JSON") };
    let text = |name: &str| json[name].as_str().unwrap_or_default();
    let code = text("code");
    if code.is_empty() || text("type") != format!("urn:rapport:error:{code}") || text("title").is_empty() || json["status"] != answer.status {
        return told("its members do not fit each other");
    }
    if text("request_id").is_empty() || answer.headers.get("x-request-id").map(String::as_str) != Some(text("request_id")) {
        return told("no request id");
    }
    let Some(errors) = json["errors"].as_array() else { return told("no list of errors") };
    if !is_sentence(text("detail")) {
        return told("the detail says nothing");
    }
    for error in errors {
        let of = |name: &str| error[name].as_str().unwrap_or_default();
        if of("field").is_empty() || of("code").is_empty() || !is_sentence(of("detail")) {
            return told("an error without field, code or words");
        }
    }
    if answer.status == 422 && code == "invalid_fields" && errors.is_empty() {
        return told("fields are wrong, none is named");
    }
    if let Some(wanted) = &case.field
        && !errors.iter().any(|e| e["field"].as_str().is_some_and(|f| f == wanted || f.starts_with(&format!("{wanted}."))))
    {
        return told(&format!("the field \"{wanted}\" is not named"));
    }
    if case.status != 0 && case.status != answer.status {
        return told(&format!("{} was expected", case.status));
    }
    None
}

/// Words for a person: several of them, with an end.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() >= 2 && text.ends_with(['.', '?', '…', ')', '}'])
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

#[test]
fn answers_that_are_no_refusals_are_found() {
    let case = Case::new("control", "POST", "/x").names("city");
    let good = serde_json::json!({"type": "urn:rapport:error:invalid_fields", "title": "Wrong", "status": 422, "code": "invalid_fields", "detail": "Text is expected.",
        "errors": [{"field": "city", "code": "wrong_type", "detail": "Text is expected."}], "request_id": "r1"});
    let answer = |status: u16, kind: &str, body: String| Answer { status, headers: [("content-type", kind), ("x-request-id", "r1")].map(|(n, v)| (n.to_owned(), v.to_owned())).into(), body };
    let problem = "application/problem+json";
    assert_eq!(fault(&case, &answer(422, problem, good.to_string())), None);
    let changed = |pointer: &str, value: Json| {
        let mut json = good.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        json.to_string()
    };
    for (what, wrong) in [
        ("accepted", answer(200, "application/json", "{}".into())),
        ("failed", answer(500, problem, good.to_string())),
        ("a page", answer(422, "text/html", good.to_string())),
        ("no JSON", answer(422, problem, "oops".into())),
        ("another status inside", answer(422, problem, changed("/status", 400.into()))),
        ("another type", answer(422, problem, changed("/type", "about:blank".into()))),
        ("another field", answer(422, problem, changed("/errors/0/field", "name".into()))),
        ("no words", answer(422, problem, changed("/detail", "".into()))),
        ("one word", answer(422, problem, changed("/errors/0/detail", "invalid".into()))),
        ("another request", answer(422, problem, changed("/request_id", "r2".into()))),
        ("no field at all", answer(422, problem, changed("/errors", serde_json::json!([])))),
    ] {
        assert!(fault(&case, &wrong).is_some(), "{what} was not found");
    }
}
