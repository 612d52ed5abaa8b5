//! One transaction of one asker.

use crate::{
    OrDb,
    catalogue::Catalogue,
    settings::Settings,
    workspace::{Change, Definitions, Inner},
};
use access::{Policy, Rights};
use kernel::{Actor, Ctx, Error, RecordId, Result};
use metadata::{BindCtx, Object, Registry};
use std::{collections::HashMap, sync::Arc};
use store::{Db, Sql};

pub(crate) struct Shared {
    pub(crate) inner: Arc<Inner>,
    pub(crate) definitions: Arc<Definitions>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) writes: bool,
}

pub struct Tx<'a> {
    db: &'a mut dyn Db,
    ctx: Ctx,
    shared: Shared,
    rights: Arc<Rights>,
    changes: Vec<Change>,
    /// Set while a bulk change or an import runs: history rows carry it.
    pub(crate) change_set: Option<RecordId>,
    /// History of creates is written per chunk, not per row.
    pub(crate) chunked: Option<Vec<(Arc<str>, RecordId)>>,
    /// Addresses of logins that this transaction writes, and whose they are.
    pub(crate) logins: HashMap<String, RecordId>,
    /// What rules have looked at while the rows of a chunk are checked.
    pub(crate) followed: HashMap<RecordId, Option<crate::Record>>,
    /// What else the rows of that chunk point at, by field: looked at together when a rule follows the first.
    pub(crate) followable: HashMap<String, HashMap<String, Vec<RecordId>>>,
    pub(crate) person_keys: HashMap<RecordId, [u8; 32]>,
    pub(crate) rates: HashMap<kernel::Currency, Option<kernel::Decimal>>,
    pub(crate) lenient: bool,
    pub(crate) new_file: Option<crate::NewFile>,
    pub(crate) running: crate::verbs::Running,
    /// While an exit reads: which records it hands out.
    pub(crate) seen: Option<Vec<crate::leaving::Seen>>,
    /// Entries of the log, and how many there were at the savepoints that are open.
    pub(crate) logged: Vec<crate::LogEntry>,
    pub(crate) logged_before: Vec<usize>,
    rights_changed: bool,
    redefined: bool,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(db: &'a mut dyn Db, ctx: Ctx, shared: Shared) -> Result<Tx<'a>> {
        let rights = shared.inner.askers.rights(&ctx, &shared.definitions.registry, &shared.policy)?;
        Ok(Tx {
            db,
            ctx,
            shared,
            rights,
            changes: vec![],
            change_set: None,
            chunked: None,
            logins: HashMap::new(),
            followed: HashMap::new(),
            followable: HashMap::new(),
            person_keys: HashMap::new(),
            rates: HashMap::new(),
            lenient: false,
            new_file: None,
            running: crate::verbs::Running::default(),
            seen: None,
            logged: vec![],
            logged_before: vec![],
            rights_changed: false,
            redefined: false,
        })
    }
    pub(crate) fn finish(mut self) -> Result<Vec<Change>> {
        if self.rights_changed {
            let q = Sql::with(format!("UPDATE {} SET \"rights_epoch\" = $1", self.db.table("sys_state")), [random_token()]);
            self.db.exec(&q).or_db()?;
        }
        self.append_log()?;
        Ok(std::mem::take(&mut self.changes))
    }
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }
    pub fn rights(&self) -> &Arc<Rights> {
        &self.rights
    }
    pub fn registry(&self) -> &Arc<Registry> {
        &self.shared.definitions.registry
    }
    pub fn policy(&self) -> &Arc<Policy> {
        &self.shared.policy
    }
    pub fn settings(&self) -> &Arc<Settings> {
        &self.shared.definitions.settings
    }
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.shared.inner.catalogue
    }
    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.shared.inner
    }
    /// For system tables: never write to an object's table here.
    pub fn db(&mut self) -> &mut dyn Db {
        self.db
    }
    pub fn now_ms(&self) -> i64 {
        self.ctx.now_ms
    }
    /// Folder for the contents of files.
    pub fn files_dir(&self) -> &std::path::Path {
        self.shared.inner.files_dir()
    }
    /// The time that goes on while the transaction runs.
    pub fn clock_ms(&self) -> i64 {
        self.shared.inner.clock_ms()
    }
    pub fn new_id(&self) -> RecordId {
        RecordId::new(self.ctx.now_ms, random())
    }
    /// The user record of whoever acts.
    pub fn me(&self) -> RecordId {
        self.rights.me()
    }
    pub fn is_system(&self) -> bool {
        matches!(self.ctx.actor, Actor::System(_))
    }
    /// An object the asker may know of.
    ///
    /// # Errors
    /// 404.
    pub fn object(&self, name: &str) -> Result<Arc<Object>> {
        self.registry().object(name).cloned().ok_or_else(|| Error::not_found("object of that name"))
    }
    pub(crate) fn bind_ctx(&self) -> BindCtx<'_> {
        let settings = self.settings();
        let zone = self.ctx.time_zone.as_deref().and_then(|name| jiff::tz::TimeZone::get(name).ok()).unwrap_or_else(|| settings.zone());
        BindCtx { registry: self.registry(), me: Some(self.me()), now_ms: self.ctx.now_ms, zone, currency: settings.currency(), fiscal_start: settings.fiscal_start }
    }
    /// Whether a condition may be asked of an object, whoever asks it later.
    ///
    /// # Errors
    /// As [`metadata::bind`].
    pub fn check_condition(&self, object: &Arc<Object>, condition: &serde_json::Value) -> Result<()> {
        metadata::bind(&self.bind_ctx(), object, condition).map(drop)
    }
    pub(crate) fn announce(&mut self, object: &Arc<str>, id: RecordId, version: i64, what: &'static str) {
        self.changes.push(Change { object: object.clone(), id, version, what });
    }
    /// Rights have changed: the next transaction reads them anew, and open streams check again.
    pub fn bump_rights(&mut self) {
        self.rights_changed = true;
    }
    /// Definitions have changed: later transactions, and the rest of this one, see them.
    pub(crate) fn bump_registry(&mut self) -> Result<()> {
        let token = random_token();
        let q = Sql::with(format!("UPDATE {} SET \"registry_version\" = $1", self.db.table("sys_state")), [token]);
        self.db.exec(&q).or_db()?;
        self.shared.definitions = self.shared.inner.definitions(self.db, token)?;
        self.redefined = true;
        self.rights = Arc::new(Rights::of(&self.ctx, self.shared.definitions.registry.clone(), self.shared.policy.clone())?);
        Ok(())
    }
    /// Does something in the name of a system actor, under that actor's rights: what follows from a person's change but
    /// is not theirs to write, such as stage history. The author in `created_by` stays the system actor.
    pub fn as_system<T>(&mut self, name: &'static str, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let ctx = Ctx { actor: Actor::System(name), scopes: None, ..self.ctx.clone() };
        let rights = self.rights_of(&ctx)?;
        let (had_ctx, had_rights) = (std::mem::replace(&mut self.ctx, ctx), std::mem::replace(&mut self.rights, rights));
        let out = f(self);
        self.ctx = had_ctx;
        self.rights = had_rights;
        out
    }
    /// Rights kept for many transactions, except where this one has changed definitions: others know nothing of those yet.
    fn rights_of(&self, ctx: &Ctx) -> Result<Arc<Rights>> {
        let (registry, policy) = (self.registry(), self.policy());
        if self.redefined { Rights::of(ctx, registry.clone(), policy.clone()).map(Arc::new) } else { self.inner().askers.rights(ctx, registry, policy) }
    }
    pub(crate) fn swap_rights(&mut self, rights: Arc<Rights>) -> Arc<Rights> {
        std::mem::replace(&mut self.rights, rights)
    }
    /// Whether this is an import that brings the past with it: rules then keep what it says instead of stamping now.
    pub fn brings_past(&self) -> bool {
        (self.lenient || self.is_system() || self.ctx.through == kernel::Through::Import) && self.rights.capability("import_past")
    }
    /// True once in a workspace's life.
    pub(crate) fn claim_seed(&mut self) -> Result<bool> {
        let q = Sql::new(format!("UPDATE {} SET \"seeded\" = 1 WHERE \"seeded\" = 0", self.db.table("sys_state")));
        Ok(self.db.exec(&q).or_db()? == 1)
    }
    /// # Errors
    /// 500: a write inside a reading is a mistake of ours.
    pub(crate) fn must_write(&self) -> Result<()> {
        if self.shared.writes { Ok(()) } else { Err(Error::internal("A change was tried inside a reading.")) }
    }
}

/// Ten random bytes for an id.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}
/// A positive number that is not used twice.
pub(crate) fn random_token() -> i64 {
    i64::from_le_bytes(random::<8>()) & i64::MAX
}
