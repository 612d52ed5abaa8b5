//! Headers that are put together from words: a place (work, home, billing), a thing (phone, e-mail, street) and a number.
//! Only headers of which every word is understood are taken.

use super::meaning::{AddressPart, Meaning, PointKind};
use super::words::words;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    /// Where or what for.
    Place(&'static str),
    Phone,
    Mobile,
    Fax,
    Pager,
    Email,
    Url,
    Part(AddressPart),
    Address,
    /// `type`, `label`: the column says what kind another column is.
    Label,
    /// Says nothing of its own: number, value, line …
    Filler,
    Number(u32),
}

fn word(text: &str) -> Option<Word> {
    use AddressPart::*;
    Some(match text {
        "work" | "business" | "office" | "company" | "geschaft" | "geschaftlich" | "dienstlich" | "dienst" | "arbeit" | "buro" | "firma" | "firmen" | "unternehmen" | "travail" | "bureau"
        | "trabajo" | "werk" | "zakelijk" | "lavoro" | "professionnel" | "corporate" | "organization" | "organisation" | "job" | "employer" => Word::Place("work"),
        "home" | "private" | "personal" | "privat" | "domicile" | "casa" | "prive" | "residence" | "household" | "perso" | "house" => Word::Place("home"),
        "other" | "alternate" | "alternative" | "alt" | "secondary" | "additional" | "second" | "weitere" | "weiterer" | "weiteres" | "sonstige" | "andere" | "autre" | "otro" | "altro" | "zweite"
        | "extra" | "2nd" => Word::Place("other"),
        "primary" | "default" | "preferred" | "main" | "haupt" | "standard" | "principal" | "hauptadresse" | "current" => Word::Place("primary"),
        "mailing" | "postal" | "post" | "correspondence" | "postanschrift" | "versandadresse" => Word::Place("mailing"),
        "billing" | "invoice" | "rechnung" | "rechnungs" | "rechnungsadresse" | "facturation" | "fattura" | "facturacion" | "bill" => Word::Place("billing"),
        "shipping" | "delivery" | "liefer" | "lieferung" | "lieferadresse" | "livraison" | "ship" | "visitor" | "visiting" | "physical" => Word::Place("shipping"),
        "direct" | "durchwahl" | "ddi" | "did" => Word::Place("direct"),
        "switchboard" | "zentrale" | "headquarters" | "hq" | "reception" => Word::Place("switchboard"),
        "assistant" | "assistants" | "asst" | "assistenz" | "assistent" => Word::Place("assistant"),
        "callback" | "car" | "radio" | "telex" | "isdn" | "tty" | "tdd" | "satellite" | "voip" | "sip" | "toll" | "free" | "emergency" => Word::Place(match text {
            "callback" => "callback",
            "car" => "car",
            "radio" => "radio",
            "telex" => "telex",
            "isdn" => "isdn",
            "emergency" => "emergency",
            _ => "other",
        }),
        "phone" | "telephone" | "tel" | "telefon" | "telefonnummer" | "telefonnr" | "rufnummer" | "fon" | "phonenumber" | "telephonenumber" | "telefono" | "telefoon" | "telefoonnummer"
        | "telefone" | "festnetz" | "landline" | "phones" | "festnetznummer" | "calls" | "ruf" => Word::Phone,
        "mobile" | "cell" | "cellular" | "cellphone" | "handy" | "handynummer" | "mobil" | "mobiltelefon" | "mobilnummer" | "mobilfunk" | "mobiel" | "movil" | "portable" | "cellulare" | "celular"
        | "gsm" | "mobilephone" | "natel" | "smartphone" | "iphone" | "whatsapp" => Word::Mobile,
        "fax" | "telefax" | "faxnummer" | "faxnumber" | "telefaxnummer" | "facsimile" | "telecopie" => Word::Fax,
        "pager" | "beeper" | "minicall" => Word::Pager,
        "email" | "emails" | "mail" | "emailaddress" | "emailadresse" | "mailadresse" | "courriel" | "correo" | "emailaddresses" | "mailaddress" | "mails" | "emailid" => Word::Email,
        "website" | "web" | "url" | "homepage" | "webseite" | "webpage" | "websites" | "internet" | "internetseite" | "webadresse" | "site" | "sito" | "sitio" | "www" | "websiteurl"
        | "internetadresse" | "blog" | "ftp" | "link" => Word::Url,
        "street" | "strasse" | "str" | "rue" | "calle" | "via" | "straat" | "rua" | "streetaddress" | "strassenname" | "addressline" | "adresszeile" => Word::Part(Street),
        "hausnummer" | "housenumber" | "hausnr" | "streetnumber" => Word::Part(HouseNumber),
        "city" | "town" | "ort" | "stadt" | "wohnort" | "ville" | "ciudad" | "citta" | "plaats" | "cidade" | "locality" | "municipality" | "gemeinde" | "suburb" | "woonplaats" | "firmensitz"
        | "citytown" => Word::Part(City),
        "state" | "region" | "province" | "county" | "bundesland" | "kanton" | "canton" | "provincia" | "estado" | "provincie" | "stateprovince" | "stateregion" | "departement" | "territory"
        | "stateorprovince" | "prefecture" | "statecode" | "regione" | "land/region" => Word::Part(Region),
        "zip" | "zipcode" | "postcode" | "postalcode" | "plz" | "postleitzahl" | "cap" | "cep" | "zippostal" | "zippostalcode" | "codepostal" | "postnr" | "pincode" | "postalzip" => {
            Word::Part(PostalCode)
        }
        "country" | "land" | "nation" | "pays" | "pais" | "paese" | "countryregion" | "staat" | "countrycode" | "landerkennzeichen" | "countryname" => Word::Part(Country),
        "pobox" | "postfach" | "postbox" | "postofficebox" => Word::Part(PoBox),
        "extended" | "apartment" | "apt" | "suite" | "floor" | "building" | "unit" | "adresszusatz" | "zusatz" | "complement" | "neighborhood" | "district" | "ortsteil" | "stadtteil" | "street2"
        | "block" => Word::Part(Extra),
        "formatted" | "full" | "complete" | "whole" => Word::Part(Formatted),
        "address" | "adresse" | "anschrift" | "direccion" | "indirizzo" | "adres" | "endereco" | "addresses" | "adressen" | "wohnadresse" | "addr" => Word::Address,
        "type" | "label" | "typ" | "art" | "bezeichnung" | "category" => Word::Label,
        "number" | "nr" | "no" | "num" | "nummer" | "numero" | "value" | "wert" | "line" | "zeile" | "the" | "of" | "und" | "and" | "code" | "name" | "numbers" | "contact" | "person" | "kontakt"
        | "lead" | "account" | "customer" | "kunde" | "page" | "box" | "po" | "user" => Word::Filler,
        number if number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()) => Word::Number(number.parse().ok()?),
        _ => return None,
    })
}

