//! From the header of a column to what it means for an object: equal to the name or label of a field; else by the shipped
//! tables of known exports; else put together from known words; else alike, which is a suggestion only.

mod dictionary;
mod grammar;
mod meaning;
mod words;

pub use meaning::{AddressPart, Certainty, DatePart, Meaning, PointKind};
pub use words::squash;

use super::coerce::Missing;
use super::target::{FieldKind, Target, TargetField};
use dictionary::Dictionary;
use serde::Serialize;

/// From this likeness on a column is suggested.
const ALIKE: f64 = 0.88;

/// What a header was recognised as.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recognised {
    pub meaning: Meaning,
    pub certainty: Certainty,
}

/// The meaning of each header, in order; `None`: not known.
pub fn recognise(target: &dyn Target, headers: &[&str]) -> Vec<Option<Recognised>> {
    let reader = Reader { target, own: Dictionary::of(target.object()), common: Dictionary::common() };
    let mut found: Vec<Option<Recognised>> = headers.iter().map(|h| reader.header(h)).collect();
    reader.title_or_salutation(headers, &mut found);
    found
}

/// The groups of address columns of an object, the one that becomes the record's own address first.
pub(crate) fn address_order(object: &str) -> &'static [String] {
    Dictionary::of(object).map_or(&[], |d| &d.address_first)
}
/// The field by which a reference of this object is usually found, and what happens to those that are not.
pub(crate) fn how_found(object: &str, field: &str) -> Option<(String, Missing)> {
    let own = Dictionary::of(object).and_then(|d| d.how_found(field));
    own.cloned()
}

