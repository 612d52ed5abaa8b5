//! Whether a backup can be restored: it is, beside everything else, and what comes out is compared with what went in.

use super::{
    damaged,
    load::{MOVING, fill},
    pack::count_rows,
    unpack::Archive,
};
use crate::workspaces::{Open, Workspaces};
use crate::{check, cli::io::Io};
use kernel::{Actor, Code, Ctx, Error, Result, Through};
use records::OrDb as _;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};
use store::{Options, Sql, Val, ddl};

/// Records of each object whose version is held against the history.
const SAMPLE: usize = 200;

/// What was found whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proven {
    pub(crate) tables: u64,
    pub(crate) rows: u64,
    pub(crate) files: u64,
    /// Records whose version is that of their history.
    pub(crate) sampled: u64,
    /// Erased people who are not in what comes out.
    pub(crate) erased: u64,
}

/// Restores an archive at a place of its own, checks it and removes it again. `ledger` holds the ids of people who were erased.
///
/// # Errors
/// What is wrong with the archive.
pub(crate) fn prove(workspaces: &Workspaces, name: &str, archive: &Path, ledger: &Path, tmp: &Path, io: &mut dyn Io) -> Result<Proven> {
    let mut archive = Archive::open(archive)?;
    if archive.manifest.workspace != name {
        return Err(damaged(format!("it holds the workspace {}", archive.manifest.workspace)));
    }
    let place = workspaces.trial_place(name)?;
    let proven = try_out(workspaces, &place, &mut archive, ledger, tmp, io);
    workspaces.abandon(&place);
    proven
}

fn try_out(workspaces: &Workspaces, place: &str, archive: &mut Archive, ledger: &Path, tmp: &Path, io: &mut dyn Io) -> Result<Proven> {
    let key = archive.key()?;
    let (rows, stored_files) = (archive.manifest.rows.clone(), archive.manifest.stored_files);
    if rows.is_empty() {
        return Err(Error::new(Code::Malformed, "no_counts", "The backup was written by an earlier Rapport and does not say how many rows it holds. Make a new one."));
    }
    let mut proven = Proven { tables: rows.len() as u64, rows: rows.values().sum(), ..Proven::default() };
    // before anything opens it, which would bring it up to date
    let mut look = |database: &Path| {
        none(store::verify_sqlite(database).or_db()?)?;
        let store = store::open_sqlite(database, Options { read_timeout: None, ..Options::default() }).or_db()?;
        let there = store.read_blocking(count_rows).or_db();
        store.close_blocking();
        compare(&rows, &there?, &[])
    };
    let open = fill(workspaces, place, &key, archive, Some(&mut look), tmp, io)?;
    let checked = (|| {
        let there = open.workspace.store().read_blocking(count_rows).or_db()?;
        compare(&rows, &there, &MOVING)?;
        proven.files = files(&open, stored_files)?;
        proven.sampled = versions(&open)?;
        Ok::<_, Error>(())
    })();
    open.close();
    checked?;
    proven.erased = erased(workspaces, place, &key, ledger)?;
    Ok(proven)
}

fn none(damage: Vec<String>) -> Result<()> {
    if damage.is_empty() { Ok(()) } else { Err(damaged(damage.iter().take(5).cloned().collect::<Vec<_>>().join("; "))) }
}

fn compare(wanted: &BTreeMap<String, u64>, there: &BTreeMap<String, u64>, but: &[&str]) -> Result<()> {
    let odd = wanted.iter().filter(|(table, _)| !but.contains(&table.as_str())).filter_map(|(table, rows)| match there.get(table) {
        Some(found) if found == rows => None,
        Some(found) => Some(format!("the table {table} has {found} rows instead of {rows}")),
        None => Some(format!("the table {table} is missing")),
    });
    none(odd.collect())
}

fn files(open: &Open, wanted: Option<u64>) -> Result<u64> {
    let checked = check::files(open)?;
    none(checked.damage)?;
    match wanted {
        Some(n) if n != checked.files => Err(damaged(format!("there are {} stored files instead of {n}", checked.files))),
        _ => Ok(checked.files),
    }
}

/// The newest entry of a record's history is about the version that the record has. What a mass change or an import made has none of its
/// own: its first version stands in the change set.
fn versions(open: &Open) -> Result<u64> {
    let ctx = Ctx::new(Actor::System("jobs"), Through::Job, open.workspace.now_ms());
    let objects: Vec<String> = open.workspace.read_blocking(&ctx, |tx| Ok(tx.registry().all_objects().map(|o| o.name.to_string()).collect()))?;
    let read = open.workspace.store().read_blocking(|db| {
        let (mut sampled, mut odd) = (0, Vec::new());
        for object in &objects {
            if !ddl::columns(db, object)?.iter().any(|c| c.name == "version") {
                continue;
            }
            let q = Sql::new(format!(
                "SELECT r.\"id\", r.\"version\", (SELECT MAX(h.\"version\") FROM {} h WHERE h.\"record\" = r.\"id\") FROM {} r ORDER BY r.\"id\" DESC LIMIT {SAMPLE}",
                db.table("sys_history"),
                db.table(object)
            ));
            for row in db.rows(&q)? {
                sampled += 1;
                let (version, newest) = (row[1].as_int().unwrap_or(0), row[2].as_int());
                if newest.unwrap_or(1) != version {
                    odd.push(format!("{object} {} is version {version}, its history ends with {}", row[0].as_str().unwrap_or_default(), newest.unwrap_or(0)));
                }
            }
        }
        Ok::<_, store::Error>((sampled, odd))
    });
    let (sampled, odd) = read.or_db()?;
    none(odd)?;
    Ok(sampled)
}

/// Opens it once more, as a restore does, with the ids of erased people beside it: none of them may be there then.
fn erased(workspaces: &Workspaces, place: &str, key: &kernel::Secret<[u8; 32]>, ledger: &Path) -> Result<u64> {
    let lines: HashSet<String> = match std::fs::read_to_string(ledger) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(crate::cli::io::reading(ledger, &e)),
    };
    workspaces.add_erasures(place, ledger)?;
    let open = workspaces.build(place, key, None)?;
    let noted = open.workspace.store().read_blocking(|db| {
        let q = Sql::new(format!("SELECT \"object\", \"record\" FROM {}", db.table("sys_erasure")));
        db.rows(&q)
    });
    open.close();
    let noted: HashSet<String> = noted.or_db()?.iter().filter_map(|row| Some(format!("{} {}", row.first()?.as_str()?, row.get(1).and_then(Val::as_str)?))).collect();
    let back = lines.difference(&noted).count();
    if back > 0 {
        return Err(damaged(format!("{back} people who were erased would come back")));
    }
    Ok(lines.len() as u64)
}
