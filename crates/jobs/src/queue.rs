//! The queue: what is to be done, when, and how often it was tried.

use kernel::{RecordId, Result};
use records::{OrDb as _, Tx};
use serde_json::Value as Json;
use store::{Sql, Val};

/// A claimed job belongs to its runner for so long, which renews it while it works.
pub(crate) const LEASE_MS: i64 = 5 * 60_000;
const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A job that was claimed.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) id: RecordId,
    pub(crate) kind: String,
    pub(crate) payload: Json,
    /// This one included.
    pub(crate) attempts: i64,
}

/// Queues a job in the caller's transaction, to run at `run_at_ms` or as soon as may be after it. Its id.
///
/// # Errors
/// Of the store.
pub fn enqueue(tx: &mut Tx, kind: &str, payload: &Json, run_at_ms: i64) -> Result<RecordId> {
    let (id, now) = (tx.new_id(), tx.now_ms());
    let table = tx.db().table("job");
    let q = Sql::with(
        format!("INSERT INTO {table} (\"id\", \"kind\", \"payload\", \"run_at\", \"attempts\", \"state\", \"created_at\") VALUES ($1, $2, $3, $4, 0, 'waiting', $5)"),
        [Val::from(id.to_string()), kind.into(), payload.to_string().into(), run_at_ms.into(), now.into()],
    );
    tx.db().exec(&q).or_db()?;
    Ok(id)
}

/// The next job that is due, of a kind that this program knows; one whose runner fell silent counts as due.
pub(crate) fn claim(tx: &mut Tx, kinds: &[&str]) -> Result<Option<Claimed>> {
    let now = tx.now_ms();
    tx.db().lock("job").or_db()?;
    let table = tx.db().table("job");
    let mut q = Sql::new(format!("SELECT \"id\", \"kind\", \"payload\", \"attempts\" FROM {table} WHERE (\"state\" = 'waiting' AND \"run_at\" <= "));
    q.arg(now).push(" OR \"state\" = 'running' AND \"lease_until\" < ").arg(now).push(") AND \"kind\" IN (").list(kinds.iter().copied()).push(") ORDER BY \"run_at\", \"id\" LIMIT 1");
    let Some(row) = tx.db().one(&q).or_db()? else { return Ok(None) };
    let Some(id) = row[0].as_str().and_then(|text| text.parse::<RecordId>().ok()) else { return Ok(None) };
    let attempts = row[3].as_int().unwrap_or(0) + 1;
    let q =
        Sql::with(format!("UPDATE {table} SET \"state\" = 'running', \"attempts\" = $1, \"lease_until\" = $2 WHERE \"id\" = $3"), [Val::Int(attempts), (now + LEASE_MS).into(), id.to_string().into()]);
    tx.db().exec(&q).or_db()?;
    let payload = row[2].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null);
    Ok(Some(Claimed { id, kind: row[1].as_str().unwrap_or_default().to_owned(), payload, attempts }))
}

pub(crate) fn renew(tx: &mut Tx, id: RecordId) -> Result<()> {
    let until = tx.now_ms() + LEASE_MS;
    let table = tx.db().table("job");
    tx.db().exec(&Sql::with(format!("UPDATE {table} SET \"lease_until\" = $1 WHERE \"id\" = $2 AND \"state\" = 'running'"), [Val::Int(until), id.to_string().into()])).or_db().map(drop)
}

pub(crate) fn done(tx: &mut Tx, id: RecordId) -> Result<()> {
    let table = tx.db().table("job");
    tx.db().exec(&Sql::with(format!("DELETE FROM {table} WHERE \"id\" = $1"), [id.to_string()])).or_db().map(drop)
}

/// Plans the next try, later after each, or gives the job up and keeps it for people to look at.
pub(crate) fn failed(tx: &mut Tx, job: &Claimed, most_attempts: u32, error: &str) -> Result<()> {
    let gives_up = job.attempts >= i64::from(most_attempts);
    let (state, run_at) = if gives_up { ("dead", tx.now_ms()) } else { ("waiting", tx.now_ms() + pause(job.attempts, job.id)) };
    let table = tx.db().table("job");
    let q = Sql::with(format!("UPDATE {table} SET \"state\" = $1, \"run_at\" = $2, \"error\" = $3 WHERE \"id\" = $4"), [Val::from(state), run_at.into(), error.into(), job.id.to_string().into()]);
    tx.db().exec(&q).or_db().map(drop)
}

/// 2 s, 4 s, 8 s ... an hour, and up to a quarter more, so that jobs that failed together do not come back together.
fn pause(attempts: i64, id: RecordId) -> i64 {
    let base = (SECOND << attempts.clamp(1, 12)).min(HOUR);
    base + base / 4 * i64::from(id.as_bytes()[15]) / 255
}

/// After a restart nobody works on what was being worked on, where one process owns the database.
pub(crate) fn take_back(tx: &mut Tx) -> Result<u64> {
    let table = tx.db().table("job");
    tx.db().exec(&Sql::new(format!("UPDATE {table} SET \"state\" = 'waiting' WHERE \"state\" = 'running'"))).or_db()
}

/// When the next job of these kinds is due, if there is one: a waiting one, or one whose runner may have died.
pub(crate) fn next_due(tx: &mut Tx, kinds: &[&str]) -> Result<Option<i64>> {
    let table = tx.db().table("job");
    let mut q = Sql::new(format!("SELECT MIN(CASE WHEN \"state\" = 'waiting' THEN \"run_at\" ELSE \"lease_until\" + 1 END) FROM {table} WHERE \"state\" IN ('waiting', 'running') AND \"kind\" IN ("));
    q.list(kinds.iter().copied()).push(")");
    Ok(tx.db().one(&q).or_db()?.and_then(|r| r[0].as_int()))
}

/// Removes jobs that were given up a month ago; the number removed.
///
/// # Errors
/// Of the store.
pub fn purge_dead(tx: &mut Tx) -> Result<u64> {
    let before = tx.now_ms() - 30 * DAY;
    let table = tx.db().table("job");
    tx.db().exec(&Sql::with(format!("DELETE FROM {table} WHERE \"state\" = 'dead' AND \"run_at\" < $1"), [before])).or_db()
}

#[cfg(test)]
mod tests {
    use super::{HOUR, RecordId, SECOND, pause};

    #[test]
    fn pauses_grow_to_an_hour_and_are_spread() {
        let (low, high) = (RecordId::new(0, [0; 10]), RecordId::new(0, [255; 10]));
        assert_eq!(pause(1, low), 2 * SECOND);
        assert_eq!(pause(3, low), 8 * SECOND);
        assert_eq!(pause(50, low), HOUR);
        assert!(pause(50, high) > HOUR && pause(50, high) <= HOUR * 5 / 4);
    }
}
