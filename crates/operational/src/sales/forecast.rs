//! What the pipeline will bring (MODEL 5, Forecast): the columns of a fiscal period rolled up by the tree of managers.
//!
//! The slice: `period` is the fiscal calendar; `now` and `past` count deals, as they are and as they were; `sums` holds
//! the columns; `people` is the tree; `quota`, `judgement` and `list_value` what stands beside it; `answer` puts them
//! together. `movement` leads from one day to another by `flows`.

mod answer;
mod asked;
mod flows;
mod judgement;
mod list_value;
mod movement;
mod now;
mod past;
mod people;
mod period;
mod quota;
mod rows;
mod sums;

use records::{Report, Rules};

pub(crate) fn rules() -> Vec<Rules> {
    vec![Rules { object: "quota", before: Some(quota::before), after: None }, Rules { object: "forecast_override", before: Some(judgement::before), after: None }]
}
pub(crate) fn reports() -> Vec<Report> {
    vec![Report { name: "forecast", run: answer::forecast }, Report { name: "forecast movement", run: movement::movement }]
}
