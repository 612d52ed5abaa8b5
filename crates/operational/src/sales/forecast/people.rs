//! The tree of people by `manager`, as far as the asker may see numbers of them.

use super::rows::{Item, id, rows, text};
use kernel::{RecordId, Result};
use metadata::Archived;
use records::{Find, Tx};
use serde_json::json;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) manager: Option<RecordId>,
    pub(crate) team: Option<RecordId>,
}
pub(crate) struct People(HashMap<RecordId, Person>);

/// One place in the tree; nobody stands for deals without owner.
pub(crate) struct Node {
    pub(crate) person: Option<RecordId>,
    pub(crate) children: Vec<Node>,
}

/// The first team of the memberships of today.
fn member_of(row: &Item) -> Option<RecordId> {
    row.get("teams")?.as_array()?.first()?.as_str()?.parse().ok()
}

impl People {
    /// Those that the asker may see; who has left is still somebody's manager.
    pub(crate) fn read(tx: &mut Tx) -> Result<People> {
        let mut out = HashMap::new();
        if tx.reads_any("user")? {
            for archived in [Archived::Exclude, Archived::Only] {
                let find = Find { object: "user".into(), archived, ..Find::default() };
                for row in rows(tx, &find, &json!({"and": []}), &["name", "manager", "team", "teams"])? {
                    if let Some(user) = id(&row, "id") {
                        out.insert(user, Person { name: text(&row, "name").unwrap_or("").to_owned(), manager: id(&row, "manager"), team: id(&row, "team").or_else(|| member_of(&row)) });
                    }
                }
            }
        }
        Ok(People(out))
    }
    pub(crate) fn get(&self, person: RecordId) -> Option<&Person> {
        self.0.get(&person)
    }
    pub(crate) fn name(&self, person: RecordId) -> &str {
        self.0.get(&person).map_or("", |p| p.name.as_str())
    }
    /// The managers above, nearest first; a ring ends where it closes.
    fn above(&self, person: RecordId) -> Vec<RecordId> {
        let (mut out, mut at) = (Vec::new(), person);
        while let Some(manager) = self.0.get(&at).and_then(|p| p.manager).filter(|m| *m != person && self.0.contains_key(m)) {
            if out.contains(&manager) {
                break;
            }
            out.push(manager);
            at = manager;
        }
        out
    }
    /// Whoever reports to a person, at any distance, and the person.
    pub(crate) fn below(&self, person: RecordId) -> HashSet<RecordId> {
        let mut out: HashSet<RecordId> = self.0.keys().copied().filter(|p| self.above(*p).contains(&person)).collect();
        out.insert(person);
        out
    }
    /// The tree over those who have numbers. Managers stand above them where the asker sees everybody, or is that manager,
    /// or stands above that manager, or sees numbers of that manager's own: nobody learns of a colleague by a total.
    pub(crate) fn tree(&self, with_numbers: &HashSet<Option<RecordId>>, me: RecordId, sees_all: bool) -> Vec<Node> {
        let shows = |manager: RecordId| sees_all || manager == me || with_numbers.contains(&Some(manager)) || self.above(manager).contains(&me);
        let mut parents: HashMap<RecordId, Option<RecordId>> = HashMap::new();
        for person in with_numbers.iter().flatten() {
            let mut at = *person;
            for manager in self.above(*person).into_iter().take_while(|m| shows(*m)) {
                // the first way wins: a ring of managers cannot come back to where it began
                if parents.get(&at).copied().flatten().is_some() || self.leads_to(&parents, manager, at) {
                    break;
                }
                parents.insert(at, Some(manager));
                at = manager;
            }
            parents.entry(at).or_insert(None);
        }
        let mut children: HashMap<Option<RecordId>, Vec<RecordId>> = HashMap::new();
        for (person, parent) in &parents {
            children.entry(*parent).or_default().push(*person);
        }
        let mut roots = self.nodes(None, &children);
        if with_numbers.contains(&None) {
            roots.push(Node { person: None, children: vec![] });
        }
        roots
    }
    fn leads_to(&self, parents: &HashMap<RecordId, Option<RecordId>>, from: RecordId, to: RecordId) -> bool {
        let mut at = Some(from);
        while let Some(person) = at {
            if person == to {
                return true;
            }
            at = parents.get(&person).copied().flatten();
        }
        false
    }
    fn nodes(&self, parent: Option<RecordId>, children: &HashMap<Option<RecordId>, Vec<RecordId>>) -> Vec<Node> {
        let mut here = children.get(&parent).cloned().unwrap_or_default();
        here.sort_by_key(|person| (kernel::fold(self.name(*person)), *person));
        here.into_iter().map(|person| Node { person: Some(person), children: self.nodes(Some(person), children) }).collect()
    }
}
