//! Keys. The master key of the data directory seals the keys of its workspaces; a workspace's key seals what it keeps
//! secret (second factors, keys of persons), and travels with its export and backup.

use super::{DataDir, file_error, write_private};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _,
    aead::{Aead as _, Payload},
};
use kernel::{Error, Result, Secret};
use sha2::{Digest as _, Sha256};
use std::{fs, io, path::Path};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

#[derive(Clone, Debug)]
pub(crate) struct MasterKey(Secret<[u8; KEY_BYTES]>);

impl MasterKey {
    /// Reads the key, or makes it where the directory has none yet.
    ///
    /// # Errors
    /// The file is damaged, or missing although there are workspaces: their secrets could never be read again, so
    /// nothing is made in its place.
    pub(crate) fn load_or_make(data: &DataDir) -> Result<MasterKey> {
        let path = data.secrets().join("master.key");
        match fs::read(&path) {
            Ok(bytes) => key_of(&bytes).map(MasterKey).ok_or_else(|| Error::internal(format!("{} is damaged: it must hold {KEY_BYTES} bytes. Put it back from a copy.", path.display()))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                if !data.workspace_names()?.is_empty() {
                    return Err(Error::internal(format!("{} is missing. Put it back from a copy: without it the workspaces' secrets cannot be read.", path.display())));
                }
                let key: [u8; KEY_BYTES] = random_bytes();
                write_private(&path, &key)?;
                Ok(MasterKey(Secret::new(key)))
            }
            Err(e) => Err(file_error(&path, &e)),
        }
    }

    /// A new workspace's key, written sealed to `path`.
    pub(crate) fn make_workspace_key(&self, name: &str, path: &Path) -> Result<Secret<[u8; KEY_BYTES]>> {
        let key = Secret::new(random_bytes());
        self.keep_workspace_key(name, path, &key)?;
        Ok(key)
    }

    /// Keeps a key that came with an export or a backup.
    pub(crate) fn keep_workspace_key(&self, name: &str, path: &Path, key: &Secret<[u8; KEY_BYTES]>) -> Result<()> {
        write_private(path, &seal(&self.0, name.as_bytes(), key.expose())?)
    }

    pub(crate) fn workspace_key(&self, name: &str, path: &Path) -> Result<Secret<[u8; KEY_BYTES]>> {
        let sealed = fs::read(path).map_err(|e| file_error(path, &e))?;
        let opened = open(&self.0, name.as_bytes(), &sealed).and_then(|bytes| key_of(&bytes));
        opened.ok_or_else(|| Error::internal(format!("{} cannot be opened with this directory's master.key. Were files of two installations mixed?", path.display())))
    }
}

fn key_of(bytes: &[u8]) -> Option<Secret<[u8; KEY_BYTES]>> {
    bytes.try_into().ok().map(Secret::new)
}

/// Encrypts under a key of its own for each `purpose` (ChaCha20-Poly1305, RFC 8439): nonce, then text and tag.
pub(crate) fn seal(key: &Secret<[u8; KEY_BYTES]>, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_BYTES] = random_bytes();
    let sealed = cipher(key, purpose).encrypt(&nonce.into(), Payload { msg: plain, aad: purpose });
    let sealed = sealed.map_err(|_| Error::internal("a secret could not be sealed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What [`seal`] sealed, or `None` if it was sealed with another key, for another purpose, or is damaged.
pub(crate) fn open(key: &Secret<[u8; KEY_BYTES]>, purpose: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    cipher(key, purpose).decrypt(&(*nonce).into(), Payload { msg: text, aad: purpose }).ok()
}

fn cipher(key: &Secret<[u8; KEY_BYTES]>, purpose: &[u8]) -> ChaCha20Poly1305 {
    let mut hash = Sha256::new();
    hash.update(key.expose());
    hash.update(purpose);
    ChaCha20Poly1305::new(&hash.finalize())
}

/// Bytes from the system's generator.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random generator works, or nothing here is safe");
    bytes
}

#[cfg(test)]
mod tests {
    use super::{DataDir, MasterKey, Secret, open, random_bytes, seal};
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn the_key_is_made_once_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::prepare(folder.path()).unwrap();
        let first = MasterKey::load_or_make(&data).unwrap();
        let path = data.secrets().join("master.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(first.0.expose(), MasterKey::load_or_make(&data).unwrap().0.expose());
        fs::create_dir(data.workspace("main")).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(MasterKey::load_or_make(&data).unwrap_err().detail.contains("damaged"));
        fs::remove_file(&path).unwrap();
        assert!(MasterKey::load_or_make(&data).unwrap_err().detail.contains("missing"));
    }

    #[test]
    fn a_workspace_key_opens_only_here_and_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::prepare(folder.path()).unwrap();
        let master = MasterKey::load_or_make(&data).unwrap();
        let path = folder.path().join("key");
        let key = master.make_workspace_key("main", &path).unwrap();
        assert_eq!(master.workspace_key("main", &path).unwrap().expose(), key.expose());
        assert!(master.workspace_key("other", &path).is_err());
        assert!(MasterKey(Secret::new(random_bytes())).workspace_key("main", &path).is_err());
    }

    #[test]
    fn sealed_text_is_bound_to_its_purpose_and_whole() {
        let key = Secret::new([7; 32]);
        let sealed = seal(&key, b"totp", b"secret").unwrap();
        assert_eq!(open(&key, b"totp", &sealed).unwrap(), b"secret");
        assert!(open(&key, b"else", &sealed).is_none());
        let mut bent = sealed.clone();
        bent[14] ^= 1;
        assert!(open(&key, b"totp", &bent).is_none());
        assert!(open(&key, b"totp", &sealed[..5]).is_none());
    }
}
