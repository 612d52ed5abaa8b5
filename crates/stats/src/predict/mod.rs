//! The chance of something from a table, learnt from rows where it is known.

pub mod bins;
pub mod boost;
pub mod contest;
pub mod design;
pub mod logistic;
pub mod metrics;
pub mod profit;
pub mod tree;

/// One column of what is known about each row.
#[derive(Clone, Debug)]
pub enum Column {
    /// Not a number where it is missing.
    Number(Vec<f64>),
    /// Number of the value, from 0; nothing where it is missing.
    Category(Vec<Option<u32>>),
}
/// Columns of equal length.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub columns: Vec<Column>,
    pub rows: usize,
}
impl Frame {
    /// Without one or more columns.
    #[must_use]
    pub fn without(&self, out: &[usize]) -> Frame {
        Frame { columns: self.columns.iter().enumerate().filter(|(i, _)| !out.contains(i)).map(|(_, c)| c.clone()).collect(), rows: self.rows }
    }
}
/// The logistic function.
#[must_use]
pub fn chance(raw: f64) -> f64 {
    if raw >= 0.0 { 1.0 / (1.0 + (-raw).exp()) } else { raw.exp() / (1.0 + raw.exp()) }
}
/// Logarithm of the odds, of a share kept off 0 and 1.
#[must_use]
pub fn log_odds(share: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln()
}
/// A number from 0 to 1 that belongs to a row and a purpose, the same every run (`SplitMix64`: Steele, Lea, Flood 2014).
#[must_use]
pub fn drawn(row: u64, purpose: u64) -> f64 {
    let mut z = row.wrapping_add(purpose.wrapping_mul(0xD1B5_4A32_D192_ED03)).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let share = (z >> 11) as f64 / (1u64 << 53) as f64;
    share
}
