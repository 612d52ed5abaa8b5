//! Connections shared by all workspaces of a server.

use super::{
    error::convert,
    link::{Cache, Link},
};
use crate::{Error, options::READ_TIMEOUT, store::lock};
use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{runtime::Handle, sync::Semaphore};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
};

/// A PostgreSQL database and up to `size` connections to it, for any number of workspaces. Cheap to clone.
#[derive(Clone)]
pub struct PgPool(Arc<Inner>);

struct Inner {
    config: Config,
    runtime: Handle,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Link>>,
}

/// Statements kept per connection. Texts are per workspace, about 100 of them in daily use.
const STATEMENTS: usize = 512;

impl PgPool {
    /// `url` as `postgres://user:password@host/database` or `host=... user=...`; connects at the first use, on
    /// `runtime`, which must outlive the pool.
    pub fn new(url: &str, size: usize, runtime: Handle) -> Result<PgPool, Error> {
        let mut config: Config = url.parse().map_err(|e: tokio_postgres::Error| convert(&e))?;
        encryption(&config)?;
        if config.get_application_name().is_none() {
            config.application_name("rapport");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        let places = Arc::new(Semaphore::new(size.max(1)));
        Ok(PgPool(Arc::new(Inner { config, runtime, places, idle: Mutex::default() })))
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    pub(super) fn places(&self) -> Arc<Semaphore> {
        self.0.places.clone()
    }

    /// An idle connection that still lives, or a new one.
    pub(super) fn take(&self) -> Result<Link, Error> {
        loop {
            let idle = lock(&self.0.idle).pop();
            match idle {
                Some(link) if link.client.is_closed() => continue,
                Some(link) => return Ok(link),
                None => return self.connect(),
            }
        }
    }

    pub(super) fn give(&self, link: Link) {
        if !link.client.is_closed() {
            lock(&self.0.idle).push(link);
        }
    }

    pub(super) fn connect(&self) -> Result<Link, Error> {
        let connecting = async {
            let (client, connection) = self.0.config.connect(NoTls).await?;
            // ends when the client is dropped; an error of it reaches whoever waits on the client
            self.0.runtime.spawn(async move {
                if let Err(e) = connection.await {
                    tracing::warn!(error = %convert(&e), "a connection to PostgreSQL ended");
                }
            });
            // Not as options of the start: connection poolers refuse those. Without compiling to machine code: the
            // conditions of rights have hundreds of sub-plans, and compiling them took half a minute for a page of rows.
            client.batch_execute(&format!("SET statement_timeout = {}; SET jit = off", READ_TIMEOUT.as_millis())).await?;
            Ok(client)
        };
        let client = self.0.runtime.block_on(connecting).map_err(|e: tokio_postgres::Error| convert(&e))?;
        Ok(Link { client, cache: Cache::new(STATEMENTS) })
    }
}

/// This build speaks to PostgreSQL in clear only: who demands encryption must not believe to have it.
fn encryption(config: &Config) -> Result<(), Error> {
    let away = config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => name != "localhost" && name.parse::<IpAddr>().map_or(true, |address| !address.is_loopback()),
        Host::Unix(_) => false,
    });
    match config.get_ssl_mode() {
        SslMode::Disable => Ok(()),
        SslMode::Prefer => {
            if away {
                tracing::warn!("the connection to PostgreSQL is not encrypted: let it go through a tunnel or a private network, and say sslmode=disable in the address to silence this");
            }
            Ok(())
        }
        _ => Err(Error::other(
            "the address of the database demands an encrypted connection (sslmode), which this build cannot make. Let a tunnel on this machine (stunnel, pgbouncer, ssh) encrypt it, \
             name its local end in the address, and say sslmode=disable",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, encryption};

    #[test]
    fn who_demands_encryption_is_not_served_in_clear() {
        let check = |url: &str| encryption(&url.parse::<Config>().unwrap());
        assert!(check("postgres://a@db.example.org/x?sslmode=require").unwrap_err().to_string().contains("tunnel"));
        for url in ["postgres://a@db.example.org/x?sslmode=disable", "postgres://a@localhost/x", "postgres://a@db.example.org/x"] {
            assert!(check(url).is_ok(), "{url}");
        }
        assert!("postgres://a@db.example.org/x?sslmode=verify-full".parse::<Config>().is_err(), "a word that the driver does not know is no silent clear either");
    }
}
