//! Passkeys (Web Authentication Level 3): signing in by a key that a device or a password manager holds. The signature is
//! checked by `webauthn-rs`; here is whose key it is, what was asked of whom, and what follows.

mod challenge;
pub(super) mod http;
mod keys;
mod party;
mod service;

pub(super) use keys::{forget_all, has_any};
pub(super) use party::party;

use super::tables::{may, must, plain, table, unique};
use store::ddl::{ColumnKind, TableSpec};

/// `auth_passkey` public keys by user · `auth_challenge` what a browser was asked to sign, until it is answered.
pub(super) fn tables() -> Vec<TableSpec> {
    use ColumnKind::{Blob, Int, Text};
    vec![
        table(
            "auth_passkey",
            "id",
            vec![must("id", Text), must("user", Text), must("name", Text), must("credential", Blob), must("key", Text), must("created_at", Int), may("used_at", Int), may("suspect_at", Int)],
            vec![unique("auth_passkey_credential", "credential"), plain("auth_passkey_user", "user")],
        ),
        table(
            "auth_challenge",
            "hash",
            vec![must("hash", Blob), must("kind", Text), must("holder", Text), must("state", Text), must("until", Int)],
            vec![plain("auth_challenge_until", "until"), plain("auth_challenge_holder", "holder")],
        ),
    ]
}
