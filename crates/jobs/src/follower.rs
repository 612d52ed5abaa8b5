//! Followers of the outbox: each sees every event in order, at least once, and remembers how far it is in the same
//! transaction in which it worked.

use kernel::{RecordId, Result};
use records::{OrDb as _, Tx};
use serde_json::Value as Json;
use store::{
    Dialect, Sql, Val,
    ddl::{IndexSpec, Order, create_index_text, indexes},
    settled,
};

/// Events handed over at once.
const BATCH: usize = 500;
const DAY: i64 = 86_400_000;

/// What has happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub seq: i64,
    /// Milliseconds.
    pub at: i64,
    /// `opportunity.won`
    pub name: String,
    pub object: Option<String>,
    pub record: Option<RecordId>,
    pub version: Option<i64>,
    pub change_set: Option<RecordId>,
    /// Ids and facts, no personal values.
    pub payload: Json,
}

pub trait Follower: Send + Sync {
    /// Under which its place is kept; never changes.
    fn name(&self) -> &'static str;
    /// Works on events, inside the transaction that moves its place on.
    ///
    /// # Errors
    /// Whatever hinders it: the same events come again, after a pause.
    fn follow(&self, tx: &mut Tx, events: &[Event]) -> Result<()>;
}

/// The index by which PostgreSQL finds a follower's place: made where somebody follows, since every write pays for it.
pub(crate) fn prepare(tx: &mut Tx) -> Result<()> {
    const NAME: &str = "i_sys_outbox_xact_seq";
    let db = tx.db();
    if db.dialect() == Dialect::Sqlite || indexes(db).or_db()?.iter().any(|name| name == NAME) {
        return Ok(());
    }
    let columns = ["xact", "seq"].map(|name| (name.to_owned(), Order::Asc)).to_vec();
    let text = create_index_text(db, "sys_outbox", &IndexSpec { name: NAME.into(), columns, unique: false, filter: None });
    db.exec(&Sql::new(text)).or_db().map(drop)
}

/// Hands the next events over; how many there were.
pub(crate) fn advance(tx: &mut Tx, follower: &dyn Follower) -> Result<usize> {
    let readers = tx.db().table("job_reader");
    tx.db().lock(&format!("reader {}", follower.name())).or_db()?;
    let place = tx.db().one(&Sql::with(format!("SELECT \"xact\", \"seq\" FROM {readers} WHERE \"name\" = $1"), [follower.name()])).or_db()?;
    let (xact, seq) = place.map_or((-1, 0), |r| (r[0].as_int().unwrap_or(-1), r[1].as_int().unwrap_or(0)));
    let outbox = tx.db().table("sys_outbox");
    let dialect = tx.db().dialect();
    let mut q = Sql::new(format!("SELECT \"xact\", \"seq\", \"at\", \"event\", \"object\", \"record\", \"version\", \"change_set\", \"payload\" FROM {outbox} WHERE "));
    match dialect {
        Dialect::Sqlite => q.push("\"seq\" > ").arg(seq).push(&format!(" ORDER BY \"seq\" LIMIT {BATCH}")),
        Dialect::Postgres => q.push("(\"xact\", \"seq\") > (").arg(xact).push(", ").arg(seq).push(&format!(") AND {} ORDER BY \"xact\", \"seq\" LIMIT {BATCH}", settled(dialect, "\"xact\""))),
    };
    let rows = tx.db().rows(&q).or_db()?;
    let Some(last) = rows.last() else { return Ok(0) };
    let (xact, seq) = (last[0].clone(), last[1].clone());
    let events: Vec<Event> = rows.iter().map(|row| event(row)).collect();
    follower.follow(tx, &events)?;
    let q = Sql::with(
        format!("INSERT INTO {readers} (\"name\", \"xact\", \"seq\") VALUES ($1, $2, $3) ON CONFLICT (\"name\") DO UPDATE SET \"xact\" = excluded.\"xact\", \"seq\" = excluded.\"seq\""),
        [Val::from(follower.name()), xact, seq],
    );
    tx.db().exec(&q).or_db()?;
    Ok(events.len())
}

fn event(row: &[Val]) -> Event {
    let text = |i: usize| row[i].as_str().map(str::to_owned);
    Event {
        seq: row[1].as_int().unwrap_or(0),
        at: row[2].as_int().unwrap_or(0),
        name: text(3).unwrap_or_default(),
        object: text(4),
        record: row[5].as_str().and_then(|id| id.parse().ok()),
        version: row[6].as_int(),
        change_set: row[7].as_str().and_then(|id| id.parse().ok()),
        payload: row[8].as_str().and_then(|json| serde_json::from_str(json).ok()).unwrap_or(Json::Null),
    }
}

/// Removes events that are a week old and that every follower has seen, at most 5,000; the number removed.
///
/// # Errors
/// Of the store.
pub fn purge_outbox(tx: &mut Tx, followers: &[&str]) -> Result<u64> {
    let before = tx.now_ms() - 7 * DAY;
    let (outbox, readers) = (tx.db().table("sys_outbox"), tx.db().table("job_reader"));
    // a follower that has not begun has seen nothing
    let mut q = Sql::new(format!("SELECT COUNT(*) FROM {readers} WHERE \"name\" IN ("));
    q.list(followers.iter().copied()).push(")");
    let begun = tx.db().one(&q).or_db()?.and_then(|r| r[0].as_int()).unwrap_or(0);
    if begun < i64::try_from(followers.len()).unwrap_or(i64::MAX) {
        return Ok(0);
    }
    // in the order in which followers read: a lower number may have come later
    let mut q = Sql::new(format!("DELETE FROM {outbox} WHERE \"seq\" IN (SELECT o.\"seq\" FROM {outbox} o WHERE o.\"at\" < "));
    q.arg(before).push(&format!(" AND NOT EXISTS (SELECT 1 FROM {readers} r WHERE (r.\"xact\" < o.\"xact\" OR r.\"xact\" = o.\"xact\" AND r.\"seq\" < o.\"seq\") AND r.\"name\" IN ("));
    q.list(followers.iter().copied()).push(")) ORDER BY o.\"seq\" LIMIT 5000)");
    tx.db().exec(&q).or_db()
}
