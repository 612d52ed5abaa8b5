//! The words that are not names: titles, suffixes, prefixes, conjunctions. Compared without case and dots.

const TITLES: &str = "mr mrs ms miss mx dr doctor prof professor rev reverend hon honorable honourable rt right fr father br brother sr sister sir dame lady lord madam madame mme mlle monsieur messrs \
herr frau hr fr frl fraulein familie dipl-ing dipl ing mag med phil rer nat jur habil hc pd \
sig signor signora sigra dott dottssa avv sra srta senor senora don dona doña dhr mevr mw mevrouw meneer pan pani fru \
king queen prince princess duke duchess earl baron baroness count countess emperor empress sultan sheikh pope cardinal archbishop bishop deacon pastor rabbi imam cantor chaplain canon monsignor excellency majesty highness holiness eminence his her grace \
president vice chancellor minister premier governor gov senator sen congressman congresswoman rep representative ambassador secretary mayor judge justice magistrate attorney district associate supreme chief mag \
gen general lt lieutenant col colonel maj major capt captain cpt sgt sergeant cpl corporal pvt private adm admiral cmdr commander ens ensign officer detective inspector constable sheriff marshal brig brigadier coach dean provost principal nurse";
const FIRST_NAME_TITLES: &str = "sir dame king queen prince princess pope sheikh sister brother father br don dona doña aunt uncle";
const SUFFIX_WORDS: &str = "jr jnr junior sr snr senior esq esquire 2nd 3rd ii iii iv vi vii viii phd ph d edd mdiv msced";
/// Degrees, orders and honours: only in capitals or with dots, because `Ma` and `Do` are names.
const SUFFIX_LETTERS: &str = "md dds dmd dvm do od rn np pa ma ba bsc msc mba bba mfa llb llm jd lld dphil dsc ms bs mph mpa mat med cpa cfa cfp clu lutc chfc pe ra pmp qc kc mp mep mbe obe cbe kbe dbe gbe om ch frs fba rics cissp shrm sphr facs facp phr usn usa usmc usaf ret";
const PREFIXES: &str = "van von der den de del della delle di da do dos das du des la le las los el al bin ibn ben st ste saint ter ten te tot zu zum zur vom af av mac mc abu bar bat san santa vander vom und dal dalla degli vel";
const CONJUNCTIONS: &str = "and & of the und et y e og en";

fn plain(word: &str) -> String {
    word.chars().filter(|c| *c != '.').flat_map(char::to_lowercase).collect()
}
fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|w| w == word)
}

/// `next` decides about words that are titles only before another one (`U.S. District Judge`, but `U.S. Grant`).
pub(super) fn is_title(word: &str, next: Option<&str>) -> bool {
    let flat = plain(word);
    if listed(TITLES, &flat) {
        return true;
    }
    if flat == "us" {
        return next.is_some_and(|n| is_title(n, None));
    }
    // `Lt.Gen.`, `Dipl.-Ing.`, `Magistrate-Judge`
    let parts: Vec<&str> = word.split(['.', '-']).filter(|p| !p.is_empty()).collect();
    parts.len() > 1 && parts.iter().all(|p| p.len() > 1 && listed(TITLES, &p.to_lowercase()))
}
/// After these a lone name is the first name: Sir Gerald, Queen Elizabeth.
pub(super) fn is_first_name_title(word: &str) -> bool {
    listed(FIRST_NAME_TITLES, &plain(word))
}
pub(super) fn is_suffix(word: &str) -> bool {
    if word.eq_ignore_ascii_case("j.r.") {
        return false; // initials
    }
    let flat = plain(word).replace(' ', "");
    let dotted = word.trim_end_matches('.').contains('.');
    let capitals = word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let letters = |w: &str| listed(SUFFIX_LETTERS, w);
    if listed(SUFFIX_WORDS, &flat) && flat.len() > 1 && flat != "ph" {
        return true;
    }
    if flat.len() > 1 && letters(&flat) && (capitals || dotted) {
        return true;
    }
    let parts: Vec<String> = word.split('.').filter(|p| !p.is_empty()).map(str::to_lowercase).collect();
    parts.len() > 1 && parts.iter().all(|p| p.len() > 1 && (letters(p) || p == "ed" || p == "phil" || p == "med"))
}
/// `ben` is a prefix, `Ben` a first name.
pub(super) fn is_prefix(word: &str) -> bool {
    let first = word.split(' ').next().unwrap_or(word);
    let flat = plain(first);
    listed(PREFIXES, &flat) && !(matches!(flat.as_str(), "ben" | "bar" | "bat" | "do" | "al") && first.starts_with(char::is_uppercase))
}
pub(super) fn is_conjunction(word: &str) -> bool {
    listed(CONJUNCTIONS, &word.to_lowercase())
}
pub(super) fn is_initial(word: &str) -> bool {
    plain(word).chars().count() == 1
}
