//! The copy of all data about one person (Art. 15 para. 3 and Art. 20 GDPR; EDPB Guidelines 01/2022 on the right of access).
//! It is complete whatever the asker's own rights over single records are: who may make one makes it for the person, and the
//! making is written down. Others keep theirs (Art. 15 para. 4): where another person is named there stands "another person",
//! where a colleague is named "staff", since whom the organisation has sent is not the person's data (Guidelines, 105).
//! Free texts stand as they were written. Entries of private mailboxes that the asker is not shown are counted instead:
//! their owners hand them out.

use crate::erasure;
use kernel::{Code, Error, RecordId, Result};
use metadata::{Field, FieldType, Object, ReferenceTo, Value};
use records::{About, Record, Tx};
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// Fields of every record that say nothing about the person.
const TECHNICAL: [&str; 8] = ["id", "version", "created_by", "updated_by", "updated_at", "owner", "team", "merged_into"];
const PEOPLE: [&str; 2] = ["contact", "lead"];

struct Copy {
    own: HashSet<RecordId>,
    titles: HashMap<(String, RecordId), Json>,
    withheld: u64,
}

/// # Errors
/// 404, 403 without the right to erase, which is the privacy officer's; 409 for an organisation, or a person who was erased.
pub(crate) fn of_person(tx: &mut Tx, object: &str, id: RecordId) -> Result<Json> {
    let party = check(tx, object, id)?;
    let people = erasure::people(tx, object, id)?;
    let mut copy = Copy { own: people.iter().flat_map(|a| a.ids.clone()).collect(), titles: HashMap::new(), withheld: 0 };
    let mut parts: BTreeMap<usize, (Arc<Object>, Vec<RecordId>)> = BTreeMap::new();
    let order: HashMap<String, usize> = tx.registry().all_objects().enumerate().map(|(at, o)| (o.name.to_string(), at)).collect();
    let mut add = |about: About| {
        let at = order.get(&*about.object.name).copied().unwrap_or(usize::MAX);
        parts.entry(at).or_insert_with(|| (about.object.clone(), vec![])).1.extend(about.ids);
    };
    for about in &people {
        for id in &about.ids {
            tx.records_about(&about.object.name, *id)?.into_iter().for_each(&mut add);
        }
    }
    let mut objects = Vec::new();
    for about in people {
        objects.extend(copy.part(tx, &about.object, about.ids)?);
    }
    for (object, ids) in parts.into_values() {
        objects.extend(copy.part(tx, &object, ids)?);
    }
    let name = party.text(&party.object.def.title).to_owned();
    Ok(json!({
        "about": {"object": object, "id": id, "name": name},
        "language": party.get("language").as_text(),
        "made_at": Value::DateTime(tx.now_ms()).to_json(),
        "objects": objects,
        "withheld": copy.withheld,
    }))
}
fn check(tx: &mut Tx, object: &str, id: RecordId) -> Result<Record> {
    if !matches!(object, "contact" | "account" | "lead") {
        return Err(Error::not_found("person behind this record"));
    }
    let record = tx.readable(object, id)?;
    // the permit asks the same; whoever may not have it is not told what kind of record it is
    if !tx.is_system() && !tx.rights().capability("erase") {
        return Err(Error::forbidden("Your role may not take out all that is kept about a person. Ask the privacy officer."));
    }
    if object == "account" && record.text("kind") != "household" {
        return Err(Error::new(Code::Conflict, "not_a_person", "A copy is made for people and households. Use an export for organisations."));
    }
    if tx.erasure_of(object, id)?.is_some() {
        return Err(Error::new(Code::Conflict, "erased", "This person was erased; nothing is kept that could be handed out."));
    }
    Ok(record)
}

