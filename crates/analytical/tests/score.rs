//! Scores at the edges: too little, nothing to tell, columns that know the outcome, times that change.

use analytical::score::{Question, run};
use serde_json::Value as Json;
use std::{fmt::Write as _, path::PathBuf};

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rapport-score-{}-{name}.csv", std::process::id()));
    std::fs::write(&path, text).expect("a file of the test");
    path
}
fn ask(name: &str, text: &str) -> Result<Json, String> {
    run(&Question { file: file(name, text), target: "y".into(), ..Question::default() }).map_err(|e| e.0)
}
fn kinds(answer: &Json) -> Vec<(String, String)> {
    let text = |v: &Json| v.as_str().unwrap_or("").to_owned();
    answer["warnings"].as_array().expect("warnings").iter().map(|w| (text(&w["kind"]), text(&w["column"]))).collect()
}
/// Numbers from 0 to 1 without a pattern, the same every run.
fn noise(i: u64, of: u64) -> f64 {
    let mut z = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ of.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
/// x tells y, z does not.
fn rows(n: u64, line: impl Fn(u64, bool) -> String) -> String {
    (0..n).fold(String::new(), |mut out, i| {
        let x = noise(i, 1);
        let y = noise(i, 2) < 1.0 / (1.0 + (3.0 - 6.0 * x).exp());
        writeln!(out, "{},{x:.4},{}{}", if y { "yes" } else { "no" }, ["a", "b", "c"][usize::try_from(i % 3).unwrap_or(0)], line(i, y)).expect("a text");
        out
    })
}

#[test]
fn what_can_be_told_is_told_with_reasons() {
    let answer = ask("told", &format!("y,x,z\n{}", rows(2_000, |_, _| String::new()))).unwrap();
    assert!(answer["quality"]["auc"].as_f64() > Some(0.78), "{}", answer["quality"]);
    assert_eq!((&answer["parameters"]["positive"], kinds(&answer)), (&Json::from("yes"), vec![]), "{}", answer["warnings"]);
    let rows = answer["rows"].as_array().unwrap();
    let surest = rows.iter().max_by(|a, b| a["score"].as_f64().partial_cmp(&b["score"].as_f64()).unwrap()).unwrap();
    assert_eq!((&surest["decile"], &surest["reasons"][0]["column"], &surest["reasons"][0]["effect"]), (&Json::from(1), &Json::from("x"), &Json::from("raises")), "{surest}");
    assert_eq!(rows.iter().filter(|r| r["part"] == "tested").count(), 400);
    // the same again is the same
    let again = ask("again", &format!("y,x,z\n{}", rows_text())).unwrap();
    assert_eq!(again["quality"], answer["quality"]);
}
fn rows_text() -> String {
    rows(2_000, |_, _| String::new())
}
#[test]
fn a_column_that_is_written_because_of_it_is_a_leak() {
    let told = ask("after", &format!("y,x,z,closed\n{}", rows(2_000, |i, y| format!(",{}", if y { format!("{}", i % 28) } else { String::new() })))).unwrap();
    assert!(kinds(&told).contains(&("leak".into(), "closed".into())), "{}", told["warnings"]);
    // the positive control: as many gaps, at random
    let honest = ask("gaps", &format!("y,x,z,closed\n{}", rows(2_000, |i, _| format!(",{}", if noise(i, 5) < 0.5 { format!("{}", i % 28) } else { String::new() })))).unwrap();
    assert_eq!(kinds(&honest), vec![], "{}", honest["warnings"]);
}
#[test]
fn times_that_change_are_told_and_the_same_rows_in_any_order_are_not() {
    let line = |i: u64, late: bool| {
        let y = noise(i, 2) < if late { 0.5 } else { 0.15 } * (0.5 + noise(i, 1));
        format!("{},{:.4}\n", if y { "yes" } else { "no" }, noise(i, 1))
    };
    let in_time: String = (0..2_000).map(|i| line(i, i >= 1_600)).collect();
    assert!(kinds(&ask("time", &format!("y,x\n{in_time}")).unwrap()).contains(&("drift".into(), String::new())));
    let mixed: String = (0..2_000).map(|i| line(i, noise(i, 7) < 0.2)).collect();
    assert!(!kinds(&ask("mixed", &format!("y,x\n{mixed}")).unwrap()).iter().any(|(kind, _)| kind == "drift"));
}
#[test]
fn many_values_without_a_pattern_are_no_drift() {
    let many: String = rows(700, |i, _| format!(",v{}", (i * 7919 + 13) % 120));
    let answer = ask("many", &format!("y,x,z,branch\n{many}")).unwrap();
    assert!(!kinds(&answer).iter().any(|(kind, _)| kind == "drift"), "{}", answer["warnings"]);
}
#[test]
fn a_campaign_has_amounts() {
    let campaign = |worth| analytical::score::Campaign { worth, offer: 1.0, contact: 1.0 };
    let q = Question { file: file("campaign", &format!("y,x,z\n{}", rows_text())), target: "y".into(), ..Question::default() };
    for worth in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(run(&Question { campaign: Some(campaign(worth)), ..q.clone() }).is_err(), "{worth}");
    }
    assert!(run(&Question { campaign: Some(campaign(200.0)), ..q }).is_ok());
}
#[test]
fn too_little_and_nothing() {
    for (name, text, why) in [
        ("empty", "", "empty"),
        ("header", "y,x\n", "0 values"),
        ("one", "y,x\nyes,1\n", "1 values"),
        ("same", "y,x\nyes,1\nyes,2\nyes,3\n", "1 values"),
        ("three", "y,x\na,1\nb,2\nc,3\n", "--positive"),
        ("missing", "x\n1\n", "no column \"y\""),
        ("alone", "y,x\nyes,1\nno,2\n", "kept back"),
    ] {
        let said = match ask(name, text) {
            Err(said) => said,
            Ok(answer) => answer.to_string(),
        };
        // two rows can be parted; what is said then is that they are too few
        assert!(said.contains(why) || name == "alone" && said.contains("too_little_data"), "{name}: {said}");
    }
    let few = ask("few", "y,x\nyes,1\nno,2\nyes,3\nno,4\nyes,5\nno,6\n").unwrap();
    assert!(kinds(&few).iter().any(|(kind, _)| kind == "too_little_data") && kinds(&few).iter().any(|(kind, _)| kind == "no_skill"), "{few}");
    // columns that say nothing, and gaps everywhere
    let odd = ask("odd", &format!("y,x,z,flat,none,mixed\n{}", rows(400, |i, _| format!(",same,,{}", if i % 2 == 0 { "7" } else { "seven" })))).unwrap();
    assert!(kinds(&odd).contains(&("left_out".into(), "flat".into())) && kinds(&odd).contains(&("left_out".into(), "none".into())), "{}", odd["warnings"]);
    assert!(!odd.to_string().contains("NaN"));
}
