//! The rights-relevant state of a workspace at one epoch: people, teams, roles, sharing rules.

use crate::role::Role;
use kernel::RecordId;
use metadata::Level;
use std::{collections::HashMap, sync::Arc};

#[derive(Clone, Debug)]
pub struct User {
    pub id: RecordId,
    pub name: String,
    pub email: Option<String>,
    pub active: bool,
    pub roles: Vec<String>,
    /// First is the one that new records get.
    pub teams: Vec<RecordId>,
    pub manager: Option<RecordId>,
}
#[derive(Clone, Debug)]
pub struct Team {
    pub id: RecordId,
    pub name: String,
    pub parent: Option<RecordId>,
}
/// Rows that match are shared with a team, a role or a user.
#[derive(Clone, Debug)]
pub struct SharingRule {
    pub name: String,
    pub object: String,
    /// A condition as in `CONTRACT.md` 5.
    pub filter: serde_json::Value,
    pub level: Level,
    pub team: Option<RecordId>,
    pub role: Option<String>,
    pub user: Option<RecordId>,
}

#[derive(Debug, Default)]
pub struct Policy {
    pub epoch: i64,
    /// Memberships of teams begin and end by the day, shares end by the instant: from this one on (milliseconds since 1970
    /// UTC) another snapshot is needed, though nobody has written anything.
    pub until_ms: i64,
    pub users: HashMap<RecordId, Arc<User>>,
    pub teams: HashMap<RecordId, Team>,
    pub roles: HashMap<String, Arc<Role>>,
    pub rules: Vec<SharingRule>,
    pub restricted: Restricted,
}
/// People whose data are kept but not used (Art. 18 GDPR), while that lasts.
#[derive(Clone, Debug, Default)]
pub struct Restricted {
    pub contacts: Vec<RecordId>,
    pub accounts: Vec<RecordId>,
}
impl Restricted {
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.accounts.is_empty()
    }
}
impl Policy {
    /// Whether rights made of this snapshot mean the same at any instant until [`Policy::until_ms`]. Not where a rule
    /// shares by the clock ("changed within the last hour").
    pub fn lasts(&self) -> bool {
        !self.rules.iter().any(|rule| names_op(&rule.filter, "within"))
    }
    /// The teams and everything below them, each once; a loop in the tree ends where it began.
    pub fn below(&self, teams: &[RecordId]) -> Vec<RecordId> {
        let mut out = teams.to_vec();
        let mut at = 0;
        while let Some(parent) = out.get(at).copied() {
            at += 1;
            let mut children: Vec<_> = self.teams.values().filter(|t| t.parent == Some(parent) && !out.contains(&t.id)).map(|t| t.id).collect();
            children.sort_unstable();
            out.extend(children);
        }
        out
    }
    pub fn user_by_email(&self, email: &str) -> Option<&Arc<User>> {
        self.users.values().find(|u| u.email.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(email)))
    }
}

fn names_op(filter: &serde_json::Value, op: &str) -> bool {
    match filter {
        serde_json::Value::Object(map) => map.get("op").is_some_and(|o| o == op) || map.values().any(|v| names_op(v, op)),
        serde_json::Value::Array(items) => items.iter().any(|v| names_op(v, op)),
        _ => false,
    }
}
