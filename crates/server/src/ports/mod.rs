//! What the HTTP interface needs of others, joined to those who have it.

mod exports;
pub(crate) mod imports;

use crate::{app::App, auth::session_of, workspaces::Workspaces};
use api::{Caller, Credentials, Ports};
use futures_util::future::BoxFuture;
use kernel::Actor;
use std::sync::Arc;
use tokio::sync::watch;

pub(crate) fn ports(app: &Arc<App>) -> Ports {
    let credentials = Arc::new(Sessions { workspaces: app.workspaces.clone(), stop: app.stop.subscribe() });
    Ports { exports: Arc::new(exports::Files), imports: Arc::new(imports::Engine), credentials }
}

/// Whether open streams may stay open.
struct Sessions {
    workspaces: Arc<Workspaces>,
    stop: watch::Receiver<bool>,
}

impl Credentials for Sessions {
    fn alive<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            if *self.stop.borrow() {
                return false;
            }
            let Actor::User(user) = caller.ctx.actor else { return true };
            let Ok(open) = self.workspaces.get(caller.workspace.name()).await else { return false };
            let Some((kind, id)) = caller.session.as_deref().and_then(session_of) else {
                // the command line acts for somebody without a session
                return open.auth.is_active(user).await.unwrap_or(false);
            };
            open.auth.still_holds(kind, user, id).await.unwrap_or(false)
        })
    }
}
