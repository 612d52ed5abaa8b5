//! May a person be used for a purpose, over a channel? A pure function of what is on record about them.
//!
//! GDPR Art. 6 (a basis), 7 (consent), 8 (minors), 18 (restriction), 21 (objection; to direct marketing it is absolute);
//! Directive 2002/58/EC Art. 13 (marketing by electronic means needs consent, or the recorded exception for existing customers).

use kernel::RecordId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Contract,
    Service,
    Marketing,
    Profiling,
    Research,
    Sharing,
}
impl Class {
    pub(crate) fn parse(word: &str) -> Option<Class> {
        Some(match word {
            "contract" => Class::Contract,
            "service" => Class::Service,
            "marketing" => Class::Marketing,
            "profiling" => Class::Profiling,
            "research" => Class::Research,
            "sharing" => Class::Sharing,
            _ => return None,
        })
    }
    /// What an organisation must do anyway for those it serves.
    fn is_needed(self) -> bool {
        matches!(self, Class::Contract | Class::Service)
    }
}
pub const CHANNELS: [&str; 8] = ["email", "phone", "sms", "messaging", "push", "post", "social", "in_person"];
/// Channels on which marketing needs a recorded consent (or exception) beforehand.
const ELECTRONIC: [&str; 6] = ["email", "phone", "sms", "messaging", "push", "social"];

/// One row of consent.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: RecordId,
    pub purpose: RecordId,
    pub class: Option<Class>,
    pub channel: Option<String>,
    pub state: String,
    pub basis: String,
    pub at: i64,
    pub expires_at: Option<i64>,
    pub source: String,
}
#[derive(Clone, Debug)]
pub struct Restricted {
    pub kind: String,
    pub since: i64,
    pub until: Option<i64>,
}
/// A suppression of one of the person's addresses.
#[derive(Clone, Debug)]
pub struct Suppressed {
    pub reason: String,
    pub channel: Option<String>,
    pub purpose: Option<RecordId>,
    pub since: i64,
    pub until: Option<i64>,
    /// The channels that the address serves.
    pub serves: &'static [&'static str],
}
/// What is on record about one person.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub said: Vec<Said>,
    pub restrictions: Vec<Restricted>,
    pub suppressions: Vec<Suppressed>,
    /// Channels for which an address is known, each as often as there is one.
    pub addresses: Vec<&'static str>,
    pub deceased: bool,
}
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub class: Class,
    pub purpose: Option<RecordId>,
    pub default_basis: Option<&'a str>,
    /// None: a use without contact, such as profiling or handing on.
    pub channel: Option<&'a str>,
    pub now: i64,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub granted: bool,
    pub code: &'static str,
    pub words: String,
    /// The row that it rests on.
    pub consent: Option<RecordId>,
    pub basis: Option<String>,
    pub until: Option<i64>,
}
impl Decision {
    fn refused(code: &'static str, words: impl Into<String>) -> Decision {
        Decision { granted: false, code, words: words.into(), consent: None, basis: None, until: None }
    }
    fn granted(code: &'static str, words: impl Into<String>, basis: Option<&str>) -> Decision {
        Decision { granted: true, code, words: words.into(), consent: None, basis: basis.map(str::to_owned), until: None }
    }
    fn on(self, said: &Said) -> Decision {
        Decision { consent: Some(said.id), basis: Some(said.basis.clone()), ..self }
    }
}

pub fn decide(asked: &Asked, facts: &Facts) -> Decision {
    restricted(asked, facts)
        .or_else(|| unreachable(asked, facts))
        .or_else(|| suppressed(asked, facts))
        .or_else(|| last_word(asked, facts).map(|said| by_word(asked, said)))
        .unwrap_or_else(|| by_default(asked))
}

