//! The real objects as what an import writes to.

use crate::import::{
    salesforce::Targets,
    target::{FieldKind, Target, TargetField, TargetOption},
};
use metadata::{FieldType, Object, ReferenceTo, Registry};
use std::collections::HashMap;

pub(crate) struct ObjectTarget {
    name: String,
    label: String,
    custom: bool,
    fields: Vec<TargetField>,
}
impl Target for ObjectTarget {
    fn object(&self) -> &str {
        &self.name
    }
    fn label(&self) -> &str {
        &self.label
    }
    fn custom(&self) -> bool {
        self.custom
    }
    fn fields(&self) -> &[TargetField] {
        &self.fields
    }
}
/// Read-only fields that an import may set with the right to import the past.
const PAST: [&str; 11] = ["created_at", "created_by", "updated_at", "updated_by", "closed_at", "stage_entered_at", "converted_at", "first_response_at", "resolved_at", "outcome", "done_at"];

impl ObjectTarget {
    pub(crate) fn of(object: &Object) -> ObjectTarget {
        let fields = object
            .live_fields()
            .filter(|f| !matches!(f.name(), "version" | "archived_at"))
            .filter_map(|f| {
                let kind = FieldKind::of_definition(&serde_json::to_value(f.kind()).ok()?)?;
                let mut out = TargetField::new(f.name(), &f.def.label, kind);
                out.required = f.def.required;
                out.past = PAST.contains(&f.name());
                out.read_only = !f.writable() && !out.past;
                out.custom = f.def.custom || object.def.layer == metadata::Layer::Custom && !f.def.base;
                out.options = match f.kind() {
                    FieldType::Choice { options } | FieldType::MultiChoice { options } => options.iter().map(|o| TargetOption { value: o.value.clone(), label: o.label.clone() }).collect(),
                    _ => vec![],
                };
                out.reference_to = match f.kind() {
                    FieldType::Reference { to: ReferenceTo::One(name), .. } => vec![name.clone()],
                    FieldType::Reference { to: ReferenceTo::Several(names), .. } => names.clone(),
                    FieldType::User {} => vec!["user".into()],
                    FieldType::ManyToMany { to } => vec![to.clone()],
                    _ => vec![],
                };
                Some(out)
            })
            .collect();
        ObjectTarget { name: object.name.to_string(), label: object.def.label.clone(), custom: object.def.layer == metadata::Layer::Custom, fields }
    }
}
pub(crate) struct AllTargets(HashMap<String, ObjectTarget>);
impl AllTargets {
    pub(crate) fn of(registry: &Registry) -> AllTargets {
        AllTargets(registry.objects().map(|o| (o.name.to_string(), ObjectTarget::of(o))).collect())
    }
}
impl Targets for AllTargets {
    fn target(&self, object: &str) -> Option<&dyn Target> {
        self.0.get(object).map(|t| t as &dyn Target)
    }
}
