//! One limiter for every way in: password, second factor, recovery code, invitation, change of password. Kept in the
//! database, so that a restart forgives nothing, and counted *before* the secret is checked, so that a thousand tries
//! at once are a thousand tries.

use super::secret_text::{hash, hex};
use kernel::{Code, Error, Result};
use records::OrDb as _;
use std::net::IpAddr;
use store::{Db, Sql, Val};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// One counter and what it allows.
struct Rule {
    /// Tries that cost nothing.
    free: i64,
    /// Wait after the first one beyond, doubled by each further one.
    first_wait: i64,
    most_wait: i64,
    /// Tries that are this old are forgotten, unless `lasting`.
    window: i64,
    /// Counts until somebody signs in, however long that takes.
    lasting: bool,
}

/// Per account and network: 5 at once, then 10 s, 20 s, ...: about 10 in 15 minutes.
const PAIR: Rule = Rule { free: 5, first_wait: 10 * SECOND, most_wait: 15 * MINUTE, window: 15 * MINUTE, lasting: false };
/// Per account from anywhere: 100 in a row, then one in 15 minutes (NIST SP 800-63B 3.2.2 asks for 100 at most).
const ACCOUNT: Rule = Rule { free: 100, first_wait: 15 * MINUTE, most_wait: 15 * MINUTE, window: i64::MAX, lasting: true };
/// Per network over all accounts, so that one password is not tried on a thousand of them.
const NETWORK: Rule = Rule { free: 60, first_wait: 10 * SECOND, most_wait: 15 * MINUTE, window: 15 * MINUTE, lasting: false };

/// Who tries, from where.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    account: String,
    pair: String,
    network: String,
}

impl Attempt {
    /// `account`: the e-mail that was typed, or a user's id; it need not exist. `address`: `None` on the command line.
    pub(crate) fn new(account: &str, address: Option<IpAddr>) -> Attempt {
        let account = kernel::fold(account.trim());
        let network = address.map_or_else(|| "local".to_owned(), network);
        let key = |kind: &str, text: &str| format!("{kind}:{}", hex(&hash(&format!("{kind} {text}"))[..16]));
        Attempt { pair: key("pair", &format!("{account} {network}")), account: key("account", &account), network: key("network", &network) }
    }

    fn counters(&self) -> [(&str, &'static Rule); 3] {
        [(&self.pair, &PAIR), (&self.account, &ACCOUNT), (&self.network, &NETWORK)]
    }

    /// Counts the try, or refuses it without counting.
    ///
    /// # Errors
    /// 429 `too_many_tries` with the seconds to wait.
    pub(crate) fn begin(&self, db: &mut dyn Db, now_ms: i64) -> Result<()> {
        let mut counted = Vec::new();
        let mut wait = 0;
        for (key, rule) in self.counters() {
            db.lock(key).or_db()?;
            let (tries, since, last) = read(db, key)?.filter(|(_, since, _)| rule.lasting || now_ms - since < rule.window).unwrap_or((0, now_ms, now_ms));
            wait = wait.max(last + wait_after(rule, tries) - now_ms);
            counted.push((key, tries + 1, since));
        }
        if wait > 0 {
            let seconds = u32::try_from((wait + SECOND - 1) / SECOND).unwrap_or(u32::MAX);
            return Err(Error { retry_after: Some(seconds), ..Error::new(Code::TooMany, "too_many_tries", format!("Too many tries. Wait {seconds} seconds, then try again.")) });
        }
        for (key, tries, since) in counted {
            let table = db.table("auth_attempt");
            let q = Sql::with(
                format!(
                    "INSERT INTO {table} (\"key\", \"tries\", \"since\", \"last\") VALUES ($1, $2, $3, $4) ON CONFLICT (\"key\") DO UPDATE SET \"tries\" = excluded.\"tries\", \"since\" = excluded.\"since\", \"last\" = excluded.\"last\""
                ),
                [Val::from(key), tries.into(), since.into(), now_ms.into()],
            );
            db.exec(&q).or_db()?;
        }
        Ok(())
    }

    /// The secret was right: forgets the account's tries. The network's stay, or one account of one's own would pay for
    /// tries on all others; this one is taken back.
    pub(crate) fn succeeded(&self, db: &mut dyn Db) -> Result<()> {
        let table = db.table("auth_attempt");
        db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"key\" IN ($1, $2)"), [self.pair.as_str(), self.account.as_str()])).or_db()?;
        db.exec(&Sql::with(format!("UPDATE {table} SET \"tries\" = \"tries\" - 1 WHERE \"key\" = $1 AND \"tries\" > 0"), [self.network.as_str()])).or_db()?;
        Ok(())
    }
}

fn read(db: &mut dyn Db, key: &str) -> Result<Option<(i64, i64, i64)>> {
    let table = db.table("auth_attempt");
    let row = db.one(&Sql::with(format!("SELECT \"tries\", \"since\", \"last\" FROM {table} WHERE \"key\" = $1"), [key])).or_db()?;
    Ok(row.map(|r| (r[0].as_int().unwrap_or(0), r[1].as_int().unwrap_or(0), r[2].as_int().unwrap_or(0))))
}

