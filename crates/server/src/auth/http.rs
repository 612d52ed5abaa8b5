//! Routes of sign-in, below `/api/v1`.

use super::{
    fresh,
    holder::Kind,
    input::Input,
    me, oidc, passkey,
    resolve::{Peer, Signed},
    secret_text::{self, Purpose, csrf_of},
    service::{Device, Login, SignedIn},
};
use crate::{app::App, config, workspaces::Open};
use access::User;
use api::{ApiError, Caller};
use axum::{
    Json as Body, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use kernel::{Actor, Code, Error, RecordId, Secret};
use serde_json::json;
use std::{net::IpAddr, sync::Arc};

pub(super) type Answer = Result<Response, ApiError>;
pub(super) type Here = State<Arc<App>>;

pub(crate) fn routes(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/auth/login", post(login))
        .route("/auth/logout", post(logout))
        .route("/auth/password", post(change_password))
        .route("/auth/invitation", post(accept_invitation))
        .route("/auth/sessions", get(list_sessions))
        .route("/auth/sessions/{id}", delete(end_session))
        .route("/auth/tokens", get(list_tokens).post(make_token))
        .route("/auth/tokens/{id}", delete(end_token))
        .route("/auth/totp", post(propose_totp).delete(remove_totp))
        .route("/auth/totp/confirmation", post(confirm_totp))
        .route("/me", get(who));
    let routes = routes.merge(passkey::http::routes()).merge(fresh::http::routes()).merge(oidc::routes());
    Router::new().nest(api::BASE, routes).with_state(app)
}

async fn who(request: Request) -> Answer {
    let caller = request.extensions().get::<Caller>().ok_or_else(ApiError::no_credentials)?.clone();
    let signed = request.extensions().get::<Signed>().cloned();
    Ok(Body(me::me(&caller, signed.as_ref()).await?).into_response())
}

async fn login(State(app): Here, request: Request) -> Answer {
    same_site(request.headers())?;
    let device = device(&request);
    let mut input = Input::read(request).await?;
    let (email, password, code, workspace) = (input.text("email"), input.secret("password"), input.optional("code"), input.optional("workspace"));
    input.end()?;
    let workspace = workspace.unwrap_or_else(|| config::MAIN.to_owned());
    // an unknown workspace answers like an unknown person: the try is counted and refused in the main one
    let (open, email) = match app.workspaces.get(&workspace).await {
        Ok(open) => (open, email),
        Err(e) if e.code == Code::NotFound => (app.workspaces.get(config::MAIN).await?, format!("{email} in another workspace")),
        Err(e) => return Err(e.into()),
    };
    let signed_in = open.auth.sign_in(Login { email, password, code, device }).await?;
    self::signed_in(&app, &open, signed_in).await
}

/// The answer to somebody who has just signed in, whichever way.
pub(super) async fn signed_in(app: &App, open: &Open, signed_in: SignedIn) -> Answer {
    let user_id = signed_in.user.id;
    let user: Arc<User> = signed_in.user;
    let ctx = kernel::Ctx::new(Actor::User(user_id), kernel::Through::Screen, open.workspace.now_ms());
    let mut shown = open.workspace.read(&ctx, move |tx| Ok(me::user_json(&user, tx.policy()))).await?;
    shown["must_change_password"] = signed_in.must_change.into();
    let answer = json!({ "user": shown, "csrf_token": csrf_of(signed_in.session.expose()) });
    Ok(([(header::SET_COOKIE, app.cookies.set(&signed_in.session)?)], Body(answer)).into_response())
}

async fn logout(State(app): Here, request: Request) -> Answer {
    let signed = request.extensions().get::<Signed>().cloned();
    let user = request.extensions().get::<Caller>().and_then(|caller| user_of(caller).ok());
    nothing(request).await?;
    if let (Some(Signed { open, holder: Some((Kind::Session, id)), .. }), Some(user)) = (signed, user) {
        match open.auth.end(Kind::Session, user, id).await {
            Err(e) if e.code != Code::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.cookies.clear()?)]).into_response())
}

