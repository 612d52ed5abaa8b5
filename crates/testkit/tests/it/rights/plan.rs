//! A random organisation and its records. Ids come from the seed.

use super::{
    house::{House, START, id, map},
    ledger::{Change, Ledger},
    rng::Rng,
    snapshot,
};
use kernel::RecordId;
use records::{IfMatch, NewFile};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

pub(crate) const ROLES: [&str; 16] = [
    "admin",
    "sales_operations",
    "manager",
    "rep",
    "marketer",
    "agent",
    "supervisor",
    "finance",
    "people_manager",
    "data_steward",
    "analyst",
    "privacy_officer",
    "auditor",
    "portal",
    "partner",
    "integration",
];
const COMBINED: [&[&str]; 6] = [&["rep", "analyst"], &["rep", "marketer"], &["rep", "people_manager"], &["manager", "rep"], &["partner", "portal"], &["rep", "agent"]];

/// Roles that the organisation made itself: reaches and rights on fields that no role that comes with it has.
const OWN_ROLES: [(&str, &str); 2] = [
    (
        "clerk",
        r#"
name = "clerk"
label = "Clerk"
[objects]
"*" = { read = "none" }
user = { read = "own" }
team = { read = "all" }
account = { create = true, read = "team", update = "team", delete = "own" }
contact = { create = true, read = "own", update = "own", fields = { email = "read", title = "read", city = "hidden" } }
lead = { create = true, read = "team", update = "team", fields = { email = "masked" } }
opportunity = { create = true, read = "all", update = "own" }
order = { read = "team", update = "own" }
case = { create = true, read = "own", update = "own", delete = "own" }
interaction = { create = true, read = "all", update = "own" }
task = { create = true, read = "all", update = "own", delete = "own" }
note = { create = true, read = "all", update = "own" }
project = { create = true, read = "team", update = "team", delete = "team" }
project_step = { create = true, read = "all", update = "own", delete = "own" }
wiki = { read = "own" }
board = { read = "own", update = "own" }
favourite = { create = true, read = "all", update = "all", delete = "all" }
share = { create = true, read = "all" }
state_change = { read = "all", update = "all" }
"#,
    ),
    (
        "guest",
        r#"
name = "guest"
label = "Guest"
external = true
[objects]
"*" = { read = "none" }
user = { read = "own" }
wiki = { read = "own" }
board = { read = "own", update = "own" }
project = { read = "own", update = "own" }
"#,
    ),
];

