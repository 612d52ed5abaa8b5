//! The page behind an invitation link: choose a password. Rendered here, works without scripts. Opening the link uses
//! nothing up, so that a mail scanner does no harm.

use crate::{
    app::App,
    auth::{Peer, accept_invitation},
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, Method, Request, Response, StatusCode, header},
};
use kernel::{Code, Error, Secret};
use std::sync::Arc;

const MOST_BYTES: usize = 16 << 10;

pub(super) async fn page(app: &Arc<App>, request: Request<Body>) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => {
            let token = field(request.uri().query().unwrap_or_default(), "token").unwrap_or_default();
            html(StatusCode::OK, &form(app, &token, None))
        }
        Method::POST => {
            let address = request.extensions().get::<Peer>().map(|peer| peer.0);
            let Ok(body) = to_bytes(request.into_body(), MOST_BYTES).await else { return html(StatusCode::PAYLOAD_TOO_LARGE, &note("That was too long.")) };
            let body = String::from_utf8_lossy(&body);
            let get = |name| field(&body, name).unwrap_or_default();
            let (token, password) = (get("token"), Secret::new(get("password")));
            let chosen = if password.expose() == &get("again") { accept_invitation(app, &token, address, password).await } else { Err(Error::field("again", "differs", "The two passwords differ.")) };
            match chosen {
                Ok(()) => html(StatusCode::OK, &note("Your password is set. <a href=\"/\">Sign in</a>")),
                Err(e) if e.code == Code::Invalid => html(StatusCode::UNPROCESSABLE_ENTITY, &form(app, &token, Some(&e.detail))),
                Err(e) if e.code == Code::Internal => {
                    tracing::error!(error = %e, "an invitation could not be accepted");
                    html(StatusCode::INTERNAL_SERVER_ERROR, &note("Something went wrong on our side. Try again later."))
                }
                Err(e) => html(StatusCode::from_u16(e.status()).unwrap_or(StatusCode::BAD_REQUEST), &note(&escape(&e.detail))),
            }
        }
        _ => {
            let mut refused = html(StatusCode::METHOD_NOT_ALLOWED, &note("Open the link from your invitation."));
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            refused
        }
    }
}

fn form(app: &App, token: &str, wrong: Option<&str>) -> String {
    let wrong = wrong.map(|text| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(text))).unwrap_or_default();
    format!(
        "{wrong}<form method=\"post\" action=\"/invitation\"><input type=\"hidden\" name=\"token\" value=\"{}\">\
         <label>New password <small>at least {} characters; three or four words are easy to remember</small>\
         <input type=\"password\" name=\"password\" autocomplete=\"new-password\" required autofocus></label>\
         <label>Once more<input type=\"password\" name=\"again\" autocomplete=\"new-password\" required></label>\
         <button>Set password</button></form>",
        escape(token),
        app.config.sign_in.password_min
    )
}

fn note(html: &str) -> String {
    format!("<p>{html}</p>")
}

fn html(status: StatusCode, inner: &str) -> Response<Body> {
    const STYLE: &str = "body{font:15px/1.5 Inter,system-ui,sans-serif;color:#211b1f;background:#faf9fa;margin:0;display:grid;place-items:center;min-height:100vh}\
        main{width:min(22rem,90vw)}h1{font-size:20px;font-weight:600}label{display:block;margin:16px 0}small{display:block;color:#6b6469}\
        input{box-sizing:border-box;width:100%;height:36px;margin-top:4px;padding:0 8px;border:1px solid #928b90;border-radius:6px;font:inherit}\
        button{height:36px;padding:0 16px;border:0;border-radius:6px;background:#7f3071;color:#fff;font:inherit;font-weight:500}\
        a{color:#7b2d6e}.wrong{color:#a71922}@media(prefers-color-scheme:dark){body{background:#181517;color:#edeaec}small{color:#999398}input{background:#211d20;color:inherit;border-color:#70696f}a{color:#e89ed8}.wrong{color:#fc958d}}";
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Choose a password · Rapport</title><style>{STYLE}</style></head><body><main><h1>Choose a password for Rapport</h1>{inner}</main></body></html>"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A field of a form or query (`application/x-www-form-urlencoded`).
fn field(form: &str, name: &str) -> Option<String> {
    form.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| decode(value))
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next().unwrap_or(b' '), bytes.next().unwrap_or(b' ')];
                let value = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                out.push(value.unwrap_or(b'?'));
            }
            b => out.push(b),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{escape, field};

    #[test]
    fn forms_are_read_and_texts_cannot_become_markup() {
        let body = "token=rpi_main_ab&password=correct+horse%20b%C3%A4ttery%26&x=%zz";
        assert_eq!(field(body, "token").unwrap(), "rpi_main_ab");
        assert_eq!(field(body, "password").unwrap(), "correct horse bättery&");
        assert_eq!(field(body, "x").unwrap(), "?");
        assert_eq!(field(body, "y"), None);
        assert_eq!(escape("\"><script>&"), "&quot;&gt;&lt;script&gt;&amp;");
    }
}
