//! Secrets that travel as text: session cookies, API tokens, invitations. Only their SHA-256 is stored; they have 256
//! random bits, so a fast hash is enough.

use crate::data::{is_workspace_name, random_bytes};
use kernel::Secret;
use sha2::{Digest as _, Sha256};

/// What a secret is for: its first letters, so that people and secret scanners recognise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Token,
    Session,
    Invitation,
}

impl Purpose {
    fn prefix(self) -> &'static str {
        match self {
            Purpose::Token => "rpt_",
            Purpose::Session => "rps_",
            Purpose::Invitation => "rpi_",
        }
    }
}

pub(crate) type Hash = [u8; 32];

/// `rpt_<workspace>_<64 hexadecimal digits>` and its hash.
pub(crate) fn make(purpose: Purpose, workspace: &str) -> (Secret<String>, Hash) {
    let random: [u8; 32] = random_bytes();
    let text = format!("{}{workspace}_{}", purpose.prefix(), hex(&random));
    let hash = hash(&text);
    (Secret::new(text), hash)
}

/// The workspace a secret names, and its hash; `None` where the text has not the form of one.
pub(crate) fn read(purpose: Purpose, text: &str) -> Option<(&str, Hash)> {
    let (workspace, secret) = text.strip_prefix(purpose.prefix())?.rsplit_once('_')?;
    let sound = secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) && is_workspace_name(workspace);
    sound.then(|| (workspace, hash(text)))
}

pub(crate) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// The CSRF token that belongs to a session: a page that cannot read the cookie cannot compute it.
pub(crate) fn csrf_of(session: &str) -> String {
    hex(&hash(&format!("csrf {session}"))[..24])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        let _ = write!(text, "{b:02x}"); // writing to a String cannot fail
        text
    })
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (hash(a), hash(b));
    a.iter().zip(b).fold(0, |differ, (x, y)| differ | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::{Purpose, csrf_of, make, read, same};

    #[test]
    fn a_secret_names_its_workspace_and_purpose() {
        for workspace in ["main", "north_sea-2"] {
            let (text, hash) = make(Purpose::Token, workspace);
            assert!(text.expose().starts_with(&format!("rpt_{workspace}_")));
            assert_eq!(read(Purpose::Token, text.expose()), Some((workspace, hash)));
            assert_eq!(read(Purpose::Session, text.expose()), None);
            assert_ne!(text, make(Purpose::Token, workspace).0);
        }
    }

    #[test]
    fn other_texts_are_no_secrets() {
        let good = make(Purpose::Token, "main").0.expose().clone();
        let odd = ["", "rpt_", "rpt_main_", &good[1..], &good[..70], &format!("{good}0"), &good.to_uppercase(), &good.replace("main", "../x"), &good.replace("main_", "_")];
        for text in odd {
            assert_eq!(read(Purpose::Token, text), None, "{text}");
        }
    }

    #[test]
    fn csrf_tokens_belong_to_one_session() {
        assert_eq!(csrf_of("a"), csrf_of("a"));
        assert_ne!(csrf_of("a"), csrf_of("b"));
        assert!(same("x", "x") && !same("x", "y") && !same("x", "xx"));
    }
}
