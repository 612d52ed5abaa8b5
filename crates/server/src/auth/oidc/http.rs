//! Routes of single sign-on. A browser comes here by links: what goes wrong leads back to the sign-in screen, which has
//! the words.

use super::{
    Refused,
    claims::Said,
    identity,
    pending::{Pending, is_own_path},
    people,
    provider::{Answer, Provider},
};
use crate::{
    app::App,
    auth::{
        Peer, db, holder,
        limiter::Attempt,
        secret_text::same,
        service::{Auth, Device, signed_in},
    },
    config::Oidc,
    workspaces::Open,
};
use api::ApiError;
use axum::{
    Json as Body, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Response},
    routing::get,
};
use kernel::{Actor, Code, Ctx, Error, RecordId, Result, Secret, Through};
use serde_json::json;
use std::{collections::HashMap, net::IpAddr, sync::Arc};

type Here = State<Arc<App>>;

pub(in crate::auth) fn routes() -> Router<Arc<App>> {
    Router::new().route("/auth/providers", get(providers)).route("/auth/oidc/{id}/start", get(start)).route("/auth/oidc/{id}/callback", get(callback))
}

async fn providers(State(app): Here) -> Response {
    let items: Vec<_> = app.providers.0.iter().map(|p| json!({ "id": p.settings.id, "label": p.settings.label })).collect();
    Body(json!({ "items": items })).into_response()
}

async fn start(State(app): Here, Path(id): Path<String>, request: Request) -> std::result::Result<Response, ApiError> {
    let provider = app.providers.get(&id)?;
    let next = query(&request).remove("next").unwrap_or_else(|| "/".to_owned());
    if !is_own_path(&next) {
        return Err(Error::field("next", "bad_path", "This must be a path of this server, such as /opportunities.").into());
    }
    let open = app.workspaces.get(&provider.settings.workspace).await?;
    let pending = Pending::begin(&id, next, open.workspace.now_ms());
    match provider.address(&pending, redirect(&app, &id)).await {
        Ok(address) => go(&address, [pending.cookie(app.cookies, &open.key)?]),
        Err(refused) => back(&app, &id, &refused),
    }
}

async fn callback(State(app): Here, Path(id): Path<String>, request: Request) -> std::result::Result<Response, ApiError> {
    let provider = app.providers.get(&id)?;
    let open = app.workspaces.get(&provider.settings.workspace).await?;
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    let came = Came { address: request.extensions().get::<Peer>().map(|peer| peer.0), agent };
    match finish(&app, provider, &open, request.headers(), query(&request), came).await {
        Ok((session, next)) => go(&next, [Pending::clear(app.cookies)?, app.cookies.set(&session)?]),
        Err(refused) => back(&app, &id, &refused),
    }
}

/// From where somebody came, and with what.
struct Came<'a> {
    address: Option<IpAddr>,
    agent: Option<&'a str>,
}

/// The session's text, and where to go.
async fn finish(app: &App, provider: &Provider, open: &Open, headers: &HeaderMap, mut said: HashMap<String, String>, came: Came<'_>) -> std::result::Result<(Secret<String>, String), Refused> {
    let pending = Pending::read(app.cookies, &open.key, headers).filter(|p| p.provider == provider.settings.id && p.until > open.workspace.now_ms()).ok_or(Refused::Stale)?;
    if !said.remove("state").is_some_and(|state| same(&state, &pending.state)) {
        return Err(Refused::Stale);
    }
    let code = provider.code(Answer { code: said.remove("code"), error: said.remove("error"), iss: said.remove("iss") }).await?;
    let key = pending.key();
    let attempt = Attempt::new(&key, came.address);
    let from = Device { address: came.address, agent: came.agent.map(str::to_owned) };
    open.auth.begin_answer(&attempt, key, pending.until).await?;
    let proven = match provider.redeem(code, &pending, redirect(app, &provider.settings.id)).await {
        Ok(proven) => proven,
        Err(refused) => {
            if matches!(refused, Refused::Person(_)) {
                open.auth.note_refused(&format!("single sign-on by {}", provider.settings.id), from).await?;
            }
            return Err(refused);
        }
    };
    Ok((open.auth.sign_in_by(&provider.settings, proven, attempt, from).await?, pending.next))
}

impl Auth {
    /// Counts the try, and uses up what the browser had under way: an answer works once, whatever becomes of it.
    async fn begin_answer(&self, attempt: &Attempt, key: String, until: i64) -> std::result::Result<(), Refused> {
        let (attempt, now) = (attempt.clone(), self.now());
        let fresh = db::write(self.store(), move |db| {
            attempt.begin(db, now)?;
            identity::use_up(db, &key, until)
        });
        if fresh.await? { Ok(()) } else { Err(Refused::Stale) }
    }

    /// Begins a session of whom a provider has vouched for.
    async fn sign_in_by(&self, settings: &Oidc, said: Said, attempt: Attempt, from: Device) -> Result<Secret<String>> {
        let ctx = Ctx::new(Actor::System("sign_in"), Through::Screen, self.now());
        let (session, mut new) = self.new_session(RecordId::fixed(0), &from);
        let (settings, now, who, noted) = (settings.clone(), self.now(), said.clone(), from.clone());
        let written = self.workspace.write(&ctx, move |tx| {
            new.user = people::settle(tx, &settings, &said, now)?;
            attempt.succeeded(tx.db())?;
            holder::add_session(tx.db(), &new, now)?;
            tx.log(signed_in(&new, "single sign-on", &from))
        });
        match written.await {
            Err(e) if e.code == Code::Unauthenticated => {
                self.note_refused(&who.email.unwrap_or(who.subject), noted).await?;
                Err(e)
            }
            other => other.map(|()| session),
        }
    }
}

/// The one address that the provider may answer to.
fn redirect(app: &App, id: &str) -> String {
    format!("{}{}/auth/oidc/{id}/callback", app.url(), api::BASE)
}

fn query(request: &Request) -> HashMap<String, String> {
    let mut out = HashMap::new();
    for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        // what stands twice says nothing
        out.entry(name.into_owned()).and_modify(String::clear).or_insert_with(|| value.into_owned());
    }
    out
}

fn back(app: &App, id: &str, refused: &Refused) -> std::result::Result<Response, ApiError> {
    tracing::warn!(provider = id, why = refused.why(), "a single sign-on was refused");
    go(&format!("/?sign_in={}", refused.word()), [Pending::clear(app.cookies)?])
}

fn go<const N: usize>(to: &str, cookies: [HeaderValue; N]) -> std::result::Result<Response, ApiError> {
    let to = HeaderValue::try_from(to).map_err(|e| Error::internal(format!("an address cannot be gone to: {e}")))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)], AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)))).into_response())
}
