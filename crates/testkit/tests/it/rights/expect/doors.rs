//! Verbs, mass changes, files and streams, as the second opinion answers them.

use super::{Opinion, Shape, refused, status};
use crate::rights::decision::{Archived, Customer, Filter};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use testkit::policy::{Action, Asker, Definition, Mutation, Right, Row, Target, View};

const LEAD_TO_ACCOUNT: [(&str, &str); 11] = [
    ("company", "name"),
    ("website", "website"),
    ("industry", "industry"),
    ("employees", "employees"),
    ("street", "street"),
    ("city", "city"),
    ("region", "region"),
    ("postal_code", "postal_code"),
    ("country", "country"),
    ("source", "source"),
    ("owner", "owner"),
];
const LEAD_TO_CONTACT: [(&str, &str); 4] = [("first_name", "first_name"), ("last_name", "last_name"), ("email", "email"), ("owner", "owner")];

impl<'a> Opinion<'a> {
    pub(super) fn objects(&self) -> Json {
        let names: Vec<&String> = self.world().definitions.keys().filter(|o| self.view.can(Action::Read, o) || self.view.can_create(o)).collect();
        json!(names)
    }
    pub(super) fn my_rights(&self) -> Json {
        let every = &self.world().roles["admin"].capabilities;
        let capabilities: Vec<&String> = every.iter().filter(|c| self.view.capability(c)).collect();
        let known = |def: &&Definition| self.view.can(Action::Read, &def.name) || self.view.can_create(&def.name);
        let objects: Map<String, Json> = self.world().definitions.values().filter(known).map(|def| (def.name.clone(), self.rights_on(def))).collect();
        json!({"capabilities": capabilities, "objects": objects})
    }
    fn rights_on(&self, def: &Definition) -> Json {
        let word = |(name, right): (&String, Right)| match right {
            Right::Hidden => None,
            Right::Masked => Some((name.clone(), json!("masked"))),
            Right::Write if !def.fields[name].read_only => Some((name.clone(), json!("write"))),
            Right::Read | Right::Write => Some((name.clone(), json!("read"))),
        };
        let fields: Map<String, Json> = def.fields.keys().map(|name| (name, self.view.field(def, name))).filter_map(word).collect();
        let can = |action| self.view.can(action, &def.name);
        let read = can(Action::Read);
        json!({"create": self.view.can_create(&def.name), "read": read, "update": can(Action::Update), "delete": can(Action::Delete), "export": read && self.view.capability("export"), "fields": fields})
    }
    /// A list without masked fields, for whom may take lists out; the file is its maker's.
    pub(super) fn export(&self, object: &str, fields: Option<&[String]>, filter: &Filter, thief: &Asker) -> Json {
        if !self.view.capability("export") {
            return status(403);
        }
        let def = &self.world().definitions[object];
        let all: Vec<String> = def.fields.keys().filter(|f| self.view.is_readable(def, f)).cloned().collect();
        let columns = fields.unwrap_or(&all);
        let items = match self.list(object, filter, None, Archived::Exclude, Shape { fields: Some(columns), ..Shape::default() }) {
            Ok(items) => items,
            Err(refusal) => return refusal,
        };
        let only = |item: &Json| columns.iter().map(|c| (c.clone(), item[c.as_str()].clone())).collect::<Map<_, _>>();
        let rows: Vec<Json> = items.iter().map(|item| Json::Object(only(item))).collect();
        let open = self.world().mutation == Some(Mutation::ExportsForAll);
        let theirs = View::of(self.world(), thief).map_or(401, |_| if open { 200 } else { 404 });
        json!({"rows": rows, "again": [202, true], "thief": [theirs, theirs], "thief's own": false})
    }
    pub(super) fn heard(&self, changes: &[(String, String, i64, &'static str)]) -> Json {
        let open = self.world().mutation == Some(Mutation::StreamsUnguarded);
        let seen = changes.iter().filter(|(object, id, ..)| open || self.readable(object, id).is_some());
        seen.map(|(object, id, version, what)| json!([object, id, version, what])).collect()
    }
    /// Closing and opening again are changes of the stage: who may not set or see a stage, may not do it.
    pub(super) fn close(&self, id: &str, closing: bool) -> Json {
        let row = match self.reach("opportunity", id, Action::Update) {
            Ok(row) => row,
            Err(code) => return status(code),
        };
        if row.get("outcome").is_null() != closing {
            return status(409);
        }
        let def = &self.world().definitions["opportunity"];
        let named: &[&str] = if closing { &["stage", "outcome_reason"] } else { &["stage"] };
        let mut wrong: Vec<(&str, &str)> = named.iter().filter(|f| !self.view.may_set(def, row, f)).map(|f| (*f, self.not_written(def, f))).collect();
        if wrong.is_empty() && !self.view.can(Action::Read, "stage") {
            wrong.push(("stage", "unknown_reference"));
        }
        match wrong.is_empty() {
            false if !closing || !row.is_archived() => refused(&wrong),
            _ if row.is_archived() => status(409),
            _ => json!("done"),
        }
    }
    /// Works with the lead as the asker sees it, and makes only what the asker may make.
    pub(super) fn convert(&self, id: &str, account: &Customer, contact: Option<&str>, deal: bool) -> Json {
        let lead = match self.reach("lead", id, Action::Update) {
            Ok(lead) => lead,
            Err(code) => return status(code),
        };
        let account = match account {
            Customer::Nothing => Ok(None),
            Customer::Known(known) => self.known("account", known).map(Some),
            Customer::Made => self.made("account", &self.carried(lead, &LEAD_TO_ACCOUNT)).map(Some),
        };
        let account = match account {
            Ok(account) => account,
            Err(refusal) => return refusal,
        };
        let contact = match contact {
            Some(known) => self.known("contact", known),
            None => {
                let mut values = self.carried(lead, &LEAD_TO_CONTACT);
                values.extend(account.as_ref().map(|a| ("account".to_owned(), json!(a.id))));
                self.made("contact", &values)
            }
        };
        if let Err(refusal) = contact {
            return refusal;
        }
        if deal {
            let mut values = BTreeMap::from([("name".to_owned(), json!("new"))]);
            values.extend(["source", "campaign", "referred_by"].iter().filter_map(|f| Some(((*f).to_owned(), self.view.value(lead, f).filter(|v| !v.is_null())?))));
            values.extend(account.map(|a| ("account".to_owned(), json!(a.id))));
            values.insert("contact".to_owned(), Json::Null);
            if let Err(refusal) = self.made("opportunity", &values) {
                return refusal;
            }
        }
        json!("done")
    }
    fn carried(&self, lead: &'a Row, map: &[(&str, &str)]) -> BTreeMap<String, Json> {
        map.iter().filter_map(|(from, to)| Some(((*to).to_owned(), self.view.value(lead, from).filter(|v| !v.is_null())?))).collect()
    }
    /// One that is there already: seen, or it is not there. The leads of the test worlds fill no blanks of it.
    fn known(&self, object: &str, id: &str) -> Result<Row, Json> {
        self.readable(object, id).cloned().ok_or_else(|| refused(&[(object, "unknown_reference")]))
    }
    fn made(&self, object: &str, values: &BTreeMap<String, Json>) -> Result<Row, Json> {
        if let Some(refusal) = self.may_not_create(object) {
            return Err(refusal);
        }
        let names: Vec<&str> = values.keys().map(String::as_str).collect();
        let wrong = self.not_settable(object, &names);
        if !wrong.is_empty() {
            return Err(refused(&wrong));
        }
        let owner = values.get("owner").and_then(Json::as_str).unwrap_or(self.view.me);
        let mut row = Row { object: object.to_owned(), id: "made".into(), values: values.clone() };
        row.values.insert("owner".into(), json!(owner));
        row.values.insert("team".into(), json!(self.world().first_team(owner)));
        let action = if self.view.can(Action::Update, object) { Action::Update } else { Action::Read };
        let kept = !self.view.can(action, object) || self.view.would(action, &row) || self.world().mutation == Some(Mutation::AfterWriteUnchecked);
        if kept { Ok(row) } else { Err(status(403)) }
    }
    /// Who may make mass changes may take back those of others, record by record and field by field as they may change
    /// them; who reads the log only sees that they were made.
    pub(super) fn undo(&self, object: &str, ids: &[String], field: &str) -> Json {
        let open = self.world().mutation == Some(Mutation::ChangeSetsForAll);
        let unguarded = self.world().mutation == Some(Mutation::UndoingUnguarded);
        let (mass, log) = (self.view.capability("mass_change"), self.view.capability("read_log"));
        let seen = if mass || log || open { 200 } else { 404 };
        let allowed = mass || unguarded && log;
        if !allowed {
            return json!({"seen": seen, "undone": if log || open { 403 } else { 404 }});
        }
        let def = &self.world().definitions[object];
        let (mut restored, mut skipped) = (0, Vec::new());
        for row in ids.iter().filter_map(|id| self.world().row(object, id)).filter(|r| !r.is_archived()) {
            let may = unguarded || self.view.may(Action::Update, object, &row.id);
            if may && (unguarded || self.view.may_set(def, row, field)) {
                restored += 1;
            } else if self.readable(object, &row.id).is_some() {
                skipped.push(json!([object, row.id, may.then_some(field)]).to_string());
            }
        }
        skipped.sort();
        json!({"seen": seen, "undone": {"restored": restored, "skipped": skipped}})
    }
    /// Both are seen and changed, and one of them goes: whoever could not do each of it by hand does not do it at once.
    pub(super) fn merge(&self, object: &str, winner: &str, loser: &str) -> Json {
        let Some(stays) = self.readable(object, winner) else { return status(404) };
        let Some(goes) = self.readable(object, loser) else { return refused(&[("loser", "unknown_reference")]) };
        if !matches!(object, "account" | "contact" | "lead" | "project") {
            return status(409);
        }
        if winner == loser {
            return refused(&[("loser", "same_record")]);
        }
        let archiving = self.world().mutation != Some(Mutation::MergingLikeUpdate);
        let may = |id: &str, action| self.view.may(action, object, id);
        if !may(winner, Action::Update) || !may(loser, Action::Update) || archiving && !may(loser, Action::Delete) {
            return status(403);
        }
        if stays.is_archived() || goes.is_archived() || self.is_below(stays, loser) {
            return status(409);
        }
        json!("done")
    }
    /// Further than directly: there a reference to itself is let go.
    fn is_below(&self, row: &Row, above: &str) -> bool {
        let def = &self.world().definitions[&row.object];
        let own = def.fields.iter().filter(|(_, facts)| matches!(&facts.target, Target::One(target) if *target == row.object));
        own.filter(|(name, _)| *name != "merged_into").any(|(name, _)| {
            let mut at = row.text(name);
            for steps in 0..20 {
                match at {
                    Some(id) if id == above && steps > 0 => return true,
                    Some(id) => at = self.world().row(&row.object, id).and_then(|r| r.text(name)),
                    None => return false,
                }
            }
            false
        })
    }
}
