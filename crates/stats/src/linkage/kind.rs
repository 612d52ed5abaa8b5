//! What a column holds, told by its values; its name only decides where values leave it open.

use super::{text::fold, value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A word or two: names of people, places.
    Name,
    /// Several words: names of organisations, titles, streets.
    Text,
    Date,
    /// Digits that name something: post codes, house numbers, numbers of identity.
    Code,
    /// A quantity or a year: close values are alike.
    Number,
    Email,
    Phone,
    /// One of few values.
    Category,
    /// Says nothing about who it is: a number of the row, a constant, prose.
    Ignored,
}
impl Kind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Name => "name",
            Kind::Text => "text",
            Kind::Date => "date",
            Kind::Code => "code",
            Kind::Number => "number",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Category => "category",
            Kind::Ignored => "ignored",
        }
    }
}

/// Of what a column speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Who or what it is: names and titles.
    Who,
    /// Where it is and how it is reached: shared by everybody of a house.
    Place,
    Other,
}

/// Words in names of columns that speak of a place (English, German, French, Spanish, Italian).
const PLACES: &[&str] = &[
    "address",
    "addr",
    "street",
    "road",
    "city",
    "town",
    "suburb",
    "state",
    "region",
    "county",
    "country",
    "province",
    "postcode",
    "postal",
    "zip",
    "house",
    "location",
    "district",
    "strasse",
    "adresse",
    "hausnummer",
    "plz",
    "ort",
    "stadt",
    "land",
    "kanton",
    "rue",
    "ville",
    "pays",
    "calle",
    "ciudad",
    "pais",
    "direccion",
    "via",
    "citta",
    "indirizzo",
];

pub(crate) fn aspect(name: &str, kind: Kind) -> Aspect {
    let folded = fold(name);
    let place = kind == Kind::Phone || folded.split(|c: char| c == ' ' || c.is_ascii_digit()).any(|w| PLACES.contains(&w));
    match kind {
        _ if place => Aspect::Place,
        Kind::Name | Kind::Text => Aspect::Who,
        _ => Aspect::Other,
    }
}

/// How many values are looked at.
const LOOK: usize = 5_000;

pub(crate) fn guess(name: &str, values: &[Option<&str>]) -> Kind {
    let step = values.len() / LOOK + 1;
    let seen: Vec<&str> = values.iter().step_by(step).filter_map(|v| *v).collect();
    if seen.is_empty() {
        return Kind::Ignored;
    }
    let share = |is: &dyn Fn(&str) -> bool| seen.iter().filter(|v| is(v)).count() as f64 / seen.len() as f64;
    let name = fold(name);
    let called = |words: &[&str]| name.split(' ').any(|w| words.contains(&w));
    let mut distinct: Vec<String> = seen.iter().map(|v| fold(v)).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 2 {
        return Kind::Ignored;
    }
    let all_differ = distinct.len() == seen.len() && seen.len() >= 3;
    if all_differ && (called(&["id", "uuid", "guid", "key", "index", "rowid", "row", "rec", "record", "recid"]) || name.is_empty() || share(&value::is_uuid) > 0.9 || counts_up(&seen)) {
        return Kind::Ignored;
    }
    if share(&|v| v.contains('@')) > 0.6 {
        return Kind::Email;
    }
    if share(&|v| value::date(v).is_some()) > 0.8 {
        return Kind::Date;
    }
    let digits = |v: &str| v.bytes().filter(u8::is_ascii_digit).count();
    let like_phone = share(&|v| (7..=15).contains(&digits(v)) && !v.chars().any(char::is_alphabetic));
    let parted = share(&|v| v.chars().any(|c| matches!(c, '+' | '(' | '/' | '-' | ' ' | '.')));
    if like_phone > 0.7 && (called(&["phone", "tel", "telephone", "telefon", "mobile", "mobil", "cell", "fax", "handy", "phonenumber"]) || (parted > 0.7 && share(&|v| v.parse::<f64>().is_ok()) < 0.5))
    {
        return Kind::Phone;
    }
    if share(&|v| v.trim().parse::<f64>().is_ok()) > 0.9 {
        let year = |v: &str| v.trim().parse::<i64>().is_ok_and(|n| (1800..=2100).contains(&n));
        if (share(&year) > 0.95 && !called(&["zip", "postcode", "postal", "plz", "code"])) || share(&|v| v.contains('.')) > 0.2 {
            return Kind::Number;
        }
        return if distinct.len() <= 12 && seen.len() > 50 { Kind::Category } else { Kind::Code };
    }
    if distinct.len() <= 30 && seen.len() >= distinct.len() * 20 {
        return Kind::Category;
    }
    let words = seen.iter().map(|v| fold(v).split(' ').count()).sum::<usize>() as f64 / seen.len() as f64;
    if words > 25.0 {
        return Kind::Ignored;
    }
    if share(&|v| digits(v) * 2 > v.len()) > 0.6 {
        return Kind::Code;
    }
    if words >= 1.8 { Kind::Text } else { Kind::Name }
}

/// Whether the values are 0, 1, 2 ... or 1, 2, 3 ... in the order of the file.
fn counts_up(seen: &[&str]) -> bool {
    let numbers: Vec<i64> = seen.iter().filter_map(|v| v.trim().parse().ok()).collect();
    numbers.len() == seen.len() && numbers.windows(2).all(|w| w[0] < w[1])
}

#[cfg(test)]
mod tests {
    use super::{Kind, guess};

    fn of(name: &str, values: &[&str]) -> Kind {
        guess(name, &values.iter().map(|v| Some(*v)).collect::<Vec<_>>())
    }

    #[test]
    fn values_tell_what_they_are() {
        assert_eq!(of("x", &["a@b.ch", "c@d.de", "e.f"]), Kind::Email);
        assert_eq!(of("x", &["19560409", "19080419", "19081128", "19081128"]), Kind::Date);
        assert_eq!(of("x", &["03.04.1990", "13.12.1991", "01.01.2000"]), Kind::Date);
        assert_eq!(of("x", &["310/456-0488", "(213) 655-8880", "+41 44 668 18 00", "310/456-0488"]), Kind::Phone);
        assert_eq!(of("plz", &["3001", "1900", "8001", "3001"]), Kind::Code);
        assert_eq!(of("x", &["1997", "2000", "2001", "1997"]), Kind::Number);
        assert_eq!(of("x", &["Anna", "Otto", "Mary Ann", "Eva"]), Kind::Name);
        assert_eq!(of("x", &["secure buffering in databases", "a query language"]), Kind::Text);
        assert_eq!(of("unique_id", &["7", "3", "9"]), Kind::Ignored);
        assert_eq!(of("x", &["same", "same", "same"]), Kind::Ignored);
    }
}
