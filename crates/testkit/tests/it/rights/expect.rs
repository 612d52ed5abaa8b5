//! The same questions, answered from the second opinion.

use super::{
    decision::{Archived, Decision, Door, Filter, Page},
    ledger::Ledger,
};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::policy::{Action, Asker, Mutation, Right, Row, Sharing, Target, View, World};

mod doors;
mod writes;

fn status(code: u16) -> Json {
    json!({"status": code, "fields": null})
}
fn refused(fields: &[(&str, &str)]) -> Json {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    json!({"status": 422, "fields": fields})
}

pub(crate) fn expect(world: &World, ledger: &Ledger, decision: &Decision) -> Json {
    if let Door::StolenCursor { page, thief } = &decision.door {
        return stolen(world, ledger, page, &decision.asker, thief);
    }
    match View::of(world, &decision.asker) {
        Some(view) => Opinion { view, ledger }.of(&decision.door),
        None => status(401),
    }
}
/// A cursor is its maker's: whoever else may ask the same question asks it from the start.
fn stolen(world: &World, ledger: &Ledger, page: &Page, owner: &Asker, thief: &Asker) -> Json {
    let answer = |asker: &Asker| View::of(world, asker).map_or(status(401), |view| Opinion { view, ledger }.of(&page.whole()));
    let own = answer(owner);
    if let Some(code) = own["status"].as_u64() {
        return json!({ "owner": code });
    }
    let items = own.get("items").unwrap_or(&own);
    if items.as_array().is_none_or(|list| list.len() < 2) {
        return json!("one page");
    }
    let open = world.mutation == Some(Mutation::CursorsForAll);
    json!({"thief": answer(thief)["status"].as_u64().unwrap_or(if open { 200 } else { 400 })})
}
fn counts(world: &World, row: &Row) -> bool {
    !row.is_archived() || world.mutation == Some(Mutation::ArchivedCounted)
}

