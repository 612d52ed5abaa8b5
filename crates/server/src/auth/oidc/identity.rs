//! Who is who: a provider's name for somebody, and the user they are here.

use crate::{
    auth::{db, secret_text::hash, secret_text::hex},
    config::SignIn,
};
use kernel::{Code, Error, RecordId, Result};
use records::OrDb as _;
use store::{Db, Sql, Store, Val};

/// Takes part in the transaction alone from here on, as far as this person is concerned.
pub(super) fn lock(db: &mut dyn Db, issuer: &str, subject: &str) -> Result<()> {
    db.lock(&format!("identity {}", hex(&hash(&format!("{issuer} {subject}"))[..16]))).or_db()
}

pub(super) fn find(db: &mut dyn Db, issuer: &str, subject: &str) -> Result<Option<RecordId>> {
    let table = db.table("auth_identity");
    let row = db.one(&Sql::with(format!("SELECT \"user\" FROM {table} WHERE \"issuer\" = $1 AND \"subject\" = $2"), [issuer, subject])).or_db()?;
    Ok(row.and_then(|r| r[0].as_str()?.parse().ok()))
}

/// Whether the user is somebody at that provider already.
pub(super) fn has(db: &mut dyn Db, issuer: &str, user: RecordId) -> Result<bool> {
    Ok(issuers(db, user)?.iter().any(|known| known == issuer))
}
fn issuers(db: &mut dyn Db, user: RecordId) -> Result<Vec<String>> {
    let table = db.table("auth_identity");
    let rows = db.rows(&Sql::with(format!("SELECT \"issuer\" FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db()?;
    Ok(rows.iter().filter_map(|r| r[0].as_str().map(str::to_owned)).collect())
}

pub(super) fn remember(db: &mut dyn Db, issuer: &str, subject: &str, user: RecordId, now_ms: i64) -> Result<()> {
    let table = db.table("auth_identity");
    let q = Sql::with(
        format!("INSERT INTO {table} (\"issuer\", \"subject\", \"user\", \"created_at\", \"seen_at\") VALUES ($1, $2, $3, $4, $4)"),
        [Val::from(issuer), subject.into(), user.to_string().into(), now_ms.into()],
    );
    db.exec(&q).or_db().map(drop)
}
pub(super) fn seen(db: &mut dyn Db, issuer: &str, subject: &str, now_ms: i64) -> Result<()> {
    let table = db.table("auth_identity");
    let q = Sql::with(format!("UPDATE {table} SET \"seen_at\" = $1 WHERE \"issuer\" = $2 AND \"subject\" = $3"), [Val::Int(now_ms), issuer.into(), subject.into()]);
    db.exec(&q).or_db().map(drop)
}

/// Forgets who a user is at providers: the next one who proves their e-mail is them.
pub(in crate::auth) fn forget(db: &mut dyn Db, user: RecordId) -> Result<()> {
    let table = db.table("auth_identity");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db().map(drop)
}

/// Notes what works once; false where it was used before.
pub(super) fn use_up(db: &mut dyn Db, key: &str, until: i64) -> Result<bool> {
    let table = db.table("auth_used");
    let q = Sql::with(format!("INSERT INTO {table} (\"key\", \"until\") VALUES ($1, $2) ON CONFLICT (\"key\") DO NOTHING"), [Val::from(key), until.into()]);
    Ok(db.exec(&q).or_db()? == 1)
}
pub(in crate::auth) fn purge(db: &mut dyn Db, now_ms: i64) -> Result<()> {
    let table = db.table("auth_used");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"until\" < $1"), [now_ms])).or_db().map(drop)
}

/// Whether somebody whose password was right may use it.
///
/// # Errors
/// 401 `single_sign_on_needed` where they have come through a provider that is to be the only way.
pub(in crate::auth) async fn password_allowed(store: &Store, settings: &SignIn, workspace: &str, user: RecordId) -> Result<()> {
    if settings.oidc.iter().all(|one| one.password_too) {
        return Ok(());
    }
    let known = db::read_quick(store, move |db| issuers(db, user)).await?;
    let only = settings.oidc.iter().find(|one| !one.password_too && one.workspace == workspace && known.contains(&one.issuer));
    only.map_or(Ok(()), |one| Err(Error::new(Code::Unauthenticated, "single_sign_on_needed", format!("Your organisation wants you to sign in with {}, not by a password.", one.label))))
}
