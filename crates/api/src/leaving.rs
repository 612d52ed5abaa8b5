//! Data that leaves to a program with a token takes a permit, like every other exit.

use crate::Caller;
use access::{Exit, Permit};
use kernel::Result;
use records::Tx;

/// Runs a reading, and notes what is shown before it goes out; where a token asks, only with a permit for it.
pub fn read<T>(tx: &mut Tx, recipient: Option<&str>, f: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
    let Some(recipient) = recipient else { return tx.read_for_person(f) };
    let permit = permit(tx, Exit::IntegrationRead, None, "integration")?;
    tx.read_for_program(&permit, recipient, f)
}

/// The program that a token stands for; nobody where a person asks in their session.
pub fn recipient(caller: &Caller) -> Option<String> {
    caller.token.then(|| caller.session.clone().unwrap_or_else(|| "token".to_owned()))
}

/// # Errors
/// 403 with what is missing.
pub(crate) fn permit(tx: &Tx, exit: Exit, object: Option<&str>, purpose: &str) -> Result<Permit> {
    Permit::ask(tx.rights(), tx.ctx(), exit, object, purpose, tx.new_id())
}
