//! Requests without a network: the command line uses the same routes as everybody, with the same rights and the same
//! book-keeping of what leaves.

use crate::{app::App, auth::Signed, serve::body, workspaces::Open};
use api::Caller;
use axum::body::{Body, Bytes};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use kernel::{Ctx, Error, Result};
use serde_json::Value as Json;
use std::{fs::File, io::Write as _, path::Path, sync::Arc};
use tower::ServiceExt as _;

/// Somebody at a command line, in a workspace.
pub(crate) struct Inside<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) open: Arc<Open>,
    pub(crate) ctx: Ctx,
}

/// What came back, small enough to be held.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) is_text: bool,
    pub(crate) body: Bytes,
}

impl Answered {
    /// # Errors
    /// Where the answer is a problem, what it says.
    pub(crate) fn json(&self) -> Result<Json> {
        let json: Json = serde_json::from_slice(&self.body).map_err(|e| Error::internal(format!("an answer is no JSON: {e}")))?;
        if self.status.is_success() {
            return Ok(json);
        }
        let mut lines = vec![json["detail"].as_str().unwrap_or("The request failed.").to_owned()];
        lines.extend(json["errors"].as_array().into_iter().flatten().map(|e| format!("  {}: {}", e["field"].as_str().unwrap_or_default(), e["detail"].as_str().unwrap_or_default())));
        Err(Error::malformed("refused", lines.join("\n")))
    }
}

impl Inside<'_> {
    /// Sends a request; `path` is below `/api/v1`. Blocking.
    pub(crate) fn send(&self, method: Method, path: &str, json: Option<String>) -> Result<Answered> {
        let request = self.request(method, path, json)?;
        self.app.runtime.block_on(async {
            let response = self.route(request).await;
            let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let (status, is_text) = (response.status(), kind.contains("json") || kind.starts_with("text/"));
            Ok(Answered { status, is_text, body: body::small(response.into_body()).await? })
        })
    }

    /// Writes the body of an answer to a file. Blocking.
    pub(crate) fn fetch(&self, path: &str, to: &Path) -> Result<()> {
        let request = self.request(Method::GET, path, None)?;
        let mut file = File::create(to).map_err(|e| crate::data::file_error(to, &e))?;
        self.app.runtime.block_on(async {
            let response = self.route(request).await;
            if !response.status().is_success() {
                let (status, body) = (response.status(), body::small(response.into_body()).await?);
                return Answered { status, is_text: true, body }.json().map(drop);
            }
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|e| Error::internal(format!("an answer broke off: {e}")))?;
                if let Ok(data) = frame.into_data() {
                    file.write_all(&data).map_err(|e| crate::data::file_error(to, &e))?;
                }
            }
            Ok(())
        })
    }

    async fn route(&self, request: Request<Body>) -> Response<Body> {
        match self.app.router().clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn request(&self, method: Method, path: &str, json: Option<String>) -> Result<Request<Body>> {
        let path = path.strip_prefix(api::BASE).unwrap_or(path);
        let path = if path.starts_with('/') { format!("{}{path}", api::BASE) } else { format!("{}/{path}", api::BASE) };
        let has_body = json.is_some();
        let body = json.map_or_else(Body::empty, Body::from);
        let request = Request::builder().method(&method).uri(encoded(&path)).body(body);
        let mut request = request.map_err(|e| Error::malformed("bad_path", format!("{path} is no path: {e}.")))?;
        let headers = request.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if method == Method::PATCH {
            // there is no version that somebody here has seen before
            headers.insert(header::IF_MATCH, HeaderValue::from_static("*"));
        }
        request.extensions_mut().insert(Caller { workspace: self.open.workspace.clone(), ctx: self.ctx.clone(), token: false, session: None });
        request.extensions_mut().insert(Signed { open: self.open.clone(), holder: None, csrf: None });
        Ok(request)
    }
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
