//! Files encrypted with a passphrase, in the format of age (age-encryption.org/v1, C2SP `age.md`): whoever has the passphrase opens
//! a backup on any machine with `age -d`, or with Rapport. Only what a passphrase needs of that format is here: the crate
//! `age` would bring 75 others.

use crate::{
    cli::io::{reading, writing},
    data::random_bytes,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, aead::Aead as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use kernel::{Code, Error, Result, Secret};
use sha2::Sha256;
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read, Write as _},
    path::Path,
};

const MAGIC: &str = "age-encryption.org/v1";
/// 128 MiB and some tenths of a second for each try (OWASP's figure for scrypt).
const WORK: u8 = 17;
/// A file that asks for more was not made here, and could make a machine work for hours.
const MOST_WORK: u8 = 20;
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;
const LEAST: usize = 16;

/// The passphrase that a file holds.
///
/// # Errors
/// The file cannot be read, or is no good passphrase.
pub(crate) fn passphrase(file: &Path) -> Result<Secret<String>> {
    let text = std::fs::read_to_string(file).map_err(|e| reading(file, &e))?;
    let text = text.trim();
    if text.len() < LEAST || text.lines().count() != 1 || text.starts_with("AGE-SECRET-KEY") {
        return Err(Error::malformed("bad_key_file", format!("{} must hold one line of {LEAST} characters or more: a passphrase, such as `openssl rand -base64 32` makes.", file.display())));
    }
    Ok(Secret::new(text.to_owned()))
}

/// Whether a file is encrypted.
pub(crate) fn is_sealed(file: &Path) -> Result<bool> {
    let mut start = Vec::new();
    File::open(file).and_then(|f| f.take(MAGIC.len() as u64).read_to_end(&mut start)).map_err(|e| reading(file, &e))?;
    Ok(start == MAGIC.as_bytes())
}

pub(crate) fn seal(from: &Path, to: &Path, passphrase: &Secret<String>) -> Result<()> {
    let (file_key, salt, nonce): ([u8; 16], [u8; 16], [u8; 16]) = (random_bytes(), random_bytes(), random_bytes());
    let wrapped = wrapping(passphrase, &salt, WORK)?.encrypt(&[0; 12].into(), file_key.as_slice()).map_err(|_| Error::internal("a key could not be sealed"))?;
    let header = format!("{MAGIC}\n-> scrypt {} {WORK}\n{}\n---", BASE64.encode(salt), BASE64.encode(wrapped));
    let mac = header_mac(&file_key, &header)?.finalize().into_bytes();
    let cipher = payload_cipher(&file_key, &nonce)?;
    let mut source = BufReader::with_capacity(CHUNK, File::open(from).map_err(|e| reading(from, &e))?);
    let file = File::create(to).map_err(|e| writing(to, &e))?;
    let mut out = BufWriter::with_capacity(2 * CHUNK, file);
    out.write_all(format!("{header} {}\n", BASE64.encode(mac)).as_bytes()).and_then(|()| out.write_all(&nonce)).map_err(|e| writing(to, &e))?;
    let mut number = 0;
    let mut block = piece(&mut source, CHUNK).map_err(|e| reading(from, &e))?;
    loop {
        let next = piece(&mut source, CHUNK).map_err(|e| reading(from, &e))?;
        let sealed = cipher.encrypt(&place(number, next.is_empty()).into(), block.as_slice()).map_err(|_| Error::internal("a backup could not be encrypted"))?;
        out.write_all(&sealed).map_err(|e| writing(to, &e))?;
        if next.is_empty() {
            break;
        }
        (block, number) = (next, number + 1);
    }
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|e| writing(to, &e))
}

/// # Errors
/// 400: another passphrase, or the file was changed or cut off since. What was written until then is removed.
pub(crate) fn unseal(from: &Path, to: &Path, passphrase: &Secret<String>) -> Result<()> {
    let done = open_into(from, to, passphrase);
    if done.is_err() {
        crate::data::remove_file(to).map_err(|e| writing(to, &e))?;
    }
    done
}

