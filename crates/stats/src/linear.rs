//! Small dense systems.

/// Solves `A x = b` for a symmetric positive definite `A` (rows of equal length) by Cholesky; also gives the inverse of `A`.
/// `None` where `A` is singular to working precision.
#[must_use]
pub(crate) fn solve_spd(a: &[Vec<f64>], b: &[f64]) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    let l = cholesky(a)?;
    let x = back(&l, b);
    let n = a.len();
    let inverse = (0..n).map(|i| back(&l, &(0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<_>>())).collect();
    Some((x, inverse))
}
/// The lower triangle whose square `a` is; `None` where it is singular to working precision.
pub(crate) fn cholesky(a: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let rest = a[i][j] - sum;
            if i == j {
                if rest <= 1e-12 * a[i][i].abs() || !rest.is_finite() {
                    return None;
                }
                l[i][i] = rest.sqrt();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
    }
    Some(l)
}
pub(crate) fn back(l: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let n = l.len();
    let mut y = b.to_vec();
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| l[i][k] * y[k]).sum();
        y[i] = (y[i] - sum) / l[i][i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| l[k][i] * y[k]).sum();
        y[i] = (y[i] - sum) / l[i][i];
    }
    y
}

#[cfg(test)]
mod tests {
    use super::solve_spd;

    #[test]
    fn a_system_and_its_inverse() {
        let (x, inverse) = solve_spd(&[vec![4.0, 1.0], vec![1.0, 3.0]], &[1.0, 2.0]).unwrap();
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
        assert!((inverse[0][1] + 1.0 / 11.0).abs() < 1e-12);
        assert!(solve_spd(&[vec![1.0, 1.0], vec![1.0, 1.0]], &[1.0, 1.0]).is_none());
    }
}
