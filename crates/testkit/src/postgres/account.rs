//! PostgreSQL refuses to run as root: where the tests do, it runs as another account.

use std::{
    fs, io,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::Path,
    process::Command,
};

#[derive(Clone, Copy)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
    /// must programs be started as this account, or is it ours already?
    other: bool,
}

/// Our own account, or `postgres` (else `nobody`) where we are root.
pub(super) fn account() -> Result<Account, String> {
    let own = fs::metadata("/proc/self").map_err(|e| format!("/proc/self: {e}"))?;
    if own.uid() != 0 {
        return Ok(Account { uid: own.uid(), gid: own.gid(), other: false });
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|e| format!("/etc/passwd: {e}"))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| entry(&accounts, name))
        .ok_or_else(|| "the tests run as root, and PostgreSQL needs an account that is not: none named postgres or nobody was found".into())
}

fn entry(accounts: &str, name: &str) -> Option<Account> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(Account { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()?, other: true })
}

impl Account {
    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    pub(super) fn run(&self, command: &mut Command) {
        if self.other {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Gives a folder to the account.
    pub(super) fn own(&self, folder: &Path) -> io::Result<()> {
        if self.other { std::os::unix::fs::chown(folder, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }
}
