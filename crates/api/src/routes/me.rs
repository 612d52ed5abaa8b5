//! What the asker may do, for screens and programs that offer only what will work.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call};
use access::{Action, CAPABILITIES, FieldAccess, Rights};
use metadata::Object;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/me", "getMe", Tag::Me, "Who is signed in, and where.").answers(200, "Me", "The user, the workspace, a token against forged requests."),
        Route::get("/me/rights", "getMyRights", Tag::Me, "What you may do with which object and field.").answers(200, "Rights", "Objects that you may not know of are left out.").here(rights),
    ]
}

fn rights(call: Call) -> Work {
    Box::pin(async move {
        let json = call
            .ask(|tx| {
                let (rights, registry) = (tx.rights(), tx.registry());
                let objects: Map<String, Json> = registry.objects().filter_map(|object| Some((object.name.to_string(), of(rights, object)?))).collect();
                let capabilities: Vec<_> = CAPABILITIES.iter().filter(|c| rights.capability(c)).collect();
                let roles: Vec<_> = rights.roles().iter().map(|role| json!({"name": role.name, "label": role.label})).collect();
                Ok(json!({"roles": roles, "capabilities": capabilities, "objects": objects}))
            })
            .await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

/// `None` where the asker can do nothing with the object.
fn of(rights: &Rights, object: &Arc<Object>) -> Option<Json> {
    let (read, create) = (rights.can(object, Action::Read), rights.can_create(object));
    if !read && !create {
        return None;
    }
    let word = |access| match access {
        FieldAccess::Write => Some("write"),
        FieldAccess::Read => Some("read"),
        FieldAccess::Masked => Some("masked"),
        FieldAccess::Hidden => None,
    };
    let fields: Map<String, Json> = object.live_fields().filter_map(|field| Some((field.name().to_owned(), word(rights.field(object, field))?.into()))).collect();
    let (update, delete) = (rights.can(object, Action::Update), rights.can(object, Action::Delete));
    Some(json!({"create": create, "read": read, "update": update, "delete": delete, "export": read && rights.capability("export"), "fields": fields}))
}
