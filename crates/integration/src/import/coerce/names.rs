//! Splits a full name into its parts, for files with one column for the name. Western order, with or without a comma;
//! a guess by nature, so it is used only where a file has nothing better.

use super::name_words::{is_conjunction, is_first_name_title, is_initial, is_prefix, is_suffix, is_title};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    pub salutation: String,
    pub first: String,
    pub middle: String,
    pub last: String,
    pub suffix: String,
    pub nickname: String,
}

/// Reads `Dr. Juan Q. de la Vega, Jr.` and `de la Vega, Dr. Juan Q., Jr.`
pub fn split_name(text: &str) -> PersonName {
    let (text, nickname) = take_nicknames(text);
    let parts: Vec<&str> = text.split([',', '，', '،']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let mut name = PersonName { nickname, ..PersonName::default() };
    let Some((first, others)) = parts.split_first() else { return name };
    let only_suffixes = others.first().is_some_and(|p| words(p).iter().all(|w| is_suffix(w)));
    let mut suffixes: Vec<String> = Vec::new();
    match others {
        [] => natural(words(first), &mut name, &mut suffixes),
        _ if only_suffixes => {
            let mut found = words(first);
            match found.len() {
                1 => name.last = found.remove(0), // `Andrews, M.D.`
                _ => natural(found, &mut name, &mut suffixes),
            }
            suffixes.extend(others.iter().map(|p| (*p).to_owned()));
        }
        [given, more @ ..] => {
            let mut family = words(first);
            take_suffixes(&mut family, &mut suffixes, false);
            name.last = family.join(" ");
            let mut given = words(given);
            take_suffixes(&mut given, &mut suffixes, false);
            name.salutation = take_titles(&mut given, 0).join(" ");
            if !given.is_empty() {
                name.first = given.remove(0);
            }
            name.middle = given.join(" ");
            suffixes.extend(more.iter().map(|p| (*p).to_owned()));
        }
    }
    name.suffix = suffixes.join(", ");
    name
}

/// Title, first, middle and last name, suffix in this order.
fn natural(mut found: Vec<String>, name: &mut PersonName, suffixes: &mut Vec<String>) {
    if found.len() == 1 && is_title(&found[0], None) && name.nickname.is_empty() {
        name.salutation = found.remove(0);
        return;
    }
    found = found.into_iter().flat_map(split_initials).collect();
    take_suffixes(&mut found, suffixes, true);
    let titles = take_titles(&mut found, 1);
    let by_first_name = titles.last().is_some_and(|t| is_first_name_title(t));
    name.salutation = titles.join(" ");
    let mut pieces = join(found);
    match pieces.len() {
        0 => {}
        1 if !name.salutation.is_empty() && !by_first_name || !name.nickname.is_empty() => name.last = pieces.remove(0),
        1 => name.first = pieces.remove(0),
        _ => {
            name.first = pieces.remove(0);
            name.last = pieces.pop().unwrap_or_default();
            name.middle = pieces.join(" ");
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace().filter(|w| !w.chars().all(is_picture)) {
        // `Ph. D.` is one word.
        match found.last_mut() {
            Some(last) if word.eq_ignore_ascii_case("d.") && last.eq_ignore_ascii_case("ph.") => last.push_str(&format!(" {word}")),
            _ => found.push(word.to_owned()),
        }
    }
    found
}
fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0xFE0F | 0x200D)
}
/// `E.T.` is two initials.
fn split_initials(word: String) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    match chars.as_slice() {
        [a, '.', b, '.'] if a.is_alphabetic() && b.is_alphabetic() && !is_suffix(&word) && !is_title(&word, Some("Judge")) => vec![format!("{a}."), format!("{b}.")],
        _ => vec![word],
    }
}

