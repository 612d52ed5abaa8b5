use std::collections::HashMap;
use std::sync::OnceLock;

/// The ISO 3166 code of a country by its code of two or three letters or its name in English, German or its own language.
/// For the phone numbers of a row only: the text of the country is kept as it is.
pub fn country_code(text: &str) -> Option<&'static str> {
    static CODES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let mut codes = HashMap::new();
        for line in include_str!("countries.txt").lines() {
            let Some((two, rest)) = line.split_once(' ') else { continue };
            let Some((three, names)) = rest.split_once(' ') else { continue };
            for name in [two, three].into_iter().chain(names.split('|')) {
                codes.insert(key(name), two);
            }
        }
        codes
    });
    codes.get(&key(text)).copied()
}
fn key(name: &str) -> String {
    kernel::fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::country_code;

    #[test]
    fn codes_and_names() {
        for (text, code) in [("DE", Some("DE")), ("deu", Some("DE")), ("Österreich", Some("AT")), ("U.S.A.", Some("US")), ("United States", Some("US")), ("Atlantis", None), ("", None)] {
            assert_eq!(country_code(text), code, "{text}");
        }
    }
}
