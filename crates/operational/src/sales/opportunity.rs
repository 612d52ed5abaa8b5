//! A deal that may be won. Entering a stage of kind won or lost *is* closing it, by whatever door (MODEL 5).
//!
//! The slice: `opportunity.toml` and its companions say what it is; `stage_rules` what follows from a stage; `close`
//! is the verb; `seed` makes the default pipeline.

mod close;
mod line;
mod seed;
mod stage_rules;

pub(crate) use line::total;
pub(crate) use seed::seed;

use records::{Rules, Verb};

pub(crate) fn rules() -> Vec<Rules> {
    vec![
        Rules { object: "opportunity", before: Some(stage_rules::before), after: Some(stage_rules::after) },
        Rules { object: "opportunity_line", before: Some(line::before), after: None },
        Rules { object: "stage", before: Some(stage_rules::stage), after: None },
    ]
}
pub(crate) fn verbs() -> Vec<Verb> {
    vec![
        Verb { name: "closure", object: "opportunity", method: "POST", summary: "Wins, loses or cancels a deal.", input: close::input, run: close::close },
        Verb { name: "closure", object: "opportunity", method: "DELETE", summary: "Opens a closed deal again, in the stage it was closed from.", input: close::no_input, run: close::reopen },
    ]
}
