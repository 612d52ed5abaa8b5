//! Decisions, each rule beside the case that it must not touch.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use kernel::RecordId;
use privacy::permit::decide::{Asked, CHANNELS, Class, Facts, Restricted, Said, Suppressed, decide};

const NOW: i64 = 1_795_000_000_000;
const NEWS: u128 = 1;
const EVENTS: u128 = 2;

fn id(n: u128) -> RecordId {
    RecordId::new(i64::try_from(n).unwrap(), [u8::try_from(n % 251).unwrap(); 10])
}
fn said(n: u128, purpose: u128, class: Class, channel: Option<&str>, state: &str, at: i64) -> Said {
    Said { id: id(n), purpose: id(purpose), class: Some(class), channel: channel.map(str::to_owned), state: state.into(), basis: "consent".into(), at, expires_at: None, source: String::new() }
}
fn reachable() -> Facts {
    Facts { addresses: CHANNELS.to_vec(), ..Facts::default() }
}
fn ask(class: Class, purpose: u128, channel: Option<&'static str>) -> Asked<'static> {
    Asked { class, purpose: Some(id(purpose)), default_basis: Some(if class == Class::Marketing { "consent" } else { "contract" }), channel, now: NOW }
}
fn code(asked: &Asked, facts: &Facts) -> &'static str {
    decide(asked, facts).code
}

#[test]
fn the_last_row_counts_and_the_stricter_of_two_at_once() {
    let mut facts = reachable();
    let asked = ask(Class::Marketing, NEWS, Some("email"));
    assert_eq!(code(&asked, &facts), "no_consent");
    facts.said.push(said(1, NEWS, Class::Marketing, None, "given", NOW - 10));
    assert_eq!(code(&asked, &facts), "consent");
    facts.said.insert(0, said(2, NEWS, Class::Marketing, Some("email"), "withdrawn", NOW - 5));
    assert_eq!(code(&asked, &facts), "withdrawn", "the order of rows does not matter");
    assert_eq!(code(&ask(Class::Marketing, NEWS, Some("sms")), &facts), "consent");
    facts.said.push(said(3, NEWS, Class::Marketing, None, "given", NOW - 5));
    assert_eq!(code(&asked, &facts), "withdrawn", "at the same instant the stricter one");
    facts.said.push(said(4, NEWS, Class::Marketing, None, "given", NOW + 5));
    assert_eq!(code(&asked, &facts), "withdrawn", "what will be said is not said");
    facts.said.push(said(5, NEWS, Class::Marketing, None, "given", NOW - 4));
    assert_eq!(code(&asked, &facts), "consent");
    facts.said.last_mut().unwrap().expires_at = Some(NOW);
    assert_eq!(code(&asked, &facts), "expired");
}

#[test]
fn an_objection_to_marketing_is_one_to_all_marketing_and_to_nothing_else() {
    let mut facts = reachable();
    for (n, purpose) in [(1, NEWS), (2, EVENTS)] {
        facts.said.push(said(n, purpose, Class::Marketing, None, "given", NOW - 10));
    }
    facts.said.push(said(3, NEWS, Class::Marketing, None, "objected", NOW - 5));
    for purpose in [NEWS, EVENTS] {
        for channel in CHANNELS {
            assert_eq!(code(&ask(Class::Marketing, purpose, Some(channel)), &facts), "objected");
        }
        assert!(!decide(&ask(Class::Marketing, purpose, None), &facts).granted, "an export for marketing");
    }
    assert_eq!(code(&ask(Class::Service, 9, Some("phone")), &facts), "service");
    assert_eq!(code(&ask(Class::Contract, 9, Some("post")), &facts), "contract");
    facts.said.push(said(4, EVENTS, Class::Marketing, None, "given", NOW - 1));
    assert_eq!((code(&ask(Class::Marketing, EVENTS, Some("email")), &facts), code(&ask(Class::Marketing, NEWS, Some("email")), &facts)), ("consent", "objected"));
    // a withdrawal is of its purpose only
    let mut facts = reachable();
    facts.said.push(said(1, EVENTS, Class::Marketing, None, "given", NOW - 10));
    facts.said.push(said(2, NEWS, Class::Marketing, None, "withdrawn", NOW - 5));
    assert_eq!(code(&ask(Class::Marketing, EVENTS, Some("email")), &facts), "consent");
}

#[test]
fn restrictions_hold_from_their_beginning_to_their_end() {
    for (kind, class, refused) in [
        ("art18", Class::Contract, true),
        ("deceased", Class::Service, true),
        ("deceased", Class::Contract, false),
        ("minor", Class::Marketing, true),
        ("minor", Class::Service, false),
        ("dispute", Class::Sharing, true),
        ("dispute", Class::Contract, false),
        ("legal_hold", Class::Marketing, false),
    ] {
        let mut facts = reachable();
        facts.said.push(said(1, NEWS, class, None, "given", NOW - 10));
        let asked = ask(class, NEWS, None);
        for (since, until, holds) in [(NOW, None, true), (NOW - 9, Some(NOW + 1), true), (NOW - 9, Some(NOW), false), (NOW + 1, None, false)] {
            facts.restrictions = vec![Restricted { kind: kind.into(), since, until }];
            assert_eq!(decide(&asked, &facts).granted, !(refused && holds), "{kind} {class:?} {since} {until:?}");
        }
    }
}

#[test]
fn a_dead_address_counts_only_where_there_is_no_other() {
    let mut facts = Facts { addresses: vec!["email", "email"], ..Facts::default() };
    facts.said.push(said(1, NEWS, Class::Marketing, None, "given", NOW - 10));
    let asked = ask(Class::Marketing, NEWS, Some("email"));
    let row = |reason: &str| Suppressed { reason: reason.into(), channel: None, purpose: None, since: NOW - 1, until: None, serves: &["email"] };
    facts.suppressions = vec![row("hard_bounce")];
    assert_eq!(code(&asked, &facts), "consent");
    facts.suppressions.push(row("hard_bounce"));
    assert_eq!(code(&asked, &facts), "suppressed");
    facts.suppressions = vec![row("complaint")];
    assert_eq!(code(&asked, &facts), "suppressed");
    assert_eq!(code(&ask(Class::Service, 9, Some("email")), &facts), "service", "without a purpose it is not for service");
    facts.suppressions = vec![Suppressed { purpose: Some(id(9)), ..row("legal") }];
    assert_eq!((code(&ask(Class::Service, 9, Some("email")), &facts), code(&asked, &facts)), ("suppressed", "consent"));
    facts.suppressions = vec![Suppressed { until: Some(NOW), ..row("complaint") }];
    assert_eq!(code(&asked, &facts), "consent");
}

#[test]
fn electronic_marketing_needs_more_than_an_interest() {
    let facts = reachable();
    let asked = |class, basis, channel| Asked { class, purpose: Some(id(NEWS)), default_basis: basis, channel, now: NOW };
    for channel in ["email", "phone", "sms", "messaging", "push", "social"] {
        assert_eq!(code(&asked(Class::Marketing, Some("legitimate_interest"), Some(channel)), &facts), "no_consent");
    }
    assert_eq!(code(&asked(Class::Marketing, Some("legitimate_interest"), Some("post")), &facts), "basis");
    assert_eq!(code(&asked(Class::Research, Some("legitimate_interest"), Some("email")), &facts), "basis");
    assert_eq!(code(&asked(Class::Profiling, None, None), &facts), "no_basis");
    assert_eq!(code(&asked(Class::Service, None, Some("email")), &facts), "service");
    assert_eq!(code(&asked(Class::Service, None, Some("email")), &Facts::default()), "no_address");
}
