//! The private cluster starts quickly, serves on both addresses, names schemas apart, and ends with its process.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::let_and_return, reason = "a test fails by panicking, reads its own switches, and lets locks go before it answers")]

mod rights;

use std::{
    io::{BufRead as _, BufReader},
    net::TcpStream,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use testkit::postgres::cluster;

#[test]
fn a_cluster_starts_and_listens() {
    let started = Instant::now();
    let cluster = cluster();
    println!("started in {:?}", started.elapsed());
    assert!(TcpStream::connect(("127.0.0.1", cluster.port())).is_ok());
    assert!(cluster.url().starts_with("postgres://postgres@%2F"));
    assert!(cluster.tcp_url().contains("127.0.0.1"));
    assert_ne!(cluster.fresh_schema(), cluster.fresh_schema());
}

/// The other side of the next test.
#[test]
#[ignore = "run by a_killed_process_takes_its_cluster_along"]
fn start_and_wait() {
    println!("\nport {}", cluster().port());
    sleep(Duration::from_secs(60));
}

#[test]
fn a_killed_process_takes_its_cluster_along() {
    let mut child = Command::new(std::env::current_exe().unwrap()).args(["--exact", "--ignored", "--nocapture", "start_and_wait"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port: u16 = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("port ")?.parse().ok()).unwrap();
    let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert!(listens());
    child.kill().unwrap(); // SIGKILL: nothing of its own can clean up
    child.wait().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while listens() {
        assert!(Instant::now() < until, "the server outlived its process");
        sleep(Duration::from_millis(20));
    }
}
