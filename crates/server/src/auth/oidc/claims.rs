//! What a provider says of somebody, beyond what every provider says.

use crate::config::Oidc;
use openidconnect::{AdditionalClaims, core::CoreGenderClaim};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Claims that OpenID Connect does not know.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Claims {
    #[serde(flatten)]
    pub(super) all: Map<String, Json>,
}
impl AdditionalClaims for Claims {}

pub(super) type IdClaims = openidconnect::IdTokenClaims<Claims, CoreGenderClaim>;
pub(super) type UserInfo = openidconnect::UserInfoClaims<Claims, CoreGenderClaim>;

/// Who a provider says that somebody is.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    /// The e-mail is theirs, as far as the settings believe this provider.
    pub(super) email_counts: bool,
    /// Values of the role claim.
    pub(super) values: Vec<String>,
}

impl Said {
    pub(super) fn of(settings: &Oidc, token: &IdClaims, info: Option<&UserInfo>) -> Said {
        let mut more = token.additional_claims().all.clone();
        more.extend(info.map(|info| info.additional_claims().all.clone()).unwrap_or_default());
        // an e-mail and what is said of it come from one place
        let (email, verified) = match (token.email(), info) {
            (None, Some(info)) => (info.email(), info.email_verified()),
            _ => (token.email(), token.email_verified()),
        };
        let email = email.map(|e| e.trim().to_owned()).filter(|e| !e.is_empty());
        let verified = if settings.verified_claim == "email_verified" { verified == Some(true) } else { more.get(&settings.verified_claim).is_some_and(is_true) };
        let name = token.name().or(info.and_then(|i| i.name())).and_then(|name| name.get(None).or_else(|| name.iter().next().map(|(_, name)| name))).map(|name| name.to_string());
        let name = name.map(|n| n.trim().chars().take(200).collect::<String>()).filter(|n| !n.is_empty());
        let email_counts = email.as_deref().is_some_and(|e| is_of(&settings.domains, e)) && (verified || settings.trust_email);
        Said { subject: token.subject().to_string(), name, email, email_counts, values: settings.role_claim.as_deref().map(|claim| values(&more, claim)).unwrap_or_default() }
    }
}

fn is_of(domains: &[String], email: &str) -> bool {
    email.rsplit_once('@').is_some_and(|(name, domain)| !name.is_empty() && (domains.is_empty() || domains.iter().any(|d| d.eq_ignore_ascii_case(domain))))
}

/// Providers write truth in several ways.
fn is_true(value: &Json) -> bool {
    match value {
        Json::Bool(truth) => *truth,
        Json::Number(n) => n.as_i64() == Some(1),
        Json::String(text) => text == "true" || text == "1",
        _ => false,
    }
}

/// The values of a claim: of that name, else along its dots (`realm_access.roles`).
fn values(claims: &Map<String, Json>, claim: &str) -> Vec<String> {
    let found = claims.get(claim).or_else(|| {
        let mut parts = claim.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |at, part| at.get(part))
    });
    match found {
        Some(Json::String(one)) => vec![one.clone()],
        Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::{is_of, is_true, values};
    use serde_json::json;

    #[test]
    fn claims_are_found_by_name_and_by_path() {
        let claims = json!({ "groups": ["a", 1, "b"], "one": "x", "realm_access": { "roles": ["r"] }, "dotted.name": ["d"] });
        let claims = claims.as_object().unwrap();
        assert_eq!(values(claims, "groups"), ["a", "b"]);
        assert_eq!(values(claims, "one"), ["x"]);
        assert_eq!(values(claims, "realm_access.roles"), ["r"]);
        assert_eq!(values(claims, "dotted.name"), ["d"]);
        assert!(values(claims, "realm_access.none").is_empty() && values(claims, "none").is_empty());
    }

    #[test]
    fn domains_are_whole_and_truth_is_explicit() {
        let domains = ["example.org".to_owned()];
        assert!(is_of(&domains, "a@EXAMPLE.org") && is_of(&[], "a@b"));
        for odd in ["a@sub.example.org", "a@badexample.org", "@example.org", "example.org", "a@example.org@evil.org"] {
            assert!(!is_of(&domains, odd), "{odd}");
        }
        assert!(is_true(&json!(true)) && is_true(&json!("1")) && is_true(&json!(1)));
        assert!(!is_true(&json!(false)) && !is_true(&json!("no")) && !is_true(&json!(null)));
    }
}
