//! What every request meets first: health, figures, the interface, the screens; and what every answer carries.

use super::{accept, headers, invitation, lanes::Lane, metrics::Metrics};
use crate::{
    app::App,
    auth::{Peer, same},
    config::MAIN,
    scim,
};
use api::{ApiError, RequestId};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header},
};
use kernel::{Actor, Code, Ctx, Error, Through};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use tower::ServiceExt as _;

const MOST_URL_BYTES: usize = 8 << 10;

pub(super) struct Front {
    app: Arc<App>,
    router: Router,
    metrics: Arc<Metrics>,
    /// Only this machine can reach the listener.
    on_loopback: bool,
}

impl accept::Front for Front {
    async fn answer(self: Arc<Self>, mut request: Request<Body>, peer: SocketAddr) -> Response<Body> {
        let began = Instant::now();
        let id = RequestId::random();
        let address = self.address(request.headers(), peer.ip());
        request.extensions_mut().insert(Peer(address));
        request.extensions_mut().insert(id.clone());
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        let is_api = path == "/api" || path.starts_with("/api/") || path == scim::BASE || path.starts_with("/scim/v2/");
        let lane = Lane::of(&method, path.strip_prefix(api::BASE).unwrap_or_default());
        self.metrics.begin(lane);
        let mut response = match path.as_str() {
            _ if request.uri().path_and_query().is_some_and(|all| all.as_str().len() > MOST_URL_BYTES) => ApiError::address_too_long(MOST_URL_BYTES >> 10).answer(&id),
            _ if header_bytes(request.headers()) > self.app.config.limits.header_bytes => ApiError::headers_too_large(self.app.config.limits.header_bytes >> 10).answer(&id),
            _ if is_api => infallible(self.router.clone().oneshot(request).await),
            "/invitation" => invitation::page(&self.app, request).await,
            _ if !matches!(method, Method::GET | Method::HEAD) => ApiError::method_not_allowed("GET, HEAD").answer(&id),
            "/healthz" => text("ok\n"),
            "/readyz" => self.ready().await.unwrap_or_else(|e| e.answer(&id)),
            "/metrics" => self.figures(request.headers()).unwrap_or_else(|e| e.answer(&id)),
            _ => screens(&method, &path, request.headers()).unwrap_or_else(|| ApiError::no_route().answer(&id)),
        };
        headers::secure(response.headers_mut(), is_api, self.app.config.web.is_https());
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().entry("x-request-id").or_insert(value);
        }
        let (status, took) = (response.status().as_u16(), began.elapsed());
        self.metrics.end(lane, status, took);
        // the path may hold values (an e-mail in an upsert): only its first words are logged
        let place: String = path.split('/').take(5).collect::<Vec<_>>().join("/");
        tracing::debug!(request_id = id.as_str(), %method, place, status, micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "answered");
        response
    }
}

impl Front {
    pub(super) fn new(app: Arc<App>, metrics: Arc<Metrics>, on_loopback: bool) -> Front {
        let router = app.router().clone();
        Front { app, router, metrics, on_loopback }
    }

    /// The client's address: the nearest one in `X-Forwarded-For` that is no trusted proxy, if a trusted proxy says so.
    fn address(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let trusted = |address: IpAddr| self.app.config.web.trusted_proxies.iter().any(|net| net.contains(address));
        if !trusted(peer) {
            return peer;
        }
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let chain: Vec<IpAddr> = lines.flat_map(|line| line.split(',')).filter_map(|text| text.trim().parse().ok()).collect();
        chain.into_iter().rev().find(|address| !trusted(*address)).unwrap_or(peer)
    }

    async fn ready(&self) -> Result<Response<Body>, ApiError> {
        if *self.app.stop.borrow() {
            return Err(Error::new(Code::Unavailable, "stopping", "The server is stopping. Ask again once it has started anew.").into());
        }
        let read = async {
            let open = self.app.workspaces.get(MAIN).await?;
            let ctx = Ctx::new(Actor::System("jobs"), Through::Job, open.workspace.now_ms());
            open.workspace.read(&ctx, |_tx| Ok(())).await
        };
        read.await.map(|()| text("ready\n")).map_err(|e| {
            tracing::warn!(error = %e, "not ready");
            Error { retry_after: Some(1), ..Error::new(Code::Unavailable, "not_ready", "The database does not answer. The server goes on asking it; try again in a moment.") }.into()
        })
    }

    fn figures(&self, headers: &HeaderMap) -> Result<Response<Body>, ApiError> {
        let wanted = self.app.config.web.metrics_token.as_ref();
        let sent = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        let may = match (wanted, sent) {
            (Some(wanted), Some(sent)) => same(wanted.expose(), sent),
            _ => self.on_loopback,
        };
        if !may {
            return Err(Error::new(Code::Unauthenticated, "metrics_token", "Send the token of the setting metrics.token as Authorization: Bearer TOKEN.").into());
        }
        let opened = self.app.workspaces.opened();
        let waiting: usize = opened.iter().map(|open| open.workspace.store().waiting_writes()).sum();
        let gauge = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let text_of = self.metrics.text(&[
            ("rapport_workspaces_open", "Workspaces that are open.", gauge(opened.len())),
            ("rapport_writes_waiting", "Write transactions that wait.", gauge(waiting)),
            ("rapport_resident_bytes", "Memory of the process.", resident_bytes()),
        ]);
        let mut answer = text(text_of);
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
        Ok(answer)
    }
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

fn screens(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let asset = ui::page_or_asset(path, accepts)?;
    let tag = format!("\"{}\"", asset.etag);
    let fresh = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = Response::new(if fresh || *method == Method::HEAD { Body::empty() } else { Body::from(asset.body) });
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" }));
    out.extend(HeaderValue::try_from(tag).ok().map(|tag| (header::ETAG, tag)));
    out.extend(asset.encoding.map(|encoding| (header::CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    Some(response)
}

fn text(text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn infallible<T>(result: Result<T, std::convert::Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// The second number of `/proc/self/statm` counts pages of 4 KiB; 0 where there is none.
fn resident_bytes() -> i64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| text.split(' ').nth(1)?.parse::<i64>().ok());
    pages.unwrap_or(0) * 4_096
}
