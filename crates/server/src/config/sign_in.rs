use super::{
    oidc::{self, Oidc},
    parse,
    reader::Reader,
};
use std::{sync::Arc, time::Duration};

/// Passwords, sessions, providers of single sign-on.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) password_min: usize,
    /// argon2id: memory in KiB, passes. Stored with each hash; a weaker one is renewed at the next sign-in.
    pub(crate) argon2_kib: u32,
    pub(crate) argon2_passes: u32,
    /// A session ends when it was not used for this long.
    pub(crate) session_idle: Duration,
    /// A session ends this long after it began.
    pub(crate) session_absolute: Duration,
    pub(crate) invitation: Duration,
    /// What is dangerous asks for a session that proved itself this recently; 0 asks never.
    pub(crate) fresh_minutes: u32,
    pub(crate) oidc: Arc<[Oidc]>,
}

impl SignIn {
    pub(super) fn read(reader: &mut Reader) -> SignIn {
        SignIn {
            password_min: reader.get("sign_in.password_min", "15", "Characters a password has at least.", parse::count(8, 100)),
            argon2_kib: to_u32(reader.get("sign_in.argon2_kib", "19456", "Memory of a password hash in KiB (argon2id). OWASP's floor is 19456.", parse::between(8, 1 << 20))),
            argon2_passes: to_u32(reader.get("sign_in.argon2_passes", "2", "Passes of a password hash (argon2id).", parse::between(1, 20))),
            session_idle: reader.get("sign_in.session_idle", "12h", "A session ends when it was not used for this long.", parse::duration),
            session_absolute: reader.get("sign_in.session_absolute", "30d", "A session ends this long after it began.", parse::duration),
            fresh_minutes: to_u32(reader.get(
                "sign_in.fresh_minutes",
                "15",
                "Exports, tokens, roles and changes of how one signs in ask for password and code, or a passkey, when that is longer ago; 0 asks never.",
                parse::between(0, 1_440),
            )),
            invitation: reader.get("sign_in.invitation", "7d", "An invitation link can be used for this long.", parse::duration),
            oidc: reader.tables("sign_in.oidc", oidc::DOC, |one: &Oidc| one.id.as_str(), oidc::read).into(),
        }
    }
}

fn to_u32(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
