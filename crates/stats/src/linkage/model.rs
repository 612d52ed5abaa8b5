//! Estimates of m and u by expectation maximisation over the patterns of agreement.
//!
//! Two yardsticks are kept. *Among all pairs*: u is what two rows drawn at random show, the prior is the share of true pairs
//! among all; it is absolute, so that a file without duplicates yields none. *Among the candidates*: u is what candidates that
//! are none show; it knows that people of one household agree on many fields at once. A pair counts for as much as the more
//! doubtful of the two says.

use super::{Aspect, Kind, compare, kind::aspect, pairs::level_of};

/// Agreement counted for each level before a pair was seen, so that no level is ever impossible.
const BEFORE: f64 = 12.0;
const ROUNDS: usize = 60;

/// What was learnt about one column. Levels are numbered from "differs" up to "same".
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub aspect: Aspect,
    /// Probability of each level when the two rows are the same.
    pub m: Vec<f64>,
    /// Probability of each level when two rows are drawn at random.
    pub u: Vec<f64>,
    /// Probability of each level among candidates that are not the same.
    pub among: Vec<f64>,
}
impl Field {
    #[must_use]
    pub fn levels(&self) -> &'static [&'static str] {
        compare::names(self.kind)
    }
}

pub(crate) struct Model {
    pub(crate) fields: Vec<Field>,
    /// log2 of the odds that a pair is a true one: among all, among candidates.
    prior: f64,
    prior_among: f64,
    /// Bits of each level of each field by both yardsticks: logarithms are dear where there are millions of pairs.
    bits: Vec<[(f64, f64); 8]>,
}

/// How often pairs of one pattern were seen, and how sure their answer is (none: to be estimated).
pub(crate) struct Seen {
    pub(crate) pattern: u64,
    pub(crate) count: f64,
    pub(crate) known: Option<bool>,
}

/// What is expected before anything was seen: mostly the same, sometimes nearly, seldom different.
pub(crate) fn expected(levels: usize) -> Vec<f64> {
    let mut m = vec![0.0; levels];
    m[0] = 0.08;
    m[levels - 1] = 0.70;
    if levels > 2 {
        let between = levels - 2;
        // nearer levels are likelier
        let sum: f64 = (1..=between).map(|i| i as f64).sum();
        for (i, x) in m.iter_mut().enumerate().skip(1).take(between) {
            *x = 0.22 * i as f64 / sum;
        }
    }
    let all: f64 = m.iter().sum();
    m.iter().map(|x| x / all).collect()
}

pub(crate) fn fit(kinds: &[(String, Kind)], random: Vec<Vec<f64>>, seen: &[Seen], all_pairs: f64) -> Model {
    let fields = kinds.iter().zip(random).map(|((name, kind), u)| {
        let levels = compare::names(*kind).len();
        Field { name: name.clone(), kind: *kind, aspect: aspect(name, *kind), m: expected(levels), among: u.clone(), u }
    });
    let mut model = Model::new(fields.collect(), 0.0, 0.0);
    let candidates: f64 = seen.iter().filter(|s| s.known.is_none()).map(|s| s.count).sum();
    // a guess that the rounds below correct
    let mut matches = (candidates * 0.2).max(1.0);
    model.priors(matches, candidates, all_pairs);
    for round in 0..ROUNDS {
        let before = matches;
        matches = model.improve(seen, round == 0);
        model.priors(matches, candidates, all_pairs);
        if round > 5 && (matches - before).abs() < 1e-4 * before.max(1.0) {
            break;
        }
    }
    model
}

impl Model {
    pub(crate) fn new(fields: Vec<Field>, prior: f64, prior_among: f64) -> Model {
        let mut model = Model { fields, prior, prior_among, bits: Vec::new() };
        model.tabulate();
        model
    }

    fn tabulate(&mut self) {
        let of = |field: &Field| {
            let mut bits = [(0.0, 0.0); 8];
            for (i, m) in field.m.iter().enumerate() {
                bits[i + 1] = ((m / field.u[i]).log2(), (m / field.among[i]).log2());
            }
            bits
        };
        self.bits = self.fields.iter().map(of).collect();
    }

    fn priors(&mut self, matches: f64, candidates: f64, all_pairs: f64) {
        let odds = |p: f64| (p / (1.0 - p)).log2();
        self.prior = odds((matches.max(0.5) / all_pairs.max(1.0)).clamp(1e-13, 0.9));
        self.prior_among = odds((matches / candidates.max(1.0)).clamp(1e-4, 0.95));
    }

