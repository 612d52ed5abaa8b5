use super::Observed;
use crate::linear::solve_spd;

/// Proportional hazards (Cox 1972, JRSS B 34), ties after Efron (1977, JASA 72).
#[derive(Clone, Debug, PartialEq)]
pub struct Cox {
    pub coefficients: Vec<f64>,
    pub standard_errors: Vec<f64>,
    pub log_likelihood: f64,
    /// With every coefficient at 0.
    pub log_likelihood_null: f64,
    /// The means that covariates were measured from.
    means: Vec<f64>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoxError {
    /// It happened to too few: at least one event for each covariate, and two.
    TooLittle { events: usize, covariates: usize },
    /// Covariates that follow from one another, or one that tells the outcome apart altogether.
    Singular,
}

impl Cox {
    /// `rows`: covariates of each subject, all of one length.
    ///
    /// # Errors
    /// Too few events; no finite maximum.
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    pub fn fit(subjects: &[Observed], rows: &[Vec<f64>]) -> Result<Cox, CoxError> {
        let covariates = rows.first().map_or(0, Vec::len);
        let events = subjects.iter().filter(|s| s.event).count();
        if covariates == 0 || events < covariates.max(2) {
            return Err(CoxError::TooLittle { events, covariates });
        }
        let n = rows.len() as f64;
        let means: Vec<f64> = (0..covariates).map(|j| rows.iter().map(|r| r[j]).sum::<f64>() / n).collect();
        let scales: Vec<f64> = (0..covariates).map(|j| (rows.iter().map(|r| (r[j] - means[j]).powi(2)).sum::<f64>() / n).sqrt()).collect();
        if scales.iter().any(|s| *s <= 1e-12) {
            return Err(CoxError::Singular);
        }
        // Latest first: the sums over those at risk then grow by who is added.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|a, b| subjects[*b].time.total_cmp(&subjects[*a].time));
        let standard: Vec<Vec<f64>> = order.iter().map(|i| (0..covariates).map(|j| (rows[*i][j] - means[j]) / scales[j]).collect()).collect();
        let times: Vec<Observed> = order.iter().map(|i| subjects[*i]).collect();
        let mut beta = vec![0.0; covariates];
        let mut now = Sums::at(&times, &standard, &beta);
        let null = now.log_likelihood;
        for _ in 0..50 {
            let (step, _) = solve_spd(&now.information, &now.score).ok_or(CoxError::Singular)?;
            let mut share = 1.0;
            let next = loop {
                let tried: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect();
                let there = Sums::at(&times, &standard, &tried);
                if there.log_likelihood >= now.log_likelihood - 1e-12 || share < 1e-4 {
                    beta = tried;
                    break there;
                }
                share /= 2.0;
            };
            let gain = next.log_likelihood - now.log_likelihood;
            now = next;
            if gain.abs() < 1e-11 * (1.0 + now.log_likelihood.abs()) {
                break;
            }
        }
        // A coefficient that runs away tells the outcome apart altogether.
        if beta.iter().any(|b| !b.is_finite() || b.abs() > 15.0) {
            return Err(CoxError::Singular);
        }
        let (_, inverse) = solve_spd(&now.information, &now.score).ok_or(CoxError::Singular)?;
        Ok(Cox {
            coefficients: beta.iter().zip(&scales).map(|(b, s)| b / s).collect(),
            standard_errors: (0..covariates).map(|j| inverse[j][j].sqrt() / scales[j]).collect(),
            log_likelihood: now.log_likelihood,
            log_likelihood_null: null,
            means,
        })
    }
    /// Risk relative to a subject with mean covariates.
    #[must_use]
    pub fn risk(&self, row: &[f64]) -> f64 {
        self.coefficients.iter().zip(row).zip(&self.means).map(|((c, x), m)| c * (x - m)).sum::<f64>().exp()
    }
}

struct Sums {
    log_likelihood: f64,
    score: Vec<f64>,
    information: Vec<Vec<f64>>,
}
impl Sums {
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    fn at(times: &[Observed], rows: &[Vec<f64>], beta: &[f64]) -> Sums {
        let k = beta.len();
        let mut out = Sums { log_likelihood: 0.0, score: vec![0.0; k], information: vec![vec![0.0; k]; k] };
        let mut risk = Moments::new(k);
        let mut at = 0;
        for together in times.chunk_by(|a, b| a.time == b.time) {
            let mut dying = Moments::new(k);
            let mut deaths = 0usize;
            for (i, subject) in (at..).zip(together) {
                let eta: f64 = rows[i].iter().zip(beta).map(|(x, b)| x * b).sum();
                risk.add(&rows[i], eta.exp());
                if subject.event {
                    dying.add(&rows[i], eta.exp());
                    deaths += 1;
                    out.log_likelihood += eta;
                    for (s, x) in out.score.iter_mut().zip(&rows[i]) {
                        *s += x;
                    }
                }
            }
            at += together.len();
            for l in 0..deaths {
                let share = l as f64 / deaths as f64;
                let zero = risk.zero - share * dying.zero;
                out.log_likelihood -= zero.ln();
                for a in 0..k {
                    let mean = (risk.one[a] - share * dying.one[a]) / zero;
                    out.score[a] -= mean;
                    for b in 0..=a {
                        let other = (risk.one[b] - share * dying.one[b]) / zero;
                        let both = (risk.two[a][b] - share * dying.two[a][b]) / zero - mean * other;
                        out.information[a][b] += both;
                        if a != b {
                            out.information[b][a] += both;
                        }
                    }
                }
            }
        }
        out
    }
}
/// Weighted sums over subjects: of one, of covariates, of their products (lower triangle).
struct Moments {
    zero: f64,
    one: Vec<f64>,
    two: Vec<Vec<f64>>,
}
impl Moments {
    fn new(k: usize) -> Moments {
        Moments { zero: 0.0, one: vec![0.0; k], two: vec![vec![0.0; k]; k] }
    }
    fn add(&mut self, row: &[f64], weight: f64) {
        self.zero += weight;
        for (a, x) in row.iter().enumerate() {
            self.one[a] += weight * x;
            for (b, y) in row.iter().enumerate().take(a + 1) {
                self.two[a][b] += weight * x * y;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cox, CoxError, Observed};

    fn of(time: f64, event: bool) -> Observed {
        Observed { time, event }
    }
    /// Two groups without ties: the score equation can be solved by hand. Times 1 (x=1), 2 (x=0), 3 (x=1), 4 (x=0), all
    /// events: l = 2b - ln(2e^b+2) - ln(e^b+2) - ln(e^b+1); its derivative is 0 at e^b = 2.
    #[test]
    fn a_maximum_found_by_hand() {
        let subjects = [of(1.0, true), of(2.0, true), of(3.0, true), of(4.0, true)];
        let rows: Vec<Vec<f64>> = [1.0, 0.0, 1.0, 0.0].map(|x| vec![x]).to_vec();
        let found = Cox::fit(&subjects, &rows).unwrap();
        let z = found.coefficients[0].exp();
        // 2 - z/(z+1) - z/(z+2) - z/(z+1) = 0
        assert!((2.0 - 2.0 * z / (z + 1.0) - z / (z + 2.0)).abs() < 1e-6, "{found:?}");
    }
    #[test]
    fn nothing_to_learn_from() {
        assert!(matches!(Cox::fit(&[of(1.0, false)], &[vec![1.0]]), Err(CoxError::TooLittle { .. })));
        let subjects = [of(1.0, true), of(2.0, true), of(3.0, true)];
        assert_eq!(Cox::fit(&subjects, &[vec![1.0], vec![1.0], vec![1.0]]), Err(CoxError::Singular));
        assert_eq!(Cox::fit(&subjects, &[vec![3.0], vec![2.0], vec![1.0]]), Err(CoxError::Singular), "told apart altogether");
    }
}
