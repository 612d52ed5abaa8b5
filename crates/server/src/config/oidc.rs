use kernel::Secret;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// A provider of single sign-on (OpenID Connect).
#[derive(Clone, Debug)]
pub(crate) struct Oidc {
    /// In addresses.
    pub(crate) id: String,
    /// On the button.
    pub(crate) label: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret<String>>,
    pub(crate) scopes: Vec<String>,
    /// The workspace that people come into.
    pub(crate) workspace: String,
    /// Where a person is known by their e-mail first, its domain must be one of these; none means any.
    pub(crate) domains: Vec<String>,
    /// Whether somebody unknown gets a user record.
    pub(crate) create: bool,
    /// Roles of those who get one.
    pub(crate) roles: Vec<String>,
    /// The claim whose values give roles and teams.
    pub(crate) role_claim: Option<String>,
    pub(crate) role_map: BTreeMap<String, Granted>,
    /// Whether people who came through this provider may go on using a password.
    pub(crate) password_too: bool,
    /// The claim that says whether the provider has verified the e-mail.
    pub(crate) verified_claim: String,
    /// The provider's e-mails are set by its administrators only: none needs to be verified.
    pub(crate) trust_email: bool,
    /// It stands in a private network.
    pub(crate) allow_private: bool,
    pub(crate) ca_file: Option<PathBuf>,
}

/// What a value of the role claim gives.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Granted {
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    /// By name; made where there is none of it.
    #[serde(default)]
    pub(crate) teams: Vec<String>,
}

pub(super) const DOC: &str = "Providers of single sign-on, each a table [[sign_in.oidc]]: see docs/guides/single-sign-on.md.";

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    label: Option<String>,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
    #[serde(default = "main")]
    workspace: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    roles: Vec<String>,
    role_claim: Option<String>,
    #[serde(default)]
    role_map: BTreeMap<String, Granted>,
    #[serde(default = "yes")]
    password_too: bool,
    #[serde(default = "usual_claim")]
    verified_claim: String,
    #[serde(default)]
    trust_email: bool,
    #[serde(default)]
    allow_private: bool,
    ca_file: Option<PathBuf>,
}
fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}
fn usual_claim() -> String {
    "email_verified".to_owned()
}
fn main() -> String {
    super::MAIN.to_owned()
}
fn yes() -> bool {
    true
}

/// Reads the tables. An error ends the sentence "FILE: sign_in.oidc ...".
pub(super) fn read(tables: &[toml::Table]) -> Result<Vec<Oidc>, String> {
    let mut ids = BTreeSet::new();
    let read = tables.iter().map(|table| {
        let named = table.get("id").and_then(toml::Value::as_str).unwrap_or("(without an id)").to_owned();
        let one = table.clone().try_into::<Written>().map_err(|e| e.message().to_owned()).and_then(check);
        one.and_then(|one| if ids.insert(one.id.clone()) { Ok(one) } else { Err("stands there twice".to_owned()) }).map_err(|why| format!("{named}: {why}"))
    });
    read.collect()
}