    /// One round; the expected number of true pairs among the candidates.
    fn improve(&mut self, seen: &[Seen], first: bool) -> f64 {
        let mut same: Vec<Vec<f64>> = self.fields.iter().map(|f| expected(f.m.len()).iter().map(|x| x * BEFORE).collect()).collect();
        let mut other: Vec<Vec<f64>> = self.fields.iter().map(|f| f.u.iter().map(|x| (x + 1e-4) * BEFORE * 2.0).collect()).collect();
        let mut matches = 0.0;
        for pairs in seen {
            let p = match pairs.known {
                Some(answer) => f64::from(u8::from(answer)),
                None => {
                    let (all, among) = self.weights(pairs.pattern);
                    probability(if first { all } else { all.min(among) })
                }
            };
            if pairs.known.is_none() {
                matches += p * pairs.count;
            }
            for i in 0..self.fields.len() {
                let level = level_of(pairs.pattern, i);
                if level > 0 {
                    same[i][level - 1] += p * pairs.count;
                    other[i][level - 1] += (1.0 - p) * pairs.count;
                }
            }
        }
        let share = |v: &Vec<f64>| {
            let all: f64 = v.iter().sum();
            v.iter().map(|x| x / all).collect::<Vec<f64>>()
        };
        for (i, field) in self.fields.iter_mut().enumerate() {
            field.m = share(&same[i]);
            let steady = field.aspect == Aspect::Who && field.m[0] < UNSTEADY;
            let most = if steady {
                OTHER_NAME
            } else if telling(field) {
                OTHER_VALUE
            } else {
                1.0
            };
            at_most(&mut field.m, most);
            field.among = share(&other[i]);
        }
        self.tabulate();
        matches
    }

    /// Weights in bits by both yardsticks, priors included.
    pub(crate) fn weights(&self, pattern: u64) -> (f64, f64) {
        let (mut all, mut among) = (Sum::new(self.prior), Sum::new(self.prior_among));
        for (i, field) in self.fields.iter().enumerate() {
            let level = level_of(pattern, i);
            if level > 0 {
                let (of_all, of_among) = self.bits[i][level];
                all.add(field, level, of_all);
                among.add(field, level, of_among);
            }
        }
        (all.total(), among.total())
    }
}

/// Bits of several fields. Strangers of one house share street, city and telephone all at once, so what agrees about the place
/// counts once in full, by its strongest field, and the rest by half. An e-mail that is merely alike mostly says the name
/// again, so of the two the weaker counts by a quarter.
#[derive(Default)]
struct Sum {
    bits: f64,
    place: f64,
    strongest: f64,
    name: f64,
    mail: f64,
}
impl Sum {
    fn new(prior: f64) -> Sum {
        Sum { bits: prior, ..Sum::default() }
    }

    fn add(&mut self, field: &Field, level: usize, bits: f64) {
        if bits <= 0.0 {
            self.bits += bits;
        } else if field.kind == Kind::Email && level < field.m.len() {
            self.mail += bits;
        } else if field.aspect == Aspect::Place {
            self.place += bits;
            self.strongest = self.strongest.max(bits);
        } else if field.aspect == Aspect::Who {
            self.name += bits;
        } else {
            self.bits += bits;
        }
    }

    fn total(self) -> f64 {
        let named = self.name.max(self.mail) + 0.25 * self.name.min(self.mail);
        self.bits + named + self.strongest + (self.place - self.strongest) * 0.5
    }
}

/// Rows of the same thing seldom bear entirely different names: where the estimate says so, it has taken neighbours for one.
const OTHER_NAME: f64 = 0.03;
/// A column that differs more often than this in true pairs is a description rather than a name.
const UNSTEADY: f64 = 0.25;

/// What tells people apart differs in the minority of true pairs, or the estimate has lost its way among strangers.
const OTHER_VALUE: f64 = 0.4;

/// A field in which two rows drawn at random are hardly ever equal.
fn telling(field: &Field) -> bool {
    matches!(field.kind, Kind::Date | Kind::Code | Kind::Email | Kind::Phone) && field.u[field.u.len() - 1] < 0.005
}

fn at_most(m: &mut [f64], most: f64) {
    if m[0] > most {
        let rest = (1.0 - most) / (1.0 - m[0]);
        m[0] = most;
        m[1..].iter_mut().for_each(|x| *x *= rest);
    }
}

pub(crate) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits.clamp(-500.0, 500.0)).exp2())
}
