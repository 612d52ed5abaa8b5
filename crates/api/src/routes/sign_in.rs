//! Routes whose handlers are the server's: sign-in, health, figures. Described here, so that one document has all.

use super::{Route, Tag, Work, route::Matching};
use crate::{
    answer::Answer,
    call::Call,
    input::shape::{Param, Shape, param},
    openapi,
};

const NEXT: Param = param("next", Shape::Text(2_000), "A path of this server to go on at; `/` if not given.");
const CODE: Param = param("code", Shape::Text(4_000), "The provider's code.");
const STATE: Param = param("state", Shape::Text(200), "What the sign-in was begun with.");
const ISS: Param = param("iss", Shape::Text(2_000), "Who the provider says it is (RFC 9207).");
const ERROR: Param = param("error", Shape::Text(200), "Why the provider gives no code.");

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
        Route::get("/auth/providers", "listSignInProviders", Tag::SignIn, "Providers of single sign-on that can be used here.").open().answers(200, "SignInProviders", "The providers."),
        Route::get("/auth/oidc/{provider}/start", "startSingleSignOn", Tag::SignIn, "Sends a browser to a provider of single sign-on (OpenID Connect); it comes back signed in.")
            .open()
            .query(&[NEXT])
            .answers(303, "-", "To the provider; or to the sign-in screen, which says that the provider does not answer.")
            .location(),
        Route::get("/auth/oidc/{provider}/callback", "finishSingleSignOn", Tag::SignIn, "Where the provider sends the browser back to. It works once, in the browser that began.")
            .open()
            .query(&[CODE, STATE, ISS, ERROR])
            .answers(303, "-", "Signed in, by a cookie; or to the sign-in screen, which says why not.")
            .location(),
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
        Route::post("/auth/login/passkey", "askForPasskey", Tag::SignIn, "Asks a browser to sign in by a passkey (Web Authentication Level 3). `options` go to `navigator.credentials.get`.")
            .open()
            .unkeyed()
            .body("PasskeySignIn", false)
            .answers(200, "PasskeyAsked", "What to sign; it counts once and for five minutes."),
        Route::post("/auth/login/passkey/answer", "signInByPasskey", Tag::SignIn, "Begins a session by a passkey; it counts as two factors, so no code is asked for.")
            .open()
            .unkeyed()
            .body("PasskeyAnswer", true)
            .answers(200, "SignedIn", "Signed in."),
        Route::get("/auth/passkeys", "listPasskeys", Tag::SignIn, "Your passkeys, and the address at which they work.").answers(200, "Passkeys", "Your passkeys."),
        Route::post("/auth/passkeys", "beginPasskey", Tag::SignIn, "Begins a passkey: `options` go to `navigator.credentials.create`.").unkeyed().answers(
            200,
            "PasskeyAsked",
            "What to make; it counts once and for five minutes.",
        ),
        Route::post("/auth/passkeys/registration", "addPasskey", Tag::SignIn, "Keeps the passkey that a browser made.").unkeyed().body("PasskeyRegistration", true).answers(
            201,
            "NewPasskey",
            "Kept: sign in by it.",
        ),
        Route::patch("/auth/passkeys/{id}", "renamePasskey", Tag::SignIn, "Gives one of your passkeys another name.", "PasskeyName")
            .matching(Matching::No)
            .body("PasskeyName", true)
            .answers(204, "-", "Renamed."),
        Route::delete("/auth/passkeys/{id}", "removePasskey", Tag::SignIn, "Removes one of your passkeys.").answers(204, "-", "Removed."),
        Route::get("/auth/fresh", "getFreshness", Tag::SignIn, "When this session last proved whose it is, and by what it can do so again.").answers(200, "Freshness", "The means."),
        Route::post("/auth/fresh", "proveAnew", Tag::SignIn, "Proves again whose session this is, where a route answered 403 `fresh_sign_in_needed`: by password (and code), or by a passkey.")
            .unkeyed()
            .body("FreshProof", true)
            .answers(204, "-", "Repeat what was refused."),
        Route::post("/auth/fresh/passkey", "askForOwnPasskey", Tag::SignIn, "Asks for one of your passkeys, to prove again whose session this is.").unkeyed().answers(
            200,
            "PasskeyAsked",
            "What to sign; it counts once and for five minutes.",
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
