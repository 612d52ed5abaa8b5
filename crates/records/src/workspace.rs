//! A workspace: its store, and the snapshots of definitions and rights that transactions share.

use crate::{
    OrDb,
    catalogue::Catalogue,
    db_error, definitions, policy,
    settings::Settings,
    system,
    tx::{Shared, Tx},
};
use access::Policy;
use kernel::{Actor, Clock, Code, Ctx, Error, RecordId, Result, Secret, Through};
use metadata::Registry;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use store::{Db, Sql, Store, Val};
use tokio::sync::broadcast;

/// What has changed, after it is durable. Never holds values.
#[derive(Clone, Debug)]
pub struct Change {
    pub object: Arc<str>,
    pub id: RecordId,
    pub version: i64,
    /// `created`, `updated`, `archived`, `restored`
    pub what: &'static str,
}

pub struct OpenOptions {
    pub name: String,
    pub store: Store,
    pub catalogue: Arc<Catalogue>,
    pub clock: Arc<dyn Clock>,
    /// Wraps the keys of persons; kept outside the database.
    pub master_key: Secret<[u8; 32]>,
    /// Folder for the contents of files.
    pub files: PathBuf,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    store: Store,
    pub(crate) catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    pub(crate) master_key: Secret<[u8; 32]>,
    pub(crate) files: PathBuf,
    registry: Mutex<Option<Arc<Definitions>>>,
    policy: Mutex<Option<Arc<Policy>>>,
    pub(crate) askers: crate::askers::Askers,
    /// What programs have read, and what people have seen.
    pub(crate) reads: crate::reads::Reads,
    pub(crate) glances: crate::reads::Reads,
    pub(crate) paused: crate::reads::Paused,
    pub(crate) searches: crate::duplicates::Searches,
    changes: broadcast::Sender<Arc<Change>>,
}
/// Definitions and settings of one registry version.
pub(crate) struct Definitions {
    pub(crate) version: i64,
    pub(crate) registry: Arc<Registry>,
    pub(crate) settings: Arc<Settings>,
}

#[derive(Clone)]
pub struct Workspace(pub(crate) Arc<Inner>);

