//! `/backups`, below `/api/v1`.

use super::{Doing, start, status};
use crate::{
    app::App,
    commands::backup::{may_configure, may_see},
};
use api::{ApiError, Caller};
use axum::{
    Json as Body, Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use kernel::{Error, Result};
use serde_json::Value as Json;
use std::sync::Arc;

type Answer = std::result::Result<Response, ApiError>;

pub(crate) fn routes(app: Arc<App>) -> Router {
    let routes = Router::new().route("/backups", get(list).post(make)).route("/backups/proof", post(prove));
    Router::new().nest(api::BASE, routes).with_state(app)
}

async fn list(State(app): State<Arc<App>>, request: Request) -> Answer {
    Ok(Body(of(app, caller_of(&request)?, None).await?).into_response())
}
async fn make(State(app): State<Arc<App>>, request: Request) -> Answer {
    Ok((StatusCode::ACCEPTED, Body(of(app, caller_of(&request)?, Some(Doing::Backup)).await?)).into_response())
}
async fn prove(State(app): State<Arc<App>>, request: Request) -> Answer {
    Ok((StatusCode::ACCEPTED, Body(of(app, caller_of(&request)?, Some(Doing::Proof)).await?)).into_response())
}

fn caller_of(request: &Request) -> std::result::Result<Caller, ApiError> {
    request.extensions().get::<Caller>().cloned().ok_or_else(ApiError::no_credentials)
}

/// The status, after something was begun.
async fn of(app: Arc<App>, caller: Caller, begin: Option<Doing>) -> std::result::Result<Json, ApiError> {
    let open = app.workspaces.get(caller.workspace.name()).await?;
    // places may be slow: another machine's disk
    let asked = tokio::task::spawn_blocking(move || -> Result<Json> {
        match begin {
            None => may_see(&open, &caller.ctx)?,
            Some(Doing::Backup) => {
                may_configure(&open, &caller.ctx, "back up")?;
                start(&app, &open, &caller.ctx, Doing::Backup)?;
            }
            Some(Doing::Proof) => {
                may_configure(&open, &caller.ctx, "prove backups")?;
                start(&app, &open, &caller.ctx, Doing::Proof)?;
            }
        }
        status(&app, &open)
    });
    Ok(asked.await.map_err(|e| Error::internal(format!("a task ended: {e}")))??)
}
