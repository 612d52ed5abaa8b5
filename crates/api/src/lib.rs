//! The HTTP vocabulary and the generic routes: one table from which the router and the OpenAPI document derive, one
//! shape for every failure, one way in for records of every object, standard or custom.
//!
//! What this does not do: sign-in, sockets and timeouts (`server`), rules of what a change means (`records` and the
//! slices), file formats (behind [`ExportWriter`] and [`Imports`]).

mod answer;
mod call;
mod caller;
mod download;
mod export;
mod forget;
mod idempotency;
mod incoming;
mod input;
mod leaving;
mod media_type;
mod openapi;
mod ports;
mod problem;
mod request_id;
mod router;
mod routes;
mod tables;

pub use caller::Caller;
pub use export::purge_exports;
pub use idempotency::purge_idempotency;
pub use incoming::clean_incoming;
pub use leaving::{read as read_out, recipient};
pub use openapi::document;
pub use ports::{Column, Credentials, ExportWriter, Format, Imports, NewImport, Ports, ReadyFile};
pub use problem::{ApiError, problems};
pub use request_id::RequestId;
pub use router::{BASE, router};
pub use routes::content_path;
pub use tables::module;
