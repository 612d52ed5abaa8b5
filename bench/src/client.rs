//! Requests over kept connections, and what they cost the server.

use crate::{
    cpu::{self, Spread},
    server::Server,
};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
}
impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Ask {
        Ask { method: "GET", path: path.into(), body: String::new() }
    }
    pub(crate) fn post(path: impl Into<String>, body: impl Into<String>) -> Ask {
        Ask { method: "POST", path: path.into(), body: body.into() }
    }
}

pub(crate) struct Connection {
    out: TcpStream,
    input: BufReader<TcpStream>,
    head: String,
}
impl Connection {
    pub(crate) fn open(address: &str, token: &str) -> Connection {
        let out = TcpStream::connect(address).unwrap();
        out.set_nodelay(true).unwrap();
        let input = BufReader::new(out.try_clone().unwrap());
        Connection { out, input, head: format!("Host: localhost\r\nAuthorization: Bearer {token}\r\n") }
    }
    /// The body of the answer, which must be a success.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Vec<u8> {
        let Ask { method, path, body } = ask;
        let more = if body.is_empty() { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()) };
        self.out.write_all(format!("{method} {path} HTTP/1.1\r\n{}{more}\r\n{body}", self.head).as_bytes()).unwrap();
        let (mut status, mut line, mut length) = (String::new(), String::new(), 0);
        self.input.read_line(&mut status).unwrap();
        loop {
            line.clear();
            self.input.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut answer = vec![0; length];
        self.input.read_exact(&mut answer).unwrap();
        assert!(status.starts_with("HTTP/1.1 2"), "{method} {path}: {status}{}", String::from_utf8_lossy(&answer));
        answer
    }
}

pub(crate) struct Load {
    /// CPU microseconds of the server per request.
    pub(crate) cpu_us: f64,
    /// Wall microseconds of single requests, as the client sees them.
    pub(crate) wall_us: Spread,
    /// Bytes of an answer's body, on average.
    pub(crate) bytes: usize,
}
/// Asks over so many connections until the server has spent two seconds of CPU on it.
pub(crate) fn load(server: &Server, connections: usize, token: &str, ask: impl Fn(usize) -> Ask + Send + Sync + 'static) -> Load {
    let (pid, ask) = (server.pid(), Arc::new(ask));
    let (stop, next, started) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let (ask, stop, next, started, mut connection) = (ask.clone(), stop.clone(), next.clone(), started.clone(), Connection::open(server.address(), token));
            std::thread::spawn(move || {
                let (mut walls, mut bytes) = (Vec::new(), 0);
                for _ in 0..3 {
                    connection.ask(&ask(next.fetch_add(1, Relaxed)));
                }
                started.fetch_add(1, Relaxed);
                while started.load(Relaxed) < connections {
                    std::thread::sleep(Duration::from_millis(1));
                }
                while !stop.load(Relaxed) {
                    let began = Instant::now();
                    bytes += connection.ask(&ask(next.fetch_add(1, Relaxed))).len();
                    walls.push(began.elapsed().as_secs_f64() * 1e6);
                }
                (walls, bytes)
            })
        })
        .collect();
    while started.load(Relaxed) < connections {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (before, began) = (cpu::seconds(&pid), Instant::now());
    while cpu::seconds(&pid) - before < 2.0 && began.elapsed().as_secs() < 60 {
        std::thread::sleep(Duration::from_millis(20));
    }
    stop.store(true, Relaxed);
    let (mut walls, mut bytes) = (Vec::new(), 0);
    for thread in threads {
        let (some, read) = thread.join().unwrap();
        walls.extend(some);
        bytes += read;
    }
    let spent = cpu::seconds(&pid) - before;
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let cpu_us = spent * 1e6 / walls.len() as f64;
    Load { cpu_us, bytes: bytes / walls.len(), wall_us: Spread::of(walls) }
}