pub(crate) struct Plan<'a> {
    pub(crate) rng: Rng,
    house: &'a House,
    /// Ids by object, in the order made.
    pub(crate) made: BTreeMap<&'static str, Vec<String>>,
    batch: BTreeMap<&'static str, Vec<Json>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(house: &'a House, seed: u64) -> Plan<'a> {
        Plan { rng: Rng::new(seed), house, made: BTreeMap::new(), batch: BTreeMap::new() }
    }
    pub(crate) fn new_id(&mut self) -> String {
        RecordId::new(START, self.rng.bytes()).to_string()
    }
    fn flush(&mut self, object: &'static str) {
        let items = self.batch.remove(object).unwrap_or_default();
        let body = json!({"mode": "create", "items": items});
        let answer = self.house.write(&self.house.cli(), move |tx| tx.bulk(object, &body));
        for item in answer["items"].as_array().unwrap() {
            assert_eq!(item["status"], 201, "{object}: {item}");
            self.made.entry(object).or_default().push(item["id"].as_str().unwrap().to_owned());
        }
    }
    fn add(&mut self, object: &'static str, mut item: Json) {
        let fields = item.as_object_mut().unwrap();
        fields.insert("id".into(), json!(self.new_id()));
        self.batch.entry(object).or_default().push(item);
    }
    pub(crate) fn some(&mut self, object: &str) -> Json {
        let list = self.made.get(object).cloned().unwrap_or_default();
        if list.is_empty() { Json::Null } else { json!(self.rng.pick(&list)) }
    }
    pub(crate) fn maybe(&mut self, object: &str, percent: usize) -> Json {
        if self.rng.chance(percent) { self.some(object) } else { Json::Null }
    }
    pub(crate) fn any(&mut self, objects: &[&'static str]) -> Json {
        let object = *self.rng.pick(objects);
        json!({"object": object, "id": self.some(object)})
    }
    /// Owner, team, author and external id: what every record has.
    pub(crate) fn owned(&mut self, mut item: Json) -> Json {
        let (owner, team, author) = (self.maybe("user", 75), self.maybe("team", 60), self.some("user"));
        let fields = item.as_object_mut().unwrap();
        fields.insert("owner".into(), owner);
        fields.insert("team".into(), team);
        fields.insert("created_by".into(), author);
        if self.rng.chance(60) {
            fields.insert("external_id".into(), json!(self.rng.word()));
        }
        item
    }
    fn records(&mut self, object: &'static str, count: usize, each: impl Fn(&mut Self) -> Json) {
        for _ in 0..count {
            let item = each(self);
            let item = self.owned(item);
            self.add(object, item);
        }
        self.flush(object);
    }
    pub(crate) fn word(&mut self) -> Json {
        json!(self.rng.word())
    }

    fn one_of(&mut self, words: &[&str]) -> Json {
        json!(*self.rng.pick(words))
    }

    fn people(&mut self) {
        for n in 0..7usize {
            let parent = match n {
                0 | 5 => Json::Null,
                1 | 2 | 6 => json!(self.made["team"][0]),
                _ => json!(self.made["team"][1]),
            };
            self.add("team", json!({"name": format!("team {n}"), "parent": parent}));
            self.flush("team");
        }
        for (name, definition) in OWN_ROLES {
            let role = json!({"name": name, "label": name, "definition": definition});
            self.house.write(&self.house.cli(), move |tx| tx.create("role", &map(&role)));
        }
        let mut lists: Vec<Vec<&str>> = ROLES.iter().map(|r| vec![*r]).chain(COMBINED.iter().map(|c| c.to_vec())).collect();
        lists.extend([vec!["clerk"], vec!["clerk", "analyst"], vec!["guest"], vec!["clerk"]]);
        lists.extend([vec!["rep"], vec!["rep"], vec!["rep"], vec!["manager"], vec![], vec!["rep"], vec!["admin"]]);
        let last = lists.len() - 1;
        for (i, roles) in lists.iter().enumerate() {
            let active = i != last - 1;
            let person = json!({"name": format!("person {i:02} {}", roles.join(" ")), "email": format!("p{i}@example.org"), "roles": roles, "active": active, "position": self.word(), "number": self.word(), "cost_centre": self.word()});
            self.add("user", person);
        }
        self.flush("user");
        for user in self.made["user"].clone() {
            for _ in 0..self.rng.below(3) {
                let team = self.some("team");
                let (since, until) =
                    *self.rng.pick(&[(None, None), (None, None), (None, None), (Some("2020-01-01"), None), (None, Some("2020-01-01")), (None, Some("2099-01-01")), (Some("2099-01-01"), None)]);
                self.add("team_membership", json!({"user": user, "team": team, "since": since, "until": until}));
            }
        }
        self.flush("team_membership");
        // Somebody has left for good, and a team is gone.
        let (gone, team) = (id(&self.made["user"][last]), id(&self.made["team"][6]));
        self.house.write(&self.house.cli(), move |tx| {
            tx.archive("user", gone, IfMatch::None)?;
            tx.archive("team", team, IfMatch::None)
        });
    }
    fn customers(&mut self) {
        self.records("tag", 3, |p| json!({"name": p.word()}));
        self.records("account", 12, |p| {
            let tags = p.some("tag");
            json!({"name": p.word(), "kind": "organisation", "industry": p.one_of(&["retail", "food", "steel"]), "tier": p.one_of(&["gold", "tin"]), "city": p.word(), "email": format!("{}@example.org", p.rng.word()), "street": p.word(), "tags": [tags], "number": p.word(), "description": p.word()})
        });
        self.records("contact", 18, |p| {
            json!({"first_name": p.word(), "last_name": p.word(), "email": format!("{}@example.org", p.rng.word()), "title": p.one_of(&["ceo", "cook"]), "city": p.one_of(&["rome", "oslo"]), "account": p.maybe("account", 65), "household": p.maybe("account", 20), "birth_date": "1980-02-29"})
        });
        // Each to somebody before them: rings are refused.
        let contacts = self.made["contact"].clone();
        for (n, contact) in contacts.iter().enumerate().skip(1) {
            if self.rng.chance(30) {
                let (contact, above) = (id(contact), json!({"reports_to": self.rng.pick(&contacts[..n])}));
                self.house.write(&self.house.cli(), move |tx| tx.update("contact", contact, &map(&above), IfMatch::Any));
            }
        }
        self.records(
            "lead",
            5,
            |p| json!({"last_name": p.word(), "company": p.word(), "industry": "food", "email": format!("{}@example.org", p.rng.word()), "referred_by": p.any(&["contact", "account"])}),
        );
    }
    fn sales(&mut self) {
        self.records("product", 4, |p| json!({"name": p.word(), "unit_cost": p.rng.below(99).to_string()}));
        self.records("campaign", 2, |p| json!({"name": p.word(), "code": p.word()}));
        self.records("opportunity", 12, |p| json!({"name": p.word(), "account": p.maybe("account", 80), "contact": p.maybe("contact", 50), "amount": p.rng.below(5000).to_string(), "next_step": p.word(), "partner": p.maybe("account", 20)}));
        self.records("contract", 4, |p| json!({"name": p.word(), "account": p.some("account"), "contact": p.maybe("contact", 30), "opportunity": p.maybe("opportunity", 50)}));
        self.records("order", 6, |p| json!({"kind": "sale", "account": p.maybe("account", 70), "contact": p.some("contact"), "opportunity": p.maybe("opportunity", 40), "cost": p.rng.below(99).to_string(), "channel": p.one_of(&["shop", "web"])}));
        self.records(
            "order_line",
            8,
            |p| json!({"order": p.some("order"), "product": p.some("product"), "description": p.word(), "unit": "kg", "quantity": "1", "unit_cost": p.rng.below(99).to_string()}),
        );
        self.records("opportunity_line", 5, |p| json!({"opportunity": p.some("opportunity"), "product": p.some("product"), "quantity": "2"}));
        self.records("payment", 4, |p| json!({"order": p.some("order"), "amount": "5", "status": "paid", "method": p.word()}));
        self.records("party_credit", 3, |p| json!({"opportunity": p.some("opportunity"), "contact": p.some("contact"), "role": "soft"}));
        self.records("campaign_member", 4, |p| json!({"campaign": p.some("campaign"), "contact": p.maybe("contact", 60), "lead": p.some("lead"), "variant": p.word()}));
        self.records("case", 6, |p| json!({"subject": p.word(), "account": p.maybe("account", 60), "contact": p.some("contact"), "order": p.maybe("order", 30), "description": p.word()}));
    }
    fn around(&mut self) {
        self.records("contact_point", 8, |p| json!({"contact": p.maybe("contact", 60), "account": p.some("account"), "kind": "handle", "value": p.word(), "label": p.word()}));
        self.records("party_role", 5, |p| json!({"contact": p.some("contact"), "role": "donor", "number": p.word()}));
        self.records("relationship_type", 1, |p| json!({"name": p.word()}));
        self.records(
            "relationship",
            4,
            |p| json!({"from": p.any(&["contact", "account"]), "to": p.any(&["contact", "account"]), "type": p.some("relationship_type"), "title": p.word(), "note": p.word()}),
        );
        self.records("external_reference", 3, |p| json!({"record": p.any(&["contact", "account", "order"]), "system": "old", "identifier": p.word()}));
        self.records(
            "touchpoint",
            4,
            |p| json!({"contact": p.maybe("contact", 50), "lead": p.some("lead"), "at": "2026-11-01T10:00:00Z", "source": p.word(), "referred_by": p.any(&["contact", "account"])}),
        );
        self.records("purpose", 2, |p| json!({"code": p.word(), "name": p.word(), "class": "marketing"}));
        self.records("consent", 3, |p| json!({"contact": p.some("contact"), "purpose": p.some("purpose"), "state": "given", "at": "2026-11-02T10:00:00Z", "evidence": p.word()}));
        self.records("restriction", 2, |p| json!({"contact": p.some("contact"), "kind": "dispute", "since": "2026-11-02T10:00:00Z", "note": p.word()}));
        self.records("staff_skill", 4, |p| json!({"staff": p.some("user"), "skill": p.word()}));
        self.records("absence", 4, |p| json!({"staff": p.some("user"), "from": "2026-12-01", "to": "2026-12-02", "kind": "sickness"}));
        self.records("project", 9, |p| json!({"name": p.word(), "secret": p.word(), "score": p.rng.below(9), "account": p.maybe("account", 80), "lead_person": p.some("user"), "about": p.any(&["account", "opportunity", "case"]), "partners": [p.some("account"), p.some("account")]}));
        self.records("project_step", 10, |p| json!({"name": p.word(), "score": p.rng.below(9), "project": p.some("project")}));
        self.records("view", 8, |p| json!({"name": p.word(), "object": "account", "shared": p.one_of(&["private", "team", "team", "everybody"])}));
        // Nobody marks the same twice.
        for target in self.made["account"].clone() {
            let favourite = self.owned(json!({"target": {"object": "account", "id": target}, "position": 1}));
            self.add("favourite", favourite);
        }
        self.flush("favourite");
        self.records("wiki", 2, |p| json!({"name": p.word(), "account": p.some("account")}));
        self.records("board", 3, |p| json!({"name": p.word(), "account": p.some("account")}));
    }
    fn activities(&mut self) {
        let standing = ["account", "contact", "lead", "opportunity", "order", "case", "contract", "project"];
        self.records("conversation", 4, |p| json!({"subject": p.word(), "account": p.maybe("account", 60), "contact": p.maybe("contact", 60), "case": p.maybe("case", 40)}));
        // Two that belong to nobody: whoever reads every customer reads them.
        self.records("conversation", 2, |p| json!({"subject": p.word()}));
        self.records("interaction", 20, move |p| {
            let about = if p.rng.chance(40) { p.any(&standing) } else { Json::Null };
            let day = 1 + p.rng.below(17);
            json!({"kind": "email", "at": format!("2026-11-{day:02}T10:00:00Z"), "subject": p.word(), "body": p.word(), "outcome": p.word(), "account": p.maybe("account", 55), "contact": p.maybe("contact", 45), "about": about, "staff": p.maybe("user", 40), "conversation": p.maybe("conversation", 40), "visibility": p.one_of(&["full", "full", "subject", "metadata"])})
        });
        // Activities about activities that belong to no customer.
        for _ in 0..4 {
            let (project, day) = (self.some("project"), 1 + self.rng.below(17));
            let entry = json!({"kind": "call", "at": format!("2026-11-{day:02}T09:00:00Z"), "subject": self.word(), "about": {"object": "project", "id": project}, "visibility": "full"});
            self.add("interaction", entry);
            self.flush("interaction");
            let about = json!({"object": "interaction", "id": self.made["interaction"].last()});
            let task = json!({"subject": self.word(), "about": about});
            self.add("task", task);
            self.flush("task");
        }
        self.records("task", 10, move |p| {
            let about = if p.rng.chance(40) { p.any(&["account", "opportunity", "case", "lead", "interaction"]) } else { Json::Null };
            json!({"subject": p.word(), "account": p.maybe("account", 40), "contact": p.maybe("contact", 30), "about": about})
        });
        self.records("meeting", 5, |p| json!({"subject": p.word(), "starts_at": "2026-11-05T10:00:00Z", "account": p.maybe("account", 50), "contact": p.maybe("contact", 50), "organiser": p.some("user"), "description": p.word()}));
        let about = ["account", "contact", "opportunity", "order", "case", "interaction", "task", "project"];
        self.records("note", 8, move |p| json!({"body": p.word(), "about": p.any(&about)}));
        self.records("comment", 5, move |p| json!({"body": p.word(), "about": p.any(&about), "mentions": [p.some("user")]}));
        self.records("follow", 4, move |p| json!({"user": p.some("user"), "record": p.any(&about)}));
        self.records("participant", 7, |p| json!({"interaction": p.some("interaction"), "party": p.any(&["contact", "account", "lead", "user"]), "role": "to", "address": p.word()}));
        for _ in 0..6 {
            let target = self.any(&about);
            let file = NewFile { name: self.rng.word(), content_type: "text/plain".into(), size: 3, hash: "0".repeat(64) };
            let owner = self.owned(json!({}));
            let owner = json!({"owner": owner["owner"], "team": owner["team"]});
            let made = self.house.write(&self.house.cli(), move |tx| {
                let saved = tx.add_file(target["object"].as_str().unwrap(), id(target["id"].as_str().unwrap()), &file)?;
                tx.update("file", saved.id, &map(&owner), IfMatch::Any)
            });
            self.made.entry("file").or_default().push(made.id.to_string());
        }
        for project in self.made["project"].clone() {
            if self.rng.chance(40) {
                let about = self.any(&["interaction", "task"]);
                self.house.write(&self.house.cli(), move |tx| tx.update("project", id(&project), &map(&json!({ "about": about })), IfMatch::Any));
            }
        }
        // Private mailboxes: the owner withholds an entry once its participants are known.
        for entry in self.made["interaction"].clone() {
            if self.rng.chance(25) {
                self.house.write(&self.house.cli(), move |tx| tx.update("interaction", id(&entry), &map(&json!({"visibility": "none"})), IfMatch::Any));
            }
        }
    }
    fn sharing(&mut self) {
        let objects = ["account", "contact", "opportunity", "lead", "case", "order", "project", "interaction", "task", "note"];
        for n in 0..30 {
            let target = self.any(&objects);
            if target["object"] == "interaction" && n % 2 == 0 {
                continue;
            }
            let to_team = self.rng.chance(40);
            let until = *self.rng.pick(&[None, None, Some("2020-01-01T00:00:00Z"), Some("2099-01-01T00:00:00Z"), Some("2026-11-18T00:00:00Z")]);
            let (user, team) = (self.some("user"), self.some("team"));
            let item = json!({"record": target, "user": if to_team { Json::Null } else { user }, "grantee_team": if to_team { team } else { Json::Null }, "level": self.one_of(&["read", "update"]), "until": until});
            let item = self.owned(item);
            // What may not even be read by the command line (a withheld mail) cannot be shared by it either.
            let made = self.house.workspace.write_blocking(&self.house.cli(), move |tx| tx.create("share", &map(&item)));
            let Ok(saved) = made else { continue };
            self.made.entry("share").or_default().push(saved.id.to_string());
            if self.rng.chance(25) {
                self.house.write(&self.house.cli(), move |tx| tx.archive("share", saved.id, IfMatch::None));
            }
        }
        let rules = [("account", "tier", "gold"), ("contact", "city", "rome"), ("order", "channel", "shop"), ("interaction", "visibility", "subject"), ("account", "industry", "steel")];
        for (n, (object, field, value)) in rules.into_iter().enumerate() {
            let (user, team, role) = (self.some("user"), self.some("team"), *self.rng.pick(&["rep", "manager", "partner", "finance"]));
            let grantee = self.rng.below(3);
            let item = json!({"name": format!("rule {n}"), "object": object, "filter": json!({"field": field, "op": "eq", "value": value}).to_string(), "level": self.one_of(&["read", "update"]), "active": self.rng.chance(85),
                "user": if grantee == 0 { user } else { Json::Null }, "grantee_team": if grantee == 1 { team } else { Json::Null }, "grantee_role": if grantee == 2 { json!(role) } else { Json::Null }});
            self.add("sharing_rule", item);
        }
        self.flush("sharing_rule");
        // One was taken back.
        let gone = id(&self.made["sharing_rule"][4]);
        self.house.write(&self.house.cli(), move |tx| tx.archive("sharing_rule", gone, IfMatch::None));
    }
    /// Some deals have ended.
    fn close_some(&mut self) {
        for deal in self.made["opportunity"].clone() {
            if self.rng.chance(25) {
                let outcome = self.one_of(&["won", "lost", "cancelled"]);
                self.house.write(&self.house.cli(), move |tx| super::ask::verb(tx, "opportunity", "closure", "POST", &deal, &json!({"outcome": outcome, "reason": "price"})));
            }
        }
    }
    /// Some records are archived, so that "archived counts nowhere" can be seen.
    fn archive_some(&mut self) {
        for object in ["account", "contact", "opportunity", "order", "case", "interaction", "task", "note", "project", "contract", "participant"] {
            for record in self.made[object].clone() {
                if self.rng.chance(10) {
                    // A withheld mail is out of the command line's reach.
                    let _refused = self.house.workspace.write_blocking(&self.house.cli(), move |tx| tx.archive(object, id(&record), IfMatch::None));
                }
            }
        }
    }
    pub(crate) fn build(&mut self) {
        self.people();
        self.customers();
        self.sales();
        self.around();
        self.activities();
        self.sharing();
        self.close_some();
        self.archive_some();
    }
    /// An hour later: values, owners, customers and visibilities change. What was before is kept in the ledger.
    pub(crate) fn live_on(&mut self) -> Ledger {
        let past = snapshot::rows(self.house);
        let past_ms = self.house.workspace.now_ms() + 1_000;
        self.house.clock.advance(3_600_000);
        let (mut changes, mut before) = (Vec::new(), past.clone());
        for (object, fields) in [
            ("account", &["name", "email", "owner", "description"][..]),
            ("contact", &["first_name", "email", "owner", "account", "city"]),
            ("opportunity", &["name", "owner", "amount", "account"]),
            ("interaction", &["subject", "body", "visibility", "owner", "account"]),
            ("task", &["subject", "owner", "account"]),
            ("project", &["name", "secret", "score", "account", "partners"]),
            ("order", &["cost", "channel"]),
            ("note", &["body"]),
        ] {
            for record in self.made[object].clone() {
                if !self.rng.chance(35) {
                    continue;
                }
                let field = *self.rng.pick(fields);
                let value = match field {
                    "owner" => self.some("user"),
                    "account" => self.some("account"),
                    "partners" => json!([self.some("account")]),
                    "amount" | "cost" => json!(self.rng.below(10_000).to_string()),
                    "score" => json!(self.rng.below(9)),
                    "visibility" => json!(["full", "subject", "metadata", "none"][self.rng.below(4)]),
                    "email" => json!(format!("{}@example.org", self.rng.word())),
                    "channel" => json!("mail"),
                    _ => self.word(),
                };
                let ctx = self.house.cli();
                let (target, input) = (record.clone(), json!({ field: value }));
                let done = self.house.workspace.write_blocking(&ctx, move |tx| tx.update(object, id(&target), &map(&input), IfMatch::Any));
                if done.is_ok() {
                    let after = snapshot::rows(self.house);
                    changes.push(Change::between(&before, &after, object, &record));
                    before = after;
                }
            }
        }
        self.house.workspace.index_pending().unwrap();
        Ledger { past, past_ms, changes: changes.into_iter().flatten().collect() }
    }
}
