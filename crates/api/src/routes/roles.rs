//! What each role may do, as a matrix, and changes of it.

use super::{Route, Tag, Work, route::Matching};
use crate::{answer::Answer, call::Call};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/roles", "listRoles", Tag::Me, "Every role and what it does to every object; needs the capability `manage_roles` or `read_configuration`.")
            .answers(200, "Roles", "All of them.")
            .here(list),
        Route::post("/roles", "newRole", Tag::Me, "Makes a role of your own that may do what another one may; it is then given to people as every role is. Its record is archived to be rid of it.")
            .body("NewRole", true)
            .answers(201, "Role", "The new role.")
            .here(make),
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
fn make(mut call: Call) -> Work {
    Box::pin(async move {
        let body = std::mem::take(&mut call.body);
        call.change(move |tx| Ok(Answer::json(201, &tx.new_role(&body)?))).await
    })
}
fn change(mut call: Call) -> Work {
    Box::pin(async move {
        let (name, body) = (call.part("role").to_owned(), std::mem::take(&mut call.body));
        call.change(move |tx| Ok(Answer::json(200, &tx.change_role(&name, &body)?))).await
    })
}
