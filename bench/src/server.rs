//! `rapport serve` as a process, and its command line.

use crate::{
    bare,
    client::{Ask, Connection},
    cpu,
};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub(crate) struct Server {
    child: Child,
    address: String,
    place: Option<(PathBuf, PathBuf)>,
    /// From the start of the process to its first answer: wall, and CPU, in seconds.
    pub(crate) start_s: (f64, f64),
}
impl Server {
    pub(crate) fn start(rapport: &Path, data: &Path, port: u16) -> Server {
        let address = format!("127.0.0.1:{port}");
        assert!(TcpStream::connect(&address).is_err(), "something listens on {address} already; name another port by --port");
        let began = Instant::now();
        let child = Command::new(rapport).arg("serve").arg("--data").arg(data).args(["--listen", &address]).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut server = Server { child, address, place: Some((rapport.to_owned(), data.to_owned())), start_s: (0.0, 0.0) };
        while !server.is_ready() {
            assert!(server.child.try_wait().unwrap().is_none(), "the server ended");
            assert!(began.elapsed().as_secs() < 600, "the server does not answer");
            std::thread::sleep(Duration::from_millis(2));
        }
        server.start_s = (began.elapsed().as_secs_f64(), cpu::seconds(&server.pid()));
        server
    }
    fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        let mut answer = String::new();
        let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").and_then(|()| stream.read_to_string(&mut answer));
        asked.is_ok() && answer.starts_with("HTTP/1.1 200")
    }
    /// Answers everything with so many bytes and does nothing else.
    pub(crate) fn bare(bytes: usize) -> Server {
        let mut child = Command::new(std::env::current_exe().unwrap()).args(["bare-http", &bytes.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with(bare::http::HOST), "{line}");
        Server { child, address: line.trim().to_owned(), place: None, start_s: (0.0, 0.0) }
    }
    pub(crate) fn pid(&self) -> String {
        self.child.id().to_string()
    }
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
    pub(crate) fn data_file(&self) -> PathBuf {
        data_file(&self.place.as_ref().unwrap().1)
    }
    /// What a command says.
    pub(crate) fn cli(&self, args: &[&str]) -> String {
        let (rapport, data) = self.place.as_ref().unwrap();
        let out = Command::new(rapport).args(args).arg("--data").arg(data).stderr(Stdio::piped()).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }
    pub(crate) fn token(&self, email: &str) -> String {
        self.cli(&["token", "create", "--email", email]).trim().to_owned()
    }
    pub(crate) fn json(&self, token: &str, ask: &Ask) -> serde_json::Value {
        serde_json::from_slice(&Connection::open(&self.address, token).ask(ask)).unwrap()
    }
    /// Ends in order, so that the database is folded.
    pub(crate) fn stop(mut self) {
        if self.place.is_some() {
            let killed = Command::new("kill").arg(self.pid()).status().unwrap();
            assert!(killed.success());
        } else {
            self.child.kill().unwrap();
        }
        self.child.wait().unwrap();
    }
}
impl Drop for Server {
    fn drop(&mut self) {
        // where a measurement has failed; one that was stopped is gone already
        let _gone = self.child.kill();
    }
}
pub(crate) fn data_file(data: &Path) -> PathBuf {
    data.join("workspaces/main/data.db")
}
