//! Registering passkeys and signing in by them.

use super::super::{
    credential, db, fresh, holder,
    limiter::Attempt,
    secret_text,
    service::{Auth, Device, SignedIn, means, signed_in},
};
use super::{
    challenge::{self, Kind},
    keys::{self, PasskeyView, Stored},
    party::{PATIENCE, Party},
};
use access::User;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Code, Error, RecordId, Result};
use records::{LogEntry, STRANGER};
use serde_json::{Value as Json, json};
use std::net::IpAddr;
use store::Db;
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid, WebauthnError};

/// What a browser is asked: the name of the challenge, and what goes to the authenticator.
pub(crate) struct Asked {
    pub(crate) challenge: String,
    pub(crate) options: Json,
}

/// What a browser answers.
pub(crate) struct Answered {
    pub(crate) challenge: String,
    pub(crate) credential: PublicKeyCredential,
}

/// What a signature turned out to be.
enum Proof {
    Good(Box<Stored>),
    /// Its counter went back.
    Copied,
    Bad,
}

impl Auth {
    pub(crate) async fn passkeys(&self, user: RecordId) -> Result<Vec<PasskeyView>> {
        db::read(self.store(), move |db| keys::list(db, user)).await
    }

    pub(crate) async fn begin_passkey(&self, party: &Party, user: &User, session: RecordId) -> Result<Asked> {
        let id = user.id;
        let known = db::read(self.store(), move |db| keys::of_user(db, id)).await?;
        let known = known.iter().map(|stored| stored.key.cred_id().clone()).collect();
        let account = user.email.as_deref().unwrap_or(&user.name);
        let (options, state) = party.webauthn.start_passkey_registration(Uuid::from_bytes(*id.as_bytes()), account, &user.name, Some(known)).map_err(|e| failed(&e))?;
        let mut options = json(&options)?["publicKey"].take();
        // signing in names nobody: the key must know by itself whose it is
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.ask(Kind::Registration, session.to_string(), state, options).await
    }

    /// # Errors
    /// 422 for a name that is none, or what does not answer the question; 409 for a key that is known, or too many.
    pub(crate) async fn add_passkey(&self, party: &Party, user: RecordId, session: RecordId, challenge: String, name: &str, credential: &RegisterPublicKeyCredential) -> Result<RecordId> {
        let name = named(name)?;
        let (now, session) = (self.now(), session.to_string());
        let state: Option<PasskeyRegistration> = db::write(self.store(), move |db| challenge::take(db, &challenge, Kind::Registration, Some(&session), now)).await?;
        let raw = credential.raw_id.to_vec();
        if db::read(self.store(), move |db| keys::by_credential(db, &raw)).await?.is_some() {
            return Err(keys::known());
        }
        let refused = || Error::field("credential", "bad_passkey", "This passkey was not accepted, or it took too long. Begin again.");
        let key = party.webauthn.finish_passkey_registration(credential, &state.ok_or_else(refused)?).map_err(|e| {
            tracing::info!(reason = %e, "a passkey was not accepted");
            refused()
        })?;
        let id = self.new_id();
        self.write_logged(means("passkey_added", user).record(id), move |db| keys::add(db, id, user, &name, &key, now)).await?;
        tracing::info!(%user, "a passkey was added");
        Ok(id)
    }

    /// # Errors
    /// 404; 422.
    pub(crate) async fn rename_passkey(&self, user: RecordId, id: RecordId, name: &str) -> Result<()> {
        let name = named(name)?;
        if db::write(self.store(), move |db| keys::rename(db, user, id, &name)).await? { Ok(()) } else { Err(Error::not_found("passkey")) }
    }

    /// # Errors
    /// 404.
    pub(crate) async fn remove_passkey(&self, user: RecordId, id: RecordId) -> Result<()> {
        self.write_logged(means("passkey_removed", user).record(id), move |db| if keys::remove(db, user, id)? { Ok(()) } else { Err(Error::not_found("passkey")) }).await?;
        tracing::info!(%user, "a passkey was removed");
        Ok(())
    }

