//! The world as rows: what stands in the tables, and the people, teams, shares and rules among them.

use super::{Definition, Mutation, RoleFile};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// One record, every field as the contract writes it, unmasked.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub object: String,
    pub id: String,
    pub values: BTreeMap<String, Json>,
}
impl Row {
    pub fn get(&self, field: &str) -> &Json {
        self.values.get(field).unwrap_or(&Json::Null)
    }
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field).as_str()
    }
    pub fn is_archived(&self) -> bool {
        !self.get("archived_at").is_null()
    }
}
/// By object, then by id.
pub type Rows = BTreeMap<String, BTreeMap<String, Row>>;

#[derive(Clone, Debug)]
pub struct Membership {
    pub user: String,
    pub team: String,
}
/// One workspace at one instant.
#[derive(Clone, Debug)]
pub struct World {
    pub definitions: BTreeMap<String, Definition>,
    pub roles: BTreeMap<String, RoleFile>,
    pub rows: Rows,
    /// RFC 3339 with milliseconds in UTC, as the contract writes instants: they compare as text.
    pub now: String,
    pub mutation: Option<Mutation>,
}
impl World {
    pub fn row(&self, object: &str, id: &str) -> Option<&Row> {
        self.rows.get(object)?.get(id)
    }
    pub fn rows_of(&self, object: &str) -> impl Iterator<Item = &Row> {
        self.rows.get(object).into_iter().flat_map(BTreeMap::values)
    }
    pub fn live(&self, object: &str) -> impl Iterator<Item = &Row> {
        self.rows_of(object).filter(|r| !r.is_archived())
    }
    pub fn definition(&self, object: &str) -> Option<&Definition> {
        self.definitions.get(object)
    }
    pub fn mutated(&self, mutation: Mutation) -> World {
        World { mutation: Some(mutation), ..self.clone() }
    }
    pub(crate) fn is(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }
    /// Teams a person is in today, in the order they joined: membership and team are live, and today is between its
    /// first and last day.
    fn memberships(&self, user: &str) -> impl Iterator<Item = &str> {
        let today = self.now.get(..10).unwrap_or_default();
        self.live("team_membership")
            .filter(move |m| m.text("user") == Some(user))
            .filter(move |m| self.is(Mutation::EndedMembershipsCount) || m.text("since").is_none_or(|day| day <= today) && m.text("until").is_none_or(|day| day >= today))
            .filter_map(|m| m.text("team"))
            .filter(|team| self.is(Mutation::GoneTeamsCount) || self.live("team").any(|t| t.id == *team))
    }
    pub fn teams_of(&self, user: &str) -> BTreeSet<String> {
        self.memberships(user).map(str::to_owned).collect()
    }
    /// The team that a new record of theirs gets.
    pub fn first_team(&self, user: &str) -> Option<&str> {
        self.memberships(user).next()
    }
    /// These teams and every live one under them.
    pub fn with_teams_below(&self, teams: &BTreeSet<String>) -> BTreeSet<String> {
        let mut out = teams.clone();
        loop {
            let more: Vec<String> = self.live("team").filter(|t| t.text("parent").is_some_and(|p| out.contains(p)) && !out.contains(&t.id)).map(|t| t.id.clone()).collect();
            if more.is_empty() {
                return out;
            }
            out.extend(more);
        }
    }
    /// Roles of a person who may sign in; `None` for anybody else.
    pub fn signed_in(&self, user: &str) -> Option<Vec<&RoleFile>> {
        let row = self.row("user", user)?;
        let off = row.is_archived() || row.get("active") == &Json::Bool(false);
        if off && !self.is(Mutation::SwitchedOffUsersServed) {
            return None;
        }
        let names = row.get("roles").as_array().cloned().unwrap_or_default();
        Some(names.iter().filter_map(|n| self.roles.get(n.as_str()?)).collect())
    }
}
