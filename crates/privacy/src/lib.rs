//! Consent, restriction, suppression; permits and disclosures. Data leave only with a permit, and each leaving is written.

mod copy;
mod disclosure;
mod erasure;
mod merge;
pub mod permit;
mod rules;
mod seed;
mod suppression;

use records::{Gate, Module, Rules, Verb};

const OBJECTS: [&str; 8] = [
    include_str!("consent/consent.toml"),
    include_str!("consent/notice.toml"),
    include_str!("consent/purpose.toml"),
    include_str!("disclosure/disclosure.toml"),
    include_str!("disclosure/disclosure_subject.toml"),
    include_str!("permit/permit.toml"),
    include_str!("restriction/restriction.toml"),
    include_str!("suppression/suppression.toml"),
];

pub fn module() -> Module {
    let permits = |object| Verb {
        name: "permits",
        object,
        method: "POST",
        summary: "Asks whether this person may be used for a purpose on a channel, and keeps the decision.",
        input: permit::input,
        run: permit::record(object),
    };
    Module {
        name: "privacy",
        objects: OBJECTS.to_vec(),
        rules: vec![
            Rules { object: "consent", before: Some(rules::consent), after: None },
            Rules { object: "notice", before: Some(rules::notice), after: None },
            Rules { object: "restriction", before: Some(rules::restriction), after: Some(rules::restriction_written) },
        ],
        verbs: vec![permits("contact"), permits("account")],
        seed: Some(seed::purposes),
        gate: Some(gate()),
        merger: Some(merge::merged),
        ..Module::default()
    }
}

/// Decisions that exits ask for.
pub fn gate() -> Gate {
    Gate {
        allowed: permit::allowed,
        disclose: disclosure::write,
        permissions: permit::permissions,
        disclosures: disclosure::of_person,
        erasure: erasure::preview,
        erase: erasure::erase,
        copy: copy::of_person,
        suppress: suppression::add,
    }
}