fn holds(since: i64, until: Option<i64>, now: i64) -> bool {
    since <= now && until.is_none_or(|u| u > now)
}
fn restricted(asked: &Asked, facts: &Facts) -> Option<Decision> {
    let is = |kind: &str| facts.restrictions.iter().any(|r| r.kind == kind && holds(r.since, r.until, asked.now));
    if is("art18") {
        return Some(Decision::refused("restricted", "The person had the use of their data restricted. Nothing but keeping them is allowed."));
    }
    if (facts.deceased || is("deceased")) && asked.class != Class::Contract {
        return Some(Decision::refused("deceased", "The person has died. Only what a contract asks for may still be sent, to those who inherit it."));
    }
    if is("minor") && matches!(asked.class, Class::Marketing | Class::Profiling | Class::Sharing) {
        return Some(Decision::refused("minor", "The person is a minor."));
    }
    if is("dispute") && matches!(asked.class, Class::Marketing | Class::Profiling | Class::Sharing) {
        return Some(Decision::refused("dispute", "There is a dispute with the person; until it is settled there is no marketing, profiling or handing on."));
    }
    None
}
fn unreachable(asked: &Asked, facts: &Facts) -> Option<Decision> {
    let channel = asked.channel.filter(|c| *c != "in_person")?;
    (!facts.addresses.contains(&channel)).then(|| Decision::refused("no_address", "No address for this channel is on record."))
}
/// One refusal by a person counts for all their addresses of the channel; an address that is merely dead, only where
/// there is no other.
fn suppressed(asked: &Asked, facts: &Facts) -> Option<Decision> {
    let channel = asked.channel?;
    let meant = |s: &&Suppressed| {
        holds(s.since, s.until, asked.now)
            && s.serves.contains(&channel)
            && s.channel.as_deref().is_none_or(|c| c == channel)
            && match s.purpose {
                Some(purpose) => Some(purpose) == asked.purpose,
                None => !asked.class.is_needed(),
            }
    };
    let found: Vec<&Suppressed> = facts.suppressions.iter().filter(meant).collect();
    let known = facts.addresses.iter().filter(|c| **c == channel).count();
    let refusal = found.iter().find(|s| s.reason != "hard_bounce").or_else(|| found.first().filter(|_| found.len() >= known))?;
    Some(Decision::refused("suppressed", format!("The address must not be used: {}.", reason_words(&refusal.reason))))
}
fn reason_words(reason: &str) -> &'static str {
    match reason {
        "objection" => "its holder objected",
        "complaint" => "its holder complained",
        "hard_bounce" => "it does not exist",
        "erasure" => "its holder had their data erased",
        "do_not_call" => "it is on a do-not-call list",
        "legal" => "by order",
        _ => "it is on the list of suppressed addresses",
    }
}
/// The last row for the purpose and channel. An objection (Art. 21) to one purpose of marketing or profiling is one to
/// all of that class, until the person agrees to one of them again.
pub(crate) fn last_word<'a>(asked: &Asked, facts: &'a Facts) -> Option<&'a Said> {
    let of_purpose = |s: &Said| asked.purpose == Some(s.purpose) || asked.purpose.is_none() && s.class == Some(asked.class);
    let of_class = |s: &Said| s.state == "objected" && s.class == Some(asked.class) && matches!(asked.class, Class::Marketing | Class::Profiling);
    let of_channel = |s: &Said| s.channel.is_none() || asked.channel.is_none() && s.state != "given" || s.channel.as_deref() == asked.channel;
    let meant = facts.said.iter().filter(|s| s.at <= asked.now && (of_purpose(s) || of_class(s)) && of_channel(s));
    // At the same instant the stricter one counts.
    meant.max_by_key(|s| (s.at, s.state != "given", s.id))
}
fn by_word(asked: &Asked, said: &Said) -> Decision {
    let source = if said.source.is_empty() { String::new() } else { format!(" ({})", said.source) };
    let day = jiff_day(said.at);
    match said.state.as_str() {
        "given" if said.expires_at.is_some_and(|e| e <= asked.now) => Decision::refused("expired", format!("The consent of {day} has run out.")).on(said),
        "given" => {
            let words = match said.basis.as_str() {
                "consent" => format!("The person agreed on {day}{source}."),
                basis => format!("On record since {day}{source}: {}.", basis.replace('_', " ")),
            };
            let code = if said.basis == "consent" { "consent" } else { "basis_recorded" };
            Decision { until: said.expires_at, ..Decision::granted(code, words, None).on(said) }
        }
        "pending" => Decision::refused("not_confirmed", format!("The consent of {day} was never confirmed.")).on(said),
        "refused" => Decision::refused("refused", format!("The person refused on {day}{source}.")).on(said),
        "withdrawn" => Decision::refused("withdrawn", format!("The person withdrew their consent on {day}{source}.")).on(said),
        "objected" => Decision::refused("objected", format!("The person objected on {day}{source}.")).on(said),
        _ => Decision::refused("expired", format!("The consent of {day} has run out.")).on(said),
    }
}
fn by_default(asked: &Asked) -> Decision {
    let basis = asked.default_basis.or(match asked.class {
        Class::Contract | Class::Service => Some("contract"),
        _ => None,
    });
    match (asked.class, basis) {
        (_, None) => Decision::refused("no_basis", "The purpose has no basis on record. The privacy officer sets one."),
        (_, Some("consent")) => Decision::refused("no_consent", "The person has not agreed to this."),
        (Class::Marketing, Some(_)) if asked.channel.is_some_and(|c| ELECTRONIC.contains(&c)) => {
            Decision::refused("no_consent", "Marketing on this channel needs the person's consent, or the recorded exception for existing customers.")
        }
        (Class::Service, Some(basis)) => Decision::granted("service", "Serving a customer needs no consent.", Some(basis)),
        (Class::Contract, Some(basis)) => Decision::granted("contract", "The contract asks for it.", Some(basis)),
        (_, Some(basis)) => Decision::granted("basis", format!("By the basis of the purpose: {}. The person may object.", basis.replace('_', " ")), Some(basis)),
    }
}
fn jiff_day(ms: i64) -> String {
    metadata::Value::DateTime(ms).to_json().as_str().and_then(|t| t.get(..10)).unwrap_or_default().to_owned()
}
