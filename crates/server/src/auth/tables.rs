//! The tables of sign-in, in each workspace's database. They hold hashes and public keys only: who reads the database cannot sign in.

use store::{
    Val,
    ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec},
};

/// `auth_identity` who somebody is at a provider of sign-in · `auth_used` what works once, until it is too old anyway.
/// `auth_credential` password hash and invitation of a user · `auth_session` · `auth_token` · `auth_totp` second factor
/// · `auth_attempt` the limiter's counters.
pub(crate) fn tables() -> Vec<TableSpec> {
    use ColumnKind::{Blob, Int, Text};
    vec![
        table(
            "auth_credential",
            "user",
            vec![
                must("user", Text),
                may("hash", Text),
                ColumnSpec { default: Some(Val::Int(0)), ..must("must_change", Int) },
                may("changed_at", Int),
                may("invitation", Blob),
                may("invitation_until", Int),
            ],
            vec![unique("auth_credential_invitation", "invitation")],
        ),
        table(
            "auth_session",
            "id",
            vec![
                must("id", Text),
                must("user", Text),
                must("hash", Blob),
                must("created_at", Int),
                must("seen_at", Int),
                must("until", Int),
                may("address", Text),
                may("agent", Text),
                may("fresh_at", Int),
            ],
            vec![unique("auth_session_hash", "hash"), plain("auth_session_user", "user")],
        ),
        table(
            "auth_token",
            "id",
            vec![must("id", Text), must("user", Text), must("name", Text), must("hash", Blob), may("scopes", Text), must("created_at", Int), may("until", Int), may("used_at", Int)],
            vec![unique("auth_token_hash", "hash"), plain("auth_token_user", "user")],
        ),
        table("auth_totp", "user", vec![must("user", Text), must("secret", Blob), may("confirmed_at", Int), may("last_step", Int), must("recovery", Text)], vec![]),
        table("auth_attempt", "key", vec![must("key", Text), must("tries", Int), must("since", Int), must("last", Int)], vec![plain("auth_attempt_last", "last")]),
        TableSpec {
            primary_key: vec!["issuer".into(), "subject".into()],
            ..table(
                "auth_identity",
                "issuer",
                vec![must("issuer", Text), must("subject", Text), must("user", Text), must("created_at", Int), must("seen_at", Int)],
                vec![plain("auth_identity_user", "user")],
            )
        },
        table("auth_used", "key", vec![must("key", Text), must("until", Int)], vec![plain("auth_used_until", "until")]),
    ]
}

pub(super) fn table(name: &str, key: &str, columns: Vec<ColumnSpec>, indexes: Vec<IndexSpec>) -> TableSpec {
    TableSpec { name: name.into(), columns, primary_key: vec![key.into()], autoincrement: false, indexes }
}
pub(super) fn must(name: &str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name: name.into(), kind, not_null: true, default: None }
}
pub(super) fn may(name: &str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name: name.into(), kind, not_null: false, default: None }
}
pub(super) fn unique(name: &str, column: &str) -> IndexSpec {
    IndexSpec { unique: true, ..plain(name, column) }
}
pub(super) fn plain(name: &str, column: &str) -> IndexSpec {
    IndexSpec { name: name.into(), columns: vec![(column.into(), Order::Asc)], unique: false, filter: None }
}
