//! Numbers for a monitoring system, in the text format of Prometheus.

use super::lanes::Lane;
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

/// Upper ends of the buckets in microseconds.
const BUCKETS: [u64; 12] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000, 30_000_000];

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    connections: AtomicUsize,
    refused: AtomicU64,
    lanes: [LaneMetrics; 2],
}

#[derive(Debug, Default)]
struct LaneMetrics {
    in_flight: AtomicUsize,
    /// 1xx to 5xx
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len()],
    micros: AtomicU64,
}

impl Metrics {
    pub(super) fn connections(&self, open: usize) {
        self.connections.store(open, Relaxed);
    }
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }
    pub(super) fn begin(&self, lane: Lane) {
        self.lanes[lane as usize].in_flight.fetch_add(1, Relaxed);
    }
    pub(super) fn end(&self, lane: Lane, status: u16, took: Duration) {
        let of = &self.lanes[lane as usize];
        of.in_flight.fetch_sub(1, Relaxed);
        of.answers[usize::from(status / 100).clamp(1, 5) - 1].fetch_add(1, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        of.micros.fetch_add(micros, Relaxed);
        if let Some(at) = BUCKETS.iter().position(|end| micros <= *end) {
            of.buckets[at].fetch_add(1, Relaxed);
        }
    }

    /// The text of `/metrics`. `gauges`: further names (with their labels) and values, each name with its help.
    pub(crate) fn text(&self, gauges: &[(&str, &str, i64)]) -> String {
        let mut out = String::with_capacity(4_096);
        let head = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}"); // writing to a String cannot fail
        };
        head(&mut out, "rapport_connections", "gauge", "Open HTTP connections.");
        let _ = writeln!(out, "rapport_connections {}", self.connections.load(Relaxed));
        head(&mut out, "rapport_connections_refused_total", "counter", "Connections refused because too many were open.");
        let _ = writeln!(out, "rapport_connections_refused_total {}", self.refused.load(Relaxed));
        head(&mut out, "rapport_requests_in_flight", "gauge", "Requests being answered.");
        for (lane, of) in self.named() {
            let _ = writeln!(out, "rapport_requests_in_flight{{lane=\"{lane}\"}} {}", of.in_flight.load(Relaxed));
        }
        head(&mut out, "rapport_responses_total", "counter", "Answers by class of status.");
        for (lane, of) in self.named() {
            for (i, n) in of.answers.iter().enumerate() {
                let _ = writeln!(out, "rapport_responses_total{{lane=\"{lane}\",status=\"{}xx\"}} {}", i + 1, n.load(Relaxed));
            }
        }
        head(&mut out, "rapport_response_seconds", "histogram", "Time from a request's headers to its answer.");
        for (lane, of) in self.named() {
            let mut below = 0;
            for (end, n) in BUCKETS.iter().zip(&of.buckets) {
                below += n.load(Relaxed);
                let _ = writeln!(out, "rapport_response_seconds_bucket{{lane=\"{lane}\",le=\"{}\"}} {below}", seconds(*end));
            }
            let all: u64 = of.answers.iter().map(|n| n.load(Relaxed)).sum();
            let _ = writeln!(out, "rapport_response_seconds_bucket{{lane=\"{lane}\",le=\"+Inf\"}} {all}");
            let _ = writeln!(out, "rapport_response_seconds_sum{{lane=\"{lane}\"}} {}", seconds(of.micros.load(Relaxed)));
            let _ = writeln!(out, "rapport_response_seconds_count{{lane=\"{lane}\"}} {all}");
        }
        for (name, help, value) in gauges {
            head(&mut out, name, "gauge", help);
            let _ = writeln!(out, "{name} {value}");
        }
        out
    }

    fn named(&self) -> [(&'static str, &LaneMetrics); 2] {
        [Lane::Screens, Lane::Bulk].map(|lane| (lane.name(), &self.lanes[lane as usize]))
    }
}

fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Lane, Metrics};
    use std::time::Duration;

    #[test]
    fn buckets_add_up_and_every_line_is_well_formed() {
        let metrics = Metrics::default();
        for ms in [0, 3, 3, 70, 60_000] {
            metrics.begin(Lane::Screens);
            metrics.end(Lane::Screens, if ms == 70 { 503 } else { 200 }, Duration::from_millis(ms));
        }
        let text = metrics.text(&[("rapport_up", "Always 1.", 1)]);
        assert!(text.contains("rapport_response_seconds_bucket{lane=\"screens\",le=\"0.005\"} 3\n"), "{text}");
        assert!(text.contains("rapport_response_seconds_bucket{lane=\"screens\",le=\"+Inf\"} 5\n"));
        assert!(text.contains("rapport_responses_total{lane=\"screens\",status=\"5xx\"} 1\n"));
        assert!(text.contains("rapport_requests_in_flight{lane=\"screens\"} 0\n"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("rapport_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
