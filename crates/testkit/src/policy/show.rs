//! What of a readable record an asker sees: fields, references, paths.

use super::{Action, Definition, FieldFacts, Mutation, Reach, Right, Row, Target, View};
use serde_json::{Value as Json, json};

/// Parts of a contact history entry that its visibility withholds.
const CONTENT: [&str; 5] = ["subject", "body", "summary", "transcript", "recording"];

impl<'a> View<'a> {
    /// The rights that each role which lets this person near the object gives on a field.
    fn rights(&self, def: &Definition, field: &str, near: impl Fn(&super::role::Grant) -> bool) -> Vec<(u32, Right)> {
        let facts = def.fields.get(field);
        self.roles
            .iter()
            .enumerate()
            .filter_map(|(i, role)| {
                let grant = role.grant(&def.name, &def.area).filter(|g| near(g))?;
                let masked = role.mask_from.is_some_and(|from| facts.is_some_and(|f| f.sensitivity >= from));
                Some((1 << i, grant.fields.get(field).copied().unwrap_or(if masked { Right::Masked } else { Right::Write })))
            })
            .collect()
    }
    /// The most that a role gives: hidden fields are not there, masked ones read null.
    pub fn field(&self, def: &Definition, field: &str) -> Right {
        if !def.fields.contains_key(field) {
            return Right::Hidden;
        }
        let rights = self.rights(def, field, |g| g.read > Reach::Nothing || g.create);
        let all = rights.iter().map(|(_, r)| *r);
        let best = if self.world.is(Mutation::LeastRoleDecides) { all.min() } else { all.max() }.unwrap_or(Right::Hidden);
        // A formula tells of what it names: masked there, masked here.
        if let Some(sum) = &def.fields[field].formula
            && best > Right::Masked
            && !self.world.is(Mutation::FormulasUnguarded)
            && !self.may_name(&def.name, &sum.input)
        {
            return Right::Masked;
        }
        match best {
            Right::Hidden if self.world.is(Mutation::HiddenFieldsShown) && !self.roles.is_empty() => Right::Read,
            Right::Masked if self.world.is(Mutation::MasksIgnored) => Right::Read,
            right => right,
        }
    }
    pub fn is_readable(&self, def: &Definition, field: &str) -> bool {
        self.field(def, field) >= Right::Read
    }
    /// Whether a client may set the field when it makes a record.
    pub fn may_set_on_create(&self, def: &Definition, field: &str) -> bool {
        def.fields.get(field).is_some_and(|f| !f.read_only) && self.rights(def, field, |g| g.create).iter().any(|(_, r)| self.writes(*r))
    }
    fn writes(&self, right: Right) -> bool {
        right == Right::Write || right == Right::Read && self.world.is(Mutation::ReadOnlyFieldsWritable)
    }
    /// Whether a client may set the field of this record: a role that lets them write it must also reach the record.
    pub fn may_set(&self, def: &Definition, row: &'a Row, field: &str) -> bool {
        if def.fields.get(field).is_none_or(|f| f.read_only) {
            return false;
        }
        let writing = self.rights(def, field, |g| g.update > Reach::Nothing).iter().filter(|(_, r)| self.writes(*r)).fold(0, |bits, (bit, _)| bits | bit);
        let writing = if self.world.is(Mutation::RolesBlended) && writing != 0 { self.all_roles() } else { writing };
        self.may_row(writing, Action::Update, row)
    }
    /// Whether the value of a readable field of a readable row shows.
    fn is_open_field(&self, def: &Definition, row: &'a Row, field: &str) -> bool {
        let near = self.rights(def, field, |g| g.read > Reach::Nothing || g.create);
        let opening = near.iter().filter(|(_, r)| *r >= Right::Read).fold(0, |bits, (bit, _)| bits | bit);
        let blended = near.iter().all(|(_, r)| *r >= Right::Read) || self.world.is(Mutation::RolesBlended) || self.world.is(Mutation::MasksIgnored) || self.world.is(Mutation::HiddenFieldsShown);
        (blended || self.may_row(opening, Action::Read, row)) && self.is_disclosed(row, field)
    }
    fn is_disclosed(&self, row: &Row, field: &str) -> bool {
        if row.object != "interaction" || !CONTENT.contains(&field) || self.world.is(Mutation::VisibilityIgnored) || self.is_mine(row) {
            return true;
        }
        match row.text("visibility") {
            None | Some("full") => true,
            Some("subject") => field == "subject",
            _ => false,
        }
    }
    /// The value of a field of a readable row as this person sees it; null where it is masked, withheld, or refers to
    /// what they may not read. `None`: for them there is no such field.
    pub fn value(&self, row: &'a Row, field: &str) -> Option<Json> {
        self.value_then(row, row, field)
    }
    /// The same for a past state of a row: what today's rights or those of then hide does not show.
    pub fn value_then(&self, today: &'a Row, then: &Row, field: &str) -> Option<Json> {
        let def = self.world.definition(&today.object)?;
        match self.field(def, field) {
            Right::Hidden => return None,
            Right::Masked => return Some(Json::Null),
            Right::Read | Right::Write => {}
        }
        if !self.is_open_field(def, today, field) || !self.is_disclosed(then, field) {
            return Some(Json::Null);
        }
        let facts = def.fields.get(field)?;
        if let Some(sum) = &facts.formula {
            return Some(sum.of(&self.input(today, then, &sum.input)));
        }
        if let Some((related, function, measured)) = &facts.roll_up {
            return Some(self.roll_up(today, related, function, measured.as_deref()));
        }
        Some(self.reference(facts, field, then.get(field)))
    }
    /// What a formula works with: a field of the record of then, or a field behind a reference as it is today.
    fn input(&self, today: &'a Row, then: &Row, path: &str) -> Json {
        let Some((step, rest)) = path.split_once('.') else {
            return if self.world.is(Mutation::FormulasUnguarded) { then.get(path).clone() } else { self.value_then(today, then, path).unwrap_or(Json::Null) };
        };
        let Some(Json::String(id)) = self.value_then(today, then, step) else { return Json::Null };
        let target = self.world.definition(&today.object).and_then(|def| def.fields.get(step)).map(|f| f.target.clone());
        match target {
            Some(Target::One(object)) if self.may(Action::Read, &object, &id) => self.world.row(&object, &id).map_or(Json::Null, |row| self.path(row, rest)),
            _ => Json::Null,
        }
    }
    /// Counts, or takes the greatest of, what this person sees of the live records that belong to this one.
    fn roll_up(&self, row: &Row, related: &str, function: &str, measured: Option<&str>) -> Json {
        let Some(def) = self.world.definition(related) else { return Json::Null };
        let Some((via, _)) = def.fields.iter().find(|(name, f)| *name != "id" && f.target == Target::One(row.object.clone())) else { return Json::Null };
        let rows = self.related(related, via, row);
        match (measured, function) {
            (None, "count") => json!(rows.len()),
            (Some(field), "max") if self.is_readable(def, field) => rows.iter().filter_map(|r| self.value(r, field)?.as_i64()).max().map_or(Json::Null, |n| json!(n)),
            _ => Json::Null,
        }
    }
    /// A reference to a record that the asker may not read behaves as if empty.
    pub fn reference(&self, facts: &FieldFacts, field: &str, value: &Json) -> Json {
        if field == "id" || self.world.is(Mutation::ReferencesUnguarded) {
            return value.clone();
        }
        // Who did something may be a part of the program, which has no row: whoever sees colleagues sees it.
        let shows = |object: &str, id: &str| self.may(Action::Read, object, id) || object == "user" && self.world.row(object, id).is_none() && self.sees_colleagues();
        match (&facts.target, value) {
            (_, Json::Null) | (Target::Nothing, _) => value.clone(),
            (Target::One(object), Json::String(id)) if shows(object, id) => value.clone(),
            (Target::AnyOf(_), Json::Object(any)) if shows(any["object"].as_str().unwrap_or(""), any["id"].as_str().unwrap_or("")) => value.clone(),
            (Target::Many(object), Json::Array(ids)) => {
                let open = self.world.is(Mutation::ItemsUnguarded);
                let shown: Vec<&Json> = ids.iter().filter(|id| open || id.as_str().is_some_and(|id| shows(object, id))).collect();
                if shown.is_empty() { Json::Null } else { json!(shown) }
            }
            _ => Json::Null,
        }
    }
    pub fn sees_colleagues(&self) -> bool {
        self.world.rows_of("user").next().is_some()
            && self.can(Action::Read, "user")
            && self.world.definition("user").is_some_and(|def| self.roles.iter().any(|r| !r.external && r.grant("user", &def.area).is_some_and(|g| g.read > Reach::Nothing)))
    }
    /// The value at the end of `account.industry`; null where a step is empty or out of reach.
    pub fn path(&self, row: &'a Row, path: &str) -> Json {
        let mut at = row;
        let mut parts: Vec<&str> = path.split('.').collect();
        let Some(last) = parts.pop() else { return Json::Null };
        for step in parts {
            let Some(def) = self.world.definition(&at.object) else { return Json::Null };
            if !self.is_readable(def, step) || self.value(at, step).is_none_or(|v| v.is_null()) && !self.world.is(Mutation::ReferencesUnguarded) {
                return Json::Null;
            }
            match self.target(def, at, step) {
                Some(next) if self.may_row(self.all_roles(), Action::Read, next) || self.world.is(Mutation::ReferencesUnguarded) => at = next,
                _ => return Json::Null,
            }
        }
        self.value(at, last).unwrap_or(Json::Null)
    }
    /// Whether every part of a path may be named in a question. What lies in an object of which nothing may be read is
    /// empty, not unknown.
    pub fn may_name(&self, object: &str, path: &str) -> bool {
        if self.world.is(Mutation::AnythingMayBeNamed) {
            return true;
        }
        let mut parts: Vec<&str> = path.split('.').collect();
        let Some(last) = parts.pop() else { return false };
        let mut at = object.to_owned();
        for step in parts {
            let Some(def) = self.world.definition(&at) else { return false };
            if !self.is_readable(def, step) {
                return false;
            }
            let Some(Target::One(next)) = def.fields.get(step).map(|f| f.target.clone()) else { return false };
            at = next;
        }
        let Some(def) = self.world.definition(&at) else { return false };
        !self.can(Action::Read, &at) || self.is_readable(def, last)
    }
    /// Rows of an object within reach; archived ones too.
    pub fn readable(&self, object: &str) -> Vec<&'a Row> {
        self.world.rows_of(object).filter(|row| self.may_row(self.all_roles(), Action::Read, row)).collect()
    }
    /// Live rows of `object` that refer to `row` by `via` and that count for this person.
    pub fn related(&self, object: &str, via: &str, row: &Row) -> Vec<&'a Row> {
        let unguarded = self.world.is(Mutation::RelatedRowsUnguarded);
        let archived_too = self.world.is(Mutation::ArchivedCounted);
        let refers = |other: &Row| match other.get(via) {
            Json::String(id) => *id == row.id,
            Json::Object(any) => any.get("object").and_then(Json::as_str) == Some(&row.object) && any.get("id").and_then(Json::as_str) == Some(&row.id),
            _ => false,
        };
        self.world.rows_of(object).filter(|o| (archived_too || !o.is_archived()) && refers(o) && (unguarded || self.may_row(self.all_roles(), Action::Read, o))).collect()
    }
}
