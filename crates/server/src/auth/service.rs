//! Sign-in of one workspace.

use super::{
    cache::{Cache, Known},
    credential, db,
    holder::{self, Holder, Kind, NewSession, NewToken},
    limiter::{self, Attempt},
    oidc, passkey,
    password::{Passwords, Verdict},
    resolve::session_name,
    secret_text::{self, Hash, Purpose},
    totp,
};
use crate::{config::SignIn, data::random_bytes};
use access::{User, parse_scope};
use kernel::{Actor, Code, Ctx, Error, RecordId, Result, Secret, Through};
use records::{LogEntry, STRANGER, Workspace};
use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
};
use store::{Db, Dialect, Store};

pub(crate) struct Auth {
    pub(super) workspace: Workspace,
    /// Seals second factors.
    key: Secret<[u8; 32]>,
    passwords: Arc<Passwords>,
    settings: SignIn,
    cache: Cache,
}

/// Somebody who has just signed in.
pub(crate) struct SignedIn {
    pub(crate) user: Arc<User>,
    pub(crate) must_change: bool,
    /// For the cookie.
    pub(crate) session: Secret<String>,
}

/// What a browser sends to sign in.
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: Secret<String>,
    pub(crate) code: Option<String>,
    pub(crate) device: Device,
}

/// Where somebody signs in from, for the list of their sessions and for the log.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) address: Option<IpAddr>,
    pub(crate) agent: Option<String>,
}

/// A session of another node may be revoked there: this long it is believed without asking.
const SHARED_BELIEF_MS: i64 = 1_000;
const AGENT_CHARS: usize = 200;

impl Auth {
    pub(crate) fn new(workspace: Workspace, key: Secret<[u8; 32]>, passwords: Arc<Passwords>, settings: SignIn) -> Auth {
        let believed = if workspace.store().dialect() == Dialect::Sqlite { i64::MAX } else { SHARED_BELIEF_MS };
        Auth { workspace, key, passwords, settings, cache: Cache::new(believed) }
    }

    pub(super) fn store(&self) -> &Store {
        self.workspace.store()
    }
    pub(super) fn now(&self) -> i64 {
        self.workspace.now_ms()
    }
    pub(super) fn new_id(&self) -> RecordId {
        RecordId::new(self.now(), random_bytes())
    }
    /// The context in which sign-in looks people up.
    fn ctx(&self) -> Ctx {
        Ctx::new(Actor::System("jobs"), Through::Job, self.now())
    }

    pub(crate) async fn user(&self, id: RecordId) -> Result<Option<Arc<User>>> {
        self.workspace.read(&self.ctx(), move |tx| Ok(tx.policy().users.get(&id).cloned())).await
    }
    async fn user_by_email(&self, email: &str) -> Result<Option<Arc<User>>> {
        let email = email.trim().to_owned();
        self.workspace.read(&self.ctx(), move |tx| Ok(tx.policy().user_by_email(&email).cloned())).await
    }

    /// Checks e-mail, password and code, and begins a session. The answer, and its time, are the same for somebody who
    /// does not exist, has no password, or is switched off.
    ///
    /// # Errors
    /// 401 `bad_credentials`; 401 `code_required` where the password was right; 429.
    pub(crate) async fn sign_in(&self, login: Login) -> Result<SignedIn> {
        let (email, from) = (login.email.clone(), login.device.clone());
        let outcome = self.try_sign_in(login).await;
        if outcome.as_ref().is_err_and(|e| e.reason == "bad_credentials") {
            self.note_refused(&email, from).await?;
        }
        outcome
    }
    async fn try_sign_in(&self, login: Login) -> Result<SignedIn> {
        let attempt = Attempt::new(&login.email, login.device.address);
        self.count(&attempt).await?;
        let user = self.user_by_email(&login.email).await?.filter(|u| u.active);
        let id = user.as_ref().map_or(RecordId::fixed(0), |u| u.id);
        let (stored, has_totp) = db::read(self.store(), move |db| Ok((credential::read(db, id)?, totp::is_on(db, id)?))).await?;
        let verdict = self.passwords.check(login.password.clone(), stored.hash.clone()).await?;
        let (Some(user), true) = (user, verdict != Verdict::Wrong) else { return Err(bad_credentials()) };
        if has_totp {
            let Some(code) = login.code.filter(|code| !code.trim().is_empty()) else {
                return Err(Error::new(Code::Unauthenticated, "code_required", "Type the code from your authenticator program, or a recovery code."));
            };
            if !self.redeem(id, code).await? {
                return Err(bad_credentials());
            }
        }
        oidc::password_allowed(self.store(), &self.settings, self.workspace.name(), id).await?;
        let renewed = if verdict == Verdict::Renew { Some(self.passwords.hash_later(login.password).await?) } else { None };
        let (session, new) = self.new_session(id, &login.device);
        let entry = signed_in(&new, if has_totp { "password and code" } else { "password" }, &login.device);
        let now = self.now();
        self.write_logged(entry, move |db| {
            attempt.succeeded(db)?;
            if let (Some(new), Some(old)) = (renewed, stored.hash) {
                credential::renew_hash(db, id, &old, &new)?;
            }
            holder::add_session(db, &new, now)
        })
        .await?;
        Ok(SignedIn { user, must_change: stored.must_change, session })
    }

