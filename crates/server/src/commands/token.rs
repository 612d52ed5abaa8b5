use super::Call;
use crate::{
    app::App,
    cli::{args::Token, io::Io, run::Failure},
    people,
};
use kernel::{Actor, Error};

pub(super) fn run(app: &App, call: &Call, command: &Token, io: &mut dyn Io) -> Result<(), Failure> {
    let Token::Create { email, name, scopes, days } = command;
    let open = call.open(app)?;
    let user = people::by_email(&open, email)?;
    let ctx = call.ctx(&open)?;
    // a token is as good as its owner: others' tokens are for who manages them
    if ctx.actor != Actor::User(user.id) {
        open.workspace.read_blocking(&ctx, |tx| if tx.rights().capability("manage_tokens") { Ok(()) } else { Err(Error::forbidden("Only who manages tokens may make one for somebody else.")) })?;
    }
    if !user.active {
        return Err(Error::forbidden(format!("{email} is switched off.")).into());
    }
    let token = open.auth.make_token_blocking(user.id, name.clone(), scopes.clone(), *days)?;
    io.say(token.expose())?;
    Ok(())
}
