//! The same questions, answered from the second opinion.

use super::{
    decision::{Archived, Decision, Door, Filter},
    ledger::Ledger,
};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::policy::{Action, Mutation, Right, Row, Sharing, Target, View, World};

fn status(code: u16) -> Json {
    json!({"status": code, "fields": null})
}
fn refused(fields: &[(&str, &str)]) -> Json {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    json!({"status": 422, "fields": fields})
}

pub(crate) fn expect(world: &World, ledger: &Ledger, decision: &Decision) -> Json {
    if let Door::StolenCursor { object, thief } = &decision.door {
        let Some(view) = View::of(world, &decision.asker) else { return json!({"owner": 401}) };
        if !view.can(Action::Read, object) {
            return json!({"owner": 403});
        }
        if view.readable(object).iter().filter(|r| counts(world, r)).count() < 2 {
            return json!("one page");
        }
        let thief = View::of(world, thief).map_or(401, |v| if v.can(Action::Read, object) { 400 } else { 403 });
        return json!({ "thief": thief });
    }
    match View::of(world, &decision.asker) {
        Some(view) => Opinion { view, ledger }.of(&decision.door),
        None => status(401),
    }
}
fn counts(world: &World, row: &Row) -> bool {
    !row.is_archived() || world.mutation == Some(Mutation::ArchivedCounted)
}

