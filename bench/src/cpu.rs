//! CPU time and memory of processes, from the system's own books.

use std::{fs, time::Instant};

/// Seconds of user and system time so far, of all threads. The books are kept in nanoseconds and shown in hundredths of
/// a second: measure over a second or more.
pub(crate) fn seconds(pid: &str) -> f64 {
    stat(pid, 11) + stat(pid, 12)
}
/// The same of children that have ended and were waited for.
pub(crate) fn children() -> f64 {
    stat("self", 13) + stat("self", 14)
}
fn stat(pid: &str, field: usize) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // behind the name, which may hold blanks
    let rest = stat.rsplit(')').next().unwrap_or("");
    rest.split_whitespace().nth(field).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) / 100.0
}
/// Nanoseconds that this thread has run, up to this moment: /proc would only tell of the last tick.
pub(crate) fn thread_ns() -> f64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "less than a day")]
    let ns = (spent.tv_sec * 1_000_000_000 + spent.tv_nsec) as f64;
    ns
}
/// Resident memory in megabytes: (now, highest).
pub(crate) fn memory(pid: &str) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mb = |name: &str| status.lines().find(|l| l.starts_with(name)).and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0;
    (mb("VmRSS:"), mb("VmHWM:"))
}

/// Microseconds of CPU of single operations of this thread.
pub(crate) struct Spread(Vec<f64>);
impl Spread {
    pub(crate) fn of(mut each_us: Vec<f64>) -> Spread {
        each_us.sort_by(f64::total_cmp);
        Spread(each_us)
    }
    pub(crate) fn mean(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let n = self.0.len() as f64;
        self.0.iter().sum::<f64>() / n
    }
    pub(crate) fn percentile(&self, p: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index into a list")]
        let at = ((self.0.len() as f64 - 1.0) * p).round() as usize;
        self.0.get(at).copied().unwrap_or(0.0)
    }
}
/// Runs `f` on this thread, again and again, for a second of CPU or `most` times: CPU of each.
pub(crate) fn each(most: usize, mut f: impl FnMut(usize)) -> Spread {
    for i in 0..5 {
        f(i);
    }
    let (mut out, mut spent, began) = (Vec::new(), 0.0, Instant::now());
    while out.len() < most && (spent < 1e9 || out.len() < 20) && began.elapsed().as_secs() < 30 {
        let before = thread_ns();
        f(out.len() + 5);
        let one = thread_ns() - before;
        spent += one;
        out.push(one / 1e3);
    }
    Spread::of(out)
}
