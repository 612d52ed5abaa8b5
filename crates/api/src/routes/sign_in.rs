//! Routes whose handlers are the server's: sign-in, health, figures. Described here, so that one document has all.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call, openapi};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("//healthz", "getHealth", Tag::Operation, "Whether the process runs.").open().sends("text/plain", "It does."),
        Route::get("//readyz", "getReadiness", Tag::Operation, "Whether requests can be served; 503 while not.").open().sends("text/plain", "They can."),
        Route::get("//metrics", "getMetrics", Tag::Operation, "Figures in the text format of Prometheus; open on a loopback listener, else for a token.").open().sends("text/plain", "The figures."),
        Route::get("/openapi.json", "getOpenApi", Tag::Operation, "This document. Signed in, the names of the objects you may see stand in it.")
            .open()
            .answers(200, "OpenApi", "OpenAPI 3.1.")
            .here(document),
        Route::post("/auth/login", "signIn", Tag::SignIn, "Begins a session: a cookie, and a token against forged requests that unsafe methods send as `X-CSRF-Token`.")
            .open()
            .unkeyed()
            .body("Login", true)
            .answers(200, "SignedIn", "Signed in."),
        Route::post("/auth/logout", "signOut", Tag::SignIn, "Ends this session.").open().unkeyed().answers(204, "-", "Signed out."),
        Route::post("/auth/password", "changePassword", Tag::SignIn, "Changes your password and ends your other sessions.").unkeyed().body("PasswordChange", true).answers(204, "-", "Changed."),
        Route::post("/auth/invitation", "acceptInvitation", Tag::SignIn, "Sets a first password with the token of an invitation link.").open().unkeyed().body("Invitation", true).answers(
            204,
            "-",
            "Set: sign in with it.",
        ),
        Route::get("/auth/sessions", "listSessions", Tag::SignIn, "Where you are signed in.").answers(200, "Sessions", "Your sessions."),
        Route::delete("/auth/sessions/{id}", "endSession", Tag::SignIn, "Ends one of your sessions.").answers(204, "-", "Ended."),
        Route::get("/auth/tokens", "listTokens", Tag::SignIn, "Your tokens, without their secrets.").answers(200, "Tokens", "Your tokens."),
        Route::post("/auth/tokens", "createToken", Tag::SignIn, "Makes a token; its secret is shown this once.").unkeyed().body("TokenInput", true).answers(201, "NewToken", "The token."),
        Route::delete("/auth/tokens/{id}", "revokeToken", Tag::SignIn, "Revokes one of your tokens at once.").answers(204, "-", "Revoked."),
        Route::post("/auth/totp", "beginTotp", Tag::SignIn, "Begins a second factor (RFC 6238): confirm it with a first code.").unkeyed().answers(
            200,
            "TotpSecret",
            "The secret for an authenticator.",
        ),
        Route::post("/auth/totp/confirmation", "confirmTotp", Tag::SignIn, "Switches the second factor on.").unkeyed().body("TotpCode", true).answers(
            200,
            "RecoveryCodes",
            "On: codes for the day the authenticator is lost, shown this once.",
        ),
        Route::delete("/auth/totp", "removeTotp", Tag::SignIn, "Switches the second factor off; takes your password.").body("TotpRemoval", true).answers(204, "-", "Off."),
    ]
}

fn document(call: Call) -> Work {
    Box::pin(async move {
        let mut document = openapi::document(&call.shared.catalogue);
        if call.known_caller().is_some() {
            let names = call.ask(|tx| Ok(tx.definitions()["items"].as_array().map(|items| items.iter().map(|item| item["name"].clone()).collect::<Vec<_>>()).unwrap_or_default())).await?;
            openapi::name_objects(&mut document, names);
        }
        Ok(Answer::json(200, &document).into_response())
    })
}
