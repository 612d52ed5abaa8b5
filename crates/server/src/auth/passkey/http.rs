//! Routes of passkeys, below `/api/v1`.

use super::super::{
    http::{Answer, Here, address, asking, device, nothing, same_site, signed_in},
    input::Input,
    service::SignedIn,
};
use super::{
    party::party,
    service::{Answered, Asked},
};
use crate::{app::App, config};
use api::ApiError;
use axum::{
    Json as Body, Router,
    extract::{Path, Request, State},
    http::StatusCode,
    response::IntoResponse as _,
    routing::{get, patch, post},
};
use kernel::{Code, Error, RecordId};
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub(in super::super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/passkeys", get(list).post(begin))
        .route("/auth/passkeys/registration", post(finish))
        .route("/auth/passkeys/{id}", patch(rename).delete(remove))
        .route("/auth/login/passkey", post(ask))
        .route("/auth/login/passkey/answer", post(answer))
}

/// What goes to a browser.
pub(in super::super) fn asked_json(asked: &Asked) -> Json {
    json!({ "challenge": asked.challenge, "options": asked.options })
}

/// What a browser sends back, in the form of `PublicKeyCredential.toJSON()`.
pub(in super::super) fn answered(input: &mut Input) -> Option<Answered> {
    let challenge = input.text("challenge");
    let credential = input.object("credential")?;
    Some(Answered { challenge, credential })
}

async fn list(State(app): Here, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let items = person.signed.open.auth.passkeys(person.user.id).await?;
    // where keys work: a page at another address says so instead of failing
    let origin = party(&app).ok().map(|party| party.origin);
    Ok(Body(json!({ "items": items, "origin": origin })).into_response())
}

async fn begin(State(app): Here, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    nothing(request).await?;
    let asked = person.signed.open.auth.begin_passkey(&party(&app)?, &person.user, person.session_needed()?).await?;
    Ok(Body(asked_json(&asked)).into_response())
}

async fn finish(State(app): Here, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let (challenge, name, credential) = (input.text("challenge"), input.optional("name"), input.object("credential"));
    input.end()?;
    let (Some(credential), name) = (credential, name.unwrap_or_else(|| "Passkey".to_owned())) else { return Err(Error::internal("a passkey without its answer").into()) };
    let id = person.signed.open.auth.add_passkey(&party(&app)?, person.user.id, person.session_needed()?, challenge, &name, &credential).await?;
    Ok((StatusCode::CREATED, Body(json!({ "id": id, "name": name.trim() }))).into_response())
}

async fn rename(Path(id): Path<String>, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let name = input.text("name");
    input.end()?;
    person.signed.open.auth.rename_passkey(person.user.id, passkey_id(&id)?, &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn remove(Path(id): Path<String>, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    nothing(request).await?;
    person.signed.open.auth.remove_passkey(person.user.id, passkey_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn ask(State(app): Here, request: Request) -> Answer {
    same_site(request.headers())?;
    let address = address(&request);
    let mut input = Input::read(request).await?;
    let workspace = input.optional("workspace");
    input.end()?;
    let open = workspace_or_main(&app, workspace).await?;
    Ok(Body(asked_json(&open.auth.ask_for_passkey(&party(&app)?, address).await?)).into_response())
}

async fn answer(State(app): Here, request: Request) -> Answer {
    same_site(request.headers())?;
    let device = device(&request);
    let mut input = Input::read(request).await?;
    let (answered, workspace) = (answered(&mut input), input.optional("workspace"));
    input.end()?;
    let answered = answered.ok_or_else(|| Error::internal("a passkey without its answer"))?;
    let open = workspace_or_main(&app, workspace).await?;
    let in_now: SignedIn = open.auth.sign_in_by_passkey(&party(&app)?, answered, device).await?;
    signed_in(&app, &open, in_now).await
}

/// An unknown workspace is asked and refused like the main one.
async fn workspace_or_main(app: &App, name: Option<String>) -> Result<Arc<crate::workspaces::Open>, ApiError> {
    match app.workspaces.get(&name.unwrap_or_else(|| config::MAIN.to_owned())).await {
        Err(e) if e.code == Code::NotFound => Ok(app.workspaces.get(config::MAIN).await?),
        other => Ok(other?),
    }
}

fn passkey_id(text: &str) -> Result<RecordId, Error> {
    text.parse().map_err(|()| Error::not_found("passkey"))
}
