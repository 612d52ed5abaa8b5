//! Roles as they hold now: the ones that come with Rapport, and what the organisation made of them.

use crate::{IfMatch, OrDb, tx::Tx};
use access::{CAPABILITIES, FieldRight, ObjectRights, Reach, Role};
use kernel::{Error, FieldError, RecordId, Result};
use metadata::compose::is_name;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use store::{Sql, Val};

const REACHES: &str = "none, own, team, below or all";

impl Tx<'_> {
    /// Every role of people with what it does to every object.
    ///
    /// # Errors
    /// 403 for who neither manages roles nor reads the configuration.
    pub fn roles(&mut self) -> Result<Json> {
        if !["manage_roles", "read_configuration"].iter().any(|c| self.rights().capability(c)) {
            return Err(Error::forbidden("Your role may not see what other roles may do. Ask an administrator for the capability \"read_configuration\"."));
        }
        let roles: BTreeMap<_, _> = self.policy().roles.iter().filter(|(name, _)| !of_the_system(name)).map(|(name, role)| (name.clone(), role.clone())).collect();
        let items = roles.iter().map(|(name, role)| self.shown_role(name, role)).collect::<Result<Vec<_>>>()?;
        Ok(json!({"items": items, "capabilities": CAPABILITIES}))
    }
    /// Changes what a role may do; what is not named stays. The first change of a shipped role makes the organisation's own
    /// version of it, a record of `role`: with history, and archived to have the shipped one again.
    ///
    /// # Errors
    /// 404 for no such role, 403 and 422 as for the record.
    pub fn change_role(&mut self, name: &str, input: &Map<String, Json>) -> Result<Json> {
        if !self.rights().capability("manage_roles") {
            return Err(Error::forbidden("Your role may not change roles. Ask an administrator for the capability \"manage_roles\"."));
        }
        let role = self.policy().roles.get(name).filter(|_| !of_the_system(name)).cloned().ok_or_else(|| Error::not_found("role"))?;
        let mut changed = (*role).clone();
        let mut errors = Vec::new();
        for (member, value) in input {
            match (member.as_str(), value) {
                ("objects", Json::Object(objects)) => self.set_objects(&mut changed, objects, &mut errors),
                ("capabilities", Json::Object(capabilities)) => set_capabilities(&mut changed, capabilities, &mut errors),
                ("objects" | "capabilities", _) => errors.push(FieldError::new(member.clone(), "wrong_type", "An object is expected.")),
                _ => errors.push(FieldError::new(member.clone(), "unknown_field", "There is no such field here. A role takes objects and capabilities.")),
            }
        }
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        if changed != *role {
            let definition = toml::to_string(&changed).map_err(|e| Error::internal(format!("a role cannot be written: {e}")))?;
            let mut values = Map::from_iter([("definition".to_owned(), json!(definition))]);
            match self.own_role(name)? {
                Some((id, archived)) => {
                    // A name stays with its record: what was put away comes back and goes on from the shipped role.
                    if archived {
                        self.restore("role", id, IfMatch::Any)?;
                    }
                    self.update("role", id, &values, IfMatch::Any)?
                }
                None => {
                    values.extend([("name", name), ("label", &role.label), ("description", &role.description)].map(|(k, v)| (k.to_owned(), json!(v))));
                    self.create("role", &values)?
                }
            };
        }
        self.shown_role(name, &changed)
    }
    /// Makes a role of the organisation's own, which may do what another one may. Nobody has it yet.
    ///
    /// # Errors
    /// 403 without the right to manage roles; 422 for a name that is taken or none, or a role to start from that is none.
    pub fn new_role(&mut self, input: &Map<String, Json>) -> Result<Json> {
        if !self.rights().capability("manage_roles") {
            return Err(Error::forbidden("Your role may not make roles. Ask an administrator for the capability \"manage_roles\"."));
        }
        let mut errors = Vec::new();
        let mut text = |key: &str, required: bool| match input.get(key) {
            Some(Json::String(text)) if !text.trim().is_empty() => text.trim().to_owned(),
            None | Some(Json::Null) if !required => String::new(),
            None | Some(Json::Null | Json::String(_)) => {
                errors.push(FieldError::new(key, "required", "This has to be given."));
                String::new()
            }
            Some(_) => {
                errors.push(FieldError::new(key, "wrong_type", "A text is expected."));
                String::new()
            }
        };
        let (name, label, description, from) = (text("name", true), text("label", true), text("description", false), text("from", true));
        errors.extend(
            input
                .keys()
                .filter(|k| !matches!(k.as_str(), "name" | "label" | "description" | "from"))
                .map(|k| FieldError::new(k.clone(), "unknown_field", "There is no such field here. A role takes name, label, description and from.")),
        );
        if !name.is_empty() && !is_name(&name) {
            errors.push(FieldError::new("name", "bad_name", "A name is lower-case letters, digits and _, beginning with a letter, such as key_account."));
        } else if self.policy().roles.contains_key(&name) || of_the_system(&name) || self.own_role(&name)?.is_some() {
            errors.push(FieldError::new("name", "value_taken", "There is a role of that name."));
        }
        let like = self.policy().roles.get(&from).filter(|_| !of_the_system(&from)).cloned();
        if like.is_none() && !from.is_empty() {
            errors.push(FieldError::new("from", "unknown_role", "There is no such role to start from."));
        }
        let (Some(like), true) = (like, errors.is_empty()) else { return Err(Error::invalid(errors)) };
        let role = Role { name: name.clone(), label: label.clone(), description: description.clone(), ..(*like).clone() };
        let definition = toml::to_string(&role).map_err(|e| Error::internal(format!("a role cannot be written: {e}")))?;
        self.create("role", &Map::from_iter([("name", name.as_str()), ("label", &label), ("description", &description), ("definition", &definition)].map(|(k, v)| (k.to_owned(), json!(v)))))?;
        self.shown_role(&name, &role)
    }
    fn set_objects(&self, role: &mut Role, objects: &Map<String, Json>, errors: &mut Vec<FieldError>) {
        for (name, rights) in objects {
            let at = format!("objects.{name}");
            let Some(object) = self.registry().object(name) else {
                errors.push(FieldError::new(at, "unknown_object", "There is no such object."));
                continue;
            };
            let Json::Object(rights) = rights else {
                errors.push(FieldError::new(at, "wrong_type", "An object is expected."));
                continue;
            };
            let mut entry = role.object(name, &object.def.area).cloned().unwrap_or_default();
            for (action, value) in rights {
                let at = format!("{at}.{action}");
                let reach = serde_json::from_value::<Reach>(value.clone()).ok();
                match (action.as_str(), value.as_bool(), reach) {
                    ("create", Some(may), _) => entry.create = may,
                    ("read", _, Some(reach)) => entry.read = reach,
                    ("update", _, Some(reach)) => entry.update = reach,
                    ("delete", _, Some(reach)) => entry.delete = reach,
                    ("create", ..) => errors.push(FieldError::new(at, "wrong_type", "true or false is expected.")),
                    ("read" | "update" | "delete", ..) => errors.push(FieldError::new(at, "bad_value", format!("How far it reaches is one of {REACHES}."))),
                    _ => errors.push(FieldError::new(at, "unknown_field", "There is no such right. The rights are create, read, update and delete.")),
                }
            }
            role.objects.insert(name.clone(), entry);
        }
    }
    /// The record of the organisation's own version of a role, and whether it is archived.
    fn own_role(&mut self, name: &str) -> Result<Option<(RecordId, bool)>> {
        let mut q = Sql::new(format!("SELECT \"id\", \"archived_at\" FROM {} WHERE \"name\" = ", self.db().table("role")));
        q.arg(name).push(" ORDER BY (\"archived_at\" IS NOT NULL), \"id\" LIMIT 1");
        let row = self.db().rows(&q).or_db()?.pop();
        Ok(row.and_then(|row| match row.as_slice() {
            [Val::Text(id), archived] => Some((id.parse().ok()?, !matches!(archived, Val::Null))),
            _ => None,
        }))
    }
    fn shown_role(&mut self, name: &str, role: &Role) -> Result<Json> {
        let own = self.own_role(name)?.filter(|(_, archived)| !archived);
        let people = self.policy().users.values().filter(|user| user.active && user.roles.iter().any(|r| r == name)).count();
        let objects: Map<String, Json> = self.registry().objects().map(|object| (object.name.to_string(), shown(role.object(&object.name, &object.def.area)))).collect();
        Ok(json!({
            "name": name,
            "label": role.label,
            "description": role.description,
            "external": role.external,
            "capabilities": role.capabilities,
            "mask_from": role.mask_from,
            "min_group": role.min_group,
            "people": people,
            "record": own.map(|(id, _)| id.to_string()),
            "objects": objects,
        }))
    }
}

/// What works by itself has a role that nobody holds or changes.
fn of_the_system(name: &str) -> bool {
    name.starts_with("system_")
}
fn set_capabilities(role: &mut Role, changes: &Map<String, Json>, errors: &mut Vec<FieldError>) {
    for (name, value) in changes {
        let at = format!("capabilities.{name}");
        match value.as_bool() {
            _ if !CAPABILITIES.contains(&name.as_str()) => errors.push(FieldError::new(at, "unknown_field", "There is no such capability.")),
            None => errors.push(FieldError::new(at, "wrong_type", "true or false is expected.")),
            Some(has) => {
                let held = role.capabilities.contains(name);
                if has && !held {
                    role.capabilities.push(name.clone());
                } else if !has {
                    role.capabilities.retain(|c| c != name);
                }
            }
        }
    }
}
fn shown(rights: Option<&ObjectRights>) -> Json {
    let nothing = ObjectRights::default();
    let rights = rights.unwrap_or(&nothing);
    let fields: Map<String, Json> = rights.fields.iter().map(|(name, right): (&String, &FieldRight)| (name.clone(), json!(right))).collect();
    json!({"create": rights.create, "read": rights.read, "update": rights.update, "delete": rights.delete, "fields": fields})
}
