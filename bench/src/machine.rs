//! What it was measured on.

use std::fs;

/// Processor, cores, memory, and how many processes wanted to run meanwhile.
pub(crate) fn describe() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|l| l.strip_prefix("model name")).map_or("processor unknown", |l| l.trim_start_matches([':', '\t', ' ']));
    let cores = cpuinfo.lines().filter(|l| l.starts_with("processor")).count();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb: u64 = memory.lines().find_map(|l| l.strip_prefix("MemTotal:")).and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    format!("{model}, {cores} cores, {} GB", kb.div_ceil(1 << 20))
}
/// Processes that were ready to run, on average over the last minute: above the number of cores, wall times say little.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split_whitespace().next().unwrap_or("?").to_owned()
}
