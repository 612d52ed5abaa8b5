//! Mass changes and how they are undone.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call, input::fields::Fields};
use kernel::{Ctx, RecordId};
use records::{UndoMode, Workspace};
use serde_json::json;
use std::sync::{Arc, OnceLock};

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
        let left: Arc<OnceLock<RecordId>> = Arc::default();
        let leaving = left.clone();
        let answer = call
            .change(move |tx| {
                let undoing = tx.begin_undo(id, mode)?;
                // a small one is done when the answer comes; of a large one the first step
                let more = tx.undo_step(undoing)?;
                if more {
                    leaving.get_or_init(|| undoing);
                }
                let answer = Answer::json(202, &json!({"id": undoing.to_string(), "status": if more { "running" } else { "done" }}));
                Ok(answer.location(format!("/change-sets/{undoing}")))
            })
            .await?;
        if let Some(undoing) = left.get() {
            let caller = call.caller()?;
            go_on(caller.workspace.clone(), caller.ctx.clone(), *undoing);
        }
        Ok(answer)
    })
}

/// The rest of a large undo, in the background. A stop or a kill cuts it off between two steps; the next start goes on.
fn go_on(workspace: Workspace, ctx: Ctx, undoing: RecordId) {
    // detached on purpose: the change set says how far it is
    drop(tokio::task::spawn_blocking(move || {
        if let Err(error) = workspace.finish_undo(&ctx, undoing, &mut |_| {}) {
            tracing::error!(change_set = %undoing, %error, "an undo stopped; it goes on at the next start, or when it is asked for again");
        }
    }));
}
