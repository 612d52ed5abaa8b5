//! From role files, teams and sharing to the rows and fields one asker may touch.

use crate::{
    policy::{Policy, User},
    role::{ObjectRights, Reach, Role},
    scope::{Scope, parse_scope},
};
use jiff::tz::TimeZone;
use kernel::{Actor, Ctx, Currency, Error, RecordId, Result};
use metadata::{BindCtx, Cond, Field, FieldType, Level, Object, Op, Operand, Path, Registry, SHARED_WITH_EVERYBODY, SHARED_WITH_TEAM, Sharing, Storage, Value, bind};
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
    fn reach(self, rights: &ObjectRights) -> Reach {
        match self {
            Action::Read => rights.read,
            Action::Update => rights.update,
            Action::Delete => rights.delete,
        }
    }
}

/// Why somebody may: shown under "who can see this".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroundKind {
    Role,
    Owner,
    Team,
    Rule,
    Share,
    Parent,
}
impl GroundKind {
    pub fn as_str(self) -> &'static str {
        match self {
            GroundKind::Role => "role",
            GroundKind::Owner => "owner",
            GroundKind::Team => "team",
            GroundKind::Rule => "rule",
            GroundKind::Share => "share",
            GroundKind::Parent => "parent",
        }
    }
}
#[derive(Clone, Debug)]
pub struct Ground {
    pub kind: GroundKind,
    pub name: String,
    pub rows: Cond,
}

/// Objects whose rows lend read access to their account and contact.
const LENDING: [&str; 5] = ["opportunity", "order", "case", "contract", "quote"];
/// A chain of "follows its parent" longer than this is not followed.
const MAX_PARENTS: u8 = 4;

/// Shapes of questions remembered for an asker.
const SHAPES: usize = 256;

