//! What happened with a record, who changed it, who may see it.

use super::{Route, Tag, Work};
use crate::{
    ApiError,
    answer::Answer,
    call::Call,
    input::{
        find,
        shape::{CURSOR, LIMIT},
    },
};
use axum::response::Response;
use kernel::{RecordId, Result};
use records::{Paging, Tx};
use serde_json::Value as Json;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/records/{object}/{id}/timeline", "getTimeline", Tag::History, "What happened with the record, newest first.")
            .query(&[LIMIT, CURSOR])
            .answers(200, "TimelinePage", "The page.")
            .here(timeline),
        Route::get("/records/{object}/{id}/history", "getHistory", Tag::History, "Who changed what, newest first.").query(&[LIMIT, CURSOR]).answers(200, "HistoryPage", "The page.").here(history),
        Route::get("/records/{object}/{id}/access", "getAccess", Tag::History, "Who may see or change the record, and why.")
            .query(&[LIMIT, CURSOR])
            .answers(200, "AccessPage", "The page.")
            .here(access),
    ]
}

type Asked = fn(&mut Tx, &str, RecordId, &Paging) -> Result<Json>;

fn timeline(call: Call) -> Work {
    Box::pin(page(call, |tx, object, id, paging| tx.timeline(object, id, paging)))
}
fn history(call: Call) -> Work {
    Box::pin(page(call, |tx, object, id, paging| tx.history(object, id, paging)))
}
fn access(call: Call) -> Work {
    Box::pin(page(call, |tx, object, id, paging| tx.access_list(object, id, paging)))
}

async fn page(call: Call, asked: Asked) -> Result<Response, ApiError> {
    let (object, id, paging) = (call.object(), call.id()?, find::paging(&call.query)?);
    let json = call.ask(move |tx| asked(tx, &object, id, &paging)).await?;
    Ok(Answer::json(200, &json).into_response())
}
