//! The table of routes: method, path, parameters, body, answers and handler of each stand once, here and in the
//! modules below. The router and the OpenAPI document both derive from it.

mod backups;
mod bulk;
mod change_sets;
mod definitions;
mod duplicates;
mod exports;
mod files;
mod forecast;
mod imports;
mod log;
mod me;
mod merges;
mod past;
mod privacy;
mod records;
mod roles;
mod route;
mod search;
mod settings;
mod sign_in;
mod stream;
pub(crate) mod verbs;

pub use files::content_path;
pub(crate) use route::{Answers, BodyKind, Matching, Method, Needs, Route, Run, Tag, Work};

use std::sync::OnceLock;

/// All routes in the order of the document.
pub(crate) fn table() -> &'static [Route] {
    static TABLE: OnceLock<Vec<Route>> = OnceLock::new();
    TABLE.get_or_init(|| {
        [
            sign_in::routes(),
            me::routes(),
            settings::routes(),
            roles::routes(),
            definitions::routes(),
            records::routes(),
            bulk::routes(),
            merges::routes(),
            duplicates::routes(),
            past::routes(),
            privacy::routes(),
            log::routes(),
            files::routes(),
            search::routes(),
            change_sets::routes(),
            imports::routes(),
            exports::routes(),
            stream::routes(),
            forecast::routes(),
            backups::routes(),
            verbs::routes(),
        ]
        .concat()
    })
}
