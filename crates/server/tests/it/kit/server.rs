use super::{Client, Place};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::{sleep, spawn},
    time::{Duration, Instant},
};

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Lines of standard output so far come from here.
    out: Receiver<String>,
    first: Vec<String>,
}

const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    pub fn start(place: &Place) -> Server {
        Server::start_with(place, "127.0.0.1:0", &[])
    }

    /// Starts `rapport serve` and waits until it is ready.
    pub fn start_with(place: &Place, listen: &str, words: &[&str]) -> Server {
        let mut child = place.command().args(["serve", "--listen", listen]).args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, out) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        spawn(move || stdout.lines().map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        let (ready, told) = channel();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        spawn(move || {
            let mut seen = String::new();
            let mut line = String::new();
            while stderr.read_line(&mut line).is_ok_and(|n| n > 0) {
                if let Some(rest) = line.split("listening=").nth(1) {
                    let address = rest.split(' ').next().unwrap_or_default().replace("0.0.0.0", "127.0.0.1").parse::<SocketAddr>().unwrap();
                    drop(ready.send(Ok(address)));
                }
                eprint!("server: {line}");
                seen.push_str(&line);
                line.clear();
            }
            let mut rest = String::new();
            drop(stderr.read_to_string(&mut rest));
            drop(ready.send(Err(seen)));
        });
        let address = told.recv_timeout(PATIENCE).expect("the server says something within a minute").unwrap_or_else(|said| panic!("the server did not start: {said}"));
        // standard output is written before readiness is told
        sleep(Duration::from_millis(30));
        let first = out.try_iter().collect();
        Server { child, address, out, first }
    }

    /// Lines that the start printed.
    pub fn first_lines(&self) -> &[String] {
        &self.first
    }
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end; the exit code and how long it took. `None` for a signal's end.
    pub fn wait(mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                // what the start says may arrive late on a busy machine
                let more: Vec<String> = self.out.iter().filter(|line| !line.starts_with("Sign in: ")).collect();
                assert_eq!(more, [""; 0], "more was printed than the start says");
                return (status.code(), began.elapsed());
            }
            sleep(Duration::from_millis(10));
        }
        panic!("the server does not end");
    }

    /// Stops it in good order.
    pub fn stop(self) {
        self.signal("TERM");
        assert_eq!(self.wait().0, Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // a test that failed leaves it running
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
