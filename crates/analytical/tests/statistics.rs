//! Statistics of files: values worked out elsewhere, and what odd files get.

use analytical::{Refusal, cluster, correlate, crosstab, describe, profit, test};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

struct File(PathBuf);
impl File {
    fn new(name: &str, text: &str) -> File {
        let path = std::env::temp_dir().join(format!("rapport-statistics-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).expect("a file of the test");
        File(path)
    }
    fn path(&self) -> PathBuf {
        self.0.clone()
    }
}
impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}
fn near(ours: &Json, theirs: f64) {
    let ours = ours.as_f64().unwrap_or(f64::NAN);
    assert!((ours - theirs).abs() <= 1e-8 * theirs.abs().max(1e-12), "{ours}, reference {theirs}");
}
fn warned(answer: &Json, kind: &str) -> bool {
    answer["warnings"].as_array().expect("a list").iter().any(|w| w["kind"] == kind)
}
fn refused(answer: Result<Json, Refusal>, with: &str) {
    let why = answer.expect_err("a refusal").0;
    assert!(why.contains(with), "{why}");
}
fn every(file: &File) -> [Result<Json, Refusal>; 6] {
    [
        describe::run(&describe::Question { file: file.path(), ..Default::default() }),
        crosstab::run(&crosstab::Question { file: file.path(), rows: "a".into(), columns: "b".into(), ..Default::default() }),
        test::run(&test::Question { file: file.path(), value: "a".into(), group: "b".into(), ..Default::default() }),
        correlate::run(&correlate::Question { file: file.path(), ..Default::default() }),
        cluster::run(&cluster::Question { file: file.path(), ..Default::default() }),
        profit::run(&profit::Question { file: file.path(), customer: "b".into(), revenue: "a".into(), ..Default::default() }),
    ]
}

#[test]
fn a_column_is_described_as_numpy_does() {
    let file = File::new("describe", "nr;x;when;word;none\n1;1,5;2020-01-02;a;\n2;NA;2020-03-01;b;\n3;4,0;2019-12-31;a;\n4;10,25;2020-01-05;a;\n5;-2,0;2020-01-01;;\n");
    let answer = describe::run(&describe::Question { file: file.path(), ignore: vec!["nr".into()] }).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    let x = &rows[0];
    assert_eq!((&x["id"], &x["kind"], &x["n"], &x["missing"], &x["distinct"]), (&json!("x"), &json!("number"), &json!(4), &json!(1), &json!(4)));
    // numpy: mean, std(ddof=1), quantile; scipy.stats.skew(bias=False)
    for (key, theirs) in [("mean", 3.4375), ("sd", 5.165490458), ("min", -2.0), ("q1", 0.625), ("median", 2.75), ("q3", 5.5625), ("max", 10.25), ("skewness", 0.717355856)] {
        assert!((x[key].as_f64().unwrap() - theirs).abs() < 1e-7, "{key} {}", x[key]);
    }
    assert_eq!((&rows[1]["kind"], &rows[1]["min"], &rows[1]["max"]), (&json!("date"), &json!("2019-12-31"), &json!("2020-03-01")));
    assert_eq!((&rows[2]["kind"], &rows[2]["top"][0]), (&json!("text"), &json!({"value": "a", "n": 3})));
    assert_eq!((&rows[3]["kind"], warned(&answer, "empty")), (&json!("empty"), true));
}

#[test]
fn an_experiment_of_two_shares() {
    // 100 of 1,000 against 130 of 1,000: z 2.1027, p .0355
    let mut text = String::from("arm,bought\n");
    for (arm, hits) in [("a", 100), ("b", 130)] {
        (0..1_000).for_each(|i| text += &format!("{arm},{}\n", u8::from(i < hits)));
    }
    let file = File::new("shares", &text);
    let ask = |expected: &[&str]| test::run(&test::Question { file: file.path(), value: "bought".into(), group: "arm".into(), expected: expected.iter().map(|e| (*e).to_owned()).collect() });
    let answer = ask(&["0.5", "0.5"]).unwrap();
    let found = &answer["parameters"]["proportions"];
    assert!((found["z"].as_f64().unwrap() - 2.1027).abs() < 1e-4 && (found["p"].as_f64().unwrap() - 0.0355).abs() < 1e-4);
    near(&found["difference"]["value"], 0.03);
    near(&answer["parameters"]["srm"]["p"], 1.0);
    assert_eq!((&answer["rows"][0]["share"], &answer["parameters"]["success"]), (&json!(0.1), &json!("1")));
    let wrong = ask(&["a=1", "b=2"]).unwrap();
    assert!(warned(&wrong, "sample_ratio_mismatch"));
    refused(ask(&["1"]), "--expected");
    refused(ask(&["a=1", "c=1"]), "--expected");
    refused(ask(&["1", "-1"]), "--expected");
}
#[test]
fn sizes_that_were_not_meant() {
    let text = (0..2_100).fold("arm,bought\n".to_owned(), |text, i| text + if i < 1_000 { "a," } else { "b," } + if i % 7 == 0 { "yes\n" } else { "no\n" });
    let file = File::new("srm", &text);
    let answer = test::run(&test::Question { file: file.path(), value: "bought".into(), group: "arm".into(), expected: vec!["a=1".into(), "b=1".into()] }).unwrap();
    let found = &answer["parameters"]["srm"];
    assert!((found["chi2"].as_f64().unwrap() - 4.762).abs() < 1e-3 && (found["p"].as_f64().unwrap() - 0.0291).abs() < 1e-4);
    assert!(!warned(&answer, "sample_ratio_mismatch") && answer["parameters"]["success"] == "yes");
}
/// R's `PlantGrowth` (Dobson 1983).
const PLANTS: &str = "weight,group\n4.17,ctrl\n5.58,ctrl\n5.18,ctrl\n6.11,ctrl\n4.50,ctrl\n4.61,ctrl\n5.17,ctrl\n4.53,ctrl\n5.33,ctrl\n5.14,ctrl\n4.81,trt1\n4.17,trt1\n4.41,trt1\n3.59,trt1\n5.87,trt1\n3.83,trt1\n6.03,trt1\n4.89,trt1\n4.32,trt1\n4.69,trt1\n";
const MORE: &str = "6.31,trt2\n5.12,trt2\n5.54,trt2\n5.50,trt2\n5.37,trt2\n5.29,trt2\n4.92,trt2\n6.15,trt2\n5.80,trt2\n5.26,trt2\n";
#[test]
fn weights_of_plants_as_r_compares_them() {
    let ask = |file: &File| test::run(&test::Question { file: file.path(), value: "weight".into(), group: "group".into(), ..Default::default() }).unwrap();
    // the help pages of R: t.test 1.191, df 16.52, p .2504; oneway.test F 5.181, df2 17.13, p .01739; kruskal.test 7.988, p .01842
    let two = ask(&File::new("plants2", PLANTS));
    let welch = &two["parameters"]["welch"];
    assert!((welch["t"].as_f64().unwrap() - 1.1913).abs() < 1e-4 && (welch["df"].as_f64().unwrap() - 16.524).abs() < 1e-3 && (welch["p"].as_f64().unwrap() - 0.2504).abs() < 1e-4);
    assert!((welch["difference"]["low"].as_f64().unwrap() + 0.2875).abs() < 1e-4);
    let three = ask(&File::new("plants3", &format!("{PLANTS}{MORE}")));
    let found = &three["parameters"];
    assert!((found["anova"]["p"].as_f64().unwrap() - 0.01591).abs() < 1e-5);
    assert!((found["welch_anova"]["f"].as_f64().unwrap() - 5.181).abs() < 1e-3 && (found["welch_anova"]["p"].as_f64().unwrap() - 0.01739).abs() < 1e-5);
    assert!((found["kruskal_wallis"]["h"].as_f64().unwrap() - 7.9882).abs() < 1e-4);
    assert!(found["pairs"].as_array().unwrap().len() == 3 && warned(&three, "multiple_comparisons"));
    refused(test::run(&test::Question { file: File::new("plants4", PLANTS).path(), value: "weight".into(), group: "weight".into(), ..Default::default() }), "are both");
}
#[test]
fn counts_by_two_columns() {
    let mut text = String::from("hair,eye,age\n");
    for (hair, eye, n) in [("fair", "blue", 20), ("fair", "brown", 10), ("dark", "blue", 5), ("dark", "brown", 25)] {
        (0..n).for_each(|i| text += &format!("{hair},{eye},{}\n", 20 + i));
    }
    text += "fair,,3\n";
    let file = File::new("crosstab", &text);
    let answer = crosstab::run(&crosstab::Question { file: file.path(), rows: "hair".into(), columns: "eye".into(), value: Some("age".into()), fold: crosstab::Fold::Mean }).unwrap();
    // by hand: expected 12.5 and 17.5, chi-squared = 7.5^2 (2 / 12.5 + 2 / 17.5)
    near(&answer["parameters"]["chi2"], 56.25 * (2.0 / 12.5 + 2.0 / 17.5));
    near(&answer["parameters"]["cramers_v"], (56.25f64 * (2.0 / 12.5 + 2.0 / 17.5) / 60.0).sqrt());
    let dark = &answer["rows"][0];
    assert_eq!((&dark["id"], &dark["counts"]["brown"], &dark["expected"]["blue"], &dark["values"]["blue"]), (&json!("dark"), &json!(25), &json!(12.5), &json!(22.0)));
    near(&dark["row_share"]["blue"], 5.0 / 30.0);
    near(&dark["column_share"]["blue"], 0.2);
    assert!(warned(&answer, "left_out") && !warned(&answer, "too_little_data"));
    let small = File::new("crosstab2", "a,b\nx,1\nx,1\ny,2\ny,1\n");
    let answer = crosstab::run(&crosstab::Question { file: small.path(), rows: "a".into(), columns: "b".into(), ..Default::default() }).unwrap();
    assert!(warned(&answer, "too_little_data"));
    near(&answer["parameters"]["fisher_p"], 1.0);
}
#[test]
fn columns_that_go_together() {
    let text = (0..30).fold("a,b,c,name,same\n".to_owned(), |text, i| text + &format!("{i},{},{},n{i},1\n", i * i, (i * 7) % 11));
    let file = File::new("correlate", &text);
    let answer = correlate::run(&correlate::Question { file: file.path(), ..Default::default() }).unwrap();
    assert_eq!(answer["parameters"]["columns"], json!(["a", "b", "c"]));
    let first = &answer["rows"][0];
    near(&first["spearman"]["value"], 1.0);
    near(&first["kendall"]["value"], 1.0);
    // numpy.corrcoef(range(30), squares)
    near(&first["pearson"]["value"], 0.9662730800150235);
    assert!(first["pearson"]["p_holm"].as_f64() >= first["pearson"]["p"].as_f64());
    assert!(warned(&answer, "multiple_comparisons") && warned(&answer, "left_out"));
    refused(correlate::run(&correlate::Question { file: file.path(), columns: vec!["a".into(), "name".into()], ..Default::default() }), "holds texts");
    refused(correlate::run(&correlate::Question { file: file.path(), columns: vec!["a".into()], ..Default::default() }), "2 to 60");
}
#[test]
fn groups_in_words_and_units() {
    let mut text = String::from("id,spend,visits\n");
    for i in 0..20 {
        text += &format!("s{i},{},{}\n", 100 + i % 5, 2 + i % 2);
        text += &format!("l{i},{},{}\n", 5_000 + i % 7, 3 + i % 2);
        if i < 10 {
            text += &format!("v{i},{},{}\n", 150 + i % 3, 90 + i % 4);
        }
    }
    text += "x,,4\n";
    let file = File::new("cluster", &text);
    let ask = |k| cluster::run(&cluster::Question { file: file.path(), id: Some("id".into()), k, ..Default::default() });
    let answer = ask(None).unwrap();
    assert_eq!((&answer["parameters"]["k"], &answer["chosen"], &answer["n"]), (&json!(3), &json!("3 groups"), &json!(50)));
    let smallest = &answer["parameters"]["clusters"][2];
    near(&smallest["centre"]["visits"], 91.3);
    assert!(smallest["apart"].as_str().unwrap().starts_with("high visits"), "{smallest}");
    assert!(answer["quality"]["silhouette"].as_f64().unwrap() > 0.9 && warned(&answer, "left_out"));
    assert_eq!(ask(None).unwrap(), answer);
    assert_eq!(ask(Some(1)).unwrap()["parameters"]["k"], 1);
    refused(ask(Some(0)), "--k");
    refused(ask(Some(51)), "--k");
    let cloud = (0..200).fold("a,b\n".to_owned(), |text, i| text + &format!("{},{}\n", (i * 37) % 101, (i * 53) % 97));
    let even = cluster::run(&cluster::Question { file: File::new("cloud", &cloud).path(), ..Default::default() }).unwrap();
    assert!(warned(&even, "no_skill") && !warned(&answer, "no_skill"), "{}", even["quality"]);
}
#[test]
fn a_whale_of_ten_customers() {
    let text =
        [500, 300, 200, 100, 50, 0, -50, -100, -200, -300].iter().zip('a'..).fold("who,revenue,goods,calls\n".to_owned(), |text, (p, who)| text + &format!("{who},{},{},10\n", p + 1_025, 1_000));
    let file = File::new("profit", &text);
    let answer = profit::run(&profit::Question { file: file.path(), customer: "who".into(), revenue: "revenue".into(), costs: vec!["goods".into()], drivers: vec!["calls=2.5".into()] }).unwrap();
    let found = &answer["parameters"];
    for (key, theirs) in [("profit", 500.0), ("peak", 1_150.0), ("peak_share", 2.3), ("lost", -650.0)] {
        near(&found[key], theirs);
    }
    assert_eq!((&found["peak_customers"], &found["losing_customers"]), (&json!(5), &json!(4)));
    assert_eq!((&answer["rows"][9]["id"], &answer["rows"][0]["share"], &answer["rows"][0]["costs"]), (&json!("j"), &json!(1.0), &json!({"goods": 1000.0, "calls": 25.0})));
    let ask = |driver: &str| profit::run(&profit::Question { file: file.path(), customer: "who".into(), revenue: "revenue".into(), drivers: vec![driver.into()], ..Default::default() });
    refused(ask("calls"), "COL=RATE");
    refused(ask("calls=dear"), "COL=RATE");
    refused(ask("phone=1"), "The columns are");
    let losses = ask("calls=200").unwrap();
    assert!(warned(&losses, "no_profit") && losses["rows"][0]["share"].is_null());
}
#[test]
fn odd_files_get_a_reason() {
    for answer in every(&File::new("empty", "")) {
        refused(answer, "empty");
    }
    for answer in every(&File::new("header", "a,b\n")) {
        answer.expect_err("a header alone");
    }
    for (name, text) in
        [("one", "a,b\n1,2\n"), ("constant", "a,b\n1,2\n1,2\n1,2\n1,2\n"), ("missing", "a,b\n,\n,\n1,\n,2\n"), ("words", "a,b\nx,y\ny,x\nz,z\n"), ("large", "a,b\n1e308,1\n-1e308,2\n1e308,3\n1,1\n")]
    {
        for answer in every(&File::new(name, text)).into_iter().flatten() {
            let text = answer.to_string();
            assert!(!text.contains("NaN") && !text.contains("inf\""), "{text}");
        }
    }
    refused(crosstab::run(&crosstab::Question { file: File::new("column", "a\n1\n").path(), rows: "a".into(), columns: "b".into(), ..Default::default() }), "The columns are");
    refused(describe::run(&describe::Question { file: "/nowhere.csv".into(), ..Default::default() }), "could not be read");
}
