//! Building a workspace beside the others and putting it into place when it is whole: for imports and restores.

use super::{Open, Workspaces};
use crate::{
    auth::{Auth, write_blocking},
    data::{file_error, private_folder, remove_folder, sync_folder},
};
use kernel::{Code, Error, Result, Secret};
use records::{OpenOptions, OrDb as _, Workspace};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
};
use store::{Options, Sql, Store, ddl, quote};

/// No workspace's name begins so.
const BUILDING: &str = "_building_";
const OLD: &str = "_old_";
const TRIAL: &str = "_trial_";

impl Workspaces {
    /// The name of an empty place for building `name`.
    pub(crate) fn building_place(&self, name: &str, is_new: bool) -> Result<String> {
        if !crate::data::is_workspace_name(name) {
            return Err(Error::field("name", "bad_name", "A workspace's name has 1 to 40 lower case letters, digits, - and _, and begins with a letter."));
        }
        if is_new && self.key_file(name).exists() {
            return Err(Error::new(Code::Conflict, "workspace_exists", format!("There is a workspace {name} already.")));
        }
        let place = format!("{BUILDING}{name}");
        self.abandon(&place);
        private_folder(&self.files(&place))?;
        Ok(place)
    }

    /// The name of an empty place for trying a backup out, beside whatever else is done with `name`.
    pub(crate) fn trial_place(&self, name: &str) -> Result<String> {
        let place = format!("{TRIAL}{name}");
        self.abandon(&place);
        private_folder(&self.files(&place))?;
        Ok(place)
    }

    /// Ids of erased people, which opening the place erases again.
    pub(crate) fn add_erasures(&self, place: &str, ledger: &Path) -> Result<()> {
        add_ledger(ledger, &Workspace::ledger(&self.files(place))).map_err(|e| file_error(ledger, &e))
    }

    /// Opens what is being built; nothing works on it in the background. `database`: a SQLite file to begin with.
    pub(crate) fn build(&self, place: &str, key: &Secret<[u8; 32]>, database: Option<&Path>) -> Result<Arc<Open>> {
        if let Some(database) = database {
            crate::transfer::remove_database(&self.database(place))?;
            fs::rename(database, self.database(place)).map_err(|e| file_error(database, &e))?;
        }
        let options =
            OpenOptions { name: place.to_owned(), store: self.open_store(place)?, catalogue: self.catalogue.clone(), clock: self.clock.clone(), master_key: key.clone(), files: self.files(place) };
        let workspace = Workspace::open(options)?;
        let auth = Auth::new(workspace.clone(), key.clone(), self.passwords.clone(), self.sign_in.clone());
        Ok(Arc::new(Open::new(workspace, auth, key.clone())))
    }

    pub(crate) fn files_at(&self, place: &str) -> PathBuf {
        self.files(place)
    }

    /// Puts what was built under its name; what was there is removed. What was built must be closed.
    pub(crate) fn take_place(&self, place: &str, name: &str, key: &Secret<[u8; 32]>) -> Result<()> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.master.keep_workspace_key(name, &self.key_file(place), key)?;
        let replaced = self.key_file(name).exists();
        let old = format!("{OLD}{name}");
        let before = self.known().remove(name);
        if let Some(open) = &before {
            open.close();
        }
        if self.is_postgres() {
            self.rename_schemas(place, name, &old)?;
        }
        let folder = |name: &str| self.data.workspace(name);
        let moved = (|| {
            if replaced {
                // who was erased since the backup stays erased
                add_ledger(&Workspace::ledger(&self.files(name)), &Workspace::ledger(&self.files(place)))?;
                fs::rename(folder(name), folder(&old))?;
            }
            fs::rename(folder(place), folder(name))?;
            sync_folder(&folder(name))
        })();
        moved.map_err(|e| file_error(&folder(name), &e))?;
        if replaced {
            remove_folder(&folder(&old))?;
            self.drop_schema(&old)?;
        }
        Ok(())
    }

    /// Both in one transaction: at no moment is there no workspace of the name.
    fn rename_schemas(&self, place: &str, name: &str, old: &str) -> Result<()> {
        let schema = |name: &str| self.schema(name);
        self.drop_schema(old)?;
        let (from, to, aside) = (schema(place), schema(name), schema(old));
        let store = self.open_store(place)?;
        let done = write_blocking(&store, move |db| {
            let there = db.one(&Sql::with("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [to.as_str()])).or_db()?.is_some();
            if there {
                db.exec(&Sql::new(format!("ALTER SCHEMA {} RENAME TO {}", quote(&to), quote(&aside)))).or_db()?;
            }
            db.exec(&Sql::new(format!("ALTER SCHEMA {} RENAME TO {}", quote(&from), quote(&to)))).or_db().map(drop)
        });
        store.close_blocking();
        done
    }

    fn drop_schema(&self, name: &str) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let store = self.open_store(name)?;
        let dropped = store.write_alone_blocking(ddl::drop_schema).or_db();
        store.close_blocking();
        dropped
    }

    /// Removes what was being built, or was left by a process that ended; nothing that anybody can see.
    pub(crate) fn abandon(&self, place: &str) {
        if let Err(e) = self.drop_schema(place).and_then(|()| remove_folder(&self.data.workspace(place))) {
            tracing::warn!(place, error = %e, "what was being built could not be removed; the next try removes it");
        }
    }

    /// A restore that a power cut stopped between its two moves is taken back; what was being built or tried out is removed.
    pub(super) fn recover(&self) -> Result<()> {
        let folder = self.data.workspaces();
        let entries = fs::read_dir(&folder).map_err(|e| file_error(&folder, &e))?;
        for entry in entries.filter_map(std::result::Result::ok) {
            let file_name = entry.file_name();
            let Some(name) = file_name.to_str() else { continue };
            if name.starts_with(BUILDING) || name.starts_with(TRIAL) {
                self.abandon(name);
                continue;
            }
            let Some(name) = name.strip_prefix(OLD) else { continue };
            if self.key_file(name).exists() {
                remove_folder(&entry.path())?;
            } else {
                tracing::warn!(workspace = name, "a restore was cut off: the workspace is as it was before it");
                fs::rename(entry.path(), self.data.workspace(name)).map_err(|e| file_error(&entry.path(), &e))?;
            }
        }
        Ok(())
    }

    /// A copy of the SQLite file as it is now; on PostgreSQL nothing.
    pub(crate) fn copy_database(&self, open: &Open, to: &Path) -> Result<()> {
        if self.is_postgres() { Ok(()) } else { store::backup_sqlite(open.workspace.store(), to).or_db() }
    }

    /// A store for one long reading: of the copy, or on PostgreSQL of the workspace itself.
    pub(crate) fn long_reader(&self, open: &Open, copy: &Path) -> Result<Store> {
        let options = Options { read_timeout: None, ..Options::default() };
        match &self.pool {
            Some(pool) => store::open_postgres(pool, &self.schema(open.name()), options).or_db(),
            None => store::open_sqlite(copy, options).or_db(),
        }
    }
}

/// Adds the ids of one ledger to another, durably.
fn add_ledger(from: &Path, to: &Path) -> io::Result<()> {
    let ledger = match fs::read(from) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(to)?;
    file.write_all(&ledger)?;
    file.sync_all()
}