fn open_into(from: &Path, to: &Path, passphrase: &Secret<String>) -> Result<()> {
    let mut source = BufReader::with_capacity(CHUNK, File::open(from).map_err(|e| reading(from, &e))?);
    let (header, mac) = header(&mut source)?;
    let mut words = header.lines().nth(1).unwrap_or_default().split(' ').skip(1);
    let (Some("scrypt"), Some(salt), Some(work)) = (words.next(), words.next(), words.next()) else {
        return Err(damaged("it is not encrypted with a passphrase"));
    };
    let work = work.parse().ok().filter(|n| (1..=MOST_WORK).contains(n)).ok_or_else(|| damaged("its passphrase takes more work than ours do"))?;
    let salt: [u8; 16] = BASE64.decode(salt).ok().and_then(|s| s.try_into().ok()).ok_or_else(|| damaged("its header is damaged"))?;
    let wrapped = BASE64.decode(header.lines().nth(2).unwrap_or_default()).map_err(|_| damaged("its header is damaged"))?;
    let file_key = wrapping(passphrase, &salt, work)?.decrypt(&[0; 12].into(), wrapped.as_slice());
    let file_key: [u8; 16] = file_key.ok().and_then(|key| key.try_into().ok()).ok_or_else(wrong_key)?;
    header_mac(&file_key, &header)?.verify_slice(&mac).map_err(|_| damaged("its header is damaged"))?;
    let mut nonce = [0; 16];
    source.read_exact(&mut nonce).map_err(|_| damaged("it is cut off"))?;
    let cipher = payload_cipher(&file_key, &nonce)?;
    let mut out = BufWriter::with_capacity(CHUNK, File::create(to).map_err(|e| writing(to, &e))?);
    let mut number = 0;
    let mut block = piece(&mut source, CHUNK + TAG).map_err(|e| reading(from, &e))?;
    loop {
        let next = piece(&mut source, CHUNK + TAG).map_err(|e| reading(from, &e))?;
        let plain = cipher.decrypt(&place(number, next.is_empty()).into(), block.as_slice());
        let plain = plain.map_err(|_| damaged(format!("it was changed or cut off after {} bytes", number * CHUNK as u64)))?;
        out.write_all(&plain).map_err(|e| writing(to, &e))?;
        if next.is_empty() {
            break;
        }
        (block, number) = (next, number + 1);
    }
    out.flush().map_err(|e| writing(to, &e))
}

/// The header up to its `---`, and the code that says that it is whole.
fn header(source: &mut impl io::BufRead) -> Result<(String, Vec<u8>)> {
    let mut text = String::new();
    for _ in 0..4 {
        source.take(1_024).read_line(&mut text).map_err(|_| damaged("its header is damaged"))?;
    }
    let (before, mac) = text.rsplit_once("--- ").ok_or_else(|| damaged("its header is damaged"))?;
    let mac = BASE64.decode(mac.trim_end_matches('\n')).map_err(|_| damaged("its header is damaged"))?;
    Ok((format!("{before}---"), mac))
}

/// The next piece; empty at the end.
fn piece(source: &mut impl Read, size: usize) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(size);
    source.take(size as u64).read_to_end(&mut block)?;
    Ok(block)
}

/// Number of the chunk, and whether it is the last one.
fn place(number: u64, last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}

fn wrapping(passphrase: &Secret<String>, salt: &[u8; 16], work: u8) -> Result<ChaCha20Poly1305> {
    let params = scrypt::Params::new(work, 8, 1).map_err(|e| Error::internal(e.to_string()))?;
    let salt = [b"age-encryption.org/v1/scrypt".as_slice(), salt].concat();
    let mut key = [0; 32];
    scrypt::scrypt(passphrase.expose().as_bytes(), &salt, &params, &mut key).map_err(|e| Error::internal(e.to_string()))?;
    Ok(ChaCha20Poly1305::new(&key.into()))
}

