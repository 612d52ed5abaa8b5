//! What a forecast makes of odd files.

use analytical::forecast::{Question, Unit, run};
use serde_json::Value as Json;

fn ask(name: &str, text: &str, change: impl Fn(&mut Question)) -> Result<Json, String> {
    let file = std::env::temp_dir().join(format!("rapport-odd-{}-{name}.csv", std::process::id()));
    std::fs::write(&file, text).expect("a file of the test");
    let mut q = Question { file, date: "day".into(), value: "v".into(), horizon: 3, ..Question::default() };
    change(&mut q);
    let answer = run(&q).map_err(|refusal| refusal.0);
    std::fs::remove_file(&q.file).expect("gone");
    answer
}
fn plain(name: &str, text: &str) -> Result<Json, String> {
    ask(name, text, |_| {})
}
fn warned(answer: &Json, kind: &str) -> bool {
    answer["warnings"].as_array().expect("a list").iter().any(|w| w["kind"] == kind)
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_reason() {
    assert!(plain("empty", "").unwrap_err().contains("empty"));
    assert!(plain("header", "day,v\n").unwrap_err().contains("No row"));
    assert!(plain("text", "day,v\n2020-01-01,much\n2020-02-01,little\n").unwrap_err().contains("No row"));
    assert!(plain("column", "date,v\n2020-01-01,1\n").unwrap_err().contains("The columns are"));
    assert!(plain("uneven", "day,v\n2020-01-01,1\n2020-01-12,2\n2020-01-23,3\n").unwrap_err().contains("--unit month"));
    assert!(plain("one", "day,v\n2020-01-01,1\n").unwrap_err().contains("--unit month"));
    let rows = "day,v\n2020-01-01,1\n2020-01-02,2\n";
    assert!(ask("far", rows, |q| q.horizon = 0).unwrap_err().contains("--horizon"));
    assert!(ask("season", rows, |q| q.season = Some(0)).unwrap_err().contains("--season"));
    assert!(ask("until", rows, |q| q.until = Some("soon".into())).unwrap_err().contains("--until"));
    assert!(ask("early", rows, |q| q.until = Some("2019-01-01".into())).unwrap_err().contains("begins after"));
}
#[test]
fn one_value_and_values_that_never_change_are_carried_on_without_an_interval() {
    let one = ask("single", "day,v\n2020-01-15,5\n", |q| q.unit = Some(Unit::Month)).unwrap();
    assert_eq!((&one["rows"][2]["value"], &one["rows"][2]["date"], &one["rows"][0]["low_80"]), (&Json::from(5.0), &Json::from("2020-04-01"), &Json::Null));
    assert!(warned(&one, "too_little_data") && one["quality"]["mae"].is_null());
    let text = (1..=24).fold("day,v\n".to_owned(), |text, d| text + &format!("2020-01-{d:02},7\n"));
    let still = plain("still", &text).unwrap();
    assert_eq!((&still["rows"][0]["value"], &still["rows"][0]["high_95"]), (&Json::from(7.0), &Json::Null));
    assert!(warned(&still, "constant"));
}
#[test]
fn gaps_are_filled_and_said() {
    let text = (1..=28).filter(|d| *d != 10).fold("day,v\n".to_owned(), |text, d| text + &format!("2020-02-{d:02},{}\n", 10 + d));
    let answer = plain("gaps", &text).unwrap();
    assert!(warned(&answer, "gaps"));
    assert_eq!(answer["n"], 28);
    assert_eq!(answer["rows"][0]["date"], "2020-02-29");
    assert!((answer["rows"][0]["value"].as_f64().unwrap() - 39.0).abs() < 1.0, "{answer}");
}
#[test]
fn rows_of_one_month_are_added_up_and_an_unfinished_month_is_told() {
    let mut text = String::from("who,day,v\n");
    for month in 1..=12 {
        for day in [3, 9, 20] {
            text += &format!("a,2020-{month:02}-{day:02},{}\n", if month % 3 == 0 { 20 } else { 10 + day % 2 });
        }
    }
    text += "b,2020-06-01,5\n,2020-06-02,1\nb,,3\nb,2020-07-01,\n";
    let answer = ask("months", &text, |q| {
        q.series = Some("who".into());
        q.unit = Some(Unit::Month);
    })
    .unwrap();
    assert!(warned(&answer, "summed") && warned(&answer, "partial_period") && warned(&answer, "left_out"));
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|r| r["id"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "a", "a", "b", "b", "b"]);
    assert_eq!((&rows[0]["date"], &rows[2]["method"]), (&Json::from("2021-01-01"), &Json::from("seasonal_naive_3")));
    assert_eq!(rows[2]["value"], Json::from(60.0));
    assert!(rows[3]["value"].as_f64().unwrap() >= 0.0 && rows[3]["low_80"].as_f64().is_none_or(|low| low >= 0.0));
}
#[test]
fn the_same_answer_every_time() {
    let text = (0..60).fold("day,v\n".to_owned(), |text, m| text + &format!("{}-{:02}-01,{}\n", 2015 + m / 12, m % 12 + 1, 100 + (m * m * 7 + m * 13) % 31));
    assert_eq!(plain("again", &text).unwrap(), plain("again2", &text).unwrap());
}
