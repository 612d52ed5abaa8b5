//! Groups of rows that are the same thing. Links are taken from the surest on; two groups are joined where the links between
//! them are no weaker, on average over all pairs that were looked at, than a link has to be: one bridge does not join crowds.

use std::collections::HashMap;

/// Pairs that were looked at, with their weight in bits; those above 0 are links.
pub(crate) fn groups(rows: u32, scored: &[(u32, u32, f64)]) -> Vec<u32> {
    let mut of: Vec<u32> = (0..rows).collect();
    let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut weight: HashMap<(u32, u32), f64> = HashMap::new();
    for (a, b, bits) in scored {
        weight.insert((*a.min(b), *a.max(b)), *bits);
    }
    let mut links: Vec<&(u32, u32, f64)> = scored.iter().filter(|(_, _, bits)| *bits > 0.0).collect();
    links.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    for (a, b, _) in links {
        let (x, y) = (of[*a as usize], of[*b as usize]);
        if x == y {
            continue;
        }
        let here = members.remove(&x).unwrap_or_else(|| vec![x]);
        let there = members.remove(&y).unwrap_or_else(|| vec![y]);
        if between(&weight, &here, &there) > 0.0 {
            for row in &there {
                of[*row as usize] = x;
            }
            members.insert(x, [here, there].concat());
        } else {
            members.insert(x, here);
            members.insert(y, there);
        }
    }
    of
}

/// Mean weight of the pairs between two groups. One pair does not say more than 20 bits, or it would outvote all others.
fn between(weight: &HashMap<(u32, u32), f64>, here: &[u32], there: &[u32]) -> f64 {
    let mut sum = 0.0;
    for a in here {
        for b in there {
            // pairs that share no key are rather none
            sum += weight.get(&(*a.min(b), *a.max(b))).copied().unwrap_or(-3.0).clamp(-20.0, 20.0);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn a_weak_bridge_does_not_join_two_groups() {
        let scored = [(0, 1, 9.0), (2, 3, 9.0), (1, 2, 1.0), (0, 2, -8.0), (0, 3, -8.0), (1, 3, -8.0)];
        let of = groups(4, &scored);
        assert!(of[0] == of[1] && of[2] == of[3] && of[0] != of[2]);
    }

    #[test]
    fn a_chain_of_sure_links_is_one_group() {
        let of = groups(3, &[(0, 1, 9.0), (1, 2, 9.0)]);
        assert!(of[0] == of[1] && of[1] == of[2]);
    }
}
