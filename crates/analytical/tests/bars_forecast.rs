//! Forecasts of real series against published ones: prints reference, ours and bar, and holds us to it. A set that is not there is
//! skipped by name.

use analytical::forecast::{Question, Unit, run};
use serde_json::Value as Json;
use std::{fmt::Write as _, path::PathBuf};

fn set(name: &str) -> Option<(PathBuf, Json)> {
    let data = std::env::var_os("RAPPORT_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = data.join(name);
    let Ok(text) = std::fs::read_to_string(folder.join("reference.json")) else {
        eprintln!("skip: {name} is not in {}", data.display());
        return None;
    };
    Some((folder, serde_json::from_str(&text).expect("reference values are JSON")))
}
fn scratch(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rapport-forecast-{}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("a file of the test");
    path
}
fn held(what: &str, ours: f64, reference: f64, bar: f64) {
    println!("{what:<40} reference {reference:<10.4} ours {ours:<10.4} bar {bar}");
    assert!(ours <= bar, "{what}: {ours}, bar {bar}");
}
fn number(of: &Json) -> f64 {
    of.as_f64().unwrap_or(f64::NAN)
}

/// Every series of the monthly set of the M3 competition whose place in it leaves that rest by seven: the history as the file, the eighteen
/// months after it as what came.
fn m3(rest: usize) -> Option<(PathBuf, usize)> {
    let (folder, _) = set("forecast-m3")?;
    let mut reader = csv::Reader::from_path(folder.join("m3_monthly.csv")).expect("the set");
    let mut text = String::from("series,month,value\n");
    let mut months: std::collections::BTreeMap<String, i32> = std::collections::BTreeMap::new();
    let mut at: Vec<String> = Vec::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let id = record[0].to_owned();
        if !at.contains(&id) {
            at.push(id.clone());
        }
        if (at.len() - 1) % 7 != rest {
            continue;
        }
        // every history ends in December 1999, so that one last day holds for all
        let values: Vec<&str> = record[5].split_whitespace().collect();
        let length = i32::try_from(values.len()).expect("a short series");
        let first = if &record[4] == "train" { 2000 * 12 - length } else { 2000 * 12 };
        months.insert(id.clone(), first);
        for (value, month) in values.iter().zip(first..) {
            writeln!(text, "{id},{}-{:02}-01,{value}", month / 12, month % 12 + 1).expect("text");
        }
    }
    Some((scratch(&format!("m3-{rest}.csv"), &text), months.len()))
}
fn of_m3(file: PathBuf) -> Json {
    let q = Question { file, series: Some("series".into()), date: "month".into(), value: "value".into(), horizon: 18, until: Some("1999-12-31".into()), ..Question::default() };
    let answer = run(&q).expect("an answer");
    std::fs::remove_file(q.file).expect("gone");
    answer
}

#[test]
fn months_of_the_m3_competition() {
    let (Some((file, n)), Some((_, reference))) = (m3(0), set("forecast-m3")) else { return };
    let answer = of_m3(file);
    let theta = &reference["subset_every_7th_series_statsforecast"]["Theta"];
    assert_eq!((n, &answer["parameters"]["series"]), (204, &serde_json::json!(204)));
    println!("chosen: {}", answer["parameters"]["chosen_by_series"]);
    println!("coverage of 80 %: {}, of 95 %: {}", answer["quality"]["coverage_80"], answer["quality"]["coverage_95"]);
    held("M3 months, sMAPE (reference: Theta)", number(&answer["quality"]["smape"]), number(&theta["smape"]), 14.2);
    held("M3 months, MASE (reference: Theta)", number(&answer["quality"]["mase"]), number(&theta["mase"]), 0.87);
    let covered = number(&answer["quality"]["coverage_80"]);
    assert!((0.75..=0.85).contains(&covered), "{covered}");
}
/// Half of the series that the bar above does not look at.
#[test]
fn other_months_of_the_m3_competition() {
    for rest in [2, 3, 5] {
        let Some((file, _)) = m3(rest) else { return };
        let answer = of_m3(file);
        held(&format!("M3 months, rest {rest}, sMAPE (all: Theta)"), number(&answer["quality"]["smape"]), 13.896_594_511_044_448, 14.5);
        held(&format!("M3 months, rest {rest}, MASE (all: Theta)"), number(&answer["quality"]["mase"]), 0.858_011_253_743_902, 0.9);
    }
}

#[test]
fn passengers_and_retail_sales() {
    let Some((folder, reference)) = set("forecast-airpassengers") else { return };
    for (file, name, until, bar) in
        [("example_air_passengers.csv", "AirPassengers", "1958-12-31", 7.0), ("example_retail_sales.csv", "US retail sales (prophet example)", "2014-05-31", 4.888_540_524_351_583)]
    {
        let q = Question { file: folder.join(file), date: "ds".into(), value: "y".into(), horizon: 24, until: Some(until.into()), ..Question::default() };
        let answer = run(&q).expect("an answer");
        println!("{name}: chosen {}, coverage {} and {}", answer["chosen"], answer["quality"]["coverage_80"], answer["quality"]["coverage_95"]);
        held(&format!("{name}, sMAPE (reference: Theta)"), number(&answer["quality"]["smape"]), number(&reference[name]["Theta"]["smape"]), bar);
        held(&format!("{name}, MAPE"), number(&answer["quality"]["mape"]), f64::NAN, bar);
        assert_eq!(answer["rows"].as_array().unwrap().len(), 24);
    }
}

#[test]
fn months_of_a_pipeline() {
    let Some((folder, reference)) = set("pipeline-maven") else { return };
    let q = Question {
        file: folder.join("sales_pipeline.csv"),
        date: "close_date".into(),
        value: "close_value".into(),
        horizon: 3,
        unit: Some(Unit::Month),
        until: Some("2017-09-30".into()),
        ..Question::default()
    };
    let answer = run(&q).expect("an answer");
    println!("chosen {}, rows {:#?}, warnings {:#?}", answer["chosen"], answer["rows"], answer["warnings"]);
    held("won value by month, MAPE (%)", number(&answer["quality"]["mape"]), 100.0 * number(&reference["forecast_q4_2017_monthly_won_value"]["seasonal_naive_m3_mape"]), 10.0);
}
