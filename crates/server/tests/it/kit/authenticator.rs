//! An authenticator made of software: what a browser and a key would answer, and what an attacker would have them answer.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

#[derive(Clone)]
pub struct Authenticator {
    pub key: SigningKey,
    pub credential: [u8; 32],
    /// The relying party and origin it was asked by; a test may lie.
    pub party: String,
    pub origin: String,
    pub verifies: bool,
    pub counter: u32,
    pub user: Vec<u8>,
}

impl Authenticator {
    /// `seed`: each makes another key.
    pub fn new(origin: &str, party: &str, seed: u8) -> Authenticator {
        Authenticator { key: SigningKey::from_slice(&[seed; 32]).unwrap(), credential: [seed; 32], party: party.into(), origin: origin.into(), verifies: true, counter: 1, user: Vec::new() }
    }

    /// Answers the options of a registration.
    pub fn register(&mut self, options: &Json) -> Json {
        self.user = B64.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let client = self.client("webauthn.create", options);
        let mut data = self.data(WITH_KEY);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.credential);
        let point = self.key.verifying_key().to_sec1_point(false);
        // COSE_Key (RFC 9052): EC2, ES256, P-256
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap().as_slice());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap().as_slice());
        // {"fmt": "none", "attStmt": {}, "authData": bytes}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        self.answer(json!({ "clientDataJSON": B64.encode(client), "attestationObject": B64.encode(object) }))
    }

    /// Answers the options of a sign-in; the counter goes up.
    pub fn sign(&mut self, options: &Json) -> Json {
        self.counter += 1;
        let client = self.client("webauthn.get", options);
        let data = self.data(0);
        let signature: Signature = self.key.sign(&[data.as_slice(), &Sha256::digest(&client)].concat());
        self.answer(json!({
            "clientDataJSON": B64.encode(client), "authenticatorData": B64.encode(data), "signature": B64.encode(signature.to_der()), "userHandle": B64.encode(&self.user)
        }))
    }

    fn client(&self, kind: &str, options: &Json) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false }).to_string().into_bytes()
    }
    fn data(&self, more: u8) -> Vec<u8> {
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        [Sha256::digest(&self.party).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }
    fn answer(&self, response: Json) -> Json {
        json!({ "id": B64.encode(self.credential), "rawId": B64.encode(self.credential), "type": "public-key", "response": response, "clientExtensionResults": {} })
    }
}
