//! Routes by which a session proves itself anew, below `/api/v1`.

use super::super::{
    http::{Answer, Here, asking, nothing},
    input::Input,
    passkey::{http as passkey, party},
};
use crate::app::App;
use axum::{
    Json as Body, Router,
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
    routing::{get, post},
};
use std::sync::Arc;

pub(in super::super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/auth/fresh", get(means).post(renew)).route("/auth/fresh/passkey", post(ask))
}

async fn means(request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let means = person.signed.open.auth.means(person.user.id, person.session_needed()?).await?;
    Ok(Body(means).into_response())
}

async fn ask(State(app): Here, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    nothing(request).await?;
    let asked = person.signed.open.auth.ask_for_own_passkey(&party(&app)?, person.user.id, person.session_needed()?).await?;
    Ok(Body(passkey::asked_json(&asked)).into_response())
}

/// By `password` and `code`, or by `challenge` and `credential`.
async fn renew(State(app): Here, request: Request) -> Answer {
    let person = asking(&request)?.person().await?;
    let (auth, session) = (&person.signed.open.auth, person.session_needed()?);
    let mut input = Input::read(request).await?;
    if input.has("credential") {
        let answered = passkey::answered(&mut input);
        input.end()?;
        if let Some(answered) = answered {
            auth.refresh_by_passkey(&party(&app)?, person.user.id, session, answered, person.address).await?;
        }
    } else {
        let (password, code) = (input.secret("password"), input.optional("code"));
        input.end()?;
        auth.refresh(&person.user, session, person.address, password, code).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
