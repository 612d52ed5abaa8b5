//! The Merkle tree of RFC 9162, section 2.1: hashes of leaves and nodes, roots of growing trees, proofs.

use sha2::{Digest, Sha256};

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// `HASH(0x00 || entry)`.
pub(crate) fn leaf(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}
/// `HASH(0x01 || left || right)`.
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}
/// The root of a tree without leaves: the hash of nothing.
pub(crate) fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// A complete subtree: `height` 0 is a leaf, `last` the number of its last leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) last: u64,
    pub(crate) height: u32,
}

/// What is needed of a tree to append to it: the roots of its complete subtrees, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}
impl Frontier {
    /// Places of the roots of a tree of `size` leaves, the largest first.
    pub(crate) fn places(size: u64) -> Vec<Place> {
        let mut end = 0;
        let heights = (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1);
        heights
            .map(|height| {
                end += 1 << height;
                Place { last: end - 1, height }
            })
            .collect()
    }
    /// `roots` in the order of [`Frontier::places`].
    pub(crate) fn of(size: u64, roots: Vec<Hash>) -> Frontier {
        Frontier { size, roots }
    }
    pub(crate) fn size(&self) -> u64 {
        self.size
    }
    /// Appends a leaf; every complete subtree that this finishes is told, from the leaf up.
    pub(crate) fn push(&mut self, leaf: Hash, mut made: impl FnMut(Place, Hash)) {
        let (last, mut hash) = (self.size, leaf);
        made(Place { last, height: 0 }, hash);
        for height in 1..=self.size.trailing_ones() {
            let left = self.roots.pop().unwrap_or_else(empty);
            hash = node(&left, &hash);
            made(Place { last, height }, hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }
    pub(crate) fn root(&self) -> Hash {
        let mut smallest_first = self.roots.iter().rev();
        let Some(first) = smallest_first.next() else { return empty() };
        smallest_first.fold(*first, |right, left| node(left, &right))
    }
}

/// Gives the hash of a complete subtree, from wherever it is kept.
type Nodes<'a, E> = &'a mut dyn FnMut(Place) -> Result<Hash, E>;

/// The root over the leaves from `start` up to before `end`, where `start` is a multiple of the next power of two.
fn range<E>(nodes: Nodes<E>, start: u64, end: u64) -> Result<Hash, E> {
    let size = end - start;
    if size == 0 {
        return Ok(empty());
    }
    if size.is_power_of_two() {
        return nodes(Place { last: end - 1, height: size.trailing_zeros() });
    }
    let middle = start + split(size);
    Ok(node(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}
/// The largest power of two smaller than `size`.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The root of the first `size` leaves.
pub(crate) fn root<E>(nodes: Nodes<E>, size: u64) -> Result<Hash, E> {
    range(nodes, 0, size)
}

/// The audit path of a leaf in the tree of the first `size` leaves (RFC 9162, 2.1.3.1). `leaf` is smaller than `size`.
pub(crate) fn inclusion<E>(nodes: Nodes<E>, leaf: u64, size: u64) -> Result<Vec<Hash>, E> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if leaf < middle {
            path.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// That the tree of `size` leaves begins with the tree of `old` ones (RFC 9162, 2.1.4.1). `old` is from 1 to `size`.
pub(crate) fn consistency<E>(nodes: Nodes<E>, old: u64, size: u64) -> Result<Vec<Hash>, E> {
    let (mut start, mut end, mut whole, mut path) = (0, size, true, Vec::new());
    // What is left of the old tree below, counted from the start of the part that is looked at.
    while end - start > old - start {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range(nodes, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::{Frontier, Hash, Place, consistency, empty, inclusion, leaf, node, root};
    use std::{collections::HashMap, convert::Infallible};

    fn hex(hash: &Hash) -> String {
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }
    /// The eight leaves and roots that implementations of Certificate Transparency test each other with.
    const LEAVES: [&[u8]; 8] =
        [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"\x50\x51\x52\x53\x54\x55\x56\x57", b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn grown(leaves: impl IntoIterator<Item = Vec<u8>>) -> (Vec<Hash>, HashMap<Place, Hash>) {
        let (mut frontier, mut nodes, mut roots) = (Frontier::default(), HashMap::new(), vec![empty()]);
        for entry in leaves {
            frontier.push(leaf(&entry), |place, hash| {
                nodes.insert(place, hash);
            });
            roots.push(frontier.root());
        }
        (roots, nodes)
    }

    #[test]
    fn roots_are_those_that_others_compute() {
        assert_eq!(hex(&empty()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let (roots, _) = grown(LEAVES.map(<[u8]>::to_vec));
        let told: Vec<String> = roots[1..].iter().map(hex).collect();
        assert_eq!(told, ROOTS);
    }

    /// RFC 9162, 2.1.3.2.
    fn includes(path: &[Hash], mut at: u64, size: u64, entry: Hash, root: Hash) -> bool {
        let (mut last, mut hash) = (size - 1, entry);
        for other in path {
            if last == 0 {
                return false;
            }
            if at & 1 == 1 || at == last {
                hash = node(other, &hash);
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                hash = node(&hash, other);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        last == 0 && hash == root
    }
    /// RFC 9162, 2.1.4.2.
    fn extends(path: &[Hash], old: u64, size: u64, old_root: Hash, root: Hash) -> bool {
        if old == size {
            return path.is_empty() && old_root == root;
        }
        let mut path = path.to_vec();
        if old.is_power_of_two() {
            path.insert(0, old_root);
        }
        let Some((first, rest)) = path.split_first() else { return false };
        let (mut at, mut last) = (old - 1, size - 1);
        while at & 1 == 1 {
            (at, last) = (at >> 1, last >> 1);
        }
        let (mut before, mut after) = (*first, *first);
        for other in rest {
            if last == 0 {
                return false;
            }
            if at & 1 == 1 || at == last {
                (before, after) = (node(other, &before), node(other, &after));
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                after = node(&after, other);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        last == 0 && before == old_root && after == root
    }

    #[test]
    fn every_proof_of_trees_up_to_70_leaves_holds_and_no_other() {
        let entries: Vec<Vec<u8>> = (0..70_u8).map(|n| vec![n]).collect();
        let (roots, nodes) = grown(entries.clone());
        let mut kept = |place: Place| Ok::<_, Infallible>(nodes[&place]);
        for size in 1..=70_u64 {
            let whole = roots[usize::try_from(size).unwrap()];
            assert_eq!(root(&mut kept, size).unwrap(), whole);
            for at in 0..size {
                let path = inclusion(&mut kept, at, size).unwrap();
                let entry = leaf(&entries[usize::try_from(at).unwrap()]);
                assert!(includes(&path, at, size, entry, whole), "leaf {at} of {size}");
                assert!(!includes(&path, at, size, leaf(b"another"), whole), "control: leaf {at} of {size}");
                let old = at + 1;
                let (path, before) = (consistency(&mut kept, old, size).unwrap(), roots[usize::try_from(old).unwrap()]);
                assert!(extends(&path, old, size, before, whole), "{old} of {size}");
                assert!(!extends(&path, old, size, leaf(b"another"), whole), "control: {old} of {size}");
            }
        }
    }

    #[test]
    fn a_tree_goes_on_from_what_is_kept_of_it() {
        let (roots, nodes) = grown((0..45_u8).map(|n| vec![n]));
        for size in 0..45_u64 {
            let kept = Frontier::places(size).iter().map(|place| nodes[place]).collect();
            let mut frontier = Frontier::of(size, kept);
            assert_eq!(frontier.root(), roots[usize::try_from(size).unwrap()]);
            frontier.push(leaf(&[u8::try_from(size).unwrap()]), |_, _| {});
            assert_eq!(frontier.root(), roots[usize::try_from(size).unwrap() + 1]);
        }
    }
}
