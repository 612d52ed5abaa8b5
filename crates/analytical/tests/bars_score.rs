//! Scores of real tables against published figures: prints reference, ours and bar, and holds us to it. A set that is not there is
//! skipped by name.

use analytical::score::{Campaign, Question, run};
use serde_json::Value as Json;
use std::path::PathBuf;

fn data() -> PathBuf {
    std::env::var_os("RAPPORT_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}
fn set(name: &str, file: &str) -> Option<PathBuf> {
    let path = data().join(name).join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skip: {name} is not in {}", data().display());
    None
}
fn told(what: &str, ours: &Json, reference: f64, bar: &str) -> f64 {
    let ours = ours.as_f64().unwrap_or(f64::NAN);
    println!("{what:<44} reference {reference:<10.4} ours {ours:<10.4} bar {bar}");
    ours
}
fn warned(answer: &Json, kind: &str) -> Vec<String> {
    let all = answer["warnings"].as_array().expect("warnings");
    all.iter().filter(|w| w["kind"] == kind).map(|w| w["column"].as_str().unwrap_or("rows").to_owned()).collect()
}

#[test]
fn who_leaves_a_telephone_company() {
    let Some(file) = set("churn-telco", "Telco-Customer-Churn.csv") else { return };
    let asked = Question { file, target: "Churn".into(), id: Some("customerID".into()), campaign: Some(Campaign::default()), ..Question::default() };
    let answer = run(&asked).unwrap();
    let q = &answer["quality"];
    assert!(told("telco: AUC", &q["auc"], 0.8353, ">= .825") >= 0.825, "{q}");
    assert!(told("telco: log loss", &q["log_loss"], 0.426, "<= .436") <= 0.436, "{q}");
    told("telco: top-decile lift", &q["top_decile_lift"], 2.8, "");
    told("telco: calibration error", &q["ece"], 0.0, "");
    assert!(q["auc_low"].as_f64() < q["auc"].as_f64() && q["empc"]["share"].as_f64() > Some(0.0), "{q}");
    println!("chosen {} warnings {}", answer["chosen"], answer["warnings"]);
    for kind in ["leak", "drift", "no_skill", "too_little_data"] {
        assert_eq!(warned(&answer, kind), [""; 0], "{}", answer["warnings"]);
    }
    assert_eq!(answer["rows"].as_array().map(Vec::len), Some(7_043));
    assert!(answer["rows"][0]["reasons"][0]["column"].is_string(), "{}", answer["rows"][0]);
}

#[test]
fn who_opens_a_deposit() {
    let Some(file) = set("lead-bankfull", "bank_market.csv") else { return };
    let asked = Question { file, target: "y".into(), id: Some("Cust_num".into()), ..Question::default() };
    let honest = run(&Question { ignore: vec!["duration".into()], ..asked.clone() }).unwrap();
    assert!(told("bank without duration: AUC", &honest["quality"]["auc"], 0.8025, ">= .7925") >= 0.7925, "{}", honest["quality"]);
    println!("chosen {} warnings {}", honest["chosen"], honest["warnings"]);
    assert_eq!(warned(&honest, "leak"), [""; 0], "{}", honest["warnings"]);
    assert!(warned(&honest, "drift").contains(&"rows".to_owned()), "{}", honest["warnings"]);
    let all = run(&asked).unwrap();
    told("bank with duration: AUC", &all["quality"]["auc"], 0.931, "");
    assert_eq!(warned(&all, "leak"), ["duration"], "{}", all["warnings"]);
}

#[test]
fn nobody_can_tell_which_deal_is_won() {
    let Some(file) = set("pipeline-maven", "sales_pipeline.csv") else { return };
    let asked = Question {
        file,
        target: "deal_stage".into(),
        positive: Some("Won".into()),
        negative: Some("Lost".into()),
        id: Some("opportunity_id".into()),
        ignore: vec!["close_date".into(), "close_value".into()],
        ..Question::default()
    };
    let answer = run(&asked).unwrap();
    assert!(told("won or lost: log loss", &answer["quality"]["log_loss"], 0.686, "<= .686") <= 0.686, "{}", answer["quality"]);
    assert_eq!((warned(&answer, "no_skill").len(), &answer["chosen"]), (1, &Json::from("base_rate")), "{}", answer["warnings"]);
    // what is filled in because of the outcome is warned of
    let leaking = run(&Question { ignore: vec!["close_date".into()], ..asked }).unwrap();
    println!("{}", leaking["warnings"]);
    assert_eq!(warned(&leaking, "leak"), ["close_value"], "{}", leaking["warnings"]);
}

#[test]
fn one_tree_of_a_telephone_company() {
    let Some(file) = set("churn-telco", "Telco-Customer-Churn.csv") else { return };
    let answer = analytical::tree::run(&analytical::tree::Question { file, target: "Churn".into(), id: Some("customerID".into()), ..Default::default() }).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    println!("{}", rows[0]);
    assert!(told("telco: AUC of one tree", &answer["quality"]["auc"], 0.8353, ">= .77 (ours)") >= 0.77, "{}", answer["quality"]);
    assert!((4..=32).contains(&rows.len()) && rows[0]["rule"].as_str().is_some_and(|r| r.contains("Contract in (Month-to-month)") || r.contains("Contract not in")), "{}", rows[0]);
    let all: u64 = rows.iter().filter_map(|r| r["n"].as_u64()).sum();
    assert_eq!(Some(all), answer["parameters"]["learnt_from"].as_u64());
}
