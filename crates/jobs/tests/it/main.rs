//! Jobs, schedule, followers and search index against a real workspace, on both databases.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test that cannot go on has failed")]

mod followers;
mod index;
mod queue;
mod world;

/// Runs each test on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $( #[test] fn $name() { super::$name($crate::world::World::sqlite()); } )* }
        mod postgres { $( #[test] fn $name() { super::$name($crate::world::World::postgres()); } )* }
    };
}
