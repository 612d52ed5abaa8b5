//! Consent, restriction, suppression; permits and disclosures. Data leave only with a permit, and each leaving is written.

use records::Module;

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
    Module { name: "privacy", objects: OBJECTS.to_vec(), ..Module::default() }
}
