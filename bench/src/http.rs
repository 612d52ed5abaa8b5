//! Over HTTP: the server's CPU per answer at 16 connections, beside a bare answer of the same size.

use crate::cpu;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Answers every request with that many bytes; prints its address.
pub(crate) fn bare_server(bytes: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let body = "x".repeat(bytes);
        let app = axum::Router::new().fallback(move || {
            let body = body.clone();
            async move { ([("content-type", "application/json")], body) }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

/// One keep-alive connection; the length of the last body.
fn load(address: &str, path: &str, token: &str, n: usize) -> usize {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut out = stream.try_clone().unwrap();
    let mut input = BufReader::new(stream);
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut length = 0;
    for _ in 0..n {
        out.write_all(request.as_bytes()).unwrap();
        let (mut status, mut line) = (String::new(), String::new());
        input.read_line(&mut status).unwrap();
        assert!(status.contains("200"), "{status}");
        length = 0;
        loop {
            line.clear();
            input.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body).unwrap();
    }
    length
}
fn sixteen(address: &str, path: &str, token: &str, pid: &str) -> f64 {
    load(address, path, token, 50);
    let before = cpu::seconds(pid);
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let (address, path, token) = (address.to_owned(), path.to_owned(), token.to_owned());
            std::thread::spawn(move || load(&address, &path, &token, 500))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    (cpu::seconds(pid) - before) * 1e6 / (16.0 * 500.0)
}
fn start(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

/// `(what, ours, bare)` in CPU microseconds of the serving process. `server` is a folder with the binary and a data folder
/// that a demo has filled.
pub(crate) fn compare(server: &Path) -> Vec<(String, f64, f64)> {
    let data = std::env::temp_dir().join(format!("rapport-bench-{}", std::process::id()));
    let data_text = data.display().to_string();
    let mut child = Command::new(server).args(["serve", "--demo", "--data", &data_text, "--listen", "127.0.0.1:18431"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let address = "127.0.0.1:18431";
    let ready = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        data.join("rapport.sock").exists() && TcpStream::connect(address).is_ok()
    });
    assert!(ready, "the server did not start");
    let cli = |args: &[&str]| {
        let out = Command::new(server).args(args).args(["--data", &data_text]).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    cli(&["user", "add", "--email", "bench@example.org", "--name", "Bench", "--role", "admin"]);
    let token = cli(&["token", "create", "--email", "bench@example.org"]).trim().to_owned();
    let found: serde_json::Value = serde_json::from_str(&cli(&["api", "GET", "/records/contact?limit=1"])).unwrap();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let pid = child.id().to_string();
    let mut out = Vec::new();
    for (what, path) in
        [("read by id over HTTP, 16 connections", format!("/api/v1/records/contact/{id}")), ("list of 50 over HTTP, 16 connections", "/api/v1/records/contact?limit=50&sort=full_name".to_owned())]
    {
        let bytes = load(address, &path, &token, 1);
        let ours = sixteen(address, &path, &token, &pid);
        let (mut bare, bare_address) = start(Command::new(std::env::current_exe().unwrap()).args(["bare-http", &bytes.to_string()]));
        let limit = sixteen(&bare_address, "/", "x", &bare.id().to_string());
        bare.kill().unwrap();
        bare.wait().unwrap();
        out.push((format!("{what} ({bytes} bytes)"), ours, limit));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let _gone = std::fs::remove_dir_all(data);
    out
}
