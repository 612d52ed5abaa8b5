//! What takes more than one cargo call: `cargo xtask run | test | gen | tidy | bench | fuzz | prove | e2e | sbom`. Standard library only.

mod fuzz;
mod generate;
mod machine;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "cargo xtask COMMAND

  run [ARGS]   build with the screens and serve; ARGS go to `rapport serve`
  test         everything that must hold: format, lints, Rust tests on both databases, web checks and tests, screens in a browser
  gen          write generated files anew (OpenAPI, TypeScript types, SQL of the plans, permissions)
  tidy         layers, file sizes, words
  bench        CPU per operation beside its limit, on a large workspace
  fuzz [N]     asks a server everything its OpenAPI document allows and forbids, as every role; N examples an operation
  prove        the long proofs: 20,000 decisions, 1,000 twin worlds, condition trees, 100 kills, 51 power cuts, 10,000 tamperings of the log, fuzzing
  e2e          the journeys in a browser
  sbom         what the program is made of, as CycloneDX: target/rapport.cdx.json
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("run") => test::serve(rest),
        Some("test") => test::all(),
        Some("gen") => generate::all(),
        Some("tidy") => tidy::check(),
        Some("bench") => test::bench(rest),
        Some("fuzz") => fuzz::all(rest),
        Some("prove") => test::prove(),
        Some("e2e") => test::e2e(),
        Some("sbom") => test::sbom(),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}