fn header_mac(file_key: &[u8; 16], header: &str) -> Result<Hmac<Sha256>> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, file_key).expand(b"header", &mut key).map_err(|e| Error::internal(e.to_string()))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|e| Error::internal(e.to_string()))?;
    mac.update(header.as_bytes());
    Ok(mac)
}

fn payload_cipher(file_key: &[u8; 16], nonce: &[u8; 16]) -> Result<ChaCha20Poly1305> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(nonce), file_key).expand(b"payload", &mut key).map_err(|e| Error::internal(e.to_string()))?;
    Ok(ChaCha20Poly1305::new(&key.into()))
}

fn wrong_key() -> Error {
    Error::new(Code::Malformed, "wrong_key", "The file cannot be opened with this passphrase. Take the key file that stood in the settings when the backup was made.")
}

fn damaged(why: impl std::fmt::Display) -> Error {
    Error::new(Code::Malformed, "damaged_archive", format!("The encrypted file is damaged: {why}."))
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, is_sealed, seal, unseal};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use kernel::Secret;
    use std::fs;

    /// Made by the age of others (pyrage 1.4, which is rage): `passphrase.encrypt(b"Made by another program.", "correct horse battery staple")`.
    const FOREIGN: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBLVWJvY2VQNGYwUHpGZmdNblVXOGJRIDE4ClVMdFJBYVgzVzRnUVdQTExOVU9IOU8wL0NlTHpWZUJrelZ3Q3ZwUjBXOGMKLS0tIG0rV1J4YTJtNlc4Vk1BWUg3ckJFeThwR2JTRHpIYkNLOVV3WTFXQkd0aFEKu2tFNM3Lno2Y1hBbOfxC3c26ZM7kDn8rT4CVX/jN9/2Vvh5lio+oogk0lWvtR1pRLHASW3xp+Ck=";

    #[test]
    fn a_file_of_another_program_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (sealed, plain) = (folder.path().join("sealed"), folder.path().join("plain"));
        fs::write(&sealed, STANDARD.decode(FOREIGN).unwrap()).unwrap();
        assert!(is_sealed(&sealed).unwrap());
        unseal(&sealed, &plain, &Secret::new("correct horse battery staple".into())).unwrap();
        assert_eq!(fs::read_to_string(&plain).unwrap(), "Made by another program.");
    }

    #[test]
    fn what_is_sealed_is_opened_whatever_its_length_and_never_when_it_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let key = Secret::new("correct horse battery staple".to_owned());
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK] {
            let content: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            fs::write(at("plain"), &content).unwrap();
            assert!(!is_sealed(&at("plain")).unwrap());
            seal(&at("plain"), &at("sealed"), &key).unwrap();
            unseal(&at("sealed"), &at("again"), &key).unwrap();
            assert_eq!(fs::read(at("again")).unwrap(), content, "{length}");
        }
        let whole = fs::read(at("sealed")).unwrap();
        let refused = |bytes: &[u8], why: &str| {
            fs::write(at("odd"), bytes).unwrap();
            let e = unseal(&at("odd"), &at("again"), &key).unwrap_err();
            assert!(e.detail.contains(why), "{why}: {}", e.detail);
            assert!(!at("again").exists(), "nothing half is left");
        };
        let flipped = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        };
        refused(&flipped(whole.len() - 5), "changed or cut off");
        refused(&flipped(whole.len() - CHUNK - 50), "changed or cut off");
        refused(&whole[..whole.len() - 1], "changed or cut off");
        // at the border of two chunks
        refused(&whole[..whole.len() - CHUNK - 16], "changed or cut off");
        refused(&flipped(150), "damaged");
        let other = unseal(&at("sealed"), &at("again"), &Secret::new("another passphrase".into())).unwrap_err();
        assert_eq!(other.reason, "wrong_key");
    }
}