/// Nicknames stand in brackets or in quotes around whole words.
fn take_nicknames(text: &str) -> (String, String) {
    const MARKS: [(char, char); 6] = [('(', ')'), ('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('«', '»')];
    let mut rest = text.to_owned();
    let mut names = Vec::new();
    for (open, close) in MARKS {
        let mut from = 0;
        while let Some(start) = rest[from..].find(open).map(|at| at + from) {
            let inside = start + open.len_utf8();
            let free_before = rest[..start].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ',');
            let end = rest[inside..]
                .char_indices()
                .map(|(at, c)| (at + inside, c))
                .find(|(at, c)| *c == close && rest[at + c.len_utf8()..].chars().next().is_none_or(|next| next.is_whitespace() || next == ','));
            match end {
                Some((end, c)) if free_before && end > inside => {
                    names.push(rest[inside..end].trim().to_owned());
                    rest.replace_range(start..end + c.len_utf8(), " ");
                    from = start;
                }
                _ => from = inside,
            }
        }
    }
    names.truncate(1);
    (rest, names.join(" "))
}

fn take_suffixes(found: &mut Vec<String>, suffixes: &mut Vec<String>, natural: bool) {
    let mut taken = Vec::new();
    while found.len() > 1 {
        let last = &found[found.len() - 1];
        let before = &found[found.len() - 2];
        let single = matches!(last.as_str(), "I" | "V" | "i" | "v");
        // A lone numeral is the end of a long name, not the initial of a short one.
        let numeral = natural && single && found.len() > 2 && !is_initial(before);
        if !numeral && !is_suffix(last) {
            break;
        }
        taken.extend(found.pop());
    }
    taken.reverse();
    suffixes.extend(taken);
}

/// Takes titles from the front but leaves `least` words; a conjunction after a title takes the next word with it
/// (`Secretary of State`, `Mr. and Mrs.`).
fn take_titles(found: &mut Vec<String>, least: usize) -> Vec<String> {
    let mut at = 0;
    loop {
        let article = at == 0 && found.first().is_some_and(|w| w.eq_ignore_ascii_case("the")) && found.get(1).is_some_and(|w| is_title(w, found.get(2).map(String::as_str)));
        let Some(word) = found.get(at) else { break };
        if article || (is_title(word, found.get(at + 1).map(String::as_str)) && at + least < found.len()) {
            at += 1;
        } else if at > 0 && is_conjunction(word) && word.chars().count() > 1 {
            while found.get(at).is_some_and(|w| is_conjunction(w)) {
                at += 1;
            }
            at += 1;
        } else {
            break;
        }
    }
    found.drain(..at.min(found.len())).collect()
}

/// Joins what belongs together: words around a conjunction, prefixes with the family name after them.
fn join(found: Vec<String>) -> Vec<String> {
    let count = found.len();
    let joins = |w: &String| is_conjunction(w) && (w.chars().count() > 1 || count >= 4);
    let mut pieces: Vec<String> = Vec::new();
    let mut glue = false;
    for word in &found {
        let conjunction = joins(word);
        match pieces.last_mut() {
            Some(last) if glue || conjunction => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.push(word.clone()),
        }
        glue = conjunction;
    }
    // From the second word on a prefix starts a piece that runs to the next prefix that stands apart, or to the end.
    let mut joined: Vec<String> = Vec::new();
    let (mut open, mut after_prefix) = (false, false);
    let last = pieces.len().saturating_sub(1);
    for (at, piece) in pieces.into_iter().enumerate() {
        let prefix = at > 0 && at < last && is_prefix(&piece);
        match joined.last_mut() {
            Some(before) if open && (!prefix || after_prefix) => {
                before.push(' ');
                before.push_str(&piece);
            }
            _ => {
                open |= prefix;
                joined.push(piece);
            }
        }
        after_prefix = prefix;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::split_name;

    fn check(text: &str, parts: [&str; 5]) {
        let n = split_name(text);
        assert_eq!([n.salutation.as_str(), &n.first, &n.middle, &n.last, &n.suffix], parts, "{text}");
    }

    #[test]
    fn names_from_several_countries() {
        check("Ada Lovelace", ["", "Ada", "", "Lovelace", ""]);
        check("Herr Dr. Max Müller", ["Herr Dr.", "Max", "", "Müller", ""]);
        check("Frau Prof. Dr. Anna-Lena von der Heide", ["Frau Prof. Dr.", "Anna-Lena", "", "von der Heide", ""]);
        check("Müller, Max", ["", "Max", "", "Müller", ""]);
        check("Sra. Carmen Ruiz y Soler", ["Sra.", "Carmen", "", "Ruiz y Soler", ""]);
        check("Mme Claire d'Estaing", ["Mme", "Claire", "", "d'Estaing", ""]);
        check("Vincent van Gogh", ["", "Vincent", "", "van Gogh", ""]);
        check("Dipl.-Ing. Karl Zuse", ["Dipl.-Ing.", "Karl", "", "Zuse", ""]);
        check("", ["", "", "", "", ""]);
        check(" , ,, ", ["", "", "", "", ""]);
        check("Mei-Mei Johns", ["", "Mei-Mei", "", "Johns", ""]);
    }
}
