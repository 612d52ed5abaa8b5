//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What `/api` answers is data: should a browser show it as a page, it can do nothing.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// Two years, as the preload list asks.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Adds what is missing; a handler's own choice of caching stands.
pub(super) fn secure(headers: &mut HeaderMap, is_api: bool, is_https: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, if is_api { API_POLICY } else { ui::CONTENT_SECURITY_POLICY });
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "no-referrer");
    put(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if is_api {
        put(header::CACHE_CONTROL, "no-store");
    }
    if is_https {
        put(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
}

#[cfg(test)]
mod tests {
    use super::secure;
    use http::{HeaderMap, HeaderValue, header};

    #[test]
    fn scripts_are_never_inline_and_personal_answers_never_cached() {
        let mut page = HeaderMap::new();
        secure(&mut page, false, false);
        let policy = page[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
        assert_eq!(scripts.trim(), "script-src 'self'");
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!page.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let mut api = HeaderMap::new();
        secure(&mut api, true, true);
        assert_eq!(api[header::CACHE_CONTROL], "no-store");
        assert!(api.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let mut chosen = HeaderMap::new();
        chosen.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
        secure(&mut chosen, true, false);
        assert_eq!(chosen[header::CACHE_CONTROL], "private");
    }
}