async fn change_password(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let (old, new) = (input.secret("old"), input.secret("new"));
    input.end()?;
    person.signed.open.auth.change_password(&person.user, person.session(), person.address, old, new).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn accept_invitation(State(app): Here, request: Request) -> Answer {
    same_site(request.headers())?;
    let address = address(&request);
    let mut input = Input::read(request).await?;
    let (token, password) = (input.secret("token"), input.secret("password"));
    input.end()?;
    invitation(&app, token.expose(), address, password).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sets a password by the text of an invitation, for the route and for the page behind the link.
pub(crate) async fn invitation(app: &App, text: &str, address: Option<IpAddr>, password: Secret<String>) -> kernel::Result<()> {
    let unknown = || Error::new(Code::Unauthenticated, "bad_invitation", "This link was used already or is too old. Ask for a new one.");
    let (workspace, invitation) = secret_text::read(Purpose::Invitation, text).ok_or_else(unknown)?;
    let open = app.workspaces.get(workspace).await.map_err(|e| if e.code == Code::NotFound { unknown() } else { e })?;
    open.auth.accept_invitation(invitation, address, password).await
}

async fn list_sessions(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let items = person.signed.open.auth.sessions(person.user.id, person.session()).await?;
    Ok(Body(json!({ "items": items })).into_response())
}

async fn end_session(Path(id): Path<String>, request: Request) -> Answer {
    end(Kind::Session, &id, request).await
}
async fn end_token(Path(id): Path<String>, request: Request) -> Answer {
    end(Kind::Token, &id, request).await
}
async fn end(kind: Kind, id: &str, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let id: RecordId = id.parse().map_err(|()| Error::not_found(if kind == Kind::Session { "session" } else { "token" }))?;
    person.signed.open.auth.end(kind, person.user.id, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_tokens(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let items = person.signed.open.auth.tokens(person.user.id).await?;
    Ok(Body(json!({ "items": items })).into_response())
}

async fn make_token(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let (name, scopes, days) = (input.optional("name"), input.texts("scopes"), input.count("days"));
    input.end()?;
    let name = name.unwrap_or_else(|| "token".to_owned());
    let (id, token) = person.signed.open.auth.make_token(person.user.id, name.clone(), scopes.clone(), days).await?;
    Ok((StatusCode::CREATED, Body(json!({ "id": id, "name": name, "scopes": scopes, "token": token.expose() }))).into_response())
}

async fn propose_totp(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    nothing(request).await?;
    let (secret, uri) = person.signed.open.auth.propose_totp(&person.user).await?;
    Ok(Body(json!({ "secret": secret, "uri": uri })).into_response())
}

async fn confirm_totp(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let code = input.text("code");
    input.end()?;
    let codes = person.signed.open.auth.confirm_totp(person.user.id, person.address, code).await?;
    Ok(Body(json!({ "recovery_codes": codes })).into_response())
}

async fn remove_totp(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let mut input = Input::read(request).await?;
    let password = input.secret("password");
    input.end()?;
    person.signed.open.auth.remove_totp(&person.user, person.address, password).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A person at a screen, who may change how they sign in.
pub(super) struct Person {
    pub(super) user: Arc<User>,
    pub(super) signed: Signed,
    pub(super) address: Option<IpAddr>,
}
impl Person {
    fn session(&self) -> Option<RecordId> {
        self.signed.holder.map(|(_, id)| id)
    }
    /// # Errors
    /// 403 where somebody acts from the command line.
    pub(super) fn session_needed(&self) -> Result<RecordId, ApiError> {
        self.session().ok_or_else(|| Error::new(Code::Forbidden, "session_needed", "This is done at the screen: a browser has to answer.").into())
    }
}

/// Who asks, before it is known whether they are still active.
pub(super) struct Asking {
    id: RecordId,
    signed: Signed,
    address: Option<IpAddr>,
}

/// # Errors
/// 401; 403 for a token: a leaked one must not make itself at home.
pub(super) fn asking(request: &Request) -> Result<Asking, ApiError> {
    let caller = request.extensions().get::<Caller>().ok_or_else(ApiError::no_credentials)?;
    let id = user_of(caller)?;
    let signed = request.extensions().get::<Signed>().ok_or_else(ApiError::no_credentials)?.clone();
    if caller.token {
        return Err(Error::new(Code::Forbidden, "session_needed", "A token may not change how you sign in. Sign in at the screen, or use the command line.").into());
    }
    Ok(Asking { id, signed, address: address(request) })
}

impl Asking {
    pub(super) async fn person(self) -> Result<Person, ApiError> {
        let user = self.signed.open.auth.user(self.id).await?.filter(|u| u.active).ok_or_else(ApiError::no_credentials)?;
        Ok(Person { user, signed: self.signed, address: self.address })
    }
}

fn user_of(caller: &Caller) -> Result<RecordId, ApiError> {
    match caller.ctx.actor {
        Actor::User(id) => Ok(id),
        Actor::System(_) => Err(Error::new(Code::Forbidden, "person_needed", "The command line's own actor does not sign in. Add --as EMAIL, or use rapport user and rapport token.").into()),
    }
}

pub(super) fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Peer>().map(|peer| peer.0)
}

/// Where somebody signs in from.
pub(super) fn device(request: &Request) -> Device {
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(str::to_owned);
    Device { address: address(request), agent }
}

/// A page of another site may not sign anybody in (login CSRF). Browsers say where a request comes from; programs say
/// nothing.
pub(super) fn same_site(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        None | Some("same-origin" | "same-site" | "none") => Ok(()),
        Some(_) => Err(Error::new(Code::Forbidden, "cross_site", "Sign in on Rapport's own page.").into()),
    }
}

pub(super) async fn nothing(request: Request) -> Result<(), ApiError> {
    Input::read(request).await?.end()
}
