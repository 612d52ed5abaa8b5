//! Every failure is one shape: a problem (RFC 9457) with the id of its request.

use crate::request_id::RequestId;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Code, Error, FieldError};
use serde::Serialize;

pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A failure on its way to a client. Its body gets the request's id in [`problems`], which every router here passes.
#[derive(Debug)]
pub struct ApiError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    status: StatusCode,
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
}

impl ApiError {
    fn new(status: StatusCode, error: Error, header: Option<(HeaderName, HeaderValue)>) -> ApiError {
        ApiError(Box::new(Failure { status, error, header }))
    }
    /// 405; `allow` lists the methods that exist, as in the header `Allow`.
    pub fn method_not_allowed(allow: &'static str) -> ApiError {
        let error = Error::malformed("method_not_allowed", format!("This method does not exist here; there is {allow}."));
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, error, Some((header::ALLOW, HeaderValue::from_static(allow))))
    }
    /// 415
    pub fn unsupported_media_type(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Error::malformed("unsupported_media_type", detail), None)
    }
    /// 413; `bytes` is the most that fits.
    pub fn too_large(bytes: usize) -> ApiError {
        let most = if bytes < 1024 * 1024 { format!("{} KiB", bytes / 1024) } else { format!("{} MiB", bytes / (1024 * 1024)) };
        Error::new(Code::TooLarge, "too_large", format!("The body is larger than the {most} that fit here. Send it in smaller pieces.")).into()
    }
    /// Why a body of at most `max` bytes could not be read: too long (413), too slow (408), or it broke off (400).
    pub fn unread_body(error: &(dyn std::error::Error + 'static), max: usize) -> ApiError {
        let mut at = Some(error);
        while let Some(cause) = at {
            if cause.is::<http_body_util::LengthLimitError>() {
                return ApiError::too_large(max);
            }
            if cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::TimedOut) {
                return ApiError::timeout();
            }
            at = cause.source();
        }
        Error::malformed("body_broken_off", "The body broke off before its end. Send it again.").into()
    }
    /// 408: the body came too slowly.
    pub fn timeout() -> ApiError {
        ApiError::new(StatusCode::REQUEST_TIMEOUT, Error::malformed("timeout", "The request did not arrive in time. Send it again, over a better line or in smaller pieces."), None)
    }
    /// 414
    pub fn address_too_long(kib: usize) -> ApiError {
        let detail = format!("The address is longer than {kib} KiB. Filters that long go into the body of POST .../query.");
        ApiError::new(StatusCode::URI_TOO_LONG, Error::malformed("address_too_long", detail), None)
    }
    /// 431
    pub fn headers_too_large(kib: usize) -> ApiError {
        let detail = format!("The headers are longer than the {kib} KiB that the server takes. Send fewer or shorter ones.");
        ApiError::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Error::malformed("headers_too_large", detail), None)
    }
    /// 404 for a path that leads nowhere.
    pub fn no_route() -> ApiError {
        Error::new(Code::NotFound, "no_route", "There is nothing at this address. GET /api/v1/openapi.json lists what there is.").into()
    }
    /// 401 without credentials.
    pub fn no_credentials() -> ApiError {
        Error::new(Code::Unauthenticated, "no_credentials", "Sign in, or send a token: Authorization: Bearer TOKEN.").into()
    }
    /// The whole answer, where no router with [`problems`] stands around.
    pub fn answer(self, id: &RequestId) -> Response {
        let mut response = self.into_response();
        told(&mut response, id, "");
        response
    }
    pub fn status(&self) -> StatusCode {
        self.0.status
    }
    /// The stable word for what went wrong.
    pub fn code(&self) -> &'static str {
        self.0.error.reason
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        ApiError::new(status, error, None)
    }
}

/// A problem without its request id, waiting in the response's extensions.
#[derive(Clone)]
struct Waiting {
    status: StatusCode,
    error: Error,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Failure { status, error, header } = *self.0;
        let mut response = Response::new(axum::body::Body::empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.extend(header);
        if matches!(error.code, Code::TooMany | Code::Unavailable) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(error.retry_after.unwrap_or(1)));
        }
        if error.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Waiting { status, error });
        response
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    errors: &'a [FieldError],
    request_id: &'a str,
}

/// Middleware: gives the request an id where it has none, turns every failure into a problem, the framework's too, and
/// logs what is our fault. May stand in several routers of one chain.
pub async fn problems(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(&mut request);
    let asked = format!("{} {}", request.method(), request.uri().path());
    let mut response = next.run(request).await;
    told(&mut response, &id, &asked);
    response
}

/// `asked`: method and path, for the log.
fn told(response: &mut Response, id: &RequestId, asked: &str) {
    if let Some(Waiting { status, error }) = response.extensions_mut().remove::<Waiting>() {
        if error.code == Code::Internal {
            tracing::error!(request_id = id.as_str(), asked, reason = error.reason, detail = error.detail, "a request failed through our fault");
        }
        write(response, status, &error, id);
    } else if is_foreign_failure(response) {
        let status = response.status();
        if status.is_server_error() {
            tracing::error!(request_id = id.as_str(), asked, status = status.as_u16(), "the framework failed");
        }
        write(response, status, &foreign(status), id);
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().entry("x-request-id").or_insert(value);
    }
}

fn is_foreign_failure(response: &Response) -> bool {
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    failed && kind != MEDIA_TYPE && !kind.starts_with("text/html")
}

fn foreign(status: StatusCode) -> Error {
    let (code, reason, detail) = match status {
        StatusCode::NOT_FOUND => (Code::NotFound, "no_route", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => (Code::Malformed, "method_not_allowed", "This method does not exist here; the header Allow lists those that do."),
        StatusCode::PAYLOAD_TOO_LARGE => (Code::TooLarge, "too_large", "The body is larger than what fits here."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (Code::Malformed, "unsupported_media_type", "The body has a media type that is not understood here."),
        StatusCode::REQUEST_TIMEOUT => (Code::Malformed, "timeout", "The request did not arrive in time."),
        status if status.is_client_error() => (Code::Malformed, "malformed_request", "The request cannot be understood."),
        _ => (Code::Internal, "internal", ""),
    };
    Error::new(code, reason, detail)
}

fn write(response: &mut Response, status: StatusCode, error: &Error, id: &RequestId) {
    let internal = error.code == Code::Internal;
    let problem = Problem {
        kind: format!("urn:rapport:error:{}", error.reason),
        title: title(status),
        status: status.as_u16(),
        code: error.reason,
        detail: if internal { "Something went wrong on our side. The server's log has the details under this request id." } else { &error.detail },
        errors: &error.fields,
        request_id: id.as_str(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::CONTENT_LENGTH);
    *response.body_mut() = axum::body::Body::from(body);
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The request cannot be read",
        401 => "Sign in first",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "In conflict with what is there",
        412 => "Changed by somebody else meanwhile",
        408 => "Too slow",
        413 => "Too large",
        414 => "The address is too long",
        415 => "Unsupported media type",
        422 => "Some values cannot be accepted",
        428 => "If-Match is missing",
        429 => "Too many requests",
        431 => "The headers are too large",
        503 => "Not available at the moment",
        507 => "The disk is full",
        status if status < 500 => "The request cannot be understood",
        _ => "Internal error",
    }
}
