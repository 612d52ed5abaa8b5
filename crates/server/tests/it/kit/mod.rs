//! A server under test, a command line, a client.

mod authenticator;
mod beside;
mod client;
mod place;
mod provider;
mod server;

pub use authenticator::Authenticator;
pub use beside::{Beside, Picture};
pub use client::{Answer, Client};
pub use place::{Engine, Place};
pub use provider::{Provider, Signed};
pub use server::Server;

/// Good enough for the rules of passwords.
pub const PASSWORD: &str = "correct horse battery staple";
