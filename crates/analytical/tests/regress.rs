//! Regressions of tables: coding, families, what is left out, what is refused.

use analytical::regress::{Family, Question, run};
use serde_json::Value as Json;
use std::path::PathBuf;

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rapport-regress-{}-{name}.csv", std::process::id()));
    std::fs::write(&path, text).expect("a file of the test");
    path
}
fn question(name: &str, text: &str, target: &str) -> Question {
    Question { file: file(name, text), target: target.into(), ..Question::default() }
}
fn term<'a>(answer: &'a Json, id: &str) -> &'a Json {
    answer["rows"].as_array().expect("rows").iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no {id}: {}", answer["rows"]))
}

/// Dobson's counts with names: the first of each list has no term of its own.
#[test]
fn counts_by_treatment_and_outcome() {
    let text = "counts,outcome,treatment\n18,o1,t1\n17,o2,t1\n15,o3,t1\n20,o1,t2\n10,o2,t2\n20,o3,t2\n25,o1,t3\n13,o2,t3\n12,o3,t3\n";
    let answer = run(&Question { family: Some(Family::Poisson), ..question("counts", text, "counts") }).unwrap();
    let terms: Vec<&str> = answer["rows"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(terms, ["(intercept)", "outcome=o2", "outcome=o3", "treatment=t2", "treatment=t3"]);
    let near = |value: &Json, reference: f64| assert!((value.as_f64().unwrap() - reference).abs() < 1e-8, "{value} {reference}");
    near(&term(&answer, "outcome=o2")["estimate"], -0.454_255_272_3);
    near(&answer["parameters"]["deviance"], 5.129_141_077);
    assert!((answer["parameters"]["aic"].as_f64().unwrap() - 56.76).abs() < 0.01, "R says 56.76: {}", answer["parameters"]);
    assert!((term(&answer, "outcome=o2")["p"].as_f64().unwrap() - 0.0246).abs() < 1e-4, "R says .0246");
}
#[test]
fn families_are_told_from_the_target() {
    let rows: String = (0..40).map(|i| format!("{},{},{}\n", i, if (i * 7) % 40 < i { "yes" } else { "no" }, 3 * i + (i * 5) % 7)).collect();
    let text = format!("x,bought,sum\n{rows}");
    let odds = run(&Question { ignore: vec!["sum".into()], ..question("odds", &text, "bought") }).unwrap();
    assert_eq!((&odds["parameters"]["family"], &odds["parameters"]["positive"]), (&Json::from("binomial"), &Json::from("yes")));
    assert!(term(&odds, "x")["times"].as_f64() > Some(1.0) && term(&odds, "x")["low"].as_f64() > Some(0.0), "{}", odds["rows"]);
    let line = run(&Question { ignore: vec!["bought".into()], ..question("line", &text, "sum") }).unwrap();
    assert_eq!(line["parameters"]["family"], "gaussian");
    assert!((term(&line, "x")["estimate"].as_f64().unwrap() - 3.0).abs() < 0.05 && line["parameters"]["f_p"].as_f64() < Some(1e-9), "{line}");
}
#[test]
fn what_is_left_out_is_said_and_what_cannot_be_is_refused() {
    let rows: String = (0..30).map(|i| format!("{},{},{},same,{}\n", i * i % 17, i, 2 * i, if i == 3 { String::new() } else { (i % 5).to_string() })).collect();
    let answer = run(&question("odd", &format!("y,x,twice,flat,gaps\n{rows}"), "y")).unwrap();
    let kinds: Vec<(&str, &str)> = answer["warnings"].as_array().unwrap().iter().map(|w| (w["kind"].as_str().unwrap(), w["column"].as_str().unwrap_or(""))).collect();
    assert!(kinds.contains(&("aliased", "twice")) && kinds.contains(&("left_out", "flat")) && kinds.contains(&("left_out", "")), "{kinds:?}");
    assert_eq!((&answer["n"], &term(&answer, "twice")["estimate"]), (&Json::from(29), &Json::Null));
    for (name, text, target, family, why) in [
        ("none", "y,x\n", "y", None, "do not tell"),
        ("one", "y,x\n1,2\n", "y", None, "do not tell"),
        ("text", "y,x\na,1\nb,2\nc,3\n", "y", None, "no number"),
        ("minus", "y,x\n-1,1\n2,2\n3,3\n", "y", Some(Family::Poisson), "whole numbers"),
        ("column", "y,x\n1,2\n", "z", None, "no column"),
    ] {
        let said = run(&Question { family, ..question(name, text, target) }).unwrap_err().0;
        assert!(said.contains(why), "{name}: {said}");
    }
    let told = run(&question("told", "y,x\nno,1\nno,2\nno,3\nyes,4\nyes,5\nyes,6\n", "y"));
    assert!(told.is_err() || told.is_ok_and(|a| a["warnings"].to_string().contains("altogether")), "a column that tells all has no finite coefficient");
}
