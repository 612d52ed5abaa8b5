//! CPU time of processes, from the system's own books.

use std::{fs, time::Instant};

/// Seconds of user and system time so far.
pub(crate) fn seconds(pid: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name, which may hold blanks: field 14 and 15 are ticks of a hundredth of a second.
    let rest = stat.rsplit(')').next().unwrap_or("");
    let ticks = |n: usize| rest.split_whitespace().nth(n).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
/// Resident memory in megabytes.
pub(crate) fn memory(pid: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = status.lines().find(|l| l.starts_with("VmRSS")).and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// CPU microseconds per operation, and the wall times of each.
pub(crate) struct Cost {
    pub(crate) cpu_us: f64,
    pub(crate) walls_us: Vec<f64>,
}
impl Cost {
    pub(crate) fn percentile(&self, p: f64) -> f64 {
        let mut sorted = self.walls_us.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index into a list")]
        let at = ((sorted.len() as f64 - 1.0) * p) as usize;
        sorted.get(at).copied().unwrap_or(0.0)
    }
}
/// Repeats until about a second of CPU is spent, so that hundredths do not matter.
pub(crate) fn measure(mut f: impl FnMut(usize)) -> Cost {
    for i in 0..3 {
        f(i);
    }
    let (mut walls_us, mut n) = (Vec::new(), 0usize);
    let (start, began) = (seconds("self"), Instant::now());
    while (seconds("self") - start < 1.0 || n < 5) && began.elapsed().as_secs() < 20 {
        let one = Instant::now();
        f(n + 3);
        walls_us.push(one.elapsed().as_secs_f64() * 1e6);
        n += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let cpu_us = (seconds("self") - start) * 1e6 / n as f64;
    Cost { cpu_us, walls_us }
}
