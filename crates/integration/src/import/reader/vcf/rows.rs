use super::card::{Card, Property};
use crate::import::reader::RawCell;
use serde_json::{Value, json};

/// The columns of every vCard file. They are fields of a contact, but for `kind` (individual, org, group), `categories`,
/// `gender` and `contact_points` (the e-mails, numbers, addresses, pages and handles beyond the primary ones).
pub const COLUMNS: [&str; 25] = [
    "external_id",
    "full_name",
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "preferred_name",
    "email",
    "phone",
    "mobile",
    "account",
    "department",
    "title",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "birth_date",
    "language",
    "description",
    "kind",
    "categories",
    "contact_points",
];

/// A card as a row under `COLUMNS`.
pub fn row_of(card: &Card) -> Vec<RawCell> {
    let text = |name: &str| card.first(name).map(Property::text).unwrap_or_default();
    let name = card.first("N").map(Property::parts).unwrap_or_default();
    let part = |index: usize| name.get(index).cloned().unwrap_or_default();
    let org = card.first("ORG").map(org_parts).unwrap_or_default();

    let mut points = Vec::new();
    let mut phones = Phones::default();
    let email = emails(card, &mut points);
    for tel in by_preference(card, "TEL") {
        phones.take(tel, label(card, tel), &mut points);
    }
    let address = addresses(card, &mut points);
    for url in card.all("URL") {
        points.push(point("url", &url.text(), label(card, url), None));
    }
    handles(card, &mut points);

    let notes: Vec<String> = card.all("NOTE").map(Property::text).filter(|n| !n.trim().is_empty()).collect();
    let cells = [
        text("UID"),
        text("FN"),
        part(3),
        part(1),
        part(2),
        part(0),
        part(4),
        card.first("NICKNAME").map(|p| p.list().join(", ")).unwrap_or_default(),
        email,
        phones.phone,
        phones.mobile,
        org.first().cloned().unwrap_or_default(),
        org.get(1..).unwrap_or_default().iter().filter(|o| !o.is_empty()).cloned().collect::<Vec<_>>().join(", "),
        first_of(card, &["TITLE", "ROLE"]),
        address.street,
        address.city,
        address.region,
        address.postal_code,
        address.country,
        birth_date(&text("BDAY")),
        card.all("LANG").next().map(Property::text).unwrap_or_default(),
        notes.join("\n\n"),
        text("KIND").to_lowercase(),
        card.all("CATEGORIES").flat_map(Property::list).collect::<Vec<_>>().join(", "),
    ];
    let mut row: Vec<RawCell> = cells.into_iter().map(|t| t.trim().to_owned()).map(|t| if t.is_empty() { RawCell::Empty } else { RawCell::Text(t) }).collect();
    row.push(if points.is_empty() { RawCell::Empty } else { RawCell::Json(Value::Array(points)) });
    row
}

/// A comma does not separate organisations: `Acme, Inc.` is often written without a backslash.
fn org_parts(property: &Property) -> Vec<String> {
    super::text::split(&property.value, ';').into_iter().map(|p| super::text::unescape(p).trim().to_owned()).collect()
}
fn first_of(card: &Card, names: &[&str]) -> String {
    names.iter().filter_map(|n| card.first(n)).map(Property::text).find(|t| !t.trim().is_empty()).unwrap_or_default()
}
/// The most preferred first, else in the order of the file.
fn by_preference<'a>(card: &'a Card, name: &'a str) -> Vec<&'a Property> {
    let mut list: Vec<&Property> = card.all(name).filter(|p| !p.value.trim().is_empty()).collect();
    list.sort_by_key(|p| p.preference());
    list
}
/// `item1.X-ABLabel:_$!<Work>!$_` of Apple, else the first type that says something.
fn label(card: &Card, property: &Property) -> Option<String> {
    if let Some(group) = &property.group
        && let Some(named) = card.properties.iter().find(|p| p.group.as_ref() == Some(group) && p.name == "X-ABLABEL")
    {
        return Some(named.text().trim_start_matches("_$!<").trim_end_matches(">!$_").to_lowercase());
    }
    const SILENT: [&str; 7] = ["pref", "internet", "voice", "quoted-printable", "base64", "b", "text"];
    property.param("TYPE").map(str::to_lowercase).find(|t| !SILENT.contains(&t.as_str()) && !t.is_empty())
}
fn point(kind: &str, value: &str, label: Option<String>, platform: Option<&str>) -> Value {
    let mut point = json!({"kind": kind, "value": value.trim()});
    if let Some(label) = label {
        point["label"] = label.into();
    }
    if let Some(platform) = platform {
        point["platform"] = platform.into();
    }
    point
}

