//! The reasons why rows may be reached: by role, as owner or team, by share or rule, through a parent, lent by a deal or order.

use crate::{
    rights::{Action, Rights},
    role::{ObjectRights, Reach, Role},
};
use jiff::tz::TimeZone;
use kernel::Currency;
use metadata::{BindCtx, Cond, Field, FieldType, Level, Object, Op, Operand, Path, SHARED_WITH_EVERYBODY, SHARED_WITH_TEAM, Sharing, Storage, Value, bind};
use std::sync::Arc;

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

impl Rights {
    pub(crate) fn rows_at(&self, object: &Arc<Object>, action: Action, depth: u8) -> Cond {
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
        if self.is_owners_alone(object) {
            if let Some(owner) = object.field("owner") {
                push(GroundKind::Owner, "", Cond::eq(owner, Value::Ref(self.me)));
            }
            return out;
        }
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
            push(GroundKind::Parent, "", self.lent(object));
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
    /// Whether no person but the owner reaches a row, whatever they hold. The engine does, to keep it in order.
    fn is_owners_alone(&self, object: &Object) -> bool {
        object.def.sharing == Sharing::Owner && !self.system
    }
    /// Whether a role opens every row, with no condition.
    fn opens_all(&self, object: &Object, action: Action) -> bool {
        self.can(object, action)
            && !self.is_owners_alone(object)
            && !(object.def.system && action != Action::Read)
            && self.granted(object).iter().any(|(role, rights)| opens(role, rights, object, action))
    }
    fn meant_by(&self, rule: &crate::policy::SharingRule) -> bool {
        rule.user == Some(self.me) || rule.team.is_some_and(|t| self.teams.contains(&t)) || rule.role.as_ref().is_some_and(|name| self.roles().iter().any(|r| r.name == *name))
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
    /// Objects a reference may point at. "Any" means any that stands on its own; nothing happens with a saved view
    /// or a favourite, and were their rows asked too, no condition through "any" would be open to those who read all records.
    fn targets(&self, field: &Field) -> Vec<Arc<Object>> {
        match field.kind() {
            FieldType::Reference { to, .. } => match to.single() {
                Some(name) => self.registry.object(name).cloned().into_iter().collect(),
                None => self
                    .registry
                    .objects()
                    .filter(|o| {
                        to.allows(&o.name)
                            && !matches!(o.def.sharing, Sharing::Chosen | Sharing::Owner)
                            && (o.def.sharing != Sharing::Parent || matches!(&*o.name, "interaction" | "task" | "meeting" | "order"))
                    })
                    .cloned()
                    .collect(),
            },
            kind => kind.target().and_then(|t| self.registry.object(t)).cloned().into_iter().collect(),
        }
    }
    /// Owning or reaching a child gives read of its account and contacts.
    fn lent(&self, object: &Arc<Object>) -> Cond {
        let mut ways = Vec::new();
        for child in LENDING.iter().filter_map(|name| self.registry.object(name)) {
            let mine = self.owned(child);
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
            let lent = self.lent(account);
            if !lent.is_false() {
                ways.push(Cond::Through { field: field.clone(), target: account.clone(), filter: Box::new(lent) });
            }
        }
        Cond::any(ways)
    }
    /// Rows of a lending object that are the asker's own or their teams', by the reach of their role.
    fn owned(&self, object: &Arc<Object>) -> Cond {
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
        Sharing::Private | Sharing::Parent | Sharing::Chosen | Sharing::Owner => false,
    };
    reach == Reach::All && object.def.sharing != Sharing::Parent || shared && reach > Reach::None && !role.external
}
