//! Keys of persons. Old personal values are sealed under the key of whom they are about; destroying the key is
//! erasure from history, undo and every backup of the rows at once.

use crate::{
    OrDb,
    tx::{Tx, random},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use kernel::{Error, RecordId, Result};
use store::{Sql, Val};

fn encrypt(key: &[u8; 32], about: &str, plain: &[u8]) -> Result<String> {
    let nonce = random::<24>();
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: about.as_bytes() }).map_err(|_| Error::internal("A value could not be sealed."))?;
    Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}
fn decrypt(key: &[u8; 32], about: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
    let (nonce, body) = bytes.split_at_checked(24)?;
    let nonce: [u8; 24] = nonce.try_into().ok()?;
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), Payload { msg: body, aad: about.as_bytes() }).ok()
}

impl Tx<'_> {
    /// Seals text about a person, making their key at first use.
    pub(crate) fn seal(&mut self, subject: RecordId, plain: &str) -> Result<String> {
        let key = match self.person_key(subject)? {
            Some(key) => key,
            None => self.make_person_key(subject)?,
        };
        encrypt(&key, &subject.to_string(), plain.as_bytes())
    }
    /// `None` where the key is gone: the person has been erased.
    pub(crate) fn unseal(&mut self, subject: RecordId, sealed: &str) -> Result<Option<String>> {
        let Some(key) = self.person_key(subject)? else { return Ok(None) };
        Ok(decrypt(&key, &subject.to_string(), sealed).and_then(|bytes| String::from_utf8(bytes).ok()))
    }
    fn person_key(&mut self, subject: RecordId) -> Result<Option<[u8; 32]>> {
        if let Some(key) = self.person_keys.get(&subject) {
            return Ok(Some(*key));
        }
        let q = Sql::with(format!("SELECT \"wrapped\" FROM {} WHERE \"subject\" = $1", self.db().table("sys_person_key")), [subject.to_string()]);
        let wrapped = match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(wrapped)]) => wrapped.clone(),
            _ => return Ok(None),
        };
        let master = self.inner().master_key.clone();
        let key: Option<[u8; 32]> = decrypt(master.expose(), &format!("key of {subject}"), &wrapped).and_then(|k| k.try_into().ok());
        let key = key.ok_or_else(|| Error::internal("A person's key cannot be opened with this master key. Start with the master key that belongs to this data."))?;
        self.person_keys.insert(subject, key);
        Ok(Some(key))
    }
    fn make_person_key(&mut self, subject: RecordId) -> Result<[u8; 32]> {
        let key = random::<32>();
        let master = self.inner().master_key.clone();
        let wrapped = encrypt(master.expose(), &format!("key of {subject}"), &key)?;
        let now = self.now_ms();
        let mut q = Sql::new(format!("INSERT INTO {} (\"subject\", \"wrapped\", \"created_at\") VALUES (", self.db().table("sys_person_key")));
        q.arg(subject.to_string()).push(", ").arg(wrapped).push(", ").arg(now).push(") ON CONFLICT (\"subject\") DO NOTHING");
        if self.db().exec(&q).or_db()? == 0 {
            // another transaction made it in the meantime
            return self.person_key(subject)?.ok_or_else(|| Error::internal("A person's key was made and is gone. Try again."));
        }
        self.person_keys.insert(subject, key);
        Ok(key)
    }
}
