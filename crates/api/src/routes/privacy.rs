//! May a person be used for something, what of them has left, and addresses that must not be used any more. The decisions
//! are the privacy part's, through the gate that it handed in.

use super::{Route, Tag, Work};
use crate::{
    answer::Answer,
    call::Call,
    download,
    input::{
        fields::Fields,
        find,
        shape::{CURSOR, LIMIT},
    },
    request_id::hex,
};
use access::{Exit, Permit};
use kernel::Error;
use records::Disclosed;
use sha2::{Digest, Sha256};

mod page;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/records/{object}/{id}/permissions", "getPermissions", Tag::Privacy, "Whether one may call, write or send marketing to this contact, account or lead, and why.")
            .answers(200, "Permissions", "By purpose and channel.")
            .here(permissions),
        Route::get("/records/{object}/{id}/disclosures", "listDisclosures", Tag::Privacy, "What of this person has left, to whom and why, newest first.")
            .query(&[LIMIT, CURSOR])
            .answers(200, "RecordPage", "The page: records of the object `disclosure`.")
            .here(disclosures),
        Route::get("/records/{object}/{id}/erasure", "getErasure", Tag::Privacy, "What erasing this person would take and what the law keeps; afterwards how far it is.")
            .answers(200, "Erasure", "The preview, or the erasure.")
            .here(preview),
        Route::post("/records/{object}/{id}/erasure", "erase", Tag::Privacy, "Erases a contact, a lead or a household for good. With `preview` it only says what would go.")
            .body("ErasureInput", false)
            .answers(200, "Erasure", "The preview.")
            .answers(202, "Erasure", "It is erased; files, index and free pages follow.")
            .here(erase),
        Route::post(
            "/records/{object}/{id}/copy",
            "copyPerson",
            Tag::Privacy,
            "All that is kept about a contact, a lead or a household, as a file for that person (GDPR Art. 15 and 20); nobody else is named in it.",
        )
        .body("CopyInput", false)
        .sends("application/octet-stream", "The file: JSON, or a page to be read and printed.")
        .here(copy),
        Route::post("/suppressions", "addSuppression", Tag::Privacy, "Notes an address that must not be used any more, as a keyed hash.")
            .body("SuppressionInput", true)
            .answers(201, "Made", "The id of the suppression.")
            .here(suppress),
    ]
}

fn permissions(call: Call) -> Work {
    Box::pin(async move {
        let (object, id) = (call.object(), call.id()?);
        let json = call.ask(move |tx| (tx.gate()?.permissions)(tx, &object, id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
fn disclosures(call: Call) -> Work {
    Box::pin(async move {
        let (object, id, paging) = (call.object(), call.id()?, find::paging(&call.query)?);
        call.settle("disclosure").await?;
        let json = call.ask(move |tx| (tx.gate()?.disclosures)(tx, &object, id, &paging)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
fn preview(call: Call) -> Work {
    Box::pin(async move {
        let (object, id) = (call.object(), call.id()?);
        let json = call.ask(move |tx| (tx.gate()?.erasure)(tx, &object, id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
fn erase(mut call: Call) -> Work {
    Box::pin(async move {
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let only_look = fields.flag("preview").unwrap_or(false);
        fields.end()?;
        if only_look {
            return preview(call).await;
        }
        let (object, id, workspace) = (call.object(), call.id()?, call.caller()?.workspace.clone());
        let answered = call.change(move |tx| (tx.gate()?.erase)(tx, &object, id).map(|json| Answer::json(202, &json))).await?;
        // Not before the answer may a restore forget it; the rest takes its time.
        tokio::task::spawn_blocking(move || {
            let kept = workspace.keep_ledger();
            drop(tokio::task::spawn_blocking(move || {
                if let Err(e) = workspace.finish_erasures() {
                    tracing::error!(error = %e, "an erasure is not finished; it is tried again");
                }
            }));
            kept
        })
        .await
        .map_err(|e| Error::internal(format!("a task ended: {e}")))??;
        Ok(answered)
    })
}
fn copy(mut call: Call) -> Work {
    Box::pin(async move {
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let (format, language) = (fields.text("format"), fields.text("language"));
        let as_page = match format.as_deref() {
            None | Some("json") => false,
            Some("html") => true,
            Some(_) => {
                fields.refuse("format", "unknown_option", "A copy is json, for programs, or html, to be read and printed.");
                false
            }
        };
        if language.as_deref().is_some_and(|l| !matches!(l, "en" | "de")) {
            fields.refuse("language", "unknown_option", "The page is written in en or de.");
        }
        fields.end()?;
        let (object, id, caller) = (call.object(), call.id()?, call.caller()?);
        let (permit, bytes) = caller
            .workspace
            .write(&caller.ctx, move |tx| {
                let copy = (tx.gate()?.copy)(tx, &object, id)?;
                let permit = Permit::ask(tx.rights(), tx.ctx(), Exit::SubjectCopy, Some(&object), "subject copy", tx.new_id())?;
                let language = language.or_else(|| copy["language"].as_str().map(str::to_owned)).unwrap_or_else(|| tx.settings().language.clone());
                let bytes = if as_page { page::of(&copy, &language).into_bytes() } else { serde_json::to_vec_pretty(&copy).map_err(|e| Error::internal(e.to_string()))? };
                let subjects = tx.subjects(&object, &[id])?;
                let count = copy["objects"].as_array().into_iter().flatten().map(|o| o["records"].as_array().map_or(0, Vec::len)).sum::<usize>();
                let hash = Some(hex(&Sha256::digest(&bytes)));
                tx.disclose(&Disclosed { count: i64::try_from(count).unwrap_or(i64::MAX), hash, fields: ["everything".to_owned()].into(), subjects, ..Disclosed::under(&permit, "the person") })?;
                Ok((permit, bytes))
            })
            .await?;
        let (name, media_type) = if as_page { ("copy.html", "text/html; charset=utf-8") } else { ("copy.json", "application/json") };
        Ok(download::bytes(&permit, name, media_type, bytes))
    })
}
fn suppress(mut call: Call) -> Work {
    Box::pin(async move {
        let body = std::mem::take(&mut call.body);
        call.change(move |tx| (tx.gate()?.suppress)(tx, &body).map(|json| Answer::json(201, &json))).await
    })
}
