//! Heads of the log as signed notes: the checkpoint format (c2sp.org/tlog-checkpoint) in a signed note
//! (c2sp.org/signed-note) with Ed25519 (RFC 8032), which witnesses of transparency logs read.

use super::tree::Hash;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Error, Result, Secret};
use sha2::{Digest, Sha256};

/// What the log was at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

/// The key that signs heads, made of the workspace's key: it needs no place of its own, and goes where a backup goes.
pub(crate) struct Signs {
    key: SigningKey,
    /// Names the log by its key: a workspace that moves, or gets another name, keeps it.
    pub(crate) origin: String,
}
impl Signs {
    pub(crate) fn new(master: &Secret<[u8; 32]>) -> Signs {
        let mut mac = Hmac::<Sha256>::new_from_slice(master.expose()).expect("a MAC takes a key of any length");
        mac.update(b"signs heads of the log");
        let key = SigningKey::from_bytes(&mac.finalize().into_bytes().into());
        let public = Sha256::digest(key.verifying_key().as_bytes());
        let short: String = public[..8].iter().map(|b| format!("{b:02x}")).collect();
        Signs { key, origin: format!("rapport-log/{short}") }
    }
    fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.origin.as_bytes());
        hash.update([b'\n', 1]);
        hash.update(self.key.verifying_key().as_bytes());
        let hash = hash.finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
    /// `name+id+key`, as programs that check notes take it.
    pub(crate) fn public_key(&self) -> String {
        let id: String = self.id().iter().map(|b| format!("{b:02x}")).collect();
        format!("{}+{id}+{}", self.origin, STANDARD.encode([&[1], self.key.verifying_key().as_bytes().as_slice()].concat()))
    }
    pub(crate) fn sign(&self, head: &Head) -> String {
        let text = format!("{}\n{}\n{}\n", self.origin, head.size, STANDARD.encode(head.root));
        let signature: Signature = self.key.sign(text.as_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode([self.id().as_slice(), &signature.to_bytes()].concat()))
    }
    /// Reads a head that this log has signed once.
    ///
    /// # Errors
    /// 400 `bad_head`: no note, another log's, or changed since.
    pub(crate) fn read(&self, note: &str) -> Result<Head> {
        let bad = |why: &str| Error::malformed("bad_head", format!("This is no head of this log: {why}"));
        let (text, signatures) = note.split_once("\n\n").ok_or_else(|| bad("a head has three lines, an empty one, and a signature."))?;
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        if origin != self.origin {
            return Err(bad(&format!("it is signed for {origin}, and this log is {}.", self.origin)));
        }
        let size = size.parse().ok().filter(|n: &u64| n.to_string() == size).ok_or_else(|| bad("its second line is no number of entries."))?;
        let root: Hash = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| bad("its third line is no hash."))?;
        let signed = format!("{text}\n");
        let ours = signatures.lines().filter_map(|line| line.strip_prefix("\u{2014} ")?.strip_prefix(&*self.origin)?.strip_prefix(' '));
        let holds = |line: &str| {
            let bytes = STANDARD.decode(line.trim_end()).ok()?;
            let signature: &[u8; 64] = bytes.strip_prefix(&self.id())?.try_into().ok()?;
            let key: VerifyingKey = self.key.verifying_key();
            key.verify_strict(signed.as_bytes(), &Signature::from_bytes(signature)).ok()
        };
        if !ours.into_iter().any(|line| holds(line).is_some()) {
            return Err(bad("its signature does not fit."));
        }
        Ok(Head { size, root })
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Signs};
    use kernel::Secret;

    #[test]
    fn a_head_is_read_again_and_a_changed_one_is_not() {
        let signs = Signs::new(&Secret::new([7; 32]));
        let head = Head { size: 12, root: [3; 32] };
        let note = signs.sign(&head);
        assert_eq!(signs.read(&note).unwrap(), head);
        assert_eq!(note.lines().count(), 5);
        for i in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[i] ^= 1;
            // the last line's end is not part of what is signed
            if let Ok(bent) = String::from_utf8(bytes)
                && bent.trim_end() != note.trim_end()
            {
                assert!(signs.read(&bent).is_err(), "byte {i}");
            }
        }
        assert!(Signs::new(&Secret::new([8; 32])).read(&note).is_err());
    }
}
