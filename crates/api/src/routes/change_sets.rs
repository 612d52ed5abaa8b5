//! Mass changes and how they are undone.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call, input::fields::Fields};
use records::UndoMode;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/change-sets/{id}", "getChangeSet", Tag::ChangeSets, "A mass change: who, when, how many, and what an undoing restored and skipped.")
            .answers(200, "ChangeSet", "The change set.")
            .here(get),
        Route::post(
            "/change-sets/{id}/undo",
            "undoChangeSet",
            Tag::ChangeSets,
            "Restores, per field, what still has the value that the set wrote, and archives what it made. `force` overrides later edits. What has left the building stays where it is.",
        )
        .body("Undo", false)
        .answers(202, "UndoAnswer", "The change set that undoes.")
        .location()
        .here(undo),
    ]
}

fn get(call: Call) -> Work {
    Box::pin(async move {
        let id = call.id()?;
        let json = call.ask(move |tx| tx.change_set(id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn undo(mut call: Call) -> Work {
    Box::pin(async move {
        let id = call.id()?;
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let mode = fields.text("mode");
        if !matches!(mode.as_deref(), None | Some("safe" | "force")) {
            fields.refuse("mode", "unknown_option", "Not one of the options: safe, force.");
        }
        fields.end()?;
        let mode = if mode.as_deref() == Some("force") { UndoMode::Force } else { UndoMode::Safe };
        call.change(move |tx| {
            let json = tx.undo(id, mode)?;
            let answer = Answer::json(202, &json);
            Ok(match json["id"].as_str() {
                Some(made) => answer.location(format!("/change-sets/{made}")),
                None => answer,
            })
        })
        .await
    })
}
