//! What a browser was asked to sign. It lies here and not with the browser, is short-lived, and is used up by the first
//! answer, right or wrong.

use super::super::secret_text::{Hash, hash, hex};
use crate::data::random_bytes;
use kernel::{Error, Result};
use records::OrDb as _;
use serde::{Serialize, de::DeserializeOwned};
use store::{Db, Sql, Val};

/// What the answer is for: one for signing in proves nothing to a session, and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Registration,
    SignIn,
    Fresh,
}
impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Registration => "registration",
            Kind::SignIn => "sign_in",
            Kind::Fresh => "fresh",
        }
    }
}

/// Open ones of a session or, before there is one, of a network; the oldest go. Asking needs no sign-in: without a bound
/// anybody could fill the table.
const MOST_OPEN: i64 = 100;

/// The name of a challenge, and what is stored of it.
pub(super) fn name() -> (String, Hash) {
    let name = hex(&random_bytes::<32>());
    let hash = hash(&name);
    (name, hash)
}

/// `holder`: the session or the network that asks.
pub(super) fn keep<T: Serialize>(db: &mut dyn Db, name: &Hash, kind: Kind, holder: &str, state: &T, until_ms: i64, now_ms: i64) -> Result<()> {
    let table = db.table("auth_challenge");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"until\" <= $1"), [now_ms])).or_db()?;
    let newest = format!("SELECT \"hash\" FROM {table} WHERE \"holder\" = $1 ORDER BY \"until\" DESC, \"hash\" LIMIT $2");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"holder\" = $1 AND \"hash\" NOT IN ({newest})"), [Val::from(holder), (MOST_OPEN - 1).into()])).or_db()?;
    let state = serde_json::to_string(state).map_err(|e| Error::internal(format!("a challenge: {e}")))?;
    let q = Sql::with(
        format!("INSERT INTO {table} (\"hash\", \"kind\", \"holder\", \"state\", \"until\") VALUES ($1, $2, $3, $4, $5)"),
        [Val::from(name.as_slice()), kind.word().into(), holder.into(), state.into(), until_ms.into()],
    );
    db.exec(&q).or_db().map(drop)
}

/// Uses a challenge up. `None` where there is none of that name, or it was for something or somebody else. `holder`: `None`
/// for a sign-in, whose network may change on the way.
pub(super) fn take<T: DeserializeOwned>(db: &mut dyn Db, name: &str, kind: Kind, holder: Option<&str>, now_ms: i64) -> Result<Option<T>> {
    let (table, name) = (db.table("auth_challenge"), hash(name));
    let Some(row) = db.one(&Sql::with(format!("SELECT \"kind\", \"holder\", \"state\", \"until\" FROM {table} WHERE \"hash\" = $1"), [name.as_slice()])).or_db()? else { return Ok(None) };
    // of two answers at once the one that removes the row counts
    if db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"hash\" = $1"), [name.as_slice()])).or_db()? != 1 {
        return Ok(None);
    }
    let fits = row[0].as_str() == Some(kind.word()) && holder.is_none_or(|holder| row[1].as_str() == Some(holder)) && row[3].as_int().is_some_and(|until| now_ms < until);
    Ok(row[2].as_str().filter(|_| fits).and_then(|state| serde_json::from_str(state).ok()))
}
