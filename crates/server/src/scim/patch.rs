//! PATCH (RFC 7644, 3.5.2) on a resource as JSON, in the forms that directories send: with and without a path, with a
//! filter in the path, with dotted names as members.

use super::{
    ENTERPRISE, GROUP, USER,
    error::{bad_path, bad_syntax, bad_value, no_target, read_only},
    filter::{self, Clause},
    resource::{get, key_of, same, value_of},
};
use kernel::Result;
use serde_json::{Map, Value as Json, json};

const READ_ONLY: [&str; 4] = ["id", "meta", "schemas", "groups"];
const MOST_OPERATIONS: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Add,
    Replace,
    Remove,
}

/// `members[value eq "x"].display`
#[derive(Debug, PartialEq)]
struct Path {
    extension: bool,
    attribute: String,
    filter: Vec<Clause>,
    sub: Option<String>,
}

/// Changes the resource as the body of a PATCH says.
///
/// # Errors
/// 400 with the `scimType` that fits.
pub(super) fn apply(resource: &mut Map<String, Json>, body: &Map<String, Json>) -> Result<()> {
    let operations = get(body, "Operations").and_then(Json::as_array).ok_or_else(|| bad_syntax("A PATCH has Operations, an array."))?;
    if operations.len() > MOST_OPERATIONS {
        return Err(bad_syntax(format!("A PATCH has {MOST_OPERATIONS} operations at most.")));
    }
    for operation in operations {
        let operation = operation.as_object().ok_or_else(|| bad_syntax("An operation is an object."))?;
        let what = match get(operation, "op").and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase().as_str() {
            "add" => What::Add,
            "replace" => What::Replace,
            "remove" => What::Remove,
            _ => return Err(bad_syntax("op is add, replace or remove.")),
        };
        let value = get(operation, "value");
        // null unassigns (RFC 7643, 2.5)
        let emptied = what != What::Remove && operation.iter().any(|(key, value)| key.eq_ignore_ascii_case("value") && value.is_null());
        let what = if emptied { What::Remove } else { what };
        match (get(operation, "path").and_then(Json::as_str), value) {
            (Some(path), value) => one(resource, what, &parse(path)?, value)?,
            (None, Some(Json::Object(members))) if what != What::Remove => {
                for (name, value) in members {
                    whole_or_one(resource, what, name, value)?;
                }
            }
            (None, _) if what == What::Remove => return Err(no_target("What is to be removed? Give a path.")),
            (None, _) => return Err(bad_value("Without a path the value is an object.")),
        }
    }
    Ok(())
}

/// A member of a value without a path: an attribute, a dotted one, or a whole extension.
fn whole_or_one(resource: &mut Map<String, Json>, what: What, name: &str, value: &Json) -> Result<()> {
    if let (true, Json::Object(members)) = (name.eq_ignore_ascii_case(ENTERPRISE), value) {
        for (member, value) in members {
            let path = Path { extension: true, ..parse(member)? };
            one(resource, what, &path, Some(value))?;
        }
        return Ok(());
    }
    one(resource, what, &parse(name)?, Some(value))
}

fn parse(text: &str) -> Result<Path> {
    let text = text.trim();
    let after = |schema: &str| text.get(..schema.len()).filter(|start| start.eq_ignore_ascii_case(schema)).and_then(|_| text[schema.len()..].strip_prefix(':'));
    let (extension, rest) = match (after(ENTERPRISE), after(USER).or_else(|| after(GROUP))) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => (false, text),
    };
    let wrong = || bad_path("A path is ATTRIBUTE, ATTRIBUTE.PART or ATTRIBUTE[PART eq VALUE].PART.");
    let sound = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$'));
    let (attribute, filter, tail) = match rest.split_once('[') {
        Some((attribute, more)) => {
            let (inside, tail) = more.rsplit_once(']').ok_or_else(wrong)?;
            (attribute, filter::parse(inside).map_err(|_| wrong())?, tail.strip_prefix('.').or_else(|| tail.is_empty().then_some("")).ok_or_else(wrong)?)
        }
        None => rest.split_once('.').map_or((rest, Vec::new(), ""), |(attribute, tail)| (attribute, Vec::new(), tail)),
    };
    if !sound(attribute) || !tail.is_empty() && !sound(tail) {
        return Err(wrong());
    }
    Ok(Path { extension, attribute: attribute.to_owned(), filter, sub: (!tail.is_empty()).then(|| tail.to_owned()) })
}

