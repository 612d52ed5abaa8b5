//! `rapport api METHOD PATH [JSON]`: a request without a network, through the same router.

use super::Call;
use crate::{
    app::App,
    auth::Signed,
    cli::{io::Io, run::Failure},
    serve::body,
};
use api::Caller;
use axum::body::Body;
use http::{HeaderValue, Method, Request, header};
use kernel::{Error, Result};
use std::sync::Arc;
use tower::ServiceExt as _;

pub(super) fn run(app: &Arc<App>, call: &Call, method: &str, path: &str, json: Option<&str>, io: &mut dyn Io) -> Result<(), Failure> {
    let request = request(app, call, method, path, json)?;
    let router = app.router().clone();
    let (status, is_text, bytes) = app.runtime.block_on(async {
        let response = match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let is_text = kind.contains("json") || kind.starts_with("text/");
        Ok::<_, Error>((status, is_text, body::small(response.into_body()).await?))
    })?;
    io.out(&bytes)?;
    if is_text && !bytes.is_empty() && !bytes.ends_with(b"\n") {
        io.out(b"\n")?;
    }
    if status.is_success() || status.is_redirection() {
        Ok(())
    } else {
        io.note(&format!("rapport: the answer is {status}"))?;
        Err(Failure::Told)
    }
}

fn request(app: &App, call: &Call, method: &str, path: &str, json: Option<&str>) -> Result<Request<Body>, Failure> {
    let open = call.open(app)?;
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|_| Failure::Usage(format!("{method} is no HTTP method")))?;
    let path = path.strip_prefix(api::BASE).unwrap_or(path);
    let path = if path.starts_with('/') { format!("{}{path}", api::BASE) } else { format!("{}/{path}", api::BASE) };
    if path.ends_with("/stream") {
        return Err(Failure::Usage("the stream never ends: read it over HTTP".into()));
    }
    let body = json.map_or_else(Body::empty, |text| Body::from(text.to_owned()));
    let mut request = Request::builder().method(&method).uri(encoded(&path)).body(body).map_err(|e| Failure::Usage(format!("{path} is no path: {e}")))?;
    let headers = request.headers_mut();
    if json.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if method == Method::PATCH {
        // there is no version that somebody here has seen before
        headers.insert(header::IF_MATCH, HeaderValue::from_static("*"));
    }
    let caller = Caller { workspace: open.workspace.clone(), ctx: call.ctx(&open)?, token: false, session: None };
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(Signed { open, holder: None, csrf: None });
    Ok(request)
}

/// What people type has quotes, braces and spaces in it, as a filter has; in an address they are encoded.
fn encoded(path: &str) -> String {
    path.bytes().map(|b| if b.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn filters_can_be_typed_as_they_are() {
        assert_eq!(super::encoded("/a?filter={\"x\":\"ä b\"}&y=%20"), "/a?filter=%7B%22x%22:%22%C3%A4%20b%22%7D&y=%20");
    }
}
