//! Definitions of a workspace: loading the layers, and changing them while the server runs.

use crate::{OrDb, catalogue::Catalogue, tx::{Tx, random}};
use access::Action;
use kernel::{Error, FieldError, Result};
use metadata::{FieldDef, FieldType, Layer, ObjectDef, Registry, compose::{Overlay, compose, is_name}, definition::MAX_FIELDS};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use store::{Db, Sql, Val, compile};

struct Layers {
    overlays: BTreeMap<String, Overlay>,
    custom: Vec<ObjectDef>,
}
fn layers(db: &mut dyn Db) -> Result<Layers> {
    let mut out = Layers { overlays: BTreeMap::new(), custom: vec![] };
    let q = Sql::new(format!("SELECT \"object\", \"layer\", \"json\" FROM {} ORDER BY \"changed_at\", \"object\"", db.table("sys_definition")));
    for row in db.rows(&q).or_db()? {
        let [Val::Text(object), Val::Text(layer), Val::Text(json)] = row.as_slice() else { continue };
        let unreadable = |e: serde_json::Error| Error::internal(format!("The stored definition of {object} cannot be read: {e}"));
        if layer == "custom" {
            out.custom.push(serde_json::from_str(json).map_err(unreadable)?);
        } else {
            out.overlays.insert(object.clone(), serde_json::from_str(json).map_err(unreadable)?);
        }
    }
    Ok(out)
}
pub(crate) fn load(db: &mut dyn Db, catalogue: &Catalogue, version: i64) -> Result<Registry> {
    let layers = layers(db)?;
    Registry::build(version, compose(catalogue.standard(), &layers.overlays, &layers.custom)).map_err(|problems| Error::internal(problems.join(" ")))
}

/// Keys of a definition that a client may send; ids and columns are ours.
const OBJECT_KEYS: [&str; 14] = ["name", "plural", "label", "plural_label", "description", "icon", "title", "subtitle", "sharing", "parents", "search", "indexes", "require_any", "timeline"];

