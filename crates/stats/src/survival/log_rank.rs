use super::Observed;
use crate::special::chi2_1_tail;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRank {
    pub chi2: f64,
    pub p: f64,
}
/// Whether it comes equally soon in two groups (Mantel 1966): one degree of freedom. `None` where nothing ever happened
/// while both were watched.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub fn log_rank(subjects: &[(Observed, bool)]) -> Option<LogRank> {
    let mut sorted = subjects.to_vec();
    sorted.sort_by(|a, b| a.0.time.total_cmp(&b.0.time));
    let (mut all, mut one) = (sorted.len() as f64, sorted.iter().filter(|(_, g)| *g).count() as f64);
    let (mut more, mut variance) = (0.0, 0.0);
    for together in sorted.chunk_by(|a, b| a.0.time == b.0.time) {
        let events = together.iter().filter(|(o, _)| o.event).count() as f64;
        let ours = together.iter().filter(|(o, g)| o.event && *g).count() as f64;
        more += ours - events * one / all;
        if all > 1.0 {
            variance += events * (one / all) * (1.0 - one / all) * (all - events) / (all - 1.0);
        }
        all -= together.len() as f64;
        one -= together.iter().filter(|(_, g)| *g).count() as f64;
    }
    (variance > 0.0).then(|| {
        let chi2 = more * more / variance;
        LogRank { chi2, p: chi2_1_tail(chi2) }
    })
}
