//! Sign-in: passwords, sessions, tokens, second factors, invitations, and one limiter for all ways in.

mod cache;
mod cookie;
mod credential;
mod db;
mod fresh;
mod holder;
pub(crate) mod http;
mod input;
mod limiter;
mod me;
mod oidc;
mod passkey;
mod password;
mod rate;
mod resolve;
mod secret_text;
mod service;
mod tables;
mod totp;

pub(crate) use cookie::Cookies;
pub(crate) use db::write_blocking;
pub(crate) use fresh::guard as guard_what_is_dangerous;
pub(crate) use holder::time_text;
pub(crate) use http::invitation as accept_invitation;
pub(crate) use oidc::Providers;
pub(crate) use password::{Passwords, random_password};
pub(crate) use rate::Rate;
pub(crate) use resolve::{Peer, Signed, session_of, sign};
pub(crate) use secret_text::{hex, same};
pub(crate) use service::Auth;

/// What sign-in adds to a workspace.
pub(crate) fn module() -> records::Module {
    records::Module { name: "auth", tables: [tables::tables(), passkey::tables()].concat(), ..records::Module::default() }
}
