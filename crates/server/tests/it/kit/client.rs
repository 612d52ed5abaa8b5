//! A small HTTP client: each request on a connection of its own, everything visible.

use serde_json::Value as Json;
use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    pub headers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
    /// The stable word of a problem, after a look at its form.
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let json = self.json();
        for name in ["type", "title", "status", "code", "detail", "errors", "request_id"] {
            assert!(!json[name].is_null(), "{name}: {json}");
        }
        assert_eq!(json["status"], status);
        assert_eq!(json["request_id"].as_str(), self.headers.get("x-request-id").map(String::as_str));
        json["code"].as_str().unwrap().to_owned()
    }
    pub fn ok(&self) -> Json {
        assert!((200..300).contains(&self.status), "{self:?}");
        if self.body.is_empty() { Json::Null } else { self.json() }
    }
    /// Name and value of the cookie that is set.
    pub fn cookie(&self) -> (String, String) {
        let (name, value) = self.headers["set-cookie"].split(';').next().unwrap().split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        Client { address, headers: Vec::new() }
    }
    pub fn with(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| known != name);
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }
    pub fn bearer(&self, token: &str) -> Client {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// Signs in; a client that sends the cookie and the CSRF token.
    pub fn sign_in(&self, email: &str, password: &str) -> Client {
        let answer = self.post("/api/v1/auth/login", &serde_json::json!({ "email": email, "password": password }));
        let json = answer.ok();
        let (name, value) = answer.cookie();
        self.with("cookie", &format!("{name}={value}")).with("x-csrf-token", json["csrf_token"].as_str().unwrap())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }
    pub fn post(&self, path: &str, body: &Json) -> Answer {
        self.send("POST", path, Some(("application/json", &body.to_string())))
    }
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub fn send(&self, method: &str, path: &str, body: Option<(&str, &str)>) -> Answer {
        match body {
            Some((kind, body)) => self.with("content-type", kind).send_bytes(method, path, Some(body.as_bytes())),
            None => self.send_bytes(method, path, None),
        }
    }

    /// Like [`Client::send`], to a server that may be gone or go meanwhile: then there is no answer.
    pub fn try_send(&self, method: &str, path: &str, body: Option<(&str, &str)>) -> Option<Answer> {
        let client = body.map_or_else(|| self.clone(), |(kind, _)| self.with("content-type", kind));
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        stream.write_all(&client.request(method, path, body.map(|(_, body)| body.as_bytes()))).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        whole(&bytes).then(|| parse(&bytes))
    }

    /// Sends what stands here as it stands, however wrong it is.
    pub fn send_bytes(&self, method: &str, path: &str, body: Option<&[u8]>) -> Answer {
        self.talk(&self.request(method, path, body))
    }
    fn request(&self, method: &str, path: &str, body: Option<&[u8]>) -> Vec<u8> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = body {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        [text.as_bytes(), body.unwrap_or_default()].concat()
    }

    /// Writes bytes to a new connection and reads until it ends.
    pub fn talk(&self, said: &[u8]) -> Answer {
        let mut stream = self.connect();
        // a server may refuse before it has read all: then the answer counts, not what it left unread
        let sent = stream.write_all(said);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        assert!(!bytes.is_empty(), "no answer: {sent:?} {read:?}");
        parse(&bytes)
    }

    /// A bare connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }
}

/// Whether an answer came to its end.
fn whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse::<usize>().ok()));
    length.map_or_else(|| body.ends_with("0\r\n\r\n"), |length| body.len() >= length)
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HashMap<String, String> = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let body = if headers.get("transfer-encoding").is_some_and(|te| te == "chunked") { unchunk(body) } else { body.to_owned() };
    Answer { status, headers, body }
}

fn unchunk(mut rest: &str) -> String {
    let mut out = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        out.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    out
}