impl Tx<'_> {
    /// The objects the asker may know: those with at least one row in reach, or that they may create.
    pub fn definitions(&self) -> Json {
        let items: Vec<_> = self.registry().objects().filter(|o| self.rights().can(o, Action::Read) || self.rights().can_create(o)).map(|o| self.definition_json(o)).collect();
        json!({ "items": items })
    }
    pub fn definition(&self, object: &str) -> Result<Json> {
        let object = self.object(object)?;
        if !self.rights().can(&object, Action::Read) && !self.rights().can_create(&object) && !self.rights().capability("define") && !self.rights().capability("read_configuration") {
            return Err(Error::not_found("object of that name"));
        }
        Ok(self.definition_json(&object))
    }
    fn definition_json(&self, object: &metadata::Object) -> Json {
        let mut def = object.def.clone();
        let full = self.rights().capability("define") || self.rights().capability("read_configuration");
        def.fields.retain(|f| full || !f.archived && object.field(&f.name).is_some_and(|field| self.rights().field(object, field) != access::FieldAccess::Hidden));
        let mut json = serde_json::to_value(&def).unwrap_or(Json::Null);
        if let Some(fields) = json.get_mut("fields").and_then(Json::as_array_mut) {
            for field in fields {
                let name = field.get("name").and_then(Json::as_str).unwrap_or("").to_owned();
                if let (Some(f), Some(map)) = (object.fields.get(&name), field.as_object_mut()) {
                    map.remove("column");
                    let writable = self.rights().field(object, f) == access::FieldAccess::Write;
                    map.insert("read_only".into(), json!(!writable));
                    if f.kind().computed() {
                        map.insert("computed".into(), json!(if f.is_live() { "read" } else { "stored" }));
                    }
                    if self.rights().field(object, f) == access::FieldAccess::Masked {
                        map.insert("masked".into(), json!(true));
                    }
                }
            }
        }
        json
    }
    fn may_define(&self) -> Result<()> {
        self.must_write()?;
        if self.rights().capability("define") { Ok(()) } else { Err(Error::forbidden("Your role may not change definitions. Ask an administrator.")) }
    }

    /// Makes a custom object, its table and all, in this transaction.
    pub fn define_object(&mut self, input: &Json) -> Result<Json> {
        self.may_define()?;
        let map = input.as_object().ok_or_else(|| Error::malformed("bad_definition", "A definition is an object."))?;
        let name = map.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
        if !is_name(&name) || name.len() > 40 || ["sys_", "auth_", "api_", "job"].iter().any(|p| name.starts_with(p)) {
            return Err(Error::field("name", "bad_name", "An object's name is snake_case: a letter, then letters, digits and single underscores, 40 at most."));
        }
        if self.registry().all_objects().any(|o| *o.name == *name) || self.catalogue().tables.iter().any(|t| t.name == name) {
            return Err(Error::field("name", "value_taken", "There is an object of this name."));
        }
        let mut object = Map::new();
        for (key, value) in map {
            match key.as_str() {
                "fields" => {}
                key if OBJECT_KEYS.contains(&key) => drop(object.insert(key.into(), value.clone())),
                key => return Err(Error::field(key, "unknown_key", format!("A definition has no \"{key}\"."))),
            }
        }
        object.insert("area".into(), json!("custom"));
        let mut def: ObjectDef = serde_json::from_value(Json::Object(object)).map_err(bad_definition)?;
        let fields = map.get("fields").and_then(Json::as_array).cloned().unwrap_or_default();
        let mut errors = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            if field.get("base") == Some(&Json::Bool(true)) {
                continue;
            }
            match read_field(&def.name, field) {
                Ok(field) => def.fields.push(field),
                Err(e) => errors.extend(e.fields.into_iter().map(|f| FieldError { field: format!("fields.{i}.{}", f.field), ..f })),
            }
        }
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        def.layer = Layer::Custom;
        def.complete();
        if def.search.is_empty() && def.title != "id" {
            def.search = vec![def.title.clone()];
        }
        self.store_custom(&def)?;
        self.apply(&name)
    }
    /// Changes labels, sharing and the like of an object; `{"archived": true}` hides a custom one.
    pub fn change_object(&mut self, object: &str, input: &Json) -> Result<Json> {
        self.may_define()?;
        let object = self.registry().all_objects().find(|o| *o.name == *object).cloned().ok_or_else(|| Error::not_found("object of that name"))?;
        let map = input.as_object().ok_or_else(|| Error::malformed("bad_definition", "A definition is an object."))?;
        let mut layers = layers(self.db())?;
        if object.def.layer == Layer::Custom {
            let def = layers.custom.iter_mut().find(|d| d.name == *object.name).ok_or_else(|| Error::not_found("object of that name"))?;
            let mut json = serde_json::to_value(&*def).unwrap_or(Json::Null);
            for (key, value) in map {
                if key == "name" && value.as_str() == Some(&object.name) {
                    continue;
                }
                if !matches!(key.as_str(), "archived" | "plural") && (!OBJECT_KEYS.contains(&key.as_str()) || key == "name") {
                    return Err(Error::field(key, "not_changeable", format!("\"{key}\" cannot be changed here.")));
                }
                if let Some(slot) = json.as_object_mut() {
                    slot.insert(key.clone(), value.clone());
                }
            }
            let def: ObjectDef = serde_json::from_value(json).map_err(bad_definition)?;
            self.store_custom(&def)?;
        } else {
            let overlay = layers.overlays.entry(object.name.to_string()).or_default();
            let mut json = serde_json::to_value(&*overlay).unwrap_or(Json::Null);
            for (key, value) in map {
                if !matches!(key.as_str(), "label" | "plural_label" | "description" | "icon" | "sharing") {
                    return Err(Error::field(key, "not_changeable", format!("\"{key}\" of a standard object cannot be changed.")));
                }
                if let Some(slot) = json.as_object_mut() {
                    slot.insert(key.clone(), value.clone());
                }
            }
            let overlay: Overlay = serde_json::from_value(json).map_err(bad_definition)?;
            self.store_overlay(&object.name, &overlay)?;
        }
        self.apply(&object.name)
    }
    /// Adds a field: a real column, at once, whatever the number of rows.
    pub fn add_field(&mut self, object: &str, input: &Json) -> Result<Json> {
        self.may_define()?;
        let object = self.object(object)?;
        let mut field = read_field(&object.name, input)?;
        if let Some(have) = object.fields.get(&field.name) {
            let how = if have.is_archived() { "It is archived; restore it instead." } else { "Choose another name." };
            return Err(Error::field("name", "value_taken", format!("{} has a field of this name. {how}", object.def.label)));
        }
        if object.fields.len() >= MAX_FIELDS {
            return Err(Error::field("name", "too_many_fields", format!("{} has {MAX_FIELDS} fields; no more fit into one object. Put some into an object of their own.", object.def.label)));
        }
        if field.required && self.has_rows(&object.name)? {
            return Err(Error::field("required", "has_rows", "There are records already, and none has a value. Add the field, fill it, then make it required."));
        }
        field.custom = true;
        field.id = format!("{}.{}", object.name, self.new_id());
        field.column = format!("x_{}_{}", field.name.chars().take(30).collect::<String>().trim_end_matches('_'), hex(&random::<3>()));
        let mut layers = layers(self.db())?;
        if object.def.layer == Layer::Custom {
            let def = layers.custom.iter_mut().find(|d| d.name == *object.name).ok_or_else(|| Error::not_found("object of that name"))?;
            def.fields.push(field);
            let def = def.clone();
            self.store_custom(&def)?;
        } else {
            let overlay = layers.overlays.entry(object.name.to_string()).or_default();
            overlay.custom_fields.push(field);
            let overlay = overlay.clone();
            self.store_overlay(&object.name, &overlay)?;
        }
        self.apply(&object.name)
    }
    /// Changes what may change of a field: label, help, default, options, required, max, name of a custom field; never its type.
    pub fn change_field(&mut self, object: &str, field: &str, input: &Json) -> Result<Json> {
        self.may_define()?;
        let object = self.object(object)?;
        let have = object.fields.get(field).filter(|f| !f.def.base).ok_or_else(|| Error::not_found("field of that name"))?.clone();
        let map = input.as_object().ok_or_else(|| Error::malformed("bad_definition", "A definition is an object."))?;
        let mut json = serde_json::to_value(&have.def).unwrap_or(Json::Null);
        for (key, value) in map {
            let standard_ok = matches!(key.as_str(), "label" | "help" | "default" | "required" | "archived" | "type");
            if !(standard_ok || have.def.custom && matches!(key.as_str(), "name" | "sensitivity")) {
                return Err(Error::field(key, "not_changeable", format!("\"{key}\" of this field cannot be changed.")));
            }
            if let Some(slot) = json.as_object_mut() {
                slot.insert(key.clone(), value.clone());
            }
        }
        let mut changed: FieldDef = serde_json::from_value(json).map_err(bad_definition)?;
        changed.column.clone_from(&have.def.column);
        if changed.kind.name() != have.kind().name() || changed.kind.value_type().name() != have.kind().value_type().name() || changed.kind.storage() != have.kind().storage() || changed.kind.scale() != have.kind().scale() {
            return Err(Error::field("type", "not_changeable", "The type of a field stays as it is. Add a new field, fill it from this one, and archive this one."));
        }
        if let (FieldType::Choice { options: new } | FieldType::MultiChoice { options: new }, FieldType::Choice { options: old } | FieldType::MultiChoice { options: old }) = (&changed.kind, have.kind())
            && let Some(gone) = old.iter().find(|o| !new.iter().any(|n| n.value == o.value))
        {
            return Err(Error::field("type", "option_in_use", format!("The option \"{}\" may be in use. Keep it and set \"archived\": true on it.", gone.value)));
        }
        if changed.required && !have.def.required && self.has_empty(&object.name, have.column())? {
            return Err(Error::field("required", "has_rows", "Some records have no value here. Fill them first."));
        }
        if changed.name != have.def.name && (!is_name(&changed.name) || object.fields.contains_key(&changed.name)) {
            return Err(Error::field("name", "value_taken", "This name cannot be used, or another field has it."));
        }
        let mut layers = layers(self.db())?;
        if object.def.layer == Layer::Custom {
            let def = layers.custom.iter_mut().find(|d| d.name == *object.name).ok_or_else(|| Error::not_found("object of that name"))?;
            if let Some(slot) = def.fields.iter_mut().find(|f| f.name == field) {
                *slot = changed;
            }
            let def = def.clone();
            self.store_custom(&def)?;
        } else {
            let overlay = layers.overlays.entry(object.name.to_string()).or_default();
            match overlay.custom_fields.iter_mut().find(|f| f.id == have.def.id) {
                Some(slot) => *slot = changed,
                None => drop(overlay.fields.insert(field.to_owned(), changed)),
            }
            let overlay = overlay.clone();
            self.store_overlay(&object.name, &overlay)?;
        }
        self.apply(&object.name)
    }
    /// Hides a field everywhere; its values stay and come back with it.
    pub fn archive_field(&mut self, object: &str, field: &str) -> Result<Json> {
        let def = self.object(object)?;
        if def.def.title == field || def.def.fields.iter().any(|f| f.name == field && f.required && !f.custom) {
            return Err(Error::field("field", "needed", "This field names the record, or must be set; it cannot be archived."));
        }
        self.change_field(object, field, &json!({ "archived": true }))
    }

    fn store_custom(&mut self, def: &ObjectDef) -> Result<()> {
        let mut def = def.clone();
        def.fields.retain(|f| !f.base);
        self.store_layer(&def.name.clone(), "custom", &serde_json::to_string(&def).map_err(|e| Error::internal(e.to_string()))?)
    }
    fn store_overlay(&mut self, object: &str, overlay: &Overlay) -> Result<()> {
        self.store_layer(object, "overlay", &serde_json::to_string(overlay).map_err(|e| Error::internal(e.to_string()))?)
    }
    fn store_layer(&mut self, object: &str, layer: &str, json: &str) -> Result<()> {
        let now = self.now_ms();
        let mut q = Sql::new(format!("INSERT INTO {} (\"object\", \"layer\", \"json\", \"changed_at\") VALUES (", self.db().table("sys_definition")));
        q.arg(object).push(", ").arg(layer).push(", ").arg(json).push(", ").arg(now);
        q.push(") ON CONFLICT (\"object\") DO UPDATE SET \"json\" = excluded.\"json\"");
        self.db().exec(&q).or_db()?;
        Ok(())
    }
    /// Checks the whole, makes tables and columns, and lets everybody see the new version.
    fn apply(&mut self, object: &str) -> Result<Json> {
        let catalogue = self.catalogue().clone();
        let layers = layers(self.db())?;
        let registry = Registry::build(0, compose(catalogue.standard(), &layers.overlays, &layers.custom))
            .map_err(|problems| Error::invalid(problems.into_iter().map(|p| FieldError::new("definition", "bad_definition", p)).collect()))?;
        let def = registry.all_objects().find(|o| *o.name == *object).ok_or_else(|| Error::not_found("object of that name"))?;
        store::ddl::reconcile(self.db(), &[compile::object_table(def)]).or_db()?;
        let before = self.registry().clone();
        self.bump_registry()?;
        self.refresh_formulas(&before)?;
        let def = self.registry().all_objects().find(|o| *o.name == *object).cloned().ok_or_else(|| Error::not_found("object of that name"))?;
        Ok(self.definition_json(&def))
    }
    fn has_rows(&mut self, table: &str) -> Result<bool> {
        let q = Sql::new(format!("SELECT 1 FROM {} LIMIT 1", self.db().table(table)));
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    fn has_empty(&mut self, table: &str, column: &str) -> Result<bool> {
        let q = Sql::new(format!("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1", self.db().table(table), store::quote(column)));
        Ok(self.db().one(&q).or_db()?.is_some())
    }
}

