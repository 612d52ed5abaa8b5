use crate::auth::Auth;
use kernel::Secret;
use records::Workspace;
use tokio::sync::watch;

/// An open workspace.
pub(crate) struct Open {
    pub(crate) workspace: Workspace,
    pub(crate) auth: Auth,
    /// Travels with exports and backups.
    pub(crate) key: Secret<[u8; 32]>,
    /// Turns true when its background work should end.
    stop: watch::Sender<bool>,
}

impl Open {
    pub(crate) fn new(workspace: Workspace, auth: Auth, key: Secret<[u8; 32]>) -> Open {
        Open { workspace, auth, key, stop: watch::Sender::new(false) }
    }

    pub(crate) fn name(&self) -> &str {
        self.workspace.name()
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Ends the background work.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Lets what runs end and closes the database. Blocking.
    pub(crate) fn close(&self) {
        self.stop();
        self.workspace.store().close_blocking();
    }
}
