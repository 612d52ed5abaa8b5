//! What is dangerous asks for a session that has proven itself a moment ago: a browser left open, or a stolen cookie, does
//! not carry the customers away, hand out rights or change how somebody signs in (OWASP ASVS 5.0, 7.5). Tokens and the
//! command line have no session and are not asked.

pub(super) mod http;
mod service;

use super::{holder::Kind, resolve::Signed};
use crate::app::App;
use api::ApiError;
use axum::{
    RequestExt as _,
    extract::{MatchedPath, RawPathParams, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use kernel::{Code, Error, RecordId};
use records::OrDb as _;
use std::sync::Arc;
use store::{Db, Sql, Val};

/// Objects whose records say who may do what.
const OBJECTS_OF_RIGHTS: [&str; 6] = ["user", "role", "team", "team_membership", "sharing_rule", "share"];
/// Their verbs.
const PLURALS_OF_RIGHTS: [&str; 6] = ["users", "roles", "teams", "team_memberships", "sharing_rules", "shares"];
/// Asked for a change of passkeys even where the setting is off: they are a way in of their own.
const LEAST_FOR_PASSKEYS: i64 = 15;
const MINUTE: i64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Danger {
    None,
    Some,
    Passkeys,
}

/// What a route does, by its pattern below `/api/v1` and the object it is about.
fn danger(method: &Method, pattern: &str, object: Option<&str>, plural: Option<&str>) -> Danger {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Danger::None;
    }
    let of_rights = object.is_some_and(|object| OBJECTS_OF_RIGHTS.contains(&object)) || plural.is_some_and(|plural| PLURALS_OF_RIGHTS.contains(&plural));
    match pattern {
        "/auth/passkeys" | "/auth/passkeys/registration" => Danger::Passkeys,
        "/auth/passkeys/{id}" if *method == Method::DELETE => Danger::Passkeys,
        "/auth/password" | "/auth/totp" | "/auth/totp/confirmation" => Danger::Some,
        "/auth/tokens" | "/exports" | "/records/{object}/{id}/copy" | "/records/{object}/{id}/erasure" | "/log/paused/resume" | "/roles" | "/roles/{role}" => Danger::Some,
        // a question by POST changes nothing
        _ if of_rights && !["/query", "/aggregate", "/looks-like", "/search"].iter().any(|question| pattern.ends_with(question)) => Danger::Some,
        _ => Danger::None,
    }
}

/// Middleware, behind the one that finds out who calls.
pub(crate) async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match refusal(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn refusal(app: &App, request: &mut Request) -> Result<(), ApiError> {
    let Some(Signed { open, holder: Some((Kind::Session, session)), .. }) = request.extensions().get::<Signed>().cloned() else { return Ok(()) };
    let Some(pattern) = request.extensions().get::<MatchedPath>().cloned() else { return Ok(()) };
    // as the handlers will read them: decoded
    let params = request.extract_parts::<RawPathParams>().await.ok();
    let param = |name: &str| params.as_ref().and_then(|params| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()));
    let pattern = pattern.as_str().strip_prefix(api::BASE).unwrap_or_default();
    let minutes = i64::from(app.config.sign_in.fresh_minutes);
    let minutes = match danger(request.method(), pattern, param("object").as_deref(), param("plural").as_deref()) {
        Danger::None => return Ok(()),
        Danger::Some => minutes,
        Danger::Passkeys if minutes == 0 => LEAST_FOR_PASSKEYS,
        Danger::Passkeys => minutes,
    };
    if minutes == 0 || open.auth.proven_within(session, minutes * MINUTE).await? {
        return Ok(());
    }
    let detail = format!(
        "This is asked for again when you proved who you are more than {minutes} minutes ago. Send your password and code, or a passkey, to POST /api/v1/auth/fresh, then repeat this request."
    );
    Err(Error::new(Code::Forbidden, "fresh_sign_in_needed", detail).into())
}

/// When the session last proved whose it is: at its sign-in at least. `None` where it has ended.
fn proven_at(db: &mut dyn Db, session: RecordId) -> kernel::Result<Option<i64>> {
    let table = db.table("auth_session");
    let row = db.one(&Sql::with(format!("SELECT COALESCE(\"fresh_at\", \"created_at\") FROM {table} WHERE \"id\" = $1"), [session.to_string()])).or_db()?;
    Ok(row.and_then(|row| row[0].as_int()))
}

pub(super) fn renew(db: &mut dyn Db, session: RecordId, now_ms: i64) -> kernel::Result<()> {
    let table = db.table("auth_session");
    db.exec(&Sql::with(format!("UPDATE {table} SET \"fresh_at\" = $1 WHERE \"id\" = $2"), [Val::Int(now_ms), session.to_string().into()])).or_db().map(drop)
}

#[cfg(test)]
mod tests {
    use super::{Danger, Method, danger};

    #[test]
    fn what_is_dangerous() {
        let of = |method, pattern, object| danger(&method, pattern, object, None);
        assert_eq!(of(Method::POST, "/exports", None), Danger::Some);
        assert_eq!(of(Method::GET, "/exports/{id}", None), Danger::None);
        assert_eq!(of(Method::POST, "/records/{object}", Some("user")), Danger::Some);
        assert_eq!(of(Method::POST, "/records/{object}/query", Some("user")), Danger::None);
        assert_eq!(of(Method::POST, "/records/{object}", Some("contact")), Danger::None);
        assert_eq!(of(Method::POST, "/records/{object}/{id}/copy", Some("contact")), Danger::Some);
        assert_eq!(of(Method::DELETE, "/auth/passkeys/{id}", None), Danger::Passkeys);
        assert_eq!(of(Method::PATCH, "/auth/passkeys/{id}", None), Danger::None);
        assert_eq!(danger(&Method::POST, "/{plural}/{id}/{verb}", None, Some("users")), Danger::Some);
    }
}
