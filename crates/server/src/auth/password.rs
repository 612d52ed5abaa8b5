//! Password hashes: argon2id in the PHC string format, which carries its parameters, so that they can be raised later.

use crate::{config::SignIn, data::random_bytes};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use kernel::{Code, Error, Result, Secret};
use tokio::sync::Semaphore;

/// Longer texts are refused before they are hashed.
const MOST_BYTES: usize = 1_024;
/// Hashes computed at the same time: each takes its memory and a core for some 20 ms.
const AT_ONCE: usize = 2;
/// Sign-ins that may wait for a place.
const WAITING: usize = 200;

/// Computes and checks password hashes, a few at a time.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    least: usize,
    places: Semaphore,
    queue: Semaphore,
    /// The hash of nothing anybody knows: checked where there is no user, so that the answer takes as long.
    decoy: String,
}

impl Passwords {
    pub(crate) fn new(settings: &SignIn) -> Result<Passwords> {
        let params = Params::new(settings.argon2_kib, settings.argon2_passes, 1, None).map_err(|e| Error::internal(format!("argon2: {e}")))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody: [u8; 32] = random_bytes();
        let decoy = hash(&argon2, &nobody)?;
        Ok(Passwords { argon2, least: settings.password_min, places: Semaphore::new(AT_ONCE), queue: Semaphore::new(WAITING), decoy })
    }

    /// Why a new password is not good enough, for the person who chose it. Length decides, not kinds of characters
    /// (NIST SP 800-63B 3.1.1.2).
    pub(crate) fn refusal(&self, password: &str, email: &str, field: &str) -> Option<Error> {
        let wrong = |code, detail: String| Some(Error::field(field, code, detail));
        let length = password.chars().count();
        let name = email.split('@').next().unwrap_or_default().to_lowercase();
        let lower = password.to_lowercase();
        if length < self.least {
            return wrong("too_short", format!("The password has {length} characters and needs {} at least. Three or four words are easy to remember.", self.least));
        }
        if password.len() > MOST_BYTES {
            return wrong("too_long", format!("The password is longer than {MOST_BYTES} bytes."));
        }
        let mut distinct: Vec<char> = lower.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 5 || lower == email.to_lowercase() || (name.len() >= 4 && lower.replace(&name, "").chars().count() < 6) {
            return wrong("too_simple", "This password is among the first that somebody would try. Three or four words are easy to remember.".into());
        }
        None
    }

    pub(crate) fn hash(&self, password: &Secret<String>) -> Result<String> {
        hash(&self.argon2, password.expose().as_bytes())
    }

    /// [`Passwords::hash`] off the runtime's threads, when there is a place.
    pub(crate) async fn hash_later(self: &std::sync::Arc<Self>, password: Secret<String>) -> Result<String> {
        let this = self.clone();
        self.place(move || this.hash(&password)).await?
    }

    /// Whether the password is the one of `stored`; takes as long where there is none. `Renew` where the stored hash is
    /// weaker than today's settings.
    pub(crate) async fn check(self: &std::sync::Arc<Self>, password: Secret<String>, stored: Option<String>) -> Result<Verdict> {
        let this = self.clone();
        self.place(move || this.check_now(&password, stored.as_deref())).await
    }

    fn check_now(&self, password: &Secret<String>, stored: Option<&str>) -> Verdict {
        let text = password.expose().as_bytes();
        let too_long = text.len() > MOST_BYTES;
        let Ok(parsed) = PasswordHash::new(stored.unwrap_or(&self.decoy)) else {
            tracing::error!("a stored password hash cannot be read");
            return Verdict::Wrong;
        };
        let right = self.argon2.verify_password(if too_long { b"" } else { text }, &parsed).is_ok();
        match (right && stored.is_some() && !too_long, Params::try_from(&parsed)) {
            (false, _) => Verdict::Wrong,
            (true, Ok(p)) if p.m_cost() >= self.argon2.params().m_cost() && p.t_cost() >= self.argon2.params().t_cost() => Verdict::Right,
            (true, _) => Verdict::Renew,
        }
    }

