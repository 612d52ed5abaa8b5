//! Sessions and tokens as stored: what a secret lets its holder be.

use super::secret_text::Hash;
use kernel::{RecordId, Result};
use records::OrDb as _;
use serde::Serialize;
use std::sync::Arc;
use store::{Db, Sql, Val};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Session,
    Token,
}
impl Kind {
    fn table(self) -> &'static str {
        match self {
            Kind::Session => "auth_session",
            Kind::Token => "auth_token",
        }
    }
}

/// Who a secret stands for.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) kind: Kind,
    pub(crate) id: RecordId,
    pub(crate) user: RecordId,
    /// `None`: all rights of the user.
    pub(crate) scopes: Option<Arc<[String]>>,
    /// Milliseconds; `None` for a token without end.
    pub(crate) until: Option<i64>,
    /// When it was last used, by the minute.
    pub(crate) seen_at: i64,
}

/// A session as its owner sees it.
#[derive(Debug, Serialize)]
pub(crate) struct SessionView {
    pub(crate) id: String,
    pub(crate) created_at: String,
    pub(crate) last_seen_at: String,
    pub(crate) expires_at: String,
    pub(crate) ip: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) current: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct TokenView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: String,
    pub(crate) expires_at: Option<String>,
    pub(crate) last_used_at: Option<String>,
}

pub(crate) struct NewSession {
    pub(crate) id: RecordId,
    pub(crate) user: RecordId,
    pub(crate) hash: Hash,
    pub(crate) until: i64,
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
}

pub(crate) struct NewToken {
    pub(crate) id: RecordId,
    pub(crate) user: RecordId,
    pub(crate) name: String,
    pub(crate) hash: Hash,
    /// Empty: all rights of the user.
    pub(crate) scopes: Vec<String>,
    pub(crate) until: Option<i64>,
}

pub(crate) fn add_session(db: &mut dyn Db, new: &NewSession, now_ms: i64) -> Result<()> {
    let table = db.table("auth_session");
    let q = Sql::with(
        format!("INSERT INTO {table} (\"id\", \"user\", \"hash\", \"created_at\", \"seen_at\", \"until\", \"address\", \"agent\") VALUES ($1, $2, $3, $4, $4, $5, $6, $7)"),
        [Val::from(new.id.to_string()), new.user.to_string().into(), new.hash.as_slice().into(), now_ms.into(), new.until.into(), new.address.clone().into(), new.agent.clone().into()],
    );
    db.exec(&q).or_db().map(drop)
}

pub(crate) fn add_token(db: &mut dyn Db, new: &NewToken, now_ms: i64) -> Result<()> {
    let table = db.table("auth_token");
    let scopes = (!new.scopes.is_empty()).then(|| new.scopes.join(" "));
    let q = Sql::with(
        format!("INSERT INTO {table} (\"id\", \"user\", \"name\", \"hash\", \"scopes\", \"created_at\", \"until\") VALUES ($1, $2, $3, $4, $5, $6, $7)"),
        [Val::from(new.id.to_string()), new.user.to_string().into(), new.name.as_str().into(), new.hash.as_slice().into(), scopes.into(), now_ms.into(), new.until.into()],
    );
    db.exec(&q).or_db().map(drop)
}

/// Whom a secret stands for, whether or not it still holds.
pub(crate) fn find(db: &mut dyn Db, kind: Kind, hash: &Hash) -> Result<Option<Holder>> {
    let table = db.table(kind.table());
    let columns = match kind {
        Kind::Session => "\"id\", \"user\", \"until\", \"seen_at\", NULL",
        Kind::Token => "\"id\", \"user\", \"until\", \"used_at\", \"scopes\"",
    };
    let row = db.one(&Sql::with(format!("SELECT {columns} FROM {table} WHERE \"hash\" = $1"), [hash.as_slice()])).or_db()?;
    Ok(row.and_then(|r| {
        let scopes = r[4].as_str().map(|text| text.split(' ').map(str::to_owned).collect());
        Some(Holder { kind, id: r[0].as_str()?.parse().ok()?, user: r[1].as_str()?.parse().ok()?, until: r[2].as_int(), seen_at: r[3].as_int().unwrap_or(0), scopes })
    }))
}

pub(crate) fn touch(db: &mut dyn Db, kind: Kind, id: RecordId, now_ms: i64) -> Result<()> {
    let table = db.table(kind.table());
    let column = if kind == Kind::Session { "seen_at" } else { "used_at" };
    db.exec(&Sql::with(format!("UPDATE {table} SET \"{column}\" = $1 WHERE \"id\" = $2"), [Val::Int(now_ms), id.to_string().into()])).or_db().map(drop)
}

