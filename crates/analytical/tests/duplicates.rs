//! `analyze duplicates` on files, as the command line calls it.

use analytical::duplicates::{Question, run};
use serde_json::Value as Json;
use std::path::PathBuf;

struct Folder(PathBuf);
impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("rapport-analyze-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("folder");
        Folder(path)
    }
    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("file");
        path
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("gone");
    }
}

/// Thirty people, the first ten of whom stand there twice, the second time with a slip of the pen.
fn people(delimiter: &str) -> String {
    let names = ["Keller", "Brunner", "Steiner", "Fischer", "Baumann", "Gerber", "Widmer", "Graf", "Moser", "Wyss"];
    let given = ["Anna", "Otto", "Lea", "Emil", "Nora"];
    let mut out = ["Nr", "Vorname", "Nachname", "Geburtstag", "Telefon", "Gruppe"].join(delimiter) + "\n";
    for i in 0..40 {
        let who = if i < 30 { i } else { i - 30 };
        let family = if i < 30 { names[who % 10].to_owned() } else { names[who % 10].replace('e', "é") + "n" };
        let row = [
            format!("P{i}"),
            given[who % 5].into(),
            family,
            format!("{:02}.{:02}.19{}", 1 + who % 28, 1 + who % 12, 50 + who),
            format!("+41 44 {:03} {:02} {:02}", who * 31 % 1000, who * 7 % 100, who),
            format!("g{who}"),
        ];
        out += &(row.join(delimiter) + "\n");
    }
    out
}

fn ask(file: PathBuf) -> Question {
    Question { files: vec![file], id: Some("Nr".into()), truth: Some("Gruppe".into()), ..Question::default() }
}

#[test]
fn a_german_file_with_semicolons_is_understood() {
    let d = Folder::new("german");
    let text = people(";");
    let (ansi, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let answer = run(&ask(d.file("personen.csv", &ansi))).unwrap();
    assert_eq!(answer["method"], "duplicates");
    assert_eq!(answer["n"], 40);
    assert_eq!(answer["quality"]["f1"], 1.0, "{answer}");
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let number = |key: &str| row[key].as_str().unwrap()[1..].parse::<i32>().unwrap();
        assert_eq!(number("other") - number("id"), 30);
        assert!(row["evidence"].as_array().unwrap().iter().any(|e| e["column"] == "Geburtstag" && e["says"].as_str().unwrap().starts_with("same")));
    }
    assert!(answer["warnings"].as_array().unwrap().iter().any(|w| w["kind"] == "too_little_data"));
}

#[test]
fn truth_may_be_a_file_of_pairs_or_of_groups() {
    let d = Folder::new("truth");
    let file = d.file("people.csv", people(","));
    let f1 = |truth: PathBuf| {
        let question = Question { truth: Some(truth.display().to_string()), ignore: vec!["Gruppe".into()], ..ask(file.clone()) };
        run(&question).unwrap()["quality"]["f1"].as_f64().unwrap()
    };
    let pairs: String = (0..10).map(|i| format!("P{i},P{}\n", i + 30)).collect();
    assert_eq!(f1(d.file("pairs.csv", format!("left,right\n{pairs}"))), 1.0);
    let groups: String = (0..40).map(|i| format!("P{i},g{}\n", i % 30)).collect();
    assert_eq!(f1(d.file("groups.csv", format!("id,cluster\n{groups}"))), 1.0);
    // with an answer for each pair only these pairs count
    assert_eq!(f1(d.file("labels.csv", "id_l,id_r,label\nP0,P30,1\nP1,P2,0\n")), 1.0);
    assert_eq!(f1(d.file("wrong.csv", "id_l,id_r,label\nP0,P30,0\nP1,P2,1\n")), 0.0);
}

#[test]
fn two_files_are_paired() {
    let d = Folder::new("two");
    let text = people(",");
    let lines: Vec<&str> = text.lines().collect();
    let a = d.file("a.csv", [&lines[..1], &lines[1..31]].concat().join("\n"));
    let b = d.file("b.csv", [&lines[..1], &lines[31..]].concat().join("\n"));
    let answer = run(&Question { files: vec![a, b], ..ask(PathBuf::new()) }).unwrap();
    assert_eq!((answer["rows"].as_array().unwrap().len(), answer["quality"]["f1"].as_f64()), (10, Some(1.0)), "{answer}");
}

#[test]
fn what_cannot_be_answered_is_said_with_what_to_do() {
    let d = Folder::new("refused");
    let why = |question: &Question| run(question).map(|a: Json| a.to_string()).unwrap_err().0;
    let plain = |text: &str| Question { files: vec![d.file("x.csv", text)], ..Question::default() };
    assert!(why(&plain("")).contains("must name the columns"));
    assert!(why(&plain("name,mail\n")).contains("two rows or more"));
    assert!(why(&plain("name,mail\nA,a@b.c\n")).contains("two rows or more"));
    assert!(why(&plain("name\nA\nA\n")).contains("tells the rows apart"));
    assert!(why(&Question { id: Some("nr".into()), ..plain("name,mail\nA,a@b.c\nB,b@b.c\n") }).contains("The columns are: name, mail"));
    assert!(why(&Question { threshold: Some(1.5), ..plain("name,mail\nA,a@b.c\nB,b@b.c\n") }).contains("between 0 and 1"));
    assert!(why(&Question { kinds: vec!["name=colour".into()], ..plain("name,mail\nA,a@b.c\nB,b@b.c\n") }).contains("KIND is one of"));
    assert!(why(&Question { truth: Some("nowhere".into()), ..plain("name,mail\nA,a@b.c\nB,b@b.c\n") }).contains("neither"));
    assert!(why(&Question { files: vec![d.0.join("absent.csv")], ..Question::default() }).contains("could not be read"));
}

#[test]
fn rows_of_unequal_length_are_counted() {
    let d = Folder::new("ragged");
    let answer = run(&Question { files: vec![d.file("x.csv", "name,mail\nAnna Berg,anna@berg.example,extra\nAnna Berg,anna@berg.example\nOtto Kern\n")], ..Question::default() }).unwrap();
    assert!(answer["warnings"].as_array().unwrap().iter().any(|w| w["kind"] == "ragged_rows" && w["detail"].as_str().unwrap().starts_with("2 rows")), "{answer}");
}

/// The real set through the whole way: file, guessed kinds, truth file.
#[test]
fn splinks_people_with_their_file_of_labels() {
    let Some(d) = std::env::var_os("RAPPORT_SHARED_DATA").map(|d| PathBuf::from(d).join("dedupe-splinkfake")).filter(|d| d.is_dir()) else {
        println!("skipped: dedupe-splinkfake is not in RAPPORT_SHARED_DATA");
        return;
    };
    let of = |truth: String, ignore: Vec<String>| {
        run(&Question { files: vec![d.join("fake_1000.csv")], id: Some("unique_id".into()), truth: Some(truth), ignore, ..Question::default() }).unwrap()["quality"]["f1"].as_f64().unwrap()
    };
    let (column, labels) = (of("cluster".into(), vec![]), of(d.join("fake_1000_labels.csv").display().to_string(), vec!["cluster".into()]));
    println!("splink fake by column {column}, by labels {labels}; bar 0.87");
    assert!(column >= 0.87, "{column}");
    assert!(labels >= 0.87, "{labels}");
}
