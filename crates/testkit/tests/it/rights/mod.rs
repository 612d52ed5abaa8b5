//! The proof of rights: random organisations, every door asked, every answer compared with a second opinion that
//! shares no code with the program (`testkit::policy`).

mod ask;
mod decision;
mod expect;
mod front;
mod house;
mod ledger;
mod plan;
mod proof;
mod questions;
mod rng;
mod snapshot;
mod streams;
mod twins;
