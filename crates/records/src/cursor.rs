//! Cursors: opaque, and bound to the question and the asker, so that one cannot be bent into another question.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Error, RecordId, Result, Secret};
use serde_json::Value as Json;
use sha2::Sha256;

fn mac(key: &Secret<[u8; 32]>, question: &str, asker: RecordId, payload: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("a MAC takes a key of any length");
    for part in [b"cursor".as_slice(), question.as_bytes(), asker.as_bytes(), payload] {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes()[..16].to_vec()
}
pub(crate) fn seal(key: &Secret<[u8; 32]>, question: &str, asker: RecordId, position: &Json) -> String {
    let payload = position.to_string().into_bytes();
    let mut bytes = mac(key, question, asker, &payload);
    bytes.extend(payload);
    URL_SAFE_NO_PAD.encode(bytes)
}
/// # Errors
/// 400 `bad_cursor` where it was made for another question or asker, or was changed.
pub(crate) fn open(key: &Secret<[u8; 32]>, question: &str, asker: RecordId, cursor: &str) -> Result<Json> {
    let bad = || Error::parameter("cursor", "bad_cursor", "This cursor does not belong to this question. Start from the first page.");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let (tag, payload) = bytes.split_at_checked(16).ok_or_else(bad)?;
    if mac(key, question, asker, payload) != tag {
        return Err(bad());
    }
    serde_json::from_slice(payload).map_err(|_| bad())
}
