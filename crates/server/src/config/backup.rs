use super::{parse, reader::Reader};
use crate::backups::Keep;
use std::{path::PathBuf, time::Duration};

/// Backups that the server makes by itself.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    /// Folders; none: `backups` in the data directory.
    pub(crate) to: Vec<PathBuf>,
    /// Zero: none are made by themselves.
    pub(crate) every: Duration,
    pub(crate) keep: Keep,
    /// Holds the passphrase under which backups are encrypted.
    pub(crate) key_file: Option<PathBuf>,
    /// How often the newest backup is restored on trial.
    pub(crate) prove: Duration,
    /// Without a proven backup for this long an alarm is raised.
    pub(crate) alarm: Duration,
}

impl Backup {
    pub(super) fn read(reader: &mut Reader) -> Backup {
        let to = reader.get("backup.to", "", "Folders that backups go to, on another disk or machine; without one they lie in DATA/backups, beside the data.", parse::list(parse::path));
        let beside = to.is_empty();
        let every = reader.optional("backup.every", "How often a backup is made; 0s for never [default: 1h, without backup.to 1d].", parse::duration);
        let count = parse::between(0, 10_000);
        let keep = |n: Option<u64>, given: usize, otherwise: usize| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(if beside { otherwise } else { given });
        let hourly = reader.optional("backup.keep.hourly", "Hours of which the last backup is kept [default: 24, without backup.to 0].", &count);
        let daily = reader.optional("backup.keep.daily", "Days of which the last backup is kept [default: 14, without backup.to 7].", &count);
        let monthly = reader.optional("backup.keep.monthly", "Months of which the last backup is kept [default: 12, without backup.to 0].", &count);
        Backup {
            every: every.unwrap_or(Duration::from_secs(if beside { 86_400 } else { 3_600 })),
            keep: Keep { hourly: keep(hourly, 24, 0), daily: keep(daily, 14, 7), monthly: keep(monthly, 12, 0) },
            key_file: reader.optional(
                "backup.key_file",
                "File with a passphrase of 16 characters or more; backups are then encrypted in the format of age. Keep a copy of it away from this machine.",
                parse::path,
            ),
            prove: reader.get("backup.prove", "24h", "How often the newest backup of each place is restored on trial and checked; 0s for never.", parse::duration),
            alarm: reader.get("backup.alarm", "24h", "Without a backup that was proven within this time an alarm is raised.", parse::duration),
            to,
        }
    }
}