    /// Asks whoever sits at a browser. It is not said who should answer, so nothing is told about anybody.
    pub(crate) async fn ask_for_passkey(&self, party: &Party, address: Option<IpAddr>) -> Result<Asked> {
        let (options, state) = discoverable(party)?;
        self.ask(Kind::SignIn, format!("network {}", address.map(super::super::limiter::network).unwrap_or_default()), state, options).await
    }

    /// Asks for a key of somebody who is signed in.
    pub(crate) async fn ask_for_own_passkey(&self, party: &Party, user: RecordId, session: RecordId) -> Result<Asked> {
        let own = db::read(self.store(), move |db| keys::of_user(db, user)).await?;
        if own.is_empty() {
            return Err(Error::new(Code::Conflict, "no_passkeys", "You have no passkey. Type your password."));
        }
        let (mut options, state) = discoverable(party)?;
        options["allowCredentials"] = own.iter().map(|stored| json!({ "type": "public-key", "id": BASE64_URL_SAFE_NO_PAD.encode(stored.key.cred_id()) })).collect();
        self.ask(Kind::Fresh, session.to_string(), state, options).await
    }

    async fn ask<T: serde::Serialize + Send + 'static>(&self, kind: Kind, holder: String, state: T, options: Json) -> Result<Asked> {
        let (challenge, name) = challenge::name();
        let now = self.now();
        let until = now + i64::try_from(PATIENCE.as_millis()).unwrap_or(0);
        db::write(self.store(), move |db| challenge::keep(db, &name, kind, &holder, &state, until, now)).await?;
        Ok(Asked { challenge, options })
    }

    /// Begins a session for the owner of the key that signed. The key and the verification by the device are two factors:
    /// no code is asked for.
    ///
    /// # Errors
    /// 401 `bad_passkey`, in the same words whatever is wrong; 401 `passkey_copied`; 429.
    pub(crate) async fn sign_in_by_passkey(&self, party: &Party, answered: Answered, device: Device) -> Result<SignedIn> {
        let attempt = Attempt::new(&format!("passkey {}", secret_text::hex(&answered.credential.raw_id)), device.address);
        self.count(&attempt).await?;
        let handle = answered.credential.get_user_unique_id().and_then(|bytes| Uuid::from_slice(bytes).ok()).and_then(|id| id.as_hyphenated().to_string().parse::<RecordId>().ok());
        let proof = self.prove(party, answered, Kind::SignIn, None).await?;
        if !matches!(proof, Proof::Good(_)) {
            self.note_refused_passkey(matches!(proof, Proof::Copied), &device).await?;
        }
        let stored = accept(proof)?;
        let user = self.user(stored.user).await?.filter(|user| user.active && handle == Some(user.id)).ok_or_else(bad_passkey)?;
        let (session, new) = self.new_session(user.id, &device);
        let (id, now) = (user.id, self.now());
        let entry = signed_in(&new, "passkey", &device);
        let must_change = self
            .write_logged(entry, move |db| {
                attempt.succeeded(db)?;
                holder::add_session(db, &new, now)?;
                Ok(credential::read(db, id)?.must_change)
            })
            .await?;
        Ok(SignedIn { user, must_change, session })
    }

    /// As with a password: how often somebody may try is limited, and so is what this writes.
    async fn note_refused_passkey(&self, copied: bool, device: &Device) -> Result<()> {
        let entry = LogEntry::new("sign_in_refused").by_nobody().detail("means", "passkey").detail("copied", copied).sealed(STRANGER, device.json());
        self.write_logged(entry, |_| Ok(())).await
    }

    /// Renews a session by a key of its owner.
    ///
    /// # Errors
    /// 403 `bad_passkey`, `passkey_copied`; 429.
    pub(crate) async fn refresh_by_passkey(&self, party: &Party, user: RecordId, session: RecordId, answered: Answered, address: Option<IpAddr>) -> Result<()> {
        let attempt = Attempt::new(&user.to_string(), address);
        self.count(&attempt).await?;
        // 401 would say that the session has ended
        let here = |refused: Error| Error { code: Code::Forbidden, ..refused };
        let stored = accept(self.prove(party, answered, Kind::Fresh, Some(session.to_string())).await?).map_err(here)?;
        if stored.user != user {
            return Err(here(bad_passkey()));
        }
        let now = self.now();
        db::write(self.store(), move |db| {
            attempt.succeeded(db)?;
            fresh::renew(db, session, now)
        })
        .await
    }

    /// Uses the challenge up and checks the signature; the counter is read and written in one transaction, so that of two
    /// copies at once one is found out.
    async fn prove(&self, party: &Party, answered: Answered, kind: Kind, holder: Option<String>) -> Result<Proof> {
        let (webauthn, now) = (party.webauthn.clone(), self.now());
        db::write(self.store(), move |db| {
            let Answered { challenge, credential } = answered;
            let state: Option<DiscoverableAuthentication> = challenge::take(db, &challenge, kind, holder.as_deref(), now)?;
            let Some(state) = state else { return Ok(Proof::Bad) };
            db.lock(&format!("passkey {}", secret_text::hex(&credential.raw_id))).map_err(|e| Error::internal(e.to_string()))?;
            let Some(mut stored) = keys::by_credential(db, &credential.raw_id)? else { return Ok(Proof::Bad) };
            match webauthn.finish_discoverable_authentication_v2(&credential, state, DiscoverableKey::from(&stored.key)) {
                Ok(result) if result.user_verified() => {
                    note_use(db, &mut stored, &result, now)?;
                    Ok(Proof::Good(Box::new(stored)))
                }
                Ok(_unverified) => Ok(Proof::Bad),
                Err(WebauthnError::CredentialPossibleCompromise) => {
                    tracing::warn!(user = %stored.user, passkey = %stored.id, "a passkey's counter went back: it was refused, there may be a copy of it");
                    keys::suspect(db, stored.id, now)?;
                    Ok(Proof::Copied)
                }
                Err(e) => {
                    tracing::info!(reason = %e, "a passkey was refused");
                    Ok(Proof::Bad)
                }
            }
        })
        .await
    }
}