impl Workspace {
    /// Opens, or makes, a workspace: system tables, definitions, tables of objects. Blocking.
    ///
    /// # Errors
    /// 503 `newer_schema` where a newer program has written the data: this one leaves it alone.
    pub fn open(o: OpenOptions) -> Result<Workspace> {
        let (changes, _) = broadcast::channel(4_096);
        let inner = Inner {
            name: o.name,
            store: o.store,
            catalogue: o.catalogue,
            clock: o.clock,
            master_key: o.master_key,
            reads: crate::reads::Reads::new(crate::reads::Readers::Programs, &o.files),
            glances: crate::reads::Reads::new(crate::reads::Readers::People, &o.files),
            paused: crate::reads::Paused::default(),
            files: o.files,
            registry: Mutex::new(None),
            policy: Mutex::new(None),
            askers: crate::askers::Askers::default(),
            searches: crate::duplicates::Searches::default(),
            changes,
        };
        let workspace = Workspace(Arc::new(inner));
        let (catalogue, name, now) = (workspace.0.catalogue.clone(), workspace.0.name.clone(), workspace.now_ms());
        workspace.0.store.write_blocking(move |db| prepare(db, &catalogue, &name, now))?;
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, now);
        workspace.write_blocking(&ctx, |tx| {
            if tx.claim_seed()? {
                let catalogue = tx.catalogue().clone();
                for seed in &catalogue.seeds {
                    seed(tx)?;
                }
            }
            Ok(())
        })?;
        workspace.recover_reads()?;
        workspace.learn_paused()?;
        workspace.replay_erasures()?;
        Ok(workspace)
    }
    pub fn name(&self) -> &str {
        &self.0.name
    }
    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }
    pub fn store(&self) -> &Store {
        &self.0.store
    }
    pub fn files_dir(&self) -> &Path {
        &self.0.files
    }
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.0.catalogue
    }
    /// Changes as they become durable. A receiver that lags loses the oldest and is told so.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Change>> {
        self.0.changes.subscribe()
    }

    /// One consistent reading.
    pub async fn read<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        self.0.store.read(move |db| Ok::<_, Failure>(inner.run(db, ctx, false, f)?.0)).await.map_err(Failure::into_error)
    }
    /// [`Workspace::read`] of one record by its id. On SQLite it runs at once on this thread, unless the object has fields
    /// that are computed from other records while it is read.
    pub async fn read_one<T: Send + 'static>(&self, ctx: &Ctx, object: &str, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let definitions = self.0.registry.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = definitions.as_ref().and_then(|d| d.registry.object(object));
        if known.is_none_or(|o| o.live_fields().any(|f| f.is_live())) {
            return self.read(ctx, f).await;
        }
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        self.0.store.read_quick(move |db| Ok::<_, Failure>(inner.run(db, ctx, false, f)?.0)).await.map_err(Failure::into_error)
    }
    /// One durable change, or none.
    pub async fn write<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        let out = self.0.store.write(move |db| Ok::<_, Failure>(inner.run(db, ctx, true, f)?)).await;
        self.announce(out)
    }
    /// A change of definitions: a write job of its own.
    pub async fn write_alone<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        let out = self.0.store.write_alone(move |db| Ok::<_, Failure>(inner.run(db, ctx, true, f)?)).await;
        self.announce(out)
    }
    pub fn read_blocking<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        self.0.store.read_blocking(move |db| Ok::<_, Failure>(inner.run(db, ctx, false, f)?.0)).map_err(Failure::into_error)
    }
    pub fn write_blocking<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        let out = self.0.store.write_blocking(move |db| Ok::<_, Failure>(inner.run(db, ctx, true, f)?));
        self.announce(out)
    }
    /// Whether [`Workspace::fill_formulas`] has something to do. Asked first: an empty write would wake its caller again.
    pub fn has_unfilled_formulas(&self) -> Result<bool> {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms());
        self.read_blocking(&ctx, |tx| {
            let q = Sql::new(format!("SELECT 1 FROM {} LIMIT 1", tx.db().table("sys_fill")));
            Ok(tx.db().one(&q).or_db()?.is_some())
        })
    }
    /// Computes changed formulas of large tables, a chunk a transaction. True: there is more to do. A job calls it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn fill_formulas(&self) -> Result<bool> {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Job, self.now_ms());
        self.write_blocking(&ctx, |tx| tx.fill_next())
    }
    /// Does the rest of an undo that was begun, a durable step a transaction; others write in between. `told` hears how
    /// many records are back after each step. Blocking.
    ///
    /// # Errors
    /// Those of the store. What is done stays done; the undo goes on when it is run again.
    pub fn finish_undo(&self, ctx: &Ctx, undoing: RecordId, told: &mut dyn FnMut(i64)) -> Result<()> {
        loop {
            let now = Ctx { now_ms: self.now_ms(), ..ctx.clone() };
            let (more, restored) = self.write_blocking(&now, move |tx| Ok((tx.undo_step(undoing)?, tx.undone_so_far(undoing)?)))?;
            told(restored);
            if !more {
                return Ok(());
            }
        }
    }
    /// A change of definitions, a write job of its own, from a thread that may block.
    pub fn write_alone_blocking<T: Send + 'static>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (inner, ctx) = (self.0.clone(), ctx.clone());
        let out = self.0.store.write_alone_blocking(move |db| Ok::<_, Failure>(inner.run(db, ctx, true, f)?));
        self.announce(out)
    }
    fn announce<T>(&self, out: Result<(T, Vec<Change>), Failure>) -> Result<T> {
        let (value, changes) = out.map_err(Failure::into_error)?;
        for change in changes {
            // Nobody listening is no failure.
            let _ = self.0.changes.send(Arc::new(change));
        }
        Ok(value)
    }
}

/// Errors of ours pass through the store unchanged.
pub(crate) enum Failure {
    Ours(Error),
    Store(store::Error),
}
impl From<store::Error> for Failure {
    fn from(e: store::Error) -> Self {
        Failure::Store(e)
    }
}
impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Failure::Ours(e)
    }
}
impl From<Failure> for Error {
    fn from(f: Failure) -> Self {
        f.into_error()
    }
}
impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Ours(e) => e,
            Failure::Store(e) => db_error(e),
        }
    }
}

