//! Making and starting a cluster.

use super::{
    Cluster,
    account::{Account, account},
    binaries::{Binaries, find},
};
use std::{
    fs, io,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        net::UnixStream,
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, atomic::AtomicU64},
    thread::sleep,
    time::{Duration, Instant},
};

const MISSING: &str = "PostgreSQL is not installed; the tests run on both databases. Install it (Debian, Ubuntu: apt-get install postgresql; \
                       macOS: brew install postgresql) and run again";

/// Where `start` failed for a reason that another try may not meet (somebody else took the port).
const TRIES: usize = 5;

pub(super) fn start() -> Result<Cluster, String> {
    let binaries = find(std::env::var_os("PATH")).ok_or(MISSING)?;
    let account = account()?;
    let template = template(&binaries, account)?;
    let mut last = String::new();
    for _ in 0..TRIES {
        match try_start(&binaries, account, &template) {
            Ok(cluster) => return Ok(cluster),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// An empty cluster, made once per machine, version and account, and copied from then on.
fn template(binaries: &Binaries, account: Account) -> Result<PathBuf, String> {
    let name = format!("rapport-test-postgres-{}-{}-v1", binaries.version, account.uid());
    let ready = std::env::temp_dir().join(name);
    // the folder is everybody's: take only what our account made
    if fs::metadata(ready.join("PG_VERSION")).is_ok_and(|file| file.uid() == account.uid()) {
        return Ok(ready);
    }
    let folder = private_folder("rapport-pg-template-", account)?;
    let making = folder.join("data");
    let mut command = Command::new(binaries.folder.join("initdb"));
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"]);
    if binaries.version >= 15 {
        // an order that is not the order of bytes: a text column that forgot its COLLATE "C" shows in a test
        command.args(["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"]);
    } else {
        command.arg("--locale=C");
    }
    command.arg("-D").arg(&making).current_dir(&folder);
    account.run(&mut command);
    let out = command.output().map_err(|e| format!("initdb: {e}"))?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        remove(&folder);
        return Err(format!("initdb failed: {said}"));
    }
    // whoever is second finds the first one's in place, which is as good
    let moved = fs::rename(&making, &ready);
    remove(&folder);
    match moved {
        Err(e) if !ready.join("PG_VERSION").is_file() => Err(format!("{}: {e}", ready.display())),
        _ => Ok(ready),
    }
}

fn try_start(binaries: &Binaries, account: Account, template: &Path) -> Result<Cluster, String> {
    let folder = private_folder("rapport-pg-", account)?;
    let started = run(binaries, account, template, &folder);
    if started.is_err() {
        remove(&folder);
    }
    started
}

fn run(binaries: &Binaries, account: Account, template: &Path, folder: &Path) -> Result<Cluster, String> {
    let data = folder.join("data");
    let mut copy = Command::new("cp");
    copy.arg("-a").arg(template).arg(&data);
    account.run(&mut copy);
    let copied = copy.status().map_err(|e| format!("cp: {e}"))?;
    if !copied.success() {
        return Err("the template of the cluster could not be copied".into());
    }
    let port = free_port().map_err(|e| format!("no free port: {e}"))?;
    let mut watcher = watch(binaries, account, folder, port)?;
    until_ready(folder, port)?;
    let watcher = watcher.stdin.take().ok_or("the watcher has no input")?;
    Ok(Cluster { folder: folder.to_owned(), port, schemas: AtomicU64::new(0), watcher: Mutex::new(watcher) })
}

pub(super) fn until_ready(folder: &Path, port: u16) -> Result<(), String> {
    let pid_file = folder.join("data/postmaster.pid");
    let until = Instant::now() + Duration::from_secs(60);
    while !(is_ready(&pid_file) && answers(folder, port)) {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        if log.contains("FATAL:  could not") || Instant::now() > until {
            return Err(format!("PostgreSQL did not start: {log}"));
        }
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

pub(super) fn answers(folder: &Path, port: u16) -> bool {
    UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).is_ok()
}

/// The server writes its state into the eighth line.
fn is_ready(pid_file: &Path) -> bool {
    fs::read_to_string(pid_file).is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
}

/// A shell that starts the server, stops and starts it as its input says, and waits for the end of that, which is the
/// end of this process whatever ends it; then it stops the server and removes the folder.
fn watch(binaries: &Binaries, account: Account, folder: &Path, port: u16) -> Result<Child, String> {
    const SCRIPT: &str = r#"
        folder=$1; shift
        serve() { "$@" >>"$folder/log" 2>&1 </dev/null & server=$!; }
        serve "$@"
        while read -r word; do
            case $word in
                stop) kill -INT $server 2>/dev/null; wait $server 2>/dev/null ;;
                start) serve "$@" ;;
            esac
        done
        kill -QUIT $server 2>/dev/null
        wait $server 2>/dev/null
        rm -rf "$folder"
    "#;
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(SCRIPT).arg("watch").arg(folder).arg(binaries.folder.join("postgres"));
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).arg("-p").arg(port.to_string());
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "full_page_writes=off",
        "shared_buffers=64MB",
        "max_connections=300",
        "max_locks_per_transaction=256",
        "max_wal_size=4GB",
        // a zone nobody would guess: a query that leans on the server's zone shows in a test
        "timezone=Pacific/Chatham",
    ] {
        command.arg("-c").arg(setting);
    }
    // a group of its own: Ctrl-C ends the tests, and the watcher must live on to clean up
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder).process_group(0);
    account.run(&mut command);
    command.spawn().map_err(|e| format!("/bin/sh: {e}"))
}

fn private_folder(prefix: &str, account: Account) -> Result<PathBuf, String> {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir().map_err(|e| format!("temporary folder: {e}"))?.keep();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).and_then(|()| account.own(&folder)).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

fn remove(folder: &Path) {
    if let Err(e) = fs::remove_dir_all(folder)
        && e.kind() != io::ErrorKind::NotFound
    {
        eprintln!("{} could not be removed: {e}", folder.display());
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
