use serde::{Deserialize, Serialize};
use std::{fmt, marker::PhantomData, str::FromStr};
use uuid::{Builder, Uuid};

/// The id of a record: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(Uuid);

impl RecordId {
    /// `now_ms`: milliseconds since 1970 UTC; `random`: ten random bytes.
    pub fn new(now_ms: i64, random: [u8; 10]) -> Self {
        let ms = u64::try_from(now_ms).unwrap_or(0);
        RecordId(Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }
    /// A fixed id for what comes with the program (system actors): the same in every workspace.
    pub const fn fixed(n: u128) -> Self {
        RecordId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + n))
    }
    pub fn from_bytes(bytes: [u8; 16]) -> RecordId {
        RecordId(Uuid::from_bytes(bytes))
    }
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}
impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for RecordId {
    type Err = ();
    /// Only the canonical hyphenated form is an id: two spellings of one id would be two cache keys.
    fn from_str(s: &str) -> Result<Self, ()> {
        if s.len() != 36 {
            return Err(());
        }
        Uuid::try_parse(s).map(RecordId).map_err(|_| ())
    }
}

/// The id of a record of one kind: `Id<Opportunity>` cannot be passed where `Id<Contact>` is wanted.
pub struct Id<T> {
    raw: RecordId,
    kind: PhantomData<fn() -> T>,
}
impl<T> Id<T> {
    pub const fn of(raw: RecordId) -> Self {
        Id { raw, kind: PhantomData }
    }
    pub const fn raw(self) -> RecordId {
        self.raw
    }
}
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}
