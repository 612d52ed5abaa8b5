//! Second factor: time-based codes (RFC 6238) and recovery codes. A code works once.

use super::secret_text::{hash, hex};
use crate::data::{open, random_bytes, seal};
use kernel::{Error, RecordId, Result, Secret};
use records::OrDb as _;
use store::{Db, Sql, Val};
use totp_rs::{Algorithm, Builder, Totp};

/// What authenticator programs expect when nothing is said: SHA-1, six digits, 30 seconds.
const STEP_S: u64 = 30;
/// One step before and after: clocks differ.
const SKEW: u16 = 1;
const RECOVERY_CODES: usize = 10;

/// A second factor as stored.
struct Stored {
    secret: Vec<u8>,
    confirmed: bool,
    last_step: i64,
    recovery: Vec<String>,
}

/// Whether the user must give a code at sign-in.
pub(crate) fn is_on(db: &mut dyn Db, user: RecordId) -> Result<bool> {
    let table = db.table("auth_totp");
    let row = db.one(&Sql::with(format!("SELECT 1 FROM {table} WHERE \"user\" = $1 AND \"confirmed_at\" IS NOT NULL"), [user.to_string()])).or_db()?;
    Ok(row.is_some())
}

/// Makes a new secret that counts once it is confirmed: the secret in base 32, and the address for the QR code.
///
/// # Errors
/// 409 `totp_on` where one is confirmed already: it must be taken off first, which asks for the password.
pub(crate) fn propose(db: &mut dyn Db, key: &Secret<[u8; 32]>, user: RecordId, account: &str) -> Result<(String, String)> {
    if is_on(db, user)? {
        return Err(Error::new(kernel::Code::Conflict, "totp_on", "A second factor is set up already. Take it off first."));
    }
    let secret: [u8; 20] = random_bytes();
    let sealed = seal(key, &purpose(user), &secret)?;
    let table = db.table("auth_totp");
    let q = Sql::with(
        format!(
            "INSERT INTO {table} (\"user\", \"secret\", \"recovery\") VALUES ($1, $2, '[]') ON CONFLICT (\"user\") DO UPDATE SET \"secret\" = excluded.\"secret\", \"last_step\" = NULL, \"recovery\" = '[]'"
        ),
        [Val::from(user.to_string()), sealed.into()],
    );
    db.exec(&q).or_db()?;
    let text = totp_rs::Secret::from(secret.as_slice()).to_base32();
    let uri = format!("otpauth://totp/Rapport:{}?secret={text}&issuer=Rapport", percent(account));
    Ok((text, uri))
}

/// Turns the proposed secret on when the code shows that it arrived. The recovery codes, shown this once.
pub(crate) fn confirm(db: &mut dyn Db, key: &Secret<[u8; 32]>, user: RecordId, code: &str, now_ms: i64) -> Result<Option<Vec<String>>> {
    let Some(stored) = load(db, key, user)?.filter(|s| !s.confirmed) else {
        return Err(Error::new(kernel::Code::Conflict, "totp_not_proposed", "There is no second factor waiting to be confirmed. Ask for one first."));
    };
    let Some(step) = matching_step(&stored, code, now_ms)? else { return Ok(None) };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let hashes: Vec<String> = codes.iter().map(|c| hex(&hash(&plain(c)))).collect();
    let table = db.table("auth_totp");
    let q = Sql::with(
        format!("UPDATE {table} SET \"confirmed_at\" = $1, \"last_step\" = $2, \"recovery\" = $3 WHERE \"user\" = $4"),
        [Val::Int(now_ms), step.into(), serde_json::to_string(&hashes).map_err(|e| Error::internal(e.to_string()))?.into(), user.to_string().into()],
    );
    db.exec(&q).or_db()?;
    Ok(Some(codes))
}

/// Whether the code, of the program or a recovery code, is right and was not used before. It is used up by this.
pub(crate) fn redeem(db: &mut dyn Db, key: &Secret<[u8; 32]>, user: RecordId, code: &str, now_ms: i64) -> Result<bool> {
    db.lock(&format!("totp {user}")).or_db()?;
    let Some(mut stored) = load(db, key, user)?.filter(|s| s.confirmed) else { return Ok(false) };
    let table = db.table("auth_totp");
    if let Some(step) = matching_step(&stored, code, now_ms)? {
        if step <= stored.last_step {
            return Ok(false);
        }
        let q = Sql::with(format!("UPDATE {table} SET \"last_step\" = $1 WHERE \"user\" = $2"), [Val::Int(step), user.to_string().into()]);
        db.exec(&q).or_db()?;
        return Ok(true);
    }
    let typed = hex(&hash(&plain(code)));
    let Some(at) = stored.recovery.iter().position(|one| *one == typed) else { return Ok(false) };
    stored.recovery.remove(at);
    let left = serde_json::to_string(&stored.recovery).map_err(|e| Error::internal(e.to_string()))?;
    db.exec(&Sql::with(format!("UPDATE {table} SET \"recovery\" = $1 WHERE \"user\" = $2"), [left, user.to_string()])).or_db()?;
    Ok(true)
}

