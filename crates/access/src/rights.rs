//! From role files, teams and sharing to the rows and fields one asker may touch.

use crate::{
    policy::{Policy, User},
    role::{ObjectRights, Reach, Role},
    scope::{Scope, parse_scope},
};
use kernel::{Actor, Ctx, Error, RecordId, Result};
use metadata::{Cond, Object, Registry};
use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Read,
    Update,
    Delete,
}
impl Action {
    pub(crate) fn reach(self, rights: &ObjectRights) -> Reach {
        match self {
            Action::Read => rights.read,
            Action::Update => rights.update,
            Action::Delete => rights.delete,
        }
    }
}

/// Shapes of questions remembered for an asker.
const SHAPES: usize = 256;

/// The rights of one asker at one epoch.
pub struct Rights {
    pub(crate) registry: Arc<Registry>,
    pub(crate) policy: Arc<Policy>,
    roles: Vec<Arc<Role>>,
    scopes: Option<Vec<Scope>>,
    /// A named system actor: areas that are switched off are still kept in order.
    pub(crate) system: bool,
    pub(crate) me: RecordId,
    pub(crate) teams: Vec<RecordId>,
    pub(crate) below: Vec<RecordId>,
    pub(crate) now_ms: i64,
    /// Rows per object and action: one question asks for the same many times.
    known: Mutex<HashMap<(Arc<str>, Action), Cond>>,
    /// The same asker through some of their roles only, by the bits of those roles.
    parts: Mutex<HashMap<u64, Arc<Rights>>>,
    /// What others have worked out from these rights, see [`Rights::remembered`].
    worked_out: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
    /// See [`Rights::leaving`].
    at_exits: OnceLock<Arc<Rights>>,
    /// Whether shares by hand count.
    pub(crate) shares: bool,
    /// Who hears of these rights, where that is somebody else.
    pub(crate) told_to: Option<Arc<Rights>>,
    /// Whether what is read leaves the building: see [`Rights::leaving`].
    pub(crate) leaves: bool,
}

