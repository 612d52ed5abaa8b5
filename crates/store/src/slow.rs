//! Statements that took long, for the log: their text, never their values.

use std::time::{Duration, Instant};

/// Shown at the log level `debug`.
const SLOW: Duration = Duration::from_millis(50);
/// An index is missing, or somebody asks for too much: shown at `warn`.
const VERY_SLOW: Duration = Duration::from_secs(5);

pub(crate) fn note(text: &str, began: Instant) {
    let took = began.elapsed();
    if took >= VERY_SLOW {
        tracing::warn!(ms = took.as_millis(), statement = text, "a statement took very long");
    } else if took >= SLOW {
        tracing::debug!(ms = took.as_millis(), statement = text, "a statement took long");
    }
}
