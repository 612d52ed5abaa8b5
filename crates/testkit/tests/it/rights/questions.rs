//! Random questions over every door, aimed where rights decide something.

use super::{
    decision::{Archived, Customer, Decision, Door, Filter, Page},
    expect::is_open,
    plan::Plan,
    rng::Rng,
};
use serde_json::{Value as Json, json};
use testkit::policy::{Asker, RoleFile, Row, Target, World};

/// Paths worth asking by, for each object.
const PATHS: &[(&str, &[&str])] = &[
    ("account", &["name", "email", "industry", "tier", "owner", "team", "street", "territory.name", "parent.name", "created_by", "number"]),
    (
        "contact",
        &[
            "full_name",
            "email",
            "account",
            "account.name",
            "account.industry",
            "account.email",
            "household.name",
            "reports_to.full_name",
            "reports_to.account.tier",
            "owner.name",
            "owner.email",
            "birth_date",
        ],
    ),
    ("lead", &["full_name", "company", "email", "owner", "score", "converted_account.name"]),
    ("opportunity", &["name", "account.name", "account.owner", "contact.email", "contact.account.name", "partner.name", "owner", "next_step", "stage.name", "amount"]),
    ("order", &["channel", "account.name", "opportunity.name", "opportunity.account.name", "contact.full_name", "cost", "opportunity"]),
    ("order_line", &["order.account.name", "order.number", "product.name", "product.unit_cost", "unit", "unit_cost", "order.opportunity.name"]),
    ("opportunity_line", &["opportunity.name", "opportunity.account.industry", "product.name"]),
    ("payment", &["order.account.name", "method"]),
    ("contract", &["name", "account.name", "opportunity.name", "value"]),
    ("case", &["subject", "account.name", "contact.email", "order.channel", "owner.name", "queue.name"]),
    ("interaction", &["subject", "outcome", "account.name", "contact.full_name", "staff.name", "conversation.subject", "owner", "visibility", "account"]),
    ("conversation", &["subject", "account.name", "contact.full_name", "case.subject"]),
    ("participant", &["address", "interaction.subject", "interaction.account.name", "role"]),
    ("task", &["subject", "account.name", "contact.email", "owner.name", "status"]),
    ("meeting", &["subject", "account.name", "organiser.name"]),
    ("note", &["owner", "created_by.name"]),
    ("file", &["name", "owner", "hash"]),
    ("contact_point", &["value", "label", "contact.full_name", "account.name", "external_id"]),
    ("party_role", &["number", "contact.account.name"]),
    ("touchpoint", &["source", "contact.full_name", "lead.company"]),
    ("consent", &["contact.full_name", "purpose.name", "source"]),
    ("state_change", &["field", "to", "by"]),
    ("campaign_member", &["variant", "contact.email", "lead.company", "campaign.name"]),
    ("project", &["name", "secret", "shout", "account.name", "account", "lead_person.name", "lead_person"]),
    ("project_step", &["name", "project.name", "project.secret", "project.shout", "project.account.name"]),
    ("user", &["name", "email", "number", "position", "manager.name"]),
    ("absence", &["kind", "staff.name"]),
    ("staff_skill", &["skill", "staff.name"]),
    ("wiki", &["name", "account.name"]),
    ("board", &["name", "account.name"]),
    ("view", &["name", "owner", "team", "owner.name"]),
    ("favourite", &["owner", "owner.name", "external_id"]),
    ("share", &["level", "user.name", "owner"]),
];
/// Fields to write, harmless for the rules of the slices.
const WRITABLE: &[(&str, &[&str])] = &[
    ("account", &["industry", "description", "email", "tier", "owner", "external_id", "number"]),
    ("contact", &["title", "email", "city", "owner", "account", "description"]),
    ("lead", &["industry", "company", "email", "owner"]),
    ("opportunity", &["next_step", "name", "owner", "account", "source"]),
    ("order", &["channel", "owner"]),
    ("order_line", &["unit", "description"]),
    ("contract", &["name", "owner"]),
    ("case", &["subject", "resolution", "owner", "account"]),
    ("interaction", &["subject", "outcome", "account", "owner"]),
    ("conversation", &["subject"]),
    ("participant", &["address"]),
    ("task", &["subject", "owner", "account"]),
    ("meeting", &["subject", "location"]),
    ("note", &["body"]),
    ("comment", &["body"]),
    ("contact_point", &["label", "platform"]),
    ("party_role", &["number"]),
    ("touchpoint", &["source"]),
    ("product", &["unit", "name"]),
    ("campaign", &["code"]),
    ("project", &["name", "secret", "owner", "account"]),
    ("project_step", &["name"]),
    ("wiki", &["name"]),
    ("board", &["name"]),
    ("view", &["name"]),
    ("favourite", &["owner"]),
    ("user", &["position", "cost_centre", "email"]),
    ("tag", &["description"]),
    ("file", &["name"]),
    ("restriction", &["note"]),
    ("staff_skill", &["skill"]),
    ("state_change", &["field"]),
    ("payment", &["method"]),
];
const RELATED: &[(&str, &str, &str)] = &[
    ("account", "opportunity", "account"),
    ("account", "contact", "account"),
    ("account", "interaction", "account"),
    ("account", "case", "account"),
    ("account", "project", "account"),
    ("contact", "task", "contact"),
    ("contact", "interaction", "contact"),
    ("contact", "case", "contact"),
    ("contact", "consent", "contact"),
    ("opportunity", "note", "about"),
    ("opportunity", "opportunity_line", "opportunity"),
    ("order", "order_line", "order"),
    ("case", "comment", "about"),
    ("interaction", "participant", "interaction"),
    ("project", "project_step", "project"),
    ("user", "project", "lead_person"),
    ("user", "staff_skill", "staff"),
];
const UNDER: &[(&str, &str, &str)] = &[
    ("task", "account", "account"),
    ("contact", "account", "account"),
    ("contact_point", "contact", "contact"),
    ("opportunity", "account", "account"),
    ("case", "contact", "contact"),
    ("order", "account", "account"),
    ("project", "account", "account"),
    ("order_line", "order", "order"),
    ("note", "about", "opportunity"),
    ("interaction", "in_reply_to", "interaction"),
    ("project_step", "project", "project"),
];
const ARCHIVED: [&str; 16] =
    ["account", "contact", "opportunity", "order", "case", "task", "note", "interaction", "file", "project", "project_step", "board", "lead", "contact_point", "share", "favourite"];
