//! `rapport analyze` on files: an answer, a reason, and the right exit code, without any workspace.

use serde_json::Value as Json;
use std::process::Command;

fn ask(words: &[&str]) -> (Option<i32>, String, String) {
    let said = Command::new(env!("CARGO_BIN_EXE_rapport")).arg("analyze").args(words).output().unwrap();
    (said.status.code(), String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap())
}
fn json(words: &[&str]) -> Json {
    let (code, out, err) = ask(&[words, &["--json"]].concat());
    assert_eq!(code, Some(0), "{words:?}: {err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn every_method_answers_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("months.csv");
    let mut text = String::from("month;shop;value;cost;open;id\n");
    for m in 0..36 {
        for (shop, size) in [("north", 100), ("south", 40)] {
            text += &format!("{}-{:02};{shop};{},5;{};{};{shop}{m}\n", 2020 + m / 12, m % 12 + 1, size + m + (m % 12) * 3, 30 + m % 5, if (m + size) % 3 == 0 { "yes" } else { "no" });
        }
    }
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let forecast = json(&["forecast", file, "--series", "shop", "--date", "month", "--value", "value", "--horizon", "3", "--until", "2022-06-30"]);
    assert_eq!((&forecast["rows"][0]["id"], &forecast["rows"][0]["date"], forecast["rows"].as_array().unwrap().len()), (&Json::from("north"), &Json::from("2022-07-01"), 6));
    assert!(forecast["quality"]["smape"].as_f64().unwrap() < 5.0 && forecast["models"].as_array().unwrap().len() > 5);
    assert_eq!(json(&["describe", file])["rows"][2]["n"], 72);
    assert_eq!(json(&["crosstab", file, "--rows", "shop", "--columns", "open", "--value", "value", "--fn", "mean"])["rows"][0]["n"], 36.0);
    assert!(json(&["test", file, "--value", "value", "--group", "shop"])["parameters"]["welch"]["p"].as_f64().unwrap() < 1e-6);
    assert!(json(&["test", file, "--value", "open", "--group", "shop", "--expected", "north=1,south=1"])["parameters"]["srm"]["p"].is_number());
    assert_eq!(json(&["correlate", file, "--columns", "value,cost"])["rows"][0]["id"], "value ~ cost");
    assert_eq!(json(&["cluster", file, "--id", "id", "--columns", "value,cost", "--k", "2"])["parameters"]["k"], 2);
    let profit = json(&["profit", file, "--customer", "shop", "--revenue", "value", "--cost", "cost", "--driver", "cost=0.5"]);
    assert_eq!((&profit["rows"][0]["id"], &profit["parameters"]["losing_customers"]), (&Json::from("north"), &Json::from(0)));
    let (code, out, _) = ask(&["describe", file]);
    assert!(code == Some(0) && out.starts_with("describe, n = 72") && out.contains("shop\ttext"), "{out}");
}

#[test]
fn wrong_columns_and_files_end_with_2_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.csv");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    let file = path.to_str().unwrap();
    for (words, why) in [
        (vec!["forecast", file, "--date", "a", "--value", "nothing", "--horizon", "3"], "There is no column \"nothing\""),
        (vec!["forecast", file, "--date", "a", "--value", "b", "--horizon", "three"], "invalid value"),
        (vec!["describe", "/nowhere.csv"], "could not be read"),
        (vec!["crosstab", file, "--rows", "a", "--columns", "c"], "There is no column"),
        (vec!["test", file, "--value", "a", "--group", "b"], "1 groups"),
        (vec!["correlate", file], "0 columns"),
        (vec!["cluster", file], "No column"),
        (vec!["profit", file, "--customer", "a", "--revenue", "b", "--driver", "a"], "COL=RATE"),
        (vec!["score", file, "--target", "a"], "1 values"),
        (vec!["churn", file, "--target", "c"], "There is no column"),
    ] {
        let (code, _, err) = ask(&words);
        assert!(code == Some(2) && err.contains(why), "{words:?}: {code:?} {err}");
    }
}

#[test]
fn chances_are_told_for_each_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let rows: String = (0..600).map(|i| format!("c{i},{},{}\n", i % 20, if i * 7 % 20 < i % 20 { "yes" } else { "no" })).collect();
    std::fs::write(&path, format!("id,visits,left\n{rows}")).unwrap();
    let file = path.to_str().unwrap();
    let told = json(&["churn", file, "--target", "left", "--id", "id", "--test", "row % 4 == 1"]);
    assert_eq!((&told["method"], &told["parameters"]["tested_on"], &told["rows"][0]["id"]), (&Json::from("churn"), &Json::from(150), &Json::from("c0")));
    assert!(told["quality"]["auc"].is_number() && told["quality"]["empc"]["share"].is_number() && told["models"][1]["name"] == "logistic", "{}", told["quality"]);
    let told = json(&["tree", file, "--target", "left", "--ignore", "id"]);
    assert!(told["rows"][0]["rule"].as_str().is_some_and(|rule| rule.contains("visits")) && told["quality"]["auc"].as_f64() > Some(0.6), "{told}");
    let told = json(&["regress", file, "--target", "visits", "--ignore", "id"]);
    assert_eq!((&told["parameters"]["family"], &told["rows"][1]["id"]), (&Json::from("gaussian"), &Json::from("left=yes")));
    let (code, out, _) = ask(&["score", file, "--target", "left", "--ignore", "id"]);
    assert!(code == Some(0) && out.starts_with("score, n = 600"), "{out}");
}
