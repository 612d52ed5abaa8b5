//! Proving anew who sits at a session.

use super::super::{credential, db, limiter::Attempt, passkey, service::Auth, totp};
use access::User;
use kernel::{Error, RecordId, Result, Secret};
use serde::Serialize;
use std::net::IpAddr;

/// By what somebody can prove who they are.
#[derive(Debug, Serialize)]
pub(crate) struct Means {
    pub(crate) password: bool,
    /// With the password.
    pub(crate) code: bool,
    pub(crate) passkey: bool,
    /// When the session last proved itself.
    pub(crate) proven_at: Option<String>,
}

impl Auth {
    pub(crate) async fn proven_within(&self, session: RecordId, ms: i64) -> Result<bool> {
        let now = self.now();
        Ok(db::read_quick(self.store(), move |db| super::proven_at(db, session)).await?.is_some_and(|at| now - at < ms))
    }

    pub(crate) async fn means(&self, user: RecordId, session: RecordId) -> Result<Means> {
        db::read(self.store(), move |db| {
            Ok(Means {
                password: credential::read(db, user)?.hash.is_some(),
                code: totp::is_on(db, user)?,
                passkey: passkey::has_any(db, user)?,
                proven_at: super::proven_at(db, session)?.map(super::super::holder::time_text),
            })
        })
        .await
    }

    /// Renews a session by the password, and by a code where the user has a second factor.
    ///
    /// # Errors
    /// 422 `bad_password`, `code_required`, `bad_code`; 429.
    pub(crate) async fn refresh(&self, user: &User, session: RecordId, address: Option<IpAddr>, password: Secret<String>, code: Option<String>) -> Result<()> {
        let attempt: Attempt = self.confirm_password(user, address, password, "password").await?;
        let id = user.id;
        if db::read(self.store(), move |db| totp::is_on(db, id)).await? {
            let code = code.filter(|code| !code.trim().is_empty());
            let code = code.ok_or_else(|| Error::field("code", "code_required", "Type the code from your authenticator program, or a recovery code."))?;
            if !self.redeem(id, code).await? {
                return Err(Error::field("code", "bad_code", "This code does not fit, or it was used already. Wait for the next one."));
            }
        }
        let now = self.now();
        db::write(self.store(), move |db| {
            attempt.succeeded(db)?;
            super::renew(db, session, now)
        })
        .await
    }
}
