//! Power cuts. The data lie on an ext4 file system on a disk that keeps what is written in memory until it is told to flush
//! (nbdkit with its cache in write-back, reached through FUSE and a loop device); killing nbdkit forgets what was not
//! flushed, as a disk does without power. It needs root, FUSE, loop devices, and Debian's nbdkit and libnbd-bin.

use super::{
    READY_WITHIN,
    ledger::{Ledger, faults},
    load, rounds,
};
use crate::kit::{Beside, Engine, Place, Server};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const DISK_BYTES: u64 = 512 << 20;

fn run(program: &str, words: &[&str]) -> Result<String, String> {
    let out = Command::new(program).args(words).stdin(Stdio::null()).output().map_err(|e| format!("{program}: {e}"))?;
    if out.status.success() { Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned()) } else { Err(format!("{program} {words:?}: {}", String::from_utf8_lossy(&out.stderr))) }
}

/// A disk, and where it is mounted.
struct Rig {
    folder: PathBuf,
    mounted_at: PathBuf,
    options: &'static str,
    plugged: Option<Plugged>,
}
struct Plugged {
    disk: Child,
    fuse: Child,
    device: String,
}

impl Rig {
    /// What is missing, where it cannot be had here.
    fn new(folder: &Path, mounted_at: &Path, options: &'static str) -> Result<Rig, String> {
        fs::create_dir_all(folder.join("nbd")).map_err(|e| e.to_string())?;
        fs::create_dir_all(mounted_at).map_err(|e| e.to_string())?;
        let image = folder.join("disk.img");
        File::create(&image).and_then(|f| f.set_len(DISK_BYTES)).map_err(|e| e.to_string())?;
        run("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.to_str().unwrap()])?;
        let mut rig = Rig { folder: folder.to_owned(), mounted_at: mounted_at.to_owned(), options, plugged: None };
        rig.plug()?;
        Ok(rig)
    }
    fn plug(&mut self) -> Result<(), String> {
        let (socket, image, nbd) = (self.folder.join("socket"), self.folder.join("disk.img"), self.folder.join("nbd"));
        drop(fs::remove_file(&socket));
        let quiet = |command: &mut Command| command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|e| e.to_string());
        let disk = quiet(Command::new("nbdkit").args(["-f", "-U"]).arg(&socket).args(["--filter=cache", "file"]).arg(&image).arg("cache=writeback"))?;
        wait_for(&socket)?;
        let fuse = quiet(Command::new("nbdfuse").arg(&nbd).arg("--unix").arg(&socket))?;
        let file = nbd.join("nbd");
        wait_for(&file)?;
        let device = run("losetup", &["-f", "--show", file.to_str().unwrap()])?;
        self.plugged = Some(Plugged { disk, fuse, device: device.clone() });
        run("mount", &["-o", self.options, &device, self.mounted_at.to_str().unwrap()]).map(drop)
    }
    /// The power goes.
    fn cut(&mut self) {
        if let Some(plugged) = &mut self.plugged {
            plugged.disk.kill().unwrap();
            plugged.disk.wait().unwrap();
        }
    }
    /// What is left of the cables.
    fn unplug(&mut self) {
        let Some(mut plugged) = self.plugged.take() else { return };
        drop(plugged.disk.kill());
        drop(plugged.disk.wait());
        drop(run("umount", &["-l", self.mounted_at.to_str().unwrap()]));
        drop(run("losetup", &["-d", &plugged.device]));
        drop(run("fusermount", &["-u", "-z", self.folder.join("nbd").to_str().unwrap()]).or_else(|_| run("umount", &["-l", self.folder.join("nbd").to_str().unwrap()])));
        drop(plugged.fuse.kill());
        drop(plugged.fuse.wait());
    }
}
impl Drop for Rig {
    fn drop(&mut self) {
        self.unplug();
    }
}
fn wait_for(path: &Path) -> Result<(), String> {
    let began = Instant::now();
    while !path.exists() {
        if began.elapsed() > Duration::from_secs(10) {
            return Err(format!("{} does not appear", path.display()));
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// What was lost over some cuts; none where there is no rig.
fn cuts(options: &'static str, number: u64) -> Option<Vec<String>> {
    let place = Place::new(Engine::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let mut rig = match Rig::new(folder.path(), &place.data(), options) {
        Ok(rig) => rig,
        Err(why) => {
            eprintln!("SKIPPED power cuts: {why}. Root, FUSE, loop devices, and the packages nbdkit and libnbd-bin are needed.");
            return None;
        }
    };
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    run("sync", &[]).unwrap();
    let mut ledger = Ledger::default();
    for round in 0..number {
        let (began, server) = (Instant::now(), Server::start(&place));
        let client = server.client().bearer(&token);
        while client.get("/readyz").status != 200 {
            assert!(began.elapsed() < READY_WITHIN, "round {round}: not ready");
        }
        load::until(|| rig.cut(), &client, round, &mut ledger);
        server.signal("KILL");
        server.wait();
        rig.unplug();
        rig.plug().unwrap();
    }
    let server = Server::start(&place);
    let client = server.client().bearer(&token);
    while ledger.imports.iter().any(|import| client.get(&format!("/api/v1/imports/{}", import.id)).json()["status"] == "running") {
        sleep(Duration::from_millis(50));
    }
    let beside = Beside::new(&place, "main");
    beside.settled();
    let lost = faults(&ledger, &beside);
    eprintln!("{number} power cuts ({options}): {} creates, {} bulk rows, {} imports acknowledged; {} lost or double", ledger.made.len(), ledger.bulk.len(), ledger.imports.len(), lost.len());
    assert!(!ledger.made.is_empty() || !ledger.bulk.is_empty(), "there was load");
    drop(beside);
    server.stop();
    Some(lost)
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    if let Some(lost) = cuts("defaults", rounds() / 2 + 1) {
        assert!(lost.is_empty(), "{} things were lost:\n{}", lost.len(), lost.join("\n"));
    }
}

/// Control: on a file system that does not tell the disk to flush, the same cuts lose what was acknowledged.
#[test]
fn a_disk_that_is_never_told_to_flush_loses_what_was_acknowledged() {
    if let Some(lost) = cuts("barrier=0", 1) {
        assert!(!lost.is_empty(), "the rig forgets nothing: it proves nothing either");
    }
}
