//! Headers as words: `MailingStreet`, `mailing_street` and `Mailing street:` are the same.

/// Letters and digits only, folded: what "equal after normalisation" compares.
pub fn squash(text: &str) -> String {
    kernel::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Folded words; capitals inside a word and digits begin a new one. A trailing `__c` of Salesforce and signs of required
/// columns fall away.
pub(super) fn words(header: &str) -> Vec<String> {
    let header = header.trim().trim_end_matches(['*', ':', ' ']);
    let header = header.strip_suffix("__c").unwrap_or(header);
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let chars: Vec<char> = header.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let next_lower = chars.get(at + 1).is_some_and(|n| n.is_lowercase());
        let hump = c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_lower));
        let digit_edge = c.is_ascii_digit() != before.is_ascii_digit() && before.is_alphanumeric();
        // `Assistant's`, `Keopuolani’s`
        if c == '\'' || c == '’' {
            continue;
        }
        if (!c.is_alphanumeric() || hump || digit_edge) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
        before = c;
    }
    if !word.is_empty() {
        found.push(word);
    }
    let mut folded: Vec<String> = found.iter().map(|w| kernel::fold(w)).collect();
    // `E-Mail` is one word.
    let mut at = 0;
    while at + 1 < folded.len() {
        if folded[at] == "e" && folded[at + 1].starts_with("mail") {
            folded[at] = "email".to_owned();
            folded.remove(at + 1);
        }
        at += 1;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_header() {
        for header in ["MailingStreet", "mailing_street", "Mailing street:", "Mailing-Street*", "MAILING STREET", "Mailing_Street__c"] {
            assert_eq!(words(header), ["mailing", "street"], "{header}");
        }
        assert_eq!(words("E-mail 1 - Value"), ["email", "1", "value"]);
        assert_eq!(words("Home Address2"), ["home", "address", "2"]);
        assert_eq!(words("URLOfHomepage"), ["url", "of", "homepage"]);
        assert_eq!(words("Assistant's Phone"), ["assistants", "phone"]);
        assert_eq!(words("Straße"), ["strasse"]);
        assert_eq!(squash("E-Mail_Adresse"), squash("e mail adresse"));
    }
}
