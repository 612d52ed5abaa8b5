//! `Idempotency-Key`: the same POST twice is done once. The claim, the change and the answer are one transaction, so
//! that neither a crash nor a lost answer can separate them.
//!
//! A record's values are not kept beside the key: they are read again under the asker's rights of then, as of the
//! instant of the change, so that neither a revoked right nor an erased person comes back through a repetition.

use crate::answer::Answer;
use kernel::{Actor, Code, Error, RecordId, Result};
use records::{Get, OrDb, Tx};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};
use store::{
    Sql, Val,
    ddl::{ColumnKind, TableSpec},
};

/// 72 hours in milliseconds.
pub(crate) const KEPT_MS: i64 = 72 * 60 * 60 * 1000;

pub(crate) fn table() -> TableSpec {
    use ColumnKind::{Blob, Int, Text};
    crate::tables::table(
        "api_idempotency",
        &[("user", Text), ("path", Text), ("key", Text), ("hash", Blob), ("status", Int), ("answer", Blob), ("version", Int), ("location", Text), ("object", Text), ("record", Text), ("at", Int)],
        &["user", "path", "key"],
        &["at"],
    )
}

/// Removes keys older than 72 hours, at most 5,000 in one go; the number removed.
pub fn purge_idempotency(tx: &mut Tx) -> Result<u64> {
    let before = tx.now_ms() - KEPT_MS;
    let table = tx.db().table("api_idempotency");
    let mut q = Sql::new(format!("DELETE FROM {table} WHERE (\"user\", \"path\", \"key\") IN (SELECT \"user\", \"path\", \"key\" FROM {table} WHERE \"at\" < "));
    q.arg(before).push(" LIMIT 5000)");
    tx.db().exec(&q).or_db()
}

/// Keys whose requests are under way in this process.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashSet<String>>>);

/// Holds a key until the request has ended, whether its caller waits or not.
struct Held {
    all: UnderWay,
    name: String,
}
impl Drop for Held {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// One keyed request.
pub(crate) struct Keyed {
    user: String,
    path: String,
    key: String,
    hash: [u8; 32],
    _held: Held,
}

/// Stands for an answer that was let go when a person was erased.
pub(crate) const FORGOTTEN: &[u8] = b"{}";

pub(crate) fn hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

impl Keyed {
    /// # Errors
    /// 409 `idempotency_key_in_flight`.
    pub(crate) fn claim(all: &UnderWay, workspace: &str, actor: Actor, path: &str, key: String, hash: [u8; 32]) -> Result<Keyed> {
        let user = match actor {
            Actor::User(id) => id.to_string(),
            Actor::System(name) => name.to_owned(),
        };
        let name = format!("{workspace}\n{user}\n{path}\n{key}");
        if !all.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone()) {
            return Err(Error::new(Code::Conflict, "idempotency_key_in_flight", "A request with this Idempotency-Key is under way. Wait for its answer, or ask again in a moment."));
        }
        Ok(Keyed { user, path: path.to_owned(), key, hash, _held: Held { all: all.clone(), name } })
    }

    /// Runs `f` unless the key has an answer already.
    ///
    /// # Errors
    /// 422 `idempotency_key_reused` where the body differs from the first; those of `f`, which leave no trace.
    pub(crate) fn once(self, tx: &mut Tx, f: impl FnOnce(&mut Tx) -> Result<Answer>) -> Result<Answer> {
        if !self.insert(tx)? {
            return self.repeat(tx);
        }
        let answer = f(tx)?;
        self.keep(tx, &answer)?;
        Ok(answer)
    }

    /// False where the key is taken. On PostgreSQL this waits for a request of another node with the same key.
    fn insert(&self, tx: &mut Tx) -> Result<bool> {
        let now = tx.now_ms();
        let table = tx.db().table("api_idempotency");
        let mut old = Sql::new(format!("DELETE FROM {table} WHERE "));
        self.push_key(&mut old);
        old.push(" AND \"at\" < ").arg(now - KEPT_MS);
        tx.db().exec(&old).or_db()?;
        let mut q = Sql::new(format!("INSERT INTO {table} (\"user\", \"path\", \"key\", \"hash\", \"at\") VALUES ("));
        q.list([Val::from(self.user.as_str()), Val::from(self.path.as_str()), Val::from(self.key.as_str()), Val::from(self.hash.to_vec()), Val::from(now)]);
        q.push(") ON CONFLICT (\"user\", \"path\", \"key\") DO NOTHING");
        Ok(tx.db().exec(&q).or_db()? == 1)
    }
    fn push_key(&self, q: &mut Sql) {
        q.push("\"user\" = ").arg(self.user.as_str()).push(" AND \"path\" = ").arg(self.path.as_str()).push(" AND \"key\" = ").arg(self.key.as_str());
    }

    fn keep(&self, tx: &mut Tx, answer: &Answer) -> Result<()> {
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = ", tx.db().table("api_idempotency")));
        q.arg(i64::from(answer.status));
        if answer.record.is_none() {
            q.push(", \"answer\" = ").arg(answer.json.clone());
        }
        if let Some(version) = answer.version {
            q.push(", \"version\" = ").arg(version);
        }
        if let Some(location) = &answer.location {
            q.push(", \"location\" = ").arg(location.as_str());
        }
        if let Some((object, id)) = &answer.record {
            q.push(", \"object\" = ").arg(object.as_str()).push(", \"record\" = ").arg(id.to_string());
        }
        q.push(" WHERE ");
        self.push_key(&mut q);
        tx.db().exec(&q).or_db().map(drop)
    }

    fn repeat(&self, tx: &mut Tx) -> Result<Answer> {
        let mut q = Sql::new(format!("SELECT \"hash\", \"status\", \"answer\", \"version\", \"location\", \"object\", \"record\", \"at\" FROM {} WHERE ", tx.db().table("api_idempotency")));
        self.push_key(&mut q);
        let row = tx.db().one(&q).or_db()?;
        let Some([Val::Blob(hash), status, answer, version, location, object, record, Val::Int(at)]) = row.as_deref() else {
            return Err(Error { retry_after: Some(1), ..Error::new(Code::Unavailable, "busy", "A request with this Idempotency-Key has just ended. Ask again.") });
        };
        if **hash != self.hash {
            return Err(Error::new(Code::Invalid, "idempotency_key_reused", "This Idempotency-Key was used with another body. Take a new key for another request."));
        }
        let Val::Int(status) = status else {
            return Err(Error::new(Code::Conflict, "idempotency_key_in_flight", "A request with this Idempotency-Key is under way."));
        };
        if matches!(answer, Val::Blob(json) if **json == *FORGOTTEN) {
            return Err(Error::new(
                Code::Conflict,
                "answer_forgotten",
                "This request was carried out. Its answer is no longer kept, since a person was erased meanwhile: look at the records themselves.",
            ));
        }
        let text = |val: &Val| if let Val::Text(text) = val { Some(text.to_string()) } else { None };
        let mut out = Answer::bytes(u16::try_from(*status).unwrap_or(200), if let Val::Blob(json) = answer { json.to_vec() } else { Vec::new() });
        out.version = if let Val::Int(version) = version { Some(*version) } else { None };
        out.location = text(location);
        out.replayed = true;
        if let (Some(object), Some(id)) = (text(object), text(record).and_then(|id| id.parse::<RecordId>().ok())) {
            let now = tx.get(&object, id, &Get::default())?;
            out.json = if Some(now.version) == out.version { now.json } else { tx.get(&object, id, &Get { as_of: Some(*at), ..Get::default() })?.json };
            out.record = Some((object, id));
        }
        Ok(out)
    }
}
