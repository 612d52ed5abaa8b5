//! Files as they come: empty, broken, odd. Each gets a stated answer.

use analytical::{clv, cohort, rfm, survival, transactions::Columns};
use serde_json::Value as Json;
use std::path::PathBuf;

struct File(PathBuf);
impl File {
    fn new(name: &str, text: &str) -> File {
        let path = std::env::temp_dir().join(format!("rapport-transactions-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).expect("a file of the test");
        File(path)
    }
    fn columns(&self) -> Columns {
        Columns { file: self.0.clone(), customer: "Kunde".into(), date: "Datum".into(), amount: Some("Betrag".into()), ..Columns::default() }
    }
}
impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).expect("gone");
    }
}
fn weeks(model: clv::Model) -> clv::Question {
    clv::Question { model, horizon: 10.0, unit: cohort::Unit::Week, discount: 0.01 }
}
fn kinds(answer: &Json) -> Vec<&str> {
    answer["warnings"].as_array().into_iter().flatten().filter_map(|w| w["kind"].as_str()).collect()
}

#[test]
fn what_cannot_be_used_is_counted_and_said() {
    let file = File::new("odd", "Kunde;Datum;Betrag\nA;31.12.2024;1.234,50\nA;02.01.2025;-5,00\n;02.01.2025;5,00\nB;soon;5,00\nB;03.01.2025;a lot\nC;04.01.2025;0,00\n");
    let answer = rfm::run(&file.columns(), rfm::Mailing::default()).unwrap();
    assert_eq!(answer["n"], 2, "{answer}");
    assert_eq!(answer["rows"][0]["monetary"], 1_234.5);
    assert_eq!((&answer["rows"][0]["recency"], &answer["parameters"]["snapshot"]), (&Json::from(5.0), &Json::from("2025-01-05")));
    assert_eq!(kinds(&answer), ["left_out", "left_out", "left_out", "left_out", "too_little_data"], "{answer}");
    assert!(answer["warnings"].to_string().contains("1 of 6 rows with a negative amount (returns)"));
}
#[test]
fn what_is_not_there_is_named() {
    let file = File::new("small", "Kunde,Datum,Betrag\nA,1/2/2025,3\n");
    let refusal = |columns: Columns| rfm::run(&columns, rfm::Mailing::default()).unwrap_err().to_string();
    assert_eq!(refusal(Columns { customer: "customer".into(), ..file.columns() }), "There is no column \"customer\". The columns are: Kunde, Datum, Betrag.");
    assert!(refusal(Columns { until: Some("soon".into()), ..file.columns() }).starts_with("--until soon is no date."));
    assert!(refusal(Columns { until: Some("2024-01-01".into()), ..file.columns() }).contains("before the first purchase"));
    let empty = File::new("empty", "");
    assert!(refusal(empty.columns()).contains("the file is empty"));
    let bare = File::new("bare", "Kunde,Datum,Betrag\n");
    assert!(refusal(bare.columns()).contains("holds no row with a customer, a date and an amount"));
    // one row is an answer, and a rough one
    let one = rfm::run(&file.columns(), rfm::Mailing::default()).unwrap();
    assert_eq!(kinds(&one), ["ambiguous_dates", "too_little_data"]);
    assert!(clv::run(&file.columns(), weeks(clv::Model::BgNbd)).unwrap_err().to_string().starts_with("Too little data."));
    assert!(clv::run(&file.columns(), clv::Question { horizon: 0.0, ..weeks(clv::Model::BgNbd) }).is_err());
    assert!(rfm::run(&file.columns(), rfm::Mailing { cost: Some(1.0), margin: None }).is_err());
}
#[test]
fn cohorts_count_each_customer_once_a_period() {
    let file = File::new("cohorts", "Kunde,Datum,Betrag\nA,2025-01-03,1\nA,2025-01-20,1\nA,2025-03-01,2\nB,2025-01-31,1\nC,2025-02-01,4\n");
    let answer = cohort::run(&file.columns(), cohort::Unit::Month).unwrap();
    assert_eq!(answer["rows"][0]["active"], serde_json::json!([2, 0, 1]));
    assert_eq!(answer["rows"][0]["retention"], serde_json::json!([1.0, 0.0, 0.5]));
    assert_eq!(answer["rows"][1], serde_json::json!({"id": "2025-02", "size": 1, "active": [1, 0], "retention": [1.0, 0.0], "revenue": [4.0, 0.0]}));
    assert_eq!(kinds(&answer), ["unfinished_period"]);
}
#[test]
fn contracts_that_end_and_go_on() {
    let mut text = String::from("Kunde,Datum,Betrag\n");
    for customer in 0..60 {
        for month in 1..=1 + customer % 12 {
            text += &format!("K{customer},2024-{month:02}-05,10\n");
        }
    }
    let file = File::new("contracts", &text);
    let asked = Columns { until: Some("2024-12-31".into()), ..file.columns() };
    let answer = clv::run(&asked, clv::Question { model: clv::Model::Sbg, horizon: 12.0, unit: cohort::Unit::Month, discount: 0.0 }).unwrap();
    assert_eq!(answer["n"], 60);
    for row in answer["rows"].as_array().unwrap() {
        let (ended, clv) = (row["ended"].as_bool().unwrap(), row["clv"].as_f64().unwrap());
        assert_eq!(ended, row["periods"].as_u64() != Some(12), "{row}");
        assert!(ended || row["p_renews"].as_f64().is_some_and(|p| p > 0.5 && p < 0.99), "{row}");
        assert!(if ended { clv == 0.0 } else { clv > 0.0 && clv < 120.0 }, "{row}");
    }
}
/// Customers who are all alike: the spread of their habits has no finite estimate, yet each has a future.
#[test]
fn customers_who_are_all_alike() {
    let mut text = String::from("Kunde,Datum,Betrag\n");
    let mut dice = 12_345u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for customer in 0..300 {
        let mut day = i64::try_from(roll(200)).expect("a day");
        loop {
            let date = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(day)).expect("a date");
            text += &format!("K{customer},{date},{}\n", 5 + roll(90));
            day += 1 + i64::try_from(roll(80)).expect("days");
            if roll(10) < 3 || day > 600 {
                break;
            }
        }
    }
    let file = File::new("alike", &text);
    for model in [clv::Model::BgNbd, clv::Model::ParetoNbd] {
        let answer = clv::run(&file.columns(), weeks(model)).unwrap();
        for row in answer["rows"].as_array().unwrap() {
            let of = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
            assert!(of("expected_purchases") >= 0.0 && of("expected_purchases") < 30.0 && (0.0..=1.0).contains(&of("p_alive")) && of("clv") >= 0.0, "{model:?} {row}");
        }
    }
}
#[test]
fn survival_leaves_out_what_explains_nothing() {
    let mut text = String::from("id,days,left,plan,same,word,age\n");
    for i in 0..60 {
        text += &format!("{i},{},{},{},x,w{i},{}\n", 1 + (i * 7) % 30, i % 3 % 2, if i % 2 == 0 { "basic" } else { "pro" }, 20 + (i * 13) % 40);
    }
    text += "60,,1,basic,x,w,30\n";
    let file = File::new("survival", &text);
    let question = survival::Question { file: file.0.clone(), duration: "days".into(), event: "left".into(), id: Some("id".into()), treatment: Some("plan".into()), ..survival::Question::default() };
    let answer = survival::run(&question).unwrap();
    assert_eq!(answer["n"], 60);
    let names: Vec<&String> = answer["parameters"]["cox"]["coefficients"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["plan=basic", "age"]);
    assert_eq!(kinds(&answer).iter().filter(|k| **k == "left_out").count(), 3, "{answer}");
    assert!(answer["parameters"]["log_rank"]["p"].as_f64().is_some_and(|p| (0.0..=1.0).contains(&p)));
    let odd = survival::Question { event: "word".into(), ..question };
    assert!(survival::run(&odd).unwrap_err().to_string().contains("1 or 0"));
}