    async fn place<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error { retry_after: Some(2), ..Error::new(Code::Unavailable, "sign_in_busy", "Too many people are signing in at this moment. Try again in two seconds.") };
        let _waiting = self.queue.try_acquire().map_err(|_full| busy())?;
        let _place = self.places.acquire().await.map_err(|_closed| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal(format!("a password hash was not finished: {e}")))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and its hash should be replaced by one of today's strength.
    Renew,
}

fn hash(argon2: &Argon2<'static>, password: &[u8]) -> Result<String> {
    argon2.hash_password(password).map(|hash| hash.to_string()).map_err(|e| Error::internal(format!("argon2: {e}")))
}

/// A password for somebody's first sign-in: five groups of four letters and digits without look-alikes, 99 bits.
pub(crate) fn random_password() -> Secret<String> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut letters = std::iter::repeat_with(random_bytes::<32>).flatten().filter(|b| usize::from(*b) < 256 / LETTERS.len() * LETTERS.len());
    let groups: Vec<String> = (0..5).map(|_| letters.by_ref().take(4).map(|b| char::from(LETTERS[usize::from(b) % LETTERS.len()])).collect()).collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::{Passwords, Secret, SignIn, Verdict, random_password};
    use std::{collections::HashSet, sync::Arc, time::Duration};

    fn passwords(kib: u32, passes: u32) -> Arc<Passwords> {
        let day = Duration::from_secs(86_400);
        let settings = SignIn { password_min: 15, argon2_kib: kib, argon2_passes: passes, session_idle: day, session_absolute: day, fresh_minutes: 15, invitation: day, oidc: Arc::default() };
        Arc::new(Passwords::new(&settings).unwrap())
    }
    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_is_right_and_weak_hashes_are_renewed() {
        let weak = passwords(64, 1);
        let stored = weak.hash(&secret("correct horse battery")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_ne!(stored, weak.hash(&secret("correct horse battery")).unwrap());
        let check = async |p: &Arc<Passwords>, text: &str, hash: Option<String>| p.check(secret(text), hash).await.unwrap();
        assert_eq!(check(&weak, "correct horse battery", Some(stored.clone())).await, Verdict::Right);
        assert_eq!(check(&weak, "correct horse Battery", Some(stored.clone())).await, Verdict::Wrong);
        assert_eq!(check(&weak, "", Some("rubbish".into())).await, Verdict::Wrong);
        assert_eq!(check(&weak, "anything at all", None).await, Verdict::Wrong);
        assert_eq!(check(&passwords(128, 1), "correct horse battery", Some(stored)).await, Verdict::Renew);
    }

    #[test]
    fn poor_passwords_are_refused_with_the_reason() {
        let p = passwords(64, 1);
        let code = |text: &str| p.refusal(text, "margaret@example.org", "password").map(|e| e.fields[0].code);
        assert_eq!(code("short"), Some("too_short"));
        assert_eq!(code(&"x".repeat(30)), Some("too_simple"));
        assert_eq!(code("margaret@example.org"), Some("too_simple"));
        assert_eq!(code("Margaretmargaret12"), Some("too_simple"));
        assert_eq!(code(&"abcde".repeat(300)), Some("too_long"));
        assert_eq!(code("vierzehn Wörter"), None);
        assert_eq!(code("correct horse battery"), None);
    }

    #[test]
    fn random_passwords_differ_and_pass_the_rules() {
        let p = passwords(64, 1);
        let all: HashSet<String> = (0..200).map(|_| random_password().expose().clone()).collect();
        assert_eq!(all.len(), 200);
        assert!(all.iter().all(|one| one.len() == 24 && p.refusal(one, "a@b.c", "password").is_none()));
    }
}
