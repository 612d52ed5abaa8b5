//! Chance that is the same in every version: SplitMix64 (Steele, Lea, Flood 2014). A library's generator may change its
//! stream between releases; a demo that is named by its seed may not. Only the last bit of `exp` and `powf` is the
//! platform's own.

#[derive(Clone, Debug)]
pub(super) struct Rng {
    state: u64,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of words, for streams of their own and for choices that need no stream.
pub(super) fn hash(words: &[u64]) -> u64 {
    words.iter().fold(0x51_7c_c1_b7_27_22_0a_95, |state, word| mix(state.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(*word)))
}
/// FNV-1a: a number for a name.
pub(super) fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl Rng {
    pub(super) fn of(words: &[u64]) -> Rng {
        Rng { state: hash(words) }
    }
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }
    /// 0 (in) to 1 (out).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }
    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    /// A whole number from `low` to `high`, both included; `low` where the range is empty.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        match u64::try_from(high - low) {
            Ok(width) => low + i64::try_from(self.next() % (width + 1)).unwrap_or(0),
            Err(_) => low,
        }
    }
    pub(super) fn day_between(&mut self, low: i32, high: i32) -> i32 {
        i32::try_from(self.between(i64::from(low), i64::from(high))).unwrap_or(low)
    }
    pub(super) fn float(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
    /// An index below `n`; 0 where `n` is 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap_or(1)).unwrap_or(0)
    }
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
    /// One of the words; empty where there are none.
    pub(super) fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        self.pick(words).map_or("", String::as_str)
    }
    /// An index, each as likely as its weight.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().sum();
        let mut at = self.unit() * total;
        let mut last = 0;
        for (index, weight) in weights.enumerate() {
            last = index;
            if at < weight {
                return index;
            }
            at -= weight;
        }
        last
    }
    /// The first of a few is the likeliest: weights 1, 1/2, 1/3 and so on (Zipf).
    pub(super) fn zipf(&mut self, n: usize) -> usize {
        self.weighted((1..=n.max(1)).map(|k| 1.0 / small(k)))
    }
    /// Standard normal, near enough: the sum of twelve uniforms (Irwin-Hall).
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }
    /// At least 1, a few very large: exponent `alpha`, cut at `cap`.
    pub(super) fn pareto(&mut self, alpha: f64, cap: f64) -> f64 {
        (1.0 - self.unit()).powf(-1.0 / alpha).min(cap)
    }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
pub(super) fn small(n: usize) -> f64 {
    n as f64
}
/// To a whole number, halves away from zero; numbers here are far from the bounds of i64.
#[expect(clippy::cast_possible_truncation, reason = "saturates, which is what is wanted")]
pub(super) fn whole(x: f64) -> i64 {
    x.round() as i64
}
/// A count from a measure that is not negative.
pub(super) fn count(x: f64) -> usize {
    usize::try_from(whole(x)).unwrap_or(0)
}
/// Days from a measure.
pub(super) fn days(x: f64) -> i32 {
    i32::try_from(whole(x)).unwrap_or(0)
}
