//! The embedded application from outside: choice of encoding, fallback to the page, what must stay missing.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on must stop, and reads its own switches")]

use ui::{Encoding, accepted, asset, page_or_asset};

#[test]
fn weights_decide_over_the_encoding() {
    assert_eq!(accepted("gzip, deflate, br"), [Encoding::Brotli, Encoding::Gzip]);
    assert_eq!(accepted("br;q=0.5, gzip"), [Encoding::Gzip, Encoding::Brotli]);
    assert_eq!(accepted("br;q=0, *"), [Encoding::Gzip]);
    assert_eq!(accepted("identity"), []);
    assert_eq!(accepted(""), []);
    assert_eq!(accepted("br;q=nonsense, gzip;q=2"), []);
}

#[test]
fn the_page_answers_for_addresses_of_the_application() {
    let page = page_or_asset("/contact/01997f3e", "").expect("every build has a page");
    assert_eq!(page.content_type, "text/html; charset=utf-8");
    assert!(!page.immutable);
    assert_eq!(page_or_asset("/", ""), Some(page.clone()));
    assert_eq!(page_or_asset("", "").map(|a| a.etag), Some(page.etag));
}

#[test]
fn missing_files_and_the_api_are_not_the_page() {
    for path in ["/assets/gone-1a2b3c.js", "/api/v1/unknown", "/api", "/../Cargo.toml", "/index.html.br", "/favicon.png"] {
        assert_eq!(page_or_asset(path, "br"), None, "{path}");
    }
}

#[test]
fn a_compressed_twin_differs_from_the_plain_file_only_on_the_wire() {
    if !ui::has_screens() {
        println!("SKIPPED: this build carries no screens");
        return;
    }
    let plain = asset("index.html", "").expect("has_screens");
    let script = String::from_utf8_lossy(&plain.body).split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js")).map(str::to_owned).expect("the page names its script");
    let (raw, small) = (asset(&script, "").expect("its script is there"), asset(&script, "gzip, br").expect("its script is there"));
    assert_eq!(raw.encoding, None);
    assert_eq!(small.encoding, Some("br"));
    assert_eq!(small.content_type, "text/javascript; charset=utf-8");
    assert!(small.immutable && small.body.len() * 2 < raw.body.len());
    assert_ne!(small.etag, raw.etag);
}