fn check(written: Written) -> Result<Oidc, String> {
    let Written { id, label, issuer, client_id, client_secret, client_secret_file, .. } = written;
    if id.is_empty() || id.len() > 40 || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("id has 1 to 40 lower case letters, digits and -".into());
    }
    let scheme_fits = issuer.starts_with("https://") || written.allow_private && issuer.starts_with("http://");
    if !scheme_fits || issuer.contains(['?', '#', '@', ' ']) {
        return Err("issuer is an https address as the provider names itself, without ? and #".into());
    }
    if client_id.trim().is_empty() {
        return Err("client_id is empty".into());
    }
    let client_secret = match (client_secret, client_secret_file) {
        (Some(_), Some(_)) => return Err("has both client_secret and client_secret_file: one is enough".into()),
        (Some(secret), None) => Some(secret),
        (None, Some(path)) => Some(std::fs::read_to_string(&path).map_err(|e| format!("client_secret_file {}: {e}", path.display()))?.trim().to_owned()),
        (None, None) => None,
    };
    if client_secret.as_deref() == Some("") {
        return Err("the client's secret is empty; leave it out for a client that has none".into());
    }
    let domains: Vec<String> = written.domains.iter().map(|d| d.trim().trim_start_matches('@').to_lowercase()).collect();
    if domains.iter().any(|d| d.is_empty() || d.contains(['@', ' ', '/', '*'])) {
        return Err("domains holds what is no domain such as example.org".into());
    }
    // else whoever has an account at the provider, anywhere in the world, would be let in
    if written.create && domains.is_empty() {
        return Err("create = true needs domains: whose e-mails are your people's?".into());
    }
    if written.trust_email && domains.is_empty() {
        return Err("trust_email = true needs domains: whose e-mails does this provider set?".into());
    }
    if written.role_claim.is_none() && !written.role_map.is_empty() {
        return Err("role_map needs role_claim: the claim that holds its values".into());
    }
    if written.scopes.iter().any(|s| s.is_empty() || s.contains(' ')) {
        return Err("scopes is a list of single words".into());
    }
    Ok(Oidc {
        label: label.filter(|l| !l.trim().is_empty()).unwrap_or_else(|| id.clone()),
        id,
        issuer,
        client_id,
        client_secret: client_secret.map(Secret::new),
        scopes: written.scopes,
        workspace: written.workspace,
        domains,
        create: written.create,
        roles: written.roles,
        role_claim: written.role_claim,
        role_map: written.role_map,
        password_too: written.password_too,
        verified_claim: written.verified_claim,
        trust_email: written.trust_email,
        allow_private: written.allow_private,
        ca_file: written.ca_file,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    const GOOD: &str = "id = \"acme\"\nissuer = \"https://id.example.org\"\nclient_id = \"rapport\"\n";

    fn one(text: &str) -> Result<super::Oidc, String> {
        let table: toml::Table = text.parse().unwrap();
        read(&[table]).map(|mut all| all.remove(0))
    }

    #[test]
    fn what_is_left_out_is_the_careful_choice() {
        let acme = one(GOOD).unwrap();
        assert_eq!((acme.label.as_str(), acme.workspace.as_str()), ("acme", "main"));
        assert_eq!(acme.scopes, ["openid", "email", "profile"]);
        assert!(acme.password_too && !acme.create && !acme.trust_email && !acme.allow_private);
        let more = "client_secret = \"hunter2\"\nrole_claim = \"groups\"\n[role_map]\nsales = { roles = [\"rep\"], teams = [\"North\"] }\n";
        let acme = one(&format!("{GOOD}{more}")).unwrap();
        assert_eq!(acme.role_map["sales"].teams, ["North"]);
        assert!(!format!("{acme:?}").contains("hunter2"));
    }

    #[test]
    fn what_would_let_in_strangers_or_cannot_be_read_is_refused() {
        for (more, word) in [
            ("create = true\n", "create"),
            ("trust_email = true\n", "trust_email"),
            ("colour = 1\n", "colour"),
            ("client_secret = \"\"\n", "secret"),
            ("client_secret = \"a\"\nclient_secret_file = \"b\"\n", "both"),
            ("client_secret_file = \"/nowhere/at/all\"\n", "/nowhere/at/all"),
            ("domains = [\"a@b\"]\n", "domains"),
            ("[role_map]\nx = { roles = [\"rep\"] }\n", "role_claim"),
        ] {
            let why = one(&format!("{GOOD}{more}")).unwrap_err();
            assert!(why.contains(word) && why.starts_with("acme"), "{more}: {why}");
        }
        assert!(one(&GOOD.replace("https", "http")).unwrap_err().contains("issuer"));
        assert!(one(&GOOD.replace("acme", "A/b")).unwrap_err().contains("id has"));
        let table: toml::Table = GOOD.parse().unwrap();
        assert!(read(&[table.clone(), table]).unwrap_err().contains("twice"));
    }
}
