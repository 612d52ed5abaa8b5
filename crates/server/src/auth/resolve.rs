//! From a cookie or a token to whoever calls.

use super::{
    holder::{Holder, Kind},
    secret_text::{self, Purpose, csrf_of, same},
};
use crate::{app::App, workspaces::Open};
use api::{ApiError, Caller};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use kernel::{Actor, Code, Ctx, Error, RecordId, Through};
use std::{net::IpAddr, sync::Arc};

/// Where a request came from, behind proxies that are trusted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What sign-in itself needs of a caller, beside [`Caller`].
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) open: Arc<Open>,
    /// `None` on the command line.
    pub(crate) holder: Option<(Kind, RecordId)>,
    /// Of a session.
    pub(crate) csrf: Option<String>,
}

/// The words by which a [`Caller`] names its session or token.
pub(crate) fn session_name(kind: Kind, id: RecordId) -> String {
    match kind {
        Kind::Session => format!("session {id}"),
        Kind::Token => format!("token {id}"),
    }
}
pub(crate) fn session_of(name: &str) -> Option<(Kind, RecordId)> {
    let (kind, id) = name.split_once(' ')?;
    let kind = match kind {
        "session" => Kind::Session,
        "token" => Kind::Token,
        _ => return None,
    };
    Some((kind, id.parse().ok()?))
}

/// Middleware: finds out who calls and tells the handlers by [`Caller`] and [`Signed`]. Nobody is an answer too; what
/// looks like a credential and is none is refused. A caller who is known already (the command line) stays.
pub(crate) async fn sign(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Caller>().is_none() {
        let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
        match find(&app, &headers, &method, uri.path()).await {
            Ok(Some((caller, signed))) => {
                request.extensions_mut().insert(caller);
                request.extensions_mut().insert(signed);
            }
            Ok(None) => {}
            Err(refused) => return refused.into_response(),
        }
    }
    next.run(request).await
}

async fn find(app: &App, headers: &HeaderMap, method: &Method, path: &str) -> Result<Option<(Caller, Signed)>, ApiError> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let bad = || Error::new(Code::Unauthenticated, "bad_token", "This token is unknown, has ended or was revoked.");
        let token = value.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| Error::new(Code::Unauthenticated, "bad_credentials", "Send a token as Authorization: Bearer TOKEN."))?;
        let (open, holder) = held(app, Purpose::Token, token.trim()).await?.ok_or_else(bad)?;
        return Ok(Some(calls(app, open, &holder, None)?));
    }
    let Some(session) = app.cookies.read(headers) else { return Ok(None) };
    // an old cookie is no failure: whoever has one may be about to sign in
    let Some((open, holder)) = held(app, Purpose::Session, session).await? else { return Ok(None) };
    let csrf = csrf_of(session);
    if !is_safe(method) && !is_open(path) && !carries(headers, &csrf) {
        return Err(Error::new(Code::Forbidden, "bad_csrf_token", "Send the CSRF token of your session, from /me or the sign-in, as X-CSRF-Token.").into());
    }
    Ok(Some(calls(app, open, &holder, Some(csrf))?))
}

/// Routes that begin a session: they read nothing of one that is there.
fn is_open(path: &str) -> bool {
    ["/auth/login", "/auth/login/passkey", "/auth/login/passkey/answer", "/auth/invitation"].iter().any(|open| path.ends_with(open))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn carries(headers: &HeaderMap, csrf: &str) -> bool {
    headers.get("x-csrf-token").and_then(|v| v.to_str().ok()).is_some_and(|sent| same(sent, csrf))
}

async fn held(app: &App, purpose: Purpose, secret: &str) -> Result<Option<(Arc<Open>, Holder)>, ApiError> {
    let kind = if purpose == Purpose::Token { Kind::Token } else { Kind::Session };
    let Some((workspace, hash)) = secret_text::read(purpose, secret) else { return Ok(None) };
    let open = match app.workspaces.get(workspace).await {
        Ok(open) => open,
        Err(e) if e.code == Code::NotFound => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let holder = open.auth.holder(kind, hash).await?;
    Ok(holder.map(|holder| (open, holder)))
}

fn calls(app: &App, open: Arc<Open>, holder: &Holder, csrf: Option<String>) -> Result<(Caller, Signed), ApiError> {
    app.rate.count(holder.id, open.workspace.now_ms())?;
    let token = holder.kind == Kind::Token;
    let through = if token { Through::Api } else { Through::Screen };
    let name = session_name(holder.kind, holder.id);
    let ctx = Ctx { scopes: holder.scopes.clone(), via: Some(name.as_str().into()), ..Ctx::new(Actor::User(holder.user), through, open.workspace.now_ms()) };
    let caller = Caller { workspace: open.workspace.clone(), ctx, token, session: Some(name) };
    Ok((caller, Signed { open, holder: Some((holder.kind, holder.id)), csrf }))
}

#[cfg(test)]
mod tests {
    use super::{Kind, session_name, session_of};
    use kernel::RecordId;

    #[test]
    fn a_callers_session_can_be_found_again() {
        let id = RecordId::fixed(5);
        for kind in [Kind::Session, Kind::Token] {
            assert_eq!(session_of(&session_name(kind, id)), Some((kind, id)));
        }
        assert_eq!(session_of("else 1"), None);
    }
}
