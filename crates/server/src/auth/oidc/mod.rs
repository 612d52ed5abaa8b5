//! Single sign-on by OpenID Connect: code flow with PKCE, state and nonce (RFC 9700, OpenID Connect Core 1.0).
//!
//! What is under way is sealed into a cookie of the browser that began it; the provider's answer counts for that browser
//! only, once, within minutes. Who comes is known by the provider's name for them (issuer and subject); the first time by
//! an e-mail that the provider has verified.

mod claims;
mod http;
mod identity;
mod pending;
mod people;
mod provider;

pub(super) use http::routes;
pub(super) use identity::{forget, password_allowed, purge};

use crate::config::Oidc;
use kernel::{Code, Error, Result};
use provider::Provider;

/// The providers that the settings name.
pub(crate) struct Providers(Vec<Provider>);

impl Providers {
    /// # Errors
    /// Names the provider whose certificates cannot be read.
    pub(crate) fn new(settings: &[Oidc]) -> Result<Providers> {
        settings.iter().map(Provider::new).collect::<Result<_>>().map(Providers)
    }

    fn get(&self, id: &str) -> Result<&Provider> {
        self.0.iter().find(|provider| provider.settings.id == id).ok_or_else(|| Error::not_found("provider"))
    }
}

/// Why somebody is not signed in, as the sign-in screen is told.
#[derive(Debug)]
enum Refused {
    /// Not to be let in: whatever the reason, the same words. What is wrong is for the log.
    Person(String),
    /// Begun elsewhere, too long ago, or answered already: begin again.
    Stale,
    /// They went back, or the provider said no.
    Cancelled(String),
    Unavailable(String),
    TooMany,
}

impl Refused {
    /// In the address of the sign-in screen.
    fn word(&self) -> &'static str {
        match self {
            Refused::Person(_) => "refused",
            Refused::Stale => "stale",
            Refused::Cancelled(_) => "cancelled",
            Refused::Unavailable(_) => "unavailable",
            Refused::TooMany => "too_many",
        }
    }
    /// For the operator; free of personal data.
    fn why(&self) -> &str {
        match self {
            Refused::Person(why) | Refused::Cancelled(why) | Refused::Unavailable(why) => why,
            Refused::Stale => "the answer belongs to no sign-in that this browser has under way",
            Refused::TooMany => "too many tries",
        }
    }
}

impl From<Error> for Refused {
    fn from(e: Error) -> Refused {
        match e.code {
            Code::TooMany => Refused::TooMany,
            Code::Unauthenticated => Refused::Person(e.detail),
            _ => Refused::Unavailable(e.to_string()),
        }
    }
}
