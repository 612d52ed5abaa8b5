//! What tells one record from another. `chance`: how likely two strangers are to hold the same value, in an organisation of
//! some ten thousand records; it counts only where there is nothing to learn from.

use stats::linkage::{Kind, Usual};

const fn field(name: &'static str, kind: Kind, chance: f64) -> Usual {
    Usual { name, kind, chance }
}

const PLACE: [Usual; 3] = [field("street", Kind::Text, 0.0005), field("postal_code", Kind::Code, 0.002), field("city", Kind::Name, 0.02)];
const CONTACT: &[Usual] = &[
    field("first_name", Kind::Name, 0.01),
    field("last_name", Kind::Name, 0.002),
    field("email", Kind::Email, 0.00002),
    field("phone", Kind::Phone, 0.0001),
    field("mobile", Kind::Phone, 0.00002),
    field("birth_date", Kind::Date, 0.0001),
    PLACE[0],
    PLACE[1],
    PLACE[2],
];
const ACCOUNT: &[Usual] = &[
    field("name", Kind::Text, 0.0002),
    field("legal_name", Kind::Text, 0.0002),
    field("email", Kind::Email, 0.00005),
    field("phone", Kind::Phone, 0.00005),
    field("website", Kind::Name, 0.0001),
    field("tax_id", Kind::Code, 0.00002),
    field("registration_no", Kind::Code, 0.00002),
    PLACE[0],
    PLACE[1],
    PLACE[2],
];
const LEAD: &[Usual] = &[
    field("first_name", Kind::Name, 0.01),
    field("last_name", Kind::Name, 0.002),
    field("company", Kind::Text, 0.001),
    field("email", Kind::Email, 0.00002),
    field("phone", Kind::Phone, 0.0001),
    field("mobile", Kind::Phone, 0.00002),
    PLACE[0],
    PLACE[1],
    PLACE[2],
];

pub(super) fn of(object: &str) -> &'static [Usual] {
    match object {
        "account" => ACCOUNT,
        "lead" => LEAD,
        _ => CONTACT,
    }
}

/// Fields by whose equal value another record is looked up.
pub(super) fn keys(object: &str) -> &'static [&'static str] {
    match object {
        "account" => &["email", "phone"],
        _ => &["email", "phone", "mobile"],
    }
}
/// Fields that make up what is searched by words.
pub(super) fn names(object: &str) -> &'static [&'static str] {
    match object {
        "account" => &["name"],
        _ => &["first_name", "last_name"],
    }
}

/// Web addresses are the same with and without what stands around the host.
pub(super) fn plain(field: &str, text: &str) -> String {
    if field != "website" {
        return text.to_owned();
    }
    let host = text.rsplit_once("//").map_or(text, |(_, rest)| rest);
    host.trim_start_matches("www.").trim_end_matches('/').to_lowercase()
}
