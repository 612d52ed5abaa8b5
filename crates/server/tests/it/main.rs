//! The real program, from outside: started, signed in to, called, stopped.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test that cannot go on has failed")]

mod analyses;
mod backups;
mod broken;
mod command_line;
mod database_gone;
mod erasure;
mod favourites;
mod first_start;
mod framework;
mod fresh;
mod import_rules;
mod imports;
mod kills;
mod kit;
mod limits;
mod log;
mod nonprofit;
mod oidc;
mod other_systems;
mod passkeys;
mod people;
mod privacy;
mod real_pipeline;
mod scheduled_backups;
mod scim;
mod sign_in;
mod stopping;
mod subject_copy;
mod tokens;
mod views;
mod workspaces;

/// Runs each test on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $( #[test] fn $name() { super::$name($crate::kit::Engine::Sqlite); } )* }
        mod postgres { $( #[test] fn $name() { super::$name($crate::kit::Engine::Postgres); } )* }
    };
}