    /// A session to be written, with its text for the cookie.
    pub(super) fn new_session(&self, user: RecordId, device: &Device) -> (Secret<String>, NewSession) {
        let (session, hash) = secret_text::make(Purpose::Session, self.workspace.name());
        let until = self.now() + ms(self.settings.session_absolute);
        (session, NewSession { id: self.new_id(), user, hash, until, address: device.address_text(), agent: device.agent_text() })
    }

    /// Writes, and logs it: both or neither.
    pub(super) async fn write_logged<T: Send + 'static>(&self, entry: LogEntry, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
        let ctx = Ctx::new(Actor::System("jobs"), Through::Screen, self.now());
        self.workspace
            .write(&ctx, move |tx| {
                let out = f(tx.db())?;
                tx.log(entry)?;
                Ok(out)
            })
            .await
    }
    fn write_logged_blocking(&self, entry: LogEntry, f: impl FnOnce(&mut dyn Db) -> Result<()> + Send + 'static) -> Result<()> {
        let ctx = Ctx::new(Actor::System("cli"), Through::CommandLine, self.now());
        self.workspace.write_blocking(&ctx, move |tx| {
            f(tx.db())?;
            tx.log(entry)
        })
    }
    /// Whoever it was is no user, or did not prove to be one: only the address is kept, under a key. How often somebody may
    /// try is limited, and so is what this writes.
    pub(super) async fn note_refused(&self, email: &str, from: Device) -> Result<()> {
        let meant = self.user_by_email(email).await?.map(|u| u.id);
        let ctx = Ctx::new(Actor::System("jobs"), Through::Screen, self.now());
        let email = email.trim().to_lowercase();
        self.workspace
            .write(&ctx, move |tx| {
                let who = meant.map_or_else(|| tx.keyed_hash("sign-in", &email), |id| id.to_string());
                tx.log(LogEntry::new("sign_in_refused").by_nobody().record(who).sealed(meant.unwrap_or(STRANGER), from.json()))
            })
            .await
    }
    pub(super) async fn redeem(&self, user: RecordId, code: String) -> Result<bool> {
        let (key, now) = (self.key.clone(), self.now());
        db::write(self.store(), move |db| totp::redeem(db, &key, user, &code, now)).await
    }

    /// Counts a try of a secret before it is checked.
    pub(super) async fn count(&self, attempt: &Attempt) -> Result<()> {
        let (attempt, now) = (attempt.clone(), self.now());
        db::write(self.store(), move |db| attempt.begin(db, now)).await
    }
    async fn forgive(&self, attempt: Attempt) -> Result<()> {
        db::write(self.store(), move |db| attempt.succeeded(db)).await
    }

    /// Whom a session or token stands for, while it holds. Whether the person is still active is seen by rights, in
    /// every transaction anew.
    pub(crate) async fn holder(&self, kind: Kind, hash: Hash) -> Result<Option<Holder>> {
        let now = self.now();
        let known = match self.cache.get(&hash, now) {
            Ok(known) => known,
            Err(asked_at) => {
                let Some(found) = db::read_quick(self.store(), move |db| holder::find(db, kind, &hash)).await? else { return Ok(None) };
                let known = Arc::new(Known::new(found, now));
                self.cache.put(hash, &known, asked_at);
                known
            }
        };
        let holder = &known.holder;
        let idle = kind == Kind::Session && now - known.seen.load(Ordering::Relaxed) > ms(self.settings.session_idle);
        if holder.kind != kind || idle || holder.until.is_some_and(|until| now >= until) {
            return Ok(None);
        }
        if known.use_now(now) {
            let (store, id) = (self.store().clone(), holder.id);
            // nobody waits for this; a use that is not noted only shortens the idle time
            drop(tokio::spawn(async move {
                if let Err(e) = db::write(&store, move |db| holder::touch(db, kind, id, now)).await {
                    tracing::warn!(error = %e, "the last use of a session could not be noted");
                }
            }));
        }
        Ok(Some(holder.clone()))
    }

    /// Whether a session or token still holds, for an open stream.
    pub(crate) async fn still_holds(&self, kind: Kind, user: RecordId, id: RecordId) -> Result<bool> {
        let now = self.now();
        let held = db::read(self.store(), move |db| match kind {
            Kind::Session => Ok(holder::sessions(db, user, None, 0, now)?.iter().any(|s| s.id == id.to_string())),
            Kind::Token => Ok(holder::tokens(db, user)?.iter().any(|t| t.id == id.to_string())),
        })
        .await?;
        Ok(held && self.is_active(user).await?)
    }
    pub(crate) async fn is_active(&self, user: RecordId) -> Result<bool> {
        Ok(self.user(user).await?.is_some_and(|u| u.active))
    }

    pub(crate) async fn sessions(&self, user: RecordId, current: Option<RecordId>) -> Result<Vec<holder::SessionView>> {
        let (now, idle) = (self.now(), ms(self.settings.session_idle));
        db::read(self.store(), move |db| holder::sessions(db, user, current, now - idle, now)).await
    }
    pub(crate) async fn tokens(&self, user: RecordId) -> Result<Vec<holder::TokenView>> {
        db::read(self.store(), move |db| holder::tokens(db, user)).await
    }

    /// Ends one session or token.
    ///
    /// # Errors
    /// 404 where the user has none of that id.
    pub(crate) async fn end(&self, kind: Kind, user: RecordId, id: RecordId) -> Result<()> {
        let what = if kind == Kind::Session { "session_ended" } else { "token_ended" };
        let ended = self.write_logged(means(what, user).record(id), move |db| holder::end(db, kind, user, id)).await?;
        self.cache.clear();
        if ended { Ok(()) } else { Err(Error::not_found(if kind == Kind::Session { "session" } else { "token" })) }
    }

    /// A new token with its text, which is shown this once.
    ///
    /// # Errors
    /// 422 for a name or scope that is not one.
    pub(crate) async fn make_token(&self, user: RecordId, name: String, scopes: Vec<String>, days: Option<u32>) -> Result<(RecordId, Secret<String>)> {
        let (new, text) = self.new_token(user, name, scopes, days)?;
        let (id, now) = (new.id, self.now());
        self.write_logged(token_made(&new), move |db| holder::add_token(db, &new, now)).await?;
        Ok((id, text))
    }
    pub(crate) fn make_token_blocking(&self, user: RecordId, name: String, scopes: Vec<String>, days: Option<u32>) -> Result<Secret<String>> {
        let (new, text) = self.new_token(user, name, scopes, days)?;
        let now = self.now();
        self.write_logged_blocking(token_made(&new), move |db| holder::add_token(db, &new, now))?;
        Ok(text)
    }
    fn new_token(&self, user: RecordId, name: String, scopes: Vec<String>, days: Option<u32>) -> Result<(NewToken, Secret<String>)> {
        const DAY: i64 = 86_400_000;
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Error::field("name", "bad_length", "A token's name has 1 to 100 characters: say what it is for."));
        }
        for scope in &scopes {
            parse_scope(scope)?;
        }
        if days.is_some_and(|days| !(1..=3_650).contains(&days)) {
            return Err(Error::field("days", "out_of_range", "A token lasts 1 to 3650 days."));
        }
        let (text, hash) = secret_text::make(Purpose::Token, self.workspace.name());
        let until = days.map(|days| self.now() + i64::from(days) * DAY);
        Ok((NewToken { id: self.new_id(), user, name, hash, scopes, until }, text))
    }

    /// Changes one's password: the old one is asked for, other sessions end.
    ///
    /// # Errors
    /// 403 `bad_password`; 422 for a poor new one; 429.
    pub(crate) async fn change_password(&self, user: &User, session: Option<RecordId>, address: Option<IpAddr>, old: Secret<String>, new: Secret<String>) -> Result<()> {
        let id = user.id;
        let attempt = self.confirm_password(user, address, old, "old").await?;
        if let Some(refusal) = self.passwords.refusal(new.expose(), user.email.as_deref().unwrap_or_default(), "new") {
            return Err(refusal);
        }
        let hash = self.passwords.hash_later(new).await?;
        let now = self.now();
        self.write_logged(means("password_changed", id), move |db| {
            attempt.succeeded(db)?;
            credential::set_password(db, id, &hash, false, now)?;
            holder::end_sessions(db, id, session)
        })
        .await?;
        self.cache.clear();
        Ok(())
    }

    pub(super) async fn confirm_password(&self, user: &User, address: Option<IpAddr>, password: Secret<String>, field: &'static str) -> Result<Attempt> {
        let id = user.id;
        let attempt = Attempt::new(&id.to_string(), address);
        self.count(&attempt).await?;
        let stored = db::read(self.store(), move |db| credential::read(db, id)).await?;
        match self.passwords.check(password, stored.hash).await? {
            Verdict::Wrong => Err(Error::field(field, "bad_password", "This is not your password.")),
            Verdict::Right | Verdict::Renew => Ok(attempt),
        }
    }

    pub(crate) async fn must_change(&self, user: RecordId) -> Result<(bool, bool)> {
        db::read(self.store(), move |db| Ok((credential::read(db, user)?.must_change, totp::is_on(db, user)?))).await
    }

    pub(crate) async fn propose_totp(&self, user: &User) -> Result<(String, String)> {
        let (key, id, account) = (self.key.clone(), user.id, user.email.clone().unwrap_or_else(|| user.name.clone()));
        db::write(self.store(), move |db| totp::propose(db, &key, id, &account)).await
    }

    /// The recovery codes, shown this once.
    pub(crate) async fn confirm_totp(&self, user: RecordId, address: Option<IpAddr>, code: String) -> Result<Vec<String>> {
        let attempt = Attempt::new(&user.to_string(), address);
        self.count(&attempt).await?;
        let (key, now) = (self.key.clone(), self.now());
        let bad_code = || Error::field("code", "bad_code", "This code does not fit. Is the clock of your telephone right?");
        let codes = self.write_logged(means("second_factor_on", user), move |db| totp::confirm(db, &key, user, &code, now)?.ok_or_else(bad_code)).await?;
        self.forgive(attempt).await?;
        Ok(codes)
    }

    pub(crate) async fn remove_totp(&self, user: &User, address: Option<IpAddr>, password: Secret<String>) -> Result<()> {
        let id = user.id;
        let attempt = self.confirm_password(user, address, password, "password").await?;
        self.write_logged(means("second_factor_off", id), move |db| {
            attempt.succeeded(db)?;
            totp::remove(db, id)
        })
        .await
    }

    /// Chooses a password by an invitation. Sessions end: the link may be a reset.
    ///
    /// # Errors
    /// 401 `bad_invitation` where it is unknown, used or too old; 422 for a poor password; 429.
    pub(crate) async fn accept_invitation(&self, invitation: Hash, address: Option<IpAddr>, password: Secret<String>) -> Result<()> {
        let attempt = Attempt::new(&format!("invitation {}", secret_text::hex(&invitation[..8])), address);
        self.count(&attempt).await?;
        let now = self.now();
        let invited = db::read(self.store(), move |db| credential::invited(db, &invitation, now)).await?;
        let user = match invited {
            Some(id) => self.user(id).await?.filter(|u| u.active),
            None => None,
        };
        let user = user.ok_or_else(bad_invitation)?;
        if let Some(refusal) = self.passwords.refusal(password.expose(), user.email.as_deref().unwrap_or_default(), "password") {
            self.forgive(attempt).await?;
            return Err(refusal);
        }
        let hash = self.passwords.hash_later(password).await?;
        let id = user.id;
        let used = self
            .write_logged(means("invitation_used", id), move |db| {
                db.lock("invitation").map_err(|e| Error::internal(e.to_string()))?;
                if credential::invited(db, &invitation, now)? != Some(id) {
                    return Ok(false);
                }
                attempt.succeeded(db)?;
                credential::set_password(db, id, &hash, false, now)?;
                holder::end_sessions(db, id, None)?;
                Ok(true)
            })
            .await?;
        self.cache.clear();
        if used { Ok(()) } else { Err(bad_invitation()) }
    }

    // For the command line, on blocking threads.

    pub(crate) fn refusal(&self, password: &str, email: &str) -> Option<Error> {
        self.passwords.refusal(password, email, "password")
    }

    pub(crate) fn set_password_blocking(&self, user: RecordId, password: &Secret<String>, must_change: bool) -> Result<()> {
        let (hash, now) = (self.passwords.hash(password)?, self.now());
        self.write_logged_blocking(LogEntry::new("sign_in_means").record(user).detail("what", "password_set"), move |db| credential::set_password(db, user, &hash, must_change, now))
    }

    /// An invitation's text.
    pub(crate) fn invite_blocking(&self, user: RecordId, reset: bool) -> Result<Secret<String>> {
        let (text, hash) = secret_text::make(Purpose::Invitation, self.workspace.name());
        let until = self.now() + ms(self.settings.invitation);
        self.write_logged_blocking(LogEntry::new("sign_in_means").record(user).detail("what", if reset { "reset" } else { "invited" }), move |db| {
            if reset {
                passkey::forget_all(db, user)?;
                oidc::forget(db, user)?;
            }
            credential::invite(db, user, &hash, until, reset)
        })?;
        Ok(text)
    }

    /// Ends all sessions and tokens of a user.
    pub(crate) fn end_all_blocking(&self, user: RecordId) -> Result<()> {
        self.write_logged_blocking(LogEntry::new("sign_in_means").record(user).detail("what", "all_ended"), move |db| {
            holder::end_sessions(db, user, None)?;
            holder::end_tokens(db, user)
        })?;
        self.cache.clear();
        Ok(())
    }

    pub(crate) fn anybody_blocking(&self) -> Result<bool> {
        db::read_blocking(self.store(), credential::anybody)
    }

    /// Ends what users hold who are switched off or gone, so that it does not come back to life with them.
    pub(crate) async fn sweep(&self) -> Result<()> {
        let holding = db::read(self.store(), holder::users).await?;
        let gone: Vec<RecordId> = self.workspace.read(&self.ctx(), move |tx| Ok(holding.into_iter().filter(|id| tx.policy().users.get(id).is_none_or(|u| !u.active)).collect())).await?;
        if gone.is_empty() {
            return Ok(());
        }
        self.workspace
            .write(&self.ctx(), move |tx| {
                for user in gone {
                    holder::end_sessions(tx.db(), user, None)?;
                    holder::end_tokens(tx.db(), user)?;
                    tx.log(LogEntry::new("sign_in_means").record(user).detail("what", "all_ended"))?;
                }
                Ok(())
            })
            .await?;
        self.cache.clear();
        Ok(())
    }

    /// Removes what has ended by itself: sessions, tokens, counters of the limiter.
    pub(crate) fn purge_blocking(&self) -> Result<()> {
        let (now, idle) = (self.now(), ms(self.settings.session_idle));
        db::write_blocking(self.store(), move |db| {
            limiter::purge(db, now)?;
            oidc::purge(db, now)?;
            holder::purge(db, now - idle, now).map(drop)
        })
    }
}

