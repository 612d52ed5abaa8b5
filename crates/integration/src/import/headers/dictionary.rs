//! The shipped tables of header spellings: known exports of other products, in several languages.

use super::meaning::{DatePart, Meaning};
use super::words::{squash, words};
use crate::import::coerce::Missing;
use std::collections::HashMap;
use std::sync::OnceLock;
use toml::{Table, Value};

/// The spellings for one object.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    exact: HashMap<String, Meaning>,
    /// `Event {n} - Label`: before and after the number.
    numbered: Vec<(String, String, Meaning)>,
    /// Words that may stand before a field: `Contact`, `Deal`.
    called: Vec<String>,
    /// Groups of address columns, the one that becomes the record's own address first.
    pub(super) address_first: Vec<String>,
    /// How references are found and what happens when they are not.
    matches: HashMap<String, (String, Missing)>,
    /// A header that means the salutation where another column has the job title.
    pub(super) title_is_salutation: bool,
}

impl Dictionary {
    pub(super) fn of(object: &str) -> Option<&'static Dictionary> {
        all().get(object)
    }
    pub(super) fn common() -> &'static Dictionary {
        static COMMON: OnceLock<Dictionary> = OnceLock::new();
        COMMON.get_or_init(|| {
            let mut dictionary = Dictionary::default();
            dictionary.read(&parse(include_str!("tables/common.toml")));
            dictionary
        })
    }
    pub(super) fn exact(&self, squashed: &str) -> Option<Meaning> {
        if let Some(found) = self.exact.get(squashed) {
            return Some(found.clone());
        }
        let hit = |(before, after, _): &&(String, String, Meaning)| {
            squashed.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str())).is_some_and(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
        };
        self.numbered.iter().find(hit).map(|(_, _, meaning)| meaning.clone())
    }
    /// All spellings, squashed, for comparing what is only alike.
    pub(super) fn spellings(&self) -> impl Iterator<Item = (&str, &Meaning)> {
        self.exact.iter().filter(|(_, m)| !matches!(m, Meaning::Ignore { .. } | Meaning::Note)).map(|(s, m)| (s.as_str(), m))
    }
    pub(super) fn is_called(&self, word: &str) -> bool {
        self.called.iter().any(|c| c == word)
    }
    /// The field by which a reference of this object is found, and the policy for those that are not.
    pub(super) fn how_found(&self, field: &str) -> Option<&(String, Missing)> {
        self.matches.get(field)
    }

    fn read(&mut self, table: &Table) {
        self.called = list(table.get("called")).iter().flat_map(|c| words(c)).collect();
        self.title_is_salutation = table.contains_key("outlook");
        self.address_first = table.get("address").and_then(|a| a.get("first")).map(raw_list).unwrap_or_default();
        for (field, how) in section(table, "match") {
            let how = how.as_str().unwrap_or_default();
            let (by, missing) = how.split_once(' ').unwrap_or((how, "report"));
            let missing = if missing == "create" { Missing::Create } else { Missing::Report };
            self.matches.insert(field.clone(), (by.to_owned(), missing));
        }
        for (field, spellings) in section(table, "fields") {
            let (by, missing) = self.matches.get(field).map_or((None, None), |(by, missing)| (Some(by.clone()), Some(*missing)));
            self.add(spellings, |_| Meaning::Field { field: field.clone(), by: by.clone(), missing });
        }
        for (by, fields) in section(table, "by") {
            for (field, spellings) in fields.as_table().into_iter().flatten() {
                // Only a name is enough to make the missing record.
                let missing = self.matches.get(field).map(|(_, missing)| *missing).filter(|_| by == "name");
                self.add(spellings, |_| Meaning::Field { field: field.clone(), by: Some(by.clone()), missing });
            }
        }
        self.named(table, "full_name", |_| Meaning::FullName);
        for (channel, spellings) in section(table, "objections") {
            self.add(spellings, |_| Meaning::Objection { channel: channel.clone() });
        }
        for (platform, spellings) in section(table, "handles") {
            self.add(spellings, |_| Meaning::Handle { platform: platform.clone() });
        }
        for (field, spellings) in section(table, "dates") {
            for (spelling, part) in list(Some(spellings)).iter().zip([DatePart::Year, DatePart::Month, DatePart::Day]) {
                self.insert(spelling, Meaning::DatePart { field: field.clone(), part });
            }
        }
        self.named(table, "currency", |_| Meaning::Currency { of: None });
        self.named(table, "notes", |_| Meaning::Note);
        for (why, spellings) in section(table, "ignored") {
            self.add(spellings, |_| Meaning::Ignore { why: why.clone() });
        }
    }
    fn named(&mut self, table: &Table, key: &str, meaning: impl Fn(&str) -> Meaning) {
        if let Some(spellings) = table.get(key).and_then(|s| s.get("names")) {
            self.add(spellings, meaning);
        }
    }
    fn add(&mut self, spellings: &Value, meaning: impl Fn(&str) -> Meaning) {
        for spelling in list(Some(spellings)) {
            let meaning = meaning(&spelling);
            self.insert(&spelling, meaning);
        }
    }
    /// The first meaning of a spelling stays.
    fn insert(&mut self, spelling: &str, meaning: Meaning) {
        match spelling.split_once("{n}") {
            Some((before, after)) => self.numbered.push((squash(before), squash(after), meaning)),
            None => {
                let key = squash(spelling.strip_suffix("__c").unwrap_or(spelling));
                if !key.is_empty() {
                    self.exact.entry(key).or_insert(meaning);
                }
            }
        }
    }
}

fn section<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    table.get(key).and_then(Value::as_table).into_iter().flatten()
}
/// `a | b` as a list without empties.
fn list(value: Option<&Value>) -> Vec<String> {
    value.map(raw_list).unwrap_or_default().into_iter().filter(|s| !s.is_empty()).collect()
}
fn raw_list(value: &Value) -> Vec<String> {
    value.as_str().unwrap_or_default().split('|').map(|s| s.trim().to_owned()).collect()
}
fn parse(text: &str) -> Table {
    text.parse().expect("the tables are part of the program; a test reads each of them")
}

fn all() -> &'static HashMap<String, Dictionary> {
    static ALL: OnceLock<HashMap<String, Dictionary>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut found = HashMap::new();
        for text in [include_str!("tables/contact.toml"), include_str!("tables/account.toml"), include_str!("tables/lead.toml"), include_str!("tables/opportunity.toml")] {
            let table = parse(text);
            let object = table.get("object").and_then(Value::as_str).unwrap_or_default().to_owned();
            let mut dictionary = Dictionary::default();
            dictionary.read(&table);
            found.insert(object, dictionary);
        }
        for (object, table) in parse(include_str!("tables/others.toml")) {
            let mut dictionary = Dictionary::default();
            dictionary.read(table.as_table().expect("each object is a table"));
            found.insert(object, dictionary);
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read() {
        for object in ["contact", "account", "lead", "opportunity", "user", "product", "campaign", "case", "task", "stage", "team", "order"] {
            let dictionary = Dictionary::of(object).unwrap_or_else(|| panic!("no table for {object}"));
            assert!(dictionary.exact.len() > 5, "{object}");
        }
        assert!(Dictionary::common().exact.len() > 100);
    }
    #[test]
    fn numbers_stand_in_patterns() {
        let contact = Dictionary::of("contact").unwrap();
        assert_eq!(contact.exact(&squash("Event 12 - Label")), Some(Meaning::Note));
        assert_eq!(contact.exact(&squash("Event - Label")), None);
    }
}
