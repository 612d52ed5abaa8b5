//! The private cluster starts quickly, serves on both addresses, and names schemas apart.

use std::{net::TcpStream, time::Instant};
use testkit::postgres::cluster;

#[test]
fn a_cluster_starts_and_listens() {
    let started = Instant::now();
    let cluster = cluster();
    eprintln!("started in {:?}", started.elapsed());
    assert!(TcpStream::connect(("127.0.0.1", cluster.port())).is_ok());
    assert!(cluster.url().starts_with("postgres://postgres@%2F"));
    assert_ne!(cluster.fresh_schema(), cluster.fresh_schema());
}
