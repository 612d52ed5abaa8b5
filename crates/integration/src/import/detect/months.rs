//! Names of months and days of the week: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

const NAMES: [&str; 12] = [
    "january januar jaenner janner janvier enero gennaio januari janeiro styczen stycznia ene gen stycz sty",
    "february februar feber fevrier febrero febbraio februari fevereiro luty lutego fev lut",
    "march marz maerz mars marzo maart marco marzec marca mrz maa mrt",
    "april avril abril aprile kwiecien kwietnia avr abr kwi",
    "may mai mayo maggio mei maio maj maja mag",
    "june juni juin junio giugno junho czerwiec czerwca giu cze",
    "july juli juillet julio luglio julho lipiec lipca lug lip",
    "august aout agosto augustus augusti sierpien sierpnia aou ago sie",
    "september septembre septiembre settembre setembro wrzesien wrzesnia sept set wrz",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika okt ott out paz",
    "november novembre noviembre novembro listopad listopada lis",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia dez dic gru",
];

/// 1 to 12 for a folded name or an abbreviation of at least three letters.
pub(super) fn month(word: &str) -> Option<i8> {
    static MONTHS: OnceLock<HashMap<&str, i8>> = OnceLock::new();
    let months = MONTHS.get_or_init(|| {
        let all = || NAMES.iter().zip(1i8..).flat_map(|(names, number)| names.split(' ').map(move |n| (n, number)));
        // A whole word goes before an abbreviation: Polish `maja` is May, `mar` is March in most languages.
        let mut months: HashMap<&str, i8> = all().collect();
        for (name, number) in all() {
            for size in 3..name.len() {
                months.entry(&name[..size]).or_insert(number);
            }
        }
        months
    });
    months.get(word).copied()
}

/// Whether a folded word names a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    const DAYS: &str = "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag segunda terca quarta quinta sexta mon tue tues wed thu thur thurs fri sat sun mo di mi do fr sa so";
    static SET: OnceLock<HashSet<&str>> = OnceLock::new();
    SET.get_or_init(|| DAYS.split(' ').collect()).contains(word)
}

#[cfg(test)]
mod tests {
    use super::month;

    #[test]
    fn names_and_abbreviations() {
        for (word, number) in [("march", 3), ("marz", 3), ("mrz", 3), ("mar", 3), ("mai", 5), ("may", 5), ("okt", 10), ("dec", 12), ("aout", 8), ("juli", 7), ("jun", 6), ("sept", 9), ("mars", 3)] {
            assert_eq!(month(word), Some(number), "{word}");
        }
        assert_eq!((month("ma"), month("monday"), month("x")), (None, None, None));
    }
}