fn bad_definition(e: serde_json::Error) -> Error {
    Error::field("definition", "bad_definition", format!("This definition cannot be read: {e}."))
}
/// A field as a client sends it; id, column and layer are ours.
fn read_field(object: &str, json: &Json) -> Result<FieldDef> {
    let mut map = json.as_object().cloned().ok_or_else(|| Error::field("type", "bad_definition", "A field is an object with a name and a type."))?;
    for ours in ["id", "column", "custom", "base", "archived", "masked", "computed"] {
        map.shift_remove(ours);
    }
    let name = map.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    if !is_name(&name) {
        return Err(Error::field("name", "bad_name", "A field's name is snake_case: a letter, then letters, digits and single underscores, 63 at most."));
    }
    let mut def: FieldDef = serde_json::from_value(Json::Object(map)).map_err(|e| Error::field("type", "bad_definition", format!("The field \"{name}\" cannot be read: {e}.")))?;
    if def.label.is_empty() {
        def.label = metadata::definition::title_case(&name);
    }
    def.id = format!("{object}.{name}");
    def.column.clone_from(&name);
    if let Some(default) = &def.default {
        let ctx = metadata::ParseCtx { currency: kernel::Currency::EUR, lenient: false };
        def.kind.parse(default, ctx).map_err(|(code, detail)| Error::field("default", code, detail))?;
    }
    Ok(def)
}
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
