//! The workspaces of an installation: separate organisations, each with a database, files and a key of its own.

mod open;
mod places;

pub(crate) use open::Open;

use crate::{
    auth::{Auth, Passwords},
    config::{Config, SignIn},
    data::{DataDir, MasterKey, is_workspace_name, private_folder, remove_folder, sync_folder},
};
use kernel::{Clock, Code, Error, Result, Secret};
use records::{Catalogue, OpenOptions, OrDb as _, Workspace};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use store::{PgPool, Store, ddl};
use tokio::runtime::Handle;

/// So long a workspace that is deleted waits for those who still read it.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Workspaces {
    data: DataDir,
    /// `None`: each workspace is a SQLite file.
    pool: Option<PgPool>,
    schema_prefix: String,
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    master: MasterKey,
    passwords: Arc<Passwords>,
    sign_in: SignIn,
    open: Mutex<HashMap<String, Arc<Open>>>,
    /// One at a time is opened, made or removed.
    changing: Mutex<()>,
    opened: OnceLock<Opened>,
}

/// Starts what belongs to an open workspace.
pub(crate) type Opened = Box<dyn Fn(&Arc<Open>) + Send + Sync>;

impl Workspaces {
    pub(crate) fn new(config: &Config, data: &DataDir, catalogue: Arc<Catalogue>, clock: Arc<dyn Clock>, runtime: Handle) -> Result<Workspaces> {
        let pool = match &config.place.database_url {
            Some(url) => Some(PgPool::new(url.expose(), config.postgres.connections, runtime).or_db()?),
            None => None,
        };
        let workspaces = Workspaces {
            data: data.clone(),
            pool,
            schema_prefix: config.postgres.schema_prefix.clone(),
            catalogue,
            clock,
            master: MasterKey::load_or_make(data)?,
            passwords: Arc::new(Passwords::new(&config.sign_in)?),
            sign_in: config.sign_in.clone(),
            open: Mutex::default(),
            changing: Mutex::new(()),
            opened: OnceLock::new(),
        };
        workspaces.recover()?;
        Ok(workspaces)
    }

    pub(crate) fn names(&self) -> Result<Vec<String>> {
        self.data.workspace_names()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.pool.is_some()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Arc<Open>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Workspaces that are open at this moment.
    pub(crate) fn opened(&self) -> Vec<Arc<Open>> {
        self.known().values().cloned().collect()
    }

    /// A workspace, opened if it is not.
    ///
    /// # Errors
    /// 404 where there is none of that name.
    pub(crate) async fn get(self: &Arc<Self>, name: &str) -> Result<Arc<Open>> {
        if let Some(open) = self.known().get(name) {
            return Ok(open.clone());
        }
        let (this, name) = (self.clone(), name.to_owned());
        tokio::task::spawn_blocking(move || this.get_blocking(&name)).await.map_err(|e| Error::internal(format!("a workspace could not be opened: {e}")))?
    }

    pub(crate) fn get_blocking(&self, name: &str) -> Result<Arc<Open>> {
        if let Some(open) = self.known().get(name) {
            return Ok(open.clone());
        }
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = self.known().get(name) {
            return Ok(open.clone());
        }
        if !is_workspace_name(name) || !self.key_file(name).exists() {
            return Err(Error::new(Code::NotFound, "unknown_workspace", format!("There is no workspace {name}. Make it with: rapport workspace create {name}")));
        }
        let key = self.master.workspace_key(name, &self.key_file(name))?;
        self.open_now(name, key)
    }

    /// A new, empty workspace.
    ///
    /// # Errors
    /// 409 where it exists, 422 for a name that is none.
    pub(crate) fn create(&self, name: &str) -> Result<Arc<Open>> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.make_place(name)
    }

    fn make_place(&self, name: &str) -> Result<Arc<Open>> {
        if !is_workspace_name(name) {
            return Err(Error::field("name", "bad_name", "A workspace's name has 1 to 40 lower case letters, digits, - and _, and begins with a letter."));
        }
        if self.key_file(name).exists() {
            return Err(Error::new(Code::Conflict, "workspace_exists", format!("There is a workspace {name} already.")));
        }
        private_folder(&self.files(name))?;
        let key = self.master.make_workspace_key(name, &self.key_file(name))?;
        self.open_now(name, key)
    }

    /// The caller holds `changing`.
    fn open_now(&self, name: &str, key: Secret<[u8; 32]>) -> Result<Arc<Open>> {
        let store = self.open_store(name)?;
        let files = self.files(name);
        api::clean_incoming(&files).map_err(|e| crate::data::file_error(&files, &e))?;
        let options = OpenOptions { name: name.to_owned(), store, catalogue: self.catalogue.clone(), clock: self.clock.clone(), master_key: key.clone(), files };
        let workspace = Workspace::open(options)?;
        let auth = Auth::new(workspace.clone(), key.clone(), self.passwords.clone(), self.sign_in.clone());
        let open = Arc::new(Open::new(workspace, auth, key));
        self.known().insert(name.to_owned(), open.clone());
        if let Some(opened) = self.opened.get() {
            opened(&open);
        }
        Ok(open)
    }

    /// Calls `opened` for each workspace that is open or will be.
    pub(crate) fn on_open(&self, opened: Opened) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        for open in self.opened() {
            opened(&open);
        }
        if self.opened.set(opened).is_err() {
            tracing::error!("background work was started twice");
        }
    }

    fn schema(&self, name: &str) -> String {
        format!("{}{name}", self.schema_prefix)
    }

    fn open_store(&self, name: &str) -> Result<Store> {
        match &self.pool {
            Some(pool) => store::open_postgres(pool, &self.schema(name), store::Options::default()).or_db(),
            None => store::open_sqlite(&self.database(name), store::Options::default()).or_db(),
        }
    }

    /// Closes a workspace: what runs ends, what comes is refused, until it is opened again.
    pub(crate) fn close(&self, name: &str) {
        let open = self.known().remove(name);
        if let Some(open) = open {
            open.close();
        }
    }

    pub(crate) fn close_all(&self) {
        for name in self.names_open() {
            self.close(&name);
        }
    }
    fn names_open(&self) -> Vec<String> {
        self.known().keys().cloned().collect()
    }

    /// Removes a workspace for good. The key goes first: what may be left elsewhere cannot be read without it.
    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        // opened first: on PostgreSQL the schema is removed through it, and a name that is none ends here
        let open = self.get_blocking(name)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.known().remove(name);
        open.stop();
        if self.is_postgres() {
            // what was at work when it was told to stop, such as a backup, may still be reading
            let began = Instant::now();
            loop {
                match open.workspace.store().write_alone_blocking(ddl::drop_schema) {
                    Err(store::Error::Busy) if began.elapsed() < PATIENCE => {}
                    done => break done.or_db()?,
                }
            }
        }
        open.close();
        let key = self.key_file(name);
        std::fs::remove_file(&key).and_then(|()| sync_folder(&key)).map_err(|e| crate::data::file_error(&key, &e))?;
        remove_folder(&self.data.workspace(name))
    }

    fn key_file(&self, name: &str) -> PathBuf {
        self.data.workspace(name).join("key")
    }
    pub(crate) fn files(&self, name: &str) -> PathBuf {
        self.data.workspace(name).join("files")
    }
    /// The SQLite file.
    pub(crate) fn database(&self, name: &str) -> PathBuf {
        self.data.workspace(name).join("data.db")
    }
}