/// Milliseconds from the last try to the next one, after so many tries.
fn wait_after(rule: &Rule, tries: i64) -> i64 {
    let beyond = tries - rule.free;
    if beyond < 0 { 0 } else { rule.first_wait.saturating_mul(1 << beyond.min(20)).min(rule.most_wait) }
}

/// Old counters are worth nothing: removed by a job.
pub(crate) fn purge(db: &mut dyn Db, now_ms: i64) -> Result<u64> {
    let table = db.table("auth_attempt");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"last\" < $1 AND \"tries\" < $2"), [now_ms - 24 * 60 * MINUTE, ACCOUNT.free])).or_db()
}

/// An IPv6 customer has a /64 at least: counting single addresses would count nothing.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x}::/64", u128::from(v6) >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNT, Attempt, MINUTE, SECOND, purge};
    use crate::auth::tables::tables;
    use kernel::{Code, Error};
    use store::{Db, Store, ddl};

    struct Failed(Error);
    impl From<store::Error> for Failed {
        fn from(e: store::Error) -> Failed {
            Failed(Error::internal(e.to_string()))
        }
    }
    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = store::open_sqlite(&folder.path().join("data.db"), store::Options::default()).unwrap();
        run(&store, |db| ddl::reconcile(db, &tables()).map_err(|e| Error::internal(e.to_string())).map(drop)).unwrap();
        (folder, store)
    }
    fn run<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> kernel::Result<T> + Send + 'static) -> kernel::Result<T> {
        store.write_blocking(move |db| f(db).map_err(Failed)).map_err(|e| e.0)
    }
    fn try_it(store: &Store, attempt: &Attempt, now: i64) -> Result<(), u32> {
        let attempt = attempt.clone();
        run(store, move |db| attempt.begin(db, now)).map_err(|e| {
            assert_eq!(e.code, Code::TooMany);
            e.retry_after.unwrap()
        })
    }
    fn from(account: &str, address: &str) -> Attempt {
        Attempt::new(account, Some(address.parse().unwrap()))
    }

    #[test]
    fn waits_grow_and_an_hour_gives_few_tries() {
        let (_folder, store) = store();
        let ada = from("Ada@example.org", "192.0.2.1");
        let (mut now, mut tries) = (0, 0);
        for _ in 0..5 {
            assert_eq!(try_it(&store, &ada, now), Ok(()));
        }
        assert_eq!(try_it(&store, &ada, now), Err(10));
        assert_eq!(try_it(&store, &from("ada@EXAMPLE.org", "192.0.2.1"), now), Err(10), "case does not make another account");
        assert_eq!(try_it(&store, &from("bob@example.org", "192.0.2.1"), now), Ok(()), "others are not locked out");
        assert_eq!(try_it(&store, &from("ada@example.org", "192.0.2.9"), now), Ok(()), "the owner elsewhere is not locked out");
        while now < 15 * MINUTE {
            tries += i64::from(try_it(&store, &ada, now).is_ok());
            now += SECOND;
        }
        assert!((5..=8).contains(&tries), "{tries} more tries in 15 minutes");
    }

    #[test]
    fn success_forgives_the_account() {
        let (_folder, store) = store();
        let ada = from("ada@example.org", "192.0.2.1");
        for _ in 0..5 {
            try_it(&store, &ada, 0).unwrap();
        }
        let done = ada.clone();
        run(&store, move |db| done.succeeded(db)).unwrap();
        assert_eq!(try_it(&store, &ada, 0), Ok(()));
    }

    #[test]
    fn a_hundred_networks_cannot_guess_on() {
        let (_folder, store) = store();
        for n in 0..ACCOUNT.free {
            let network = format!("2001:db8:0:{n:x}::1");
            assert_eq!(try_it(&store, &from("ada@example.org", &network), n * MINUTE), Ok(()));
        }
        assert_eq!(try_it(&store, &from("ada@example.org", "198.51.100.1"), ACCOUNT.free * MINUTE), Err(14 * 60));
    }

    #[test]
    fn one_network_cannot_try_all_accounts() {
        let (_folder, store) = store();
        let refused = (0..200).filter(|n| try_it(&store, &from(&format!("user{n}@example.org"), &format!("2001:db8::{n:x}")), 0).is_err()).count();
        assert_eq!(refused, 140);
    }

    #[test]
    fn old_counters_go() {
        let (_folder, store) = store();
        try_it(&store, &from("ada@example.org", "192.0.2.1"), 0).unwrap();
        assert_eq!(run(&store, |db| purge(db, MINUTE)).unwrap(), 0);
        assert_eq!(run(&store, |db| purge(db, 25 * 60 * MINUTE)).unwrap(), 3);
    }
}
