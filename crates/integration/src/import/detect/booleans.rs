/// A boolean in one of the languages and habits of exports; `None`: something else.
pub fn boolean(text: &str) -> Option<bool> {
    if text.len() > 24 {
        return None; // no word of these is as long
    }
    Some(match kernel::fold(text.trim()).as_str() {
        "true" | "t" | "yes" | "y" | "1" | "on" | "x" | "ja" | "j" | "wahr" | "oui" | "o" | "vrai" | "si" | "s" | "verdadero" | "sim" | "verdadeiro" | "vero" | "waar" | "tak" | "prawda" | "ano"
        | "igen" | "checked" | "enabled" | "active" | "✓" | "✔" | "☑" => true,
        "false" | "f" | "no" | "n" | "0" | "off" | "nein" | "falsch" | "non" | "faux" | "falso" | "nao" | "nee" | "onwaar" | "nie" | "falsz" | "ne" | "nem" | "unchecked" | "disabled" | "inactive"
        | "✗" | "✘" | "☐" => false,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::boolean;

    #[test]
    fn words_of_several_languages() {
        for (text, value) in
            [("TRUE", Some(true)), ("Ja", Some(true)), ("nein", Some(false)), ("Sí", Some(true)), ("não", Some(false)), (" 0 ", Some(false)), ("maybe", None), ("", None), ("10", None)]
        {
            assert_eq!(boolean(text), value, "{text}");
        }
    }
}
