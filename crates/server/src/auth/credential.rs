//! Passwords and invitations of users, as stored.

use super::secret_text::Hash;
use kernel::{RecordId, Result};
use records::OrDb as _;
use store::{Db, Sql, Val};

#[derive(Clone, Debug, Default)]
pub(crate) struct Credential {
    pub(crate) hash: Option<String>,
    /// The password was made for them: they should choose their own.
    pub(crate) must_change: bool,
}

pub(crate) fn read(db: &mut dyn Db, user: RecordId) -> Result<Credential> {
    let table = db.table("auth_credential");
    let row = db.one(&Sql::with(format!("SELECT \"hash\", \"must_change\" FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db()?;
    Ok(row.map(|r| Credential { hash: r[0].as_str().map(str::to_owned), must_change: r[1].as_int() == Some(1) }).unwrap_or_default())
}

/// A new password; an invitation that was open is used up by it.
pub(crate) fn set_password(db: &mut dyn Db, user: RecordId, hash: &str, must_change: bool, now_ms: i64) -> Result<()> {
    let table = db.table("auth_credential");
    let q = Sql::with(
        format!(
            "INSERT INTO {table} (\"user\", \"hash\", \"must_change\", \"changed_at\") VALUES ($1, $2, $3, $4) ON CONFLICT (\"user\") DO UPDATE SET \"hash\" = excluded.\"hash\", \"must_change\" = excluded.\"must_change\", \
             \"changed_at\" = excluded.\"changed_at\", \"invitation\" = NULL, \"invitation_until\" = NULL"
        ),
        [Val::from(user.to_string()), hash.into(), must_change.into(), now_ms.into()],
    );
    db.exec(&q).or_db().map(drop)
}

/// The same password, hashed as today's settings ask.
pub(crate) fn renew_hash(db: &mut dyn Db, user: RecordId, old: &str, new: &str) -> Result<()> {
    let table = db.table("auth_credential");
    // somebody may have chosen another password meanwhile
    db.exec(&Sql::with(format!("UPDATE {table} SET \"hash\" = $1 WHERE \"user\" = $2 AND \"hash\" = $3"), [new, &user.to_string(), old])).or_db().map(drop)
}

/// An invitation, instead of an earlier one. The password, if there was one, no longer works where `reset` is set.
pub(crate) fn invite(db: &mut dyn Db, user: RecordId, invitation: &Hash, until_ms: i64, reset: bool) -> Result<()> {
    let table = db.table("auth_credential");
    let forget = if reset { ", \"hash\" = NULL" } else { "" };
    let q = Sql::with(
        format!(
            "INSERT INTO {table} (\"user\", \"must_change\", \"invitation\", \"invitation_until\") VALUES ($1, 0, $2, $3) ON CONFLICT (\"user\") DO UPDATE SET \"invitation\" = excluded.\"invitation\", \"invitation_until\" = excluded.\"invitation_until\"{forget}"
        ),
        [Val::from(user.to_string()), invitation.as_slice().into(), until_ms.into()],
    );
    db.exec(&q).or_db().map(drop)
}

/// Whose invitation it is, while it can be used.
pub(crate) fn invited(db: &mut dyn Db, invitation: &Hash, now_ms: i64) -> Result<Option<RecordId>> {
    let table = db.table("auth_credential");
    let q = Sql::with(format!("SELECT \"user\" FROM {table} WHERE \"invitation\" = $1 AND \"invitation_until\" > $2"), [Val::from(invitation.as_slice()), now_ms.into()]);
    Ok(db.one(&q).or_db()?.and_then(|r| r[0].as_str()?.parse().ok()))
}

/// Whether anybody can sign in: a password or an open invitation.
pub(crate) fn anybody(db: &mut dyn Db) -> Result<bool> {
    let table = db.table("auth_credential");
    Ok(db.one(&Sql::new(format!("SELECT 1 FROM {table} WHERE \"hash\" IS NOT NULL OR \"invitation\" IS NOT NULL LIMIT 1"))).or_db()?.is_some())
}
