//! The one test command, and the long ones.

use crate::{
    fuzz,
    machine::{Done, ensure, npm_ci, power_rig, root, run, target},
    tidy,
};

/// What CI runs and what a developer runs: the same.
pub(crate) fn all() -> Done {
    ensure()?;
    run(".", "cargo", &["fmt", "--all", "--", "--check"], &[])?;
    tidy::check()?;
    run(".", "cargo", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], &[])?;
    run(".", "cargo", &["test", "--workspace"], &[])?;
    npm_ci("web")?;
    for script in ["check", "lint", "test", "build"] {
        run("web", "npm", &["run", "--silent", script], &[])?;
    }
    journeys()
}
/// The journeys through the screens, against a server of their own.
pub(crate) fn e2e() -> Done {
    ensure()?;
    npm_ci("web")?;
    run("web", "npm", &["run", "--silent", "build"], &[])?;
    journeys()
}
fn journeys() -> Done {
    let dist = root().join("web/dist").display().to_string();
    run(".", "cargo", &["build", "--package", "server"], &[("RAPPORT_UI_DIST", &dist)])?;
    let binary = target().join("debug/rapport").display().to_string();
    run("web", "npm", &["run", "--silent", "e2e"], &[("RAPPORT_BIN", &binary)])
}
pub(crate) fn serve(args: &[String]) -> Done {
    let mut all = vec!["run", "--release", "--", "serve"];
    all.extend(args.iter().map(String::as_str));
    run(".", "cargo", &all, &[])
}
pub(crate) fn prove() -> Done {
    ensure()?;
    power_rig()?;
    run(".", "cargo", &["test", "--release", "--workspace"], &[("RAPPORT_PROVE", "1")])?;
    fuzz::all(&["200".to_owned()])
}
pub(crate) fn sbom() -> Done {
    run(".", "node", &["xtask/sbom.mjs", &target().join("rapport.cdx.json").display().to_string()], &[])
}
pub(crate) fn bench(args: &[String]) -> Done {
    let mut all = vec!["run", "--release", "--package", "bench", "--"];
    all.extend(args.iter().map(String::as_str));
    run(".", "cargo", &all, &[])
}
