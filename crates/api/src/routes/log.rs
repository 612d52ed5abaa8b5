//! The log of what was done with rights and data: questions, heads, proofs.

use super::{Route, Tag, Work};
use crate::{
    ApiError,
    answer::Answer,
    call::Call,
    input::{
        fields::Fields,
        query::Params,
        shape::{CURSOR, LIMIT, Param, Shape, param},
    },
};
use axum::response::Response;
use kernel::{Error, RecordId, Result};
use records::{LogQuestion, Tx};
use serde_json::Value as Json;

const KIND: Param = param("kind", Shape::List, "Only these kinds: sign_in, read, disclosure, grant, ...");
const BY: Param = param("by", Shape::Text(36), "Only what this user did.");
const VIA: Param = param("via", Shape::Text(60), "Only what was done with this session or token, by its id.");
const OBJECT: Param = param("object", Shape::Text(60), "Only entries about this object.");
const RECORD: Param = param("record", Shape::Text(64), "Only entries about just this record, user, token or change set.");
const SAW: Param = param("saw", Shape::Text(36), "Only readings that showed this record: who saw it. Name its object too, and the answer comes sooner.");
const SEARCHED: Param = param("searched", Shape::Text(200), "Only searches for just these words.");
const FROM: Param = param("from", Shape::Instant, "Entries written from then on.");
const UNTIL: Param = param("until", Shape::Instant, "Entries written before then.");
const ENTRY: Param = Param { required: true, ..param("entry", Shape::Text(18), "Number of the entry, from 0.") };
const OLD: Param = Param { required: true, ..param("from", Shape::Text(18), "How many entries the log had at the earlier head.") };
const SIZE: Param = param("size", Shape::Text(18), "How many entries the log had; as many as it has now, unless given.");

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/log", "listLog", Tag::Log, "Entries of the log, the newest first, for who may read it. What was read until now is written down first.")
            .query(&[KIND, BY, VIA, OBJECT, RECORD, SAW, SEARCHED, FROM, UNTIL, LIMIT, CURSOR])
            .answers(200, "LogPage", "The page.")
            .here(list),
        Route::get("/log/head", "getLogHead", Tag::Log, "The log as it stands, signed. Keep the note elsewhere: it proves later that nothing before it was changed.")
            .answers(200, "LogHead", "Size, root and signed note (c2sp.org/tlog-checkpoint).")
            .here(head),
        Route::get("/log/inclusion", "proveLogEntry", Tag::Log, "The audit path of an entry (RFC 9162, 2.1.3): that it is in the log.")
            .query(&[ENTRY, SIZE])
            .answers(200, "LogInclusion", "The path, from the leaf up.")
            .here(inclusion),
        Route::get("/log/consistency", "proveLogGrowth", Tag::Log, "That the log begins with the log of an earlier head (RFC 9162, 2.1.4).")
            .query(&[OLD, SIZE])
            .answers(200, "LogConsistency", "The path.")
            .here(consistency),
        Route::ask("/log/verification", "verifyLog", Tag::Log, "Reads the whole log and compares it with its hashes, and with heads that were kept elsewhere.")
            .body("LogHeads", false)
            .answers(200, "LogVerified", "What was found; nothing, where all is as it was written.")
            .here(verify),
        Route::get("/log/paused", "listPaused", Tag::Log, "Who read far more than usual and is paused.").answers(200, "PausedReaders", "Nobody, most days.").here(paused),
        Route::post("/log/paused/resume", "resumeReader", Tag::Log, "Lets a reader go on, for who manages users; not for oneself.")
            .body("ResumeReader", true)
            .answers(204, "-", "They may read again.")
            .here(resume),
        Route::get("/log/{entry}", "getLogEntry", Tag::Log, "One entry, with the records that it showed.").answers(200, "LogEntry", "The entry.").here(entry),
    ]
}

fn list(call: Call) -> Work {
    Box::pin(async move {
        let q = &call.query;
        let text = |name: &str| q.text(name).filter(|t| !t.is_empty()).map(str::to_owned);
        let asked = LogQuestion {
            kinds: q.list("kind")?.unwrap_or_default(),
            by: id(q, "by")?,
            via: text("via"),
            object: text("object"),
            record: text("record"),
            saw: id(q, "saw")?,
            searched: text("searched"),
            from: q.instant("from")?,
            until: q.instant("until")?,
            limit: q.limit()?,
            cursor: text("cursor"),
        };
        settle(&call).await?;
        answered(&call, move |tx| tx.ask_log(&asked)).await
    })
}
fn entry(call: Call) -> Work {
    Box::pin(async move {
        let number = call.part("entry").parse().map_err(|_| Error::not_found("entry of that number"))?;
        answered(&call, move |tx| tx.log_entry(number)).await
    })
}
fn head(call: Call) -> Work {
    Box::pin(async move {
        settle(&call).await?;
        answered(&call, |tx| tx.log_head()).await
    })
}
fn inclusion(call: Call) -> Work {
    Box::pin(async move {
        let (entry, size) = (number(&call.query, "entry")?.unwrap_or(0), number(&call.query, "size")?);
        answered(&call, move |tx| tx.log_inclusion(entry, size)).await
    })
}
fn consistency(call: Call) -> Work {
    Box::pin(async move {
        let (from, size) = (number(&call.query, "from")?.unwrap_or(0), number(&call.query, "size")?);
        answered(&call, move |tx| tx.log_consistency(from, size)).await
    })
}
fn verify(mut call: Call) -> Work {
    Box::pin(async move {
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let heads = fields.texts("heads").unwrap_or_default();
        fields.end()?;
        answered(&call, move |tx| serde_json::to_value(tx.verify_log(&heads)?).map_err(|e| Error::internal(e.to_string()))).await
    })
}

fn paused(call: Call) -> Work {
    Box::pin(async move { answered(&call, |tx| tx.paused_readers()).await })
}
fn resume(mut call: Call) -> Work {
    Box::pin(async move {
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let reader = fields.needed("reader");
        fields.end()?;
        let answer = call.change(move |tx| tx.resume_reader(&reader).map(|()| Answer::nothing())).await?;
        let workspace = call.caller()?.workspace.clone();
        tokio::task::spawn_blocking(move || workspace.learn_paused()).await.map_err(|e| Error::internal(format!("a task ended: {e}")))??;
        Ok(answer)
    })
}

/// Writes down what was read until now, for those who may read it: others cause no work.
async fn settle(call: &Call) -> std::result::Result<(), ApiError> {
    call.ask(|tx| tx.may_read_log()).await?;
    call.settle("log").await
}
async fn answered(call: &Call, f: impl FnOnce(&mut Tx) -> Result<Json> + Send + 'static) -> std::result::Result<Response, ApiError> {
    let json = call.ask(f).await?;
    Ok(Answer::json(200, &json).into_response())
}
fn id(query: &Params, name: &str) -> Result<Option<RecordId>> {
    let Some(text) = query.text(name).filter(|t| !t.is_empty()) else { return Ok(None) };
    text.parse().map(Some).map_err(|()| Error::parameter(name, "bad_parameter", format!("The parameter \"{name}\" cannot be used: it is an id.")))
}
fn number(query: &Params, name: &str) -> Result<Option<u64>> {
    let Some(text) = query.text(name).filter(|t| !t.is_empty()) else { return Ok(None) };
    let number = text.parse().ok().filter(|n| i64::try_from(*n).is_ok());
    number.map(Some).ok_or_else(|| Error::parameter(name, "bad_parameter", format!("The parameter \"{name}\" cannot be used: it is a number from 0 up.")))
}
