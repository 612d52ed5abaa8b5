//! Writes, as the second opinion answers them.

use super::{Opinion, refused, status, unknown};
use crate::rights::decision::Door;
use serde_json::{Value as Json, json};
use testkit::policy::{Action, Definition, Mutation, Row, Target, View};

/// The status of one item of a bulk request.
pub(super) fn number(answer: &Json, done: u16) -> Json {
    match answer {
        Json::String(_) => json!(done),
        other => other["status"].clone(),
    }
}
impl<'a> Opinion<'a> {
    pub(super) fn write(&self, door: &Door) -> Json {
        match door {
            Door::Update { object, id, field, value } => self.update(object, id, field, value),
            Door::Archive { object, id } | Door::Restore { object, id } => self.reach(object, id, Action::Delete).map_or_else(status, |_| json!("done")),
            Door::BulkUpdate { object, .. } | Door::Upsert { object, bulk: true, .. } | Door::CreateUnder { object, bulk: Some("upsert"), .. } if !self.view.can(Action::Update, object) => status(403),
            Door::BulkUpdate { object, ids, field, value, atomic } => {
                let answers: Vec<Json> = ids.iter().map(|id| self.update(object, id, field, value)).collect();
                match answers.iter().position(|a| !a.is_string()).filter(|_| *atomic) {
                    // what would leave their reach is refused by naming the owner
                    Some(first) if answers[first] == status(403) && self.reach(object, &ids[first], Action::Update).is_ok() => refused(&[(&format!("items.{first}.owner"), "refused")]),
                    Some(first) => spoilt(first, &answers[first]),
                    None => answers.iter().map(|a| number(a, 200)).collect(),
                }
            }
            Door::BulkArchive { object, .. } if !self.view.can(Action::Delete, object) => status(403),
            Door::BulkArchive { object, ids } => ids.iter().map(|id| self.reach(object, id, Action::Delete).map_or_else(|code| json!(code), |_| json!(204))).collect(),
            Door::Upsert { object, external_id, field, value, bulk } => {
                let answer = self.upsert(object, external_id, field, value);
                if *bulk { json!([number(&answer, if answer == "created" { 201 } else { 200 })]) } else { answer }
            }
            Door::CreateUnder { object, input, reference, target, by, bulk } => match bulk {
                Some("create") if !self.view.can_create(object) => self.may_not_create(object).unwrap_or_default(),
                Some(_) => json!([number(&self.create_under(object, input, reference, target, by.as_ref()), 201)]),
                None => self.create_under(object, input, reference, target, by.as_ref()),
            },
            Door::Share { object, id, user, team, level } => self.share(object, id, user.as_deref(), team.as_deref(), level),
            Door::AddFile { object, id } => self.add_file(object, id),
            Door::ChangeDefinition { object } => self.with_capability("define", self.definition(object)),
            Door::ChangeSettings => self.with_capability("configure", Json::Null),
            Door::Close { id, .. } => self.close(id, true),
            Door::Reopen { id } => self.close(id, false),
            Door::Convert { id, account, contact, deal } => self.convert(id, account, contact.as_deref(), *deal),
            Door::Undo { object, ids, field, .. } => self.undo(object, ids, field),
            Door::Merge { object, winner, loser } => self.merge(object, winner, loser),
            other => panic!("{other:?} is no writing"),
        }
    }
    fn with_capability(&self, name: &str, seen: Json) -> Json {
        match seen["status"].as_u64() {
            Some(_) => seen,
            None if self.view.capability(name) => json!("done"),
            None => status(403),
        }
    }
    /// 404 where it may not be read, 403 where it may be read but not so treated.
    pub(super) fn reach(&self, object: &str, id: &str, action: Action) -> Result<&'a Row, u16> {
        let row = self.readable(object, id).ok_or(404u16)?;
        if self.view.may(action, object, id) { Ok(row) } else { Err(403) }
    }
    fn update(&self, object: &str, id: &str, field: &str, value: &Json) -> Json {
        let row = match self.reach(object, id, Action::Update) {
            Ok(row) => row,
            Err(code) => return status(code),
        };
        self.change(row, false, field, value)
    }
    /// What a change of one field of a record in reach is answered with; one that was archived may come back with it.
    fn change(&self, row: &'a Row, back: bool, field: &str, value: &Json) -> Json {
        let object = row.object.as_str();
        let def = &self.world().definitions[object];
        if !self.view.may_set(def, row, field) {
            return refused(&[(field, self.not_written(def, field))]);
        }
        if let (Target::One(target), Some(id)) = (&def.fields[field].target, value.as_str())
            && !self.view.may(Action::Read, target, id)
        {
            return refused(&[(field, "unknown_reference")]);
        }
        if row.is_archived() && !back {
            return status(409);
        }
        if row.get(field) == value {
            return json!("done");
        }
        let mut after = row.clone();
        after.values.insert("archived_at".into(), Json::Null);
        after.values.insert(field.to_owned(), value.clone());
        let moves = field == "owner" || def.fields[field].target != Target::Nothing || self.world().rows_of("sharing_rule").any(|r| r.text("object") == Some(object) && !r.is_archived());
        if moves && !self.view.would(Action::Update, &after) && self.world().mutation != Some(Mutation::AfterWriteUnchecked) {
            return status(403);
        }
        json!("done")
    }
    fn upsert(&self, object: &str, external_id: &str, field: &str, value: &Json) -> Json {
        let def = &self.world().definitions[object];
        if !self.view.can(Action::Read, object) && !self.view.can_create(object) {
            return status(404);
        }
        if !self.view.is_readable(def, "external_id") {
            return unknown("external_id");
        }
        match self.world().rows_of(object).find(|r| r.text("external_id") == Some(external_id)) {
            None => {
                if let Some(refusal) = self.may_not_create(object) {
                    return refusal;
                }
                let wrong = self.not_settable(object, &[field, "external_id"]);
                if wrong.is_empty() { json!("created") } else { refused(&wrong) }
            }
            Some(row) if self.readable(object, &row.id).is_none() => refused(&[("external_id", "value_taken")]),
            Some(row) => {
                if let Err(code) = self.reach(object, &row.id, Action::Update) {
                    return status(code);
                }
                // What is archived comes back first, which takes the right to archive.
                if row.is_archived() && !self.view.may(Action::Delete, object, &row.id) {
                    return status(403);
                }
                match self.change(row, true, field, value) {
                    Json::String(_) => json!("changed"),
                    other => other,
                }
            }
        }
    }
    fn create_under(&self, object: &str, input: &Json, reference: &str, target: &(String, String), by: Option<&(String, String)>) -> Json {
        if let Some(refusal) = self.may_not_create(object) {
            return refusal;
        }
        let def = &self.world().definitions[object];
        let names: Vec<&str> = input.as_object().unwrap().keys().map(String::as_str).chain([reference]).collect();
        let mut wrong = self.not_settable(object, &names);
        let there = self.readable(&target.0, &target.1).is_some_and(|row| {
            let live = !row.is_archived() || self.world().mutation == Some(Mutation::ArchivedCounted);
            by.is_none_or(|(field, _)| live && self.view.is_readable(&self.world().definitions[&row.object], field) && self.view.value(row, field).is_some_and(|v| !v.is_null()))
        });
        if self.view.may_set_on_create(def, reference) && !there {
            wrong.push((reference, "unknown_reference"));
        }
        if wrong.is_empty() { json!("done") } else { refused(&wrong) }
    }
    pub(super) fn may_not_create(&self, object: &str) -> Option<Json> {
        (!self.view.can_create(object)).then(|| status(if self.view.can(Action::Read, object) { 403 } else { 404 }))
    }
    /// Fields of a new record that a client may not set, with what it hears.
    pub(super) fn not_settable<'n>(&self, object: &str, names: &[&'n str]) -> Vec<(&'n str, &'static str)> {
        let def = &self.world().definitions[object];
        names.iter().filter(|f| !self.view.may_set_on_create(def, f)).map(|f| (*f, self.not_written(def, f))).collect()
    }
    pub(super) fn not_written(&self, def: &Definition, field: &str) -> &'static str {
        if self.view.is_readable(def, field) { "read_only" } else { "unknown_field" }
    }
    fn add_file(&self, object: &str, id: &str) -> Json {
        if self.readable(object, id).is_none() {
            return status(404);
        }
        if let Some(refusal) = self.may_not_create("file") {
            return refusal;
        }
        let wrong = self.not_settable("file", &["name", "about"]);
        if wrong.is_empty() { json!("done") } else { refused(&wrong) }
    }
    /// Who shares holds the right in another way than by a share, and gives nothing to themselves.
    fn share(&self, object: &str, id: &str, user: Option<&str>, team: Option<&str>, level: &str) -> Json {
        if let Some(refusal) = self.may_not_create("share") {
            return refusal;
        }
        let action = if level == "update" { Action::Update } else { Action::Read };
        let mut wrong = Vec::new();
        if self.readable(object, id).is_none() {
            wrong.push(("record", "unknown_reference"));
        }
        if user.is_some_and(|u| !self.view.may(Action::Read, "user", u)) {
            wrong.push(("user", "unknown_reference"));
        }
        if team.is_some_and(|t| !self.view.may(Action::Read, "team", t)) {
            wrong.push(("grantee_team", "unknown_reference"));
        }
        if user == Some(self.view.me) && self.world().mutation != Some(Mutation::OwnSharesAllowed) {
            wrong.push(("user", "own_rights"));
        }
        let passed_on = self.world().mutation == Some(Mutation::SharesPassedOn);
        let bare = if passed_on { self.world().clone() } else { self.world().mutated(Mutation::SharesIgnored) };
        let asker = self.view.asker();
        if self.world().row(object, id).is_some() && !View::of(&bare, &asker).is_some_and(|v| v.may(action, object, id)) {
            wrong.push(("record", "not_allowed"));
        }
        if wrong.is_empty() { json!("done") } else { refused(&wrong) }
    }
}
/// What is heard of a bulk change that is all or nothing.
fn spoilt(index: usize, answer: &Json) -> Json {
    let fields = answer["fields"].as_array().cloned().unwrap_or_else(|| vec![json!([""])]);
    let names: Vec<String> = fields.iter().map(|f| format!("items.{index}.{}", f[0].as_str().unwrap())).collect();
    refused(&names.iter().map(|n| (n.as_str(), "refused")).collect::<Vec<_>>())
}
