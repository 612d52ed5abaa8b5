//! The first start on new data: somebody who can sign in, and how, in one line.

use crate::{
    app::App,
    auth::random_password,
    config::{Config, MAIN},
    data::write_private,
    people::{self, NewPerson},
    workspaces::Open,
};
use kernel::{Error, Result, Secret};
use std::{net::SocketAddr, sync::Arc};

const ADMIN_EMAIL: &str = "admin@localhost";
const DEMO_CONTACTS: usize = 5_000;
const DEMO_SEED: u64 = 1;

/// How people reach the server.
pub(crate) fn base_url(config: &Config, listening: Option<SocketAddr>) -> String {
    match (&config.web.public_url, listening) {
        (Some(url), _) => url.clone(),
        (None, Some(address)) if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        (None, Some(address)) => format!("http://{address}"),
        (None, None) => format!("http://{}", config.web.listen),
    }
}

/// Makes what a new installation needs; the lines that say how to sign in. They also stand in `logs/sign-in.log`.
pub(super) fn prepare(app: &Arc<App>, url: &str, demo: bool) -> Result<Vec<String>> {
    let open = app.workspace(MAIN)?;
    let mut lines = Vec::new();
    // decided by whether anybody can sign in, not by what files there are: a start that was cut off is made up for
    if !open.auth.anybody_blocking()? {
        let password = random_password();
        let admin = NewPerson { name: "Administrator".into(), email: ADMIN_EMAIL.into(), roles: vec!["admin".into()], ..NewPerson::default() };
        let id = people::find_or_add(&open, &admin)?;
        open.auth.set_password_blocking(id, &password, true)?;
        lines.push(line(url, ADMIN_EMAIL, &password));
    }
    if demo {
        lines.extend(fill(&open, url)?);
    }
    if !lines.is_empty() {
        write_private(&app.data.logs().join("sign-in.log"), format!("{}\n", lines.join("\n")).as_bytes())?;
    }
    Ok(lines)
}

fn line(url: &str, email: &str, password: &Secret<String>) -> String {
    format!("Sign in: {url} as {email}, password {}", password.expose())
}

/// Fills an empty workspace with the demo company; how its guides sign in.
fn fill(open: &Arc<Open>, url: &str) -> Result<Vec<String>> {
    if !demo_fits(open)? {
        tracing::info!("the workspace has records: --demo leaves it as it is");
        return Ok(Vec::new());
    }
    let summary = crate::demo::fill(&open.workspace, DEMO_CONTACTS, DEMO_SEED, &|_done, _total| {})?;
    let mut lines = Vec::new();
    for email in [&summary.rep, &summary.manager] {
        let user = people::by_email(open, email)?;
        let password = random_password();
        open.auth.set_password_blocking(user.id, &password, false)?;
        lines.push(line(url, email, &password));
    }
    Ok(lines)
}

/// Whether a workspace has no customers yet.
pub(crate) fn demo_fits(open: &Open) -> Result<bool> {
    open.workspace.read_blocking(&people::cli(open), |tx| {
        for object in ["account", "contact", "opportunity"] {
            let find = records::Find { object: object.into(), limit: Some(1), archived: metadata::Archived::Include, ..records::Find::default() };
            let page: serde_json::Value = serde_json::from_slice(&tx.find(&find)?).map_err(|e| Error::internal(e.to_string()))?;
            if page["items"].as_array().is_some_and(|items| !items.is_empty()) {
                return Ok(false);
            }
        }
        Ok(true)
    })
}
