use std::time::Duration;

/// How a workspace uses its database. Each engine takes what applies to it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reads at the same time (connections: 233 KB each with 41 tables on SQLite).
    pub readers: usize,
    /// Write transactions at the same time on PostgreSQL; SQLite has one writer whatever stands here.
    pub max_writers: usize,
    /// Jobs in one durable SQLite transaction; PostgreSQL gives each job its own and groups the commits itself.
    pub batch: usize,
    /// A batch is committed early when its jobs have run this long, so that nobody waits for a long queue's fsync.
    pub batch_time: Duration,
    /// Writes that may wait; one more is answered with [`crate::Error::Busy`], so that an overload is heard at once.
    pub queue: usize,
    /// Page cache of each reading SQLite connection, in MB.
    pub cache_mb: usize,
    /// Page cache of the writing SQLite connection, in MB; raise it for a bulk load.
    pub writer_cache_mb: usize,
    /// Prepared statements kept by a SQLite connection (a connection of the shared PostgreSQL pool keeps 512).
    pub statements: usize,
    /// How long a read may take; `None` for no limit. Exceeding it gives [`crate::Error::Interrupted`].
    pub read_timeout: Option<Duration>,
    /// How long to wait for a lock held by another process (SQLite) or transaction (PostgreSQL) before `Busy`.
    pub busy_timeout: Duration,
}

/// The default of [`Options::read_timeout`]; PostgreSQL connections begin with it, so that a read need not set it.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(30);

impl Default for Options {
    fn default() -> Options {
        Options {
            readers: 4,
            max_writers: 16,
            batch: 64,
            batch_time: Duration::from_millis(50),
            queue: 10_000,
            cache_mb: 8,
            writer_cache_mb: 64,
            statements: 256,
            read_timeout: Some(READ_TIMEOUT),
            busy_timeout: Duration::from_secs(10),
        }
    }
}
