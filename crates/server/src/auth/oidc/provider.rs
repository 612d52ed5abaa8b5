//! Talking with a provider: what it publishes of itself, and exchanging a code for a token that is checked.

use super::{
    Refused,
    claims::{Claims, IdClaims, Said, UserInfo},
    pending::Pending,
};
use crate::{
    config::Oidc,
    egress::{Asks, Egress, Failed},
};
use futures_util::future::BoxFuture;
use kernel::{Error, Result};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CodeTokenRequest, CsrfToken, DiscoveryError, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoError, UserInfoRequest,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// What a provider says of itself is believed this long.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// A provider that fails, or a key that it does not have, is not asked again sooner.
const PAUSE: Duration = Duration::from_secs(10);
/// Signatures by a public key only: with a shared one, whoever knows the client's secret could say who anybody is.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

#[derive(Clone, Debug, Deserialize, Serialize)]
struct More {
    /// RFC 9207: it names itself in its answers.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for More {}
type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Tokens = StandardTokenResponse<IdTokenFields<Claims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>, CoreTokenType>;
type OAuthError = StandardErrorResponse<CoreErrorResponseType>;
type Client = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    OAuthError,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider's answer, as it stands in the address that the browser was sent to.
pub(super) struct Answer {
    pub(super) code: Option<String>,
    pub(super) error: Option<String>,
    pub(super) iss: Option<String>,
}

pub(super) struct Provider {
    pub(super) settings: Oidc,
    egress: Egress,
    known: Mutex<Known>,
}
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Instant)>,
    failed: Option<(String, Instant)>,
}

impl Provider {
    pub(super) fn new(settings: &Oidc) -> Result<Provider> {
        let egress = Egress::new(settings.allow_private, settings.ca_file.as_deref()).map_err(|why| Error::malformed("bad_settings", format!("sign_in.oidc {}: {why}", settings.id)))?;
        Ok(Provider { settings: settings.clone(), egress, known: Mutex::default() })
    }

