//! "Who can see this, and why": each colleague's rights on one record, from the same conditions that guard it.

use crate::{OrDb, cursor, timeline::Paging, tx::Tx};
use access::{Action, FieldAccess, GroundKind, Rights};
use kernel::{Actor, Ctx, RecordId, Result};
use serde_json::{Value as Json, json};
use store::compile;

impl Tx<'_> {
    /// # Errors
    /// 404 where the asker may not read the record themselves.
    pub fn access_list(&mut self, object: &str, id: RecordId, paging: &Paging) -> Result<Json> {
        let object = self.object(object)?;
        let record = self.readable_record(&object, id)?;
        self.saw(&object.name, || "access".into(), [id]);
        let team = record.reference("team").and_then(|t| self.policy().teams.get(&t)).map(|t| t.name.clone()).unwrap_or_default();
        let limit = usize::try_from(crate::read::page_limit(paging.limit)?).unwrap_or(50);
        let question = format!("access {} {id}", object.name);
        let start = match &paging.cursor {
            None => 0,
            Some(text) => cursor::open(&self.inner().master_key, &question, self.me(), text)?.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        };
        let mut users: Vec<_> = self.policy().users.values().filter(|u| u.active && !u.roles.is_empty()).cloned().collect();
        users.sort_by_key(|u| (kernel::fold(&u.name), u.id));
        let me = self.me();
        // What a hidden deal or order lends is told to those only who look after all rights.
        let listener = (!self.rights().capability("see_all_access")).then(|| self.rights().clone());
        let email_shows = self.registry().object("user").is_some_and(|o| o.field("email").is_some_and(|f| matches!(self.rights().field(o, f), FieldAccess::Read | FieldAccess::Write)));
        if self.registry().object("user").is_none_or(|o| !self.rights().can(o, Action::Read)) {
            users.retain(|u| u.id == me);
        }
        let (mut items, mut next) = (Vec::new(), None);
        for (i, user) in users.iter().enumerate().skip(start) {
            if items.len() == limit {
                next = Some(cursor::seal(&self.inner().master_key, &question, me, &json!(i)));
                break;
            }
            let ctx = Ctx::new(Actor::User(user.id), self.ctx().through, self.now_ms());
            let Ok(mut rights) = Rights::of(&ctx, self.registry().clone(), self.policy().clone()) else { continue };
            if let Some(listener) = &listener {
                rights = rights.as_told_to(listener.clone());
            }
            if !self.holds(&rights, &object.name, id, Action::Read)? {
                continue;
            }
            let (update, delete) = (self.holds(&rights, &object.name, id, Action::Update)?, self.holds(&rights, &object.name, id, Action::Delete)?);
            let mut because = Vec::new();
            for ground in rights.grounds(&object, Action::Read) {
                let cond = rights.authorized_ground(&ground);
                let q = compile::exists(self.db(), &object.name, id, &cond);
                if self.db().one(&q).or_db()?.is_some() {
                    let name = match ground.kind {
                        GroundKind::Owner => &user.name,
                        GroundKind::Team => &team,
                        _ => &ground.name,
                    };
                    let reason = json!({"kind": ground.kind.as_str(), "name": name});
                    if !because.contains(&reason) {
                        because.push(reason);
                    }
                }
            }
            items.push(json!({"user": {"id": user.id.to_string(), "name": user.name, "email": user.email.as_ref().filter(|_| email_shows)}, "read": true, "update": update, "delete": delete, "because": because}));
        }
        Ok(json!({"items": items, "next_cursor": next}))
    }
    fn holds(&mut self, rights: &Rights, object: &str, id: RecordId, action: Action) -> Result<bool> {
        let Some(object) = self.registry().object(object).cloned() else { return Ok(false) };
        let rows = rights.authorized_rows(&object, action);
        let q = compile::exists(self.db(), &object.name, id, &rows);
        Ok(self.db().one(&q).or_db()?.is_some())
    }
}
