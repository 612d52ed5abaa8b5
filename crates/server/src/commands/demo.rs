use super::Call;
use crate::{
    app::App,
    cli::{
        io::{Io, Progress},
        run::Failure,
    },
    serve::demo_fits,
};
use kernel::{Code, Error};
use std::cell::RefCell;

pub(super) fn run(app: &App, call: &Call, contacts: usize, seed: u64, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    if !demo_fits(&open)? {
        return Err(Error::new(Code::Conflict, "not_empty", format!("The workspace {} has records already. Make an empty one: rapport workspace create demo", open.name())).into());
    }
    let told = RefCell::new((io, Ok(())));
    let progress = |done: u64, total: u64| {
        let (io, state) = &mut *told.borrow_mut();
        if state.is_ok() {
            *state = io.progress(&Progress { what: "demo".into(), done, total });
        }
    };
    let summary = crate::demo::fill(&open.workspace, contacts, seed, &progress)?;
    let (io, _) = told.into_inner();
    open.workspace.index_pending()?;
    io.say(format!("{} rows. Look around as {} (rep) or {} (manager); set their passwords with rapport user reset.", summary.rows, summary.rep, summary.manager))?;
    Ok(())
}