fn one(resource: &mut Map<String, Json>, what: What, path: &Path, value: Option<&Json>) -> Result<()> {
    if value.is_none() && what != What::Remove {
        return Err(bad_value("add and replace need a value."));
    }
    if !path.extension && READ_ONLY.iter().any(|name| name.eq_ignore_ascii_case(&path.attribute)) {
        // what is sent back as it was read changes nothing
        let unchanged = path.attribute.eq_ignore_ascii_case("schemas") || path.filter.is_empty() && path.sub.is_none() && get(resource, &path.attribute) == value;
        return if unchanged { Ok(()) } else { Err(read_only(&path.attribute)) };
    }
    let holder = if path.extension {
        let entry = resource.entry(key_of(resource, ENTERPRISE)).or_insert_with(|| json!({}));
        entry.as_object_mut().ok_or_else(|| bad_path("The extension is an object."))?
    } else {
        resource
    };
    let key = key_of(holder, &path.attribute);
    if !path.filter.is_empty() {
        return filtered(holder, key, what, path, value);
    }
    match (&path.sub, what) {
        (Some(sub), _) => {
            let inner = holder.entry(key).or_insert_with(|| json!({}));
            // a part of a list without a filter means each of its elements
            let elements: Vec<&mut Json> = match inner {
                Json::Array(list) => list.iter_mut().collect(),
                other => vec![other],
            };
            for element in elements {
                if !element.is_object() {
                    *element = json!({});
                }
                if let Json::Object(fields) = element {
                    put(fields, sub, what, value);
                }
            }
        }
        (None, What::Remove) => remove(holder, &key, value),
        (None, What::Add) if holder.get(&key).is_some_and(Json::is_array) => add(holder, &key, value),
        (None, What::Add | What::Replace) => {
            holder.insert(key, value.cloned().unwrap_or_default());
        }
    }
    Ok(())
}

fn put(fields: &mut Map<String, Json>, name: &str, what: What, value: Option<&Json>) {
    let key = key_of(fields, name);
    match value.filter(|_| what != What::Remove) {
        Some(value) => fields.insert(key, value.clone()),
        None => fields.shift_remove(&key),
    };
}

/// Adds elements that are not there.
fn add(holder: &mut Map<String, Json>, key: &str, value: Option<&Json>) {
    let Some(Json::Array(list)) = holder.get_mut(key) else { return };
    for element in elements(value) {
        if !list.iter().any(|known| known == element || value_of(known).is_some() && value_of(known) == value_of(element)) {
            list.push(element.clone());
        }
    }
}

/// Removes an attribute, or of a list the elements that are named.
fn remove(holder: &mut Map<String, Json>, key: &str, value: Option<&Json>) {
    match (holder.get_mut(key), value) {
        (Some(Json::Array(list)), Some(value)) => list.retain(|known| !elements(Some(value)).any(|gone| value_of(known).is_some() && value_of(known) == value_of(gone))),
        _ => drop(holder.shift_remove(key)),
    }
}

