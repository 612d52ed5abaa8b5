//! Names that fit a country, and the addresses that follow from them.

use super::super::{
    rng::Rng,
    tables::{Country, tables},
    text::{Tongue, Words, ascii, fill},
};

#[derive(Clone, Debug, Default)]
pub(in super::super) struct PersonName {
    pub(in super::super) female: bool,
    pub(in super::super) first: String,
    pub(in super::super) last: String,
    /// In Latin letters, for e-mail addresses and for those who cannot read the others.
    pub(in super::super) latin: (String, String),
    pub(in super::super) salutation: String,
}
#[derive(Clone, Debug, Default)]
pub(in super::super) struct City {
    pub(in super::super) name: String,
    pub(in super::super) region: String,
    pub(in super::super) postal_code: String,
    /// Where another language is spoken than in most of the country.
    pub(in super::super) language: Option<String>,
}

/// `عمر/omar` is the name and its Latin spelling; a Latin name is both.
fn spellings(word: &str) -> (&str, String) {
    match word.split_once('/') {
        Some((name, latin)) => {
            let mut chars = latin.chars();
            (name, chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect()))
        }
        None => (word, word.to_owned()),
    }
}

pub(super) fn city(rng: &mut Rng, country: &Country) -> City {
    // The first places are the large ones.
    let index = rng.below(country.cities.len());
    read_city(country.cities.get(index).map_or("", String::as_str))
}
pub(super) fn read_city(line: &str) -> City {
    let mut parts = line.split('|').map(str::to_owned);
    City { name: parts.next().unwrap_or_default(), region: parts.next().unwrap_or_default(), postal_code: parts.next().unwrap_or_default(), language: parts.next() }
}
pub(super) fn street(rng: &mut Rng, country: &Country) -> String {
    let words = Words { street: rng.word(&country.streets), n: rng.between(1, 140), ..Words::default() };
    fill(&country.address, &words)
}

/// A family name as a woman or a man bears it, and in Latin letters.
pub(super) fn family_name(rng: &mut Rng, country: &Country, female: bool) -> (String, String) {
    if !country.last_start.is_empty() && rng.chance(0.5) {
        let name = format!("{}{}", rng.word(&country.last_start), rng.word(&country.last_end));
        return (name.clone(), name);
    }
    let index = rng.below(country.last.len());
    let list = if female && !country.last_female.is_empty() { &country.last_female } else { &country.last };
    let (name, latin) = spellings(list.get(index).map_or("", String::as_str));
    (name.to_owned(), latin)
}

/// A person of a country; one in twelve comes from another one. `family`: the name they share with a household.
pub(super) fn person(rng: &mut Rng, country: &'static Country, family: Option<&(String, String)>) -> PersonName {
    let all = &tables().countries;
    let latin_here = !matches!(country.code.as_str(), "AE" | "JP");
    let from = if rng.chance(if latin_here { 0.08 } else { 0.03 }) { all.get(rng.weighted(all.iter().map(|c| c.weight))).unwrap_or(country) } else { country };
    // A name in another script would not be written so here.
    let from = if latin_here && matches!(from.code.as_str(), "AE" | "JP") { country } else { from };
    let female = rng.chance(0.48);
    let (first, first_latin) = spellings(if female { rng.word(&from.female) } else { rng.word(&from.male) });
    let (mut last, mut last_latin) = match family {
        Some(family) => family.clone(),
        None => family_name(rng, from, female),
    };
    if family.is_none() && latin_here && female && rng.chance(0.08) {
        let (other, other_latin) = family_name(rng, country, true);
        if other != last && !other.contains([' ', '-']) && !last.contains([' ', '-']) {
            last = format!("{last}-{other}");
            last_latin = format!("{last_latin}-{other_latin}");
        }
    }
    let [madam, sir] = &country.salutation;
    PersonName { female, first: first.to_owned(), last, latin: (first_latin, last_latin), salutation: if female { madam.clone() } else { sir.clone() } }
}
/// A person whose names are given, as `name/latin` where they are not Latin.
pub(super) fn known_person(country: &Country, female: bool, first: &str, last: &str) -> PersonName {
    let [madam, sir] = &country.salutation;
    let ((first, first_latin), (last, last_latin)) = (spellings(first), spellings(last));
    PersonName { female, first: first.to_owned(), last: last.to_owned(), latin: (first_latin, last_latin), salutation: if female { madam.clone() } else { sir.clone() } }
}