impl Inner {
    pub(crate) fn files_dir(&self) -> &Path {
        &self.files
    }
    /// Now, where a transaction's own time stands still.
    pub(crate) fn clock_ms(&self) -> i64 {
        self.clock.now_ms()
    }
    fn run<T>(self: &Arc<Self>, db: &mut dyn Db, ctx: Ctx, writes: bool, f: impl FnOnce(&mut Tx) -> Result<T>) -> Result<(T, Vec<Change>)> {
        let q = Sql::new(format!("SELECT \"rights_epoch\", \"registry_version\" FROM {} WHERE \"id\" = 1", db.table("sys_state")));
        let (epoch, version) = match db.one(&q).or_db()?.as_deref() {
            Some([Val::Int(epoch), Val::Int(version)]) => (*epoch, *version),
            _ => return Err(Error::new(Code::Unavailable, "no_workspace", "The workspace's state row is missing. Restore it from a backup.")),
        };
        let definitions = self.definitions(db, version)?;
        let policy = self.policy(db, epoch, ctx.now_ms, &definitions)?;
        let shared = Shared { inner: self.clone(), definitions, policy, writes };
        let mut tx = Tx::new(db, ctx, shared)?;
        let out = f(&mut tx)?;
        Ok((out, tx.finish()?))
    }
    /// Epochs and versions are random numbers, never used twice: a snapshot cached from a transaction that was rolled
    /// back is never asked for again.
    pub(crate) fn definitions(&self, db: &mut dyn Db, version: i64) -> Result<Arc<Definitions>> {
        let cached = self.registry.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(have) = cached.filter(|d| d.version == version) {
            return Ok(have);
        }
        let mut registry = definitions::load(db, &self.catalogue, version)?;
        let settings = Arc::new(Settings::load(db, &self.name)?);
        registry.areas_off.clone_from(&settings.areas_off);
        let registry = Arc::new(registry);
        let fresh = Arc::new(Definitions { version, registry, settings });
        *self.registry.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }
    pub(crate) fn policy(&self, db: &mut dyn Db, epoch: i64, now_ms: i64, definitions: &Definitions) -> Result<Arc<Policy>> {
        let cached = self.policy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(have) = cached.filter(|p| p.epoch == epoch && now_ms < p.until_ms) {
            return Ok(have);
        }
        let fresh = Arc::new(policy::load(db, epoch, now_ms, definitions)?);
        *self.policy.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }
}

/// System tables, state row, tables of objects. Repeatable.
fn prepare(db: &mut dyn Db, catalogue: &Catalogue, _name: &str, now: i64) -> Result<(), Failure> {
    let state = store::ddl::tables(db)?.iter().any(|t| t == "sys_state");
    if state {
        let q = Sql::new(format!("SELECT \"schema_version\" FROM {} WHERE \"id\" = 1", db.table("sys_state")));
        if let Some([Val::Int(found)]) = db.one(&q)?.as_deref()
            && *found > system::SCHEMA_VERSION
        {
            return Err(Error::new(
                Code::Unavailable,
                "newer_schema",
                format!("This data was written by a newer Rapport (schema {found}; this program knows {}). Start the newer program, or restore a backup.", system::SCHEMA_VERSION),
            )
            .into());
        }
    }
    let mut specs = system::tables();
    specs.extend(crate::log::tables());
    specs.extend(crate::search::tables());
    specs.extend(catalogue.tables.iter().cloned());
    store::ddl::reconcile(db, &specs)?;
    crate::search::prepare(db)?;
    let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"schema_version\", \"rights_epoch\", \"registry_version\", \"created_at\", \"seeded\") VALUES (1, ", db.table("sys_state")));
    q.arg(system::SCHEMA_VERSION).push(", 1, 1, ").arg(now).push(", 0) ON CONFLICT (\"id\") DO NOTHING");
    db.exec(&q)?;
    let registry = definitions::load_shapes(db, catalogue)?;
    let specs: Vec<_> = registry.all_objects().map(|o| store::compile::object_table(o)).collect();
    store::ddl::reconcile(db, &specs)?;
    // The shipped definitions may have changed since this workspace was last open.
    let fresh = crate::tx::random_token();
    // raised with the program, so that an older one refuses the data from now on
    db.exec(&Sql::with(format!("UPDATE {} SET \"registry_version\" = $1, \"rights_epoch\" = $1, \"schema_version\" = $2", db.table("sys_state")), [fresh, system::SCHEMA_VERSION]))?;
    Ok(())
}
