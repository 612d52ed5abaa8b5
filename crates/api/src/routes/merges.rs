//! Two records into one, and back.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/records/{object}/{id}/merge",
            "mergeRecords",
            Tag::Records,
            "Merges another record of the same object into this one. Values of this record count, those of the other where it has none, or as `fields` says; what referred to the other refers to this one; the other is archived and says where it went.",
        )
        .body("Merge", true)
        .answers(200, "MergeAnswer", "Both are one.")
        .here(merge),
        Route::get("/merges/{id}", "getMerge", Tag::Records, "A merge: which record went into which, and whether it was taken back.").answers(200, "MergeShown", "The merge.").here(shown),
        Route::delete("/merges/{id}", "unmergeRecords", Tag::Records, "Takes a merge back: both sides as they were. Later edits stay and are named; what was added since stays with the record that won.")
            .answers(200, "UnmergeAnswer", "Both are there again.")
            .here(unmerge),
    ]
}

fn merge(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id, body) = (call.object(), call.id()?, std::mem::take(&mut call.body));
        call.change(move |tx| tx.merge(&object, id, &body).map(|json| Answer::json(200, &json))).await
    })
}

fn shown(call: Call) -> Work {
    Box::pin(async move {
        let id = call.id()?;
        let json = call.ask(move |tx| tx.merge_shown(id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn unmerge(mut call: Call) -> Work {
    Box::pin(async move {
        let id = call.id()?;
        call.change(move |tx| tx.unmerge(id).map(|json| Answer::json(200, &json))).await
    })
}
