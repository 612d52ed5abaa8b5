//! What Rapport costs: CPU per operation, beside its limit measured in the same run on the same data.
//!
//! `cargo xtask bench [--contacts N] [--out FILE]`. The workspace is built once and kept in the cache folder, by size and
//! schema. Times are user + system CPU of this process; on a busy machine they still hold where wall time does not.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program prints, and stops where it cannot go on")]

mod bare;
mod build;
mod cpu;
mod http;
mod run;

use std::path::PathBuf;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().map(String::as_str) == Some("bare-http") {
        http::bare_server(args.get(1).map(String::as_str).unwrap_or("600").parse().unwrap());
        return;
    }
    let value = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1)).cloned();
    let contacts: usize = value("--contacts").map_or(1_000_000, |n| n.parse().unwrap());
    let out = value("--out").map(PathBuf::from);
    let table = run::all(contacts, value("--server").map(PathBuf::from));
    println!("{table}");
    if let Some(out) = out {
        std::fs::write(out, table).unwrap();
    }
}