impl PersonName {
    /// How colleagues and letters name them: `Frau Größwang`, `Ms Sato`.
    pub(super) fn polite(&self, tongue: Tongue) -> String {
        let title = match (tongue, self.female) {
            (Tongue::German, true) => "Frau",
            (Tongue::German, false) => "Herr",
            (Tongue::English, true) => "Ms",
            (Tongue::English, false) => "Mr",
        };
        format!("{title} {}", self.latin.1)
    }
    pub(super) fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
    /// `k.groesswang`, `klara.groesswang` or `klara`: what an organisation or a mail provider gave them.
    pub(super) fn mailbox(&self, rng: &mut Rng, private: bool) -> String {
        let (first, last) = (ascii(&self.latin.0), ascii(&self.latin.1));
        let initial = first.get(..1).unwrap_or("x");
        match (private, rng.below(10)) {
            (false, 0..=5) => format!("{first}.{last}"),
            (false, 6..=8) => format!("{initial}.{last}"),
            (true, 0..=4) => format!("{first}.{last}"),
            (true, 5..=7) => format!("{first}{last}{}", rng.between(1, 99)),
            (true, _) => format!("{last}.{initial}{}", rng.between(60, 99)),
            (false, _) => first,
        }
    }
}

/// The name of an organisation, with its Latin spelling for the domain. Those who are known by name are not met twice.
pub(super) fn company(rng: &mut Rng, country: &'static Country, industry: &str, city: &City) -> (String, String) {
    let mine: Vec<&str> = country.companies.iter().filter_map(|c| c.split_once('|')).filter(|(key, _)| *key == industry).map(|(_, pattern)| pattern).collect();
    let latin_here = !matches!(country.code.as_str(), "AE" | "JP");
    let known = tables();
    for _ in 0..8 {
        let pattern = rng.pick(&mine).copied().unwrap_or("{last} {city}");
        let (mut last, mut last_latin) = family_name(rng, country, false);
        // Many carry the whole name of whoever founded them.
        if latin_here && pattern.matches("{last}").count() == 1 && rng.chance(0.4) {
            let founder = if rng.chance(0.3) { rng.word(&country.female) } else { rng.word(&country.male) };
            last = format!("{founder} {last}");
            last_latin.clone_from(&last);
        }
        let (word, word_latin) = spellings(rng.word(&country.words));
        let name = fill(pattern, &Words { last: &last, word, city: &city.name, ..Words::default() });
        if known.heroes.iter().any(|h| h.name == name) || known.basics.other.iter().any(|o| o.name == name) {
            continue;
        }
        let latin = fill(pattern, &Words { last: &last_latin, word: &word_latin, city: &city.name, ..Words::default() });
        return (name, latin);
    }
    (city.name.clone(), city.name.clone())
}
/// A domain of the reserved top level (RFC 2606): nobody owns it.
pub(super) fn domain(rng: &mut Rng, latin: &str, n: u64) -> String {
    let words: Vec<String> =
        latin.split([' ', '&']).map(ascii).filter(|w| w.len() > 2 && !matches!(w.as_str(), "gmbh" | "ltd" | "the" | "inc" | "llc" | "und" | "sarl" | "srl" | "spzoo" | "kg")).collect();
    let name = if words.len() > 1 && rng.chance(0.5) { words.iter().take(2).cloned().collect::<Vec<_>>().join("-") } else { words.last().cloned().unwrap_or_default() };
    if name.is_empty() {
        format!("customer{n}.example")
    } else if rng.chance(0.3) {
        format!("{name}{}.example", n % 1_000)
    } else {
        format!("{name}.example")
    }
}
