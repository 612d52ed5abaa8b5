//! What every command and request works with.

use crate::{
    auth::{Cookies, Providers, Rate},
    backups::Backups,
    compose,
    config::Config,
    data::{Ballast, DataDir},
    http,
    serve::{base_url, lanes::Lanes},
    workspaces::{Open, Workspaces},
};
use axum::Router;
use kernel::{Code, Error, Result, SystemClock};
use records::Catalogue;
use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};
use tokio::{runtime::Handle, sync::watch};

pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) data: DataDir,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) workspaces: Arc<Workspaces>,
    pub(crate) cookies: Cookies,
    pub(crate) rate: Rate,
    pub(crate) providers: Providers,
    pub(crate) lanes: Lanes,
    pub(crate) ballast: Ballast,
    pub(crate) backups: Backups,
    pub(crate) runtime: Handle,
    /// Turns true when the process should end.
    pub(crate) stop: watch::Sender<bool>,
    router: OnceLock<Router>,
    /// Where the server of this process listens.
    listening: OnceLock<SocketAddr>,
}

impl App {
    /// The caller holds the data directory's lock.
    pub(crate) fn open(config: Config, data: DataDir, runtime: Handle) -> Result<Arc<App>> {
        let catalogue = compose::catalogue()?;
        let workspaces = Arc::new(Workspaces::new(&config, &data, catalogue.clone(), Arc::new(SystemClock), runtime.clone())?);
        let cookies = Cookies { https: config.web.is_https(), lasts: config.sign_in.session_absolute };
        let providers = Providers::new(&config.sign_in.oidc)?;
        let (rate, lanes, ballast) = (Rate::new(config.limits.calls_per_minute), Lanes::new(&config.limits), Ballast::of(&data, config.place.ballast_mb));
        let backups = Backups::new(&config, &data);
        Ok(Arc::new(App {
            config,
            data,
            catalogue,
            workspaces,
            cookies,
            rate,
            providers,
            lanes,
            ballast,
            backups,
            runtime,
            stop: watch::Sender::new(false),
            router: OnceLock::new(),
            listening: OnceLock::new(),
        }))
    }

    /// Everything below `/api` and `/scim`.
    pub(crate) fn router(self: &Arc<Self>) -> &Router {
        self.router.get_or_init(|| http::router(self))
    }

    /// The workspace that a command names. The main one is made where the directory has none yet: a newcomer's first
    /// command may be any.
    pub(crate) fn workspace(&self, name: &str) -> Result<Arc<Open>> {
        match self.workspaces.get_blocking(name) {
            Err(e) if e.code == Code::NotFound && name == crate::config::MAIN && self.workspaces.names()?.is_empty() => self.workspaces.create(name),
            other => other,
        }
    }

    /// How people reach the server: for links.
    pub(crate) fn url(&self) -> String {
        base_url(&self.config, self.listening.get().copied())
    }
    pub(crate) fn listens_at(&self, address: SocketAddr) {
        self.listening.get_or_init(|| address);
    }

    pub(crate) fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// The words for something that a command was told and that does not exist.
pub(crate) fn unknown(what: &str, name: &str) -> Error {
    Error::new(Code::NotFound, "not_found", format!("There is no {what} {name}."))
}
