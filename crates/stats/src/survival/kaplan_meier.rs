use super::Observed;

/// The curve just after one time at which it happened to somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub time: f64,
    pub at_risk: usize,
    pub events: usize,
    pub censored: usize,
    pub survival: f64,
    /// 95 % on the log-log scale, which keeps it between 0 and 1 (Kalbfleisch and Prentice 1980); equal to the curve where it
    /// is 1 or 0.
    pub low: f64,
    pub high: f64,
}

/// Kaplan and Meier (1958), JASA 53, with Greenwood's variance. One step for each time that occurs.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub fn kaplan_meier(subjects: &[Observed]) -> Vec<Step> {
    let mut sorted = subjects.to_vec();
    sorted.sort_by(|a, b| a.time.total_cmp(&b.time));
    let (mut survival, mut greenwood, mut at_risk) = (1.0, 0.0, sorted.len());
    let mut steps = Vec::new();
    for together in sorted.chunk_by(|a, b| a.time == b.time) {
        let events = together.iter().filter(|o| o.event).count();
        survival *= 1.0 - events as f64 / at_risk as f64;
        if events < at_risk {
            greenwood += events as f64 / (at_risk as f64 * (at_risk - events) as f64);
        }
        let (low, high) = interval(survival, greenwood);
        steps.push(Step { time: together[0].time, at_risk, events, censored: together.len() - events, survival, low, high });
        at_risk -= together.len();
    }
    steps
}
fn interval(survival: f64, greenwood: f64) -> (f64, f64) {
    if survival <= 0.0 || survival >= 1.0 {
        return (survival, survival);
    }
    let width = 1.959_963_984_540_054 * greenwood.sqrt() / survival.ln();
    (survival.powf((-width).exp()), survival.powf(width.exp()))
}

#[cfg(test)]
mod tests {
    use super::{Observed, kaplan_meier};

    /// Freireich's leukaemia trial, drug 6-MP, as in Cox and Oakes (1984): S(6) .857, S(13) .690, S(23) .448.
    #[test]
    fn the_6_mp_arm() {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let waiting = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let of = |times: &[i32], event| times.iter().map(move |t| Observed { time: f64::from(*t), event }).collect::<Vec<_>>();
        let steps = kaplan_meier(&[of(&ended, true), of(&waiting, false)].concat());
        let at = |time: f64| steps.iter().find(|s| s.time == time).unwrap().survival;
        assert!((at(6.0) - 0.857_142_857).abs() < 1e-9 && (at(13.0) - 0.690_196_078).abs() < 1e-9 && (at(23.0) - 0.448_179_272).abs() < 1e-9);
        assert!(steps.windows(2).all(|w| w[1].survival <= w[0].survival) && steps.iter().all(|s| s.low <= s.survival && s.survival <= s.high));
    }
}
