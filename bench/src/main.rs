//! What Rapport costs: CPU per operation of the real program, beside its limit measured in the same run on the same rows.
//!
//! `cargo xtask bench` (see `bench/README.md`). The workspace is made once, by the import of `rapport` itself, and kept in
//! the cache folder by size, seed and schema. Figures are user + system CPU of the process that does the work: on a busy
//! machine they still hold where wall time does not.
#![expect(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, reason = "a measuring program prints, and stops where it cannot go on")]

mod bare;
mod client;
mod cpu;
mod machine;
mod rows;
mod server;
mod table;
mod world;

use std::path::PathBuf;

/// What is asked for.
pub(crate) struct Options {
    pub(crate) contacts: usize,
    /// The binary under measure.
    pub(crate) rapport: PathBuf,
    pub(crate) port: u16,
    /// Only build the workspace.
    pub(crate) build_only: bool,
    /// Only rows whose name holds this.
    pub(crate) only: Option<String>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1)).cloned();
    if args.first().map(String::as_str) == Some("bare-http") {
        bare::http::serve(args.get(1).unwrap().parse().unwrap());
        return;
    }
    // a failure in any thread ends the run: nobody waits for it
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say(panic);
        std::process::exit(1);
    }));
    let beside = std::env::current_exe().unwrap().with_file_name("rapport");
    let options = Options {
        contacts: value("--contacts").map_or(1_000_000, |n| n.parse().unwrap()),
        rapport: value("--rapport").map_or(beside, PathBuf::from),
        port: value("--port").map_or(18_431, |n| n.parse().unwrap()),
        build_only: args.iter().any(|a| a == "--build-only"),
        only: value("--only"),
    };
    assert!(options.rapport.exists(), "{} is missing: cargo build --release, or name it by --rapport", options.rapport.display());
    let table = rows::all(&options);
    println!("{table}");
    if let Some(out) = value("--out") {
        std::fs::write(out, table).unwrap();
    }
}