impl Device {
    fn address_text(&self) -> Option<String> {
        self.address.map(|a| a.to_canonical().to_string())
    }
    fn agent_text(&self) -> Option<String> {
        self.agent.as_ref().map(|a| a.chars().take(AGENT_CHARS).collect())
    }
    /// For the log, under a key: it is personal.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({"address": self.address_text(), "agent": self.agent_text()})
    }
}
/// `means` is by what somebody proved who they are.
pub(super) fn signed_in(new: &NewSession, means: &str, device: &Device) -> LogEntry {
    LogEntry::new("sign_in").by(new.user).via(session_name(Kind::Session, new.id)).detail("means", means).sealed(new.user, device.json())
}
/// A change of how somebody signs in, by themselves.
pub(super) fn means(what: &'static str, user: RecordId) -> LogEntry {
    LogEntry::new("sign_in_means").by(user).record(user).detail("what", what)
}
fn token_made(new: &NewToken) -> LogEntry {
    let entry = means("token_made", new.user).record(new.id).detail("scopes", new.scopes.clone()).detail("until", new.until);
    entry.sealed(new.user, serde_json::json!({"name": new.name}))
}
fn bad_credentials() -> Error {
    Error::new(Code::Unauthenticated, "bad_credentials", "E-mail, password or code is wrong.")
}
fn bad_invitation() -> Error {
    Error::new(Code::Unauthenticated, "bad_invitation", "This link was used already or is too old. Ask for a new one.")
}
fn ms(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
