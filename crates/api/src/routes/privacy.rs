//! May a person be used for something, what of them has left, and addresses that must not be used any more. The decisions
//! are the privacy part's, through the gate that it handed in.

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
fn suppress(mut call: Call) -> Work {
    Box::pin(async move {
        let body = std::mem::take(&mut call.body);
        call.change(move |tx| (tx.gate()?.suppress)(tx, &body).map(|json| Answer::json(201, &json))).await
    })
}
