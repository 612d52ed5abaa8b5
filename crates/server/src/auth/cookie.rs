//! The session cookie (RFC 6265).

use axum::http::{HeaderMap, HeaderValue, header};
use kernel::{Error, Result, Secret};
use std::time::Duration;

/// How cookies are named and marked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    /// Over TLS the name has the prefix that makes browsers insist on `Secure`, `Path=/` and no `Domain`: no other host
    /// of the same domain can set it.
    pub(crate) https: bool,
    pub(crate) lasts: Duration,
}

/// The name of a cookie in clear and over TLS.
const SESSION: [&str; 2] = ["rapport_session", "__Host-rapport_session"];

impl Cookies {
    /// The session's secret in a request.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        self.read_named(SESSION, headers)
    }
    pub(super) fn read_named<'a>(self, name: [&str; 2], headers: &'a HeaderMap) -> Option<&'a str> {
        let wanted = self.pick(name);
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == wanted).then_some(value)
        })
    }

    pub(crate) fn set(self, session: &Secret<String>) -> Result<HeaderValue> {
        self.write(SESSION, session.expose(), self.lasts.as_secs())
    }
    pub(crate) fn clear(self) -> Result<HeaderValue> {
        self.write(SESSION, "", 0)
    }
    fn pick(self, name: [&str; 2]) -> &str {
        name[usize::from(self.https)]
    }
    pub(super) fn write(self, name: [&str; 2], value: &str, seconds: u64) -> Result<HeaderValue> {
        let secure = if self.https { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.pick(name));
        let mut header = HeaderValue::try_from(text).map_err(|e| Error::internal(format!("cookie: {e}")))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cookies, Duration, HeaderMap, Secret, header};

    #[test]
    fn cookies_are_closed_to_scripts_and_bound_to_the_host_over_tls() {
        let lasts = Duration::from_secs(60);
        let plain = Cookies { https: false, lasts }.set(&Secret::new("x".into())).unwrap();
        assert_eq!(plain.to_str().unwrap(), "rapport_session=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        let tls = Cookies { https: true, lasts }.set(&Secret::new("x".into())).unwrap();
        assert_eq!(tls.to_str().unwrap(), "__Host-rapport_session=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=b; rapport_session=abc; c".parse().unwrap());
        assert_eq!(Cookies { https: false, lasts }.read(&headers), Some("abc"));
        assert_eq!(Cookies { https: true, lasts }.read(&headers), None);
    }
}
