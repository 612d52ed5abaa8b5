//! Definitions of objects and fields, changed while the server runs.

use super::{Route, Tag, Work, route::Matching};
use crate::{answer::Answer, call::Call};
use kernel::{Code, Error, Result};
use records::{IfMatch, Tx};
use serde_json::Value as Json;

pub(super) fn routes() -> Vec<Route> {
    const ONE: &str = "The whole definition.";
    vec![
        Route::get("/objects", "listObjects", Tag::Objects, "Definitions of the objects you may see.").answers(200, "Definitions", "All of them.").here(list),
        Route::post("/objects", "createObject", Tag::Objects, "Makes an object of your own.").body("DefinitionInput", true).answers(201, "Definition", ONE).etag().location().here(define),
        Route::get("/objects/{object}", "getObject", Tag::Objects, "One definition.").answers(200, "Definition", ONE).etag().here(get),
        Route::post("/objects/{object}", "createObjectByName", Tag::Objects, "Makes an object of that name.")
            .body("DefinitionInput", true)
            .answers(201, "Definition", ONE)
            .etag()
            .location()
            .here(define),
        Route::patch("/objects/{object}", "updateObject", Tag::Objects, "Changes labels, sharing and the like; `archived` takes an object of your own out of use.", "DefinitionInput")
            .answers(200, "Definition", ONE)
            .etag()
            .here(change),
        Route::post("/objects/{object}/fields", "createField", Tag::Objects, "Adds a field; 500 an object at most.")
            .body("FieldInput", true)
            .answers(201, "Definition", ONE)
            .etag()
            .location()
            .here(add_field),
        Route::patch("/objects/{object}/fields/{field}", "updateField", Tag::Objects, "Changes a field: label, help, options; never its type.", "FieldInput")
            .answers(200, "Definition", ONE)
            .etag()
            .here(change_field),
        Route::delete("/objects/{object}/fields/{field}", "archiveField", Tag::Objects, "Takes a field out of use; its values stay until they are purged.")
            .matching(Matching::Honoured)
            .answers(204, "-", "Archived.")
            .here(archive_field),
    ]
}

fn list(call: Call) -> Work {
    Box::pin(async move {
        let json = call.ask(|tx| Ok(tx.definitions())).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn get(call: Call) -> Work {
    Box::pin(async move {
        let object = call.object();
        let answer = call.ask(move |tx| Ok(whole(tx, 200, &tx.definition(&object)?))).await?;
        Ok(answer.into_response())
    })
}

fn define(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, mut body) = (call.object(), std::mem::take(&mut call.body));
        if !object.is_empty() {
            let name = body.entry("name").or_insert_with(|| Json::from(object.as_str()));
            if name.as_str() != Some(object.as_str()) {
                return Err(Error::field("name", "differs", format!("The address says \"{object}\", the body another name.")).into());
            }
        }
        let body = Json::Object(body);
        call.define(move |tx| {
            let made = tx.define_object(&body)?;
            let path = format!("/objects/{}", made["name"].as_str().unwrap_or(""));
            Ok(whole(tx, 201, &made).location(path))
        })
        .await
    })
}

fn change(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, body, if_match) = (call.object(), Json::Object(std::mem::take(&mut call.body)), call.if_match);
        call.define(move |tx| {
            may_define(tx, &object)?;
            current(tx, if_match, true)?;
            let changed = tx.change_object(&object, &body)?;
            Ok(whole(tx, 200, &changed))
        })
        .await
    })
}

fn add_field(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, body) = (call.object(), Json::Object(std::mem::take(&mut call.body)));
        call.define(move |tx| {
            let changed = tx.add_field(&object, &body)?;
            Ok(whole(tx, 201, &changed).location(format!("/objects/{object}")))
        })
        .await
    })
}

fn change_field(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, field, if_match) = (call.object(), call.part("field").to_owned(), call.if_match);
        let body = Json::Object(std::mem::take(&mut call.body));
        call.define(move |tx| {
            may_define(tx, &object)?;
            current(tx, if_match, true)?;
            let changed = tx.change_field(&object, &field, &body)?;
            Ok(whole(tx, 200, &changed))
        })
        .await
    })
}

fn archive_field(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, field, if_match) = (call.object(), call.part("field").to_owned(), call.if_match);
        call.define(move |tx| {
            may_define(tx, &object)?;
            current(tx, if_match, false)?;
            tx.archive_field(&object, &field).map(|_| Answer::nothing())
        })
        .await
    })
}

fn whole(tx: &Tx, status: u16, definition: &Json) -> Answer {
    Answer::json(status, definition).version(tx.registry().version)
}

/// Rights come before `If-Match`; the change itself checks them again.
fn may_define(tx: &Tx, object: &str) -> Result<()> {
    tx.definition(object)?;
    if tx.rights().capability("define") { Ok(()) } else { Err(Error::forbidden("Your role may not change definitions. Ask an administrator for the capability \"define\".")) }
}

/// The tag of a definition is the version of all definitions together.
fn current(tx: &Tx, if_match: IfMatch, needed: bool) -> Result<()> {
    match if_match {
        IfMatch::None if needed => Err(Error::new(Code::PreconditionRequired, "if_match_required", "Send If-Match with the ETag of the definition, or *.")),
        IfMatch::Version(version) if version != tx.registry().version => Err(Error::new(Code::Stale, "stale_version", "Definitions have changed since. Read them again.")),
        _ => Ok(()),
    }
}