    /// What the provider publishes, not older than `FRESH`; one request at a time asks for it.
    async fn metadata(&self, not_this: Option<&Arc<Metadata>>) -> std::result::Result<Arc<Metadata>, Refused> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata {
            let unwanted = not_this.is_some_and(|odd| Arc::ptr_eq(odd, metadata));
            if at.elapsed() < if unwanted { PAUSE } else { FRESH } {
                return Ok(metadata.clone());
            }
        }
        if let Some((why, at)) = &known.failed
            && at.elapsed() < PAUSE
        {
            return Err(Refused::Unavailable(why.clone()));
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|e| Refused::Unavailable(e.to_string()))?;
        let http = self.egress.asks();
        match discover(issuer, &http).await.map_err(|e| discovery_failed(&e)).and_then(|metadata| self.sound(metadata)) {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((metadata.clone(), Instant::now())), failed: None };
                Ok(metadata)
            }
            Err(why) => {
                known.failed = Some((why.clone(), Instant::now()));
                Err(Refused::Unavailable(why))
            }
        }
    }

    fn sound(&self, metadata: Metadata) -> std::result::Result<Metadata, String> {
        let secure = |url: &openidconnect::url::Url| url.scheme() == "https" || self.settings.allow_private && url.scheme() == "http";
        let token = metadata.token_endpoint().ok_or("the provider names no token endpoint")?;
        if secure(metadata.authorization_endpoint().url()) && secure(token.url()) { Ok(metadata) } else { Err("the provider names an endpoint without https".into()) }
    }

    fn client(&self, metadata: &Metadata, redirect: String) -> std::result::Result<Client, Refused> {
        let redirect = RedirectUrl::new(redirect).map_err(|e| Refused::Unavailable(format!("public_url: {e}")))?;
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().clone()));
        let methods = metadata.token_endpoint_auth_methods_supported();
        // basic unless the provider says that it takes only the other one
        let basic = methods.is_none_or(|m| m.is_empty() || m.contains(&CoreClientAuthMethod::ClientSecretBasic) || !m.contains(&CoreClientAuthMethod::ClientSecretPost));
        let auth = if basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        Ok(Client::from_provider_metadata(metadata.clone(), ClientId::new(self.settings.client_id.clone()), secret).set_redirect_uri(redirect).set_auth_type(auth))
    }

    /// Where the browser goes to sign in.
    pub(super) async fn address(&self, pending: &Pending, redirect: String) -> std::result::Result<String, Refused> {
        let metadata = self.metadata(None).await?;
        let client = self.client(&metadata, redirect)?;
        let (state, nonce) = (pending.state.clone(), pending.nonce.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(pending.verifier.clone()));
        let scopes = self.settings.scopes.iter().filter(|s| *s != "openid").cloned().map(Scope::new);
        let request =
            client.authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, move || CsrfToken::new(state), move || Nonce::new(nonce)).add_scopes(scopes).set_pkce_challenge(challenge);
        Ok(request.url().0.into())
    }

    /// Looks at the answer's own words, before anything is asked or counted for it.
    pub(super) async fn code(&self, answer: Answer) -> std::result::Result<AuthorizationCode, Refused> {
        let metadata = self.metadata(None).await?;
        match answer.iss {
            Some(iss) if iss != self.settings.issuer => return Err(Refused::Person("the answer is of another provider (iss)".into())),
            None if metadata.additional_metadata().authorization_response_iss_parameter_supported => {
                return Err(Refused::Person("the answer does not name its provider (iss), which this one does".into()));
            }
            _ => {}
        }
        if let Some(error) = answer.error {
            // a word of the protocol, not more
            let word: String = error.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(60).collect();
            return Err(Refused::Cancelled(format!("the provider answered {word}")));
        }
        answer.code.map(AuthorizationCode::new).ok_or(Refused::Stale)
    }

    /// Exchanges the code, and checks what comes: signature, issuer, audience, time, nonce.
    pub(super) async fn redeem(&self, code: AuthorizationCode, pending: &Pending, redirect: String) -> std::result::Result<Said, Refused> {
        let http = self.egress.asks();
        let metadata = self.metadata(None).await?;
        let client = self.client(&metadata, redirect.clone())?;
        let request = client.exchange_code(code).map_err(|e| Refused::Unavailable(e.to_string()))?.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
        let tokens = exchange(request, &http).await.map_err(|e| match e {
            RequestTokenError::ServerResponse(said) => Refused::Person(format!("the provider does not take the code: {}", said.error())),
            RequestTokenError::Request(e) => Refused::Unavailable(e.to_string()),
            RequestTokenError::Parse(e, _) => Refused::Person(format!("the provider's tokens cannot be read: {}", e.path())),
            RequestTokenError::Other(why) => Refused::Unavailable(why),
        })?;
        let token = tokens.id_token().ok_or_else(|| Refused::Person("the provider sent no ID token".into()))?;
        let nonce = Nonce::new(pending.nonce.clone());
        let bad = |e: ClaimsVerificationError| Refused::Person(format!("the ID token is not sound: {}", kind_of(&e)));
        let check = |client: &Client| token.claims(&client.id_token_verifier().set_allowed_algs(SIGNATURES), &nonce).cloned();
        let claims: IdClaims = match check(&client) {
            // keys change: those of now may have it
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_))) => {
                let newer = self.metadata(Some(&metadata)).await?;
                check(&self.client(&newer, redirect)?).map_err(bad)?
            }
            checked => checked.map_err(bad)?,
        };
        let info: Option<UserInfo> = match client.user_info(tokens.access_token().clone(), Some(claims.subject().clone())) {
            Ok(request) if claims.email().is_none() => Some(inform(request, &http).await.map_err(|_| Refused::Unavailable("the provider's user information cannot be used".into()))?),
            _ => None,
        };
        Ok(Said::of(&self.settings, &claims, info.as_ref()))
    }
}

// Each request in a box of its own: that its future may go from thread to thread is seen here, where its lifetimes have names.

fn discover(issuer: IssuerUrl, http: &Asks) -> BoxFuture<'_, std::result::Result<Metadata, DiscoveryError<Failed>>> {
    Box::pin(Metadata::discover_async(issuer, http))
}
fn exchange<'a>(request: CodeTokenRequest<'a, OAuthError, Tokens>, http: &'a Asks) -> BoxFuture<'a, std::result::Result<Tokens, RequestTokenError<Failed, OAuthError>>> {
    Box::pin(request.request_async(http))
}
fn inform<'a>(request: UserInfoRequest<'a, CoreJweContentEncryptionAlgorithm, CoreJsonWebKey>, http: &'a Asks) -> BoxFuture<'a, std::result::Result<UserInfo, UserInfoError<Failed>>> {
    Box::pin(request.request_async(http))
}

fn discovery_failed(e: &DiscoveryError<Failed>) -> String {
    match e {
        DiscoveryError::Request(e) => e.to_string(),
        DiscoveryError::Parse(e) => format!("the provider's description cannot be read: {}", e.path()),
        other => other.to_string(),
    }
}

/// What is wrong with a token, without what stands in it.
fn kind_of(e: &ClaimsVerificationError) -> &'static str {
    match e {
        ClaimsVerificationError::Expired(_) => "expired",
        ClaimsVerificationError::InvalidAudience(_) => "for another client",
        ClaimsVerificationError::InvalidIssuer(_) => "of another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "for another sign-in (nonce)",
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoSignature) => "not signed",
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => "signed in a way that does not count",
        ClaimsVerificationError::SignatureVerification(_) => "signed by another key",
        _ => "wrong in form",
    }
}
