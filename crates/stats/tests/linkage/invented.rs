//! Invented rows: what must be found, what must not, and what a file may lack.

use crate::measure::quality;
use stats::linkage::{Refused, Settings, Table, Verdict, link};

const GIVEN: &[&str] = &["Anna", "Otto", "Maria", "Jonas", "Lea", "Felix", "Clara", "Emil", "Nora", "Paul", "Ida", "Hugo", "Ruth", "Max", "Vera", "Leo", "Elsa", "Karl", "Mia", "Tom"];
const SOUNDS: &[&str] = &["ber", "kel", "mann", "stro", "hof", "lin", "gra", "wei", "tor", "sen", "bau", "rich", "fel", "dorf", "ham", "nik", "sta", "pol", "ver", "zim"];
const TOWNS: &[&str] = &["Bern", "Zürich", "Basel", "Wien", "Graz", "Linz", "Köln", "Bonn", "Mainz", "Trier"];

struct Dice(u64);
impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

fn person(dice: &mut Dice) -> Vec<String> {
    let given = dice.of(GIVEN).to_owned();
    let family = format!("{}{}{}", dice.of(SOUNDS), dice.of(SOUNDS), dice.of(SOUNDS));
    let mail = format!("{}.{family}{}@post{}.example", given.to_lowercase(), dice.below(100), dice.below(9));
    let born = format!("{}-{:02}-{:02}", 1940 + dice.below(65), 1 + dice.below(12), 1 + dice.below(28));
    vec![given, family, born, dice.of(TOWNS).to_owned(), mail, format!("+41 79 {:03} {:02} {:02}", dice.below(1000), dice.below(100), dice.below(100))]
}

/// The same person written down again by somebody else.
fn again(dice: &mut Dice, person: &[String]) -> Vec<String> {
    let mut row = person.to_vec();
    match dice.below(4) {
        0 => row.swap(0, 1),
        1 => row[0] = row[0][..1].to_owned(),
        2 => drop(row[1].remove(1)),
        _ => row[1] = row[1].to_uppercase(),
    }
    match dice.below(4) {
        0 => row[4].clear(),
        1 => row[5].clear(),
        2 => row[3] = "Genf".into(),
        _ => row[2].clear(),
    }
    row
}

fn crowd(people: usize, twice: usize) -> (Table, Vec<String>) {
    let mut dice = Dice(7);
    let mut rows: Vec<Vec<String>> = (0..people).map(|_| person(&mut dice)).collect();
    for i in 0..twice {
        let row = again(&mut dice, &rows[i]);
        rows.push(row);
    }
    let truth = (0..people).chain(0..twice).map(|i| i.to_string()).collect();
    let columns = ["given", "family", "born", "town", "mail", "phone"].map(String::from).to_vec();
    (Table { columns, rows: rows.into_iter().map(|r| r.into_iter().map(|c| (!c.is_empty()).then_some(c)).collect()).collect() }, truth)
}

/// `RAPPORT_LINKAGE_ROWS=1000000` measures what a million rows cost.
#[test]
fn people_written_down_twice_are_found() {
    let rows = std::env::var_os("RAPPORT_LINKAGE_ROWS").and_then(|n| n.to_str()?.parse().ok()).unwrap_or(6_000);
    let (table, truth) = crowd(rows - rows / 10, rows / 10);
    let linked = link(&[table], &Settings::default()).unwrap();
    let q = quality(linked.links.iter().map(|l| (l.left, l.right)), &truth, None);
    println!("{rows} rows, {} candidates, {q:?}, F1 {:.4}", linked.candidates, q.f1());
    assert!(q.f1() > 0.97, "{q:?}");
    assert!(linked.candidates < 45 * rows.max(12_000), "{} candidates", linked.candidates);
}

#[test]
fn strangers_are_left_alone() {
    let (table, _) = crowd(3_000, 0);
    let linked = link(&[table], &Settings::default()).unwrap();
    assert!(linked.links.len() <= 1, "{:?}", linked.links.first());
}

#[test]
fn one_pair_in_a_crowd_is_found_and_explained() {
    let (table, _) = crowd(2_000, 1);
    let linked = link(&[table], &Settings::default()).unwrap();
    assert_eq!(linked.links.iter().map(|l| (l.left, l.right)).collect::<Vec<_>>(), [(0, 2_000)]);
    let evidence = &linked.links[0].evidence;
    assert!(evidence.iter().any(|e| e.column == "born" || e.column == "mail" || e.column == "phone"));
    assert!(evidence.iter().filter(|e| e.level == "same").all(|e| e.bits > 0.0 && e.verdict == Verdict::For), "{evidence:?}");
}

/// A couple: one address, one telephone, one family name, two people.
#[test]
fn a_household_is_not_one_person() {
    let (mut table, _) = crowd(800, 60);
    let mut couples = Vec::new();
    for i in 200..260 {
        let mut row = table.rows[i].clone();
        row[0] = Some(if row[0].as_deref() == Some("Otto") { "Maria" } else { "Otto" }.into());
        row[2] = Some("1971-03-03".into());
        row[4] = Some(format!("someone{i}@else.example"));
        couples.push((i as u32, table.rows.len() as u32));
        table.rows.push(row);
    }
    let linked = link(&[table], &Settings::default()).unwrap();
    let joined = linked.links.iter().filter(|l| couples.contains(&(l.left, l.right))).count();
    assert_eq!(joined, 0, "{:?}", linked.links.iter().find(|l| couples.contains(&(l.left, l.right))));
    assert!(linked.links.len() >= 50);
}

#[test]
fn the_same_rows_give_the_same_answer() {
    let (table, _) = crowd(900, 90);
    let show = |t: &Table| format!("{:?}", link(std::slice::from_ref(t), &Settings::default()).unwrap().links);
    assert_eq!(show(&table), show(&table));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let table =
        |columns: &[&str], rows: &[&[&str]]| Table { columns: columns.iter().map(|c| (*c).into()).collect(), rows: rows.iter().map(|r| r.iter().map(|c| Some((*c).to_owned())).collect()).collect() };
    let refused = |tables: &[Table]| link(tables, &Settings::default()).map(|l| l.links.len()).unwrap_err();
    assert_eq!(refused(&[]), Refused::Tables);
    assert_eq!(refused(&[table(&["a"], &[])]), Refused::Rows);
    assert_eq!(refused(&[table(&["a"], &[&["x"]])]), Refused::Rows);
    assert_eq!(refused(&[table(&["a"], &[&["x"], &["x"]])]), Refused::NothingToCompare);
    assert_eq!(refused(&[table(&["a"], &[&["x"]]), table(&["b"], &[&["x"]])]), Refused::NothingInCommon);
    // rows of different length and odd characters are no reason to stop
    let odd = table(&["name", "mail"], &[&["\u{0}ünï", "a@b.c"], &["x"], &["Ünï", "a@b.c"], &["", "💥"]]);
    assert!(link(&[odd], &Settings::default()).is_ok());
}
