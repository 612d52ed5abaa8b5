//! Failures before there is a request: hyper answers them by itself, with a status and nothing else. They become problems
//! (RFC 9457) like all others on their way to the socket.

use api::RequestId;
use serde_json::json;

/// The longest head of an answer that hyper makes by itself.
const LONGEST: usize = 512;

/// What goes out instead of `written`, if that is a failure of hyper's own: a whole head without the id that each of our
/// answers carries.
pub(super) fn instead_of(written: &[u8]) -> Option<Vec<u8>> {
    if written.len() > LONGEST || !written.starts_with(b"HTTP/1.1 4") || !written.ends_with(b"\r\n\r\n") {
        return None;
    }
    let head = std::str::from_utf8(written).ok()?.to_ascii_lowercase();
    if head.contains("x-request-id:") || !head.contains("content-length: 0") {
        return None;
    }
    Some(problem(head.get(9..12)?.parse().ok()?))
}

/// A whole answer of that status, after which the connection ends.
pub(super) fn problem(status: u16) -> Vec<u8> {
    let (line, code, title, detail, more) = match status {
        408 => ("408 Request Timeout", "timeout", "Too slow", "The request did not arrive in time. Send it again, over a better line.", ""),
        414 => ("414 URI Too Long", "address_too_long", "The address is too long", "The address is longer than 8 KiB. Filters that long go into the body of POST .../query.", ""),
        431 => (
            "431 Request Header Fields Too Large",
            "headers_too_large",
            "The headers are too large",
            "The address and the headers together are longer than the server takes. Send fewer or shorter ones.",
            "",
        ),
        503 => ("503 Service Unavailable", "overloaded", "Not available at the moment", "Too many connections are open. Nothing was done; try again in some seconds.", "Retry-After: 5\r\n"),
        _ => ("400 Bad Request", "malformed_request", "The request cannot be read", "This is no HTTP/1.1 request that can be read. Look at its first line and its headers.", ""),
    };
    let status: u16 = line[..3].parse().unwrap_or(400);
    let id = RequestId::random();
    let body = json!({"type": format!("urn:rapport:error:{code}"), "title": title, "status": status, "code": code, "detail": detail, "errors": [], "request_id": id.as_str()}).to_string();
    let head = format!(
        "HTTP/1.1 {line}\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: {}\r\n{more}Connection: close\r\n\r\n",
        body.len(),
        id.as_str()
    );
    [head, body].concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{instead_of, problem};

    #[test]
    fn only_what_hyper_says_by_itself_is_replaced() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: Sat, 28 Nov 2026 02:00:00 GMT\r\n\r\n";
        let told = String::from_utf8(instead_of(bare).unwrap()).unwrap();
        assert!(told.starts_with("HTTP/1.1 431 ") && told.contains("\"code\":\"headers_too_large\""), "{told}");
        for ours in [
            &b"HTTP/1.1 404 Not Found\r\nx-request-id: a\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            b"GET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(instead_of(ours).is_none(), "{}", String::from_utf8_lossy(ours));
        }
        for status in [400, 408, 414, 431, 503] {
            let text = String::from_utf8(problem(status)).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["status"], status);
        }
    }
}
