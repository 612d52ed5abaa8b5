//! A sign-in under way, in a cookie of the browser that began it: nobody else can read it or make one, and the server
//! keeps nothing for visitors who never come back.

use crate::{
    auth::{
        Cookies,
        secret_text::{hash, hex},
    },
    data::{open, random_bytes, seal},
};
use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Error, Result, Secret};
use serde::{Deserialize, Serialize};

/// Lax, not strict: the answer comes as a link from the provider's page.
const COOKIE: [&str; 2] = ["rapport_sign_in", "__Host-rapport_sign_in"];
const PURPOSE: &[u8] = b"oidc sign-in under way";
/// For typing a password and a second factor there.
pub(super) const LASTS_MS: i64 = 10 * 60_000;

#[derive(Deserialize, Serialize)]
pub(super) struct Pending {
    pub(super) provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    /// PKCE (RFC 7636).
    pub(super) verifier: String,
    /// Where to go then.
    pub(super) next: String,
    pub(super) until: i64,
}

impl Pending {
    pub(super) fn begin(provider: &str, next: String, now_ms: i64) -> Pending {
        let random = || URL_SAFE_NO_PAD.encode(random_bytes::<32>());
        Pending { provider: provider.to_owned(), state: random(), nonce: random(), verifier: random(), next, until: now_ms + LASTS_MS }
    }

    pub(super) fn cookie(&self, cookies: Cookies, key: &Secret<[u8; 32]>) -> Result<HeaderValue> {
        let text = serde_json::to_vec(self).map_err(|e| Error::internal(e.to_string()))?;
        cookies.write(COOKIE, &URL_SAFE_NO_PAD.encode(seal(key, PURPOSE, &text)?), LASTS_MS.unsigned_abs() / 1_000)
    }
    pub(super) fn clear(cookies: Cookies) -> Result<HeaderValue> {
        cookies.write(COOKIE, "", 0)
    }
    /// What this browser has under way.
    pub(super) fn read(cookies: Cookies, key: &Secret<[u8; 32]>, headers: &HeaderMap) -> Option<Pending> {
        let sealed = URL_SAFE_NO_PAD.decode(cookies.read_named(COOKIE, headers)?).ok()?;
        serde_json::from_slice(&open(key, PURPOSE, &sealed)?).ok()
    }

    /// The name under which it is noted as used.
    pub(super) fn key(&self) -> String {
        format!("oidc {}", hex(&hash(&self.state)))
    }
}

/// A path of this server, and of nothing else, to go on at.
pub(super) fn is_own_path(next: &str) -> bool {
    let bytes = next.as_bytes();
    // browsers read \ as /, and leave tabs and line ends out
    next.len() <= 2_000 && bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/')) && bytes.iter().all(|b| b.is_ascii_graphic() && *b != b'\\') && !next.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn only_paths_of_this_server_are_gone_to() {
        for own in ["/", "/opportunities?view=1#a", "/a//b", "/r%C3%A9sum%C3%A9"] {
            assert!(is_own_path(own), "{own}");
        }
        for other in ["", "a", "//evil", "/\\evil", "\\\\evil", "https://evil", "/\t/evil", "/\n/evil", " /", "javascript:alert(1)", "/api/v1/auth/oidc/x/start", "/é"] {
            assert!(!is_own_path(other), "{other:?}");
        }
    }
}