/// The rights of one asker at one epoch.
pub struct Rights {
    registry: Arc<Registry>,
    policy: Arc<Policy>,
    roles: Vec<Arc<Role>>,
    scopes: Option<Vec<Scope>>,
    /// A named system actor: areas that are switched off are still kept in order.
    system: bool,
    me: RecordId,
    teams: Vec<RecordId>,
    below: Vec<RecordId>,
    now_ms: i64,
    /// Rows per object and action: one question asks for the same many times.
    known: Mutex<HashMap<(Arc<str>, Action), Cond>>,
    /// The same asker through some of their roles only, by the bits of those roles.
    parts: Mutex<HashMap<u64, Arc<Rights>>>,
    /// What others have worked out from these rights, see [`Rights::remembered`].
    worked_out: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
    /// See [`Rights::leaving`].
    at_exits: OnceLock<Arc<Rights>>,
    /// Whether shares by hand count.
    shares: bool,
    /// Who hears of these rights, where that is somebody else.
    told_to: Option<Arc<Rights>>,
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
    fn rows_at(&self, object: &Arc<Object>, action: Action, depth: u8) -> Cond {
        // Most questions of most people end here: whoever may see all needs no further reason.
        if depth <= MAX_PARENTS && &*object.name != "interaction" && self.opens_all(object, action) {
            return Cond::TRUE;
        }
        let grounds = Cond::any(self.grounds_at(object, action, depth).into_iter().map(|g| g.rows));
        if &*object.name == "interaction" { grounds.and(self.not_withheld(object)) } else { grounds }
    }
    /// The reasons, one by one.
    pub fn grounds(&self, object: &Arc<Object>, action: Action) -> Vec<Ground> {
        self.grounds_at(object, action, 0)
    }
    fn grounds_at(&self, object: &Arc<Object>, action: Action, depth: u8) -> Vec<Ground> {
        let mut out = Vec::new();
        if !self.can(object, action) || depth > MAX_PARENTS || (object.def.system && action != Action::Read) {
            return out;
        }
        let mut push = |kind, name: &str, rows: Cond| {
            if !rows.is_false() {
                out.push(Ground { kind, name: name.to_owned(), rows });
            }
        };
        let granted = self.granted(object);
        let reach = granted.iter().map(|(_, r)| action.reach(r)).max().unwrap_or_default();
        let follows = object.def.sharing == Sharing::Parent;
        for (role, rights) in &granted {
            if opens(role, rights, object, action) {
                push(GroundKind::Role, &role.label, Cond::TRUE);
            }
        }
        if let Some(owner) = object.field("owner") {
            push(GroundKind::Owner, "", Cond::eq(owner, Value::Ref(self.me)));
            if &*object.name == "user" && action == Action::Read {
                push(GroundKind::Owner, "", Cond::Ids([self.me].into()));
            }
        }
        // Every role adds: one that reaches "all" of what the parents let see takes nothing from one that reaches a team.
        let reaches = |wanted| granted.iter().any(|(_, r)| action.reach(r) == wanted);
        let teams = match () {
            () if reaches(Reach::Below) => &self.below,
            () if reaches(Reach::Team) => &self.teams,
            () => &vec![],
        };
        if let Some(field) = object.field("team") {
            push(GroundKind::Team, "", Cond::is_in(field, teams.iter().map(|t| Value::Ref(*t)).collect()));
        }
        if object.def.sharing == Sharing::Chosen && action == Action::Read && granted.iter().any(|(role, rights)| rights.read > Reach::None && !role.external) {
            let (everybody, team) = self.chosen(object);
            push(GroundKind::Role, "", everybody);
            push(GroundKind::Team, "", team);
        }
        let level = if action == Action::Read { Level::Read } else { Level::Update };
        if action != Action::Delete {
            if self.shares {
                push(GroundKind::Share, "", Cond::Shared { object: object.name.clone(), level, user: self.me, teams: self.teams.clone().into(), now_ms: self.now_ms });
            }
            for rule in self.policy.rules.iter().filter(|r| r.object == *object.name && r.level >= level && self.meant_by(r)) {
                // A rule that no longer binds (its field is gone) shares nothing; the administrator's page lists it.
                if let Ok(rows) = bind(&self.bind_ctx(), object, &rule.filter) {
                    push(GroundKind::Rule, &rule.name, rows);
                }
            }
        }
        if follows {
            push(GroundKind::Parent, "", self.through_parents(object, action, reach, depth));
        }
        if action == Action::Read && matches!(&*object.name, "account" | "contact") {
            push(GroundKind::Parent, "", self.lent(object, depth));
        }
        out
    }
    /// Rows whose own `shared` opens them: to everybody, and to the teams of the asker.
    fn chosen(&self, object: &Object) -> (Cond, Cond) {
        let (Some(shared), Some(team)) = (object.field("shared"), object.field("team")) else { return (Cond::FALSE, Cond::FALSE) };
        let with = |word: &str| Cond::eq(shared, Value::Text(word.into()));
        let mine = Cond::is_in(team, self.teams.iter().map(|t| Value::Ref(*t)).collect());
        (with(SHARED_WITH_EVERYBODY), with(SHARED_WITH_TEAM).and(mine))
    }
    /// Whether a role opens every row, with no condition.
    fn opens_all(&self, object: &Object, action: Action) -> bool {
        self.can(object, action) && !(object.def.system && action != Action::Read) && self.granted(object).iter().any(|(role, rights)| opens(role, rights, object, action))
    }
    fn meant_by(&self, rule: &crate::policy::SharingRule) -> bool {
        rule.user == Some(self.me) || rule.team.is_some_and(|t| self.teams.contains(&t)) || rule.role.as_ref().is_some_and(|name| self.roles.iter().any(|r| r.name == *name))
    }
    fn bind_ctx(&self) -> BindCtx<'_> {
        BindCtx { registry: &self.registry, me: Some(self.me), now_ms: self.now_ms, zone: TimeZone::UTC, currency: Currency::EUR, fiscal_start: 1 }
    }
    /// Rows whose parent may be read (or changed, where the role reaches only its own).
    fn through_parents(&self, object: &Arc<Object>, action: Action, reach: Reach, depth: u8) -> Cond {
        let needed = if reach == Reach::All { Action::Read } else { action };
        let mut ways = Vec::new();
        let mut all_open = reach == Reach::All;
        for name in &object.def.parents {
            let Some(field) = object.field(name) else { continue };
            let about_any = field.storage == Storage::AnyRef;
            for target in self.targets(field) {
                // An activity about another activity follows its own account, contact and other targets: following the
                // other one's too would multiply the conditions without opening a row that matters.
                let activity = |name: &str| matches!(name, "interaction" | "task" | "meeting");
                if about_any && activity(&target.name) && (depth > 0 || activity(&object.name)) {
                    continue;
                }
                let rows = self.rows_at(&target, needed, depth + 1);
                all_open &= rows.is_true();
                if !rows.is_false() {
                    ways.push(Cond::Through { field: field.clone(), target, filter: Box::new(rows) });
                }
            }
        }
        if all_open { Cond::TRUE } else { Cond::any(ways) }
    }
    /// Objects a reference may point at. "Any" means any that stands on its own; nothing happens with a saved view, and
    /// were its rows asked too, no condition through "any" would be open to those who read all records.
    fn targets(&self, field: &Field) -> Vec<Arc<Object>> {
        match field.kind() {
            FieldType::Reference { to, .. } => match to.single() {
                Some(name) => self.registry.object(name).cloned().into_iter().collect(),
                None => self
                    .registry
                    .objects()
                    .filter(|o| to.allows(&o.name) && o.def.sharing != Sharing::Chosen && (o.def.sharing != Sharing::Parent || matches!(&*o.name, "interaction" | "task" | "meeting" | "order")))
                    .cloned()
                    .collect(),
            },
            kind => kind.target().and_then(|t| self.registry.object(t)).cloned().into_iter().collect(),
        }
    }
    /// Owning or reaching a child gives read of its account and contacts.
    fn lent(&self, object: &Arc<Object>, depth: u8) -> Cond {
        let mut ways = Vec::new();
        for child in LENDING.iter().filter_map(|name| self.registry.object(name)) {
            let mine = self.owned(child, depth);
            if mine.is_false() {
                continue;
            }
            for referrer in object.referrers.iter().filter(|r| r.object == child.name && matches!(r.field.name(), "account" | "contact")) {
                ways.push(Cond::Related { object: child.clone(), via: referrer.field.clone(), filter: Box::new(mine.clone()), count: None });
            }
        }
        if &*object.name == "contact"
            && let (Some(field), Some(account)) = (object.field("account"), self.registry.object("account"))
        {
            let lent = self.lent(account, depth);
            if !lent.is_false() {
                ways.push(Cond::Through { field: field.clone(), target: account.clone(), filter: Box::new(lent) });
            }
        }
        Cond::any(ways)
    }
    /// Rows of a lending object that are the asker's own or their teams', by the reach of their role.
    fn owned(&self, object: &Arc<Object>, _depth: u8) -> Cond {
        let reach = self.granted(object).iter().map(|(_, r)| r.read).max().unwrap_or_default();
        let teams = match reach {
            Reach::None => return Cond::FALSE,
            Reach::Own => &vec![],
            Reach::Team => &self.teams,
            Reach::Below | Reach::All => &self.below,
        };
        let owner = object.field("owner").map(|f| Cond::eq(f, Value::Ref(self.me)));
        let team = object.field("team").map(|f| Cond::is_in(f, teams.iter().map(|t| Value::Ref(*t)).collect()));
        let mine = Cond::any(owner.into_iter().chain(team));
        match &self.told_to {
            Some(listener) => mine.and(listener.rows(object, Action::Read)),
            None => mine,
        }
    }
    /// A private mailbox's entries stay with their owner.
    fn not_withheld(&self, object: &Arc<Object>) -> Cond {
        let Some(visibility) = object.field("visibility") else { return Cond::TRUE };
        let shown = Cond::Test { path: Path::of(visibility), op: Op::Ne, operand: Operand::One(Value::Text("none".into())) };
        Cond::any([shown, self.mine(object)])
    }
    pub(crate) fn mine(&self, object: &Arc<Object>) -> Cond {
        Cond::any(["owner", "staff"].iter().filter_map(|name| object.field(name)).map(|f| Cond::eq(f, Value::Ref(self.me))))
    }
}

/// Whether a role opens every row of an object that does not follow its parents.
fn opens(role: &Role, rights: &ObjectRights, object: &Object, action: Action) -> bool {
    let reach = action.reach(rights);
    let shared = match object.def.sharing {
        Sharing::Read => action == Action::Read,
        Sharing::ReadWrite => action != Action::Delete,
        Sharing::Private | Sharing::Parent | Sharing::Chosen => false,
    };
    reach == Reach::All && object.def.sharing != Sharing::Parent || shared && reach > Reach::None && !role.external
}

/// The system actor for which a user record stands.
pub fn system_actor(id: RecordId) -> Option<&'static str> {
    ["cli", "import", "jobs", "retention", "automation", "merge"].into_iter().find(|name| system_user(name) == id)
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
        _ => 6,
    };
    RecordId::fixed(n)
}