struct Opinion<'a> {
    view: View<'a>,
    ledger: &'a Ledger,
}
impl<'a> Opinion<'a> {
    fn of(&self, door: &Door) -> Json {
        match door {
            Door::List { object, filter, sort, archived, include, past, .. } => self.list(object, filter, sort.as_ref(), *archived, include.as_deref(), *past),
            Door::One { object, id, include, past } => self.one(object, id, include.as_deref(), *past),
            Door::Groups { object, key, distinct, filter } => self.groups(object, key, distinct, filter),
            Door::Search { word } => self.search(word),
            Door::Timeline { object, id } => self.readable(object, id).map_or(status(404), |row| self.timeline(row)),
            Door::History { object, id } => self.readable(object, id).map_or(status(404), |row| self.history(row)),
            Door::WhoCanSee { object, id } => self.readable(object, id).map_or(status(404), |row| self.who_can_see(row)),
            Door::Files { object, id } => self.readable(object, id).map_or(status(404), |row| self.files(row)),
            Door::FileOut { id } => self.readable("file", id).map_or(status(404), |row| row.get("name").clone()),
            Door::Definition { object } => self.definition(object),
            Door::Update { object, id, field, value } => self.update(object, id, field, value),
            Door::Archive { object, id } | Door::Restore { object, id } => self.reach(object, id, Action::Delete).map_or_else(status, |_| json!("done")),
            Door::BulkUpdate { object, ids, field, value } => {
                if !self.view.can(Action::Update, object) {
                    return status(403);
                }
                ids.iter().map(|id| number(&self.update(object, id, field, value), 200)).collect()
            }
            Door::BulkArchive { object, ids } => {
                if !self.view.can(Action::Delete, object) {
                    return status(403);
                }
                ids.iter().map(|id| self.reach(object, id, Action::Delete).map_or_else(|code| json!(code), |_| json!(204))).collect()
            }
            Door::Upsert { object, external_id, field, value } => self.upsert(object, external_id, field, value),
            Door::CreateUnder { object, input, reference, target, by_external_id } => self.create_under(object, input, reference, target, by_external_id.is_some()),
            Door::Share { object, id, user, team, level } => self.share(object, id, user.as_deref(), team.as_deref(), level),
            Door::StolenCursor { .. } => Json::Null,
        }
    }
    fn world(&self) -> &'a World {
        self.view.world
    }
    fn readable(&self, object: &str, id: &str) -> Option<&'a Row> {
        self.world().row(object, id).filter(|_| self.view.may(Action::Read, object, id))
    }
    /// The row as it is asked for: of today or of then.
    fn state(&self, row: &'a Row, past: bool) -> Option<&'a Row> {
        if past { self.ledger.past.get(&row.object)?.get(&row.id) } else { Some(row) }
    }
    fn project(&self, row: &'a Row, include: Option<&str>, past: bool) -> Option<Json> {
        let then = self.state(row, past)?;
        let def = self.world().definition(&row.object)?;
        let mut out = Map::new();
        for (field, facts) in &def.fields {
            let value = match &facts.roll_up {
                Some((related, function, measured)) => match self.view.field(def, field) {
                    Right::Hidden => None,
                    Right::Masked => Some(Json::Null),
                    _ => Some(self.roll_up(row, related, function, measured.as_deref())),
                },
                None => self.view.value_then(row, then, field),
            };
            if let Some(value) = value {
                out.insert(field.clone(), value);
            }
        }
        if let Some(field) = include {
            let inner = out.get(field).and_then(Json::as_str).map(str::to_owned).and_then(|id| match &def.fields[field].target {
                Target::One(target) => self.readable(target, &id).and_then(|row| self.project(row, None, false)),
                _ => None,
            });
            out.insert(format!("{field}_record"), inner.unwrap_or(Json::Null));
        }
        Some(Json::Object(out))
    }
    fn roll_up(&self, row: &Row, related: &str, function: &str, measured: Option<&str>) -> Json {
        let rows = self.view.related(related, "project", row);
        let def = &self.world().definitions[related];
        match measured {
            None => json!(rows.len()),
            Some(field) if self.view.is_readable(def, field) => {
                assert_eq!(function, "max");
                rows.iter().filter_map(|r| self.view.value(r, field)?.as_i64()).max().map_or(Json::Null, |n| json!(n))
            }
            Some(_) => Json::Null,
        }
    }
    fn one(&self, object: &str, id: &str, include: Option<&str>, past: bool) -> Json {
        let def = &self.world().definitions[object];
        let Some(row) = self.readable(object, id) else {
            // Whoever can read something of the kind hears that a field is unknown before that a record is.
            let named = include.is_none_or(|f| self.view.is_readable(def, f));
            return if past || named || !self.view.can(Action::Read, object) { status(404) } else { unknown(include.unwrap_or_default()) };
        };
        if self.state(row, past).is_none() {
            return status(404);
        }
        if let Some(field) = include.filter(|f| !self.view.is_readable(def, f)) {
            return unknown(field);
        }
        self.project(row, include, past).unwrap_or(status(404))
    }
    fn value(&self, row: &'a Row, path: &str, past: bool) -> Json {
        match self.state(row, past) {
            Some(then) if past && !path.contains('.') => self.view.value_then(row, then, path).unwrap_or(Json::Null),
            _ => self.view.path(row, path),
        }
    }
    fn holds(&self, row: &'a Row, filter: &Filter, past: bool) -> bool {
        match filter {
            Filter::None => true,
            Filter::Eq(path, value) => self.value(row, path, past) == *value,
            Filter::Ne(path, value) => self.value(row, path, past) != *value,
            Filter::Empty(path, yes) => self.value(row, path, past).is_null() == *yes,
            Filter::Contains(path, word) => self.value(row, path, past).as_str().is_some_and(|t| t.to_lowercase().contains(&word.to_lowercase())),
            Filter::Mine => self.value(row, "owner", past) == json!(self.view.me),
            Filter::Related { object, via, at_least } => {
                let n = self.view.related(object, via, row).len();
                i64::try_from(n).unwrap() >= at_least.unwrap_or(1)
            }
        }
    }
    /// The first part of a question that may not be named.
    fn unknown_name(&self, object: &str, filter: &Filter, paths: &[&str]) -> Option<Json> {
        let named = match filter {
            Filter::None => None,
            Filter::Eq(path, _) | Filter::Ne(path, _) | Filter::Empty(path, _) | Filter::Contains(path, _) => Some((object, path.as_str())),
            Filter::Mine => Some((object, "owner")),
            Filter::Related { object, via, .. } => Some((object.as_str(), via.as_str())),
        };
        let related_unread = matches!(filter, Filter::Related { object, .. } if !self.view.can(Action::Read, object));
        let mut all: Vec<(&str, &str)> = paths.iter().map(|p| (object, *p)).collect();
        all.extend(named.filter(|_| !related_unread));
        all.iter().find(|(object, path)| !self.view.may_name(object, path)).map(|(_, path)| unknown(path))
    }
    fn list(&self, object: &str, filter: &Filter, sort: Option<&(String, bool)>, archived: Archived, include: Option<&str>, past: bool) -> Json {
        if !self.view.can(Action::Read, object) {
            return status(403);
        }
        let paths: Vec<&str> = include.into_iter().chain(sort.map(|(path, _)| path.as_str())).collect();
        if let Some(error) = self.unknown_name(object, filter, &paths) {
            return error;
        }
        let mut rows: Vec<(&'a Row, &'a Row)> = self.view.readable(object).into_iter().filter_map(|r| Some((r, self.state(r, past)?))).collect();
        rows.retain(|(row, then)| {
            let kept = match archived {
                Archived::Exclude => !then.is_archived() || self.world().mutation == Some(Mutation::ArchivedCounted),
                Archived::Include => true,
                Archived::Only => then.is_archived(),
            };
            kept && self.holds(row, filter, past)
        });
        rows.sort_by(|(a, _), (b, _)| {
            let Some((path, down)) = sort else { return a.id.cmp(&b.id) };
            let key = |row: &'a Row| match self.value(row, path, past) {
                Json::String(text) => Some(text.to_lowercase()),
                _ => None,
            };
            let (x, y) = (key(a), key(b));
            let order = match (x.is_none(), y.is_none()) {
                (false, false) if *down => y.cmp(&x),
                (false, false) => x.cmp(&y),
                (x, y) => x.cmp(&y),
            };
            order.then(if *down { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) })
        });
        let items: Vec<Json> = rows.iter().filter_map(|(row, _)| self.project(row, include, past)).collect();
        json!({"totals": [items.len()], "items": items})
    }
    fn groups(&self, object: &str, key: &str, distinct: &str, filter: &Filter) -> Json {
        if !self.view.can(Action::Read, object) {
            return status(403);
        }
        if let Some(error) = self.unknown_name(object, filter, &[key, distinct]) {
            return error;
        }
        let mut groups: BTreeMap<String, (Json, usize, BTreeSet<String>)> = BTreeMap::new();
        for row in self.view.readable(object).into_iter().filter(|r| counts(self.world(), r) && self.holds(r, filter, false)) {
            let value = self.view.path(row, key);
            let group = groups.entry(value.to_string()).or_insert((value, 0, BTreeSet::new()));
            group.1 += 1;
            let other = self.view.path(row, distinct);
            if !other.is_null() {
                group.2.insert(other.to_string());
            }
        }
        let least = self.view.least_group(object);
        let mut rows: Vec<String> = groups.into_values().filter(|(_, n, _)| *n >= least).map(|(key, n, distinct)| json!([key, n, distinct.len()]).to_string()).collect();
        rows.sort();
        json!(rows)
    }
    fn search(&self, word: &str) -> Json {
        let mut hits = Vec::new();
        for def in self.world().definitions.values().filter(|d| !d.search.is_empty() && self.view.can(Action::Read, &d.name)) {
            for row in self.view.readable(&def.name).into_iter().filter(|r| counts(self.world(), r)) {
                let text = |field: &str| self.view.value(row, field).and_then(|v| v.as_str().map(str::to_lowercase)).unwrap_or_default();
                if def.search.iter().filter(|f| self.view.is_readable(def, f)).any(|f| text(f).split(|c: char| !c.is_alphanumeric()).any(|w| w.starts_with(word))) {
                    let shown = |field: Option<&String>| field.and_then(|f| self.view.value(row, f)).unwrap_or(Json::Null);
                    hits.push(json!([def.name, row.id, shown(Some(&def.title)), shown(def.subtitle.as_ref())]).to_string());
                }
            }
        }
        hits.sort();
        json!(hits)
    }
    fn name_of(&self, id: &Json) -> Json {
        let name = match id.as_str() {
            Some("00000000-0000-7000-8000-000000000001") => json!("Command line"),
            Some("00000000-0000-7000-8000-000000000003") => json!("Rapport"),
            _ => id.as_str().and_then(|id| self.world().row("user", id)).filter(|u| !u.is_archived()).map_or(Json::Null, |u| u.get("name").clone()),
        };
        if id.is_null() { Json::Null } else { json!({"id": id, "name": name}) }
    }
    fn timeline(&self, record: &'a Row) -> Json {
        let mut items: Vec<(String, String, Json)> = Vec::new();
        for def in self.world().definitions.values().filter(|d| self.view.can(Action::Read, &d.name)) {
            let ways: Vec<&String> = def.timeline.iter().filter(|way| self.view.is_readable(def, way)).collect();
            for row in self.view.readable(&def.name).into_iter().filter(|r| counts(self.world(), r)) {
                if !ways.iter().any(|way| self.view.target(def, row, way).is_some_and(|t| t.object == record.object && t.id == record.id)) {
                    continue;
                }
                let shown = |field: Option<&String>| field.filter(|f| self.view.is_readable(def, f)).and_then(|f| self.view.value(row, f)).unwrap_or(Json::Null);
                let Some(at) = shown(Some(&def.timeline_at)).as_str().map(str::to_owned) else { continue };
                let kind = def.fields.contains_key("kind").then(|| shown(Some(&"kind".to_owned()))).filter(|k| !k.is_null()).unwrap_or(json!(def.name));
                let mut title = shown(def.timeline_title.as_ref().or(Some(&def.title)));
                // A change of stage is told by the stage's name.
                if let Some(stage) = title.as_str().filter(|_| def.name == "state_change").and_then(|id| self.readable("stage", id)) {
                    title = stage.get("name").clone();
                }
                let mut item = json!({"at": at, "kind": kind, "object": def.name, "id": row.id, "title": title, "by": self.name_of(&shown(Some(&"created_by".to_owned())))});
                let body = shown(def.timeline_body.as_ref());
                if !body.is_null() {
                    item["body"] = body;
                }
                items.push((at, row.id.clone(), item));
            }
        }
        items.sort_by(|a, b| (&b.0, &b.1).cmp(&(&a.0, &a.1)));
        items.into_iter().map(|(_, _, item)| item).collect()
    }
    fn history(&self, row: &'a Row) -> Json {
        let def = &self.world().definitions[&row.object];
        let by = |id: &Json| self.name_of(&self.view.reference(&def.fields["created_by"], "created_by", id));
        let cli = json!("00000000-0000-7000-8000-000000000001");
        let mut entries: Vec<Json> = self
            .ledger
            .changes
            .iter()
            .filter(|c| c.object == row.object && c.id == row.id)
            .rev()
            .map(|change| {
                let shown: Vec<Json> = change
                    .fields
                    .iter()
                    .filter(|(field, _, _)| self.shows_in_history(row, field))
                    .map(|(field, old, new)| json!({"field": field, "old": self.view.reference(&def.fields[field], field, old), "new": self.view.reference(&def.fields[field], field, new)}))
                    .collect();
                json!({"version": change.version, "by": by(&cli), "changes": super::ask::sorted(&json!(shown))})
            })
            .collect();
        // What was before this hour is told too; its makers are the command line's and the creator's.
        let version = entries.last().map_or(row.get("version").as_i64(), |e| e["version"].as_i64().map(|v| v - 1)).unwrap_or(1);
        for earlier in (1..=version).rev() {
            let who = if earlier == 1 { by(row.get("created_by")) } else { json!(by(&cli).is_null()) };
            entries.push(json!({ "by": who }));
        }
        json!(entries)
    }
    /// A field whose value of today is withheld tells nothing of its past either.
    fn shows_in_history(&self, row: &'a Row, field: &str) -> bool {
        let def = &self.world().definitions[&row.object];
        if !self.view.is_readable(def, field) {
            return false;
        }
        let mut full = row.clone();
        full.values.insert(field.to_owned(), json!("probe"));
        def.fields[field].target != Target::Nothing || self.view.value_then(row, &full, field).is_some_and(|v| !v.is_null())
    }
    fn who_can_see(&self, row: &'a Row) -> Json {
        let world = self.world();
        let email_shows = self.view.is_readable(&world.definitions["user"], "email");
        let mut rows = Vec::new();
        for user in world.rows_of("user").filter(|u| !u.get("roles").as_array().is_none_or(Vec::is_empty)) {
            if user.id != self.view.me && !self.view.can(Action::Read, "user") {
                continue;
            }
            let asker = testkit::policy::Asker { user: user.id.clone(), scopes: None };
            let hears_all = self.view.capability("see_all_access");
            let Some(theirs) =
                View::of(world, &asker).map(|v| v.as_told(move |lender| hears_all || self.view.may(Action::Read, &lender.object, &lender.id))).filter(|v| v.may(Action::Read, &row.object, &row.id))
            else {
                continue;
            };
            let email = if email_shows { user.get("email").clone() } else { Json::Null };
            rows.push(json!([user.id, email, true, theirs.may(Action::Update, &row.object, &row.id), theirs.may(Action::Delete, &row.object, &row.id)]).to_string());
        }
        rows.sort();
        json!(rows)
    }
    fn files(&self, row: &'a Row) -> Json {
        if !self.view.can(Action::Read, "file") {
            return status(403);
        }
        let mut ids: Vec<&str> = self.view.related("file", "about", row).iter().map(|f| f.id.as_str()).collect();
        ids.sort_unstable();
        json!(ids)
    }
    fn definition(&self, object: &str) -> Json {
        let full = self.view.capability("define") || self.view.capability("read_configuration");
        if !self.view.can(Action::Read, object) && !self.view.can_create(object) && !full {
            return status(404);
        }
        let def = &self.world().definitions[object];
        let mut fields: Vec<String> = def
            .fields
            .iter()
            .map(|(name, facts)| (name, facts, self.view.field(def, name)))
            .filter(|(_, _, right)| full || *right != Right::Hidden)
            .map(|(name, facts, right)| json!([name, right == Right::Masked, right != Right::Write || facts.read_only]).to_string())
            .collect();
        fields.sort();
        json!(fields)
    }

    /// 404 where it may not be read, 403 where it may be read but not so treated.
    fn reach(&self, object: &str, id: &str, action: Action) -> Result<&'a Row, u16> {
        let row = self.readable(object, id).ok_or(404u16)?;
        if self.view.may(action, object, id) { Ok(row) } else { Err(403) }
    }
    fn update(&self, object: &str, id: &str, field: &str, value: &Json) -> Json {
        let row = match self.reach(object, id, Action::Update) {
            Ok(row) => row,
            Err(code) => return status(code),
        };
        let def = &self.world().definitions[object];
        if !self.view.may_set(def, row, field) {
            let hidden = !self.view.is_readable(def, field);
            return refused(&[(field, if hidden { "unknown_field" } else { "read_only" })]);
        }
        if let (Target::One(target), Some(id)) = (&def.fields[field].target, value.as_str())
            && !self.view.may(Action::Read, target, id)
        {
            return refused(&[(field, "unknown_reference")]);
        }
        if row.is_archived() {
            return status(409);
        }
        if row.get(field) == value {
            return json!("done");
        }
        let mut after = row.clone();
        after.values.insert(field.to_owned(), value.clone());
        let moves = field == "owner" || def.fields[field].target != Target::Nothing || self.world().rows_of("sharing_rule").any(|r| r.text("object") == Some(object) && !r.is_archived());
        if moves && !self.view.would(Action::Update, &after) {
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
                if !self.view.can_create(object) {
                    return status(if self.view.can(Action::Read, object) { 403 } else { 404 });
                }
                let wrong: Vec<(&str, &str)> = [field, "external_id"]
                    .into_iter()
                    .filter(|f| !self.view.may_set_on_create(def, f))
                    .map(|f| (f, if self.view.is_readable(def, f) { "read_only" } else { "unknown_field" }))
                    .collect();
                if wrong.is_empty() { json!("created") } else { refused(&wrong) }
            }
            Some(row) if self.readable(object, &row.id).is_none() => refused(&[("external_id", "value_taken")]),
            Some(row) => {
                if let Err(code) = self.reach(object, &row.id, Action::Update) {
                    return status(code);
                }
                if row.is_archived() {
                    // It comes back first, which takes the right to archive.
                    if !self.view.may(Action::Delete, object, &row.id) {
                        return status(403);
                    }
                    return if self.view.may_set(def, row, field) { json!("changed") } else { refused(&[(field, if self.view.is_readable(def, field) { "read_only" } else { "unknown_field" })]) };
                }
                match self.update(object, &row.id, field, value) {
                    Json::String(_) => json!("changed"),
                    other => other,
                }
            }
        }
    }
    fn create_under(&self, object: &str, input: &Json, reference: &str, target: &(String, String), by_external_id: bool) -> Json {
        if !self.view.can_create(object) {
            return status(if self.view.can(Action::Read, object) { 403 } else { 404 });
        }
        let def = &self.world().definitions[object];
        let mut wrong = Vec::new();
        for field in input.as_object().unwrap().keys().map(String::as_str).chain([reference]) {
            if !self.view.may_set_on_create(def, field) {
                wrong.push((field, if self.view.is_readable(def, field) { "read_only" } else { "unknown_field" }));
            }
        }
        let there = self.readable(&target.0, &target.1).is_some_and(|row| {
            !by_external_id || (!row.is_archived() || self.world().mutation == Some(Mutation::ArchivedCounted)) && self.view.value(row, "external_id").is_some_and(|v| !v.is_null())
        });
        if self.view.may_set_on_create(def, reference) && !there {
            wrong.push((reference, "unknown_reference"));
        }
        if wrong.is_empty() { json!("done") } else { refused(&wrong) }
    }
    /// Who shares holds the right in another way than by a share, and gives nothing to themselves.
    fn share(&self, object: &str, id: &str, user: Option<&str>, team: Option<&str>, level: &str) -> Json {
        if !self.view.can_create("share") {
            return status(if self.view.can(Action::Read, "share") { 403 } else { 404 });
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
        if user == Some(self.view.me) {
            wrong.push(("user", "own_rights"));
        }
        let bare = self.world().mutated(Mutation::SharesIgnored);
        let asker = self.view.asker();
        if self.world().row(object, id).is_some() && !View::of(&bare, &asker).is_some_and(|v| v.may(action, object, id)) {
            wrong.push(("record", "not_allowed"));
        }
        if wrong.is_empty() { json!("done") } else { refused(&wrong) }
    }
}
fn unknown(path: &str) -> Json {
    refused(&[(path, "unknown_field")])
}
/// The status of one item of a bulk request.
fn number(answer: &Json, done: u16) -> Json {
    match answer {
        Json::String(_) => json!(done),
        other => other["status"].clone(),
    }
}
/// Objects whose default lets everybody on staff read them: their rows prove little, so they are asked less.
pub(crate) fn is_open(world: &World, object: &str) -> bool {
    world.definition(object).is_some_and(|d| matches!(d.sharing, Sharing::Read))
}