/// The meaning of a header of known words; `None`: some word is not known or they say nothing together.
pub(super) fn read(header: &str) -> Option<Meaning> {
    let list = words(header);
    if list.is_empty() || list.len() > 7 {
        return None;
    }
    let joined = list.join(" ");
    // Pairs of words that mean something else than each word.
    let joined = [
        ("zip code", "zipcode"),
        ("zip postal code", "zipcode"),
        ("postal code", "zipcode"),
        ("post code", "zipcode"),
        ("zip postal", "zipcode"),
        ("code postal", "zipcode"),
        ("state province", "state"),
        ("state region", "state"),
        ("state county", "state"),
        ("state or province", "state"),
        ("country region", "country"),
        ("country code", "country"),
        ("po box", "pobox"),
        ("post office box", "pobox"),
        ("p o box", "pobox"),
        ("cell phone", "mobile"),
        ("mobile phone", "mobile"),
        ("mobile number", "mobile"),
        ("house number", "hausnummer"),
        ("haus nr", "hausnummer"),
        ("web page", "website"),
        ("web site", "website"),
        ("web address", "website"),
        ("home page", "website"),
        ("phone home", "home phone"),
        ("email address", "email"),
        ("mail address", "email"),
        ("tel nr", "phone"),
        ("tel mobil", "mobile"),
        ("street address", "street"),
        ("street name", "street"),
        ("toll free", "other"),
        ("street no", "hausnummer"),
        ("personal web", "home website"),
        ("main phone", "switchboard phone"),
    ]
    .iter()
    .fold(format!(" {joined} "), |text, (from, to)| text.replace(&format!(" {from} "), &format!(" {to} ")));
    let found: Vec<Word> = joined.split_whitespace().map(word).collect::<Option<_>>()?;

    let place = found.iter().find_map(|w| if let Word::Place(p) = w { Some(*p) } else { None });
    let number = found.iter().find_map(|w| if let Word::Number(n) = w { Some(*n) } else { None });
    let has = |wanted: Word| found.contains(&wanted);
    let label = place.map(str::to_owned);
    let n = number.unwrap_or(if place == Some("other") { 2 } else { 1 });
    let part = found.iter().find_map(|w| if let Word::Part(p) = w { Some(*p) } else { None });

    if has(Word::Label) {
        let of = match () {
            _ if has(Word::Email) => PointKind::Email,
            _ if has(Word::Fax) => PointKind::Fax,
            _ if has(Word::Mobile) || has(Word::Phone) => PointKind::Phone,
            _ if has(Word::Url) => PointKind::Url,
            _ if has(Word::Address) => PointKind::Address,
            _ => return None,
        };
        return Some(Meaning::Label { of, n });
    }
    if has(Word::Email) && part.is_none() {
        return Some(Meaning::Email { label, n });
    }
    if has(Word::Fax) && part.is_none() {
        return Some(Meaning::Phone { kind: PointKind::Fax, label, n });
    }
    if has(Word::Mobile) && part.is_none() && !has(Word::Address) {
        return Some(Meaning::Phone { kind: PointKind::Mobile, label, n });
    }
    if (has(Word::Phone) || has(Word::Pager)) && part.is_none() && !has(Word::Address) {
        let label = if has(Word::Pager) { Some("pager".to_owned()) } else { label };
        return Some(Meaning::Phone { kind: PointKind::Phone, label, n });
    }
    if part.is_none() && matches!(place, Some("callback" | "isdn" | "telex" | "car" | "radio")) && found.len() <= 2 {
        return Some(Meaning::Phone { kind: PointKind::Phone, label, n });
    }
    if has(Word::Url) && part.is_none() {
        return Some(Meaning::Url { label, n });
    }
    address(&found, part, label, number, has(Word::Address))
}