struct Reader<'a> {
    target: &'a dyn Target,
    own: Option<&'static Dictionary>,
    common: &'static Dictionary,
}
impl Reader<'_> {
    fn header(&self, header: &str) -> Option<Recognised> {
        let known = |meaning| Some(Recognised { meaning, certainty: Certainty::Known });
        if let Some(found) = self.plainly(header) {
            return Some(found);
        }
        // `Amount (USD)`, `Name (required)`, `Est. Close Date*`
        let bare = without_bracket(header);
        if bare != header
            && let Some(found) = self.plainly(bare)
        {
            return known(found.meaning);
        }
        // `Contact: First Name`, `Person - Name`, `Deal Owner`
        if let Some(rest) = self.without_object(bare)
            && let Some(found) = self.plainly(&rest)
        {
            return known(found.meaning);
        }
        self.alike(bare)
    }
    fn plainly(&self, header: &str) -> Option<Recognised> {
        let squashed = squash(header.trim().strip_suffix("__c").unwrap_or(header));
        if squashed.is_empty() {
            return None;
        }
        if let Some(field) = self.field_called(&squashed) {
            return Some(Recognised { meaning: self.meaning_of(field), certainty: Certainty::Equal });
        }
        if squashed == "contactpoints" {
            return Some(Recognised { meaning: Meaning::Points, certainty: Certainty::Known });
        }
        // `annual_revenue_currency`: how our own exports name the currency beside an amount.
        if let Some(amount) = squashed.strip_suffix("currency").and_then(|name| self.field_called(name)).filter(|f| f.kind == FieldKind::Money) {
            return Some(Recognised { meaning: Meaning::Currency { of: Some(amount.name.clone()) }, certainty: Certainty::Known });
        }
        let known = self.own.and_then(|d| d.exact(&squashed)).or_else(|| self.common.exact(&squashed)).and_then(|m| self.possible(m));
        known.or_else(|| grammar::read(header).and_then(|m| self.possible(m))).map(|meaning| Recognised { meaning, certainty: Certainty::Known })
    }
    fn field_called(&self, squashed: &str) -> Option<&TargetField> {
        let fields = self.target.fields();
        fields.iter().find(|f| squash(&f.name) == squashed).or_else(|| fields.iter().find(|f| squash(&f.label) == squashed))
    }
    fn meaning_of(&self, field: &TargetField) -> Meaning {
        if field.name == "full_name" && field.read_only {
            return Meaning::FullName;
        }
        if (field.read_only && !field.past) || field.kind == FieldKind::Computed {
            return Meaning::Ignore { why: "set by Rapport itself".to_owned() };
        }
        if let Some(meaning) = contact_meaning(&field.name, self.target) {
            return meaning;
        }
        let how = self.own.and_then(|d| d.how_found(&field.name));
        Meaning::Field { field: field.name.clone(), by: how.map(|(by, _)| by.clone()), missing: how.map(|(_, missing)| *missing) }
    }
    /// A meaning that this object has room for.
    fn possible(&self, meaning: Meaning) -> Option<Meaning> {
        let has = |name: &str| self.target.field(name).is_some();
        match &meaning {
            // An object without a description keeps what was one as a note.
            Meaning::Field { field, .. } if field == "description" && !has("description") => Some(Meaning::Note),
            Meaning::Field { field, .. } => {
                let known = self.target.field(field)?;
                match (known.read_only && !known.past) || known.kind == FieldKind::Computed {
                    true => Some(self.meaning_of(known)),
                    false => match contact_meaning(field, self.target) {
                        Some(better) => Some(better),
                        None => Some(meaning),
                    },
                }
            }
            Meaning::FullName => has("last_name").then_some(meaning),
            Meaning::Email { .. } => has("email").then_some(meaning),
            Meaning::Phone { .. } => has("phone").then_some(meaning),
            Meaning::Url { .. } => (has("website") || has("phone")).then_some(meaning),
            Meaning::Address { .. } => has("city").then_some(meaning),
            Meaning::Label { .. } | Meaning::Handle { .. } => has("phone").then_some(meaning),
            Meaning::DatePart { field, .. } => has(field).then_some(meaning),
            Meaning::Note => Some(meaning),
            Meaning::Currency { .. } | Meaning::Points | Meaning::Objection { .. } | Meaning::Ignore { .. } => Some(meaning),
        }
    }
    /// The header without the word for the object at its start.
    fn without_object(&self, header: &str) -> Option<String> {
        let list = words::words(header);
        let (first, rest) = list.split_first()?;
        let own = self.own.is_some_and(|d| d.is_called(first)) || squash(self.target.label()) == *first || squash(self.target.object()) == *first;
        (own && !rest.is_empty()).then(|| rest.join(" "))
    }
    /// The most alike name, label or spelling.
    fn alike(&self, header: &str) -> Option<Recognised> {
        let squashed = squash(header);
        if squashed.chars().count() < 4 {
            return None;
        }
        let mut best: Option<(f64, Meaning)> = None;
        let mut offer = |likeness: f64, meaning: &dyn Fn() -> Option<Meaning>| {
            if likeness >= ALIKE
                && best.as_ref().is_none_or(|(b, _)| likeness > *b)
                && let Some(meaning) = meaning()
            {
                best = Some((likeness, meaning));
            }
        };
        for field in self.target.fields().iter().filter(|f| !f.read_only) {
            for name in [&field.name, &field.label] {
                offer(likeness(&squashed, &squash(name)), &|| Some(self.meaning_of(field)));
            }
        }
        for (spelling, meaning) in self.own.into_iter().chain([self.common]).flat_map(Dictionary::spellings) {
            offer(likeness(&squashed, spelling), &|| self.possible(meaning.clone()));
        }
        best.map(|(confidence, meaning)| Recognised { meaning, certainty: Certainty::Suggested { confidence } })
    }
    /// Outlook and vCard have `Title` for Mr and Dr beside `Job Title`.
    fn title_or_salutation(&self, headers: &[&str], found: &mut [Option<Recognised>]) {
        if !self.own.is_some_and(|d| d.title_is_salutation) {
            return;
        }
        let is = |r: &Option<Recognised>, name: &str| matches!(r, Some(Recognised { meaning: Meaning::Field { field, .. }, .. }) if field == name);
        let titles: Vec<usize> = (0..found.len()).filter(|at| is(&found[*at], "title")).collect();
        if titles.len() > 1
            && !found.iter().any(|r| is(r, "salutation"))
            && let Some(at) = titles.iter().find(|at| matches!(squash(headers[**at]).as_str(), "title" | "titel"))
        {
            found[*at] = Some(Recognised { meaning: Meaning::field("salutation"), certainty: Certainty::Known });
        }
    }
}

/// E-mail, phone and address fields take part in the row's sharing out of several values.
fn contact_meaning(field: &str, target: &dyn Target) -> Option<Meaning> {
    let person = target.field("city").is_some() || target.field("phone").is_some();
    if !person {
        return None;
    }
    let place = |part| Some(Meaning::Address { group: String::new(), part });
    match field {
        "email" => Some(Meaning::Email { label: None, n: 0 }),
        "phone" => Some(Meaning::Phone { kind: PointKind::Phone, label: None, n: 0 }),
        "mobile" => Some(Meaning::Phone { kind: PointKind::Mobile, label: None, n: 0 }),
        "website" => Some(Meaning::Url { label: None, n: 0 }),
        "street" => place(AddressPart::Street),
        "city" => place(AddressPart::City),
        "region" => place(AddressPart::Region),
        "postal_code" => place(AddressPart::PostalCode),
        "country" => place(AddressPart::Country),
        _ => None,
    }
}

fn without_bracket(header: &str) -> &str {
    let header = header.trim().trim_end_matches(['*', ':', ' ']);
    match header.rfind(['(', '[']) {
        Some(at) if at > 0 && header.ends_with([')', ']']) => header[..at].trim_end(),
        _ => header,
    }
}

/// From 0 to 1: spelling, and the words they share whatever their order.
fn likeness(a: &str, b: &str) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // A short word inside a long one says little: `name` is in `filename`.
    let weight = if short.len() * 2 < long.len() { 0.8 } else { 1.0 };
    strsim::jaro_winkler(a, b) * weight
}