fn elements(value: Option<&Json>) -> impl Iterator<Item = &Json> {
    let (list, single) = match value {
        Some(Json::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(single)
}

/// The elements of a list for which the filter holds.
fn filtered(holder: &mut Map<String, Json>, key: String, what: What, path: &Path, value: Option<&Json>) -> Result<()> {
    let list = holder.entry(key).or_insert_with(|| json!([]));
    let Json::Array(list) = list else { return Err(bad_path("A filter in a path needs an attribute with several values.")) };
    let fits = |element: &Json| path.filter.iter().all(|clause| element.as_object().and_then(|fields| get(fields, &clause.attribute)).is_some_and(|have| same(have, &clause.value)));
    if what == What::Remove && path.sub.is_none() {
        list.retain(|element| !fits(element));
        return Ok(());
    }
    let mut found = false;
    for element in list.iter_mut().filter(|element| fits(element)) {
        found = true;
        match (&path.sub, element) {
            (Some(sub), Json::Object(fields)) => put(fields, sub, what, value),
            (_, element) => *element = value.cloned().unwrap_or_default(),
        }
    }
    if !found && what != What::Remove {
        // Entra writes emails[type eq "work"].value to somebody who has none
        let mut fields: Map<String, Json> = path.filter.iter().map(|clause| (clause.attribute.clone(), clause.value.clone())).collect();
        match (&path.sub, value) {
            (Some(sub), value) => put(&mut fields, sub, what, value),
            (None, Some(Json::Object(more))) => fields.extend(more.clone()),
            (None, _) => return Err(no_target("No element fits the filter of the path.")),
        }
        list.push(fields.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ENTERPRISE, apply};
    use serde_json::{Value as Json, json};

    fn patched(operations: Json) -> Result<Json, &'static str> {
        let mut resource = json!({
            "id": "1", "userName": "ada@example.org", "active": true, "name": { "familyName": "Lovelace" },
            "members": [{ "value": "a" }, { "value": "b" }],
        });
        let body = json!({ "Operations": operations });
        apply(resource.as_object_mut().unwrap(), body.as_object().unwrap()).map_err(|e| e.reason)?;
        Ok(resource)
    }

    #[test]
    fn forms_of_directories_are_understood() {
        assert_eq!(patched(json!([{ "op": "Replace", "path": "active", "value": "False" }])).unwrap()["active"], "False");
        assert_eq!(patched(json!([{ "op": "replace", "value": { "active": false, "ID": "1" } }])).unwrap()["active"], false);
        let dotted = patched(json!([{ "op": "Add", "value": { "name.givenName": "Ada", "NAME.familyname": "King", format!("{ENTERPRISE}:employeeNumber"): "7" } }])).unwrap();
        assert_eq!(dotted["name"], json!({ "familyName": "King", "givenName": "Ada" }));
        assert_eq!(dotted[ENTERPRISE], json!({ "employeeNumber": "7" }));
        let nested = patched(json!([{ "op": "add", "value": { ENTERPRISE: { "costCenter": "9" } } }])).unwrap();
        assert_eq!(nested[ENTERPRISE], json!({ "costCenter": "9" }));
        let emails = patched(json!([{ "op": "Add", "path": "emails[type eq \"work\"].value", "value": "x@example.org" }])).unwrap();
        assert_eq!(patched(json!([{ "op": "replace", "path": "name.familyName", "value": null }])).unwrap()["name"], json!({}));
        assert_eq!(emails["emails"], json!([{ "type": "work", "value": "x@example.org" }]));
    }

    #[test]
    fn members_come_and_go() {
        let members = |operations: Json| patched(operations).unwrap()["members"].clone();
        assert_eq!(members(json!([{ "op": "Add", "path": "members", "value": [{ "value": "b" }, { "value": "c" }] }])), json!([{ "value": "a" }, { "value": "b" }, { "value": "c" }]));
        assert_eq!(members(json!([{ "op": "remove", "path": "members[value eq \"a\"]" }])), json!([{ "value": "b" }]));
        assert_eq!(members(json!([{ "op": "Remove", "path": "members", "value": [{ "value": "b" }] }])), json!([{ "value": "a" }]));
        assert_eq!(members(json!([{ "op": "remove", "path": "members" }])), Json::Null);
        assert_eq!(members(json!([{ "op": "replace", "path": "members", "value": [] }])), json!([]));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (operation, reason) in [
            (json!({ "op": "replace", "path": "id", "value": "2" }), "mutability"),
            (json!({ "op": "replace", "value": { "meta": {} } }), "mutability"),
            (json!({ "op": "remove" }), "no_target"),
            (json!({ "op": "fly", "path": "active" }), "invalid_syntax"),
            (json!({ "op": "replace", "path": "a b", "value": 1 }), "invalid_path"),
            (json!({ "op": "replace", "path": "members[value", "value": 1 }), "invalid_path"),
            (json!({ "op": "replace", "path": "active[value eq \"x\"]", "value": 1 }), "invalid_path"),
            (json!({ "op": "replace", "path": "active" }), "invalid_value"),
        ] {
            assert_eq!(patched(json!([operation])), Err(reason), "{operation}");
        }
    }
}