fn note_use(db: &mut dyn Db, stored: &mut Stored, result: &webauthn_rs::prelude::AuthenticationResult, now: i64) -> Result<()> {
    stored.key.update_credential(result);
    keys::used(db, stored, now)
}

fn accept(proof: Proof) -> Result<Stored> {
    match proof {
        Proof::Good(stored) => Ok(*stored),
        Proof::Copied => Err(Error::new(
            Code::Unauthenticated,
            "passkey_copied",
            "This passkey was refused: its counter went back, so there may be a copy of it. Sign in another way, remove it in your settings and make a new one.",
        )),
        Proof::Bad => Err(bad_passkey()),
    }
}

fn discoverable(party: &Party) -> Result<(Json, DiscoverableAuthentication)> {
    let (options, state) = party.webauthn.start_discoverable_authentication().map_err(|e| failed(&e))?;
    Ok((json(&options)?["publicKey"].take(), state))
}

fn named(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::field("name", "bad_length", "A passkey's name has 1 to 100 characters: say on which device it is."));
    }
    Ok(name.to_owned())
}

fn json(value: &impl serde::Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(|e| Error::internal(format!("a passkey: {e}")))
}

fn failed(e: &WebauthnError) -> Error {
    Error::internal(format!("passkeys: {e}"))
}
fn bad_passkey() -> Error {
    Error::new(Code::Unauthenticated, "bad_passkey", "This passkey does not fit here, or it took too long. Try again, or sign in another way.")
}
