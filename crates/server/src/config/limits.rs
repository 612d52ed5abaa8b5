use super::{parse, reader::Reader};
use std::time::Duration;

/// What one client may take. Figures: the published governors of the reliability programme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Open connections, all together and from one address (loopback, where a reverse proxy sits, is not counted).
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    /// From the connection to its first byte, and from the first byte of a request to the end of its headers.
    pub(crate) first_byte: Duration,
    pub(crate) headers: Duration,
    /// Between two requests of a connection.
    pub(crate) idle: Duration,
    /// Between two pieces of a request body, and for a client that does not read its answer.
    pub(crate) body_idle: Duration,
    pub(crate) header_bytes: usize,
    /// Requests of screens and programs worked on at the same time, and waiting beyond them.
    pub(crate) screens: usize,
    pub(crate) screens_waiting: usize,
    /// Bulk changes, imports and exports at the same time, and waiting.
    pub(crate) bulk: usize,
    pub(crate) bulk_waiting: usize,
    /// How long SIGTERM waits for requests in flight.
    pub(crate) stop: Duration,
    /// Calls a minute for one person or token; 0 for no limit.
    pub(crate) calls_per_minute: u64,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Limits {
        Limits {
            connections: reader.get("limits.connections", "4096", "Open connections at the same time.", parse::count(1, 1_000_000)),
            connections_per_address: reader.get("limits.connections_per_address", "64", "Open connections of one address; loopback is not counted.", parse::count(1, 1_000_000)),
            first_byte: reader.get("limits.first_byte", "10s", "From the connection to its first byte.", parse::duration),
            headers: reader.get("limits.headers", "10s", "From the first byte of a request to the end of its headers.", parse::duration),
            idle: reader.get("limits.idle", "75s", "Between two requests of a connection.", parse::duration),
            body_idle: reader.get("limits.body_idle", "30s", "Between two pieces of a request's body, and for a client that does not read its answer.", parse::duration),
            header_bytes: reader.get("limits.header_bytes", "32768", "Bytes of a request's line and headers.", parse::count(8_192, 1 << 20)),
            screens: reader.get("limits.screens", "256", "Requests worked on at the same time, bulk work apart.", parse::count(1, 100_000)),
            screens_waiting: reader.get("limits.screens_waiting", "1000", "Requests that may wait beyond them; further ones get 503 with Retry-After.", parse::count(0, 1_000_000)),
            bulk: reader.get("limits.bulk", "2", "Bulk changes, imports and exports at the same time.", parse::count(1, 1_000)),
            bulk_waiting: reader.get("limits.bulk_waiting", "64", "Bulk requests that may wait; further ones get 503 with Retry-After.", parse::count(0, 100_000)),
            stop: reader.get("limits.stop", "8s", "How long a stop waits for requests in flight.", parse::duration),
            calls_per_minute: reader.get("limits.calls_per_minute", "0", "Calls a minute for one person or token; 0 for no limit.", parse::between(0, 10_000_000)),
        }
    }
}