/// What an answer shows of a record.
#[derive(Clone, Copy, Default)]
struct Shape<'q> {
    fields: Option<&'q [String]>,
    include: &'q [String],
    past: bool,
}
#[derive(Default)]
struct Group {
    key: Json,
    rows: usize,
    distinct: BTreeSet<String>,
    sum: Option<i64>,
}
/// A number, or an amount in cents.
fn units(value: &Json) -> Option<i64> {
    let amount = value["amount"].as_str().and_then(|text| text.replace('.', "").parse().ok());
    value.as_i64().or(amount)
}
struct Opinion<'a> {
    view: View<'a>,
    ledger: &'a Ledger,
}
impl<'a> Opinion<'a> {
    fn of(&self, door: &Door) -> Json {
        match door {
            Door::List { object, filter, sort, archived, fields, include, past, .. } => self
                .list(object, filter, sort.as_ref(), *archived, Shape { fields: fields.as_deref(), include, past: *past })
                .map_or_else(|refusal| refusal, |items| json!({"totals": [items.len()], "items": items})),
            Door::One { object, id, fields, include, past } => self.one(object, id, Shape { fields: fields.as_deref(), include, past: *past }),
            Door::Groups { object, key, distinct, sum, filter } => self.groups(object, key, distinct, sum.as_deref(), filter),
            Door::Search { word } => self.search(word),
            Door::Timeline { object, id } => self.readable(object, id).map_or(status(404), |row| self.timeline(row)),
            Door::History { object, id } => self.readable(object, id).map_or(status(404), |row| self.history(row)),
            Door::WhoCanSee { object, id } => self.readable(object, id).map_or(status(404), |row| self.who_can_see(row)),
            Door::Files { object, id } => self.readable(object, id).map_or(status(404), |row| self.files(row)),
            Door::FileOut { id } => self.readable("file", id).map_or(status(404), |row| row.get("name").clone()),
            Door::Definition { object } => self.definition(object),
            Door::Objects => self.objects(),
            Door::MyRights => self.my_rights(),
            Door::Export { object, fields, filter, thief } => self.export(object, fields.as_deref(), filter, thief),
            Door::Heard { changes } => self.heard(changes),
            Door::StolenCursor { .. } => Json::Null,
            write => self.write(write),
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
    fn project(&self, row: &'a Row, shape: Shape) -> Option<Json> {
        let then = self.state(row, shape.past)?;
        let def = self.world().definition(&row.object)?;
        let mut out = Map::new();
        for field in def.fields.keys().filter(|name| shape.fields.is_none_or(|wanted| *name == "id" || wanted.contains(name))) {
            if let Some(value) = self.view.value_then(row, then, field) {
                out.insert(field.clone(), value);
            }
        }
        for field in shape.include {
            let inner = self.view.value_then(row, then, field).and_then(|v| v.as_str().map(str::to_owned)).and_then(|id| match &def.fields[field].target {
                Target::One(target) => self.readable(target, &id).and_then(|row| self.project(row, Shape::default())),
                _ => None,
            });
            out.insert(format!("{field}_record"), inner.unwrap_or(Json::Null));
        }
        Some(Json::Object(out))
    }
    /// The first field of an answer that there is not for this person.
    fn unknown_field(&self, object: &str, shape: Shape) -> Option<Json> {
        let def = &self.world().definitions[object];
        let hidden = shape.fields.into_iter().flatten().find(|f| self.view.field(def, f) == Right::Hidden);
        hidden.or_else(|| shape.include.iter().find(|f| !self.view.is_readable(def, f))).map(|f| unknown(f))
    }
    fn one(&self, object: &str, id: &str, shape: Shape) -> Json {
        let refused = self.unknown_field(object, shape);
        let Some(row) = self.readable(object, id) else {
            // Whoever can read something of the kind hears that a field is unknown before that a record is.
            return refused.filter(|_| !shape.past && self.view.can(Action::Read, object)).unwrap_or(status(404));
        };
        if self.state(row, shape.past).is_none() {
            return status(404);
        }
        refused.or_else(|| self.project(row, shape)).unwrap_or(status(404))
    }
    fn value(&self, row: &'a Row, path: &str, past: bool) -> Json {
        match self.state(row, past) {
            Some(then) if past => match path.split_once('.') {
                None => self.view.value_then(row, then, path).unwrap_or(Json::Null),
                Some((step, rest)) => self.behind(row, then, step, rest).unwrap_or(Json::Null),
            },
            _ => self.view.path(row, path),
        }
    }
    /// What stands behind a reference of then: the record it points at, as it is today.
    fn behind(&self, row: &'a Row, then: &'a Row, step: &str, rest: &str) -> Option<Json> {
        let def = self.world().definition(&row.object).filter(|def| self.view.is_readable(def, step))?;
        self.view.value_then(row, then, step).filter(|v| !v.is_null())?;
        let next = self.view.target(def, then, step).filter(|next| self.view.may(Action::Read, &next.object, &next.id))?;
        Some(self.view.path(next, rest))
    }
    fn holds(&self, row: &'a Row, filter: &Filter, past: bool) -> bool {
        match filter {
            Filter::None => true,
            Filter::Eq(path, value) => self.value(row, path, past) == *value,
            Filter::Ne(path, value) => self.value(row, path, past) != *value,
            Filter::Empty(path, yes) => self.value(row, path, past).is_null() == *yes,
            Filter::Contains(path, word) => self.value(row, path, past).as_str().is_some_and(|t| t.to_lowercase().contains(&word.to_lowercase())),
            Filter::Mine => self.value(row, "owner", past) == json!(self.view.me),
            Filter::Related { object, via, at_least, inner } => {
                let n = self.view.related(object, via, row).into_iter().filter(|r| self.holds(r, inner, false)).count();
                i64::try_from(n).unwrap() >= at_least.unwrap_or(1)
            }
        }
    }
    /// The first part of a question that may not be named.
    fn unknown_name(&self, object: &str, filter: &Filter, paths: &[&str]) -> Option<Json> {
        let unnamed = |object: &str, path: &str| (!self.view.may_name(object, path)).then(|| unknown(path));
        paths.iter().find_map(|path| unnamed(object, path)).or_else(|| match filter {
            Filter::None => None,
            Filter::Eq(path, _) | Filter::Ne(path, _) | Filter::Empty(path, _) | Filter::Contains(path, _) => unnamed(object, path),
            Filter::Mine => unnamed(object, "owner"),
            Filter::Related { object: other, via, inner, .. } => unnamed(other, via).or_else(|| self.unknown_name(other, inner, &[])),
        })
    }
    fn list(&self, object: &str, filter: &Filter, sort: Option<&(String, bool)>, archived: Archived, shape: Shape) -> Result<Vec<Json>, Json> {
        if !self.view.can(Action::Read, object) {
            return Err(status(403));
        }
        let paths: Vec<&str> = sort.iter().map(|(path, _)| path.as_str()).collect();
        if let Some(error) = self.unknown_field(object, shape).or_else(|| self.unknown_name(object, filter, &paths)) {
            return Err(error);
        }
        let past = shape.past;
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
        Ok(rows.iter().filter_map(|(row, _)| self.project(row, shape)).collect())
    }
    fn groups(&self, object: &str, key: &str, distinct: &str, sum: Option<&str>, filter: &Filter) -> Json {
        if !self.view.can(Action::Read, object) {
            return status(403);
        }
        let paths: Vec<&str> = [key, distinct].into_iter().chain(sum).collect();
        if let Some(error) = self.unknown_name(object, filter, &paths) {
            return error;
        }
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for row in self.view.readable(object).into_iter().filter(|r| counts(self.world(), r) && self.holds(r, filter, false)) {
            let value = self.view.path(row, key);
            let group = groups.entry(value.to_string()).or_insert(Group { key: value, ..Group::default() });
            group.rows += 1;
            let other = self.view.path(row, distinct);
            if !other.is_null() {
                group.distinct.insert(other.to_string());
            }
            group.sum = [group.sum, sum.and_then(|field| units(&self.view.path(row, field)))].into_iter().flatten().reduce(|a, b| a + b);
        }
        let least = self.view.least_group(object);
        let money = sum.is_some_and(|field| self.world().definitions[object].fields[field].kind == "money");
        let total = |group: &Group| match (group.sum, money) {
            (sum, false) => json!(sum),
            (sum, true) => json!({"amount": sum.map(|cents| format!("{}.{:02}", cents / 100, cents % 100)), "currency": "EUR", "rate": "dated", "unconverted": 0}),
        };
        let mut rows: Vec<String> = groups
            .into_values()
            .filter(|g| g.rows >= least)
            .map(|g| {
                let mut values = vec![json!(g.rows), json!(g.distinct.len())];
                values.extend(sum.map(|_| total(&g)));
                json!([g.key, values]).to_string()
            })
            .collect();
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
        // What is computed has no history of its own.
        if !self.view.is_readable(def, field) || def.fields[field].formula.is_some() {
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
            let asker = Asker { user: user.id.clone(), scopes: None };
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
}
fn unknown(path: &str) -> Json {
    refused(&[(path, "unknown_field")])
}
/// Objects whose default lets everybody on staff read them: their rows prove little, so they are asked less.
pub(crate) fn is_open(world: &World, object: &str) -> bool {
    world.definition(object).is_some_and(|d| matches!(d.sharing, Sharing::Read))
}
