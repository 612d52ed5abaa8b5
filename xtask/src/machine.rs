//! Running programs, and making sure that what the tests need is on this machine.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) type Done = Result<(), String>;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
/// Runs a program in a folder of the project and shows what it prints.
pub(crate) fn run(folder: &str, program: &str, args: &[&str], env: &[(&str, &str)]) -> Done {
    eprintln!("\n> {program} {}", args.join(" "));
    let status = Command::new(program).args(args).envs(env.iter().copied()).current_dir(root().join(folder)).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program} {}` ended with {status}", args.join(" "))),
        Err(error) => Err(format!("`{program}` could not be started: {error}")),
    }
}
pub(crate) fn has(program: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}
fn postgres() -> bool {
    has("initdb") || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| versions.any(|v| v.is_ok_and(|v| v.path().join("bin/initdb").exists())))
}
/// PostgreSQL's server programs, a browser and Node: installed from the system's packages where that is allowed,
/// otherwise a sentence says what to install.
pub(crate) fn ensure() -> Done {
    let mut missing = Vec::new();
    if !postgres() {
        missing.push("postgresql");
    }
    if !has("chromium") && std::env::var_os("CHROME_BIN").is_none() {
        missing.push("chromium");
    }
    if !missing.is_empty() {
        if !has("apt-get") || !root_user() {
            return Err(format!("The tests need {}. Install with your system's package manager, for example: sudo apt-get install -y {}", missing.join(" and "), missing.join(" ")));
        }
        run(".", "apt-get", &["update", "-qq"], &[])?;
        let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
        args.extend(&missing);
        run(".", "apt-get", &args, &[("DEBIAN_FRONTEND", "noninteractive")])?;
    }
    if !has("npm") {
        return Err("The screens need Node 20.19 or newer with npm. Install it from nodejs.org or your system's packages.".into());
    }
    Ok(())
}
/// What power cuts need; without it those tests say that they are skipped.
pub(crate) fn power_rig() -> Done {
    if !has("nbdkit") && has("apt-get") && root_user() {
        run(".", "apt-get", &["install", "-y", "-qq", "--no-install-recommends", "nbdkit", "libnbd-bin", "fuse3", "e2fsprogs"], &[("DEBIAN_FRONTEND", "noninteractive")])?;
    }
    Ok(())
}
fn root_user() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}
/// `npm ci`, unless the installed packages are those of the lock file already.
pub(crate) fn npm_ci(folder: &str) -> Done {
    let here = root().join(folder);
    let (lock, mark) = (here.join("package-lock.json"), here.join("node_modules/.rapport-lock"));
    let wanted = std::fs::read(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    if std::fs::read(&mark).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    run(folder, "npm", &["ci", "--no-audit", "--no-fund"], &[])?;
    std::fs::write(&mark, wanted).map_err(|e| format!("{}: {e}", mark.display()))
}
