//! Puts the web application into `$OUT_DIR/ui`, from where `lib.rs` embeds it.
//!
//! Release builds make it with npm and Vite. Every other profile must start at once and work without Node: it takes what
//! stands in `web/dist`, otherwise a page that says how to get the real one. `RAPPORT_UI_DIST` names a ready-made UI
//! (cross builds, distributions, machines without npm); `RAPPORT_UI=skip` takes the page.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

type Outcome<T> = Result<T, String>;

/// What decides over the result. Not `web` itself: the build writes into `web/node_modules` and would restart itself.
const SOURCES: [&str; 10] = ["src", "public", "build", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", ".npmrc", "dist/index.html"];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\n{why}\n");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let web = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../web");
    let target = PathBuf::from(variable("OUT_DIR")?).join("ui");
    println!("cargo:rerun-if-env-changed=RAPPORT_UI_DIST");
    println!("cargo:rerun-if-env-changed=RAPPORT_UI");
    println!("cargo:rerun-if-env-changed=DOCS_RS");
    for source in SOURCES {
        let path = web.join(source);
        // A missing path would make cargo run this at every build; web/dist is watched once it is there.
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    clear(&target)?;
    if let Some(ready) = env::var_os("RAPPORT_UI_DIST") {
        let ready = PathBuf::from(ready);
        if !ready.join("index.html").is_file() {
            return Err(format!("RAPPORT_UI_DIST is {}, but there is no index.html in it. Point it at a built UI (the dist folder of web/).", ready.display()));
        }
        return copy(&ready, &target);
    }
    if env::var_os("RAPPORT_UI").is_some_and(|word| word == "skip") || env::var_os("DOCS_RS").is_some() {
        return placeholder(&target);
    }
    if variable("PROFILE")? == "release" {
        return build(&web, &target);
    }
    if web.join("dist/index.html").is_file() { copy(&web.join("dist"), &target) } else { placeholder(&target) }
}

fn variable(name: &str) -> Outcome<String> {
    let value = env::var_os(name).ok_or_else(|| format!("{name} is not set: this script is run by cargo."))?;
    value.into_string().map_err(|_| format!("{name} is not readable text."))
}

fn clear(target: &Path) -> Outcome<()> {
    match fs::remove_dir_all(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(format!("Could not empty {}: {error}", target.display())),
        _ => {}
    }
    fs::create_dir_all(target).map_err(|error| format!("Could not make {}: {error}", target.display()))
}

fn build(web: &Path, target: &Path) -> Outcome<()> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    install(npm, web)?;
    step(Command::new(npm).args(["run", "--silent", "build", "--", "--emptyOutDir", "--outDir"]).arg(target).current_dir(web), "The web application did not build; the lines above say where.")
}

/// `npm ci` takes half a minute; it runs only when the lock file is not the one that was installed last.
fn install(npm: &str, web: &Path) -> Outcome<()> {
    let lock = fs::read(web.join("package-lock.json")).map_err(|error| format!("web/package-lock.json cannot be read: {error}"))?;
    let installed = web.join("node_modules/.rapport-lock");
    let ready = web.join("node_modules/vite").is_dir();
    if ready && fs::read(&installed).is_ok_and(|kept| kept == lock) {
        return Ok(());
    }
    step(
        Command::new(npm).args(["ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(web),
        "npm could not install the parts of the web application; the lines above say why.",
    )?;
    fs::write(&installed, lock).map_err(|error| format!("Could not write {}: {error}", installed.display()))
}

fn step(command: &mut Command, failure: &str) -> Outcome<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure.to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("The web application needs Node.js 20.19 or newer with npm to build, and npm was not found.\n\
             Install Node.js (https://nodejs.org), or set RAPPORT_UI_DIST to a folder with a ready-built UI,\n\
             or set RAPPORT_UI=skip to build without screens (the API and the command line work as ever)."
            .to_owned()),
        Err(error) => Err(format!("npm could not be started: {error}")),
    }
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    let failed = |path: &Path, error: io::Error| format!("Could not copy {}: {error}", path.display());
    fs::create_dir_all(to).map_err(|error| failed(to, error))?;
    for entry in fs::read_dir(from).map_err(|error| failed(from, error))? {
        let path = entry.map_err(|error| failed(from, error))?.path();
        let name = path.file_name().ok_or_else(|| format!("{} has no name", path.display()))?;
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

fn placeholder(target: &Path) -> Outcome<()> {
    fs::write(target.join("index.html"), include_str!("placeholder.html")).map_err(|error| format!("Could not write the page without screens: {error}"))
}
