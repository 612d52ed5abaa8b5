//! What each role may do, as a matrix, and changes of it.

use super::{Route, Tag, Work, route::Matching};
use crate::{answer::Answer, call::Call};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/roles", "listRoles", Tag::Me, "Every role and what it does to every object; needs the capability `manage_roles` or `read_configuration`.")
            .answers(200, "Roles", "All of them.")
            .here(list),
        Route::patch("/roles/{role}", "changeRole", Tag::Me, "Changes what a role may do; what is not named stays. Archive its record to have the shipped role again.", "RoleInput")
            .matching(Matching::No)
            .answers(200, "Role", "The role as it is now.")
            .here(change),
    ]
}
fn list(call: Call) -> Work {
    Box::pin(async move {
        let json = call.ask(|tx| tx.roles()).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
fn change(mut call: Call) -> Work {
    Box::pin(async move {
        let (name, body) = (call.part("role").to_owned(), std::mem::take(&mut call.body));
        call.change(move |tx| Ok(Answer::json(200, &tx.change_role(&name, &body)?))).await
    })
}