pub(crate) fn sessions(db: &mut dyn Db, user: RecordId, current: Option<RecordId>, used_since: i64, now_ms: i64) -> Result<Vec<SessionView>> {
    let table = db.table("auth_session");
    let q = Sql::with(
        format!(
            "SELECT \"id\", \"created_at\", \"seen_at\", \"until\", \"address\", \"agent\" FROM {table} WHERE \"user\" = $1 AND \"until\" > $2 AND \"seen_at\" > $3 ORDER BY \"seen_at\" DESC, \"id\""
        ),
        [Val::from(user.to_string()), now_ms.into(), used_since.into()],
    );
    let current = current.map(|id| id.to_string());
    let rows = db.rows(&q).or_db()?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let id = r[0].as_str().unwrap_or_default().to_owned();
            SessionView {
                current: current.as_ref() == Some(&id),
                id,
                created_at: time(&r[1]),
                last_seen_at: time(&r[2]),
                expires_at: time(&r[3]),
                ip: r[4].as_str().map(str::to_owned),
                user_agent: r[5].as_str().map(str::to_owned),
            }
        })
        .collect())
}

pub(crate) fn tokens(db: &mut dyn Db, user: RecordId) -> Result<Vec<TokenView>> {
    let table = db.table("auth_token");
    let q = Sql::with(format!("SELECT \"id\", \"name\", \"scopes\", \"created_at\", \"until\", \"used_at\" FROM {table} WHERE \"user\" = $1 ORDER BY \"id\" DESC"), [user.to_string()]);
    let rows = db.rows(&q).or_db()?;
    Ok(rows
        .into_iter()
        .map(|r| TokenView {
            id: r[0].as_str().unwrap_or_default().to_owned(),
            name: r[1].as_str().unwrap_or_default().to_owned(),
            scopes: r[2].as_str().map(|text| text.split(' ').map(str::to_owned).collect()).unwrap_or_default(),
            created_at: time(&r[3]),
            expires_at: (!r[4].is_null()).then(|| time(&r[4])),
            last_used_at: (!r[5].is_null()).then(|| time(&r[5])),
        })
        .collect())
}

/// Ends one session or token of the user; false if there is none of that id.
pub(crate) fn end(db: &mut dyn Db, kind: Kind, user: RecordId, id: RecordId) -> Result<bool> {
    let table = db.table(kind.table());
    Ok(db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"id\" = $1 AND \"user\" = $2"), [id.to_string(), user.to_string()])).or_db()? > 0)
}

/// Ends all sessions of the user but one.
pub(crate) fn end_sessions(db: &mut dyn Db, user: RecordId, but: Option<RecordId>) -> Result<()> {
    let table = db.table("auth_session");
    let but = but.map(|id| id.to_string()).unwrap_or_default();
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"user\" = $1 AND \"id\" <> $2"), [user.to_string(), but])).or_db().map(drop)
}

pub(crate) fn end_tokens(db: &mut dyn Db, user: RecordId) -> Result<()> {
    let table = db.table("auth_token");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db().map(drop)
}

/// Users that hold sessions or tokens.
pub(crate) fn users(db: &mut dyn Db) -> Result<Vec<RecordId>> {
    let (sessions, tokens) = (db.table("auth_session"), db.table("auth_token"));
    let rows = db.rows(&Sql::new(format!("SELECT \"user\" FROM {sessions} UNION SELECT \"user\" FROM {tokens}"))).or_db()?;
    Ok(rows.iter().filter_map(|r| r[0].as_str()?.parse().ok()).collect())
}

/// Removes what has ended by itself.
pub(crate) fn purge(db: &mut dyn Db, used_since: i64, now_ms: i64) -> Result<u64> {
    let (sessions, tokens) = (db.table("auth_session"), db.table("auth_token"));
    let gone = db.exec(&Sql::with(format!("DELETE FROM {sessions} WHERE \"until\" <= $1 OR \"seen_at\" <= $2"), [now_ms, used_since])).or_db()?;
    Ok(gone + db.exec(&Sql::with(format!("DELETE FROM {tokens} WHERE \"until\" IS NOT NULL AND \"until\" <= $1"), [now_ms])).or_db()?)
}

/// RFC 3339 with milliseconds, as the API writes times.
pub(crate) fn time_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}")).unwrap_or_default()
}
fn time(val: &Val) -> String {
    val.as_int().map(time_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_have_milliseconds() {
        assert_eq!(super::time_text(1_770_000_000_000), "2026-02-02T02:40:00.000Z");
        assert_eq!(super::time_text(1_770_000_000_007), "2026-02-02T02:40:00.007Z");
    }
}
