//! Records: list, create, read, change, archive, restore, upsert.

use super::{Route, Tag, Work, route::Matching};
use crate::{
    answer::Answer,
    call::Call,
    input::{
        find,
        shape::{ARCHIVED, AS_OF, COUNT, CURSOR, FIELDS, FILTER, INCLUDE, LIMIT, SORT},
    },
};
use kernel::{Code, RecordId, Result};
use records::{Get, Saved, Tx};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/records/{object}", "listRecords", Tag::Records, "A page of records.")
            .query(&[FILTER, SORT, LIMIT, CURSOR, FIELDS, INCLUDE, COUNT, ARCHIVED, AS_OF])
            .answers(200, "RecordPage", "The page.")
            .here(list),
        Route::post("/records/{object}", "createRecord", Tag::Records, "Makes a record.").body("RecordInput", true).answers(201, "Record", "The whole record.").etag().location().here(create),
        Route::ask("/records/{object}/query", "queryRecords", Tag::Records, "A page of records, asked with a body.").body("Find", false).answers(200, "RecordPage", "The page.").here(query),
        Route::get("/records/{object}/{id}", "getRecord", Tag::Records, "One record, archived or not.").query(&[FIELDS, INCLUDE, AS_OF]).answers(200, "Record", "The record.").etag().here(get),
        Route::patch("/records/{object}/{id}", "updateRecord", Tag::Records, "Changes the fields that are sent; null empties one.", "RecordInput")
            .answers(200, "Record", "The whole record.")
            .etag()
            .here(update),
        Route::delete("/records/{object}/{id}", "archiveRecord", Tag::Records, "Archives a record.").matching(Matching::Honoured).answers(204, "-", "Archived.").here(archive),
        Route::post("/records/{object}/{id}/restoration", "restoreRecord", Tag::Records, "Brings an archived record back.")
            .matching(Matching::Honoured)
            .answers(200, "Record", "The whole record.")
            .etag()
            .here(restore),
        Route::put("/records/{object}/by/{field}/{value}", "upsertRecord", Tag::Records, "Changes the record whose unique field has that value, or makes it.")
            .body("RecordInput", false)
            .answers(200, "Record", "Changed: the whole record.")
            .etag()
            .answers(201, "Record", "Made: the whole record.")
            .etag()
            .location()
            .here(upsert),
    ]
}

fn list(call: Call) -> Work {
    Box::pin(async move {
        let question = find::from_query(call.object(), &call.query)?;
        page(call, question).await
    })
}
fn query(call: Call) -> Work {
    Box::pin(async move {
        let question = find::from_body(call.object(), &call.body)?;
        page(call, question).await
    })
}
async fn page(call: Call, question: records::Find) -> Result<axum::response::Response, crate::ApiError> {
    call.settle(&question.object).await?;
    let json = call.ask(move |tx| tx.find(&question)).await?;
    Ok(Answer::bytes(200, json).into_response())
}

fn get(call: Call) -> Work {
    Box::pin(async move {
        let (object, id, how) = (call.object(), call.id()?, find::get(&call.query)?);
        let plain = how.include.is_empty() && how.as_of.is_none();
        let name = object.clone();
        let read = move |tx: &mut Tx| tx.get(&object, id, &how);
        let one = if plain { call.ask_one(&name, read).await? } else { call.ask(read).await? };
        Ok(Answer::bytes(200, one.json).version(one.version).into_response())
    })
}

fn create(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, input) = (call.object(), std::mem::take(&mut call.body));
        call.change(move |tx| {
            let saved = tx.create(&object, &input)?;
            whole(tx, 201, &object, &saved)
        })
        .await
    })
}

fn update(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id, input, if_match) = (call.object(), call.id()?, std::mem::take(&mut call.body), call.if_match);
        call.change(move |tx| {
            let saved = tx.update(&object, id, &input, if_match)?;
            whole(tx, 200, &object, &saved)
        })
        .await
    })
}

fn archive(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id, if_match) = (call.object(), call.id()?, call.if_match);
        call.change(move |tx| tx.archive(&object, id, if_match).map(|_| Answer::nothing())).await
    })
}

fn restore(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id, if_match) = (call.object(), call.id()?, call.if_match);
        call.nothing_in_body()?;
        call.change(move |tx| {
            let saved = tx.restore(&object, id, if_match)?;
            whole(tx, 200, &object, &saved)
        })
        .await
    })
}

fn upsert(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, field, value) = (call.object(), call.part("field").to_owned(), call.part("value").to_owned());
        let (input, if_match) = (std::mem::take(&mut call.body), call.if_match);
        call.change(move |tx| {
            let (saved, created) = tx.upsert(&object, &field, &value, &input, if_match)?;
            whole(tx, if created { 201 } else { 200 }, &object, &saved)
        })
        .await
    })
}

/// The record as its writer may see it now. Who has written what they may not read is told id and version only.
pub(super) fn whole(tx: &mut Tx, status: u16, object: &str, saved: &Saved) -> Result<Answer> {
    let answer = match tx.get(object, saved.id, &Get::default()) {
        Ok(one) => Answer::bytes(status, one.json).version(one.version),
        Err(e) if matches!(e.code, Code::NotFound | Code::Forbidden) => Answer::json(status, &serde_json::json!({"id": saved.id, "version": saved.version})).version(saved.version),
        Err(e) => return Err(e),
    };
    let answer = Answer { record: Some((object.to_owned(), saved.id)), ..answer };
    Ok(if status == 201 { answer.location(path(object, saved.id)) } else { answer })
}

pub(super) fn path(object: &str, id: RecordId) -> String {
    format!("/records/{object}/{id}")
}
