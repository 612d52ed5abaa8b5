//! SCIM 2.0 (RFC 7643, RFC 7644) at `/scim/v2`: an organisation's directory adds, changes and switches off people, and
//! keeps their teams. Everything is read and written through `records` under the rights of the token that is sent, so that
//! history, rules and rights are those of any other door.

mod discovery;
mod error;
mod filter;
mod groups;
mod http;
mod list;
mod patch;
mod resource;
mod users;

pub(crate) use error::errors;
pub(crate) use http::{BASE, routes};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const MEDIA_TYPE: &str = "application/scim+json";
