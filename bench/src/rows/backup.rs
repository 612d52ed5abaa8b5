//! The restore drill: a backup, its proof, and a restore on another machine.

use crate::{
    Options, cpu,
    table::{Row, short},
};
use std::{path::Path, process::Command, time::Instant};

pub(super) fn all(options: &Options, data: &Path, other: &Path, rows: &mut Vec<Row>) {
    let run = |words: &[&str], data: &Path| {
        let (before, began) = (cpu::children(), Instant::now());
        let said = Command::new(&options.rapport).args(words).arg("--data").arg(data).output().unwrap();
        assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
        (began.elapsed().as_secs_f64(), cpu::children() - before)
    };
    let database = mb(&crate::server::data_file(data));
    let made = run(&["backup", "--now"], data);
    let folder = std::fs::read_dir(data.join("backups/main")).unwrap();
    let file = folder.map(|e| e.unwrap().path()).find(|p| p.extension().is_some_and(|e| e == "rapport")).unwrap();
    let proven = run(&["backup", "--prove"], data);
    let restored = run(&["restore", file.to_str().unwrap()], other);
    let mut row = |what: &str, (wall, cpu): (f64, f64)| {
        rows.push(Row::plain(what, format!("{} s (CPU {} s, {} s a GB of database)", short(wall), short(cpu), short(cpu / database * 1e3))));
    };
    row(&format!("backup of {} MB of database: {} MB", short(database), short(mb(&file))), made);
    row("proof of that backup", proven);
    row("restore of it on another machine, until it can be searched", restored);
}

fn mb(file: &Path) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let mb = std::fs::metadata(file).unwrap().len() as f64 / 1e6;
    mb
}