/// Numbers to be summed.
const SUMS: [(&str, &str); 4] = [("project", "score"), ("project", "twice"), ("project_step", "score"), ("opportunity", "amount")];
/// Texts on which no sharing rule hangs, for mass changes that are taken back.
const MASS: [(&str, &str); 7] =
    [("account", "description"), ("contact", "title"), ("opportunity", "next_step"), ("case", "resolution"), ("lead", "company"), ("project", "secret"), ("order_line", "description")];
/// Fields by which a new record may name another one.
const BY: [&str; 7] = ["external_id", "name", "email", "full_name", "subject", "number", "secret"];
/// Objects that the timeline, files and reasons are asked of.
const CENTRAL: [&str; 8] = ["account", "contact", "opportunity", "case", "order", "lead", "interaction", "project"];

/// Objects of which all staff read something.
const OPEN: [&str; 5] = ["product", "wiki", "board", "user", "view"];

pub(crate) struct Questions<'a> {
    pub(crate) rng: Rng,
    world: &'a World,
    /// Objects with a stable order of their rows, so that a seed asks the same again.
    rows: Vec<(&'a str, Vec<&'a Row>)>,
    users: Vec<String>,
    words: Vec<String>,
}
/// What does not change from run to run: everything but ids.
fn stable(row: &Row) -> String {
    let is_id = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    row.values.iter().filter(|(_, v)| v.as_str().is_some_and(|t| !is_id(t))).map(|(k, v)| format!("{k}={v};")).collect()
}
fn paths(table: &'static [(&str, &[&'static str])], object: &str) -> &'static [&'static str] {
    table.iter().find(|(o, _)| *o == object).map_or(&["owner", "created_by", "team"], |(_, p)| p)
}

