//! Who Rapport is to browsers and authenticators: the relying party. It comes from the configuration alone, never from a
//! header of the request.

use crate::app::App;
use kernel::{Code, Error, Result};
use std::time::Duration;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{Url, WebauthnError},
};

/// How long browsers give people, and how long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Party {
    pub(super) webauthn: Webauthn,
    pub(super) origin: String,
}

/// The party where people reach the server by a name. Keys belong to names, an address of numbers has none; on the machine
/// itself the name is `localhost` (Web Authentication, 5.1.3, step "effective domain").
///
/// # Errors
/// 409 `passkeys_unavailable` where there is no name.
pub(crate) fn party(app: &App) -> Result<Party> {
    let parsed = Url::parse(&app.url()).ok();
    let mut origin = parsed.ok_or_else(unavailable)?;
    let loopback = origin.host_str().is_some_and(|host| host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()));
    if loopback {
        origin.set_host(Some("localhost")).map_err(|_odd| unavailable())?;
    }
    let host = origin.domain().ok_or_else(unavailable)?.to_owned();
    let built = WebauthnBuilder::new(&host, &origin).and_then(|builder| builder.rp_name("Rapport").timeout(PATIENCE).build());
    let webauthn = built.map_err(|e: WebauthnError| Error::internal(format!("passkeys: {e}")))?;
    Ok(Party { webauthn, origin: origin.origin().ascii_serialization() })
}

fn unavailable() -> Error {
    Error::new(Code::Conflict, "passkeys_unavailable", "Passkeys belong to a name, and this server is reached by an address of numbers. Set public_url to a name with https.")
}
