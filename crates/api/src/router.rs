//! The router, derived from the table of routes.

use crate::{
    ApiError, Ports,
    call::{Shared, serve},
    idempotency::UnderWay,
    problem::problems,
    routes::{self, Run, verbs},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::from_fn,
    response::IntoResponse,
    routing::{MethodRouter, any, on},
};
use records::Catalogue;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Semaphore;

/// Where everything stands but health and figures.
pub const BASE: &str = "/api/v1";

/// All routes below `/api` whose handlers are here. Put the sign-in's middleware around it, which places a
/// [`crate::Caller`] into the extensions; merge it with a router of further `/api/v1/...` routes as you like. What is
/// unknown below `/api` is a problem of 404, so that no other fallback has to know of it.
pub fn router(ports: Ports, catalogue: Arc<Catalogue>) -> Router {
    let shared = Shared { ports, under_way: UnderWay::default(), places: Arc::new(Semaphore::new(crate::export::PLACES)), catalogue };
    // Several methods of one path are one entry, so that 405 knows them all.
    let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
    for route in routes::table() {
        let Run::Here(run) = route.run else { continue };
        let shared = shared.clone();
        let handler = on(route.method.filter(), move |request: Request| serve(route, run, shared.clone(), request));
        let path = format!("{BASE}{}", route.path);
        let merged = paths.remove(&path).unwrap_or_default().merge(handler);
        paths.insert(path, merged);
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(&path, methods);
    }
    let lost = || any(|| async { ApiError::no_route().into_response() });
    router
        .route(&format!("{BASE}{}", verbs::PATH), any(move |request: Request| verbs::any(shared.clone(), request)))
        .route("/api", lost())
        .route("/api/", lost())
        .route("/api/{*rest}", lost())
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(problems))
}