fn address(found: &[Word], part: Option<AddressPart>, label: Option<String>, number: Option<u32>, named: bool) -> Option<Meaning> {
    // `Address 1 - City`: the number counts addresses when the word stands before it, lines of a street otherwise.
    let counts_addresses = found.windows(2).any(|w| matches!(w, [Word::Address, Word::Number(_)])) && part.is_some();
    let group = match (label, counts_addresses) {
        (Some(label), _) => label,
        (None, true) => format!("address {}", number.unwrap_or(1)),
        (None, false) => String::new(),
    };
    let line = number.filter(|_| !counts_addresses);
    let part = match (part, line) {
        (Some(AddressPart::Street), Some(n @ 2..)) => AddressPart::StreetLine(n as u8),
        (Some(part), None | Some(1)) => part,
        (Some(_), Some(_)) => return None,
        (None, Some(n @ 2..)) if named => AddressPart::StreetLine(n as u8),
        (None, _) if named => AddressPart::Street,
        _ => return None,
    };
    Some(Meaning::Address { group, part })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(kind: PointKind, label: Option<&str>, n: u32) -> Option<Meaning> {
        Some(Meaning::Phone { kind, label: label.map(str::to_owned), n })
    }
    fn place(group: &str, part: AddressPart) -> Option<Meaning> {
        Some(Meaning::Address { group: group.to_owned(), part })
    }

    #[test]
    fn phones_and_mails() {
        use PointKind::*;
        assert_eq!(read("Business Phone 2"), phone(Phone, Some("work"), 2));
        assert_eq!(read("phone_mobile"), phone(Mobile, None, 1));
        assert_eq!(read("Telefon (geschäftlich)"), phone(Phone, Some("work"), 1));
        assert_eq!(read("Home Fax"), phone(Fax, Some("home"), 1));
        assert_eq!(read("Handynummer"), phone(Mobile, None, 1));
        assert_eq!(read("Phone 3 - Value"), phone(Phone, None, 3));
        assert_eq!(read("Phone 3 - Type"), Some(Meaning::Label { of: Phone, n: 3 }));
        assert_eq!(read("Secondary Email"), Some(Meaning::Email { label: Some("other".into()), n: 2 }));
        assert_eq!(read("Person - Email (Work)"), Some(Meaning::Email { label: Some("work".into()), n: 1 }));
        assert_eq!(read("E-Mail-Adresse 2"), Some(Meaning::Email { label: None, n: 2 }));
        assert_eq!(read("Web Page 2"), Some(Meaning::Url { label: None, n: 2 }));
        for other in ["Email Opt Out", "Phone calls made", "Last email date", "Amount", "", "2"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
    #[test]
    fn addresses() {
        use AddressPart::*;
        assert_eq!(read("MailingStreet"), place("mailing", Street));
        assert_eq!(read("Billing Zip/Postal Code"), place("billing", PostalCode));
        assert_eq!(read("Home Street 2"), place("home", StreetLine(2)));
        assert_eq!(read("Home Address2"), place("home", StreetLine(2)));
        assert_eq!(read("Address 1 - City"), place("address 1", City));
        assert_eq!(read("Address 2 - Street"), place("address 2", Street));
        assert_eq!(read("primary_address_postalcode"), place("primary", PostalCode));
        assert_eq!(read("PLZ"), place("", PostalCode));
        assert_eq!(read("Straße"), place("", Street));
        assert_eq!(read("Home County"), place("home", Region));
        assert_eq!(read("Business Country/Region"), place("work", Country));
        assert_eq!(read("Address Line 2"), place("", StreetLine(2)));
        assert_eq!(read("State/Province"), place("", Region));
    }
}