impl<'a> Questions<'a> {
    pub(crate) fn new(world: &'a World, plan: &Plan) -> Questions<'a> {
        let mut rows: Vec<(&str, Vec<&Row>)> = world.definitions.keys().map(|o| (o.as_str(), world.rows_of(o).collect::<Vec<_>>())).filter(|(_, r)| !r.is_empty()).collect();
        let mut words = Vec::new();
        for (object, list) in &mut rows {
            list.sort_by_cached_key(|r| stable(r));
            let def = &world.definitions[*object];
            // Words of a language are a typo away from others; the second opinion knows prefixes only.
            for field in def.search.iter().filter(|_| *object != "purpose") {
                words.extend(list.iter().filter_map(|r| r.text(field)).flat_map(|t| t.split(|c: char| !c.is_alphanumeric())).filter(|w| w.len() > 8).map(str::to_lowercase));
            }
        }
        Questions { rng: plan.rng.clone(), world, rows, users: plan.made["user"].clone(), words }
    }
    fn asker(&mut self) -> Asker {
        let user = self.rng.pick(&self.users).clone();
        let scopes: &[&[&str]] = &[&["read"], &["account:read", "contact:read"], &["*:read", "contact:write"], &["opportunity:read", "task:write"], &["write"]];
        let scopes = self.rng.chance(8).then(|| self.rng.pick(scopes).iter().map(|s| (*s).to_owned()).collect());
        Asker { user, scopes }
    }
    fn object(&mut self) -> &'a str {
        if self.rng.chance(20) {
            return CENTRAL[self.rng.below(CENTRAL.len())];
        }
        if self.rng.chance(5) {
            return OPEN[self.rng.below(OPEN.len())];
        }
        loop {
            let (object, _) = *self.rng.pick(&self.rows.iter().map(|(o, r)| (*o, r.len())).collect::<Vec<_>>());
            if !is_open(self.world, object) || self.rng.chance(20) {
                return object;
            }
        }
    }
    fn row(&mut self, object: &str) -> &'a Row {
        let list = &self.rows.iter().find(|(o, _)| *o == object).unwrap_or_else(|| panic!("no {object} was made")).1;
        list[self.rng.below(list.len())]
    }
    fn central(&mut self) -> &'a Row {
        let object = *self.rng.pick(&CENTRAL);
        self.row(object)
    }
    fn filter(&mut self, object: &str) -> Filter {
        match self.rng.below(8) {
            0 | 1 => Filter::None,
            3 => match RELATED.iter().filter(|(o, _, _)| *o == object).collect::<Vec<_>>() {
                list if list.is_empty() => Filter::Mine,
                list => {
                    let (_, related, via) = **self.rng.pick(&list);
                    let inner = if self.rng.chance(40) { self.plain(related, false) } else { Filter::None };
                    Filter::Related { object: related.into(), via: via.into(), at_least: [None, Some(1), Some(2)][self.rng.below(3)], inner: Box::new(inner) }
                }
            },
            4 => Filter::Mine,
            _ => self.plain(object, true),
        }
    }
    /// A test of one field, or of one behind references.
    fn plain(&mut self, object: &str, dotted: bool) -> Filter {
        let list: Vec<&str> = paths(PATHS, object).iter().copied().filter(|p| dotted || !p.contains('.')).collect();
        let path = if list.is_empty() { "owner".to_owned() } else { (*self.rng.pick(&list)).to_owned() };
        if self.rng.chance(25) {
            return Filter::Empty(path, self.rng.chance(50));
        }
        let Some(value) = self.value_at(object, &path) else { return Filter::Empty(path, false) };
        match self.rng.below(3) {
            0 => Filter::Eq(path, json!(value)),
            1 => Filter::Ne(path, json!(value)),
            _ if self.kind_at(object, &path).is_some_and(|k| matches!(k.as_str(), "text" | "email" | "long_text" | "formula")) => Filter::Contains(path, value.chars().take(5).collect()),
            _ => Filter::Eq(path, json!(value)),
        }
    }
    fn kind_at(&self, object: &str, path: &str) -> Option<String> {
        let mut def = self.world.definition(object)?;
        let mut parts: Vec<&str> = path.split('.').collect();
        let last = parts.pop()?;
        for step in parts {
            let Target::One(next) = &def.fields.get(step)?.target else { return None };
            def = self.world.definition(next)?;
        }
        Some(def.fields.get(last)?.kind.clone())
    }
    /// A text that stands there in some row, whoever may read it: the question that would find it out.
    fn value_at(&mut self, object: &str, path: &str) -> Option<String> {
        if !self.kind_at(object, path).is_some_and(|k| matches!(k.as_str(), "text" | "email" | "reference" | "user" | "choice" | "formula")) {
            return None;
        }
        for _ in 0..4 {
            let mut at = self.row(object);
            let mut parts: Vec<&str> = path.split('.').collect();
            let last = parts.pop()?;
            let mut whole = true;
            for step in parts {
                let Some(Target::One(next)) = self.world.definition(&at.object).and_then(|d| d.fields.get(step)).map(|f| &f.target) else { return None };
                match at.text(step).and_then(|id| self.world.row(next, id)) {
                    Some(next) => at = next,
                    None => whole = false,
                }
            }
            if let Some(text) = at.text(last).filter(|_| whole) {
                return Some(text.to_owned());
            }
        }
        None
    }
    /// A path that can be sorted and grouped by.
    fn sortable(&mut self, object: &str, dotted: bool) -> Option<String> {
        let list: Vec<&str> = paths(PATHS, object)
            .iter()
            .copied()
            .filter(|p| (dotted || !p.contains('.')) && self.kind_at(object, p).is_some_and(|k| matches!(k.as_str(), "text" | "email" | "reference" | "user" | "choice" | "formula")))
            .collect();
        (!list.is_empty()).then(|| (*self.rng.pick(&list)).to_owned())
    }
    fn include(&mut self, object: &str) -> Vec<String> {
        let def = &self.world.definitions[object];
        let list: Vec<&String> = def.fields.iter().filter(|(n, f)| matches!(f.target, Target::One(_)) && *n != "id").map(|(n, _)| n).collect();
        let count = if self.rng.chance(30) { 1 + self.rng.below(2) } else { 0 };
        distinct((0..count).map(|_| (*self.rng.pick(&list)).clone()).collect())
    }
    /// Some of the fields, or all.
    fn fields(&mut self, object: &str) -> Option<Vec<String>> {
        let list: Vec<&String> = self.world.definitions[object].fields.keys().collect();
        self.rng.chance(15).then(|| distinct((0..3).map(|_| (*self.rng.pick(&list)).clone()).collect()))
    }
    /// Somebody with such a role.
    fn holding(&mut self, fits: impl Fn(&RoleFile) -> bool) -> String {
        let has = |user: &&String| {
            let roles = self.world.row("user", user).and_then(|u| u.get("roles").as_array().cloned()).unwrap_or_default();
            roles.iter().filter_map(|r| self.world.roles.get(r.as_str()?)).any(&fits)
        };
        let holders: Vec<String> = self.users.iter().filter(has).cloned().collect();
        self.rng.pick(&holders).clone()
    }
    /// An entry of a private mailbox that is not a colleague's own, and the colleague it is about.
    fn withheld(&mut self) -> Option<(String, String)> {
        let entries = self.rows.iter().filter(|(o, _)| *o == "interaction").flat_map(|(_, list)| list);
        let of_others = entries.filter(|r| r.text("visibility") != Some("full") && r.text("staff").is_some() && r.text("staff") != r.text("owner"));
        let list: Vec<(String, String)> = of_others.filter_map(|r| Some((r.id.clone(), r.text("staff")?.to_owned()))).collect();
        (!list.is_empty()).then(|| self.rng.pick(&list).clone())
    }
    /// Somebody whose answer hangs on one rule: an owner, a colleague named, one with whom it is shared.
    fn near(&mut self, door: &Door) -> Option<String> {
        let (object, id) = door.about()?;
        let row = self.world.row(object, id)?;
        let shares = self.rows.iter().filter(|(o, _)| *o == "share").flat_map(|(_, list)| list);
        let shared = shares.filter(|s| s.get("record").get("id").and_then(Json::as_str) == Some(id)).filter_map(|s| s.text("user"));
        let named = ["owner", "staff", "lead_person", "user"].iter().filter_map(|f| row.text(f));
        let list: Vec<&str> = named.chain(shared).collect();
        (!list.is_empty()).then(|| (*self.rng.pick(&list)).to_owned())
    }
    fn write_value(&mut self, object: &str, field: &str) -> Json {
        match self.world.definitions[object].fields.get(field).map(|f| f.target.clone()) {
            Some(Target::One(target)) => json!(self.row(&target).id),
            _ if field == "email" => json!(format!("{}@example.org", self.rng.word())),
            _ => json!(self.rng.word()),
        }
    }
    fn writable(&mut self) -> (&'static str, &'static str) {
        let (object, fields) = *self.rng.pick(WRITABLE);
        (object, *self.rng.pick(fields))
    }
    pub(crate) fn next(&mut self) -> Decision {
        let mut asker = self.asker();
        let mut door = self.door();
        // Doors that few may use at all are asked by those more often, and records by those to whom they are near.
        let rare = match &door {
            Door::Undo { .. } => Some("mass_change"),
            Door::Export { .. } => Some("export"),
            Door::Merge { .. } => Some("mass_change"),
            Door::ChangeSettings => Some("configure"),
            _ => None,
        };
        // What is open to all staff is asked by people outside, and what only the program writes by who may change it.
        let outside = match &mut door {
            Door::List { object, .. } => OPEN.contains(&object.as_str()),
            Door::One { object, id, .. } if object == "user" => {
                *id = self.holding(|role| role.name == "guest");
                true
            }
            Door::One { object, .. } => OPEN.contains(&object.as_str()),
            _ => false,
        };
        if let Some(capability) = rare.filter(|_| self.rng.chance(60)) {
            asker.user = self.holding(|role| role.capabilities.iter().any(|c| c == capability));
        } else if matches!(door, Door::Groups { .. }) && self.rng.chance(30) {
            asker.user = self.holding(|role| role.min_group > 0);
            if self.rng.chance(60) {
                let open = OPEN[self.rng.below(OPEN.len())];
                door = self.groups(Some(open));
            }
        } else if let Door::One { object, id, past: false, .. } = &mut door
            && object == "interaction"
            && self.rng.chance(60)
            && let Some((entry, colleague)) = self.withheld()
        {
            (*id, asker.user) = (entry, colleague);
        } else if matches!(&door, Door::List { object, .. } | Door::One { object, .. } | Door::Groups { object, .. } if object == "favourite") && self.rng.chance(60) {
            // Whose role would open all of them, were they not their owners' alone.
            asker.user = self.holding(|role| role.name == "clerk");
        } else if outside && self.rng.chance(40) {
            asker.user = self.holding(|role| role.name == "guest");
        } else if matches!(&door, Door::Update { object, .. } if object == "state_change") && self.rng.chance(70) {
            asker.user = self.holding(|role| role.name == "clerk");
        } else if self.rng.chance(35)
            && let Some(user) = self.near(&door)
        {
            asker.user = user;
        }
        if let Door::Share { user: Some(user), .. } = &mut door
            && self.rng.chance(15)
        {
            user.clone_from(&asker.user);
        }
        if let Door::Export { thief, .. } | Door::StolenCursor { thief, .. } = &mut door {
            while thief.user == asker.user {
                *thief = self.asker();
            }
        }
        Decision { asker, door }
    }
    fn door(&mut self) -> Door {
        match self.rng.below(112) {
            0..=27 => {
                let object = self.object();
                let past = self.rng.chance(12);
                let filter = self.filter(object);
                let filter = if past && matches!(filter, Filter::Related { .. }) { Filter::None } else { filter };
                let sort = if self.rng.chance(40) { self.sortable(object, !past).map(|p| (p, self.rng.chance(40))) } else { None };
                let archived = [Archived::Exclude, Archived::Exclude, Archived::Include, Archived::Only][self.rng.below(4)];
                let (fields, include, limit) = (self.fields(object), self.include(object), [3, 50, 500][self.rng.below(3)]);
                Door::List { object: object.into(), filter, sort, archived, fields, include, past, limit, estimate: self.rng.chance(30) }
            }
            28..=39 => {
                let object = if self.rng.chance(8) { "interaction" } else { self.object() };
                Door::One { object: object.into(), id: self.row(object).id.clone(), fields: self.fields(object), include: self.include(object), past: self.rng.chance(25) }
            }
            40..=45 => self.groups(None),
            46..=51 => {
                let word = self.rng.pick(&self.words).clone();
                Door::Search { word: word.chars().take([12, 12, 7][self.rng.below(3)]).collect() }
            }
            52..=55 => self.at(|object, id| Door::Timeline { object, id }),
            56..=60 => self.at(|object, id| Door::History { object, id }),
            61..=63 => self.at(|object, id| Door::WhoCanSee { object, id }),
            64 => self.at(|object, id| Door::Files { object, id }),
            65 => Door::FileOut { id: self.row("file").id.clone() },
            66 => self.at(|object, id| Door::AddFile { object, id }),
            67..=68 => Door::Definition { object: self.object().into() },
            69 => [Door::Objects, Door::MyRights, Door::ChangeSettings, Door::ChangeDefinition { object: self.object().into() }][self.rng.below(4)].clone(),
            70..=79 => {
                let (object, field) = self.writable();
                Door::Update { object: object.into(), id: self.row(object).id.clone(), field: field.into(), value: self.write_value(object, field) }
            }
            80..=82 => {
                let object = *self.rng.pick(&ARCHIVED);
                Door::Archive { object: object.into(), id: self.row(object).id.clone() }
            }
            83..=84 => {
                let object = *self.rng.pick(&["account", "contact", "opportunity", "order", "case", "task", "project"]);
                Door::Restore { object: object.into(), id: self.row(object).id.clone() }
            }
            85..=86 => {
                let (object, field) = self.writable();
                let value = if field == "external_id" { Json::Null } else { self.write_value(object, field) };
                Door::BulkUpdate { object: object.into(), ids: self.several(object), field: field.into(), value, atomic: self.rng.chance(30) }
            }
            87 => {
                let object = *self.rng.pick(&["contact", "case", "task", "note", "order_line"]);
                Door::BulkArchive { object: object.into(), ids: self.several(object) }
            }
            88..=90 => self.upsert(),
            91..=94 => self.create_under(),
            95..=97 => {
                let row = self.central();
                let to_team = self.rng.chance(30);
                let (user, team) = (self.rng.pick(&self.users).clone(), self.row("team").id.clone());
                Door::Share { object: row.object.clone(), id: row.id.clone(), user: (!to_team).then_some(user), team: to_team.then_some(team), level: ["read", "update"][self.rng.below(2)].into() }
            }
            98 => Door::StolenCursor { page: self.page(), thief: self.asker() },
            99 => Door::Close { id: self.row("opportunity").id.clone(), outcome: ["won", "lost", "cancelled"][self.rng.below(3)] },
            100 => Door::Reopen { id: self.row("opportunity").id.clone() },
            101..=102 => {
                let account = [Customer::Made, Customer::Nothing, Customer::Known(self.row("account").id.clone())][self.rng.below(3)].clone();
                let contact = self.rng.chance(50).then(|| self.row("contact").id.clone());
                Door::Convert { id: self.row("lead").id.clone(), account, contact, deal: self.rng.chance(50) }
            }
            106..=108 => Door::StolenCursor { page: self.page(), thief: self.asker() },
            109..=111 => self.merge(),
            103..=104 => {
                let (object, field) = *self.rng.pick(&MASS);
                Door::Undo { object: object.into(), ids: self.several(object), field: field.into(), force: self.rng.chance(50) }
            }
            _ => {
                let object = self.object();
                let fields = self.fields(object);
                Door::Export { object: object.into(), fields, filter: self.filter(object), thief: self.asker() }
            }
        }
    }
    fn page(&mut self) -> Page {
        let row = self.central();
        let (object, id) = (row.object.clone(), row.id.clone());
        match self.rng.below(6) {
            0 => Page::List { object: self.object().into() },
            1 => loop {
                let object = self.object();
                if let Some(key) = self.sortable(object, true) {
                    return Page::Groups { object: object.into(), key };
                }
            },
            2 => Page::Search { word: self.rng.pick(&self.words).chars().take(7).collect() },
            3 => Page::Timeline { object, id },
            4 => Page::History { object, id },
            _ => Page::WhoCanSee { object, id },
        }
    }
    fn merge(&mut self) -> Door {
        let object = *self.rng.pick(&["account", "contact", "contact", "lead", "project", "opportunity"]);
        Door::Merge { object: object.into(), winner: self.row(object).id.clone(), loser: self.row(object).id.clone() }
    }
    fn groups(&mut self, among: Option<&'a str>) -> Door {
        loop {
            let sum = (among.is_none() && self.rng.chance(30)).then(|| *self.rng.pick(&SUMS));
            let object = match sum.map(|(object, _)| object).or(among) {
                Some(object) => object,
                None if self.rng.chance(20) => *self.rng.pick(&OPEN),
                None => self.object(),
            };
            let (Some(key), Some(distinct)) = (self.sortable(object, true), self.sortable(object, true)) else { continue };
            return Door::Groups { object: object.into(), key, distinct, sum: sum.map(|(_, field)| field.to_owned()), filter: self.filter(object) };
        }
    }
    fn several(&mut self, object: &str) -> Vec<String> {
        distinct((0..4).map(|_| self.row(object).id.clone()).collect())
    }
    fn upsert(&mut self) -> Door {
        let (object, field) = loop {
            let (object, field) = self.writable();
            if field != "external_id" && ["account", "contact", "opportunity", "task", "lead", "project", "contact_point"].contains(&object) {
                break (object, field);
            }
        };
        let known = self.row(object).text("external_id").filter(|_| self.rng.chance(75)).map(str::to_owned);
        let (object, field, external_id) = match known {
            Some(id) => (object, field, id),
            // A new record of one field only: where that is enough.
            None => {
                let (object, field) = *self.rng.pick(&[("contact", "email"), ("task", "subject"), ("lead", "company"), ("project", "name"), ("wiki", "name")]);
                (object, field, self.rng.word())
            }
        };
        Door::Upsert { object: object.into(), external_id, field: field.into(), value: self.write_value(object, field), bulk: self.rng.chance(30) }
    }
    fn create_under(&mut self) -> Door {
        let (object, reference, target) = *self.rng.pick(UNDER);
        let row = self.row(target);
        let named: Vec<(String, String)> = BY.iter().filter_map(|field| Some(((*field).to_owned(), row.text(field)?.to_owned()))).collect();
        let by = if named.is_empty() || self.rng.chance(50) { None } else { Some(self.rng.pick(&named).clone()) };
        let input = match object {
            "task" | "case" => json!({"subject": "new"}),
            "contact" => json!({"last_name": "new"}),
            "contact_point" => json!({"kind": "handle", "value": "new"}),
            "opportunity" | "project" | "project_step" => json!({"name": "new"}),
            "order" => json!({"kind": "sale"}),
            "note" => json!({"body": "new"}),
            "interaction" => json!({"kind": "email", "at": "2026-11-18T10:00:00Z"}),
            _ => json!({"unit": "kg"}),
        };
        let bulk = [None, None, Some("create"), Some("upsert")][self.rng.below(4)];
        Door::CreateUnder { object: object.into(), input, reference: reference.into(), target: (target.into(), row.id.clone()), by, bulk }
    }
    fn at(&mut self, door: impl Fn(String, String) -> Door) -> Door {
        let row = self.central();
        door(row.object.clone(), row.id.clone())
    }
}
fn distinct(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids.dedup();
    ids
}
