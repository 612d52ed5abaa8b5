//! Data that leaves to a program with a token takes a permit, like every other exit.

use access::{Exit, Permit};
use kernel::{Actor, Result};
use records::{OrDb, Tx};
use store::{Sql, Val};

/// Runs a reading; where a token asks, only with a permit for it.
pub(crate) fn read<T>(tx: &mut Tx, token: bool, object: &str, f: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
    let _permit = if token { Some(permit(tx, Exit::IntegrationRead, Some(object), "integration")?) } else { None };
    f(tx)
}

/// # Errors
/// 403 with what is missing.
pub(crate) fn permit(tx: &Tx, exit: Exit, object: Option<&str>, purpose: &str) -> Result<Permit> {
    Permit::ask(tx.rights(), tx.ctx(), exit, object, purpose, tx.new_id())
}

/// Writes down what has left under a permit: who took how much of what, and why. Never the values.
pub(crate) fn disclose(tx: &mut Tx, permit: &Permit, count: i64, detail: &str) -> Result<()> {
    let actor = match permit.actor() {
        Actor::User(id) => id.to_string(),
        Actor::System(name) => access::system_user(name).to_string(),
    };
    let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"at\", \"actor\", \"exit\", \"object\", \"purpose\", \"count\", \"detail\") VALUES (", tx.db().table("sys_disclosure")));
    q.list([Val::from(permit.id().to_string()), permit.at_ms().into(), actor.into(), permit.exit().as_str().into(), permit.object().into(), permit.purpose().into(), count.into(), detail.into()])
        .push(")");
    tx.db().exec(&q).or_db().map(drop)
}
