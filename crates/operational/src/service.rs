//! Cases.

mod case;

use records::Rules;

pub(crate) const OBJECTS: [&str; 2] = [include_str!("service/case/case.toml"), include_str!("service/queue/queue.toml")];

pub(crate) fn rules() -> Vec<Rules> {
    vec![Rules { object: "case", before: Some(case::before), after: Some(case::after) }]
}