pub(crate) fn remove(db: &mut dyn Db, user: RecordId) -> Result<()> {
    let table = db.table("auth_totp");
    db.exec(&Sql::with(format!("DELETE FROM {table} WHERE \"user\" = $1"), [user.to_string()])).or_db().map(drop)
}

fn load(db: &mut dyn Db, key: &Secret<[u8; 32]>, user: RecordId) -> Result<Option<Stored>> {
    let table = db.table("auth_totp");
    let q = Sql::with(format!("SELECT \"secret\", \"confirmed_at\", \"last_step\", \"recovery\" FROM {table} WHERE \"user\" = $1"), [user.to_string()]);
    let Some(row) = db.one(&q).or_db()? else { return Ok(None) };
    let secret = row[0].as_blob().and_then(|sealed| open(key, &purpose(user), sealed));
    let secret = secret.ok_or_else(|| Error::internal("a second factor cannot be opened with this workspace's key"))?;
    let recovery = row[3].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Ok(Some(Stored { secret, confirmed: !row[1].is_null(), last_step: row[2].as_int().unwrap_or(-1), recovery }))
}

fn matching_step(stored: &Stored, code: &str, now_ms: i64) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let totp = program(&stored.secret)?;
    let step = totp.check(&digits, u64::try_from(now_ms / 1_000).unwrap_or(0));
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn program(secret: &[u8]) -> Result<Totp> {
    let built = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(SKEW).with_step_duration(STEP_S).with_secret(secret.to_vec()).build();
    built.map_err(|e| Error::internal(format!("totp: {e}")))
}

/// Sealed under the user's id, so that one person's row does not work as another's.
fn purpose(user: RecordId) -> Vec<u8> {
    format!("totp {user}").into_bytes()
}

/// 80 bits, in groups that can be copied by hand.
fn recovery_code() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> = random_bytes::<16>().iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-._~@".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::{confirm, is_on, program, propose, redeem, remove};
    use crate::auth::tables::tables;
    use kernel::{Code, Error, RecordId, Secret};
    use store::{Db, Store, ddl};

    const NOW: i64 = 1_770_000_000_000;
    const KEY: [u8; 32] = [9; 32];

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
    fn code_of(base32: &str, now_ms: i64) -> String {
        let secret = totp_rs::Secret::try_from_base32(base32).unwrap();
        program(secret.as_ref()).unwrap().generate(u64::try_from(now_ms / 1_000).unwrap()).to_string()
    }

    #[test]
    fn codes_follow_the_standard() {
        // RFC 6238 appendix B, SHA-1, the last six of eight digits
        let program = program(b"12345678901234567890").unwrap();
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(program.generate(time).to_string(), code);
        }
    }

    #[test]
    fn a_factor_counts_once_confirmed_and_each_code_once() {
        let (_folder, store) = store();
        let user = RecordId::new(NOW, [1; 10]);
        let key = || Secret::new(KEY);
        let (secret, uri) = run(&store, move |db| propose(db, &key(), user, "ada l@example.org")).unwrap();
        assert_eq!(uri, format!("otpauth://totp/Rapport:ada%20l@example.org?secret={secret}&issuer=Rapport"));
        assert!(!run(&store, move |db| is_on(db, user)).unwrap());
        assert!(run(&store, move |db| confirm(db, &key(), user, "000000", NOW)).unwrap().is_none());
        let code = code_of(&secret, NOW);
        let recovery = run(&store, {
            let code = code.clone();
            move |db| confirm(db, &key(), user, &code, NOW)
        })
        .unwrap()
        .unwrap();
        assert_eq!(recovery.len(), 10);
        assert!(run(&store, move |db| is_on(db, user)).unwrap());
        let redeem_at = |code: &str, now| {
            let code = code.to_owned();
            run(&store, move |db| redeem(db, &key(), user, &code, now)).unwrap()
        };
        assert!(!redeem_at(&code, NOW), "the code that confirmed is used up");
        let next = code_of(&secret, NOW + 30_000);
        assert!(!redeem_at(&next, NOW + 120_000), "too late");
        assert!(redeem_at(&format!("{} {}", &next[..3], &next[3..]), NOW + 30_000));
        assert!(!redeem_at(&next, NOW + 30_000), "twice");
        assert!(redeem_at(&recovery[3].to_uppercase(), NOW));
        assert!(!redeem_at(&recovery[3], NOW), "a recovery code works once");
        let again = run(&store, move |db| propose(db, &key(), user, "x")).unwrap_err();
        assert_eq!((again.code, again.reason), (Code::Conflict, "totp_on"));
        run(&store, move |db| remove(db, user)).unwrap();
        assert!(!run(&store, move |db| is_on(db, user)).unwrap());
    }
}
