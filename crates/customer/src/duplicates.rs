//! Who may be here twice: accounts, contacts, leads. Fields and what is usual for them stand here, the judgement is
//! `stats::linkage`, the queue is `records`.

mod fields;
mod like;
mod scan;

use records::Matcher;
use stats::linkage::Evidence;

pub(crate) const MATCHER: Matcher = Matcher { objects: &["account", "contact", "lead"], like: like::like, scan: scan::scan };
pub use scan::scan_where_due;

/// Two who live or work together: another first name, and nothing that only one of them can have. A family shares its name, address
/// and telephone, and a measure that adds those up as if they were independent would take it for one person.
fn are_two(evidence: &[Evidence]) -> bool {
    let level = |column: &str| evidence.iter().find(|e| e.column == column).map(|e| e.level);
    level("first_name") == Some("differs") && !["email", "mobile", "birth_date"].iter().any(|own| level(own) == Some("same"))
}

#[cfg(test)]
mod tests {
    use super::{are_two, fields, like};
    use stats::linkage::judge;

    fn two(a: &[(&str, &str)], b: &[(&str, &str)]) -> bool {
        let usual = fields::of("contact");
        let row = |given: &[(&str, &str)]| -> Vec<Option<String>> { usual.iter().map(|f| given.iter().find(|(name, _)| *name == f.name).map(|(_, v)| (*v).to_owned())).collect() };
        let judged = judge(usual, like::ROWS, &row(a), &[row(b)]).unwrap();
        are_two(&judged[0].evidence)
    }
    #[test]
    fn families_and_colleagues_are_not_one() {
        let elsa = [("first_name", "Elsa"), ("last_name", "Johansson"), ("email", "e.johansson@firm.example"), ("phone", "+46 8 123 45 01"), ("street", "Storgatan 1"), ("city", "Lund")];
        let per = [("first_name", "Per"), ("last_name", "Johansson"), ("email", "p.johansson@firm.example"), ("phone", "+46 8 123 45 02"), ("street", "Storgatan 1"), ("city", "Lund")];
        assert!(two(&elsa, &per));
        // the same person, written otherwise, or with another name and the same mailbox
        assert!(!two(&elsa, &[("first_name", "E."), ("last_name", "Johansson"), ("city", "Lund")]));
        assert!(!two(&elsa, &[("first_name", "Else"), ("last_name", "Johansson"), ("city", "Lund")]));
        assert!(!two(&elsa, &[("first_name", "Anna"), ("last_name", "Johansson"), ("email", "e.johansson@firm.example")]));
        assert!(!two(&elsa, &[("last_name", "Johansson"), ("city", "Lund")]));
    }
}
