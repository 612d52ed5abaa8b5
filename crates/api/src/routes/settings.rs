//! Settings of the workspace.

use super::{Route, Tag, Work, route::Matching};
use crate::{answer::Answer, call::Call};
use serde_json::json;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings", "getSettings", Tag::Me, "Settings of the workspace.").answers(200, "Settings", "All of them.").here(get),
        Route::patch("/settings", "updateSettings", Tag::Me, "Changes settings; needs the capability `configure`. The currency is fixed once amounts are stored.", "SettingsInput")
            .matching(Matching::No)
            .answers(200, "Settings", "All of them.")
            .here(change),
    ]
}
fn get(call: Call) -> Work {
    Box::pin(async move {
        let json = call.ask(|tx| Ok(json!(**tx.settings()))).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
fn change(mut call: Call) -> Work {
    Box::pin(async move {
        let body = std::mem::take(&mut call.body);
        call.define(move |tx| Ok(Answer::json(200, &json!(tx.change_settings(&body)?)))).await
    })
}
