//! Invented people: names with a few common ones and many rare ones, as in a real base.

const FIRST: [&str; 48] = [
    "Anna",
    "Bruno",
    "Carla",
    "Derya",
    "Emil",
    "Fátima",
    "Goran",
    "Hélène",
    "Ivo",
    "Jana",
    "Kofi",
    "Łucja",
    "Maria",
    "Nils",
    "Olga",
    "Petra",
    "Quentin",
    "Rosa",
    "Stefan",
    "Tereza",
    "Ulla",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoë",
    "Aylin",
    "Benedikt",
    "Chiara",
    "Dimitri",
    "Elif",
    "Florian",
    "Greta",
    "Hannes",
    "Ingrid",
    "Jakub",
    "Karin",
    "Lars",
    "Miriam",
    "Noah",
    "Oskar",
    "Paulina",
    "Renate",
    "Samuel",
    "Thomas",
    "Ursula",
    "Valentina",
    "Wolfgang",
];
const HEADS: [&str; 40] = [
    "Mei", "Schmi", "Ross", "Nova", "Öztür", "Dupon", "Silv", "Kowal", "Jens", "Virta", "Papa", "Horva", "Ivan", "Garc", "Größ", "Smi", "Ber", "Hoff", "Lind", "Wag", "Stein", "Krau", "Lem", "Mar",
    "Pet", "Sand", "Tan", "Ull", "Vog", "Zim", "Arn", "Bau", "Cer", "Dorn", "Eich", "Fab", "Gru", "Hei", "Jor", "Kell",
];
const MIDDLES: [&str; 30] =
    ["", "", "an", "er", "el", "in", "os", "ar", "en", "il", "or", "und", "ov", "ic", "al", "am", "ad", "et", "ol", "ur", "ist", "as", "om", "ul", "av", "ek", "iz", "ot", "ab", "eg"];
const TAILS: [&str; 40] = [
    "er", "dt", "i", "ák", "k", "t", "a", "ski", "en", "nen", "dis", "th", "ov", "ía", "wang", "th", "mann", "berg", "feld", "son", "ez", "eau", "ini", "ić", "escu", "oglu", "stein", "bach", "rup",
    "quist", "wald", "inger", "low", "hof", "meier", "ner", "ling", "hold", "hard", "mund",
];

/// A number that looks random (SplitMix64).
pub(crate) fn random(n: usize, what: u64) -> usize {
    let mut z = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ what.wrapping_add(super::SEED).wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((z ^ (z >> 31)) >> 8).unwrap()
}
/// One of the list, the first ones more often.
fn skewed<'a>(list: &[&'a str], n: usize, what: u64) -> &'a str {
    let (a, b) = (random(n, what) % list.len(), random(n, what + 1_000) % list.len());
    list[a.min(b)]
}
pub(crate) fn first(contact: usize) -> &'static str {
    skewed(&FIRST, contact, 1)
}
pub(crate) fn last(contact: usize) -> String {
    format!("{}{}{}", skewed(&HEADS, contact, 2), skewed(&MIDDLES, contact, 3), skewed(&TAILS, contact, 4))
}
