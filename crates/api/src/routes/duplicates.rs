//! Records that may be here twice: beside a record, before one is saved, and as a queue.

use super::{Route, Tag, Work};
use crate::{
    answer::Answer,
    call::Call,
    input::{
        fields::Fields,
        find,
        shape::{CURSOR, LIMIT},
    },
};
use kernel::Error;
use serde_json::json;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/duplicates/{object}", "listDuplicates", Tag::Records, "Pairs of accounts, contacts or leads that may be the same, the surest first: those whose both sides you may read.")
            .query(&[LIMIT, CURSOR])
            .answers(200, "DuplicatePage", "The page.")
            .here(queue),
        Route::post("/duplicates/{object}/search", "searchDuplicates", Tag::Records, "Looks through all records of an object now, in the background, for who may make mass changes or merges.")
            .answers(202, "SearchStarted", "It has begun.")
            .here(search),
        Route::ask("/records/{object}/looks-like", "looksLike", Tag::Records, "Records that you may read and that may be the same as these values, before they are saved.")
            .body("LooksLikeInput", false)
            .answers(200, "LooksLike", "What they look like.")
            .here(looks_like),
        Route::get("/records/{object}/{id}/duplicates", "getDuplicates", Tag::Records, "What may be the same as this record, and what was merged into it.")
            .answers(200, "Duplicates", "Other records, the surest first.")
            .here(of_record),
        Route::post("/records/{object}/{id}/distinct", "setDistinct", Tag::Records, "Remembers that another record is not a duplicate of this one, or forgets it again.")
            .body("Distinct", true)
            .answers(204, "-", "Remembered.")
            .here(distinct),
    ]
}

fn queue(call: Call) -> Work {
    Box::pin(async move {
        let (object, paging) = (call.object(), find::paging(&call.query)?);
        let json = call.ask(move |tx| tx.duplicates(&object, &paging)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn of_record(call: Call) -> Work {
    Box::pin(async move {
        let (object, id) = (call.object(), call.id()?);
        let json = call.ask(move |tx| tx.duplicates_of(&object, id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn looks_like(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, values) = (call.object(), std::mem::take(&mut call.body));
        let json = call.ask(move |tx| tx.looks_like(&object, &values)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn distinct(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id) = (call.object(), call.id()?);
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let other = fields.text("other").and_then(|text| text.parse().ok());
        if other.is_none() {
            fields.refuse("other", "required", "Name the id of the other record.");
        }
        let distinct = fields.flag("distinct").unwrap_or(true);
        fields.end()?;
        let other = other.ok_or_else(|| Error::field("other", "required", "Name the id of the other record."))?;
        call.change(move |tx| tx.set_distinct(&object, id, other, distinct).map(|()| Answer::nothing())).await
    })
}

fn search(mut call: Call) -> Work {
    Box::pin(async move {
        call.nothing_in_body()?;
        let object = call.object();
        let named = object.clone();
        call.ask(move |tx| tx.may_search_duplicates(&named)).await?;
        let workspace = call.caller()?.workspace.clone();
        // detached on purpose: the queue shows what it finds; where a search is under way this asks for no second
        drop(tokio::task::spawn_blocking(move || {
            if let Err(error) = workspace.search_duplicates(&object) {
                tracing::error!(object, %error, "the search for duplicates stopped");
            }
        }));
        Ok(Answer::json(202, &json!({"status": "running"})).into_response())
    })
}
