//! Which rows are about the same person, organisation or thing.
//!
//! Probabilistic record linkage after Fellegi and Sunter (1969, "A theory for record linkage", JASA 64): every field of a
//! pair of rows agrees to some level; each level has a probability among true pairs (m) and among the others (u); the sum of
//! log2(m/u) is the weight of the pair. m and u are estimated from the rows themselves by expectation maximisation
//! (Winkler 1988), names are compared after Jaro and Winkler (1990), and agreement on a rare value weighs more than on a
//! common one (Winkler 2000). Pairs are only looked at when they share a key (blocking); keys are chosen by how few pairs
//! they cost, so that a million rows stay affordable.
//!
//! ```
//! use stats::linkage::{Settings, Table, link};
//! let row = |name: &str, city: &str, email: String| vec![Some(name.to_owned()), Some(city.to_owned()), Some(email)];
//! let mut rows = vec![row("Anna Berg", "Bern", "anna@berg.example".into()), row("Ana Berg", "Bern", "anna@berg.example".into())];
//! for (i, name) in ["Otto Kern", "Lea Wyss", "Emil Graf", "Nora Moser", "Jonas Keller", "Rosa Frei", "Max Huber", "Ida Suter"].iter().enumerate() {
//!     rows.push(row(name, ["Wien", "Basel", "Chur"][i % 3], format!("person{i}@example.org")));
//! }
//! let people = Table { columns: ["name", "city", "email"].map(String::from).to_vec(), rows };
//! let linked = link(&[people], &Settings::default()).unwrap();
//! assert_eq!((linked.links[0].left, linked.links[0].right), (0, 1));
//! ```

mod block;
mod cluster;
mod column;
mod compare;
mod evidence;
mod kind;
mod model;
mod pairs;
mod run;
mod similar;
mod text;
mod usual;
mod value;

pub use evidence::{Evidence, Verdict};
pub use kind::{Aspect, Kind};
pub use model::Field;
pub use run::{Link, Linked, link};
pub use text::fold;
pub use usual::{Judged, Usual, judge};

/// Rows as they are in a file: text or nothing.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// A pair whose answer is known: indices of rows, the second table counted on from the first.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    pub left: u32,
    pub right: u32,
    pub same: bool,
}

#[derive(Clone, Debug)]
pub struct Settings {
    /// Kinds that are known rather than guessed, by the name of the column.
    pub kinds: Vec<(String, Kind)>,
    /// Columns that say nothing: numbers of rows, notes, the answer itself.
    pub ignore: Vec<String>,
    /// Pairs from this probability on are links.
    pub threshold: f64,
    /// Known answers that the estimate may learn from.
    pub known: Vec<Label>,
    /// Pairs that are judged whether or not they share a key.
    pub ask: Vec<(u32, u32)>,
    /// How many pairs may be looked at for each row.
    pub pairs_per_row: u32,
}
impl Default for Settings {
    fn default() -> Settings {
        Settings { kinds: Vec::new(), ignore: Vec::new(), threshold: 0.5, known: Vec::new(), ask: Vec::new(), pairs_per_row: 40 }
    }
}

/// Why nothing could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// One or two tables are compared.
    Tables,
    /// Fewer than two rows, or an empty side.
    Rows,
    /// The two tables have no column of the same name.
    NothingInCommon,
    /// No column tells rows apart.
    NothingToCompare,
}
