//! What does not leave: records of and about people who had the use of their data restricted (Art. 18 GDPR).

use crate::rights::Rights;
use kernel::RecordId;
use metadata::{AnyRef, Cond, Object, Storage, Value};
use std::sync::Arc;

impl Rights {
    /// Rows of an object that are about nobody whose data may not be used.
    pub(crate) fn unrestricted(&self, object: &Arc<Object>) -> Cond {
        let restricted = &self.policy().restricted;
        if restricted.is_empty() {
            return Cond::TRUE;
        }
        let kept = |kind: &str| match kind {
            "contact" => restricted.contacts.as_slice(),
            "account" => restricted.accounts.as_slice(),
            _ => &[],
        };
        let itself = kept(&object.name);
        let mut about = Vec::new();
        if !itself.is_empty() {
            about.push(Cond::Ids(itself.into()));
        }
        for field in object.person_fields() {
            let refs = |ids: &[RecordId]| ids.iter().map(|id| Value::Ref(*id)).collect();
            if field.storage == Storage::AnyRef {
                let any = |kind: &'static str| kept(kind).iter().map(move |id| Value::AnyRef(AnyRef { object: kind.into(), id: *id }));
                about.push(Cond::is_in(field, any("contact").chain(any("account")).collect()));
            } else if let Some(target) = field.kind().target() {
                about.push(Cond::is_in(field, refs(kept(target))));
            }
        }
        let about = Cond::any(about);
        if about.is_false() { Cond::TRUE } else { Cond::Not(Box::new(about)) }
    }
}
