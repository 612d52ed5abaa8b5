//! What a backup is called: the workspace and the moment that it holds.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const SECOND: &str = "%Y%m%dT%H%M%S";

pub(super) fn utc(ms: i64, form: &str) -> String {
    Timestamp::from_millisecond(ms).map(|t| t.to_zoned(TimeZone::UTC).strftime(form).to_string()).unwrap_or_default()
}

pub(super) fn of(workspace: &str, at: i64, sealed: bool) -> String {
    format!("{workspace}-{}{:03}Z.rapport{}", utc(at, SECOND), at.rem_euclid(1_000), if sealed { ".age" } else { "" })
}

/// The moment in a name that [`of`] made; `None` for every other name.
pub(super) fn moment(workspace: &str, name: &str) -> Option<i64> {
    let stamp = name.strip_prefix(workspace)?.strip_prefix('-')?;
    let stamp = stamp.strip_suffix(".age").unwrap_or(stamp).strip_suffix("Z.rapport")?;
    let (second, ms) = (stamp.get(..15)?, stamp.get(15..)?);
    let at = DateTime::strptime(SECOND, second).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let ms: i64 = (ms.len() == 3).then(|| ms.parse().ok())??;
    Some(at + ms)
}

#[cfg(test)]
mod tests {
    use super::{moment, of};

    #[test]
    fn names_are_read_back_and_others_are_not_ours() {
        let at = 1_795_878_013_045;
        for sealed in [false, true] {
            let name = of("main", at, sealed);
            assert_eq!(moment("main", &name), Some(at), "{name}");
        }
        assert_eq!(of("main", at, true), "main-20261128T150013045Z.rapport.age");
        for odd in ["main.rapport", "main-20261128T150013045Z.rapport.partial", "other-20261128T150013045Z.rapport", "main-20261128T150013Z.rapport", "erasures"] {
            assert_eq!(moment("main", odd), None, "{odd}");
        }
    }
}
