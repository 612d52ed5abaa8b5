//! Sentences from the tables: names put in, a text of a few lines put together.

use super::{
    rng::Rng,
    tables::{Lines, tables},
};

/// English or German; what a person writes and is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    English = 0,
    German = 1,
}
impl Tongue {
    pub(super) fn of(language: &str) -> Tongue {
        if language == "de" { Tongue::German } else { Tongue::English }
    }
    pub(super) fn code(self) -> &'static str {
        match self {
            Tongue::English => "en",
            Tongue::German => "de",
        }
    }
    fn situation(self, name: &str) -> Option<&'static Lines> {
        let [english, german] = &tables().texts;
        if self == Tongue::German { german.get(name) } else { english.get(name) }
    }
    /// Short texts around the work: tasks, notes, cases.
    pub(super) fn work(self, name: &str) -> &'static [String] {
        let [english, german] = &tables().work;
        let lines = if self == Tongue::German { german } else { english };
        lines.get(name).map_or(&[], Vec::as_slice)
    }
    fn words(self, name: &str, n: usize) -> &'static str {
        let words = self.situation("words").and_then(|w| w.get(name)).map_or(&[][..], Vec::as_slice);
        words.get(n % words.len().max(1)).map_or("", String::as_str)
    }
    pub(super) fn month(self, n: usize) -> &'static str {
        self.words("months", n)
    }
    pub(super) fn weekday(self, n: usize) -> &'static str {
        self.words("days", n)
    }
}

/// What placeholders stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Words<'a> {
    pub(super) name: &'a str,
    pub(super) first: &'a str,
    pub(super) staff: &'a str,
    pub(super) product: &'a str,
    pub(super) city: &'a str,
    pub(super) account: &'a str,
    pub(super) day: &'a str,
    pub(super) month: &'a str,
    pub(super) last: &'a str,
    pub(super) word: &'a str,
    pub(super) street: &'a str,
    pub(super) year: &'a str,
    pub(super) n: i64,
    pub(super) qty: i64,
}

/// Puts words in for `{placeholders}`; an unknown one stays, so that a test finds it.
pub(super) fn fill(template: &str, words: &Words) -> String {
    let mut out = String::with_capacity(template.len() + 24);
    let mut rest = template;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let Some((key, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        match key {
            "name" => out.push_str(words.name),
            "first" => out.push_str(words.first),
            "staff" => out.push_str(words.staff),
            "product" => out.push_str(words.product),
            "city" => out.push_str(words.city),
            "account" => out.push_str(words.account),
            "day" => out.push_str(words.day),
            "month" => out.push_str(words.month),
            "last" => out.push_str(words.last),
            "word" => out.push_str(words.word),
            "street" => out.push_str(words.street),
            "year" => out.push_str(words.year),
            "n" => out.push_str(&words.n.to_string()),
            "qty" => out.push_str(&words.qty.to_string()),
            other => {
                out.push('{');
                out.push_str(other);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Subject and body of something written or said in a situation.
pub(super) fn compose(rng: &mut Rng, tongue: Tongue, situation: &str, words: &Words) -> (String, String) {
    let Some(lines) = tongue.situation(situation) else { return (String::new(), String::new()) };
    let part = |name: &str| lines.get(name).map_or(&[][..], Vec::as_slice);
    let subject = fill(rng.word(part("subject")), words);
    let mut body = fill(rng.word(part("open")), words);
    let sentences = part("body");
    let first = rng.below(sentences.len());
    let more = usize::from(sentences.len() > 2 && rng.chance(0.55));
    for sentence in sentences.iter().cycle().skip(first).step_by(2).take(1 + more) {
        if !body.is_empty() {
            body.push(if matches!(situation, "web" | "social") { ' ' } else { '\n' });
        }
        body.push_str(&fill(sentence, words));
    }
    let close = fill(rng.word(part("close")), words);
    if !close.is_empty() {
        body.push('\n');
        body.push_str(&close);
    }
    (subject, body)
}

/// ASCII for addresses: `Größwang` becomes `groesswang`. German umlauts are spelt out, the rest loses its marks.
pub(super) fn ascii(text: &str) -> String {
    let mut spelt = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ä' | 'Ä' | 'æ' | 'Æ' => spelt.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => spelt.push_str("oe"),
            'ü' | 'Ü' => spelt.push_str("ue"),
            'å' | 'Å' => spelt.push_str("aa"),
            other => spelt.push(other),
        }
    }
    kernel::fold(&spelt).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Digits for `#`.
pub(super) fn digits(rng: &mut Rng, pattern: &str) -> String {
    pattern.chars().map(|c| if c == '#' { char::from(b'0' + u8::try_from(rng.between(0, 9)).unwrap_or(0)) } else { c }).collect()
}
