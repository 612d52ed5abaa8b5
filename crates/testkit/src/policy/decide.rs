//! Who may do what with which record (MODEL 4), one sentence after the other.

use super::{Definition, Mutation, Reach, RoleFile, Row, Sharing, Target, World, role::Grant};
use serde_json::Value as Json;
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Read,
    Update,
    Delete,
}
/// A person, perhaps through a token with scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub user: String,
    pub scopes: Option<Vec<String>>,
}

/// Owning or being on the team of one of these gives read of its account and contacts.
const LENDS: [&str; 5] = ["opportunity", "order", "case", "contract", "quote"];

/// Everything one asker may do in one world.
pub struct View<'a> {
    pub world: &'a World,
    pub me: &'a str,
    pub(crate) roles: Vec<&'a RoleFile>,
    scopes: Option<&'a [String]>,
    teams: BTreeSet<String>,
    below: BTreeSet<String>,
    memo: RefCell<HashMap<(u32, Action, &'a str, &'a str), bool>>,
    /// Which records that lend may be spoken of; all, unless somebody else hears of these rights.
    tellable: Option<Box<dyn Fn(&Row) -> bool + 'a>>,
}

impl<'a> View<'a> {
    /// `None`: not signed in, whatever they hold.
    pub fn of(world: &'a World, asker: &'a Asker) -> Option<View<'a>> {
        let roles = world.signed_in(&asker.user)?;
        let teams = world.teams_of(&asker.user);
        let below = if world.is(Mutation::TeamsBelowIgnored) { teams.clone() } else { world.with_teams_below(&teams) };
        let scopes = if world.is(Mutation::ScopesIgnored) { None } else { asker.scopes.as_deref() };
        Some(View { world, me: &asker.user, roles, scopes, teams, below, memo: RefCell::default(), tellable: None })
    }
    /// These rights as somebody else may hear of them: what is lent by a record that they may not see is left out.
    #[must_use]
    pub fn as_told(self, tellable: impl Fn(&Row) -> bool + 'a) -> View<'a> {
        View { tellable: Some(Box::new(tellable)), ..self }
    }
    /// Who asks.
    pub fn asker(&self) -> Asker {
        Asker { user: self.me.to_owned(), scopes: self.scopes.map(<[String]>::to_vec) }
    }
    /// Every role of this person, as a set of bits.
    pub(crate) fn all_roles(&self) -> u32 {
        (1 << self.roles.len()) - 1
    }
    fn grants(&self, among: u32, def: &Definition) -> Vec<(&'a RoleFile, &'a Grant)> {
        let chosen = self.roles.iter().enumerate().filter(|(i, _)| among & (1 << i) != 0);
        chosen.filter_map(|(_, role)| Some((*role, role.grant(&def.name, &def.area)?))).collect()
    }
    fn in_scope(&self, object: &str, write: bool) -> bool {
        let word = if write || self.world.is(Mutation::WriteScopesRead) && self.scopes.is_some_and(|s| s.iter().any(|s| s.ends_with("write"))) { "write" } else { "read" };
        self.scopes.is_none_or(|scopes| scopes.iter().any(|s| *s == word || *s == format!("*:{word}") || *s == format!("{object}:{word}")))
    }
    pub fn capability(&self, name: &str) -> bool {
        let narrowed = self.scopes.is_some() && !self.world.is(Mutation::TokensHaveCapabilities);
        !narrowed && (self.world.is(Mutation::CapabilitiesForAll) || self.roles.iter().any(|r| r.capabilities.iter().any(|c| c == name)))
    }
    /// Records that a total must be about to be told; one where another role reads everything without such a bound.
    pub fn least_group(&self, object: &str) -> usize {
        let Some(def) = self.world.definition(object) else { return 0 };
        if self.world.is(Mutation::SmallGroupsShown) {
            return 0;
        }
        let reading: Vec<_> = self.grants(self.all_roles(), def).into_iter().filter(|(_, g)| g.read > Reach::Nothing).map(|(r, _)| r).collect();
        let bound = reading.iter().map(|r| r.min_group).max().unwrap_or(0);
        let free = self.roles.iter().enumerate().filter(|(_, r)| r.min_group == 0).fold(0, |bits, (i, _)| bits | 1 << i);
        if bound > 0 && !self.world.is(Mutation::OpenGroupsBound) && self.is_open(free, Action::Read, def) { 0 } else { bound }
    }
    pub fn can_create(&self, object: &str) -> bool {
        let Some(def) = self.world.definition(object) else { return false };
        !def.system && self.in_scope(object, true) && self.grants(self.all_roles(), def).iter().any(|(_, g)| g.create || self.world.is(Mutation::CreatingForAll))
    }
    /// Whether any record of that kind could be within reach.
    pub fn can(&self, action: Action, object: &str) -> bool {
        let Some(def) = self.world.definition(object) else { return false };
        self.in_scope(object, action != Action::Read) && self.grants(self.all_roles(), def).iter().any(|(_, g)| reach(g, action) > Reach::Nothing)
    }
    pub fn may(&self, action: Action, object: &str, id: &str) -> bool {
        self.world.row(object, id).is_some_and(|row| self.may_row(self.all_roles(), action, row))
    }
    /// The same through some of the roles only.
    pub(crate) fn may_row(&self, among: u32, action: Action, row: &'a Row) -> bool {
        let key = (among, action, row.object.as_str(), row.id.as_str());
        if let Some(known) = self.memo.borrow().get(&key) {
            return *known;
        }
        let answer = self.judge(among, action, row);
        self.memo.borrow_mut().insert(key, answer);
        answer
    }
    /// The same for a row that stands in no table: one that is about to be written.
    pub fn would(&self, action: Action, row: &Row) -> bool {
        self.judge(self.all_roles(), action, row)
    }

    fn judge(&self, among: u32, action: Action, row: &Row) -> bool {
        let world = self.world;
        let action = match action {
            Action::Update if world.is(Mutation::UpdateLikeRead) => Action::Read,
            Action::Delete if world.is(Mutation::DeleteLikeUpdate) => Action::Update,
            action => action,
        };
        let Some(def) = world.definition(&row.object) else { return false };
        if !self.in_scope(&row.object, action != Action::Read) || def.system && action != Action::Read && !world.is(Mutation::SystemObjectsWritable) {
            return false;
        }
        let grants: Vec<_> = self.grants(among, def).into_iter().filter(|(_, g)| reach(g, action) > Reach::Nothing).collect();
        if grants.is_empty() {
            return false;
        }
        // A private mailbox's visibility withholds its entries, from administrators too.
        if self.is_withheld(row) {
            return false;
        }
        // What is its owner's alone is so whatever a role, a share or a rule says.
        let alone = def.sharing == Sharing::Owner && !world.is(Mutation::OwnersAloneIgnored);
        if alone {
            return row.text("owner") == Some(self.me) && !world.is(Mutation::OwnIgnored);
        }
        let reaches = |wanted: Reach| grants.iter().any(|(_, g)| reach(g, action) == wanted);
        let follows = def.sharing == Sharing::Parent;
        if reaches(Reach::Everything) && !follows && !world.is(Mutation::EverythingIgnored) {
            return true;
        }
        let staff = grants.iter().any(|(role, _)| !role.external) || world.is(Mutation::DefaultSharingForOutsiders);
        let open = match def.sharing {
            Sharing::Read => action == Action::Read,
            Sharing::ReadWrite => action == Action::Read || action == Action::Update && !world.is(Mutation::ReadWriteIsRead),
            Sharing::Chosen if world.is(Mutation::ChosenSharingIgnored) => false,
            Sharing::Chosen => {
                let our_team = row.text("team").is_some_and(|team| self.teams.contains(team)) || world.is(Mutation::TeamsChoiceForAll);
                action == Action::Read && (row.text("shared") == Some("everybody") || row.text("shared") == Some("team") && our_team)
            }
            Sharing::Private | Sharing::Parent | Sharing::Owner => false,
        };
        if open && staff && !world.is(Mutation::DefaultSharingIgnored) {
            return true;
        }
        if row.text("owner") == Some(self.me) && !world.is(Mutation::OwnIgnored) {
            return true;
        }
        if row.object == "user" && row.id == self.me && action == Action::Read && !world.is(Mutation::OwnLoginIgnored) {
            return true;
        }
        if let Some(team) = row.text("team").filter(|_| !world.is(Mutation::TeamIgnored))
            && (reaches(Reach::Team) && self.teams.contains(team) || reaches(Reach::Below) && self.below.contains(team))
        {
            return true;
        }
        if (action != Action::Delete || world.is(Mutation::SharesLetDelete)) && (self.shared_by_hand(action, row) || self.shared_by_rule(among, action, row)) {
            return true;
        }
        if follows && !world.is(Mutation::ParentsIgnored) {
            // "Everything" of a child is whatever the parent lets them see; otherwise the parent must allow the same.
            let needed = if reaches(Reach::Everything) || world.is(Mutation::ReadableParentsSuffice) { Action::Read } else { action };
            if self.parent_allows(among, needed, def, row) || reaches(Reach::Everything) && self.every_parent_is_open(among, needed, def) {
                return true;
            }
        }
        (action == Action::Read || world.is(Mutation::LendingLetsChange)) && self.is_lent(among, row)
    }

    pub(crate) fn is_mine(&self, row: &Row) -> bool {
        row.text("owner") == Some(self.me) || row.text("staff") == Some(self.me) && !self.world.is(Mutation::StaffIgnored)
    }
    fn is_withheld(&self, row: &Row) -> bool {
        row.object == "interaction" && row.text("visibility") == Some("none") && !self.is_mine(row) && !self.world.is(Mutation::WithheldShown)
    }
    fn shared_by_hand(&self, action: Action, row: &Row) -> bool {
        let world = self.world;
        let to_team = |share: &Row| share.text("grantee_team").is_some_and(|t| self.teams.contains(t)) && !world.is(Mutation::TeamSharesIgnored);
        let meant = |share: &Row| share.text("user") == Some(self.me) || to_team(share);
        let strong = |share: &Row| action == Action::Read || share.text("level") == Some("update") || world.is(Mutation::ShareLevelIgnored);
        let lasts = |share: &Row| share.text("until").is_none_or(|until| until > world.now.as_str()) || world.is(Mutation::ExpiredSharesHonoured);
        let stands = |share: &Row| !share.is_archived() || world.is(Mutation::RevokedSharesHonoured);
        !world.is(Mutation::SharesIgnored) && world.rows_of("share").any(|s| points_at(s.get("record"), row) && stands(s) && lasts(s) && strong(s) && meant(s))
    }
    fn shared_by_rule(&self, among: u32, action: Action, row: &Row) -> bool {
        let role_is = |name: &str| self.roles.iter().enumerate().any(|(i, r)| among & (1 << i) != 0 && r.name == name);
        let meant = |rule: &Row| rule.text("user") == Some(self.me) || rule.text("grantee_team").is_some_and(|t| self.teams.contains(t)) || rule.text("grantee_role").is_some_and(role_is);
        let strong = |rule: &Row| action == Action::Read || rule.text("level") == Some("update") || self.world.is(Mutation::RuleLevelIgnored);
        let stands = |rule: &Row| !rule.is_archived() && rule.get("active") != &Json::Bool(false) || self.world.is(Mutation::EndedRulesHonoured);
        !self.world.is(Mutation::RulesIgnored)
            && self
                .world
                .rows_of("sharing_rule")
                .any(|rule| rule.text("object") == Some(&row.object) && stands(rule) && strong(rule) && meant(rule) && fits(rule.text("filter").unwrap_or_default(), row))
    }
    fn parent_allows(&self, among: u32, needed: Action, def: &Definition, row: &Row) -> bool {
        def.parents.iter().any(|field| {
            let Some(parent) = self.target(def, row, field) else { return false };
            let Some(parent_def) = self.world.definition(&parent.object) else { return false };
            let any = matches!(def.fields.get(field).map(|f| &f.target), Some(Target::AnyOf(_)));
            if any
                && (!parent_def.can_be_any_parent() && !matches!(def.fields.get(field).map(|f| &f.target), Some(Target::AnyOf(list)) if !list.is_empty())
                    || def.is_activity() && parent_def.is_activity() && !self.world.is(Mutation::ActivitiesFollowActivities))
            {
                return false;
            }
            self.may_row(among, needed, parent)
        })
    }
    /// What a reference of a row points at, whatever the rights.
    pub fn target(&self, def: &Definition, row: &Row, field: &str) -> Option<&'a Row> {
        let value = row.get(field);
        match &def.fields.get(field)?.target {
            Target::One(object) => self.world.row(object, value.as_str()?),
            Target::AnyOf(_) => self.world.row(value.get("object")?.as_str()?, value.get("id")?.as_str()?),
            Target::Nothing | Target::Many(_) => None,
        }
    }
    /// Whoever may read every record that could be the parent also reads a child that has none.
    fn every_parent_is_open(&self, among: u32, needed: Action, def: &Definition) -> bool {
        !self.world.is(Mutation::OrphansIgnored)
            && def.parents.iter().all(|field| {
                let targets: Vec<&Definition> = match def.fields.get(field).map(|f| &f.target) {
                    Some(Target::One(object)) => self.world.definition(object).into_iter().collect(),
                    Some(Target::AnyOf(list)) if !list.is_empty() => list.iter().filter_map(|o| self.world.definition(o)).collect(),
                    _ => self.world.definitions.values().filter(|d| d.can_be_any_parent() && !(def.is_activity() && d.is_activity())).collect(),
                };
                targets.iter().all(|d| self.is_open(among, needed, d))
            })
    }
    fn is_open(&self, among: u32, action: Action, def: &Definition) -> bool {
        if def.name == "interaction" || def.sharing == Sharing::Owner && !self.world.is(Mutation::OwnersAloneIgnored) || !self.in_scope(&def.name, action != Action::Read) {
            return false;
        }
        let grants: Vec<_> = self.grants(among, def).into_iter().filter(|(_, g)| reach(g, action) > Reach::Nothing).collect();
        let all = grants.iter().any(|(_, g)| reach(g, action) == Reach::Everything);
        if def.sharing == Sharing::Parent {
            return all && self.every_parent_is_open(among, action, def);
        }
        all || action == Action::Read && matches!(def.sharing, Sharing::Read | Sharing::ReadWrite) && grants.iter().any(|(role, _)| !role.external)
    }
    fn is_lent(&self, among: u32, row: &Row) -> bool {
        if self.world.is(Mutation::LendingIgnored) {
            return false;
        }
        let by_account = |account: &str| self.is_lent_by_child(among, "account", account);
        match row.object.as_str() {
            "account" => by_account(&row.id),
            "contact" => self.is_lent_by_child(among, "contact", &row.id) || row.text("account").is_some_and(by_account) && !self.world.is(Mutation::ContactsOfLentAccountsIgnored),
            _ => false,
        }
    }
    fn is_lent_by_child(&self, among: u32, field: &str, id: &str) -> bool {
        let archived_too = self.world.is(Mutation::ArchivedChildrenLend);
        LENDS.iter().any(|child| {
            let Some(def) = self.world.definition(child) else { return false };
            let reaches: Vec<Reach> = self.grants(among, def).iter().map(|(_, g)| g.read).collect();
            let mine = |row: &Row| {
                let team = row.text("team");
                reaches.iter().any(|reach| match reach {
                    Reach::Nothing => false,
                    Reach::Own => row.text("owner") == Some(self.me),
                    Reach::Team => row.text("owner") == Some(self.me) || team.is_some_and(|t| self.teams.contains(t)),
                    Reach::Everything if self.world.is(Mutation::WhateverIsReadLends) => true,
                    Reach::Below | Reach::Everything => row.text("owner") == Some(self.me) || team.is_some_and(|t| self.below.contains(t)),
                })
            };
            self.world.rows_of(child).any(|row| row.text(field) == Some(id) && (archived_too || !row.is_archived()) && mine(row) && self.tellable.as_ref().is_none_or(|told| told(row)))
        })
    }
}

fn reach(grant: &Grant, action: Action) -> Reach {
    match action {
        Action::Read => grant.read,
        Action::Update => grant.update,
        Action::Delete => grant.delete,
    }
}
fn points_at(value: &Json, row: &Row) -> bool {
    value.get("object").and_then(Json::as_str) == Some(&row.object) && value.get("id").and_then(Json::as_str) == Some(&row.id)
}
/// The little of a condition that the rules of the test worlds use: one field equals one value.
fn fits(filter: &str, row: &Row) -> bool {
    let filter: Json = serde_json::from_str(filter).unwrap_or_default();
    filter.get("op").and_then(Json::as_str) == Some("eq") && filter.get("field").and_then(Json::as_str).is_some_and(|f| Some(row.get(f)) == filter.get("value"))
}
