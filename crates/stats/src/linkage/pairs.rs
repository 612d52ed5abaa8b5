//! Pairs with the levels of all their fields packed into one number.

use super::{column::Column, compare};

/// More fields than this say nothing new, and 3 bits each fill a word.
pub(crate) const FIELDS: usize = 21;

pub(crate) fn pattern(columns: &[Column], a: u32, b: u32) -> u64 {
    let mut out = 0;
    for (i, column) in columns.iter().enumerate() {
        let mut level = compare::level(column, a, b);
        if (compare::DIFFERS..compare::CROSSED).contains(&level) && column.exchanged.is_some_and(|j| compare::crossed(column, a, &columns[j], b) || compare::crossed(&columns[j], a, column, b)) {
            level = compare::CROSSED;
        }
        out |= u64::from(level) << (3 * i);
    }
    out
}

pub(crate) fn level_of(pattern: u64, field: usize) -> usize {
    (pattern >> (3 * field) & 7) as usize
}

/// A small generator of random numbers (splitmix64, Steele, Lea and Flood 2014): the same rows always give the same answer.
pub(crate) struct Dice(pub(crate) u64);
impl Dice {
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        ((u128::from(mix(self.0)) * u128::from(n)) >> 64) as u32
    }
}

pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

pub(crate) fn hash(bytes: &[u8], salt: u64) -> u64 {
    bytes.iter().fold(mix(salt ^ 0x51_7C_C1_B7), |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)) | 1
}
