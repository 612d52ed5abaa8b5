//! Writing the archive, while the workspace is being used.

use super::{ColumnHead, FORMAT, Manifest, TableHead, cells, damaged, stays};
use crate::{
    app::App,
    auth::hex,
    cli::io::{Io, Progress, reading, writing},
    workspaces::{Open, Workspaces},
};
use kernel::{Error, Result};
use records::OrDb as _;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Seek, Write},
    path::Path,
};
use store::{Db, Sql, Store, ddl, quote};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Rows as text: any installation can read it.
    Export,
    /// The database as it is, where it is a file.
    Backup,
}

/// Writes the workspace to `to`, as it is at one moment. `tmp` has room for a copy of a SQLite database.
pub(crate) fn pack(workspaces: &Workspaces, open: &Open, form: Form, tmp: &Path, to: &Path, io: &mut dyn Io) -> Result<()> {
    let file = File::create(to).map_err(|e| writing(to, &e))?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    // the copy is one moment; what happens to the workspace meanwhile is not in it
    let copy = tempfile::Builder::new().prefix("copy-").tempdir_in(tmp).map_err(|e| writing(tmp, &e))?;
    let database = copy.path().join("data.db");
    workspaces.copy_database(open, &database)?;
    let store = workspaces.long_reader(open, &database)?;
    let (tables, rows) = if form == Form::Backup && !workspaces.is_postgres() {
        let rows = store.read_blocking(count_rows).or_db()?;
        store.close_blocking();
        put_file(&mut zip, "data.db", &database)?;
        (Vec::new(), rows)
    } else {
        let (tables, rows) = put_tables(&mut zip, &store, io)?;
        store.close_blocking();
        (tables, rows)
    };
    put(&mut zip, "key", hex(open.key.expose()).as_bytes())?;
    let stored_files = Some(put_files(&mut zip, open.workspace.files_dir(), io)?);
    let manifest = Manifest {
        format: FORMAT,
        version: App::version().into(),
        workspace: open.name().into(),
        engine: if workspaces.is_postgres() { "postgres" } else { "sqlite" }.into(),
        at: crate::auth::time_text(open.workspace.now_ms()),
        tables,
        rows,
        stored_files,
    };
    put(&mut zip, "rapport.json", &serde_json::to_vec_pretty(&manifest).map_err(damaged)?)?;
    let mut out = zip.finish().map_err(|e| zip_error(to, e))?;
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|e| writing(to, &e))?;
    Ok(())
}

fn options() -> SimpleFileOptions {
    // level 1: a backup is read by machines and should not keep two cores busy for an hour
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1)).large_file(true).unix_permissions(0o600)
}

fn put<W: Write + Seek>(zip: &mut ZipWriter<W>, name: &str, content: &[u8]) -> Result<()> {
    zip.start_file(name, options()).map_err(|e| zip_error(Path::new(name), e))?;
    zip.write_all(content).map_err(|e| writing(Path::new(name), &e))
}

fn put_file<W: Write + Seek>(zip: &mut ZipWriter<W>, name: &str, path: &Path) -> Result<()> {
    let mut file = File::open(path).map_err(|e| reading(path, &e))?;
    zip.start_file(name, options()).map_err(|e| zip_error(path, e))?;
    io::copy(&mut file, zip).map(drop).map_err(|e| writing(path, &e))
}

/// One consistent reading of all tables.
fn put_tables<W: Write + Seek + Send>(zip: &mut ZipWriter<W>, store: &Store, io: &mut dyn Io) -> Result<(Vec<TableHead>, BTreeMap<String, u64>)> {
    let read = store.read_blocking(|db| Ok::<_, store::Error>(put_all(zip, db, io)));
    read.or_db()?
}

fn put_all<W: Write + Seek>(zip: &mut ZipWriter<W>, db: &mut dyn Db, io: &mut dyn Io) -> Result<(Vec<TableHead>, BTreeMap<String, u64>)> {
    let names: Vec<String> = ddl::tables(db).or_db()?.into_iter().filter(|name| !stays(name)).collect();
    let (mut heads, mut rows) = (Vec::new(), BTreeMap::new());
    for (done, name) in (0..).zip(&names) {
        io.progress(&Progress { what: format!("table {name}"), done, total: names.len() as u64 })?;
        let columns = ddl::columns(db, name).or_db()?;
        let columns: Vec<ColumnHead> = columns
            .into_iter()
            .map(|c| c.kind.map(|kind| ColumnHead { name: c.name.clone(), kind: kind.into() }).ok_or_else(|| Error::internal(format!("{name}.{} has a type that is not ours", c.name))))
            .collect::<Result<_>>()?;
        rows.insert(name.clone(), put_table(zip, db, name, &columns)?);
        heads.push(TableHead { name: name.clone(), columns });
    }
    Ok((heads, rows))
}

fn put_table<W: Write + Seek>(zip: &mut ZipWriter<W>, db: &mut dyn Db, name: &str, columns: &[ColumnHead]) -> Result<u64> {
    zip.start_file(format!("tables/{name}.jsonl"), options()).map_err(|e| zip_error(Path::new(name), e))?;
    let list: Vec<String> = columns.iter().map(|c| quote(&c.name)).collect();
    let q = Sql::new(format!("SELECT {} FROM {}", list.join(", "), db.table(name)));
    let mut failed = None;
    let mut line = Vec::new();
    let mut rows = 0;
    let read = db.query(&q, &mut |row| {
        line.clear();
        rows += 1;
        let written = serde_json::to_writer(&mut line, &cells::line(row)).map_err(io::Error::from).and_then(|()| {
            line.push(b'\n');
            zip.write_all(&line)
        });
        written.map_err(|e| {
            failed = Some(e);
            store::Error::Interrupted
        })
    });
    if let Some(e) = failed {
        return Err(writing(Path::new(name), &e));
    }
    read.or_db()?;
    Ok(rows)
}

/// Rows of each table that travels.
pub(super) fn count_rows(db: &mut dyn Db) -> std::result::Result<BTreeMap<String, u64>, store::Error> {
    let mut rows = BTreeMap::new();
    for name in ddl::tables(db)?.into_iter().filter(|name| !stays(name)) {
        let q = Sql::new(format!("SELECT COUNT(*) FROM {}", db.table(&name)));
        let count = db.one(&q)?.and_then(|row| row[0].as_int()).and_then(|n| u64::try_from(n).ok());
        rows.insert(name, count.unwrap_or(0));
    }
    Ok(rows)
}

fn put_files<W: Write + Seek>(zip: &mut ZipWriter<W>, files: &Path, io: &mut dyn Io) -> Result<u64> {
    let all = crate::check::contents(files)?;
    for (done, path) in (0..).zip(&all) {
        io.progress(&Progress { what: "files".into(), done, total: all.len() as u64 })?;
        if let Some(name) = path.strip_prefix(files).ok().and_then(Path::to_str) {
            put_file(zip, &format!("files/{name}"), path)?;
        }
    }
    Ok(all.len() as u64)
}

fn zip_error(path: &Path, e: zip::result::ZipError) -> Error {
    match e {
        zip::result::ZipError::Io(e) => writing(path, &e),
        e => Error::internal(format!("{}: {e}", path.display())),
    }
}