fn emails(card: &Card, points: &mut Vec<Value>) -> String {
    let list = by_preference(card, "EMAIL");
    let strip = |p: &Property| p.text().trim().trim_start_matches("mailto:").to_owned();
    points.extend(list.iter().skip(1).map(|p| point("email", &strip(p), label(card, p), None)));
    list.first().map(|p| strip(p)).unwrap_or_default()
}

#[derive(Default)]
struct Phones {
    phone: String,
    mobile: String,
}
impl Phones {
    /// A mobile number goes to `mobile`, a voice number to `phone`, what is further than the first to the contact points.
    fn take(&mut self, tel: &Property, label: Option<String>, points: &mut Vec<Value>) {
        let text = tel.text();
        let number = text.trim().trim_start_matches("tel:").replace(";ext=", " ext. ");
        let mobile = tel.is("cell") || tel.is("mobile") || tel.is("iphone");
        let fax = tel.param("TYPE").any(|t| t.to_ascii_lowercase().contains("fax"));
        let other = tel.is("pager") || tel.is("modem") || tel.is("isdn") || tel.is("bbs") || tel.is("telex");
        let slot = match () {
            _ if fax => return points.push(point("fax", &number, label, None)),
            _ if other => None,
            _ if mobile => Some(&mut self.mobile),
            _ => Some(&mut self.phone),
        };
        match slot {
            Some(slot) if slot.is_empty() => *slot = number,
            _ => points.push(point(if mobile { "mobile" } else { "phone" }, &number, label, None)),
        }
    }
}

#[derive(Default)]
struct Address {
    street: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
}
fn addresses(card: &Card, points: &mut Vec<Value>) -> Address {
    let mut list = by_preference(card, "ADR").into_iter().filter(|p| p.parts().iter().any(|v| !v.is_empty()));
    let first = list.next().map(|p| {
        let parts = p.parts();
        let at = |index: usize| parts.get(index).cloned().unwrap_or_default();
        let street: Vec<String> = [at(0), at(1), at(2)].into_iter().filter(|v| !v.is_empty()).collect();
        Address { street: street.join("\n"), city: at(3), region: at(4), postal_code: at(5), country: at(6) }
    });
    points.extend(list.map(|p| {
        let lines: Vec<String> = p.parts().into_iter().filter(|v| !v.is_empty()).collect();
        point("address", &lines.join(", "), label(card, p), None)
    }));
    first.unwrap_or_default()
}

/// Messengers and networks: `IMPP`, `X-SKYPE`, `X-AIM`, `X-SOCIALPROFILE` …
fn handles(card: &Card, points: &mut Vec<Value>) {
    for property in &card.properties {
        let text = property.text();
        let platform = match property.name.as_str() {
            "IMPP" | "X-IMPP" => {
                let named = property.param("X-SERVICE-TYPE").next().map(str::to_lowercase);
                named.or_else(|| text.split_once(':').map(|(scheme, _)| scheme.to_lowercase()))
            }
            "X-SOCIALPROFILE" | "SOCIALPROFILE" => property.param("TYPE").chain(property.param("SERVICE-TYPE")).next().map(str::to_lowercase),
            "X-SKYPE" | "X-SKYPE-USERNAME" => Some("skype".into()),
            "X-AIM" | "X-ICQ" | "X-JABBER" | "X-MSN" | "X-YAHOO" | "X-GADUGADU" | "X-GROUPWISE" | "X-TWITTER" | "X-QQ" => Some(property.name[2..].to_lowercase()),
            _ => continue,
        };
        let value = text.split_once(':').filter(|(scheme, rest)| property.name.ends_with("IMPP") && !scheme.contains('/') && !rest.is_empty()).map_or(text.as_str(), |(_, rest)| rest);
        if !value.trim().is_empty() {
            points.push(point("handle", value, label(card, property), platform.as_deref()));
        }
    }
}

/// `19800322` and `1980-03-22T00:00:00Z` become `1980-03-22`; dates without a year stay as they are.
fn birth_date(text: &str) -> String {
    let digits = text.trim();
    if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]);
    }
    match digits.split_once('T') {
        Some((date, _)) if date.len() >= 8 => birth_date(date),
        _ => digits.to_owned(),
    }
}
