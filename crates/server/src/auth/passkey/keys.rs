//! Passkeys as stored. Public keys only: who reads the database cannot sign in.

use super::super::holder::time_text;
use kernel::{Code, Error, RecordId, Result};
use records::OrDb as _;
use serde::Serialize;
use store::{Db, Sql, Val};
use webauthn_rs::prelude::Passkey;

/// More of them nobody looks through when one is lost.
const MOST: usize = 20;

pub(super) struct Stored {
    pub(super) id: RecordId,
    pub(super) user: RecordId,
    pub(super) key: Passkey,
}

/// A passkey as its owner sees it.
#[derive(Debug, Serialize)]
pub(crate) struct PasskeyView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: String,
    pub(crate) last_used_at: Option<String>,
    /// When it was refused because its counter went back: a copy of it may be about.
    pub(crate) suspect_at: Option<String>,
}

pub(super) fn list(db: &mut dyn Db, user: RecordId) -> Result<Vec<PasskeyView>> {
    let table = db.table("auth_passkey");
    let q = Sql::with(format!("SELECT \"id\", \"name\", \"created_at\", \"used_at\", \"suspect_at\" FROM {table} WHERE \"user\" = $1 ORDER BY \"id\""), [user.to_string()]);
    let rows = db.rows(&q).or_db()?;
    let text = |val: &Val| val.as_str().unwrap_or_default().to_owned();
    let time = |val: &Val| val.as_int().map(time_text);
    Ok(rows.iter().map(|r| PasskeyView { id: text(&r[0]), name: text(&r[1]), created_at: time(&r[2]).unwrap_or_default(), last_used_at: time(&r[3]), suspect_at: time(&r[4]) }).collect())
}

/// All keys of a user, to be asked for or left out.
pub(super) fn of_user(db: &mut dyn Db, user: RecordId) -> Result<Vec<Stored>> {
    let table = db.table("auth_passkey");
    let rows = db.rows(&Sql::with(format!("SELECT \"id\", \"user\", \"key\" FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db()?;
    rows.iter().map(|row| stored(row)).collect()
}

pub(super) fn by_credential(db: &mut dyn Db, credential: &[u8]) -> Result<Option<Stored>> {
    let table = db.table("auth_passkey");
    let row = db.one(&Sql::with(format!("SELECT \"id\", \"user\", \"key\" FROM {table} WHERE \"credential\" = $1"), [credential])).or_db()?;
    row.map(|row| stored(&row)).transpose()
}

fn stored(row: &[Val]) -> Result<Stored> {
    let id = |val: &Val| val.as_str().and_then(|text| text.parse().ok());
    let key = row[2].as_str().and_then(|text| serde_json::from_str(text).ok());
    match (id(&row[0]), id(&row[1]), key) {
        (Some(id), Some(user), Some(key)) => Ok(Stored { id, user, key }),
        _ => Err(Error::internal("a stored passkey cannot be read")),
    }
}

pub(super) fn known() -> Error {
    Error::new(Code::Conflict, "passkey_known", "This passkey is here already.")
}

/// # Errors
/// 409 `passkey_known` where the key is here already, `too_many_passkeys`.
pub(super) fn add(db: &mut dyn Db, id: RecordId, user: RecordId, name: &str, key: &Passkey, now_ms: i64) -> Result<()> {
    db.lock(&format!("passkeys {user}")).or_db()?;
    if of_user(db, user)?.len() >= MOST {
        return Err(Error::new(Code::Conflict, "too_many_passkeys", format!("You have {MOST} passkeys. Remove one that you no longer use.")));
    }
    if by_credential(db, key.cred_id())?.is_some() {
        return Err(known());
    }
    let table = db.table("auth_passkey");
    let q = Sql::with(
        format!("INSERT INTO {table} (\"id\", \"user\", \"name\", \"credential\", \"key\", \"created_at\") VALUES ($1, $2, $3, $4, $5, $6)"),
        [Val::from(id.to_string()), user.to_string().into(), name.into(), key.cred_id().as_slice().into(), text(key)?.into(), now_ms.into()],
    );
    db.exec(&q).or_db().map(drop)
}

/// Notes a use, with the counter that came with it.
pub(super) fn used(db: &mut dyn Db, stored: &Stored, now_ms: i64) -> Result<()> {
    let table = db.table("auth_passkey");
    let q = Sql::with(format!("UPDATE {table} SET \"key\" = $1, \"used_at\" = $2 WHERE \"id\" = $3"), [Val::from(text(&stored.key)?), now_ms.into(), stored.id.to_string().into()]);
    db.exec(&q).or_db().map(drop)
}

pub(super) fn suspect(db: &mut dyn Db, id: RecordId, now_ms: i64) -> Result<()> {
    let table = db.table("auth_passkey");
    db.exec(&Sql::with(format!("UPDATE {table} SET \"suspect_at\" = $1 WHERE \"id\" = $2"), [Val::Int(now_ms), id.to_string().into()])).or_db().map(drop)
}

/// False where the user has none of that id.
pub(super) fn rename(db: &mut dyn Db, user: RecordId, id: RecordId, name: &str) -> Result<bool> {
    let table = db.table("auth_passkey");
    Ok(db.exec(&Sql::with(format!("UPDATE {table} SET \"name\" = $1 WHERE \"id\" = $2 AND \"user\" = $3"), [name, &id.to_string(), &user.to_string()])).or_db()? > 0)
}

/// False where the user has none of that id.
pub(super) fn remove(db: &mut dyn Db, user: RecordId, id: RecordId) -> Result<bool> {
    let table = db.table("auth_passkey");
    Ok(db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"id\" = $1 AND \"user\" = $2"), [id.to_string(), user.to_string()])).or_db()? > 0)
}

pub(crate) fn has_any(db: &mut dyn Db, user: RecordId) -> Result<bool> {
    let table = db.table("auth_passkey");
    Ok(db.one(&Sql::with(format!("SELECT 1 FROM {table} WHERE \"user\" = $1 LIMIT 1"), [user.to_string()])).or_db()?.is_some())
}

/// A reset is for an account that others may have got into: a key that they left would outlast it.
pub(crate) fn forget_all(db: &mut dyn Db, user: RecordId) -> Result<()> {
    let table = db.table("auth_passkey");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db().map(drop)
}

fn text(key: &Passkey) -> Result<String> {
    serde_json::to_string(key).map_err(|e| Error::internal(format!("a passkey: {e}")))
}
