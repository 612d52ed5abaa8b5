//! A small provider of OpenID Connect that really signs, and that can be told to do wrong.

use axum::{
    Form, Json as Body, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

pub const CLIENT: &str = "rapport";
pub const SECRET: &str = "a secret that both know";

/// How an ID token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    Es256,
    Rs256,
    /// Not at all.
    None,
    /// By a key that only its maker has, under the name of the right one.
    Otherwise,
    /// By the client's secret.
    Hs256,
}

/// What a code stands for.
struct Consent {
    challenge: String,
    redirect: String,
    token: String,
}

struct Inner {
    issuer: String,
    random: SystemRandom,
    ec: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
    rsa: RsaKeyPair,
    codes: Mutex<HashMap<String, Consent>>,
    /// Answers that user information gives to any access token.
    info: Mutex<Json>,
}

pub struct Provider {
    inner: Arc<Inner>,
    _runtime: tokio::runtime::Runtime,
}

fn key(random: &SystemRandom) -> EcdsaKeyPair {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), random).unwrap()
}

impl Provider {
    pub fn start() -> Provider {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let random = SystemRandom::new();
        let (ec, stranger) = (key(&random), key(&random));
        let text: String = include_str!("rs256.txt").split_whitespace().collect();
        let rsa = RsaKeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap();
        let inner = Arc::new(Inner { issuer: format!("http://{address}/realm"), random, ec, stranger, rsa, codes: Mutex::default(), info: Mutex::new(json!({})) });
        let routes = Router::new()
            .route("/realm/.well-known/openid-configuration", get(metadata))
            .route("/realm/keys", get(keys))
            .route("/realm/token", post(token))
            .route("/realm/info", get(info))
            .with_state(inner.clone());
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Provider { inner, _runtime: runtime }
    }

    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }
    pub fn says(&self, info: Json) {
        *self.inner.info.lock().unwrap() = info;
    }

    /// The table for the settings file, with more lines.
    pub fn settings(&self, more: &str) -> String {
        format!("[[sign_in.oidc]]\nid = \"acme\"\nlabel = \"Acme\"\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{SECRET}\"\nallow_private = true\n{more}\n", self.issuer())
    }

    /// What the address asks that a browser was sent to.
    pub fn asked(&self, location: &str) -> HashMap<String, String> {
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, format!("{}/authorize", self.issuer()));
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Somebody signs in and consents: the query of the way back. `claims` go over the usual ones; null takes one away.
    pub fn consent(&self, location: &str, signed: Signed, claims: &Json) -> String {
        let asked = self.asked(location);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), ("code", CLIENT, "S256"));
        assert!(asked["scope"].split(' ').any(|s| s == "openid") && asked["state"].len() >= 43 && asked["nonce"].len() >= 43);
        let now = jiff::Timestamp::now().as_second();
        let mut all = json!({"iss": self.issuer(), "aud": CLIENT, "sub": "1234", "iat": now, "exp": now + 300, "nonce": asked["nonce"], "email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace"});
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let code = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{all}{location}")));
        let consent = Consent { challenge: asked["code_challenge"].clone(), redirect: asked["redirect_uri"].clone(), token: self.inner.sign(signed, &all) };
        self.inner.codes.lock().unwrap().insert(code.clone(), consent);
        form_urlencoded::Serializer::new(String::new()).append_pair("code", &code).append_pair("state", &asked["state"]).append_pair("iss", self.issuer()).finish()
    }
}

impl Inner {
    fn sign(&self, signed: Signed, claims: &Json) -> String {
        let (alg, kid) = match signed {
            Signed::Es256 | Signed::Otherwise => ("ES256", "ec"),
            Signed::Rs256 => ("RS256", "rsa"),
            Signed::None => ("none", ""),
            Signed::Hs256 => ("HS256", "ec"),
        };
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let text = format!("{}.{}", part(&json!({"alg": alg, "kid": kid, "typ": "JWT"})), part(claims));
        let signature = match signed {
            Signed::Es256 => self.ec.sign(&self.random, text.as_bytes()).unwrap().as_ref().to_vec(),
            Signed::Otherwise => self.stranger.sign(&self.random, text.as_bytes()).unwrap().as_ref().to_vec(),
            Signed::Rs256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &self.random, text.as_bytes(), &mut signature).unwrap();
                signature
            }
            Signed::None => vec![],
            Signed::Hs256 => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), text.as_bytes()).as_ref().to_vec(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn metadata(State(inner): State<Arc<Inner>>) -> Response {
    let at = |path: &str| format!("{}/{path}", inner.issuer);
    // it offers more than should be taken
    Body(json!({
        "issuer": inner.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "userinfo_endpoint": at("info"), "jwks_uri": at("keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn keys(State(inner): State<Arc<Inner>>) -> Response {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (_, point) = inner.ec.public_key().as_ref().split_at(1);
    let (x, y) = point.split_at(32);
    let rsa: rsa::PublicKeyComponents<Vec<u8>> = inner.rsa.public().into();
    Body(json!({"keys": [
        {"kty": "EC", "use": "sig", "kid": "ec", "alg": "ES256", "crv": "P-256", "x": part(x), "y": part(y)},
        {"kty": "RSA", "use": "sig", "kid": "rsa", "alg": "RS256", "n": part(&rsa.n), "e": part(&rsa.e)},
    ]}))
    .into_response()
}

async fn info(State(inner): State<Arc<Inner>>) -> Response {
    Body(inner.info.lock().unwrap().clone()).into_response()
}

async fn token(State(inner): State<Arc<Inner>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Body(json!({ "error": error }))).into_response();
    let quoted: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{quoted}")));
    if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(&basic) {
        return refused("invalid_client");
    }
    // a code works once
    let Some(consent) = inner.codes.lock().unwrap().remove(&form["code"]) else { return refused("invalid_grant") };
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(form.get("code_verifier").map(String::as_str).unwrap_or_default()));
    if proof != consent.challenge || form.get("redirect_uri") != Some(&consent.redirect) || form["grant_type"] != "authorization_code" {
        return refused("invalid_grant");
    }
    Body(json!({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": consent.token})).into_response()
}
