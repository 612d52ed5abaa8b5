//! Groups of rows that are alike.

use crate::{forecast::real, linear::cholesky, summary::mean};

/// Rows beyond which the silhouette looks at an even sample of them: its cost grows with the square.
const SAMPLE: usize = 1_000;
const ROUNDS: usize = 200;

#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// The group of each row, the largest group first.
    pub of: Vec<usize>,
    pub centres: Vec<Vec<f64>>,
    pub sizes: Vec<usize>,
    /// Sum of squared distances to the centres.
    pub within: f64,
}
/// k-means (Lloyd 1982) from the starts of k-means++ (Arthur and Vassilvitskii 2007), the best of twelve (of four beyond five thousand
/// rows, where starts differ less and cost more) with fixed seeds. `None` for no
/// groups, or for more groups than different rows.
#[must_use]
pub fn k_means(rows: &[Vec<f64>], k: usize) -> Option<Clusters> {
    if k == 0 || rows.len() < k {
        return None;
    }
    let starts = if rows.len() > 5_000 { 4 } else { 12 };
    let best = (0..starts).filter_map(|seed| Some(lloyd(rows, begin(rows, k, seed)?))).min_by(|a, b| a.within.total_cmp(&b.within))?;
    Some(largest_first(best))
}
fn begin(rows: &[Vec<f64>], k: usize, seed: u64) -> Option<Vec<Vec<f64>>> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
    let mut centres = vec![rows[at(random.next() * real(rows.len()), rows.len())].clone()];
    let mut far: Vec<f64> = rows.iter().map(|r| distance(r, &centres[0])).collect();
    while centres.len() < k {
        let whole: f64 = far.iter().sum();
        if whole <= 0.0 || !whole.is_finite() {
            return None;
        }
        let mut left = random.next() * whole;
        let next = far.iter().position(|d| {
            left -= d;
            left < 0.0 && *d > 0.0
        });
        let next = next.or_else(|| far.iter().rposition(|d| *d > 0.0))?;
        centres.push(rows[next].clone());
        for (d, row) in far.iter_mut().zip(rows) {
            *d = d.min(distance(row, &rows[next]));
        }
    }
    Some(centres)
}
fn lloyd(rows: &[Vec<f64>], mut centres: Vec<Vec<f64>>) -> Clusters {
    let mut of = vec![usize::MAX; rows.len()];
    let mut sizes = vec![0; centres.len()];
    for _ in 0..ROUNDS {
        let next: Vec<usize> = rows.iter().map(|r| nearest(r, &centres).0).collect();
        if next == of {
            break;
        }
        of = next;
        let mut sums = vec![vec![0.0; rows[0].len()]; centres.len()];
        sizes.iter_mut().for_each(|s| *s = 0);
        for (row, group) in rows.iter().zip(&of) {
            sizes[*group] += 1;
            sums[*group].iter_mut().zip(row).for_each(|(s, v)| *s += v);
        }
        for ((centre, sum), size) in centres.iter_mut().zip(sums).zip(&sizes) {
            // a group that nobody is nearest to keeps its place
            if *size > 0 {
                *centre = sum.into_iter().map(|s| s / real(*size)).collect();
            }
        }
    }
    let within = rows.iter().zip(&of).map(|(r, group)| distance(r, &centres[*group])).sum();
    Clusters { of, centres, sizes, within }
}
fn largest_first(found: Clusters) -> Clusters {
    let mut order: Vec<usize> = (0..found.centres.len()).collect();
    order.sort_by(|a, b| found.sizes[*b].cmp(&found.sizes[*a]).then(found.centres[*a].partial_cmp(&found.centres[*b]).unwrap_or(std::cmp::Ordering::Equal)));
    let mut place = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    Clusters {
        of: found.of.iter().map(|g| place[*g]).collect(),
        centres: order.iter().map(|o| found.centres[*o].clone()).collect(),
        sizes: order.iter().map(|o| found.sizes[*o]).collect(),
        within: found.within,
    }
}
fn nearest(row: &[f64], centres: &[Vec<f64>]) -> (usize, f64) {
    centres.iter().map(|c| distance(row, c)).enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, f64::INFINITY))
}
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum()
}
/// How much nearer rows are to their own group than to the next one, from -1 to 1, on average (Rousseeuw, J. Comput. Appl. Math. 20, 1987); a
/// row that is a group of its own counts 0. Of an even sample where there are more than a thousand rows. `None` for one group.
#[must_use]
pub fn silhouette(rows: &[Vec<f64>], of: &[usize]) -> Option<f64> {
    let step = rows.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<usize> = (0..rows.len()).step_by(step).collect();
    let groups = of.iter().max()? + 1;
    let mut sizes = vec![0usize; groups];
    sample.iter().for_each(|i| sizes[of[*i]] += 1);
    if sizes.iter().filter(|s| **s > 0).count() < 2 {
        return None;
    }
    let mut sum = 0.0;
    for i in &sample {
        let mut far = vec![0.0; groups];
        for j in &sample {
            far[of[*j]] += distance(&rows[*i], &rows[*j]).sqrt();
        }
        let own = sizes[of[*i]];
        if own < 2 {
            continue;
        }
        let inside = far[of[*i]] / real(own - 1);
        let outside = (0..groups).filter(|g| *g != of[*i] && sizes[*g] > 0).map(|g| far[g] / real(sizes[g])).fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        sum += if larger > 0.0 { (outside - inside) / larger } else { 0.0 };
    }
    Some(sum / real(sample.len()))
}
/// Rows of a cloud that is drawn to see what chance does.
const DRAWN: usize = 500;
/// The highest silhouette that as many groups get in five even clouds without any, with the rows' number and covariance: what is no
/// higher is no sign of groups. Even clouds are the hardest to tell from groups (Tibshirani, Walther, Hastie, J. Royal Statistical
/// Society B 63, 2001). `None` where no cloud takes so many groups.
#[must_use]
pub fn by_chance(rows: &[Vec<f64>], k: usize) -> Option<f64> {
    let width = rows.first()?.len();
    let means: Vec<f64> = (0..width).map(|c| rows.iter().map(|r| r[c]).sum::<f64>() / real(rows.len())).collect();
    let covariance = |i: usize, j: usize| mean(&rows.iter().map(|r| (r[i] - means[i]) * (r[j] - means[j])).collect::<Vec<_>>());
    let square: Vec<Vec<f64>> = (0..width).map(|i| (0..width).map(|j| covariance(i, j)).collect()).collect();
    // where columns follow from one another each is drawn by itself
    let lower = cholesky(&square).unwrap_or_else(|| (0..width).map(|i| (0..width).map(|j| if i == j { square[i][i].sqrt() } else { 0.0 }).collect()).collect());
    let cloud = |seed: u64| {
        let mut random = Random(seed);
        (0..rows.len().min(DRAWN))
            .map(|_| {
                let even: Vec<f64> = (0..width).map(|_| (random.next() - 0.5) * 12f64.sqrt()).collect();
                lower.iter().map(|row| row.iter().zip(&even).map(|(l, e)| l * e).sum()).collect()
            })
            .collect::<Vec<Vec<f64>>>()
    };
    let of = |seed: u64| {
        let drawn = cloud(seed);
        silhouette(&drawn, &k_means(&drawn, k)?.of)
    };
    (1..=5).filter_map(of).max_by(f64::total_cmp)
}
/// A number within 0 and n - 1.
fn at(place: f64, n: usize) -> usize {
    (0..n).take_while(|i| real(*i) <= place).last().unwrap_or(0)
}
/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers every run.
struct Random(u64);
impl Random {
    /// From 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0);
        f64::from(high) / 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, by_chance, k_means, silhouette};

    fn three() -> Vec<Vec<f64>> {
        let mut rows = Vec::new();
        for i in 0..12u32 {
            let off = f64::from(i % 4) * 0.1;
            rows.push(vec![off, off * 0.5]);
            rows.push(vec![10.0 + off, 0.3 * off]);
            if i % 2 == 0 {
                rows.push(vec![5.0 - off, 9.0 + off]);
            }
        }
        rows
    }
    #[test]
    fn groups_that_are_there_are_found() {
        let rows = three();
        let found = k_means(&rows, 3).unwrap();
        assert_eq!(found.sizes, [12, 12, 6]);
        for (row, group) in rows.iter().zip(&found.of) {
            assert!((row[0] - found.centres[*group][0]).abs() < 0.5 && (row[1] - found.centres[*group][1]).abs() < 0.5);
        }
        assert_eq!(found, k_means(&rows, 3).unwrap());
        let of = |k| silhouette(&rows, &k_means(&rows, k).unwrap().of).unwrap();
        assert!(of(3) > of(2) && of(3) > of(4) && of(3) > 0.9);
    }
    #[test]
    fn a_cloud_is_told_from_groups() {
        let of = |rows: &[Vec<f64>], k| silhouette(rows, &k_means(rows, k).unwrap().of).unwrap();
        assert!(of(&three(), 3) > by_chance(&three(), 3).unwrap());
        let mut random = Random(77);
        // a long thin cloud, whose halves are well apart
        let thin: Vec<Vec<f64>> = (0..200).map(|_| (random.next(), random.next())).map(|(x, y)| vec![x, x + 0.1 * y]).collect();
        assert!(of(&thin, 2) > 0.5 && of(&thin, 2) < by_chance(&thin, 2).unwrap() + 0.02);
        assert!(by_chance(&[], 2).is_none() && by_chance(&[vec![1.0], vec![2.0]], 3).is_none());
    }
    #[test]
    fn silhouette_by_hand() {
        // 0 and 1 against 4 and 6: (4.5 - 1) / 4.5... each row by its own pair
        let rows: Vec<Vec<f64>> = [0.0, 1.0, 4.0, 6.0].iter().map(|v| vec![*v]).collect();
        let by_hand = ((5.0 - 1.0) / 5.0 + (4.0 - 1.0) / 4.0 + (3.5 - 2.0) / 3.5 + (5.5 - 2.0) / 5.5) / 4.0;
        assert!((silhouette(&rows, &[0, 0, 1, 1]).unwrap() - by_hand).abs() < 1e-12);
    }
    #[test]
    fn more_groups_than_rows() {
        assert!(k_means(&[], 1).is_none() && k_means(&[vec![1.0]], 2).is_none() && k_means(&[vec![1.0], vec![1.0]], 2).is_none() && k_means(&three(), 0).is_none());
        assert!(silhouette(&three(), &[0; 30]).is_none() && silhouette(&[], &[]).is_none());
    }
}