impl Rights {
    /// # Errors
    /// 401 where the user is gone or disabled, whatever credentials they hold.
    pub fn of(ctx: &Ctx, registry: Arc<Registry>, policy: Arc<Policy>) -> Result<Rights> {
        let scopes = ctx.scopes.as_ref().map(|s| s.iter().filter_map(|text| parse_scope(text).ok()).collect());
        let (me, role_names, teams) = match ctx.actor {
            Actor::System(name) => (system_user(name), vec![format!("system_{name}")], vec![]),
            Actor::User(id) => {
                let user: &Arc<User> =
                    policy.users.get(&id).filter(|u| u.active).ok_or_else(|| Error::new(kernel::Code::Unauthenticated, "unknown_user", "This login has been switched off. Ask an administrator."))?;
                (id, user.roles.clone(), user.teams.clone())
            }
        };
        let roles: Vec<_> = role_names.iter().filter_map(|name| policy.roles.get(name).cloned()).collect();
        let below = policy.below(&teams);
        Ok(Rights {
            registry,
            policy,
            roles,
            scopes,
            system: matches!(ctx.actor, Actor::System(_)),
            me,
            teams,
            below,
            now_ms: ctx.now_ms,
            known: Mutex::default(),
            parts: Mutex::default(),
            worked_out: Mutex::default(),
            at_exits: OnceLock::new(),
            shares: true,
            told_to: None,
            leaves: false,
        })
    }
    /// The rights that some of the roles give, without the others.
    pub(crate) fn part(&self, bits: u64) -> Arc<Rights> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.entry(bits).or_insert_with(|| {
            let roles = self.roles.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, role)| role.clone()).collect();
            Arc::new(self.with(roles, self.shares))
        });
        part.clone()
    }
    /// The rights that remain without any share by hand: what may be passed on.
    #[must_use]
    pub fn without_shares(&self) -> Rights {
        self.with(self.roles.clone(), false)
    }
    fn with(&self, roles: Vec<Arc<Role>>, shares: bool) -> Rights {
        Rights {
            system: self.system,
            registry: self.registry.clone(),
            policy: self.policy.clone(),
            roles,
            scopes: self.scopes.clone(),
            me: self.me,
            teams: self.teams.clone(),
            below: self.below.clone(),
            now_ms: self.now_ms,
            known: Mutex::default(),
            parts: Mutex::default(),
            worked_out: Mutex::default(),
            at_exits: OnceLock::new(),
            shares,
            told_to: self.told_to.clone(),
            leaves: self.leaves,
        }
    }
    /// These rights as somebody else may hear of them: without what only a record lends that they may not see, since that
    /// would tell them that there is such a record.
    #[must_use]
    pub fn as_told_to(&self, listener: Arc<Rights>) -> Rights {
        Rights { told_to: Some(listener), ..self.with(self.roles.clone(), self.shares) }
    }
    /// The same asker at an exit: records about people whose data may not be used are not there.
    pub fn leaving(&self) -> Arc<Rights> {
        self.at_exits.get_or_init(|| Arc::new(Rights { leaves: true, ..self.with(self.roles.clone(), self.shares) })).clone()
    }
    /// Something that follows from these rights and a question's shape alone (named by `key`), worked out once as long as
    /// they last. Askers of many shapes start anew past [`SHAPES`].
    ///
    /// # Errors
    /// Those of `work_out`; they are not kept.
    pub fn remembered<T: Send + Sync + 'static>(&self, key: &str, work_out: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let known = self.worked_out.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(Ok(known)) = known.map(Arc::downcast) {
            return Ok(known);
        }
        let fresh = Arc::new(work_out()?);
        let mut all = self.worked_out.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SHAPES {
            all.clear();
        }
        all.insert(key.to_owned(), fresh.clone());
        Ok(fresh)
    }
    pub fn me(&self) -> RecordId {
        self.me
    }
    pub fn teams(&self) -> &[RecordId] {
        &self.teams
    }
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }
    pub fn roles(&self) -> &[Arc<Role>] {
        &self.roles
    }
    /// A token with scopes has no capabilities: it works on records only.
    pub fn capability(&self, name: &str) -> bool {
        self.scopes.is_none() && self.roles.iter().any(|r| r.capabilities.iter().any(|c| c == name))
    }
    fn scope_allows(&self, object: &str, write: bool) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|s| s.allows(object, write)))
    }
    pub(crate) fn granted(&self, object: &Object) -> Vec<(&Arc<Role>, &ObjectRights)> {
        self.roles.iter().filter_map(|role| role.object(&object.name, &object.def.area).map(|r| (role, r))).collect()
    }
    pub fn can_create(&self, object: &Object) -> bool {
        !object.def.system && self.scope_allows(&object.name, true) && self.granted(object).iter().any(|(_, r)| r.create)
    }
    /// Whether any row could be reached at all: decides between 403 and 404.
    pub fn can(&self, object: &Object, action: Action) -> bool {
        self.scope_allows(&object.name, action != Action::Read) && self.granted(object).iter().any(|(_, r)| action.reach(r) > Reach::None)
    }

    /// The least number of records that a total of this object may be about; `None` where another role reads every
    /// record without such a bound.
    pub fn min_group(&self, object: &Arc<Object>) -> Option<u32> {
        let reads = |role: &Role| role.object(&object.name, &object.def.area).is_some_and(|r| r.read > Reach::None);
        let bound = self.roles.iter().filter(|r| reads(r)).filter_map(|r| r.min_group).max()?;
        let free = self.roles.iter().enumerate().filter(|(_, r)| r.min_group.is_none()).fold(0, |bits, (i, _)| bits | 1 << i);
        (!self.part(free).rows(object, Action::Read).is_true()).then_some(bound)
    }
    /// Rows of `object` on which `action` is allowed.
    pub fn rows(&self, object: &Arc<Object>, action: Action) -> Cond {
        let key = (object.name.clone(), action);
        if let Some(rows) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return rows.clone();
        }
        let rows = self.rows_at(object, action, 0);
        let rows = if self.leaves && action == Action::Read { rows.and(self.unrestricted(object)) } else { rows };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, rows.clone());
        rows
    }
}

/// The system actor for which a user record stands.
fn system_actor(id: RecordId) -> Option<&'static str> {
    ["cli", "import", "jobs", "retention", "automation", "merge", "backup", "sign_in"].into_iter().find(|name| system_user(name) == id)
}
/// Who acts where a user record is named: a person, or the system actor that it stands for.
pub fn actor_of(id: RecordId) -> Actor {
    system_actor(id).map_or(Actor::User(id), Actor::System)
}
/// The user record that stands for a system actor: the same id in every workspace.
pub fn system_user(name: &str) -> RecordId {
    let n = match name {
        "cli" => 1,
        "import" => 2,
        "jobs" => 3,
        "retention" => 4,
        "automation" => 5,
        "merge" => 7,
        "backup" => 8,
        "sign_in" => 9,
        _ => 6,
    };
    RecordId::fixed(n)
}
