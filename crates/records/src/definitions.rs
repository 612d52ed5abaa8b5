//! Definitions of a workspace: loading the layers, and changing them while the server runs.

use crate::{
    LogEntry, OrDb,
    catalogue::Catalogue,
    tx::{Tx, random},
};
use access::Action;
use kernel::{Error, FieldError, Result};
use metadata::{
    ChoiceOption, FieldDef, FieldType, Layer, ObjectDef, Registry,
    compose::{Overlay, compose, is_name},
    definition::MAX_FIELDS,
};
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
    let own = own_roles(db)?;
    build(db, catalogue, version, own)
}
/// What tables are made from, before there are any.
pub(crate) fn load_shapes(db: &mut dyn Db, catalogue: &Catalogue) -> Result<Registry> {
    build(db, catalogue, 1, vec![])
}
fn build(db: &mut dyn Db, catalogue: &Catalogue, version: i64, own_roles: Vec<ChoiceOption>) -> Result<Registry> {
    let layers = layers(db)?;
    let mut defs = compose(catalogue.standard(), &layers.overlays, &layers.custom);
    let user = defs.iter_mut().find(|def| def.name == "user");
    if let Some(FieldType::MultiChoice { options }) = user.and_then(|def| def.fields.iter_mut().find(|f| f.name == "roles")).map(|f| &mut f.kind) {
        let own: Vec<_> = own_roles.into_iter().filter(|o| !options.iter().any(|known| known.value == o.value)).collect();
        options.extend(own);
    }
    Registry::build(version, defs).map_err(|problems| Error::internal(problems.join(" ")))
}
/// Roles that the organisation made: they are given to people like those that come with Rapport.
fn own_roles(db: &mut dyn Db) -> Result<Vec<ChoiceOption>> {
    let q = Sql::new(format!("SELECT \"name\", \"label\", \"archived_at\" FROM {} ORDER BY \"label\", \"id\"", db.table("role")));
    let rows = db.rows(&q).or_db()?;
    let read = |row: &Vec<Val>| Some(ChoiceOption { value: row.first()?.as_str()?.to_owned(), label: row.get(1)?.as_str()?.to_owned(), color: None, archived: !matches!(row.get(2), Some(Val::Null)) });
    Ok(rows.iter().filter_map(read).collect())
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
        if !is_name(&name) || name.len() > 40 || ["sys_", "auth_", "api_", "job", "sqlite_", "pg_"].iter().any(|p| name.starts_with(p)) {
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
        let fields = match map.get("fields") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(fields)) => fields.clone(),
            Some(_) => return Err(Error::field("fields", "wrong_type", "\"fields\" is a list of fields, each with a name and a type.")),
        };
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
        if object.def.sharing == metadata::Sharing::Owner && map.get("sharing").is_some_and(|word| word != "owner") {
            return Err(Error::field("sharing", "not_changeable", format!("{} belong to their owners alone. That cannot be changed.", object.def.plural_label)));
        }
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
            // Every field of a custom object is one of the organisation's own.
            let own = have.def.custom || object.def.layer == Layer::Custom;
            if !(standard_ok || own && matches!(key.as_str(), "name" | "sensitivity")) {
                return Err(Error::field(key, "not_changeable", format!("\"{key}\" of this field cannot be changed.")));
            }
            if let Some(slot) = json.as_object_mut() {
                slot.insert(key.clone(), value.clone());
            }
        }
        let mut changed: FieldDef = serde_json::from_value(json).map_err(bad_definition)?;
        changed.column.clone_from(&have.def.column);
        check_default(&changed)?;
        if changed.kind.name() != have.kind().name()
            || changed.kind.value_type().name() != have.kind().value_type().name()
            || changed.kind.storage() != have.kind().storage()
            || changed.kind.scale() != have.kind().scale()
        {
            return Err(Error::field("type", "not_changeable", "The type of a field stays as it is. Add a new field, fill it from this one, and archive this one."));
        }
        if let (FieldType::Choice { options: new } | FieldType::MultiChoice { options: new }, FieldType::Choice { options: old } | FieldType::MultiChoice { options: old }) =
            (&changed.kind, have.kind())
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
        let before = Sql::with(format!("SELECT \"json\" FROM {} WHERE \"object\" = $1", self.db().table("sys_definition")), [object]);
        let before = self.db().one(&before).or_db()?.and_then(|row| row.first()?.as_str().map(str::to_owned));
        self.log(LogEntry::new("definition").object(object).detail("changed", changed(before.as_deref(), json)).detail("layer", layer))?;
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
        self.check_roll_ups(&registry)?;
        let def = registry.all_objects().find(|o| *o.name == *object).ok_or_else(|| Error::not_found("object of that name"))?;
        store::ddl::reconcile(self.db(), &[compile::object_table(def)]).or_db()?;
        let before = self.registry().clone();
        self.bump_registry()?;
        self.refresh_formulas(&before)?;
        let def = self.registry().all_objects().find(|o| *o.name == *object).cloned().ok_or_else(|| Error::not_found("object of that name"))?;
        Ok(self.definition_json(&def))
    }
    /// Every roll-up must be answerable: a filter that does not bind would spoil each reading of its object.
    fn check_roll_ups(&self, registry: &Registry) -> Result<()> {
        let mut errors = Vec::new();
        let mut wrong = |object: &str, field: &str, what: String| errors.push(FieldError::new("definition", "bad_definition", format!("{object}.{field}: {what}")));
        let ctx = metadata::BindCtx { registry, ..self.bind_ctx() };
        for object in registry.objects() {
            for field in object.live_fields() {
                let FieldType::RollUp { related, field: measured, function, filter, scope, .. } = field.kind() else { continue };
                let Some(child) = registry.object(related) else { continue };
                let measured = measured.as_deref().and_then(|m| child.field(m));
                if let (Some(measured), Ok(function)) = (measured, function.parse())
                    && (measured.is_live() || !crate::read::measurable(measured, function))
                {
                    wrong(&object.name, field.name(), format!("this cannot be taken of \"{}\".", measured.name()));
                }
                let cond = match filter.as_ref().map(|json| metadata::bind(&ctx, child, json)).transpose() {
                    Ok(cond) => cond,
                    Err(e) => {
                        let detail = e.fields.first().map_or(e.detail.as_str(), |f| f.detail.as_str());
                        wrong(&object.name, field.name(), format!("its \"where\" is wrong: {detail}"));
                        continue;
                    }
                };
                match scope.as_deref() {
                    None | Some("reader") => {}
                    Some("all") => {
                        if measured.is_some_and(|f| f.is_personal()) || cond.is_some_and(|c| names_personal(&c)) {
                            wrong(&object.name, field.name(), "over all records only what is not personal is summed; leave \"scope\" out.".into());
                        }
                    }
                    Some(_) => wrong(&object.name, field.name(), "scope is \"reader\" or \"all\".".into()),
                }
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
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

fn names_personal(cond: &metadata::Cond) -> bool {
    use metadata::Cond;
    match cond {
        Cond::All(parts) | Cond::Any(parts) => parts.iter().any(names_personal),
        Cond::Not(inner) => names_personal(inner),
        Cond::Test { path, .. } => path.field.is_personal() || path.steps.iter().any(|s| s.field.is_personal()),
        Cond::Related { filter, via, .. } => via.is_personal() || names_personal(filter),
        Cond::Through { .. } | Cond::Shared { .. } | Cond::Ids(_) => false,
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
    check_default(&def)?;
    Ok(def)
}
fn check_default(def: &FieldDef) -> Result<()> {
    let Some(default) = def.default.as_ref().filter(|d| !d.is_null()) else { return Ok(()) };
    if def.kind.computed() || matches!(def.kind, FieldType::Autonumber { .. }) {
        return Err(Error::field("default", "not_changeable", "What is computed or counted has no default."));
    }
    let ctx = metadata::ParseCtx { currency: kernel::Currency::EUR, lenient: false };
    let value = def.kind.parse(default, ctx).map_err(|(code, detail)| Error::field("default", code, detail))?;
    let gone = |option: &str| matches!(&def.kind, FieldType::Choice { options } | FieldType::MultiChoice { options } if options.iter().any(|o| o.value == option && o.archived));
    match &value {
        metadata::Value::By { .. } => Err(Error::field("default", "wrong_type", "A default refers by id.")),
        metadata::Value::Text(option) if gone(option) => Err(Error::field("default", "archived_option", "The default is an option that is not used any more.")),
        metadata::Value::List(items) if items.iter().any(|i| gone(i)) => Err(Error::field("default", "archived_option", "The default has an option that is not used any more.")),
        _ => Ok(()),
    }
}
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Names of what differs between two stored definitions: keys of the object, and `fields.NAME`.
fn changed(before: Option<&str>, after: &str) -> Vec<String> {
    let parts = |text: &str| {
        let mut out = BTreeMap::new();
        for (key, value) in serde_json::from_str::<Map<String, Json>>(text).unwrap_or_default() {
            match value {
                Json::Array(fields) if key.ends_with("fields") => out.extend(fields.into_iter().map(|f| (format!("fields.{}", f["name"].as_str().unwrap_or_default()), f))),
                Json::Object(inner) if key.ends_with("fields") => out.extend(inner.into_iter().map(|(name, f)| (format!("fields.{name}"), f))),
                value => drop(out.insert(key, value)),
            }
        }
        out
    };
    let (before, after) = (parts(before.unwrap_or("{}")), parts(after));
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}
