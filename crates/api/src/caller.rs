use crate::ApiError;
use axum::{extract::FromRequestParts, http::request::Parts};
use kernel::Ctx;
use records::Workspace;

/// Who calls. The server's sign-in puts it into the request's extensions; handlers take it from there.
#[derive(Clone)]
pub struct Caller {
    pub workspace: Workspace,
    pub ctx: Ctx,
    /// True for an API token, false for a session.
    pub token: bool,
    /// Names the session or token, so that an open stream can ask whether it still holds.
    pub session: Option<String>,
}

impl Caller {
    /// The context of a moment later: streams and long work ask anew with it.
    pub(crate) fn ctx_now(&self) -> Ctx {
        Ctx { now_ms: self.workspace.now_ms(), ..self.ctx.clone() }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Caller, ApiError> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(ApiError::no_credentials)
    }
}
