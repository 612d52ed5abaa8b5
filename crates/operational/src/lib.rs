//! Sales force automation, marketing, service. A slice is a folder: definitions, rules, verbs.

pub mod marketing;
pub mod sales;
pub mod service;
mod tree;

use records::{Event, Module};

pub fn module() -> Module {
    let mut objects = sales::OBJECTS.to_vec();
    objects.extend(marketing::OBJECTS);
    objects.extend(service::OBJECTS);
    let mut rules = sales::rules();
    rules.extend(marketing::rules());
    rules.extend(service::rules());
    Module {
        name: "operational",
        objects,
        rules,
        verbs: sales::verbs(),
        reports: sales::reports(),
        events: vec![
            Event { name: "opportunity.stage_changed", summary: "A deal moved to another stage." },
            Event { name: "opportunity.won", summary: "A deal was won." },
            Event { name: "opportunity.lost", summary: "A deal was lost or cancelled." },
            Event { name: "opportunity.reopened", summary: "A closed deal was opened again." },
            Event { name: "lead.converted", summary: "A lead became a customer." },
        ],
        seed: Some(sales::seed),
        ..Module::default()
    }
}
