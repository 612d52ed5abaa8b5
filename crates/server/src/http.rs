//! The router of everything below `/api` and `/scim`: generic routes, sign-in, and what stands before them.

use crate::{app::App, auth, backups, ports, scim, serve::lanes};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use std::sync::Arc;

pub(crate) fn router(app: &Arc<App>) -> Router {
    let api = api::router(ports::ports(app), app.catalogue.clone()).merge(auth::http::routes(app.clone())).merge(backups::http::routes(app.clone()));
    guarded(app, api).merge(guarded(app, scim::routes(app.clone())).layer(from_fn(scim::errors)))
}

/// What stands before every route.
fn guarded(app: &Arc<App>, routes: Router) -> Router {
    routes
        .layer(from_fn_with_state(app.clone(), auth::guard_what_is_dangerous))
        .layer(from_fn_with_state(app.clone(), auth::sign))
        .layer(from_fn_with_state(app.clone(), in_lane))
        .layer(from_fn_with_state(app.clone(), free_the_ballast))
        .layer(from_fn(api::problems))
}

/// Waits for a place in the lane of what is asked.
async fn in_lane(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let lane = lanes::Lane::of(request.method(), path.strip_prefix(api::BASE).unwrap_or(path));
    match app.lanes.enter(lane).await {
        Ok(_place) => next.run(request).await,
        Err(full) => api::ApiError::from(full).into_response(),
    }
}

/// Where the disk is full, gives the ballast up: the next request finds room to delete, to sign out, to stop.
async fn free_the_ballast(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() == StatusCode::INSUFFICIENT_STORAGE {
        match app.ballast.give_up() {
            Ok(true) => tracing::error!("the disk is full: the ballast was given up; make room"),
            Ok(false) => tracing::error!("the disk is full and the ballast is gone: make room"),
            Err(e) => tracing::error!(error = %e, "the disk is full and the ballast could not be removed"),
        }
    }
    response
}