impl Copy {
    /// All records of one object.
    fn part(&mut self, tx: &mut Tx, object: &Arc<Object>, mut ids: Vec<RecordId>) -> Result<Option<Json>> {
        ids.sort_unstable();
        ids.dedup();
        let mut records = Vec::new();
        for chunk in ids.chunks(500) {
            for record in tx.load_many(object, chunk)? {
                records.extend(self.record(tx, &record)?);
            }
        }
        Ok((!records.is_empty()).then(|| json!({"object": *object.name, "label": object.def.plural_label, "records": records})))
    }
    fn record(&mut self, tx: &mut Tx, record: &Record) -> Result<Option<Json>> {
        let hidden = tx.withheld_fields(&record.object, record.id())?;
        if !hidden.is_empty() {
            self.withheld += 1;
        }
        let mut values = Vec::new();
        let fields: Vec<Arc<Field>> = record.object.fields.values().filter(|f| !f.is_live() && !TECHNICAL.contains(&f.name())).cloned().collect();
        for field in fields.iter().filter(|f| !hidden.contains(f.name())) {
            let value = record.get(field.name()).to_json();
            if !is_empty(&value) {
                values.push(json!({"field": field.name(), "label": field.def.label, "value": self.shown(tx, field, value)?}));
            }
        }
        let by_id: HashMap<&str, &Arc<Field>> = fields.iter().filter(|f| !hidden.contains(f.name())).map(|f| (f.def.id.as_str(), f)).collect();
        let mut earlier = Vec::new();
        for past in tx.old_values(record.id())? {
            for (id, value) in past.old {
                let Some(field) = by_id.get(id.as_str()) else { continue };
                if !is_empty(&value) {
                    earlier.push(json!({"until": Value::DateTime(past.at).to_json(), "field": field.name(), "label": field.def.label, "value": self.shown(tx, field, value)?}));
                }
            }
        }
        if values.is_empty() && earlier.is_empty() {
            return Ok(None);
        }
        Ok(Some(json!({"id": record.id(), "values": values, "earlier": earlier})))
    }
    /// A value as the person may have it: words instead of ids, and nobody else's name.
    fn shown(&mut self, tx: &mut Tx, field: &Field, value: Json) -> Result<Json> {
        let only = match field.kind() {
            FieldType::User {} => return Ok(json!("staff")),
            FieldType::Choice { options } | FieldType::MultiChoice { options } => {
                let label = |v: &Json| options.iter().find(|o| Some(o.value.as_str()) == v.as_str()).map_or_else(|| v.clone(), |o| json!(o.label));
                return Ok(match &value {
                    Json::Array(list) => list.iter().map(label).collect(),
                    one => label(one),
                });
            }
            FieldType::Reference { to: ReferenceTo::One(name), .. } if name != "*" => Some(name.clone()),
            FieldType::Reference { .. } => None,
            FieldType::ManyToMany { to } => Some(to.clone()),
            _ => return Ok(value),
        };
        let one = |object: Option<&str>, value: &Json| -> Option<(String, RecordId)> {
            let text = value.as_str().or_else(|| value["id"].as_str())?;
            let object = value["object"].as_str().or(object)?;
            Some((object.to_owned(), text.parse().ok()?))
        };
        let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let mut out = Vec::new();
        for item in &list {
            out.push(match one(only.as_deref(), item) {
                Some((object, id)) => self.title(tx, object, id)?,
                None => Json::Null,
            });
        }
        Ok(if value.is_array() { Json::Array(out) } else { out.pop().unwrap_or(Json::Null) })
    }
    fn title(&mut self, tx: &mut Tx, object: String, id: RecordId) -> Result<Json> {
        if self.own.contains(&id) {
            return Ok(json!("this person"));
        }
        if PEOPLE.contains(&object.as_str()) {
            return Ok(json!("another person"));
        }
        if object == "user" {
            return Ok(json!("staff"));
        }
        let key = (object, id);
        if let Some(known) = self.titles.get(&key) {
            return Ok(known.clone());
        }
        let target = tx.object(&key.0)?;
        let title = match tx.load(&target, id)? {
            Some(record) if &*target.name == "account" && record.text("kind") == "household" => json!("another person"),
            // what is itself about somebody is told in its own place, or is not this person's
            Some(_) if !target.person_fields().is_empty() => json!(target.def.label),
            Some(record) => json!(record.text(&target.def.title)),
            None => Json::Null,
        };
        self.titles.insert(key, title.clone());
        Ok(title)
    }
}
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.values().all(Json::is_null),
        _ => false,
    }
}
