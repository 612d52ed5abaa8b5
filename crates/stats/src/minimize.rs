//! Minimum of a smooth function of a few variables without derivatives.

/// Logarithms of parameters beyond this are no place to look: customers are as good as alike there, the likelihood is flat, and
/// further out differences of logarithms of gamma functions are nothing but rounding.
pub(crate) const FAR: f64 = 7.0;

/// Whether a place is within [`FAR`].
pub(crate) fn is_near(logarithms: &[f64]) -> bool {
    logarithms.iter().all(|p| p.abs() <= FAR)
}

/// Nelder and Mead's simplex (Computer Journal 7, 1965), begun again from its own answer until that no longer moves.
/// Answers the place and the value; the value is infinite where `f` is nowhere finite.
pub(crate) fn minimize(start: &[f64], f: impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let mut at = start.to_vec();
    let mut value = f64::INFINITY;
    for step in [1.0, 0.5, 0.25, 0.1, 0.1, 0.1] {
        let (next, found) = simplex(&at, step, 1e-11, &f);
        let settled = (value - found).abs() <= 1e-9 * (1.0 + found.abs());
        (at, value) = (next, found);
        if settled {
            break;
        }
    }
    (at, value)
}

/// One simplex only, to six digits of the value: for the many small models of a choice, whose places need no more.
pub(crate) fn minimize_roughly(start: &[f64], f: impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    simplex(start, 1.0, 1e-6, &f)
}

fn simplex(start: &[f64], step: f64, tolerance: f64, f: &impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let n = start.len();
    let ask = |x: &[f64]| {
        let value = f(x);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let mut corners: Vec<(Vec<f64>, f64)> = (0..=n)
        .map(|i| {
            let mut x = start.to_vec();
            if let Some(one) = i.checked_sub(1).and_then(|i| x.get_mut(i)) {
                *one += step;
            }
            let value = ask(&x);
            (x, value)
        })
        .collect();
    for _ in 0..400 * n {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (corners[0].1, corners[n].1);
        if (worst - best).abs() <= tolerance * (best.abs() + 1e-11) {
            break;
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of variables")]
        let centre: Vec<f64> = (0..n).map(|j| corners[..n].iter().map(|(x, _)| x[j]).sum::<f64>() / n as f64).collect();
        let along = |t: f64| -> Vec<f64> { centre.iter().zip(&corners[n].0).map(|(c, w)| c + t * (w - c)).collect() };
        let reflected = along(-1.0);
        let value = ask(&reflected);
        if value < best {
            let further = along(-2.0);
            let there = ask(&further);
            corners[n] = if there < value { (further, there) } else { (reflected, value) };
        } else if value < corners[n - 1].1 {
            corners[n] = (reflected, value);
        } else {
            let inner = along(if value < worst { -0.5 } else { 0.5 });
            let there = ask(&inner);
            if there < worst.min(value) {
                corners[n] = (inner, there);
            } else {
                let best_at = corners[0].0.clone();
                for corner in corners.iter_mut().skip(1) {
                    corner.0 = corner.0.iter().zip(&best_at).map(|(x, b)| b + 0.5 * (x - b)).collect();
                    corner.1 = ask(&corner.0);
                }
            }
        }
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners.swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::minimize;

    #[test]
    fn the_banana_is_found() {
        let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let (at, value) = minimize(&[-1.2, 1.0], rosenbrock);
        assert!(value < 1e-10 && (at[0] - 1.0).abs() < 1e-4 && (at[1] - 1.0).abs() < 1e-4, "{at:?} {value}");
    }
    #[test]
    fn nowhere_finite() {
        assert!(minimize(&[0.0], |_| f64::NAN).1.is_infinite());
    }
}
