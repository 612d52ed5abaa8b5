//! The web application inside the binary. A leaf: only the server depends on it, so that a changed screen recompiles
//! nothing else. It knows no web framework; the server turns an [`Asset`] into an answer.

mod choose;

pub use choose::{Encoding, accepted};

use rust_embed::RustEmbed;
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct Files;

/// One file as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub body: Cow<'static, [u8]>,
    /// For `Content-Type`.
    pub content_type: &'static str,
    /// For `Content-Encoding`; `None` means as it is. Answers with it need `Vary: Accept-Encoding`.
    pub encoding: Option<&'static str>,
    /// Its name carries a hash of its content: `Cache-Control: public, max-age=31536000, immutable`. Others are
    /// `no-cache`, so that a new release shows at once.
    pub immutable: bool,
    /// For `ETag`, without quotes; it differs between encodings, as strong validators must.
    pub etag: String,
}

/// The file at `path` (with or without leading slash) in the best encoding that the client takes.
///
/// `None` when there is no such file; compressed twins are not reachable by their own name.
pub fn asset(path: &str, accept_encoding: &str) -> Option<Asset> {
    let path = path.trim_start_matches('/');
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let plain = Files::get(path)?;
    let (encoding, file) =
        accepted(accept_encoding).into_iter().find_map(|encoding| Files::get(&format!("{path}.{}", encoding.suffix())).map(|file| (Some(encoding.name()), file))).unwrap_or((None, plain));
    let hash = file.metadata.sha256_hash();
    Some(Asset { body: file.data, content_type: content_type(path), encoding, immutable: path.starts_with("assets/"), etag: hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect() })
}

/// What the server answers for an address outside `/api` and the health routes: the file, or the application's page for
/// an address that the application itself understands (`/contact/019...`). A missing file with an extension stays missing.
pub fn page_or_asset(path: &str, accept_encoding: &str) -> Option<Asset> {
    let trimmed = path.trim_matches('/');
    if trimmed == "api" || trimmed.starts_with("api/") {
        return None;
    }
    if let Some(found) = (!trimmed.is_empty()).then(|| asset(trimmed, accept_encoding)).flatten() {
        return Some(found);
    }
    let looks_like_file = trimmed.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if looks_like_file { None } else { asset("index.html", accept_encoding) }
}

/// Whether this build carries the real screens, not the page that says they are missing.
pub fn has_screens() -> bool {
    Files::get("index.html").is_some_and(|page| !String::from_utf8_lossy(&page.data).contains("rapport-placeholder"))
}

/// Content security policy that the application needs: own files only, no inline script. Inline styles are measured
/// sizes that the virtual list and the overlays write on elements.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; frame-src blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
